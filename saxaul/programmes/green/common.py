"""What all acts of green energy ask first: where energy stands, when a bubble is ripe, what is owed, what was chosen.

A bubble is a dated lot whose stage is read from clock and balance; nothing is posted when it ripens. Energy (`GREEN`)
is a game's tariff and moves between persons; `CO2E` is an estimate of physics and never moves.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Id, Posting, Refusal
from saxaul.kernel import ids, times
from saxaul.kernel.amounts import Rate, show
from saxaul.people.persons import active_person, own_person

GREEN, CO2E, DUE = "GREEN/0", "CO2E/0", "DUE.green/0"
ISSUER, ISSUER_CO2E, EXPIRED = "issuer:green", "issuer:co2e", "green:expired"
LOTS_MAX = 56  # bubbles of one act: their postings, and two for what is owed, fit in one entry
HUNDRED = 100

Lots = Annotated[list[Id], Meta(min_length=1, max_length=LOTS_MAX, description="bubbles; more of them: another act")]
Named = Annotated[str, Meta(max_length=64, pattern="^[A-Za-z0-9._:/|*@-]*$")]


class OneLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bubble."""

    lot: Id


class OneFriend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another person."""

    person: Id


def green(person: str) -> str:
    """Where a natural person's harvested energy stands."""
    return f"person:{person}:green"


def bubble(person: str, lot: str) -> str:
    """Where a bubble's energy stands until somebody collects it or it expires."""
    return f"person:{person}:bubble:{lot}"


def owed(person: str) -> str:
    """Energy to be given back from later collections."""
    return f"person:{person}:due"


def avoided(person: str) -> str:
    """The person's avoided emission; debited by the reversal of its own act and by nothing else."""
    return f"person:{person}:avoided"


def grant_key(behaviour: str, source: str, origin: str) -> str:
    """The key of a grant: one for each behaviour, source and the source's own id."""
    return ids.derived(0, f"green:{behaviour}:{source}:{origin}")


def source_key(source: str, origin: str) -> str:
    """The key under which everything counted for one thing at a source is found."""
    return ids.derived(0, f"green-source:{source}:{origin}")


def pair(one: str, other: str) -> str:
    """The key of two persons' friendship."""
    return ":".join(sorted((one, other)))


def grams(units: int) -> str:
    """Energy as text."""
    return show(GREEN, units)


def actor(facts: Facts) -> tuple[str, str]:
    """(natural person, person's record) of who asks."""
    row = own_person(facts)
    return row.natural, row.key


def other(facts: Facts, person: str) -> tuple[str, str]:
    """(natural person, person's record) of somebody named; refuses `request.object_missing`."""
    row = active_person(facts, person)
    return row.natural, row.key


def ripe(facts: Facts, at: int) -> tuple[int, int]:
    """(ripe, expires) of a bubble for an act at `at`: the later of the morning after and a day later, never before
    the entry; then for as long as the terms say."""
    morning = times.start_of_day(times.next_day(times.day(at, facts.zone)), facts.zone)
    opens = morning + facts.term("green.opens_minutes") * times.MINUTE
    start = max(opens, at + facts.term("green.ripen_hours") * times.HOUR, facts.now)
    return start, start + facts.term("green.life_hours") * times.HOUR


def floor_of(facts: Facts, full: int) -> int:
    """What friends leave to the owner, rounded up."""
    return Rate(facts.term("green.owner_floor_percent"), HUNDRED).of(full, round="up")


def rest_of(row: Any) -> int:
    """What a bubble still holds: all of it but what friends took, until it is collected, gone or undone.

    It is the balance of its account, said by its record: an act over many bubbles then needs one reading, not one each.
    """
    return row.grams - row.taken if row.stage == "open" else 0


def must_be_ripe(facts: Facts, row: Any) -> None:
    """Refuses a bubble that cannot be collected now, with the reason: reversed, collected, expired or unripe."""
    if row.stage == "reversed":
        raise Refusal("green.lot_reversed")
    if row.stage in ("gathered", "none"):
        raise Refusal("green.lot_collected")
    if row.stage != "open" or facts.now >= row.expires_at:
        raise Refusal("green.lot_expired", end=times.text(row.expires_at))
    if facts.now < row.ripe_at:
        raise Refusal("green.lot_unripe")


def repay(facts: Facts, person: str, units: int) -> tuple[list[Posting], int]:
    """What of newly collected energy goes back for a debt, and how much that is."""
    due = min(units, facts.free(owed(person), DUE))
    if not due:
        return [], 0
    return [Posting(green(person), ISSUER, GREEN, due), Posting(owed(person), ISSUER, DUE, due)], due


def gather(facts: Facts, person: str, record: str, units: int) -> list[Change]:
    """The person's forest has so much more, in all and in this month."""
    month = times.month(times.day(facts.now, facts.zone))
    key = f"{person}:{month}"
    own, tally = facts.record("green_person", person), facts.record("green_tally", key)
    total = units + (own.harvested if own is not None else 0)
    sum_month = units + (tally.harvested if tally is not None else 0)
    first = {"person": record} if own is None else {}
    named = {"person": person, "month": month} if tally is None else {}
    return [
        Change("green_person", person, {"harvested": total, **first}, new=own is None),
        Change("green_tally", key, {"harvested": sum_month, **named}, new=tally is None),
    ]
