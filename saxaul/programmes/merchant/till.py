"""Coupons at the till: reserved for a quarter of an hour as a hold, used once, given back when their order is.

A payment is an act of its own, so the till reserves first, takes the payment, and then captures the hold. What a
programme pays for a coupon is held with it, stands with the merchant as earned, and is paid net once a week.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, HoldEnd, HoldOpen, Id, Notice, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show, take
from saxaul.people.persons import natural_of, words
from saxaul.programmes.merchant import lots
from saxaul.programmes.merchant.asks import MaybeId, Staged
from saxaul.programmes.merchant.common import employer, hung, monday, paid_order
from saxaul.programmes.merchant.places import BACK, due, earned, issuer, of_benefit, point, pool
from saxaul.programmes.merchant.shop import unpromised
from saxaul.programmes.merchant.stages import COUPON, HABIT

Digits = Annotated[str, Meta(pattern="^[0-9]{12}$", description="what the person's coupon shows")]
MONEY = {"CNY/2": "cny", "ECNY/2": "ecny"}


class NameCoupon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coupon by its digits; `order`: the paid order it is used with."""

    code: Digits
    order: MaybeId = ""


class Reserved(msgspec.Struct, frozen=True):
    """What it gives, and until when it waits for this till."""

    coupon: str
    stage: str
    title: str
    until: str


class Used(msgspec.Struct, frozen=True):
    """What the merchant earned with it."""

    coupon: str
    stage: str
    value: str


class EndCoupon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coupon whose end has passed."""

    coupon: Id


class NameOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order of payments that came back."""

    order: Id


class Returned(msgspec.Struct, frozen=True):
    """What followed: points taken back, what became of the coupon."""

    order: str
    points: int
    coupon: str


class PayWeek(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A merchant, and the Monday up to which it is paid."""

    merchant: Id
    week: Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class WeekPaid(msgspec.Struct, frozen=True):
    """The net of the week's coupons."""

    merchant: str
    week: str
    cny: str
    ecny: str


def _found(facts: Facts, code: str) -> tuple[Any, Any]:
    """The coupon and its benefit."""
    row = facts.must("merchant_coupon_code", code)
    coupon = facts.must("merchant_coupon", row.coupon)
    return coupon, facts.must("merchant_benefit", coupon.benefit)


def _reserved(facts: Facts, coupon: Any) -> bool:
    return coupon.stage == "reserved" and facts.hold(coupon.hold) is not None


def _held(coupon: Any, benefit: Any, money: str) -> list[Posting]:
    """What a reservation holds and its use moves: the benefit, and what the programme pays for it."""
    asset = of_benefit(benefit.key)
    found = [Posting(f"person:{coupon.person}:benefits", f"campaign:{benefit.key}:used", asset, 1)]
    if benefit.value:
        found.append(Posting(pool(benefit.programme), earned(benefit.merchant), money, benefit.value))
    return found


def reserve_coupon(facts: Facts, ask: NameCoupon) -> Plan:
    """For a quarter of an hour no other till can take the coupon; then it is free again by itself."""
    merchant = employer(facts)
    coupon, benefit = _found(facts, ask.code)
    if benefit.merchant != merchant.key:
        raise Refusal("request.object_missing")
    if coupon.stage == "used":
        raise Refusal("coupon.stage_used")
    if _reserved(facts, coupon):
        return Plan(receipt=Reserved(coupon.key, "reserved", benefit.title, times.text(coupon.until)))
    if coupon.stage == "ended" or coupon.ends <= facts.now:
        raise Refusal("coupon.time_ended", end=times.text(coupon.ends))
    stage = step(COUPON, "open", "reserve")
    until = facts.now + facts.term("merchant.reserve_minutes") * times.MINUTE
    money = facts.must("merchant_programme", benefit.programme).money
    fields = {"stage": stage, "hold": facts.id, "until": until, "merchant": merchant.key}
    return Plan(
        opens=[HoldOpen(facts.id, _held(coupon, benefit, money), until)],
        changes=[Change("merchant_coupon", coupon.key, fields)],
        receipt=Reserved(coupon.key, stage, benefit.title, times.text(until)),
    )


def use_coupon(facts: Facts, ask: NameCoupon) -> Plan:
    """The coupon is used, once; what the programme pays for it is the merchant's."""
    merchant = employer(facts)
    coupon, benefit = _found(facts, ask.code)
    if benefit.merchant != merchant.key:
        raise Refusal("request.object_missing")
    if coupon.stage == "used":
        raise Refusal("coupon.stage_used")
    if not _reserved(facts, coupon):
        if coupon.ends <= facts.now:
            raise Refusal("coupon.time_ended", end=times.text(coupon.ends))
        raise Refusal("hold.stage_ended", hold=coupon.hold or coupon.key)
    order = paid_order(facts, ask.order, merchant.key) if ask.order or benefit.minimum else None
    hangs = facts.record("merchant_paid", order.key) if order is not None else None
    if order is not None and (order.units < benefit.minimum or (hangs is not None and hangs.coupon)):
        raise Refusal("behaviour.order_missing", minimum=show("CNY/2", benefit.minimum))
    stage = step(COUPON, coupon.stage, "use")
    money = facts.must("merchant_programme", benefit.programme).money
    fields = {
        "stage": stage, "used": facts.now, "value": benefit.value, "paid_order": order.key if order is not None else "",
        "until": 0,
    }  # fmt: skip
    changes = [Change("merchant_coupon", coupon.key, fields), *unpromised(facts, benefit, 1)]
    if order is not None:
        changes += hung(facts, order.key, behaviours="e_coupon", coupon=coupon.key)
    if benefit.value:
        changes.append(_earning(facts, merchant.key, money, benefit.value))
    told = {"title": benefit.title, "merchant": merchant.key}
    return Plan(
        ends=[HoldEnd(coupon.hold, "capture")], postings=_held(coupon, benefit, money), changes=changes,
        notices=[Notice(coupon.person, "merchant.coupon_used", told)],
        receipt=Used(coupon.key, stage, show(money, benefit.value)),
    )  # fmt: skip


def _earning(facts: Facts, merchant: str, money: str, units: int) -> Change:
    """What the merchant is owed for coupons; the first of a week is paid when that week is over, not before."""
    row = facts.record("merchant_payee", merchant)
    name = MONEY[money]
    fields: dict[str, Any] = {name: (getattr(row, name) if row is not None else 0) + units}
    if row is None or not (row.cny or row.ecny):
        fields["week"] = monday(facts.day)
    return Change("merchant_payee", merchant, fields, new=row is None)


def release_coupon(facts: Facts, ask: NameCoupon) -> Plan:
    """The till or the person lets go: the coupon can be used elsewhere, and nothing was used."""
    coupon, _ = _found(facts, ask.code)
    actor = facts.actor
    mine = bool(actor.person) and natural_of(facts, actor.person) == coupon.person
    if not mine and not (actor.organisation and actor.organisation == coupon.merchant):
        raise Refusal("request.object_missing")
    stage = step(COUPON, coupon.stage, "release")
    ends = [HoldEnd(coupon.hold, "release")] if facts.held(coupon.hold) is not None else []
    change = Change("merchant_coupon", coupon.key, {"stage": stage, "hold": "", "until": 0})
    return Plan(ends=ends, changes=[change], receipt=Staged(coupon.key, stage))


def end_coupon(facts: Facts, ask: EndCoupon) -> Plan:
    """A coupon nobody used in time goes back to the stock, and to nobody where its benefit is closed."""
    coupon = facts.must("merchant_coupon", ask.coupon)
    if coupon.stage not in ("open", "reserved") or coupon.ends > facts.now or _reserved(facts, coupon):
        return Plan(receipt=Staged(coupon.key, coupon.stage))
    benefit = facts.must("merchant_benefit", coupon.benefit)
    stage = step(COUPON, coupon.stage, "end")
    changes = [Change("merchant_coupon", coupon.key, {"stage": stage, "hold": "", "until": 0})]
    told = [Notice(coupon.person, "merchant.coupon_ended", {"title": benefit.title})]
    back = _unused(facts, coupon, benefit, changes)
    return Plan(postings=[back], changes=changes, notices=told, receipt=Staged(coupon.key, stage))


def _unused(facts: Facts, coupon: Any, benefit: Any, changes: list[Change]) -> Posting:
    """The posting of a coupon that nobody will use; adds what it means for the programme's promise."""
    to = f"campaign:{benefit.key}:stock"
    if benefit.stage != "open":
        to = issuer(benefit.key)
        changes += unpromised(facts, benefit, 1)
    return Posting(f"person:{coupon.person}:benefits", to, of_benefit(benefit.key), 1)


def order_returned(facts: Facts, ask: NameOrder) -> Plan:
    """The order came back: its points go back as far as they are there, its coupon is restored or ends by its terms.

    While the merchant lacks the money that a coupon's value needs, the coupon waits and the tick tries again.
    """
    order, hangs = facts.record("pay_order", ask.order), facts.record("merchant_paid", ask.order)
    if hangs is None or order is None or order.stage not in BACK:
        return Plan(receipt=Returned(ask.order, 0, ""))
    plan = Plan()
    points = sum(_points_back(facts, facts.must("merchant_habit", key), plan) for key in words(hangs.habits))
    coupon = facts.record("merchant_coupon", hangs.coupon) if hangs.coupon else None
    became = ""
    if coupon is not None and coupon.stage == "used" and coupon.paid_order == ask.order:
        became = _coupon_back(facts, coupon, plan)
    fields = {"habits": "", "back": int(became == "waits")}
    if became != "waits":
        fields["coupon"] = ""
    plan.changes = [*plan.changes, Change("merchant_paid", ask.order, fields)]
    plan.receipt = Returned(ask.order, points, became)
    return plan


def _points_back(facts: Facts, habit: Any, plan: Plan) -> int:
    if (habit.stage, "order returned") not in HABIT:
        return 0
    stage = step(HABIT, habit.stage, "order returned")
    if habit.stage == "held":
        if facts.held(habit.hold) is not None:
            plan.ends = [*plan.ends, HoldEnd(habit.hold, "release")]
        plan.changes = [*plan.changes, Change("merchant_habit", habit.key, {"stage": stage, "until": 0})]
        return 0
    asset = point(habit.programme)
    given = {posting.debit: posting.units for posting in plan.postings if posting.asset == asset}
    has = []
    for lot, _ in lots.listed(facts.record("merchant_lots", f"{habit.programme}:{habit.person}")):
        account = lots.account(habit.person, lot)
        has.append((account, facts.free(account, asset) - given.get(account, 0)))
    own = [one for one in has if one[0].endswith(lots.of_day(facts, habit.since))]
    parts, lost = take(habit.points, [*own, *(one for one in has if one not in own)])
    back = [Posting(account, pool(habit.programme), asset, units) for account, units in parts]
    plan.postings = [*plan.postings, *back]
    plan.changes = [*plan.changes, Change("merchant_habit", habit.key, {"stage": stage, "lost": lost})]
    told = Notice(habit.person, "merchant.points_returned", {"points": habit.points - lost})
    plan.notices = [*plan.notices, told]
    return int(habit.points - lost)


def _coupon_back(facts: Facts, coupon: Any, plan: Plan) -> str:
    benefit = facts.must("merchant_benefit", coupon.benefit)
    money = facts.must("merchant_programme", coupon.programme).money
    has = [(address, facts.free(address, money)) for address in (earned(coupon.merchant), due(coupon.merchant))]
    parts, missing = take(coupon.value, has)
    if missing:
        return "waits"
    late = benefit.returns == "end" or coupon.ends <= facts.now
    stage = step(COUPON, coupon.stage, "order returned late" if late else "order returned")
    asset, used = of_benefit(benefit.key), f"campaign:{benefit.key}:used"
    fields = {"stage": stage, "paid_order": "", "hold": "", "used": 0, "value": 0}
    changes = [Change("merchant_coupon", coupon.key, fields), *([] if late else unpromised(facts, benefit, -1))]
    postings = [Posting(address, pool(coupon.programme), money, units) for address, units in parts]
    if not late:
        postings.append(Posting(used, f"person:{coupon.person}:benefits", asset, 1))
    from_earned = sum(units for address, units in parts if address == earned(coupon.merchant))
    if from_earned:
        changes.append(_earning(facts, coupon.merchant, money, -from_earned))
    plan.postings, plan.changes = [*plan.postings, *postings], [*plan.changes, *changes]
    plan.notices = [*plan.notices, Notice(coupon.person, f"merchant.coupon_{stage}", {"title": benefit.title})]
    return stage


def pay_week(facts: Facts, ask: PayWeek) -> Plan:
    """What the merchant earned with coupons, less what came back, is settled with its other money; once a week."""
    row = facts.record("merchant_payee", ask.merchant)
    if row is None or row.week >= ask.week or ask.week > monday(facts.day):
        return Plan(receipt=WeekPaid(ask.merchant, ask.week, show("CNY/2", 0), show("ECNY/2", 0)))
    found = {asset: facts.free(earned(ask.merchant), asset) for asset in MONEY}
    postings = [
        Posting(earned(ask.merchant), due(ask.merchant), asset, units) for asset, units in found.items() if units
    ]
    key = f"{ask.merchant}:{ask.week}"
    fields = {
        "merchant": ask.merchant, "week": ask.week, "cny": found["CNY/2"], "ecny": found["ECNY/2"], "since": facts.now
    }  # fmt: skip
    return Plan(
        postings=postings,
        changes=[
            Change("merchant_payee", ask.merchant, {"cny": 0, "ecny": 0, "week": ask.week}),
            Change("merchant_statement", key, fields, new=True),
        ],
        receipt=WeekPaid(ask.merchant, ask.week, show("CNY/2", found["CNY/2"]), show("ECNY/2", found["ECNY/2"])),
    )
