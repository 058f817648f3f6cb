"""What a date brings to vouchers: a new day's stock, the end of what people hold, the end of a campaign."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.programmes.voucher.carts import NameCart
from saxaul.programmes.voucher.common import NameCampaign
from saxaul.programmes.voucher.ends import NameHolding

LIST_MAX = 4096  # rows of one tick; the next takes the rest

DAYS = (
    "SELECT key FROM voucher_campaign WHERE stage = 'running' AND day_stock > 0 AND day <> ? AND claim_from <= ? "
    "AND claim_until > ? ORDER BY key LIMIT ?"
)
HOLDINGS = (
    "SELECT campaign, wallet, until FROM voucher_holding WHERE stage = 'held' AND until <= ? "
    "ORDER BY until, key LIMIT ?"
)
CARTS = "SELECT key, until FROM voucher_cart WHERE stage = 'open' AND until <= ? ORDER BY until, key LIMIT ?"
CAMPAIGNS = (
    "SELECT c.key, c.until FROM voucher_campaign c WHERE c.stage NOT IN ('closed', 'cancelled') AND c.until <= ? "
    "AND NOT EXISTS (SELECT 1 FROM voucher_holding h WHERE h.stage = 'held' AND h.campaign = c.key AND h.until <= ?) "
    "ORDER BY c.until, c.key LIMIT ?"
)


def days(reader: Reader, now: int) -> Iterable[Request]:
    """Campaigns with a stock for each day, when a new day has begun."""
    day = times.day(now)
    for (key,) in reader.query(DAYS, (day, now, now, LIST_MAX)):
        yield due(times.start_of_day(day), "voucher.fill_day", NameCampaign(key), f"{key}:{day}")


def carts(reader: Reader, now: int) -> Iterable[Request]:
    """Discounts that were reckoned for a purchase whose minutes are over."""
    for key, until in reader.query(CARTS, (now, LIST_MAX)):
        yield due(until, "voucher.end_cart", NameCart(key), f"{key}:{until}")


def holdings(reader: Reader, now: int) -> Iterable[Request]:
    """Vouchers in wallets after their end."""
    for campaign, wallet, until in reader.query(HOLDINGS, (now, LIST_MAX)):
        yield due(until, "voucher.write_off", NameHolding(campaign, wallet), f"{campaign}:{wallet}:{until}")


def campaigns(reader: Reader, now: int) -> Iterable[Request]:
    """Campaigns after their end, when no wallet waits for the sweep."""
    for key, until in reader.query(CAMPAIGNS, (now, now, LIST_MAX)):
        yield due(until, "voucher.close", NameCampaign(key), f"{key}:{until}")


DUES = (  # carts first: what comes out of one is swept in the same tick
    Due("voucher.days", days), Due("voucher.carts", carts), Due("voucher.holdings", holdings),
    Due("voucher.campaigns", campaigns),
)  # fmt: skip
