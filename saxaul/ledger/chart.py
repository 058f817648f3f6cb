"""The chart: which addresses exist, which assets fit there, and who may go below zero.

An address is text of fixed and variable segments (`wallet:$id`). The class of the address, not the code of a
programme, decides what may stand there, so a slip in a plan is found by the ledger and not by an auditor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from saxaul.kernel import assets


@dataclass(frozen=True, slots=True)
class AccountClass:
    """One kind of account.

    `pattern`: segments joined by `:`, variable ones begin with `$`. `assets`: families (`VOUCHER`) or whole codes
    (`CNY/2`). `floor`: the least free units, None for issuers, who alone may go below zero. `short`: the refusal when
    the floor is met. `passing`: leaves memory and checkpoint at zero. `side`: how the books of an accountant call it.
    """

    pattern: str
    assets: tuple[str, ...]
    floor: int | None = 0
    short: str = "wallet.funds_short"
    passing: bool = False
    side: str = "liabilities"
    why: str = ""

    def fits(self, asset: str) -> bool:
        """Whether units of `asset` may stand on accounts of this class."""
        return asset in self.assets or assets.kind(asset) in self.assets


class Chart:
    """All account classes of a book, found by address in one dictionary lookup after the first."""

    def __init__(self, classes: Iterable[AccountClass]) -> None:
        self.classes = tuple(classes)
        self._by_length: dict[int, list[tuple[list[str], AccountClass]]] = {}
        self._known: dict[tuple[str, str], AccountClass] = {}
        seen: set[str] = set()
        for one in self.classes:
            assert one.pattern not in seen, f"{one.pattern} is declared twice"
            assert one.floor is not None or one.pattern.startswith("issuer:"), f"{one.pattern} may not go below zero"
            seen.add(one.pattern)
            parts = one.pattern.split(":")
            self._by_length.setdefault(len(parts), []).append((parts, one))
        for siblings in self._by_length.values():  # fixed words win over variables: issuer:central before issuer:$code
            siblings.sort(key=lambda pair: [part.startswith("$") for part in pair[0]])

    def fit(self, key: tuple[str, str]) -> AccountClass:
        """The class of `(address, asset)`; an address or asset the chart does not know is a fault of the plan."""
        known = self._known.get(key)
        if known is None:
            known = self._find(*key)
            if len(self._known) > 2_000_000:
                self._known.clear()
            self._known[key] = known
        return known

    def _find(self, address: str, asset: str) -> AccountClass:
        segments = address.split(":")
        for parts, one in self._by_length.get(len(segments), ()):
            if all(part == segment or part.startswith("$") for part, segment in zip(parts, segments, strict=True)):
                assert one.fits(asset), f"{asset} does not fit on {address} ({one.pattern})"
                return one
        raise AssertionError(f"no class of the chart fits the address {address}")
