"""Drawing, shuffling and signing, from the campaign's seed alone.

The seed reaches the book once, as a fact, in the act that opens the campaign; from it everything here follows, so any
draw can be made again by whoever audits the campaign, and by nobody who plays it. Every person has an order of the
questions of their own: they meet each question once before any comes again.
"""

from __future__ import annotations

import hmac

ROUNDS = 4
MARK_DIGITS = 16


def _digest(seed: str, *words: object) -> bytes:
    return hmac.digest(bytes.fromhex(seed), "|".join(map(str, words)).encode(), "sha256")


def drawn(seed: str, natural: str, place: int, count: int) -> int:
    """Which of `count` questions stands at `place` of this person's own order: a permutation, a step at a time."""
    bits = max(1, (max(1, count - 1).bit_length() + 1) // 2)
    mask, value = (1 << bits) - 1, place % count
    while True:
        left, right = value >> bits, value & mask
        for turn in range(ROUNDS):
            mixed = int.from_bytes(_digest(seed, "draw", natural, turn, right)[:4], "big") & mask
            left, right = right, left ^ mixed
        value = left << bits | right
        if value < count:
            return value


def dealt(seed: str, attempt: str, number: int, options: int) -> list[int]:
    """The order in which the options are shown: place on the screen -> place in the bank."""
    return sorted(range(options), key=lambda one: _digest(seed, "deal", attempt, number, one))


def token(seed: str, attempt: str, number: int, asked: int) -> str:
    """What answers exactly this question: attempt, number, and a mark that only the seed can make."""
    return f"{attempt}.{number}.{_digest(seed, 'token', attempt, number, asked).hex()[:MARK_DIGITS]}"


def attempt_of(text: str) -> str:
    """The attempt that a token names; empty where it is none."""
    attempt, _, _ = text.partition(".")
    return attempt if len(attempt) == 32 else ""


def is_same(token: str, other: str) -> bool:
    """Whether two tokens are the same, in a time that tells nothing."""
    return hmac.compare_digest(token.encode(), other.encode())
