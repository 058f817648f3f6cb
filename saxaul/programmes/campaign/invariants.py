"""What must always be true of purpose money, said of balances alone: it is money that stands in an escrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets
from saxaul.kernel.amounts import show

Balances = Iterable[tuple[str, str, int]]
GONE = ("spent", "returned")


def outstanding(balances: Balances) -> tuple[dict[str, int], dict[str, int]]:
    """(purpose money neither spent nor returned, money in the escrow) of each campaign of this programme."""
    lines = list(balances)
    minted = [address.rpartition(":")[2] for address, _, _ in lines if address.startswith("issuer:campaign:")]
    there: dict[str, int] = dict.fromkeys(minted, 0)
    behind: dict[str, int] = {}
    for address, asset, posted in lines:
        kind, words = assets.kind(asset), address.split(":")
        if kind == "VOUCHER" and assets.of(asset) in there and words[0] != "issuer" and words[-1] not in GONE:
            there[assets.of(asset)] += posted
        elif kind in ("ECNY", "CNY") and words[0] == "campaign" and words[-1] == "escrow":
            behind[words[1]] = behind.get(words[1], 0) + posted
    return there, behind


def escrow_covers(balances: Balances) -> Iterator[str]:
    """For each campaign with purpose money, what is outstanding stands in its escrow, to the fen."""
    there, behind = outstanding(balances)
    for campaign, units in sorted(there.items()):
        if units != behind.get(campaign, 0):
            held = show("CNY/2", behind.get(campaign, 0))
            yield f"campaign {campaign}: {show('CNY/2', units)} outstanding, {held} in its escrow"


INVARIANTS = (("purpose money outstanding = money in its escrow", escrow_covers),)
