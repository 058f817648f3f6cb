"""What people of a simulated town want, and which act does it: the one table to change when an act changes its fields.

A day is told in intents (`scan`, `bill_pay`). Each names its act, which role asks, how its fields are called in the
act's ask, and which fields of the receipt are remembered under a name. A text that begins with `@` stands for such a
remembered value: `@citizen:12.wallet`, `@shop:m01-1.shop`; `@….requests.0` is the first of a remembered list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Intent:
    """One line of the table.

    `fields`: our word to the act's word; a word that is not named stays away. `keeps`: the receipt's field to the last
    word of the name it is remembered by. `fixed`: what the ask always says.
    """

    act: str
    role: str
    fields: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, **wanted: Any) -> dict[str, Any]:
        """The act's ask from our words; words the act does not know are left out."""
        return {**self.fixed, **{self.fields[word]: value for word, value in wanted.items() if word in self.fields}}


def _same(*words: str) -> dict[str, str]:
    return {word: word for word in words}


INTENTS: Final[Mapping[str, Intent]] = MappingProxyType({
    # the town is founded
    "list_row": Intent(
        "desk.set_row", "system",
        _same("list", "code", "name", "name_en", "open_from", "until", "province", "certain", "source"),
    ),
    "open_bank": Intent("cash.open_bank", "system", _same("operator", "bank", "account")),
    "bank_credit": Intent("cash.credit", "system", _same("operator", "key", "amount")),
    "own_money": Intent("cash.assign_suspense", "system", _same("item"), {}, {"to": "own"}),
    "buy_ecny": Intent("cash.issue", "system", _same("operator", "amount")),
    "add_merchant": Intent(
        "desk.add_organisation", "system",
        _same("name", "name_en", "category", "issuer", "region", "bank_account", "receives"),
        {"organisation": "merchant", "wallet": "wallet"}, {"kind": "merchant"},
    ),
    "add_biller": Intent(
        "desk.add_organisation", "system", _same("name", "name_en", "issuer", "region", "bank_account", "terms"),
        {"organisation": "biller", "wallet": "wallet"}, {"kind": "biller"},
    ),
    "add_shop": Intent(
        "desk.add_shop", "system", {"merchant": "organisation", "name": "name", "place": "place"}, {"shop": "shop"},
    ),
    "add_till": Intent("desk.add_terminal", "system", _same("shop"), {"terminal": "terminal"}),
    "till_key": Intent(
        "desk.issue_credential", "system", {"merchant": "organisation", "shop": "shop", "terminal": "terminal"},
        _same("credential"), {"roles": ["cashier"], "kind": "terminal"},
    ),
    "manager_key": Intent(
        "desk.issue_credential", "system", {"merchant": "organisation"}, _same("credential"),
        {"roles": ["manager"], "kind": "key"},
    ),
    "print_code": Intent("pay.issue_static_code", "manager", _same("shop"), _same("code")),
    "biller_key": Intent(
        "desk.issue_credential", "system", {"biller": "organisation"}, _same("credential"),
        {"roles": ["biller"], "kind": "key"},
    ),
    # people arrive
    "sign_up": Intent(
        "desk.sign_up", "service", _same("phone", "language", "elder", "issuer", "region"),
        _same("person", "credential", "wallet"),
    ),
    "verify": Intent("desk.verify", "system", _same("person", "name", "document", "how"), _same("natural")),
    "set_pin": Intent("desk.set_pin", "citizen", _same("pin")),
    "link_account": Intent("cash.link_account", "citizen", _same("bank_account", "bank")),
    # money in and out
    "top_up": Intent("cash.top_up", "citizen", _same("wallet", "amount"), _same("order")),
    "bank_books": Intent(
        "cash.booked", "system", _same("operator", "order", "key", "amount"), {}, {"direction": "credit"},
    ),
    "cash_out": Intent("cash.cash_out", "citizen", _same("wallet", "amount")),
    # shops
    "scan": Intent("pay.scan", "citizen", _same("code", "amount"), _same("order")),
    "order": Intent("pay.order", "till", _same("amount"), _same("order", "code")),
    "scan_order": Intent("pay.scan", "citizen", _same("code"), _same("order")),
    "show_code": Intent("pay.show_code", "citizen", {"key": "code"}),  # the surface keeps the digits
    "take_code": Intent("pay.by_code", "till", {"digits": "code", "amount": "amount"}, _same("order")),
    "refund": Intent("pay.refund", "till", _same("order", "amount")),
    # person to person
    "send": Intent("pay.send", "citizen", _same("payee", "amount")),
    "split": Intent("pay.split_bill", "citizen", _same("payers", "amount"), _same("requests")),
    "answer": Intent("pay.answer_request", "citizen", _same("request"), {}, {"pay": True}),
    # bills
    "bill_issue": Intent(
        "bills.issue", "biller", _same("bill", "number", "month", "amount", "due", "owner"), _same("bill", "revision"),
    ),
    "bill_pay": Intent("bills.pay", "citizen", _same("bill", "revision", "amount")),
})  # fmt: skip


@dataclass(slots=True)
class Known:
    """What a driver has learned so far: the values behind `@names`. Receipts teach it; it fills in asks."""

    values: dict[str, Any] = field(default_factory=dict)

    def learn(self, keeps: Mapping[str, str], receipt: Mapping[str, Any]) -> None:
        """Remember the fields of a receipt under the names the step gave them."""
        for word, name in keeps.items():
            if word in receipt:
                self.values[name] = receipt[word]

    def credential(self, who: str) -> str | None:
        """The credential of `citizen:12` or `till:m01-1-1`; roles such as `system` are known by their own name."""
        return self.values.get(f"{who}.credential") if ":" in who else self.values.get(who, who)

    def fill(self, ask: Any) -> Any:
        """The ask with every `@name` replaced; raises LookupError where one was never learned."""
        if isinstance(ask, dict):
            return {key: self.fill(value) for key, value in ask.items()}
        if isinstance(ask, list):
            return [self.fill(value) for value in ask]
        if isinstance(ask, str) and ask.startswith("@"):
            name, _, place = ask[1:].rpartition(".")
            return self.values[name][int(place)] if place.isdigit() else self.values[ask[1:]]
        return ask
