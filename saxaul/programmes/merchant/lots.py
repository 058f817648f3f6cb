"""Points as dated lots: one account a person and day, spent by earliest end, lapsed by their own end and no label.

The lots a person has are a record, so that an act finds them by key. At most `LOTS_MAX` stand beside each other, since
one act has at most 64 postings: above it the oldest joins the next one, and its points live a few days longer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Change, Facts, Id, Plan, Posting, Refusal
from saxaul.kernel import times
from saxaul.kernel.amounts import show, take
from saxaul.people.persons import words
from saxaul.programmes.merchant.places import point

LOTS_MAX = 48


class NameLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lot of a programme's points that another programme gave to a person."""

    programme: Id
    person: Id
    lot: str


class Noted(msgspec.Struct, frozen=True):
    """How many lots the person has of this programme."""

    lots: int


class Lapse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's lots of a programme, of which at least one has ended."""

    programme: Id
    person: Id


class Lapsed(msgspec.Struct, frozen=True):
    """How many points lapsed."""

    points: int


def account(person: str, lot: str) -> str:
    """Where the points of a lot stand."""
    return f"person:{person}:points:{lot}"


def listed(row: Any) -> list[tuple[str, int]]:
    """(lot, end), the earliest end first."""
    found = [word.partition(":") for word in words(row.lots)] if row is not None else []
    return sorted([(lot, int(end)) for lot, _, end in found], key=lambda pair: (pair[1], pair[0]))


def of_day(facts: Facts, instant: int) -> str:
    """The lot of the day in which the instant lies."""
    return times.day(instant, facts.zone).replace("-", "")


def end_of(facts: Facts, programme: Any) -> int:
    """When a lot of today ends."""
    days: int = programme.lot_days
    return times.start_of_day(times.next_day(facts.day), facts.zone) + days * times.DAY


def written(facts: Facts, programme: str, person: str, kept: list[tuple[str, int]]) -> Change:
    """The record with these lots."""
    key = f"{programme}:{person}"
    new = facts.record("merchant_lots", key) is None
    fields: dict[str, Any] = {
        "lots": " ".join(f"{lot}:{end}" for lot, end in kept), "ends": min((end for _, end in kept), default=0)
    }  # fmt: skip
    if new:
        fields |= {"programme": programme, "person": person}
    return Change("merchant_lots", key, fields, new=new)


def opened(facts: Facts, programme: Any, person: str, lot: str) -> tuple[list[Change], list[Posting]]:
    """What makes the lot known; nothing where it is."""
    kept = listed(facts.record("merchant_lots", f"{programme.key}:{person}"))
    if lot in [name for name, _ in kept]:
        return [], []
    joined = []
    if len(kept) >= LOTS_MAX:
        (oldest, _), (then, _) = kept[0], kept[1]
        free = facts.free(account(person, oldest), point(programme.key))
        if free:
            joined = [Posting(account(person, oldest), account(person, then), point(programme.key), free)]
        kept = kept[1:]
    return [written(facts, programme.key, person, [*kept, (lot, end_of(facts, programme))])], joined


def taken(facts: Facts, programme: str, person: str, units: int, credit: str) -> tuple[list[Posting], list[Change]]:
    """The postings that take points, oldest lots first; refuses `points.lot_expired` and `points.balance_short`.

    Lots that have ended count no more, even before they are swept; where they alone are what is missing, it is said.
    """
    asset, kept = point(programme), listed(facts.record("merchant_lots", f"{programme}:{person}"))
    has = {lot: facts.free(account(person, lot), asset) for lot, _ in kept}
    parts, missing = take(units, [(lot, has[lot]) for lot, end in kept if end > facts.now])
    if missing:
        late = sum(has[lot] for lot, end in kept if end <= facts.now)
        code = "points.lot_expired" if late >= missing else "points.balance_short"
        raise Refusal(code, need=show(asset, units), free=show(asset, units - missing))
    left = {**has, **{lot: has[lot] - part for lot, part in parts}}
    rest = [(lot, end) for lot, end in kept if left[lot] or end <= facts.now]
    postings = [Posting(account(person, lot), credit, asset, part) for lot, part in parts]
    return postings, [written(facts, programme, person, rest)]


def note_lot(facts: Facts, ask: NameLot) -> Plan:
    """Points that a quiz or a campaign gave are spent and lapse like the others."""
    programme = facts.record("merchant_programme", ask.programme)
    if programme is None:
        return Plan(receipt=Noted(0))
    changes, joined = opened(facts, programme, ask.person, ask.lot)
    row = facts.record("merchant_lots", f"{ask.programme}:{ask.person}")
    return Plan(postings=joined, changes=changes, receipt=Noted(len(listed(row)) + len(changes)))


def lapse_points(facts: Facts, ask: Lapse) -> Plan:
    """What is left in lots whose own end has passed is nobody's; run twice, nothing lapses twice."""
    row = facts.must("merchant_lots", f"{ask.programme}:{ask.person}")
    asset, postings, kept = point(ask.programme), [], []
    for lot, end in listed(row):
        if end > facts.now:
            kept.append((lot, end))
            continue
        rest = facts.free(account(ask.person, lot), asset)
        if rest:
            postings.append(Posting(account(ask.person, lot), f"campaign:{ask.programme}:lapsed", asset, rest))
    changes = [written(facts, ask.programme, ask.person, kept)] if len(kept) < len(listed(row)) else []
    return Plan(postings=postings, changes=changes, receipt=Lapsed(sum(one.units for one in postings)))
