"""What anybody may see of the house: signed heads and published figures, as the public page asks the port for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saxaul.kernel.amounts import Amount


@dataclass(frozen=True, slots=True)
class Head:
    """The signed end of the journal at one instant."""

    entry: int
    hash: str
    at: int
    signature: str
    key: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number; `value` is None while it is not measured, never 0 for unknown."""

    name: str
    title: str
    value: int | Amount | None
    query: str
    hash: str
    series: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Public:
    """What anybody may see: heads and figures."""

    heads: Sequence[Head]
    figures: Sequence[Figure]
    as_of: int
