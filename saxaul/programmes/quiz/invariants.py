"""What must always be true of the quiz, said of balances alone so that anybody can look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets

Balances = Iterable[tuple[str, str, int]]
COUNTED = ("TRY", "REVIVAL", "PASS")


def one_pass_a_person(balances: Balances) -> Iterator[str]:
    """Nobody passes a campaign twice."""
    for address, asset, posted in balances:
        if assets.kind(asset) == "PASS" and not address.startswith("issuer:") and posted > 1:
            yield f"{address} holds {posted} of {asset}"


def issued_is_somewhere(balances: Balances) -> Iterator[str]:
    """Tries, cards and passes that were issued are in people's hands or used."""
    issued: dict[str, int] = {}
    for address, asset, posted in balances:
        if assets.kind(asset) in COUNTED:
            issued[asset] = issued.get(asset, 0) + posted
            if posted < 0 and not address.startswith("issuer:"):
                yield f"{address} is below zero: {posted} of {asset}"
    for asset, rest in issued.items():
        if rest:
            yield f"{rest} of {asset} are more or less than were issued"


INVARIANTS = (
    ("nobody passes a campaign twice", one_pass_a_person),
    ("tries, cards and passes issued = held + used", issued_is_somewhere),
)
