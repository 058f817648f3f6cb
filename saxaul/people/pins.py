"""The pay PIN: six digits, hashed by the surface with the server's pepper, verified outside the clerk.

The hash lies in the vault, sealed; the book counts tries (`desk.try_pin`) and commits each before its verdict is told,
so that many tries at one moment are still five.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret, verify_secret

from saxaul.kernel import ids
from saxaul.kernel.refusal import Refusal
from saxaul.people.vault import mark

# OWASP's password storage cheat sheet (2023): argon2id with 19 MiB, 2 passes, 1 lane.
MEMORY_KIB, PASSES, LANES, HASH_BYTES = 19_456, 2, 1, 32

_SIX = re.compile(r"[0-9]{6}")
_RUNS = ("01234567890", "09876543210")


def checked(pin: str) -> str:
    """The PIN itself; refuses `request.field_invalid` for all but six digits and for the first that thieves try."""
    if not _SIX.fullmatch(pin):
        raise Refusal("request.field_invalid", fields=["pin: six digits"])
    if len(set(pin)) < 3 or any(pin in run for run in _RUNS):
        raise Refusal("request.field_invalid", fields=["pin: too easy to guess"])
    return pin


def _keyed(pepper: bytes, person: str, pin: str) -> bytes:
    return hmac.new(pepper, f"pin:{person}:{pin}".encode(), hashlib.sha256).digest()


def hashed(pepper: bytes, person: str, pin: str) -> str:
    """The argon2id hash; its salt is made of person and pepper, so a retry of the same ask hashes alike."""
    salt = hmac.new(pepper, f"salt:{person}".encode(), hashlib.sha256).digest()[:16]
    return hash_secret(
        _keyed(pepper, person, pin), salt, time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES,
        hash_len=HASH_BYTES, type=Type.ID,
    ).decode()  # fmt: skip


def right(pepper: bytes, person: str, pin: str, hash: str) -> bool:
    """Whether the PIN is the one that was hashed. The verdict may be told only after `desk.try_pin` is durable."""
    try:
        return verify_secret(hash.encode(), _keyed(pepper, person, pin), Type.ID)
    except (VerificationError, InvalidHashError):
        return False


def pin_mark(pepper: bytes, person: str, pin: str) -> str:
    """The PIN's mark in an ask: the fingerprint tells equal PINs of one person, and nothing else can be read."""
    return mark(pepper, f"pin:{person}", pin)


def try_id(request: str, pin_mark: str) -> str:
    """The id of the try that a request's PIN makes: sent again after a lost answer, it is still the same try."""
    return ids.derived(ids.instant(request), f"desk.try_pin:{request}:{pin_mark}")
