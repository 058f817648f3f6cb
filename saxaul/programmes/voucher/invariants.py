"""What must always be true of vouchers, said of balances alone so that anybody can look.

Each function takes (address, asset, posted) of every account and yields a sentence for what is not as it must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import ECNY

Balances = Iterable[tuple[str, str, int]]
BOUND = ("COUPON", "VOUCHER")
GONE = ("spent", "returned")


def outstanding(balances: Balances) -> dict[str, tuple[str, int]]:
    """By campaign of this programme: what it gives, and how many units are in pool, day's stock and wallets."""
    lines = list(balances)
    mine = {address.rpartition(":")[2] for address, _, _ in lines if address.startswith("issuer:voucher:")}
    found: dict[str, tuple[str, int]] = {}
    for address, asset, posted in lines:
        campaign = assets.of(asset)
        if assets.kind(asset) not in BOUND or campaign not in mine or address.startswith("issuer:"):
            continue
        gone = address.startswith("campaign:") and address.rpartition(":")[2] in GONE
        before = found.get(campaign, (asset, 0))[1]
        found[campaign] = (asset, before + (0 if gone else posted))
    return found


def escrow_covers(balances: Balances) -> Iterator[str]:
    """Fen that were drawn are covered one to one by the escrow; no coupon is outstanding on an empty one."""
    lines = list(balances)
    money = {address: posted for address, asset, posted in lines if asset == ECNY and address.startswith("campaign:")}
    for campaign, (asset, units) in outstanding(lines).items():
        held = money.get(f"campaign:{campaign}:escrow", 0)
        least = units if assets.kind(asset) == "VOUCHER" else min(1, units)
        if held < least:
            yield f"{show(asset, units)} are outstanding, {show(ECNY, held)} stand behind them"


INVARIANTS = (("the escrow covers vouchers that are outstanding", escrow_covers),)
