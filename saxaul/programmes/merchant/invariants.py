"""What must always be true of points and benefits, said of balances alone so that anybody can look.

What was issued stands in the pool (what is held for staff's grants too), with persons, redeemed or lapsed; what was
opened of a benefit stands in its stock, with persons (what a till reserved too) or used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets

Balances = Iterable[tuple[str, str, int]]

PLACES = {"POINT": ("pool", "points", "redeemed", "lapsed"), "BENEFIT": ("stock", "benefits", "used")}


def places(balances: Balances, kind: str) -> dict[str, dict[str, int]]:
    """By asset of this kind that merchants' programmes issued: `issued`, and the units at each kind of place."""
    listed = [line for line in balances if assets.kind(line[1]) == kind]
    ours = {asset for address, asset, _ in listed if address == f"issuer:merchant:{assets.of(asset)}"}
    found: dict[str, dict[str, int]] = {}
    for address, asset, posted in listed:
        if asset in ours:
            first, _, rest = address.partition(":")
            name = "issued" if first == "issuer" else rest.partition(":")[2].partition(":")[0] or first
            one = found.setdefault(asset, {})
            one[name] = one.get(name, 0) + (-posted if name == "issued" else posted)
    return found


def _stand(balances: Balances, kind: str) -> Iterator[str]:
    for asset, found in places(balances, kind).items():
        known = sum(found.get(name, 0) for name in PLACES[kind])
        if known != found.get("issued", 0):
            yield f"{asset}: {found.get('issued', 0)} were issued, {known} stand where they may: {found}"


def points_stand(balances: Balances) -> Iterator[str]:
    """Points issued = in pools + with persons + redeemed + lapsed."""
    yield from _stand(balances, "POINT")


def benefits_stand(balances: Balances) -> Iterator[str]:
    """Benefits opened = in stock + with persons + used."""
    yield from _stand(balances, "BENEFIT")


INVARIANTS = (
    ("points issued = pools + persons + redeemed + lapsed", points_stand),
    ("benefits opened = stock + persons + used", benefits_stand),
)
