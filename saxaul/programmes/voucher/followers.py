"""What follows from refunds: a coupon that came back ends at once where its campaign says so."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Follower, follows
from saxaul.engine.request import Request
from saxaul.kernel import assets
from saxaul.ledger.journal import Entry
from saxaul.programmes.voucher.ends import EndRefunded


def _refunded(entry: Entry) -> Iterable[Request]:
    """An act for every coupon of ours that an entry took out of `spent` and put into a wallet."""
    for posting in entry.postings:
        campaign = assets.of(posting.asset)
        spent = posting.debit == f"campaign:{campaign}:spent"
        if spent and assets.kind(posting.asset) == "COUPON" and posting.credit.startswith("wallet:"):
            wallet = posting.credit.removeprefix("wallet:")
            yield follows(entry, "voucher.end_refunded", EndRefunded(campaign, wallet), f"{entry.id}:{campaign}")


REFUNDS = Follower("voucher.refunds", _refunded, ("pay.refund", "pay.reverse"))
