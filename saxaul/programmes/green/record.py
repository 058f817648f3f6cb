"""Behaviours: taken in once, whoever reports them; the energy they earn, the emission they avoided, and their undoing.

`green.record` alone posts CO2E. What is capped is still an act: its CO2E stands, its energy is 0, and the receipt says
why. A cap that was used stays used after a reversal: friends may have taken of the bubble, so paying, sharing and
refunding in a circle would otherwise make energy of nothing.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Id, Notice, Plan, Posting, Refusal, Use
from saxaul.kernel import times
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.green import common, documents, factors
from saxaul.programmes.green.behaviours import JOURNAL, KINDS, Kind
from saxaul.programmes.green.common import CO2E, DUE, GREEN, ISSUER, ISSUER_CO2E, Named
from saxaul.programmes.green.documents import Seen

CAPPED, PARKED = "green.cap_reached", "green.factor_missing"
ACTIVITY_MAX = 10**9
Origin = Annotated[str, Meta(min_length=1, max_length=128, pattern="^[A-Za-z0-9._:/-]+$")]
Document = Annotated[str, Meta(max_length=160, pattern="^[A-Za-z0-9._:/|*@-]*$")]
_rides = msgspec.json.Decoder(list[tuple[int, str, str]]).decode


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One behaviour of a person, and where it was seen.

    `document` (`pay_order:<key>`, `bills_payment:<key>` ...) says who and how much for what the book itself saw; others
    name the person. `activity`: steps, metres or sheets. `evidence` is empty where there is none: then it is a badge.
    """

    behaviour: Code
    origin: Origin
    person: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    source: Named = ""
    document: Document = ""
    activity: Annotated[int, Meta(ge=0, le=ACTIVITY_MAX)] = 0
    line: Named = ""
    region: Named = ""
    evidence: Named = ""


class Granted(msgspec.Struct, frozen=True):
    """One grant: its bubble, when it is ripe and gone, and the avoided emission (0: parked, or none is known)."""

    lot: str
    behaviour: str
    energy: str
    co2e: str
    ripe_at: str
    expires_at: str


class Recorded(msgspec.Struct, frozen=True):
    """What was counted; empty where the act was no behaviour after all."""

    grants: list[Granted]


def record(facts: Facts, ask: Record) -> Plan:
    """The behaviour is counted once: a bubble that ripens, and one posting of avoided emission."""
    if ask.behaviour not in KINDS:
        raise Refusal("request.field_invalid", fields=["behaviour: none that is known"])
    seen = documents.read(facts, ask) if ask.document else _reported(facts, ask)
    plan = Plan(receipt=Recorded([]))
    if seen is None or not seen.behaviours:
        return plan
    known = facts.record("green_source", common.source_key(seen.source, seen.origin))
    if known is not None and known.stage == "reversed":
        return plan  # undone before it was told
    grants = known.grants.split() if known is not None else []
    keys = [common.grant_key(behaviour, seen.source, seen.origin) for behaviour in seen.behaviours]
    rows = facts.records("green_grant", keys)
    facts.records("people_consent", _consents(seen))
    facts.records("green_series", [f"{behaviour}@{seen.region}" for behaviour in seen.behaviours])
    for behaviour, key, row in zip(seen.behaviours, keys, rows, strict=True):
        if row is not None and row.person != seen.natural:
            raise Refusal("green.act_duplicate")
        if row is not None:  # the same id of the same source: the same answer
            plan.receipt.grants.append(_granted(key, row))
            continue
        if not _agreed(facts, seen.person, KINDS[behaviour]):
            raise Refusal("consent.source_missing", source=KINDS[behaviour].agreed)
        _count(facts, plan, seen, behaviour, key)
        grants.append(key)
    if plan.changes:
        written = {"grants": " ".join(grants)}
        name = common.source_key(seen.source, seen.origin)
        plan.changes.append(Change("green_source", name, written, new=known is None))
    return plan


def _reported(facts: Facts, ask: Record) -> Seen:
    """What a sibling's act, a carrier or a service says of a person. An organisation speaks for itself only."""
    own = facts.actor.organisation
    source = own if own or "system" not in facts.actor.roles else ask.source or JOURNAL
    if not source or (ask.source and ask.source != source):
        raise Refusal("request.object_missing")
    natural, person = common.other(facts, ask.person) if ask.person else ("", "")
    if not person:
        raise Refusal("request.object_missing")
    region = ask.region or facts.term("green.region")
    proven = source == JOURNAL or bool(ask.evidence)
    return Seen(
        person, natural, source, ask.origin, (ask.behaviour,), activity=ask.activity, line=ask.line, region=region,
        proven=proven,
    )  # fmt: skip


def _consents(seen: Seen) -> list[str]:
    """The consents that matter, read at once: each question of its own would be a round of reading for the clerk."""
    return [f"{seen.person}:green", *(f"{seen.person}:green.{KINDS[one].agreed}" for one in seen.behaviours)]


def _agreed(facts: Facts, person: str, kind: Kind) -> bool:
    """Whether the person agreed to this source: by itself, or to green energy as a whole and not against this one.

    Whoever withdraws the whole afterwards has withdrawn every source with it.
    """
    row = facts.record("people_consent", f"{person}:green.{kind.agreed}")
    whole = facts.record("people_consent", f"{person}:green")
    if row is None or (whole is not None and whole.stage == "withdrawn" and whole.since > row.since):
        return whole is not None and whole.stage == "given"
    return row.stage == "given"


def _count(facts: Facts, plan: Plan, seen: Seen, behaviour: str, key: str) -> None:
    """Adds one grant to the plan."""
    kind = KINDS[behaviour]
    if kind.ride:
        plan.changes.append(_once(facts, seen, behaviour))
    units = _energy(facts, plan, seen, behaviour, kind)
    mg, used = 0, None
    if kind.co2e and seen.proven:
        mg, used = factors.estimate(facts, behaviour, seen.region, seen.activity)
    parked = kind.co2e and seen.proven and used is None
    if parked:
        plan.notes.append(PARKED)
    ripe_at, expires_at = common.ripe(facts, facts.at)
    if units:
        plan.postings.append(Posting(ISSUER, common.bubble(seen.natural, key), GREEN, units))
    if mg:
        plan.postings.append(Posting(ISSUER_CO2E, common.avoided(seen.natural), CO2E, mg))
    fields = {
        "person": seen.natural, "behaviour": behaviour, "source": seen.source, "origin": seen.origin, "day": facts.day,
        "at": facts.at, "activity": seen.activity, "region": seen.region, "grams": units, "ripe_at": ripe_at,
        "expires_at": expires_at, "stage": "open" if units else "none", "co2e": mg,
        "factor": used.name if used else "", "conf": used.conf if used else "", "parked": int(parked),
    }  # fmt: skip
    plan.changes.append(Change("green_grant", key, fields, new=True))
    plan.receipt.grants.append(_told(key, behaviour, units, mg, ripe_at, expires_at))


def _energy(facts: Facts, plan: Plan, seen: Seen, behaviour: str, kind: Kind) -> int:
    """The grams after all caps, with the usage they count; says when a cap is why there are none."""
    rate, day = facts.term(f"green.grams.{behaviour}"), facts.day
    if rate is None or not seen.proven:
        return 0
    if kind.least and seen.units < facts.term(f"green.least_fen.{behaviour}"):
        return 0
    units = rate.of(seen.activity) if behaviour == "walk" else rate.value
    counter = f"green.{behaviour}"
    for cap in kind.caps:
        most = facts.term(f"green.cap_{cap}.{behaviour}")
        place = factors.week_of(day) if cap == "week" else ""
        used = facts.usage(seen.natural, f"{counter}{'.week' if place else ''}", factors.window(day, cap))
        left = most - used[0 if cap == "grams_day" else 1]
        units = min(units, max(0, left)) if cap == "grams_day" else (units if left > 0 else 0)
        if place and units:
            plan.uses.append(Use(seen.natural, f"{counter}.week", place, units, 1, 1))
    if kind.once and units:
        month = times.month(day)
        _, before = facts.usage(f"account:{seen.account}", counter, month)
        units = units if before < facts.term(f"green.cap_number_month.{behaviour}") else 0
        if units:
            plan.uses.append(Use(f"account:{seen.account}", counter, day, units, 1))
    if units:
        plan.uses.append(Use(seen.natural, counter, day, units, 1))
    elif rate.value:
        plan.notes.append(CAPPED)
    return units


def _once(facts: Facts, seen: Seen, behaviour: str) -> Change:
    """The ride, kept so that another source cannot count it; refuses `green.act_duplicate` where one did already."""
    near = facts.term("green.same_ride_minutes") * times.MINUTE
    days = sorted({times.day(at, facts.zone) for at in (facts.at - near, facts.at, facts.at + near)})
    for row in facts.records("green_rides", [f"{seen.natural}:{behaviour}:{day}" for day in days]):
        for when, source, line in _rides(row.rides) if row is not None else ():
            same_line = not line or not seen.line or line == seen.line
            if source != seen.source and same_line and abs(when - facts.at) <= near:
                raise Refusal("green.act_duplicate")
    key = f"{seen.natural}:{behaviour}:{facts.day}"
    row = facts.record("green_rides", key)
    rides = [*(_rides(row.rides) if row is not None else ()), (facts.at, seen.source, seen.line)]
    return Change("green_rides", key, {"rides": msgspec.json.encode(rides).decode()}, new=row is None)


def _granted(key: str, row: Any) -> Granted:
    return _told(key, row.behaviour, row.grams, row.co2e, row.ripe_at, row.expires_at)


def _told(key: str, behaviour: str, units: int, mg: int, ripe_at: int, expires_at: int) -> Granted:
    return Granted(
        key, behaviour, common.grams(units), f"{mg} CO2E", times.text(ripe_at), times.text(expires_at)
    )  # fmt: skip


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grant whose avoided emission waits for a factor, and the version of the factors to look at."""

    lot: Id
    version: int


class Counted(msgspec.Struct, frozen=True):
    """The avoided emission that was counted; 0 while no factor fits its place and day."""

    lot: str
    co2e: str


def count_parked(facts: Facts, ask: Count) -> Plan:
    """The waiting emission is counted by the factor of the act's own day, or goes on waiting."""
    row = facts.must("green_grant", ask.lot)
    if not row.parked:
        return Plan(receipt=Counted(row.key, f"{row.co2e} CO2E"))
    mg, used = factors.estimate(facts, row.behaviour, row.region, row.activity)
    if used is None:
        return Plan(changes=[Change("green_grant", row.key, {"seen": ask.version})], receipt=Counted(row.key, "0 CO2E"))
    fields = {"co2e": mg, "factor": used.name, "conf": used.conf, "parked": 0, "seen": ask.version}
    postings = [Posting(ISSUER_CO2E, common.avoided(row.person), CO2E, mg)] if mg else []
    return Plan(
        postings=postings, changes=[Change("green_grant", row.key, fields)], receipt=Counted(row.key, f"{mg} CO2E")
    )  # fmt: skip


class Reverse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was undone, by the source's own id of it: a refunded order, a cancelled ride."""

    origin: Origin
    source: Named = ""


class Reversed(msgspec.Struct, frozen=True):
    """The grants taken back: out of bubbles, out of harvested energy, what is owed, and the emission."""

    lots: list[str]
    bubble: str
    harvested: str
    owed: str
    co2e: str


def reverse(facts: Facts, ask: Reverse) -> Plan:
    """The act's energy is gone or owed, its emission whole; what friends took and trees that stand are left alone."""
    own = facts.actor.organisation
    source = own or ask.source or JOURNAL
    if ask.source and ask.source != source:
        raise Refusal("request.object_missing")
    name = common.source_key(source, ask.origin)
    known = facts.record("green_source", name)
    if known is None and ask.source == JOURNAL:  # nothing had been counted for what is undone
        return Plan(receipt=Reversed([], *(common.grams(0),) * 3, "0 CO2E"))
    if known is None:
        raise Refusal("request.object_missing")
    if known.stage == "reversed":
        raise Refusal("green.lot_reversed")
    rows = facts.records("green_grant", known.grants.split())
    plan = Plan(changes=[Change("green_source", name, {"stage": "reversed"})])
    sums = [0, 0, 0, 0]
    for row in rows:
        for place, units in enumerate(_undone(facts, plan, row, spent=sums[1])):
            sums[place] += units
    texts = (common.grams(units) for units in sums[:3])
    plan.receipt = Reversed([row.key for row in rows], *texts, f"{sums[3]} CO2E")
    if any(sums[:3]):
        told = {"energy": common.grams(sum(sums[:3])), "owed": common.grams(sums[2])}
        own_row = facts.record("green_person", rows[0].person)
        plan.notices = [Notice(own_row.person, "green.reversed", told)] if own_row is not None else []
    return plan


def _undone(facts: Facts, plan: Plan, row: Any, *, spent: int) -> tuple[int, int, int, int]:
    """(out of the bubble, out of harvested energy, owed, mg) of one grant, added to the plan."""
    lot, held = common.bubble(row.person, row.key), common.green(row.person)
    rest = common.rest_of(row)
    harvested = min(row.gathered, facts.free(held, GREEN) - spent) if row.gathered else 0
    due = row.gathered - harvested
    moves = (
        (lot, ISSUER, GREEN, rest), (held, ISSUER, GREEN, harvested), (ISSUER, common.owed(row.person), DUE, due),
        (common.avoided(row.person), ISSUER_CO2E, CO2E, row.co2e),
    )  # fmt: skip
    plan.postings += [Posting(*move) for move in moves if move[3]]
    plan.changes.append(Change("green_grant", row.key, {"stage": "reversed", "parked": 0}))
    return rest, harvested, due, row.co2e


Part = Annotated[int, Meta(ge=0, le=4_096)]


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a carrier's file: whose ride it was, when, how far, on which line; `id` is the carrier's own."""

    id: Code
    person: Id
    behaviour: Code
    at: Annotated[str, Meta(max_length=40, description="RFC 3339 with a zone")]
    metres: Annotated[int, Meta(ge=0, le=ACTIVITY_MAX)] = 0
    line: Named = ""


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a carrier's file; `file`: the digest of its bytes, so that the same file twice is one."""

    file: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    rows: Annotated[list[Reported], Meta(min_length=1, max_length=100)]
    part: Part = 0


class ReportTaken(msgspec.Struct, frozen=True):
    """How many lines were taken; `same`: this part had been taken before. Each line is counted by itself."""

    lines: int
    same: bool


def report(facts: Facts, ask: Report) -> Plan:
    """The part is kept whole, or refused with its bad lines; the journal's follower counts its lines one by one."""
    source = facts.actor.organisation
    if not source:
        raise Refusal("request.object_missing")
    key = f"{source}:{ask.file}:{ask.part}"
    if facts.record("green_report", key) is not None:
        return Plan(receipt=ReportTaken(len(ask.rows), True))
    wrong = []
    for place, row in enumerate(ask.rows, 1):
        at = times.read(row.at)
        if row.behaviour not in KINDS:
            wrong.append(f"line {place}: behaviour is none that is known")
        if at is None or at > facts.now:
            wrong.append(f"line {place}: at is no instant that has passed")
    if wrong:
        raise Refusal("bill.file_refused", lines=wrong[: MAXIMA.faults_listed])
    fields = {
        "source": source, "rows": msgspec.json.encode(ask.rows).decode(), "count": len(ask.rows), "since": facts.now
    }  # fmt: skip
    return Plan(changes=[Change("green_report", key, fields, new=True)], receipt=ReportTaken(len(ask.rows), False))
