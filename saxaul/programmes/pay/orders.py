"""A merchant's order before and beside its payment: made, revised, closed, expired; and the code on the wall."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, HoldEnd, Id, Notice, Plan, Refusal
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.programmes.pay import codes
from saxaul.programmes.pay.parties import merchant_of, money, order_key, own_order, till
from saxaul.programmes.pay.stages import GONE, OPEN, PAID, STAGES, after

Number = Annotated[str, Meta(max_length=64, pattern="^[A-Za-z0-9._|*@-]*$", description="the merchant's own number")]
MaybeId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]


class MakeOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a purchase costs. `number`: the merchant's own, once for ever. `minutes`: how long it may be paid."""

    amount: Amount
    number: Number = ""
    shop: MaybeId = ""
    terminal: MaybeId = ""
    minutes: int | None = None


class OrderMade(msgspec.Struct, frozen=True):
    """The order and the text of its code; `order` is what all later acts name."""

    order: str
    number: str
    stage: str
    amount: str
    revision: int
    code: str
    ends: str


class ReviseOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new price for an order nobody paid yet."""

    amount: Amount
    order: Id | None = None
    number: Number = ""


class NameOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order, by our id or by the merchant's number."""

    order: Id | None = None
    number: Number = ""


class Staged(msgspec.Struct, frozen=True):
    """Where the order stands now."""

    order: str
    stage: str


class ExpireOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order whose present stage has lasted until `until`."""

    order: Id
    until: int


class IssueCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code for the wall of a shop. `amount`: a fixed price. `seal`: base64url, where the surface holds a key."""

    shop: MaybeId = ""
    terminal: MaybeId = ""
    amount: Amount | None = None
    seal: Annotated[str, Meta(max_length=120, pattern="^[A-Za-z0-9_-]*$")] = ""


class CodeIssued(msgspec.Struct, frozen=True):
    """The text to print and the key it is kept under."""

    key: str
    code: str


class WithdrawCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A printed code that is lost or pasted over."""

    key: Id


class CodeWithdrawn(msgspec.Struct, frozen=True):
    """Who pays to it from now on is refused."""

    key: str
    stage: str


def make_order(facts: Facts, ask: MakeOrder) -> Plan:
    """The order can be paid at this price until its end; the same number again is the same order."""
    merchant = merchant_of(facts)
    amount = money(ask.amount)
    minutes = facts.term("pay.order_minutes") if ask.minutes is None else ask.minutes
    if not 1 <= minutes <= facts.term("pay.order_minutes_max"):
        raise Refusal("request.field_invalid", fields=["minutes: at least one, at most thirty days"])
    shop, terminal = till(facts, ask.shop, ask.terminal)
    key = order_key(merchant.key, ask.number) if ask.number else facts.id
    row = facts.record("pay_order", key) if ask.number else None
    if row is not None:
        return _same(facts, merchant, row, amount)
    ends = facts.now + minutes * times.MINUTE
    code = codes.dynamic_text(facts, merchant, order=key, units=amount.units, revision=1, number=ask.number)
    fields = {
        "merchant": merchant.key, "number": ask.number, "shop": shop, "terminal": terminal, "asset": amount.asset,
        "units": amount.units, "stage": STAGES["", "pay.order"], "code": codes.digest(code), "ends": ends,
        "until": ends,
    }  # fmt: skip
    receipt = OrderMade(key, ask.number, "created", str(amount), 1, code, times.text(ends))
    return Plan(changes=[Change("pay_order", key, fields, new=True)], receipt=receipt)


def _same(facts: Facts, merchant: Any, row: Any, amount: Amount) -> Plan:
    """The answer for a number that is known: the order as it stands, if it can still be paid and is the same."""
    if row.stage in PAID:
        raise Refusal("order.stage_paid", order=row.key)
    if row.stage in GONE:
        raise Refusal("order.stage_closed", order=row.key, stage=row.stage)
    if (row.asset, row.units) != (amount.asset, amount.units):
        raise Refusal("request.id_reused")
    code = codes.dynamic_text(
        facts, merchant, order=row.key, units=row.units, revision=row.revision, number=row.number
    )  # fmt: skip
    receipt = OrderMade(row.key, row.number, row.stage, str(amount), row.revision, code, times.text(row.ends))
    return Plan(receipt=receipt)


def revise_order(facts: Facts, ask: ReviseOrder) -> Plan:
    """The order has the new price and a new code; who still looks at the old one is told so."""
    merchant = merchant_of(facts)
    row = own_order(facts, ask.order, ask.number)
    stage = after(row, "pay.revise")
    amount = money(ask.amount)
    revision = row.revision + 1
    code = codes.dynamic_text(
        facts, merchant, order=row.key, units=amount.units, revision=revision, number=row.number
    )  # fmt: skip
    fields = {"asset": amount.asset, "units": amount.units, "revision": revision, "code": codes.digest(code)}
    receipt = OrderMade(row.key, row.number, stage, str(amount), revision, code, times.text(row.ends))
    return Plan(changes=[Change("pay_order", row.key, fields)], receipt=receipt)


def close_order(facts: Facts, ask: NameOrder) -> Plan:
    """Nobody can pay the order any more; what waited for its payer is free again."""
    row = own_order(facts, ask.order, ask.number)
    if row.stage == "closed":
        return Plan(receipt=Staged(row.key, row.stage))
    stage = after(row, "pay.close")
    fields = {"stage": stage, "hold": "", "until": 0}
    return Plan(
        ends=freed(facts, row, "release"), changes=[Change("pay_order", row.key, fields)],
        receipt=Staged(row.key, stage),
    )  # fmt: skip


def freed(facts: Facts, row: Any, kind: str) -> list[HoldEnd]:
    """The end of the order's hold, if it still holds anything."""
    return [HoldEnd(row.hold, kind)] if row.hold and facts.held(row.hold) is not None else []


def expire_order(facts: Facts, ask: ExpireOrder) -> Plan:
    """What the order waited for did not come: closed, back to created or expired, and what was held is free."""
    row = facts.must("pay_order", ask.order)
    if row.stage not in OPEN or row.until != ask.until or row.until > facts.now:
        return Plan(receipt=Staged(row.key, row.stage))
    over = row.stage == "confirming" and row.ends <= facts.now
    stage = STAGES[row.stage, "pay.expire order" if over else "pay.expire"]
    fields = {"stage": stage, "hold": "", "until": row.ends if stage == "created" else 0}
    notices = []
    if row.payer:
        wallet = facts.must("people_wallet", row.payer)
        told = {"order": row.key, "amount": show(row.asset, row.units), "stage": stage}
        notices = [Notice(wallet.person, "pay.expired", told)] if wallet.person else []
    return Plan(
        ends=freed(facts, row, "expire"), changes=[Change("pay_order", row.key, fields)], notices=notices,
        receipt=Staged(row.key, stage),
    )  # fmt: skip


def issue_static_code(facts: Facts, ask: IssueCode) -> Plan:
    """The printed code names merchant and place, is sealed, and the book knows exactly this text."""
    merchant = merchant_of(facts)
    shop, terminal = till(facts, ask.shop, ask.terminal)
    units = money(ask.amount).units if ask.amount is not None else 0
    text = codes.static_text(facts, merchant, shop=shop, terminal=terminal, units=units, seal=ask.seal)
    key = codes.static_key(text)
    fields = {"kind": "static", "merchant": merchant.key, "shop": shop, "terminal": terminal, "units": units}
    fields["issued"] = facts.id
    return Plan(changes=[Change("pay_code", key, fields, new=True)], receipt=CodeIssued(key, text))


def withdraw_static_code(facts: Facts, ask: WithdrawCode) -> Plan:
    """The printed code pays nobody any more."""
    row = facts.record("pay_code", ask.key)
    if row is None or row.kind != "static" or row.merchant != facts.actor.organisation:
        raise Refusal("request.object_missing")
    changes = [Change("pay_code", row.key, {"stage": "withdrawn"})] if row.stage == "open" else []
    return Plan(changes=changes, receipt=CodeWithdrawn(row.key, "withdrawn"))
