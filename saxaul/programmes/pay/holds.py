"""Money held for an order (a deposit, a tank to be filled): captured once, in whole or less, or released."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Amount, Change, Facts, HoldEnd, HoldOpen, Id, Plan, Refusal, Use
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.people.wallets import open_merchant, wallet_of
from saxaul.programmes.pay import codes, pockets
from saxaul.programmes.pay.orders import NameOrder, Number, Staged, freed
from saxaul.programmes.pay.parties import own_order
from saxaul.programmes.pay.scan import Scanned, Vouchers, payment
from saxaul.programmes.pay.stages import after, payable


class Hold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order, by its code or id, for which the payer lets money be held."""

    code: Scanned | None = None
    order: Id | None = None
    revision: int | None = None
    wallet: Id | None = None
    vouchers: Vouchers | None = None


class Held(msgspec.Struct, frozen=True):
    """What is held for whom, and until when."""

    order: str
    stage: str
    merchant: str
    amount: str
    pockets: list[str]
    ends: str


class Capture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of what is held is taken; left out: all of it."""

    order: Id | None = None
    number: Number = ""
    amount: Amount | None = None


class Captured(msgspec.Struct, frozen=True):
    """What the merchant got and what the payer has free again."""

    order: str
    stage: str
    amount: str
    released: str
    pockets: list[str]


def hold(facts: Facts, ask: Hold) -> Plan:
    """The order's price is held in the payer's pockets until it is captured, released or its time is over."""
    if (ask.code is None) == (ask.order is None):
        raise Refusal("request.field_invalid", fields=["code: either a code or an order"])
    row = codes.order(facts, ask.code) if ask.code is not None else facts.must("pay_order", ask.order or "")
    merchant = open_merchant(facts, row.merchant)
    payable(row, facts.now)
    stage = after(row, "pay.hold")
    price = show(row.asset, row.units)
    if ask.revision is not None and ask.revision != row.revision:
        raise Refusal("order.revision_changed", order=row.key, price=price)
    wallet = wallet_of(facts, ask.wallet)
    parts = pockets.choose(
        facts, wallet.key, asset=row.asset, units=row.units, merchant=merchant, vouchers=ask.vouchers
    )  # fmt: skip
    ends = facts.now + facts.term("pay.hold_minutes") * times.MINUTE
    fields = {
        "stage": stage, "payer": wallet.key, "split": pockets.written(parts), "hold": facts.id, "until": ends,
    }  # fmt: skip
    return Plan(
        opens=[HoldOpen(facts.id, pockets.postings(parts, wallet.key, merchant.key), ends)],
        payment=payment(wallet, merchant, row.asset, row.units),
        changes=[Change("pay_order", row.key, fields)],
        receipt=Held(row.key, stage, merchant.key, price, pockets.shown(parts), times.text(ends)),
    )


def capture(facts: Facts, ask: Capture) -> Plan:
    """The merchant has the amount, once and at most what was held; the rest and its usage are free again."""
    row = own_order(facts, ask.order, ask.number)
    if row.stage != "held" and row.hold:
        raise Refusal("hold.stage_ended", hold=row.hold)
    stage = after(row, "pay.capture")
    held = facts.hold(row.hold)
    if held is None:
        raise Refusal("hold.stage_ended", hold=row.hold)
    units = row.units if ask.amount is None else ask.amount.units
    if units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero; to take nothing, release"])
    if units > row.units:
        raise Refusal("hold.amount_exceeded", asked=show(row.asset, units), held=show(row.asset, row.units))
    merchant, wallet = open_merchant(facts, row.merchant), facts.must("people_wallet", row.payer)
    parts = pockets.cut(pockets.read(row.split), units)
    less = row.units - units
    fields = {
        "stage": stage, "captured": units, "split": pockets.written(parts), "paid": facts.id, "paid_at": facts.at,
        "until": 0,
    }  # fmt: skip
    return Plan(
        ends=[HoldEnd(row.hold, "capture")],
        postings=pockets.postings(parts, wallet.key, row.merchant),
        payment=payment(wallet, merchant, row.asset, units, counted=True),
        uses=[Use(use.subject, use.counter, use.day, -less, 0) for use in held.uses] if less else [],
        changes=[Change("pay_order", row.key, fields)],
        receipt=Captured(row.key, stage, show(row.asset, units), show(row.asset, less), pockets.shown(parts)),
    )


def release(facts: Facts, ask: NameOrder) -> Plan:
    """Nothing was taken; what was held and its usage are free again."""
    row: Any = own_order(facts, ask.order, ask.number)
    if row.stage != "held" and row.hold:
        raise Refusal("hold.stage_ended", hold=row.hold)
    stage = after(row, "pay.release")
    return Plan(
        ends=freed(facts, row, "release"), changes=[Change("pay_order", row.key, {"stage": stage, "until": 0})],
        receipt=Staged(row.key, stage),
    )  # fmt: skip
