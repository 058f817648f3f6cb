"""Ordering at the table: a code, a menu, one bill for all phones at the table, paid once.

The payment is an order of payments under a number made of the bill and its revision, so a second phone that sends the
same bill meets the same order. A bill that was sent cannot grow; it is called back first, and only when its order can
no longer be paid. Lines are counted off the menu when the bill is sent, before anybody pays.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Refusal, Text
from saxaul.kernel import ids
from saxaul.kernel.amounts import show
from saxaul.people.persons import made, own_person, words
from saxaul.people.wallets import open_merchant
from saxaul.programmes.merchant.asks import Behaviour, MaybeId, MaybeText, Staged
from saxaul.programmes.merchant.common import employer, hung, yuan
from saxaul.programmes.merchant.places import GONE, PAID

ItemName = Annotated[str, Meta(pattern="^[a-z0-9_-]{1,32}$")]
ITEMS_MAX, LINES_MAX = 100, 40


class SetItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the menu. `left`: how many there are, -1 not counted. `behaviour`: what ordering it shows."""

    item: ItemName
    name: Text
    price: Amount
    name_en: MaybeText = ""
    left: Annotated[int, Meta(ge=-1, le=10**6)] = -1
    behaviour: Behaviour | None = None
    on: bool = True


class SetTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table. `till`: a machine credential of this merchant, under which the table's orders are made."""

    label: Text
    till: Id
    table: MaybeId = ""
    shop: MaybeId = ""
    on: bool = True


class Add(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More or, below zero, less of an item on the table's bill."""

    table: Id
    item: ItemName
    count: Annotated[int, Meta(ge=-20, le=20)]


class Send(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bill as this phone saw it; a phone that has not seen the last line is told so."""

    table: Id
    revision: int


class NameTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table."""

    table: Id


class Billed(msgspec.Struct, frozen=True):
    """The bill, its sum, and where it is paid: `order` of payments under the merchant's `number`."""

    bill: str
    stage: str
    revision: int
    amount: str
    number: str = ""
    order: str = ""


def set_item(facts: Facts, ask: SetItem) -> Plan:
    """The line stands on the merchant's menu, or is off it."""
    merchant = employer(facts)
    key = f"{merchant.key}:{ask.item}"
    price = yuan(ask.price, "price")
    row, menu = facts.record("merchant_item", key), facts.record("merchant_menu", merchant.key)
    fields: dict[str, Any] = {
        "name": ask.name, "name_en": ask.name_en, "price": price, "left": ask.left, "behaviour": ask.behaviour or "",
        "stage": "on" if ask.on else "off",
    }  # fmt: skip
    changes = []
    if row is None:
        items = words(menu.items) if menu is not None else []
        if len(items) >= ITEMS_MAX:
            raise Refusal("request.field_invalid", fields=[f"item: a menu has at most {ITEMS_MAX}"])
        fields |= {"merchant": merchant.key, "item": ask.item}
        listed = {"items": " ".join([*items, ask.item])}
        changes.append(Change("merchant_menu", merchant.key, listed, new=menu is None))
    changes.append(Change("merchant_item", key, fields, new=row is None))
    return Plan(changes=changes, receipt=Staged(key, fields["stage"]))


def set_table(facts: Facts, ask: SetTable) -> Plan:
    """People can order at the table by its code."""
    merchant = employer(facts)
    till = facts.must("people_credential", ask.till)
    serves = till.organisation == merchant.key and till.stage == "active" and not till.person
    if not serves or not {"cashier", "manager"} & set(words(till.roles)):
        raise Refusal("request.object_missing")
    if ask.shop and facts.must("people_shop", ask.shop).organisation != merchant.key:
        raise Refusal("request.object_missing")
    row = facts.must("merchant_table", ask.table) if ask.table else None
    if row is not None and row.merchant != merchant.key:
        raise Refusal("request.object_missing")
    key = row.key if row is not None else made(facts.id, "table")
    fields: dict[str, Any] = {
        "label": ask.label, "till": ask.till, "shop": ask.shop, "stage": "on" if ask.on else "off"
    }  # fmt: skip
    if row is None:
        fields["merchant"] = merchant.key
    return Plan(
        changes=[Change("merchant_table", key, fields, new=row is None)], receipt=Staged(key, fields["stage"])
    )  # fmt: skip


def lines_of(text: str) -> list[tuple[str, int, int]]:
    """(item, count, price) of each line."""
    found = []
    for word in words(text):
        item, count, price = word.split(":")
        found.append((item, int(count), int(price)))
    return found


def order_key(merchant: str, number: str) -> str:
    """The key under which payments keep a merchant's order of this number."""
    return ids.derived(0, f"order:{merchant}:{number}")


def stage_of(bill: Any, order: Any) -> str:
    """open, sent, paid, or lapsed: sent, but its order can no longer be paid."""
    if bill.stage != "sent" or order is None:
        return str(bill.stage)
    return "paid" if order.stage in PAID | {"refunded"} else "lapsed" if order.stage in GONE else "sent"


def _at(facts: Facts, table: str) -> tuple[Any, Any, str]:
    """The table, its present bill and where that stands."""
    own_person(facts)
    row = facts.must("merchant_table", table)
    if row.stage != "on":
        raise Refusal("request.object_missing")
    open_merchant(facts, row.merchant)
    bill = facts.record("merchant_table_bill", row.bill) if row.bill else None
    if bill is None:
        return row, None, ""
    order = facts.record("pay_order", bill.paid_order) if bill.paid_order else None
    return row, bill, stage_of(bill, order)


def add_to_bill(facts: Facts, ask: Add) -> Plan:
    """The line is on the bill that all phones at the table share."""
    table, bill, stage = _at(facts, ask.table)
    if stage == "sent":
        raise Refusal("request.stage_wrong", stage="sent", ways=["merchant.call_back_bill"])
    fresh = bill is None or stage == "paid"
    item = _item(facts, table.merchant, ask.item)
    lines = [] if fresh else lines_of(bill.lines)
    count = ask.count + sum(c for name, c, _ in lines if name == ask.item)
    if count > 0 and (item.stage != "on" or 0 <= item.left < count):
        raise Refusal("menu.line_sold", item=ask.item)
    lines = [(name, max(0, count) if name == ask.item else c, price) for name, c, price in lines]
    if count > 0 and ask.item not in [name for name, _, _ in lines]:
        lines.append((ask.item, count, item.price))
    lines = [line for line in lines if line[1]]
    if len(lines) > LINES_MAX:
        raise Refusal("request.field_invalid", fields=[f"item: a bill has at most {LINES_MAX} lines"])
    units = sum(c * price for _, c, price in lines)
    fields: dict[str, Any] = {
        "lines": " ".join(f"{name}:{c}:{price}" for name, c, price in lines), "units": units,
        "revision": 1 if fresh else bill.revision + 1, "stage": "open", "number": "", "paid_order": "",
    }  # fmt: skip
    key = made(facts.id, "bill") if fresh else bill.key
    changes = _counted_back(facts, bill) if stage == "lapsed" else []
    if fresh:
        fields |= {"table": table.key, "merchant": table.merchant, "since": facts.now}
        changes.append(Change("merchant_table", table.key, {"bill": key}))
    changes.append(Change("merchant_table_bill", key, fields, new=fresh))
    return Plan(changes=changes, receipt=Billed(key, "open", fields["revision"], show("CNY/2", units)))


def _item(facts: Facts, merchant: str, item: str) -> Any:
    return facts.must("merchant_item", f"{merchant}:{item}")


def send_bill(facts: Facts, ask: Send) -> Plan:
    """The bill's lines are counted off the menu, and it is paid as this order; another phone's sending is the same."""
    table, bill, stage = _at(facts, ask.table)
    if bill is None or stage == "paid" or not bill.lines:
        raise Refusal("request.object_missing")
    if bill.revision != ask.revision:
        raise Refusal("order.revision_changed", price=show("CNY/2", bill.units))
    if stage == "lapsed":
        raise Refusal("request.stage_wrong", stage="lapsed", ways=["merchant.call_back_bill"])
    amount = show("CNY/2", bill.units)
    if stage == "sent":
        return Plan(receipt=Billed(bill.key, "sent", bill.revision, amount, bill.number, bill.paid_order))
    changes, behaviours = [], []
    for name, count, _price in lines_of(bill.lines):
        item = _item(facts, table.merchant, name)
        if item.stage != "on" or 0 <= item.left < count:
            raise Refusal("menu.line_sold", item=name)
        if item.left >= 0:
            changes.append(Change("merchant_item", item.key, {"left": item.left - count}))
        behaviours += words(item.behaviour)
    number = f"T{bill.key}.{bill.revision}"
    order = order_key(table.merchant, number)
    changes.append(Change("merchant_table_bill", bill.key, {"stage": "sent", "number": number, "paid_order": order}))
    if behaviours:
        changes += hung(facts, order, behaviours=" ".join(behaviours))
    return Plan(changes=changes, receipt=Billed(bill.key, "sent", bill.revision, amount, number, order))


def call_back_bill(facts: Facts, ask: NameTable) -> Plan:
    """A bill whose order can no longer be paid is open again, and what it counted off is on the menu again."""
    _table, bill, stage = _at(facts, ask.table)
    if bill is None:
        raise Refusal("request.object_missing")
    if stage != "lapsed":
        raise Refusal("request.stage_wrong", stage=stage, ways=["pay.close"] if stage == "sent" else [])
    fields = {"stage": "open", "revision": bill.revision + 1, "number": "", "paid_order": ""}
    changes = [*_counted_back(facts, bill), Change("merchant_table_bill", bill.key, fields)]
    return Plan(changes=changes, receipt=Billed(bill.key, "open", bill.revision + 1, show("CNY/2", bill.units)))


def _counted_back(facts: Facts, bill: Any) -> list[Change]:
    changes = []
    for name, count, _price in lines_of(bill.lines):
        item = _item(facts, bill.merchant, name)
        if item.left >= 0:
            changes.append(Change("merchant_item", item.key, {"left": item.left + count}))
    return changes
