"""Habits: own cup, no bag, no cutlery, e-coupon. Points only on a paid order; a photo alone is a badge.

Staff who grant to themselves, or to one person again and again, are not refused: the points wait as a hold until an
officer has looked, because most of the time it is only a cashier who also drinks tea.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, HoldEnd, HoldOpen, Id, Notice, Plan, Posting, Refusal, Use, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.people.persons import natural_of, own_person, words
from saxaul.programmes.merchant import lots, photos
from saxaul.programmes.merchant.asks import Behaviour, MaybeId
from saxaul.programmes.merchant.common import employer, hung, member_of, paid_order, payer_of, running
from saxaul.programmes.merchant.join import taking_part
from saxaul.programmes.merchant.places import point, pool
from saxaul.programmes.merchant.stages import HABIT

HabitKey = Annotated[str, Meta(min_length=32, max_length=128)]
Photo = Annotated[str, Meta(pattern="^([0-9a-f]{16})?$", description="perceptual fingerprint of 64 bits")]
HELD = "merchant.grant_held"


class ShowCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: a hash of the digits which the surface made and shows; the book never has them."""

    code: Id


class CodeShown(msgspec.Struct, frozen=True):
    """Until when staff may scan it, once."""

    code: str
    ends: str


class RecordHabit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person did: with an own paid `order` whose lines show it, or with a photo alone, for a badge."""

    programme: Id
    behaviour: Behaviour
    order: MaybeId = ""
    photo: Photo = ""


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Staff flag a paid order of their merchant; with a person's one-time `code` the points go to whoever showed it."""

    programme: Id
    behaviour: Behaviour
    order: Id
    code: MaybeId = ""


class Judge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grant that waits, and what the officer found."""

    habit: HabitKey
    grant: bool


class Recorded(msgspec.Struct, frozen=True):
    """What became of it. `capped`: today's points for this behaviour are used up, it counts without points."""

    habit: str
    stage: str
    points: int
    capped: bool = False
    behaviour: str = ""
    order: str = ""
    evidence: str = ""


def show_code(facts: Facts, ask: ShowCode) -> Plan:
    """Staff may scan the person's code once, within minutes."""
    person = own_person(facts)
    if facts.record("merchant_scan_code", ask.code) is not None:
        raise Refusal("qr.code_used")
    ends = facts.now + facts.term("merchant.code_minutes") * times.MINUTE
    change = Change("merchant_scan_code", ask.code, {"person": person.natural, "ends": ends}, new=True)
    return Plan(changes=[change], receipt=CodeShown(ask.code, times.text(ends)))


def shown(facts: Facts, code: str) -> tuple[str, list[Change]]:
    """The person behind a one-time code, which is used with this; refuses unknown, used and expired ones."""
    row = facts.record("merchant_scan_code", code)
    if row is None:
        raise Refusal("qr.code_unknown", fault="no such code")
    if row.stage != "open":
        raise Refusal("qr.code_used")
    if row.ends <= facts.now:
        raise Refusal("qr.code_expired", end=times.text(row.ends))
    return row.person, [Change("merchant_scan_code", code, {"stage": "used"})]


def record_habit(facts: Facts, ask: RecordHabit) -> Plan:
    """With a paid order that shows it the person has points; with a photo alone a badge, and no gram of energy."""
    person, programme = own_person(facts), running(facts, ask.programme)
    if not ask.order:
        return _badge(facts, ask, programme, person.natural)
    order = paid_order(facts, ask.order)
    member = facts.record("merchant_member", f"{programme.key}:{order.merchant}")
    hangs = facts.record("merchant_paid", order.key)
    shows = hangs is not None and ask.behaviour in words(hangs.behaviours)
    if payer_of(facts, order) != person.natural or not _counts(member, ask.behaviour, "order_line") or not shows:
        raise Refusal("behaviour.order_missing")
    plan = _granted(facts, programme, ask.behaviour, person.natural, order, "order_line")
    if ask.photo and plan.changes:
        plan.changes = [*plan.changes, *photos.kept(facts, ask.photo)]
    return plan


def _counts(member: Any, behaviour: str, evidence: str) -> bool:
    return bool(
        member is not None and member.stage == "active" and behaviour in words(member.behaviours)
        and evidence in words(member.evidence)
    )  # fmt: skip


def _badge(facts: Facts, ask: RecordHabit, programme: Any, person: str) -> Plan:
    if not ask.photo:
        raise Refusal("request.field_invalid", fields=["order: a paid order, or a photo"])
    fields = {
        "programme": programme.key, "person": person, "behaviour": ask.behaviour, "evidence": "photo",
        "stage": step(HABIT, "", "record photo"), "since": facts.now,
    }  # fmt: skip
    changes = [
        *photos.kept(facts, ask.photo), Change("merchant_habit", facts.id, fields, new=True),
        *taking_part(facts, programme.key, person, done=True),
    ]  # fmt: skip
    receipt = Recorded(facts.id, fields["stage"], 0, False, ask.behaviour, "", "photo")
    return Plan(changes=changes, receipt=receipt)


def grant(facts: Facts, ask: Grant) -> Plan:
    """The payer, or whoever showed the code, has points for a paid order; doubtful grants wait as a hold."""
    merchant, programme = employer(facts), running(facts, ask.programme)
    member = member_of(facts, programme.key, merchant.key)
    order = paid_order(facts, ask.order, merchant.key)
    evidence = "staff_scan" if ask.code else "till_flag"
    if not _counts(member, ask.behaviour, evidence):
        raise Refusal("request.object_missing")
    used: list[Change] = []
    if ask.code:
        person, used = shown(facts, ask.code)
    else:
        person = payer_of(facts, order)
    if not person:
        raise Refusal("behaviour.order_missing")
    staff = natural_of(facts, facts.actor.person) if facts.actor.person else ""
    often, pace = _pace(facts, merchant.key, person)
    plan = _granted(facts, programme, ask.behaviour, person, order, evidence, held=often or staff == person)
    if plan.changes:
        plan.changes = [*plan.changes, *used, pace]
    return plan


def _pace(facts: Facts, merchant: str, person: str) -> tuple[bool, Change]:
    """Whether this merchant's staff grant to the person more often than an hour allows, and the new count."""
    row = facts.record("merchant_pace", f"{merchant}:{person}")
    fresh = row is None or facts.now >= row.since + times.HOUR
    count = 1 if fresh else row.times + 1
    fields = {"times": count, "since": facts.now if fresh else row.since}
    change = Change("merchant_pace", f"{merchant}:{person}", fields, new=row is None)
    return count > facts.term("merchant.grants_hour_max"), change


def _granted(
    facts: Facts, programme: Any, behaviour: str, person: str, order: Any, evidence: str, *, held: bool = False
) -> Plan:
    """Points from the pool to today's lot; a second time for the same order changes nothing and says what was."""
    key = f"{programme.key}:{order.key}:{behaviour}"
    earlier = facts.record("merchant_habit", key)
    if earlier is not None:
        return Plan(receipt=Recorded(key, earlier.stage, earlier.points, False, behaviour, order.key, evidence))
    counter = f"habit:{programme.key}:{behaviour}"
    capped = facts.usage(person, counter, facts.day)[1] >= facts.term(f"merchant.day_cap.{behaviour}")
    points = 0 if capped else facts.term(f"merchant.points.{behaviour}")
    held = held and points > 0
    asset, lot = point(programme.key), lots.of_day(facts, facts.at)
    if points > facts.free(pool(programme.key), asset):
        raise Refusal("points.pool_exhausted", left=show(asset, facts.free(pool(programme.key), asset)))
    until = facts.now + facts.term("merchant.grant_hold_days") * times.DAY if held else 0
    stage = step(HABIT, "", "record held" if held else "record")
    fields = {
        "programme": programme.key, "person": person, "merchant": order.merchant, "behaviour": behaviour,
        "evidence": evidence, "paid_order": order.key, "points": points, "stage": stage,
        "hold": facts.id if held else "", "until": until, "since": facts.now,
    }  # fmt: skip
    changes = [
        Change("merchant_habit", key, fields, new=True), *hung(facts, order.key, habits=key),
        *taking_part(facts, programme.key, person, done=True),
    ]  # fmt: skip
    receipt = Recorded(key, stage, points, capped, behaviour, order.key, evidence)
    plan = Plan(changes=changes, receipt=receipt, notes=[HELD] if held else [])
    if not points:
        return plan
    posting = Posting(pool(programme.key), lots.account(person, lot), asset, points)
    plan.uses = [Use(person, counter, facts.day, points, 1, 1)]
    if held:
        plan.opens = [HoldOpen(facts.id, [posting], until)]
        return plan
    known, joined = lots.opened(facts, programme, person, lot)
    plan.postings, plan.changes = [*joined, posting], [*changes, *known]
    return plan


def judge_grant(facts: Facts, ask: Judge) -> Plan:
    """An officer has looked: the points are the person's, in today's lot, or back in the pool."""
    row = facts.must("merchant_habit", ask.habit)
    stage = step(HABIT, row.stage, "judge" if ask.grant else "judge no")
    if facts.hold(row.hold) is None:
        raise Refusal("hold.stage_ended", hold=row.hold)
    if facts.actor.person and natural_of(facts, facts.actor.person) == row.person:
        raise Refusal("actor.approver_same")
    change, given = Change("merchant_habit", row.key, {"stage": stage, "until": 0}), row.points if ask.grant else 0
    told = [Notice(row.person, "merchant.grant_judged", {"stage": stage, "points": given})]
    receipt = Recorded(row.key, stage, given, False, row.behaviour, row.paid_order, row.evidence)
    if not ask.grant:
        return Plan(ends=[HoldEnd(row.hold, "release")], changes=[change], notices=told, receipt=receipt)
    programme, lot = facts.must("merchant_programme", row.programme), lots.of_day(facts, facts.at)
    known, joined = lots.opened(facts, programme, row.person, lot)
    posting = Posting(pool(programme.key), lots.account(row.person, lot), point(programme.key), row.points)
    return Plan(
        ends=[HoldEnd(row.hold, "capture")], postings=[*joined, posting], changes=[change, *known], notices=told,
        receipt=receipt,
    )  # fmt: skip
