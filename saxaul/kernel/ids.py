"""Ids: 16 bytes, written as 32 lower-case hex digits, with the instant in front so that rows arrive in order.

The client makes the id of what it asks (UUIDv7); what the system does by itself has an id made of a due instant and a
written name (UUIDv8), so that a batch which stopped anywhere is simply run again.
"""

from __future__ import annotations

import hashlib
import re

_HEX = re.compile(r"[0-9a-f]{32}")


def fresh(now: int, chance: bytes) -> str:
    """A UUIDv7 at `now` (microseconds UTC) from ten bytes of `chance`; clock and chance are handed in."""
    assert len(chance) == 10
    high = int.from_bytes(chance[:2], "big") & 0x0FFF | 0x7000
    low = int.from_bytes(chance[2:], "big") & (2**62 - 1) | 2**63
    return f"{now // 1000:012x}{high:04x}{low:016x}"


def derived(due: int, written: str) -> str:
    """The id of what follows by itself: same due instant and same written name, same id (UUIDv8)."""
    digest = hashlib.sha256(written.encode()).digest()
    high = int.from_bytes(digest[:2], "big") & 0x0FFF | 0x8000
    low = int.from_bytes(digest[2:10], "big") & (2**62 - 1) | 2**63
    return f"{due // 1000:012x}{high:04x}{low:016x}"


def instant(id: str) -> int:
    """The instant in the id, microseconds UTC (milliseconds exact)."""
    return int(id[:12], 16) * 1000


def version(id: str) -> str:
    """`7` for ids made by clients, `8` for derived ones."""
    return id[12]


def shown(id: str, prefix: str) -> str:
    """The id as people see it: `tr_0192…`."""
    return f"{prefix}_{id}"


def read(text: str) -> str | None:
    """The id in `text` (32 hex digits, with dashes or a prefix such as `tr_`), or None."""
    if _HEX.fullmatch(text):
        return text
    bare = text.rpartition("_")[2].replace("-", "").lower()
    return bare if _HEX.fullmatch(bare) else None
