"""What follows from the journal: every merchant's day of every campaign, from whichever act moved the money."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Follower, follows
from saxaul.engine.request import Request
from saxaul.kernel import assets, times
from saxaul.ledger.journal import Entry
from saxaul.programmes.campaign.ending import Count


def count(entry: Entry) -> Iterable[Request]:
    """For each campaign whose purpose money was spent or came back in this entry: the merchant's share of it."""
    spent: dict[str, int] = {}
    refunded: dict[str, int] = {}
    merchant = ""
    for posting in entry.postings:
        for address in (posting.debit, posting.credit):
            if address.startswith("merchant:"):
                merchant = address.split(":")[1]
        if not posting.asset.startswith("VOUCHER."):
            continue
        if posting.credit.endswith(":spent"):
            campaign = assets.of(posting.asset)
            spent[campaign] = spent.get(campaign, 0) + posting.units
        elif posting.debit.endswith(":spent"):
            campaign = assets.of(posting.asset)
            refunded[campaign] = refunded.get(campaign, 0) + posting.units
    if not merchant:
        return
    day = times.day(entry.at)
    for campaign in sorted(spent.keys() | refunded.keys()):
        ask = Count(campaign, merchant, day, spent.get(campaign, 0), refunded.get(campaign, 0))
        yield follows(entry, "campaign.count", ask, f"{entry.n}:{campaign}")


FOLLOWERS = (Follower("campaign.count", count),)
