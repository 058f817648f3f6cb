"""Which behaviours there are, and which acts of other programmes become which behaviour: two tables, no code.

A sibling's act becomes a behaviour by one row in `ROWS`. A row names fields of the journal's entry by path: `actor`,
`receipt.order`, or `changed.giving_day`, the key of the record it changed in that table. An entry that lacks one of
them, or fails a condition, is passed over. What a row cannot say because it stands in another record (who paid an
order, how much a bill was) is read in `documents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saxaul.ledger.journal import Entry

JOURNAL = "journal"  # the source of what the book itself saw


@dataclass(frozen=True, slots=True)
class Kind:
    """One behaviour. `agreed`: the source a person consents to. `caps`: which caps the terms hold for it.

    `co2e`: whether any sourced factor may exist; the others post energy only. `ride`: the same one may be reported by
    two sources. `least`: the terms name a least amount. `once`: once a month for one account number.
    """

    agreed: str
    caps: tuple[str, ...] = ()
    co2e: bool = False
    ride: bool = False
    least: bool = False
    once: bool = False


KINDS: Mapping[str, Kind] = {
    "walk": Kind("steps", ("grams_day",)),
    "pay_qr": Kind("payment", ("day",), least=True),
    "utility_bill": Kind("bill", ("month",), co2e=True, least=True, once=True),
    "show_booking": Kind("booking", ("month",)),
    "train_booking": Kind("booking", ("month",)),
    "hospital_visit": Kind("booking", ("month",)),
    "metro_ride": Kind("metro", ("day",), co2e=True, ride=True),
    "bus_ride": Kind("bus", (), co2e=True, ride=True),
    "shared_bike": Kind("bike", (), co2e=True, ride=True),
    "road_toll": Kind("road"),
    "e_invoice": Kind("receipt", ("day",), co2e=True),
    "paper_receipt_declined": Kind("receipt", (), co2e=True),
    "no_bag": Kind("shop", (), co2e=True),
    "own_cup": Kind("shop", (), co2e=True),
    "no_cutlery": Kind("shop", (), co2e=True),
    "second_hand_shirt": Kind("shop", (), co2e=True),
    "car_stop_petrol": Kind("car", ("week",)),
    "car_stop_electric": Kind("car", ("week",)),
}
SOURCES = tuple(dict.fromkeys(kind.agreed for kind in KINDS.values()))
UTILITIES = ("electricity", "gas", "water", "heating", "cable_tv")  # kinds of billers, as their terms say them


@dataclass(frozen=True, slots=True)
class Row:
    """An act that becomes a behaviour.

    `origin`: the path of the id that its reversal will name. `document`: the record that says who and how much.
    `when`: paths and the values they must have. `day`: a path of a city day (or of a key that ends in
    one), where the behaviour is a whole day's.
    """

    act: str
    behaviour: str
    origin: str
    document: str = ""
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    person: str = "actor"
    activity: str = ""
    line: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """An act that takes back what was counted under `origin`."""

    act: str
    origin: str
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


_PAID = {"receipt.stage": ("captured",)}
_FULL = {"receipt.stage": ("paid",)}

# The merchant's own terms may say that paying there is something else than `pay_qr` ({"green": "bus_ride"}); a till's
# flags ("A-17|no_bag") stand in the merchant's number of the order. Both are read from the order's records.
ROWS = (
    Row("pay.scan", "pay_qr", "receipt.order", "pay_order", _PAID),
    Row("pay.by_code", "pay_qr", "receipt.order", "pay_order", _PAID),
    Row("pay.confirm", "pay_qr", "receipt.order", "pay_order", _PAID),
    Row("pay.capture", "pay_qr", "receipt.order", "pay_order", _PAID),
    Row("bills.pay", "utility_bill", "receipt.payment", "bills_payment", _FULL),
    Row("giving.close_day", "walk", "changed.giving_day", "giving_day", day="changed.giving_day"),
    Row("giving.give_steps", "walk", "changed.giving_day", "giving_day", day="changed.giving_day"),
    Row("giving.send_steps", "walk", "changed.giving_day", "giving_day", day="changed.giving_day"),
    Row("merchant.record_habit", "own_cup", "receipt.habit", "merchant_habit"),
    Row("merchant.grant", "own_cup", "receipt.habit", "merchant_habit"),
    Row("merchant.keep_document", "e_invoice", "receipt.id", "merchant_document", {"receipt.stage": ("kept",)}),
    Row("ride.close", "metro_ride", "id", when={"receipt.means": ("metro",)}, activity="receipt.metres",
        line="receipt.line", person="receipt.person"),
    Row("ride.close", "bus_ride", "id", when={"receipt.means": ("bus",)}, activity="receipt.metres",
        line="receipt.line", person="receipt.person"),
)  # fmt: skip
UNDOES = (
    Undo("pay.refund", "receipt.order", {"receipt.stage": ("refunded",)}),
    Undo("pay.reverse", "receipt.order", {"receipt.stage": ("reversed",)}),
    Undo("bills.refund", "receipt.payment"),
    Undo("ride.refund", "receipt.ride"),
)
ACTS = tuple(dict.fromkeys(row.act for row in (*ROWS, *UNDOES)))
PAID_FLAGS = frozenset({"no_bag", "own_cup", "no_cutlery", "e_invoice", "paper_receipt_declined"})  # of a till


def found(entry: Entry, path: str) -> Any:
    """The value of a path in an entry; None where it has none."""
    name, _, inner = path.partition(".")
    if not inner:
        return getattr(entry, name, None)
    if name == "changed":
        return next((change.key for change in entry.changes.records if change.table == inner), None)
    return entry.receipt.get(inner) if name == "receipt" else None


def holds(entry: Entry, when: Mapping[str, tuple[Any, ...]]) -> bool:
    """Whether every condition is met."""
    return all(found(entry, path) in values for path, values in when.items())
