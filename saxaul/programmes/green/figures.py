"""Figures of green energy, read from records that the journal's acts wrote: what is published, ranked and restated.

Tonnes come from CO2E alone, never from energy. Whoever opted out is absent from rankings; equal sums are ordered by id,
so that two readings are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from saxaul.engine.followers import Reader
from saxaul.programmes.green.factors import METRES

RANKED_MAX = 100
_AVOIDED = (
    "SELECT substr(day, 1, 7), conf, SUM(co2e), COUNT(*) FROM green_grant WHERE stage <> 'reversed' AND co2e > 0 "
    "GROUP BY substr(day, 1, 7), conf ORDER BY 1, 2"
)
_COUNTED = (
    "SELECT behaviour, COUNT(*), SUM(grams), SUM(co2e) FROM green_grant WHERE stage <> 'reversed' "
    "GROUP BY behaviour ORDER BY behaviour"
)
_PERSONS = "SELECT COUNT(DISTINCT person) FROM green_grant WHERE stage <> 'reversed'"
_PARKED = (
    "SELECT behaviour, region, COUNT(*), MIN(day), MAX(day) FROM green_grant WHERE parked = 1 "
    "GROUP BY behaviour, region ORDER BY behaviour, region"
)
_DIFFERENCE = (
    f"SELECT substr(day, 1, 7), COUNT(*), SUM(co2e), SUM(CASE WHEN ? = 'km' THEN activity * ? / {METRES} ELSE ? END) "
    "FROM green_grant WHERE behaviour = ? AND region = ? AND day >= ? AND stage <> 'reversed' AND co2e > 0 "
    "AND factor <> ? GROUP BY substr(day, 1, 7) ORDER BY 1"
)
_RANKED = (
    "SELECT t.person, t.harvested FROM green_tally t JOIN green_person p ON p.key = t.person "
    "WHERE t.month = ? AND t.harvested > 0 AND p.ranked = 1 {among}"
    "ORDER BY t.harvested DESC, t.person LIMIT ?"
)


class Avoided(NamedTuple):
    """Milligrams avoided in a month by factors of one mark of confidence."""

    month: str
    conf: str
    mg: int
    acts: int


class Behaviour(NamedTuple):
    """How often a behaviour was counted, the energy it earned and the emission it avoided."""

    name: str
    acts: int
    grams: int
    mg: int


class Parked(NamedTuple):
    """Behaviours whose emission waits for a factor."""

    behaviour: str
    region: str
    acts: int
    first: str
    last: str


class Difference(NamedTuple):
    """What a factor would have made of a month's grants, beside what they are and stay."""

    month: str
    acts: int
    granted_mg: int
    would_be_mg: int


def avoided(reader: Reader) -> list[Avoided]:
    """The avoided emission by month and mark; grants that were reversed are none."""
    return [Avoided(month, conf, int(mg), acts) for month, conf, mg, acts in reader.query(_AVOIDED)]


def behaviours(reader: Reader) -> list[Behaviour]:
    """Every behaviour that was counted."""
    return [Behaviour(name, acts, int(grams), int(mg)) for name, acts, grams, mg in reader.query(_COUNTED)]


def persons(reader: Reader) -> int:
    """How many natural persons were counted."""
    return int(reader.query(_PERSONS)[0][0])


def parked(reader: Reader) -> list[Parked]:
    """What waits for factors."""
    return [Parked(*row) for row in reader.query(_PARKED)]


def difference(
    reader: Reader, *, behaviour: str, region: str, starts: str, mg: int, per: str, factor: str = ""
) -> list[Difference]:
    """What this factor would have made of the grants it came too late for, by month. It changes none of them."""
    values = (per, mg, mg, behaviour, region, starts, factor)
    return [Difference(month, acts, int(was), int(would)) for month, acts, was, would in
            reader.query(_DIFFERENCE, values)]  # fmt: skip


def ranking(
    reader: Reader, month: str, *, among: Sequence[str] = (), circle: str = "", limit: int = RANKED_MAX
) -> list[tuple[str, int, int]]:
    """(person, grams, place) of a month: of the city, of these persons, or of one circle. Equal sums share a place."""
    marks = f"AND t.person IN ({', '.join('?' * len(among))}) " if among else ""
    marks += "AND p.circle = ? " if circle else ""
    values = (month, *among, *((circle,) if circle else ()), min(limit, RANKED_MAX))
    rows = reader.query(_RANKED.replace("{among}", marks), values)
    found: list[tuple[str, int, int]] = []
    for number, (person, grams) in enumerate(rows, 1):
        place = found[-1][2] if found and found[-1][1] == grams else number
        found.append((person, grams, place))
    return found
