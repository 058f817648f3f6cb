"""Money and other counts as whole units, and the only three ways to divide them.

A lost fen is a bug report from a city, so there is no float, no sign and no second place that rounds: `allot`, `take`
and `pair` divide, `Rate.of` rounds and says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from saxaul.kernel import assets
from saxaul.kernel.refusal import Refusal

UNITS_MAX = 2**63 - 1  # signed 64 bits: the national totals of every seed fit with room to spare

K = TypeVar("K")

_TEXT = re.compile(r"([0-9]{1,19})(?:\.([0-9]{1,9}))? ([A-Z][A-Za-z0-9._-]{1,63})")


class Amount:
    """Whole units of one asset, frozen; `+`, `-` and comparison stay within the asset.

    A plain class and no dataclass: decoders then leave it to us how an amount is written.
    """

    __slots__ = ("asset", "units")

    asset: str
    units: int

    def __init__(self, asset: str, units: int) -> None:
        object.__setattr__(self, "asset", asset)
        object.__setattr__(self, "units", units)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an amount does not change; make another")

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Amount) and (self.asset, self.units) == (other.asset, other.units)

    def __hash__(self) -> int:
        return hash((self.asset, self.units))

    def __repr__(self) -> str:
        return f"Amount({self.asset!r}, {self.units})"

    def __reduce__(self) -> tuple[type[Amount], tuple[str, int]]:
        return Amount, (self.asset, self.units)

    def _same(self, other: Amount) -> int:
        assert self.asset == other.asset, f"{self.asset} and {other.asset} do not mix"
        return other.units

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.asset, self.units + self._same(other))

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.asset, self.units - self._same(other))

    def __lt__(self, other: Amount) -> bool:
        return self.units < self._same(other)

    def __le__(self, other: Amount) -> bool:
        return self.units <= self._same(other)

    def __str__(self) -> str:
        return show(self.asset, self.units)


@lru_cache(maxsize=65_536)
def show(asset: str, units: int) -> str:
    """The amount as text: `show("CNY/2", 1250)` is `12.50 CNY`; `parse` reads it back."""
    places = assets.scale(asset)
    if not places:
        return f"{units} {asset[:-2]}"
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]} {asset[:-2]}"


@lru_cache(maxsize=16_384)
def parse(text: str) -> Amount:
    """The amount written as `text`; more decimals than the asset has are refused, never rounded.

    Refuses `request.field_invalid` for anything that is not a count of a known asset within 64 bits.
    """
    found = _TEXT.fullmatch(text)
    asset = assets.named(found[3]) if found else None
    if found is None or asset is None:
        raise Refusal("request.field_invalid", fields=[f"amount: {text[:40]!r} is not written like 12.50 CNY"])
    places, decimals = assets.scale(asset), found[2] or ""
    if len(decimals) > places:
        said = f"amount: {found[3]} has {places} decimals, not {len(decimals)}"
        raise Refusal("request.field_invalid", fields=[said])
    units = int(found[1] + decimals.ljust(places, "0"))
    if units > UNITS_MAX:
        raise Refusal("request.field_invalid", fields=["amount: larger than any amount of this book"])
    return Amount(asset, units)


def allot(units: int, shares: Sequence[int]) -> list[int]:
    """`units` split in proportion to `shares`: whole, exact in sum, left-over units one each from the first.

    A share of 0 gets nothing, not even a left-over unit.
    """
    total = sum(shares)
    assert units >= 0 and total > 0 and min(shares) >= 0, "allot needs units and at least one share"
    portions = [units * share // total for share in shares]
    rest = units - sum(portions)
    for place, share in enumerate(shares):
        if rest and share:
            portions[place] += 1
            rest -= 1
    assert not rest, "left-over units are fewer than the shares"
    return portions


def take(units: int, sources: Iterable[tuple[K, int]]) -> tuple[list[tuple[K, int]], int]:
    """`units` taken from `sources` in order, each up to what it has; returns (parts above zero, shortfall)."""
    parts: list[tuple[K, int]] = []
    for source, has in sources:
        if units <= 0:
            break
        part = min(units, has)
        if part > 0:
            parts.append((source, part))
            units -= part
    return parts, units


def pair(debits: Iterable[tuple[str, int]], credits: Iterable[tuple[str, int]]) -> list[tuple[str, str, int]]:
    """Two lists of equal total as (debit, credit, units): what leaves one side arrives at the other, in order."""
    givers, takers, pairs = list(debits), list(credits), []
    assert sum(units for _, units in givers) == sum(units for _, units in takers), "both sides have the same total"
    place, left = 0, givers[0][1] if givers else 0
    for account, wanted in takers:
        while wanted:
            if not left:
                place += 1
                left = givers[place][1]
                continue
            part = min(wanted, left)
            pairs.append((givers[place][0], account, part))
            wanted -= part
            left -= part
    return pairs


@dataclass(frozen=True, slots=True)
class Rate:
    """`value` per `of_units`: the only place where the house rounds, and it names how."""

    value: int
    of_units: int

    def of(self, units: int, *, round: str = "down") -> int:
        """`units` times the rate, rounded `down`, `up` or `half_even` as the terms say."""
        assert self.of_units > 0 and units >= 0 and self.value >= 0
        whole, rest = divmod(units * self.value, self.of_units)
        if round == "down" or not rest:
            return whole
        if round == "up":
            return whole + 1
        assert round == "half_even", f"no rounding is called {round}"
        twice = 2 * rest
        return whole + (1 if twice > self.of_units or (twice == self.of_units and whole % 2) else 0)
