"""Factors of avoided emission: dated, by region, with source, baseline and confidence; published by two officers.

What ships stands in the terms; what officers publish stands above it from its first day on. A new version changes no
grant: the difference it would have made is a report (`figures.difference`). No factor for place and day: the behaviour
is counted, its CO2E is parked, and counted by the factor of its own day once one is published.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Plan, Refusal, Text
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate
from saxaul.programmes.green.behaviours import KINDS

PARTS = 5  # fields of one factor in a term: region, mg, per, confidence, the row's name
METRES = 1_000
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-15")]
_rows = msgspec.json.Decoder(list[tuple[str, int, str, str, str]]).decode


class Used(NamedTuple):
    """The factor that counts for an act: milligrams per unit, the unit, its confidence mark and its name."""

    mg: int
    per: str
    conf: str
    name: str


class PublishFactor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Milligrams of CO2e that one unit of a behaviour avoids in a region, from a city day on, and who says so.

    `starts` may be past: what was parked since is counted; nothing that was granted changes.
    """

    behaviour: Code
    region: Code
    starts: Day
    mg: Annotated[int, Meta(ge=1, le=10**12)]
    per: Literal["km", "trip", "sheet", "receipt", "bag", "set", "cup", "piece"]
    conf: Literal["A", "B", "C", "D", "E"]
    basis: Code
    source: Text
    baseline: Annotated[str, Meta(max_length=256)] = ""


class FactorPublished(msgspec.Struct, frozen=True):
    """The factor's key and its version in the series."""

    factor: str
    version: int


def publish_factor(facts: Facts, ask: PublishFactor) -> Plan:
    """By two officers: acts since that day whose CO2E waits are counted by it, later ones too; no grant changes."""
    kind = KINDS.get(ask.behaviour)
    wrong = [] if kind is not None and kind.co2e else ["behaviour: none that a factor is used for"]
    if not times.is_day(ask.starts):
        wrong.append("starts: no such day")
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    key = f"{ask.behaviour}@{ask.region}"
    series = facts.record("green_series", key)
    version = (series.version if series is not None else 0) + 1
    factor = f"{key}#{version}"
    rows = [row for row in _rows(series.rows if series is not None else "[]") if row[0] != ask.starts]
    rows = sorted([*rows, (ask.starts, ask.mg, ask.per, ask.conf, factor)])
    fields = {
        "behaviour": ask.behaviour, "region": ask.region, "version": version, "starts": ask.starts, "mg": ask.mg,
        "per": ask.per, "conf": ask.conf, "basis": ask.basis, "baseline": ask.baseline, "source": ask.source,
        "since": facts.now,
    }  # fmt: skip
    written = {"version": version, "rows": msgspec.json.encode(rows).decode()}
    changes = [
        Change("green_factor", factor, fields, new=True), Change("green_series", key, written, new=series is None)
    ]  # fmt: skip
    return Plan(changes=changes, receipt=FactorPublished(factor, version))


def in_force(facts: Facts, behaviour: str, region: str) -> Used | None:
    """The factor of the act's own day and place: what officers published first, else what ships, else none."""
    series = facts.record("green_series", f"{behaviour}@{region}")
    fitting = [row for row in _rows(series.rows) if row[0] <= facts.day] if series is not None else []
    if fitting:
        return Used(*fitting[-1][1:])
    shipped = facts.term(f"green.factor.{behaviour}") or ()
    return next((one for place, one in told(shipped) if place == region), None)


def told(shipped: tuple[object, ...]) -> list[tuple[str, Used]]:
    """The factors that a term lists, with their regions."""
    assert len(shipped) % PARTS == 0, "a term of factors lists region, mg, per, confidence and name of each"
    rows = [shipped[start : start + PARTS] for start in range(0, len(shipped), PARTS)]
    return [(str(region), Used(int(str(mg)), str(per), str(conf), str(name))) for region, mg, per, conf, name in rows]


def estimate(facts: Facts, behaviour: str, region: str, activity: int) -> tuple[int, Used | None]:
    """(mg, factor) of one act; no factor, or a factor per kilometre and no distance: nothing, and it is parked."""
    used = in_force(facts, behaviour, region)
    if used is None or (used.per == "km" and not activity):
        return 0, None
    if used.per == "km":
        return Rate(used.mg, METRES).of(activity), used
    return used.mg, used


def week_of(day: str) -> str:
    """The Monday of the day's week: the window of what counts once a week."""
    monday = date.fromisoformat(day)
    return date.fromordinal(monday.toordinal() - monday.weekday()).isoformat()


def window(day: str, cap: str) -> str:
    """The usage window of a cap."""
    return {"day": day, "grams_day": day, "month": times.month(day), "week": week_of(day)}[cap]
