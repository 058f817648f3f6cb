"""Money that goes back: refunds up to what was captured, and the reversal of an order whose answer was lost."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Amount, Change, Facts, Id, Notice, Plan, Refusal, Use
from saxaul.guards.payee import RECEIVED, subject
from saxaul.kernel import ids, times
from saxaul.kernel.amounts import show
from saxaul.programmes.pay import pockets
from saxaul.programmes.pay.orders import NameOrder, Number, freed
from saxaul.programmes.pay.parties import merchant_of, money, order_key, own_order
from saxaul.programmes.pay.stages import REFUND_STAGES, STAGES, after


class MakeRefund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of an order goes back. `refund`: the merchant's own number of it, the same on every retry."""

    amount: Amount
    order: Id | None = None
    number: Number = ""
    refund: Number = ""


class Refunded(msgspec.Struct, frozen=True):
    """What went back, to which pockets, and what may still be refunded. `refund` stuck: it waits for two officers."""

    order: str
    refund: str
    stage: str
    refund_stage: str
    amount: str
    pockets: list[str]
    left: str


class Reversed(msgspec.Struct, frozen=True):
    """Where the order stands, and what went back with this."""

    order: str
    stage: str
    amount: str


def refund_key(merchant: str, number: str) -> str:
    """The key of a merchant's refund under the merchant's own number."""
    return ids.derived(0, f"refund:{merchant}:{number}")


def make_refund(facts: Facts, ask: MakeRefund) -> Plan:
    """The payer has the amount back, own money first; the same refund number again moves nothing."""
    row = own_order(facts, ask.order, ask.number)
    units = money(ask.amount).units
    key = refund_key(row.merchant, ask.refund) if ask.refund else facts.id
    earlier = facts.record("pay_refund", key) if ask.refund else None
    if earlier is not None:
        if earlier.paid_order != row.key or earlier.units != units:
            raise Refusal("request.id_reused")
        parts = pockets.read(earlier.returned)
        return Plan(receipt=_refunded(row, key, earlier.stage, row.stage, units, parts, row.refunded))
    _may_refund(facts, row, units)
    left = row.captured - row.refunded - units
    stage = after(row, "pay.refund" if left else "pay.refund all")
    wallet = facts.must("people_wallet", row.payer)
    parts = pockets.returned(row.split, refunded=row.refunded, units=units)
    refund_stage = REFUND_STAGES["", "pay.refund closed" if wallet.stage == "closed" else "pay.refund"]
    written = {
        "paid_order": row.key, "units": units, "returned": pockets.written(parts), "stage": refund_stage, "at": facts.at
    }  # fmt: skip
    fields = {"stage": stage, "refunded": row.refunded + units, "refunds": row.refunds + 1}
    told = {"order": row.key, "merchant": row.merchant, "amount": show(row.asset, units)}
    return Plan(
        postings=pockets.back(facts, parts, wallet, row.merchant),
        changes=[Change("pay_refund", key, written, new=True), Change("pay_order", row.key, fields)],
        notices=[Notice(wallet.person, "pay.refunded", told)] if wallet.person else [],
        receipt=_refunded(row, key, refund_stage, stage, units, parts, row.refunded + units),
    )


def _refunded(
    row: Any, key: str, refund_stage: str, stage: str, units: int, parts: list[pockets.Part], refunded: int
) -> Refunded:
    left = show(row.asset, row.captured - refunded)
    return Refunded(row.key, key, stage, refund_stage, show(row.asset, units), pockets.shown(parts), left)


def _may_refund(facts: Facts, row: Any, units: int) -> None:
    """Refuses `request.stage_wrong`, `refund.count_exceeded`, `refund.window_closed` and `refund.sum_exceeded`."""
    if row.stage != "refunded":
        after(row, "pay.refund")
    if row.refunds >= facts.term("pay.refunds_max"):
        raise Refusal("refund.count_exceeded", times=facts.term("pay.refunds_max"))
    end = row.paid_at + facts.term("pay.refund_days") * times.DAY
    if facts.at >= end:
        raise Refusal("refund.window_closed", end=times.text(end))
    left = row.captured - row.refunded
    if units > left:
        raise Refusal("refund.sum_exceeded", left=show(row.asset, left), asked=show(row.asset, units))


def reverse(facts: Facts, ask: NameOrder) -> Plan:
    """The order takes no money: unpaid it is closed, paid it is given back, unknown it leaves a tombstone."""
    merchant = merchant_of(facts, active=False)
    row = facts.record("pay_order", ask.order or order_key(merchant.key, ask.number))
    if row is None and ask.number and not ask.order:
        return _tombstone(facts, merchant.key, ask.number)
    if row is None or row.merchant != merchant.key:
        raise Refusal("request.object_missing")
    if row.stage in ("reversed", "closed"):
        back = row.captured if row.stage == "reversed" else 0
        return Plan(receipt=Reversed(row.key, row.stage, show(row.asset, back)))
    stage = after(row, "pay.reverse")
    change = Change("pay_order", row.key, {"stage": stage, "hold": "", "until": 0})
    receipt = Reversed(row.key, stage, show(row.asset, row.captured))
    if row.stage != "captured":
        return Plan(ends=freed(facts, row, "release"), changes=[change], receipt=receipt)
    wallet = facts.must("people_wallet", row.payer)
    parts = pockets.returned(row.split, refunded=0, units=row.captured)
    told = {"order": row.key, "merchant": row.merchant, "amount": show(row.asset, row.captured)}
    return Plan(
        postings=pockets.back(facts, parts, wallet, row.merchant), changes=[change], reverses=row.paid or row.key,
        uses=_given_back(facts, row, merchant), receipt=receipt,
        notices=[Notice(wallet.person, "pay.reversed", told)] if wallet.person else [],
    )  # fmt: skip


def _tombstone(facts: Facts, merchant: str, number: str) -> Plan:
    """A payment under this number that comes later is refused: the merchant already told the payer that it failed."""
    key = order_key(merchant, number)
    fields = {
        "merchant": merchant, "number": number, "asset": "CNY/2", "units": 0, "stage": STAGES["", "pay.reverse"]
    }  # fmt: skip
    return Plan(
        changes=[Change("pay_order", key, fields, new=True)], receipt=Reversed(key, "closed", show("CNY/2", 0))
    )  # fmt: skip


def _given_back(facts: Facts, row: Any, merchant: Any) -> list[Use]:
    """The usage of a payment that is undone on its own day; later the day it counted for is over."""
    day = times.day(row.paid_at, facts.zone)
    if day != facts.day:
        return []
    payer, units = f"wallet:{row.payer}", -row.captured
    uses = [Use(payer, "pay", day, units, -1)]
    if row.fixed:
        uses.append(Use(payer, "static", day, units, -1))
    if merchant.receives:
        uses.append(Use(subject(merchant.key), RECEIVED, day, units, -1))
    return uses
