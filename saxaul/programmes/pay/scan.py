"""Paying by code: the payer scans the merchant's, or the merchant scans the payer's and may have to wait for a yes."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, HoldEnd, HoldOpen, Id, Notice, Payment, Peek, Plan, Refusal
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.people.persons import ahead
from saxaul.people.wallets import open_merchant, wallet_of
from saxaul.programmes.pay import codes, emvco, pockets
from saxaul.programmes.pay.orders import MaybeId, Number, Staged, freed
from saxaul.programmes.pay.parties import due, merchant_of, money, order_key, till
from saxaul.programmes.pay.stages import STAGES, after, payable

Scanned = Annotated[str, Meta(min_length=1, max_length=512)]
Vouchers = Annotated[list[Code], Meta(max_length=8)]


class Scan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of the merchant's code, or an `order` reached by a link.

    `amount`: only where the code does not state one. `revision`: that of the price the payer saw. `wallet`: else the
    payer's first. `vouchers`: campaigns whose money to use; left out: all that fit; an empty list: none.
    """

    code: Scanned | None = None
    order: Id | None = None
    amount: Amount | None = None
    revision: int | None = None
    wallet: Id | None = None
    vouchers: Vouchers | None = None


class Paid(msgspec.Struct, frozen=True):
    """Who was paid how much from which pockets; `stage` confirming: nothing is paid until the payer confirms."""

    order: str
    stage: str
    merchant: str
    shop: str
    amount: str
    pockets: list[str]


class ShowCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: the key (`payer_code_key`) of the digits which the surface made and shows; the book never has them."""

    code: Id
    wallet: Id | None = None


class CodeShown(msgspec.Struct, frozen=True):
    """Until when the code may be used, once."""

    code: str
    ends: str


class ByCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The digits the payer shows, and what they pay: an `order` made before, or an amount and the merchant's number."""

    code: Annotated[str, Meta(min_length=18, max_length=32)]
    amount: Amount | None = None
    order: Id | None = None
    number: Number = ""
    shop: MaybeId = ""
    terminal: MaybeId = ""


class Confirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order that waits for its payer."""

    order: Id


def scan(facts: Facts, ask: Scan) -> Plan:
    """The merchant is paid from the payer's pockets, and the order is captured."""
    if (ask.code is None) == (ask.order is None):
        raise Refusal("request.field_invalid", fields=["code: either a code or an order"])
    if ask.code is None:
        row = facts.must("pay_order", ask.order or "")
    else:
        printed = codes.static(facts, ask.code)
        if printed is not None:
            return _pay_printed(facts, ask, printed)
        row = codes.order(facts, ask.code)
    merchant = open_merchant(facts, row.merchant)
    payable(row, facts.now)
    stage = after(row, "pay.scan")
    if ask.revision is not None and ask.revision != row.revision:
        raise Refusal("order.revision_changed", order=row.key, price=show(row.asset, row.units))
    if ask.amount is not None and ask.amount.units != row.units:
        raise Refusal(
            "order.revision_changed", order=row.key, price=show(row.asset, row.units), shown=str(ask.amount)
        )  # fmt: skip
    wallet = wallet_of(facts, ask.wallet)
    asset = "ECNY/2" if ask.amount is not None and ask.amount.asset == "ECNY/2" else row.asset
    parts = pockets.choose(
        facts, wallet.key, asset=asset, units=row.units, merchant=merchant, vouchers=ask.vouchers
    )  # fmt: skip
    fields = {
        "stage": stage, "payer": wallet.key, "split": pockets.written(parts), "captured": row.units, "paid": facts.id,
        "paid_at": facts.at, "until": 0,
    }  # fmt: skip
    return Plan(
        postings=pockets.postings(parts, wallet.key, merchant.key),
        payment=payment(wallet, merchant, asset, row.units),
        changes=[Change("pay_order", row.key, fields)],
        receipt=Paid(row.key, stage, merchant.key, row.shop, show(asset, row.units), pockets.shown(parts)),
    )


def touches(peek: Peek, who: str, ask: Scan) -> list[tuple[str, Any]]:
    """The rows of a payer who has not paid for a while; what the payment counts and moves is seen by planning it."""
    found, person = ahead(peek, who)
    wallet = ask.wallet or (person.wallets.partition(" ")[0] if person is not None else "")
    return [*found, ("people_wallet", wallet), ("pay_bound", wallet)] if wallet else found


def _pay_printed(facts: Facts, ask: Scan, code: Any) -> Plan:
    """A printed code: the amount comes from the payer, and the order is made and captured in one."""
    amount = Amount("CNY/2", code.units) if ask.amount is None and code.units else ask.amount
    if amount is None:
        raise Refusal("request.field_invalid", fields=["amount: this code states none, so the payer does"])
    if code.units and amount.units != code.units:
        raise Refusal("order.revision_changed", price=show("CNY/2", code.units), shown=str(amount))
    money(amount)
    merchant = open_merchant(facts, code.merchant)
    wallet = wallet_of(facts, ask.wallet)
    parts = pockets.choose(
        facts, wallet.key, asset=amount.asset, units=amount.units, merchant=merchant, vouchers=ask.vouchers
    )  # fmt: skip
    fields: dict[str, Any] = {  # short on purpose: most entries of a book are this one; `paid` is its own key
        "merchant": merchant.key, "asset": amount.asset, "units": amount.units, "stage": "captured",
        "payer": wallet.key, "split": pockets.written(parts), "captured": amount.units, "fixed": 1,
        "paid_at": facts.at,
    }  # fmt: skip
    if code.shop:
        fields["shop"] = code.shop
        fields["terminal"] = code.terminal
    return Plan(
        postings=pockets.postings(parts, wallet.key, merchant.key),
        payment=payment(wallet, merchant, amount.asset, amount.units, fixed=True),
        changes=[Change("pay_order", facts.id, fields, new=True), *_used_today(facts, code)],
        receipt=Paid(facts.id, "captured", merchant.key, code.shop, str(amount), pockets.shown(parts)),
    )


def _used_today(facts: Facts, code: Any) -> list[Change]:
    """The first payment of a day says that the code still works: a code that falls silent may be pasted over."""
    if code.paid_day >= facts.day:
        return []
    return [Change("pay_code", code.key, {"paid_day": facts.day, "paid_days": code.paid_days + 1})]


def payment(
    wallet: Any, merchant: Any, asset: str, units: int, *, fixed: bool = False, counted: bool = False
) -> Payment:
    """What guards look at when this wallet pays this merchant."""
    return Payment(
        f"wallet:{wallet.key}", due(merchant.key), asset, units, "pay", fixed, merchant.key, merchant.category,
        False, counted,
    )  # fmt: skip


def show_code(facts: Facts, ask: ShowCode) -> Plan:
    """Whoever scans the digits within the minute may take from this wallet, once."""
    wallet = wallet_of(facts, ask.wallet)
    if wallet.stage == "frozen":
        raise Refusal("wallet.stage_frozen")
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    if facts.record("pay_code", ask.code) is not None:
        raise Refusal("request.field_invalid", fields=["code: in use already; make other digits"])
    ends = facts.now + facts.term("pay.code_seconds") * times.SECOND
    fields = {"kind": "payer", "wallet": wallet.key, "ends": ends}
    return Plan(
        changes=[Change("pay_code", ask.code, fields, new=True)], receipt=CodeShown(ask.code, times.text(ends))
    )  # fmt: skip


def by_code(facts: Facts, ask: ByCode) -> Plan:
    """The shown code is used up; the merchant is paid, or above the no-PIN limit the money waits for its payer."""
    merchant = merchant_of(facts)
    shop, terminal = till(facts, ask.shop, ask.terminal)
    row, key = _order_for(facts, ask, merchant.key)
    if row is not None:
        payable(row, facts.now)
        after(row, "pay.by_code")
    elif ask.amount is None:
        raise Refusal("request.field_invalid", fields=["amount: needed without an order"])
    amount = Amount(row.asset, row.units) if row is not None else money(ask.amount)  # type: ignore[arg-type]
    code = _shown(facts, ask.code)
    wallet = facts.must("people_wallet", code.wallet)
    try:
        parts = pockets.choose(facts, wallet.key, asset=amount.asset, units=amount.units, merchant=merchant)
    except Refusal as short:
        raise Refusal(short.code) from None  # the till learns that it is not enough, never how much there is
    waits = amount.units > facts.term("pay.no_pin_limit")
    stage = STAGES[row.stage if row is not None else "", "pay.by_code waits" if waits else "pay.by_code"]
    fields: dict[str, Any] = {"stage": stage, "payer": wallet.key, "split": pockets.written(parts)}
    if row is None:
        ends = facts.now + facts.term("pay.order_minutes") * times.MINUTE
        fields |= {
            "merchant": merchant.key, "number": ask.number, "shop": shop, "terminal": terminal,
            "asset": amount.asset, "units": amount.units, "ends": ends,
        }  # fmt: skip
    plan = Plan(
        payment=payment(wallet, merchant, amount.asset, amount.units),
        changes=[Change("pay_code", code.key, {"stage": "used", "paid_order": key})],
        receipt=Paid(key, stage, merchant.key, shop, str(amount), pockets.shown(parts)),
    )
    moved = pockets.postings(parts, wallet.key, merchant.key)
    if waits:
        until = facts.now + facts.term("pay.confirm_seconds") * times.SECOND
        fields |= {"hold": facts.id, "until": until}
        plan.opens = [HoldOpen(facts.id, moved, until)]
        told = {"order": key, "merchant": merchant.key, "amount": str(amount), "until": times.text(until)}
        plan.notices = [Notice(wallet.person, "pay.confirm", told)]
    else:
        fields |= {"captured": amount.units, "paid": facts.id, "paid_at": facts.at, "until": 0}
        plan.postings = moved
    plan.changes = [*plan.changes, Change("pay_order", key, fields, new=row is None)]
    return plan


def _order_for(facts: Facts, ask: ByCode, merchant: str) -> tuple[Any, str]:
    """(row, key) of the order that is to be paid; the row is None where this act makes it."""
    if ask.order is None and not ask.number:
        return None, facts.id
    key = ask.order or order_key(merchant, ask.number)
    row = facts.record("pay_order", key)
    if ask.order is not None and (row is None or row.merchant != merchant):
        raise Refusal("request.object_missing")
    if row is not None and ask.amount is not None and ask.amount.units != row.units:
        raise Refusal("order.revision_changed", order=key, price=show(row.asset, row.units), shown=str(ask.amount))
    return row, key


def _shown(facts: Facts, text: str) -> Any:
    """The record of the payer's code; refuses `qr.code_unknown`, `qr.code_used` and `qr.code_expired`."""
    row = facts.record("pay_code", emvco.payer_code_key(text))
    if row is None or row.kind != "payer":
        raise Refusal("qr.code_unknown", fault="no such payer code")
    if row.stage != "open":
        raise Refusal("qr.code_used")
    if row.ends <= facts.now:
        raise Refusal("qr.code_expired", end=times.text(row.ends))
    return row


def confirm(facts: Facts, ask: Confirm) -> Plan:
    """The payer agreed with PIN or device key: what was held is paid."""
    row, wallet = _waiting(facts, ask.order)
    stage = after(row, "pay.confirm")
    if facts.hold(row.hold) is None:
        raise Refusal("hold.stage_ended", hold=row.hold)
    merchant = open_merchant(facts, row.merchant)
    parts = pockets.read(row.split)
    fields = {
        "stage": stage, "captured": row.units, "paid": facts.id, "paid_at": facts.at, "hold": "", "until": 0,
    }  # fmt: skip
    return Plan(
        ends=[HoldEnd(row.hold, "capture")],
        postings=pockets.postings(parts, wallet.key, row.merchant),
        payment=payment(wallet, merchant, row.asset, row.units, counted=True),
        changes=[Change("pay_order", row.key, fields)],
        receipt=Paid(row.key, stage, row.merchant, row.shop, show(row.asset, row.units), pockets.shown(parts)),
    )


def decline(facts: Facts, ask: Confirm) -> Plan:
    """The payer said no: nothing was paid, what was held is free, and the order can be paid another way."""
    row, _ = _waiting(facts, ask.order)
    stage = after(row, "pay.decline")
    fields = {"stage": stage, "hold": "", "payer": "", "split": "", "until": row.ends}
    return Plan(
        ends=freed(facts, row, "release"), changes=[Change("pay_order", row.key, fields)],
        receipt=Staged(row.key, stage),
    )  # fmt: skip


def _waiting(facts: Facts, order: str) -> tuple[Any, Any]:
    """The order and its payer's wallet; another person's order answers as unknown."""
    row = facts.must("pay_order", order)
    if not row.payer:
        raise Refusal("request.object_missing")
    return row, wallet_of(facts, row.payer)
