"""How a sum is divided into parts: whole fen, none below one, exact in sum, by rules that anybody can compute again.

`double_mean` is what popular pages say that group packets do: the next part is 1 to twice the mean of what is left. It
is fair in the mean alone: whoever comes last has the widest range and the best part most often. `cuts` cuts the sum at
random places. `exchangeable`, ours, takes the parts of `double_mean` and permutes them, so that every place has the
same chances.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from saxaul.kernel.amounts import allot
from saxaul.kernel.chance import below, numbers, shuffled

METHODS = ("fixed", "exchangeable", "double_mean", "cuts")


def seed_of(packet: str) -> str:
    """The published rule: SHA-256 of the word packet, a colon and the id of the act that gave it."""
    return hashlib.sha256(f"packet:{packet}".encode()).hexdigest()


def divide(units: int, people: int, *, method: str, seed: str) -> list[int]:
    """The parts in the order in which they are opened."""
    assert 0 < people <= units and method in METHODS
    if method == "fixed":
        return allot(units, [1] * people)
    source = numbers(seed)
    if method == "cuts":
        return _cuts(units, people, source)
    parts = list(_double_mean(units, people, source))
    return shuffled(source, parts) if method == "exchangeable" else parts


def _double_mean(units: int, people: int, source: Iterator[int]) -> Iterator[int]:
    rest = units
    for left in range(people, 1, -1):
        most = min(2 * rest // left, rest - left + 1)  # everybody after this one has a fen at least
        part = 1 + below(source, most)
        rest -= part
        yield part
    yield rest


def _cuts(units: int, people: int, source: Iterator[int]) -> list[int]:
    places: set[int] = set()
    while len(places) < people - 1:
        places.add(1 + below(source, units - 1))
    ends = [0, *sorted(places), units]
    return [high - low for low, high in zip(ends, ends[1:], strict=False)]
