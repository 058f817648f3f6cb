"""Chance that anybody can draw again: numbers made of a seed by a published rule, without bias and without float.

Block i of a seed is SHA-256(seed, colon, i in decimal digits), read as four big-endian numbers of 64 bits. A number
below n is the next of them modulo n; one that would favour the small results is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_WORDS = Struct(">4Q").unpack
_ALL = 2**64


def numbers(seed: str) -> Iterator[int]:
    """The seed's numbers of 64 bits, without end."""
    for block in count():
        yield from _WORDS(hashlib.sha256(f"{seed}:{block}".encode()).digest())


def below(source: Iterator[int], n: int) -> int:
    """A number from 0 to n - 1, each as likely as any other."""
    assert 0 < n < _ALL
    fair = _ALL - _ALL % n
    return next(number for number in source if number < fair) % n


def shuffled(source: Iterator[int], items: Sequence[T]) -> list[T]:
    """The items in an order drawn from the seed, each order as likely as any other."""
    found = list(items)
    for place in range(len(found) - 1, 0, -1):
        other = below(source, place + 1)
        found[place], found[other] = found[other], found[place]
    return found
