"""What all acts of giving ask first: addresses, whose project it is, whether the charity is admitted, what was paid.

A project belongs to its charity, a pool to its sponsor; another's answers exactly like an unknown one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Refusal, Stages
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY

STEP = "STEP/0"
POOLS_MAX = 16  # sponsors behind one project: each is a posting of every gift
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2018-05-13")]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
MaybeTitle = Annotated[str, Meta(max_length=120)]

DAYS: Stages = {
    ("open", "hold"): "held", ("held", "accept"): "open", ("held", "refuse"): "closed", ("open", "give"): "given",
    ("open", "close"): "closed", ("held", "close"): "closed",
}  # fmt: skip
POOLS: Stages = {("open", "fund"): "open", ("open", "close"): "ended"}
PROJECTS: Stages = {("open", "give"): "open", ("open", "close"): "closed"}
GIFTS: Stages = {("given", "return"): "returned"}
FLOCKS: Stages = {("open", "hand_over"): "open", ("open", "close"): "closed"}


def steps_at(natural: str, day: str) -> str:
    """Where a person's verified steps of a day stand."""
    return f"person:{natural}:steps:{day}"


def pool_at(pool: str) -> str:
    """Where a sponsor's money that may still be given stands."""
    return f"campaign:{pool}:pool"


def bound_at(project: Any) -> str:
    """Where a project's money stands, bound to it."""
    return f"charity:{project.charity}:project:{project.key}"


def listed_charity(facts: Facts, id: str) -> Any:
    """The admitted charity's organisation; refuses `giving.charity_unlisted` for all others."""
    row, kept = facts.record("people_organisation", id), facts.record("giving_charity", id)
    if row is None or row.kind != "charity" or row.stage != "active" or kept is None or kept.stage != "admitted":
        raise Refusal("giving.charity_unlisted")
    return row


def open_project(facts: Facts, id: str) -> Any:
    """A project that takes gifts; refuses `giving.charity_unlisted` and `request.stage_wrong`."""
    project = facts.must("giving_project", id)
    listed_charity(facts, project.charity)
    if project.stage != "open":
        raise Refusal("request.stage_wrong", stage=project.stage, ways=[])
    return project


def own_project(facts: Facts, id: str) -> Any:
    """A project of the actor's charity; officers and the book itself may name any."""
    project = facts.must("giving_project", id)
    if not facts.actor.roles & {"officer", "system"} and project.charity != facts.actor.organisation:
        raise Refusal("request.object_missing")
    return project


def own_pool(facts: Facts, id: str) -> Any:
    """A pool of the actor, as a person or as a sponsor; officers and the book itself may name any."""
    pool, actor = facts.must("giving_pool", id), facts.actor
    mine = (pool.organisation and pool.organisation == actor.organisation) or (
        pool.person and not actor.organisation and pool.person == actor.person
    )
    if not mine and not actor.roles & {"officer", "system"}:
        raise Refusal("request.object_missing")
    return pool


def money(amount: Amount) -> Amount:
    """An amount of yuan above zero."""
    if amount.asset not in (CNY, ECNY) or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY or ECNY"])
    return amount


def instant(facts: Facts, day: str) -> int:
    """The first instant of a city day; refuses `request.field_invalid` for one the calendar does not have."""
    if not times.is_day(day):
        raise Refusal("request.field_invalid", fields=[f"{day}: no such day"])
    return times.start_of_day(day, facts.zone)


def end_of(facts: Facts, day: str) -> int:
    """The instant after the last of a city day."""
    instant(facts, day)
    return times.start_of_day(times.next_day(day), facts.zone)


def quarter(day: str) -> str:
    """`2018-05-13` -> `2018-Q2`."""
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def in_quarter(facts: Facts, project: str, *, received: int = 0, paid: int = 0) -> Change:
    """The project's quarter with so much more (or, returned, less)."""
    name = quarter(facts.day)
    key = f"{project}:{name}"
    row = facts.record("giving_quarter", key)
    fields = {
        "project": project, "quarter": name, "received": (row.received if row else 0) + received,
        "paid": (row.paid if row else 0) + paid,
    }  # fmt: skip
    return Change("giving_quarter", key, fields, new=row is None)


def of_giver(facts: Facts, natural: str, **more: int) -> Change:
    """What the natural person gave, with so much more."""
    row = facts.record("giving_giver", natural)
    fields = {name: (getattr(row, name) if row else 0) + units for name, units in more.items()}
    return Change("giving_giver", natural, fields, new=row is None)


def parts_text(parts: Sequence[tuple[str, int]]) -> str:
    """Parts as a record keeps them: `<name>=<units>` with a blank between."""
    return " ".join(f"{name}={units}" for name, units in parts)


def parts_of(text: str) -> list[tuple[str, int]]:
    """The parts again."""
    return [(name, int(units)) for name, _, units in (word.rpartition("=") for word in text.split())]


def yuan(units: int) -> str:
    """Fen as text."""
    return show(CNY, units)


class Staged(msgspec.Struct, frozen=True):
    """What it is about, and the stage it is in now."""

    key: str
    stage: str
