"""Orders whose money has left for the merchant's bank or wallet: what follows from a settlement window that was paid.

The window says which merchant and which act cut it; what was captured before that act and after the last window that is
still open is in it. A window may hold more orders than one act may change, so they are marked in portions, and the last
portion of a reading asks for the next. A payout that the bank returns later is owed again; its orders stay settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Follower, Id, Plan, Refusal, follows
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.ledger.journal import Entry
from saxaul.ledger.sql import marks
from saxaul.programmes.pay.stages import STAGES

PORTION = 200  # orders of one act: each is a change, and an act has a maximum of those
PORTIONS = 64  # acts that follow from one entry; the last of them asks for more

_WINDOW = "SELECT organisation, cut FROM cash_window WHERE key = ? AND kind = 'merchant' AND stage = 'settled'"
_OPEN = "SELECT cut FROM cash_window WHERE stage IN ('cut', 'paying') AND kind = 'merchant' AND organisation = ?"
_CUTS = "SELECT n FROM entry WHERE id IN "
_ORDERS = (
    "SELECT key FROM pay_order WHERE merchant = ? AND stage = 'captured' AND entry > ? AND entry < ? "
    "ORDER BY entry LIMIT ?"
)


class MarkSettled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window that was paid and orders in it; `more`: there may be others."""

    window: Annotated[str, Meta(max_length=128)]
    orders: Annotated[list[Id], Meta(min_length=1, max_length=PORTION)]
    more: bool = False


class Marked(msgspec.Struct, frozen=True):
    """How many orders are settled by this; `more`: the window is read again."""

    window: str
    orders: int
    more: bool


def mark_settled(facts: Facts, ask: MarkSettled) -> Plan:
    """The orders are settled, those that were refunded or reversed meanwhile keep their stage."""
    row = facts.must("cash_window", ask.window)
    if row.stage != "settled":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    orders = facts.records("pay_order", ask.orders)
    if any(one is None or one.merchant != row.organisation for one in orders):
        raise Refusal("request.object_missing")
    mine = [one.key for one in orders if one.stage == "captured" and one.paid_at <= row.since]
    stage = STAGES["captured", "pay.mark_settled"]
    return Plan(
        changes=[Change("pay_order", key, {"stage": stage}) for key in mine],
        receipt=Marked(row.key, len(mine), ask.more),
    )


def follow(entry: Entry, reader: Reader) -> Iterable[Request]:
    """The orders of every window that this entry paid out, or the next ones of a large window."""
    if entry.act == "pay.mark_settled":
        windows = [entry.receipt["window"]] if entry.receipt.get("more") else []
    else:
        changed = (one for one in entry.changes.records if one.table == "cash_window")
        windows = [one.key for one in changed if one.fields.get("stage") == "settled"]
    for window in windows:
        keys = orders(reader, window)
        for start in range(0, len(keys), PORTION):
            more = start + PORTION >= PORTION * PORTIONS
            ask = MarkSettled(window, keys[start : start + PORTION], more)
            yield follows(entry, "pay.mark_settled", ask, f"{window}:{keys[start]}")


def orders(reader: Reader, window: str) -> list[str]:
    """Captured orders in a window that was paid, in the order of the journal, as many as one entry may bring."""
    rows = reader.query(_WINDOW, (window,))
    if not rows:
        return []
    merchant, cut = rows[0]
    upto = _entries(reader, [cut])[0]
    before = [n for n in _entries(reader, [one for (one,) in reader.query(_OPEN, (merchant,))]) if n < upto]
    found = reader.query(_ORDERS, (merchant, max(before, default=0), upto, PORTION * PORTIONS))
    return [key for (key,) in found]


def _entries(reader: Reader, ids: list[str]) -> list[int]:
    """The numbers of the entries of these acts."""
    return [n for (n,) in reader.query(_CUTS + marks(len(ids)), [bytes.fromhex(id) for id in ids])] if ids else []


FOLLOWERS = (
    Follower(
        "pay.settled",
        follow,
        ("cash.settle", "cash.booked", "cash.rule", "desk.approve", "pay.mark_settled"),
        looks=True,
    ),
)
