"""What follows from the journal: an order that came back, points that another programme gave."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Follower, follows
from saxaul.engine.request import Request
from saxaul.kernel import assets
from saxaul.ledger.journal import Entry
from saxaul.programmes.merchant.lots import NameLot
from saxaul.programmes.merchant.places import BACK
from saxaul.programmes.merchant.till import NameOrder


def returned(entry: Entry) -> Iterable[Request]:
    """Orders that a refund of all or a reversal gave back."""
    for change in entry.changes.records:
        if change.table == "pay_order" and change.fields.get("stage") in BACK:
            yield follows(entry, "merchant.order_returned", NameOrder(change.key), change.key)


def given(entry: Entry) -> Iterable[Request]:
    """Lots of points that an act of another programme put on a person's account."""
    if entry.act.startswith("merchant."):
        return
    found: dict[tuple[str, str, str], None] = {}
    for posting in entry.postings:
        words = posting.credit.split(":")
        if words[0] == "person" and words[2:3] == ["points"] and assets.kind(posting.asset) == "POINT":
            found[assets.of(posting.asset), words[1], words[3]] = None
    for programme, person, lot in found:
        if len(programme) == 32:
            ask = NameLot(programme, person, lot)
            yield follows(entry, "merchant.note_lot", ask, f"{entry.id}:{programme}:{person}:{lot}")


FOLLOWERS = (
    Follower("merchant.returned", returned, ("pay.refund", "pay.reverse")),
    Follower("merchant.given", given),
)
