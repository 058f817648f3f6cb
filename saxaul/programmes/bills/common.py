"""What all acts of bills ask first: whose bill, whether it can be seen, what the biller agreed to, where money stands.

A biller's bills are its own: another biller's answer exactly like unknown ones. A bill that came in a file can be seen
only once the whole file is open.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Refusal, Stages
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY

Serial = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9._-]+$")]
MaybeBiller = Annotated[str, Meta(max_length=64, pattern="^[A-Za-z0-9._-]*$", description="empty: the actor's own")]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-15")]
MaybeMonth = Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2})?$")]
Masked = Annotated[str, Meta(max_length=16, description="a family name and stars, such as 张**; empty: not said")]

STAGES: Stages = {
    ("", "issue"): "issued", ("issued", "pay"): "part_paid", ("part_paid", "pay"): "part_paid",
    ("overdue", "pay"): "part_paid", ("issued", "pay_rest"): "paid", ("part_paid", "pay_rest"): "paid",
    ("overdue", "pay_rest"): "paid", ("issued", "overdue"): "overdue", ("part_paid", "overdue"): "overdue",
    ("issued", "cancel"): "cancelled", ("overdue", "cancel"): "cancelled", ("issued", "revise"): "issued",
    ("overdue", "revise"): "issued", ("refunded", "revise"): "issued", ("paid", "refund"): "refunded",
    ("part_paid", "refund"): "issued", ("overdue", "refund"): "overdue",
}  # fmt: skip
OPEN = ("issued", "part_paid", "overdue")


class Agreed(msgspec.Struct, frozen=True):
    """What a biller agreed, from its organisation's terms: parts down to `least` fen, more up to `most_over` fen.

    `fee`: fen in ten thousand that its operator keeps.
    """

    part: bool = False
    least: int = 0
    over: bool = False
    most_over: int = 0
    fee: int = 0


_agreed = msgspec.json.Decoder(Agreed).decode


def agreed(biller: Any) -> Agreed:
    """The biller's agreement; fields of other programmes in the same terms are passed over."""
    return _agreed(biller.terms)


def own_biller(facts: Facts, named: str) -> Any:
    """The biller the actor works for; officers and the book itself name one. Another's is unknown."""
    own = facts.actor.organisation
    if facts.actor.roles & {"officer", "system"}:
        own = named or own
    if not own or (named and named != own):
        raise Refusal("request.object_missing")
    row = facts.record("people_organisation", own)
    if row is None or row.kind != "biller":
        raise Refusal("request.object_missing")
    return row


def is_seen(facts: Facts, file: str) -> bool:
    """Whether what came in this file can be seen: it came alone, or the file is open."""
    return not file or facts.must("bills_file", file).stage == "open"


def open_bills(facts: Facts, number: Any) -> list[Any]:
    """The household's open bills that can be seen."""
    rows = facts.records("bills_bill", number.bills.split())
    facts.records("bills_file", {row.file for row in rows if row.file})
    return [row for row in rows if is_seen(facts, row.file)]


def seen_number(facts: Facts, biller: str, number: str) -> Any:
    """The household's number, or None: one that only a file knows which is not open does not exist yet."""
    row = facts.record("bills_number", household(biller, number))
    if row is None or is_seen(facts, row.file) or open_bills(facts, row):
        return row
    return None


def seen_bill(facts: Facts, key: str) -> Any:
    """The bill; refuses `bill.key_missing` for unknown ones and for those of a file that is not open."""
    row = facts.record("bills_bill", key)
    if row is None or not is_seen(facts, row.file):
        raise Refusal("bill.key_missing")
    return row


def own_bill(facts: Facts, key: str) -> Any:
    """A bill of the biller the actor works for; any other answers `request.object_missing`."""
    row = facts.record("bills_bill", key)
    if row is None or not is_seen(facts, row.file):
        raise Refusal("request.object_missing")
    own_biller(facts, row.biller)
    return row


def household(biller: str, number: str) -> str:
    """The key of a household's number."""
    return f"{biller}:{number}"


def due(biller: str) -> str:
    """Where a biller's money stands until it is paid out."""
    return f"biller:{biller}:due"


def yuan(units: int) -> str:
    """Fen as text."""
    return show(CNY, units)


def money(amount: Amount) -> Amount:
    """An amount above zero: CNY is paid from any pocket, ECNY from e-CNY only."""
    if amount.asset not in (CNY, ECNY) or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY or ECNY"])
    return amount


def listed(number: Any, *, add: str = "", drop: str = "") -> Change:
    """The household's open bills with one more or one less."""
    bills = [key for key in number.bills.split() if key not in (add, drop)]
    return Change("bills_number", number.key, {"bills": " ".join([*bills, add] if add else bills)})
