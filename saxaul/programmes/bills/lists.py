"""Lists for pages and exports: what a household owes, what a biller issued. Reading only, never past an owner."""

from __future__ import annotations

from typing import Any

from saxaul.engine.followers import Reader
from saxaul.kernel.maxima import MAXIMA
from saxaul.ledger.sql import marks

COLUMNS = ("bill", "biller", "number", "revision", "amount", "paid", "due", "month", "stage", "owner")

_SEEN = "(b.file = '' OR EXISTS (SELECT 1 FROM bills_file f WHERE f.key = b.file AND f.stage = 'open'))"
_BILLS = (
    "SELECT b.key, b.biller, b.number, b.revision, b.amount, b.paid, b.due, b.month, b.stage, COALESCE(o.shown, '') "
    "FROM bills_bill b LEFT JOIN bills_owner o ON o.key = b.biller || ':' || b.number WHERE "
)


def of_household(reader: Reader, person: str) -> list[dict[str, Any]]:
    """Open bills of the numbers that the person keeps, the first due first."""
    kept = reader.query("SELECT numbers FROM bills_household WHERE key = ?", (person,))
    homes = kept[0][0].split() if kept else []
    if not homes:
        return []
    rows = reader.query(f"SELECT bills FROM bills_number WHERE key IN {marks(len(homes))}", homes)
    return by_key(reader, [key for (bills,) in rows for key in bills.split()])


def by_key(reader: Reader, keys: list[str]) -> list[dict[str, Any]]:
    """These bills, as far as they can be seen, with the owner masked."""
    if not keys:
        return []
    where = f"b.key IN {marks(len(keys))} AND {_SEEN} ORDER BY b.due, b.key"
    return _named(reader.query(_BILLS + where, keys))


def of_biller(reader: Reader, biller: str, *, stage: str, after: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """A biller's own bills in one stage, by key, a page at a time; a staged file's are the biller's alone to see."""
    where = "b.biller = ? AND b.stage = ? AND b.key > ? ORDER BY b.key LIMIT ?"
    return _named(reader.query(_BILLS + where, (biller, stage, after, min(limit, MAXIMA.page_rows))))


def _named(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
