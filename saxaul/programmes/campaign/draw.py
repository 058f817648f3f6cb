"""The draw: anybody with the published files gets the same winners, and nobody could have known them before.

Tickets are salted hashes under a Merkle root (the tree of RFC 6962). Operator and witness bind themselves to secrets
before a beacon named beforehand falls; root, secrets and beacon make the seed; the seed picks places by the method of
RFC 3797 with SHA-256, drawing again where the remainder would favour somebody. Nothing here reads a book or a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

BLOCK = 1024  # places of one block of the rest: removing one moves at most so many
SPACE = 2**256

_sha = hashlib.sha256


def ticket(salt: str, person: str) -> str:
    """The line of a person: a salted hash, which the person can find and nobody can turn back."""
    return _sha(f"{salt}\n{person}".encode()).hexdigest()


def commitment(secret: str) -> str:
    """What binds somebody to a secret before it is told."""
    return _sha(secret.encode()).hexdigest()


def root(lines: Sequence[str]) -> str:
    """The Merkle root of sorted ticket lines: leaf SHA-256(00 ‖ hash), node SHA-256(01 ‖ left ‖ right).

    Joining neighbours level by level and carrying a last odd one up is the same tree as splitting at the largest power
    of two below n.
    """
    level = [_sha(b"\0" + bytes.fromhex(line)).digest() for line in lines]
    if not level:
        return _sha(b"").hexdigest()
    while len(level) > 1:
        odd = [level.pop()] if len(level) % 2 else []
        pairs = iter(level)
        level = [_sha(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)] + odd
    return level[0].hex()


def seed(root_line: str, secrets: Sequence[str], beacon: str) -> str:
    """The seed of the draw: root, secrets in the order operator, witness, and beacon, as published, a line each."""
    return _sha("\n".join([root_line, *secrets, beacon]).encode()).hexdigest()


class Rest:
    """The places that are still in the draw, in order: `take(k)` removes the k-th and says which it was."""

    def __init__(self, count: int) -> None:
        self.left = count
        self._blocks = [list(range(start, min(count, start + BLOCK))) for start in range(0, count, BLOCK)]
        self._size = 1
        while self._size < len(self._blocks):
            self._size *= 2
        self._sums = [0] * (self._size + 1)  # a Fenwick tree over the blocks' lengths
        for place in range(1, self._size + 1):
            self._sums[place] += len(self._blocks[place - 1]) if place <= len(self._blocks) else 0
            above = place + (place & -place)
            if above <= self._size:
                self._sums[above] += self._sums[place]

    def take(self, k: int) -> int:
        """The k-th place from 0 of those left; it is in the draw no longer."""
        assert 0 <= k < self.left, "only what is left can be taken"
        self.left -= 1
        sums, place, step = self._sums, 0, self._size
        while step:
            ahead = place + step
            if ahead <= self._size:
                if sums[ahead] <= k:
                    k -= sums[ahead]
                    place = ahead
                else:
                    sums[ahead] -= 1  # every sum that is not passed over counts the block the place is in
            step //= 2
        return self._blocks[place].pop(k)


def order(seed_line: str, count: int) -> Iterator[int]:
    """All places 0 … count-1 in the order in which they are drawn."""
    key, rest = bytes.fromhex(seed_line), Rest(count)
    sha, number, take = _sha, int.from_bytes, rest.take
    for left in range(count, 0, -1):
        index = (count - left).to_bytes(8, "big")
        found = number(sha(index + key + index).digest(), "big")
        if found >= SPACE - left:  # only so near the end of the space a remainder may favour somebody
            found = _again(key, index, found, left)
        yield take(found % left)


def _again(key: bytes, index: bytes, found: int, left: int) -> int:
    """A digest in the uneven end of the space is drawn again, with one byte 1, 2, … appended."""
    again, even = 0, SPACE - SPACE % left
    while found >= even:
        again += 1
        found = int.from_bytes(_sha(index + key + index + again.to_bytes(1, "big")).digest(), "big")
    return found


def drawn(lines: Sequence[str], seed_line: str, count: int) -> list[str]:
    """The first `count` ticket lines in the order of the draw."""
    return [lines[place] for place in islice(order(seed_line, len(lines)), count)]


def rfc3797(key: str, pool: int, count: int) -> list[int]:
    """The selection of RFC 3797 as published: MD5, index of two bytes, digest modulo what is left, numbers from 1."""
    rest, text = Rest(pool), key.encode()
    found = []
    for i in range(count):
        index = i.to_bytes(2, "big")
        digest = hashlib.md5(index + text + index, usedforsecurity=False).digest()
        found.append(rest.take(int.from_bytes(digest, "big") % (pool - i)) + 1)
    return found
