"""Reconciliation: what our books and the bank's do not agree on, one line for each mismatch, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from saxaul.engine.followers import Reader
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY

LINES_MAX = 1_000

_ITEMS = (
    "SELECT kind, about, units, reason FROM cash_open_item WHERE operator = ? AND stage = 'open' "
    f"AND kind <> 'suspense' ORDER BY since, key LIMIT {LINES_MAX}"
)
_FILES = (
    "SELECT message, kind, done, lines FROM cash_file WHERE operator = ? AND stage = 'taken' "
    f"ORDER BY since, key LIMIT {LINES_MAX}"
)
_SUSPENSE = (
    "SELECT key, asset, units, reason, since FROM cash_open_item WHERE operator = ? AND stage = 'open' "
    f"AND kind = 'suspense' ORDER BY since, key LIMIT {LINES_MAX}"
)
_UNLISTED = (
    "SELECT key, direction, units FROM cash_line WHERE operator = ? AND booked = ? AND told NOT LIKE ? "
    f"ORDER BY key LIMIT {LINES_MAX}"
)


def mismatches(reader: Reader, operator: str) -> Iterator[str]:
    """One line for each open item and each file of which a line is not applied yet; nothing when all agrees."""
    for kind, about, units, reason in reader.query(_ITEMS, (operator,)):
        yield " · ".join(part for part in (kind, about, show(CNY, units) if units else "", reason) if part)
    for message, kind, done, lines in reader.query(_FILES, (operator,)):
        yield f"file_unfinished · {message} · {kind} · {done} of {lines} lines are applied"


def suspense(reader: Reader, operator: str, now: int) -> Iterator[str]:
    """Money that waits for its owner, the oldest first, with how many days it has waited."""
    for key, asset, units, reason, since in reader.query(_SUSPENSE, (operator,)):
        yield f"{key} · {show(asset, units)} · {reason} · {(now - since) // times.DAY} days"


def unlisted(reader: Reader, operator: str, day: str) -> Iterator[str]:
    """Movements of a day that the bank told us by notice and left out of its statement: what a gap is made of."""
    for key, direction, units in reader.query(_UNLISTED, (operator, day, "%camt.053%")):
        yield f"{key} · {direction} · {show(CNY, units)}"
