"""What others reach on the same machine in the same run, so that a number of ours has something beside it.

Each peer does its own kind of transfer in its own way, with its own defaults for durability, and is bounded in time. A
row is a dictionary: `row` (who), `case` (what it did), `store`, `per_second`, `p50_ms`, `p99_ms`, `n` (how many were
counted). A peer whose packages are missing is told, never counted as measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Row = dict[str, Any]


class PeerMissing(Exception):
    """A peer cannot run here; the text says what to install."""


def row(name: str, case: str, store: str, *, seconds: float, latencies_us: Sequence[int]) -> Row:
    """A result row from the latencies of everything that was done within so many seconds."""
    ordered = sorted(latencies_us)
    count = len(ordered)
    return {
        "row": name, "case": case, "store": store, "per_second": round(count / seconds) if seconds else 0,
        "p50_ms": _at(ordered, 50), "p99_ms": _at(ordered, 99), "n": count,
    }  # fmt: skip


def _at(ordered: Sequence[int], percent: int) -> float:
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] / 1000, 3) if ordered else 0.0


def measure(*, seconds: int = 5, scale: int = 64) -> Iterator[Row]:
    """The rows of all peers on one PostgreSQL that is started for them and stopped again."""
    from bench.peers import hordak, pgbench
    from bench.peers.server import postgres

    with postgres() as server:
        yield from pgbench.measure(server, seconds=seconds, scale=scale)
        yield from hordak.measure(server, seconds=seconds)
