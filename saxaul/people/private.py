"""Texts that name a person never become part of an ask: the surface puts their marks in their place.

A mark is 32 hex digits of an HMAC under the book's pepper: good for "is it the same?", useless for reading. The
journal, the records and the fingerprint see marks only.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_MARK = re.compile(r"[0-9a-f]{32}")


class Private(str):
    """A text that names a person (telephone, name, document): sealed by the surface before the ask exists."""

    __slots__ = ()


class Vaulted(Private):
    """A private text that the vault keeps as well, sealed with the person's key; a plain Private is only compared."""

    __slots__ = ()


def mark(text: Private) -> str:
    """The mark in an ask's private field; anything else means that a surface forgot to seal, and drops the ask."""
    assert _MARK.fullmatch(text), "a private text reached an act unsealed"
    return str(text)


@lru_cache(maxsize=1024)
def private_fields(kind: type[msgspec.Struct]) -> dict[str, type[Private]]:
    """The private fields of an ask by name."""
    found = {}
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, Private):
            found[field.name] = field.type
    return found


def has_private(kind: type[msgspec.Struct]) -> bool:
    """Whether an ask has private fields."""
    return bool(private_fields(kind))
