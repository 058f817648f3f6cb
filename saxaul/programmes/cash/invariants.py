"""What must always be true of money in two tiers, said of balances alone so that anybody can look.

Each function takes (address, asset, posted) of every account and yields a sentence for what is not as it must be;
`saxaul check` calls all of `INVARIANTS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY

Balances = Iterable[tuple[str, str, int]]

CENTRAL = "issuer:central"
# Where e-CNY may stand, by the first word of the address. An address of another kind would be a pocket nobody counts.
HOLDERS = frozenset({
    "wallet", "merchant", "biller", "operator", "acquirer", "sponsor", "campaign", "contract", "purse", "transit",
    "agency", "charity", "project", "person", "issuer", "clearing", "pool", "insurer", "lender", "packet",
})  # fmt: skip


def circulation(balances: Balances) -> dict[str, int]:
    """e-CNY by kind of holder; `issued` is what the central issuer has issued, and the others add up to it."""
    found = {"issued": 0}
    for address, asset, posted in balances:
        if asset != ECNY:
            continue
        if address == CENTRAL:
            found["issued"] -= posted
            continue
        kind = address.partition(":")[0]
        name = "vaults" if kind == "operator" and address.endswith(":vault") else kind
        found[name] = found.get(name, 0) + posted
    return found


def issued_is_held(balances: Balances) -> Iterator[str]:
    """Wallets, merchants, billers, vaults, escrows, purses and all others together hold what was issued."""
    found = circulation(balances)
    held = sum(units for name, units in found.items() if name != "issued")
    if held != found["issued"]:
        yield f"{show(ECNY, held)} are held, {show(ECNY, found['issued'])} were issued"
    for kind in found.keys() - HOLDERS - {"issued", "vaults"}:
        yield f"e-CNY stands on accounts of the kind {kind}, which nobody counts"


def only_the_centre_issues(balances: Balances) -> Iterator[str]:
    """No account but the central issuer's is below zero in e-CNY, an operator's vault least of all."""
    for address, asset, posted in balances:
        if asset == ECNY and posted < 0 and address != CENTRAL:
            yield f"{address} is below zero: {show(asset, posted)}"


def issued_is_paid_for(balances: Balances) -> Iterator[str]:
    """Operators paid one yuan for each e-CNY that was issued."""
    units = {asset: posted for address, asset, posted in balances if address == CENTRAL}
    if units.get(ECNY, 0) + units.get(CNY, 0) != 0:
        yield f"{show(ECNY, -units.get(ECNY, 0))} were issued for {show(CNY, units.get(CNY, 0))}"


INVARIANTS = (
    ("wallets + merchants + billers + vaults + escrows + purses = issued", issued_is_held),
    ("only the central issuer is below zero in e-CNY", only_the_centre_issues),
    ("each e-CNY issued was paid for with a yuan", issued_is_paid_for),
)
