"""One measured line, and what else stands beside it in the record."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Result(msgspec.Struct, frozen=True):
    """A case of a row: accepted units of work a second, and what one of them waited."""

    row: str
    case: str
    store: str
    per_second: float
    p50_ms: float
    p99_ms: float
    n: int


def result(row: str, case: str, store: str, *, n: int, seconds: float, waits_ms: Sequence[float]) -> Result:
    """A line from what was measured; waits are those of single answers or of whole batches, as the case says."""
    ordered = sorted(waits_ms) or [0.0]
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Result(row, case, store, round(n / seconds, 1), round(ordered[len(ordered) // 2], 3), round(p99, 3), n)


def table(results: Sequence[Result]) -> str:
    """The lines as a Markdown table."""
    lines = ["| row | case | store | per second | p50 ms | p99 ms | n |", "|---|---|---|--:|--:|--:|--:|"]
    lines += [
        f"| {one.row} | {one.case} | {one.store} | {one.per_second:,.0f} | {one.p50_ms:.2f} | {one.p99_ms:.2f} "
        f"| {one.n:,} |"
        for one in results
    ]
    return "\n".join(lines)
