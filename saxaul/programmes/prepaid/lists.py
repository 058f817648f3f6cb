"""The three views of the same money: the guardian's, the school's, the district's. Reading only.

All three add up the same rows; `differences` compares them with the escrows, so nobody has to believe a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from saxaul.engine.followers import Reader
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.prepaid import common

COLUMNS = (
    "contract", "merchant", "template", "pupil", "lessons", "price", "states", "released", "returned", "left", "stage",
    "until", "last", "funded_at", "text", "since",
)  # fmt: skip
_LEFT = "CASE WHEN funded_at > 0 THEN units - released - returned ELSE 0 END"
_CONTRACTS = (
    "SELECT key, merchant, template, pupil, lessons, units, states, released, returned, "
    f"{_LEFT}, stage, until, last, funded_at, text, since FROM prepaid_contract WHERE "
)
_DISTRICT = (
    "SELECT c.merchant, s.stage, COUNT(*), SUM(CASE WHEN c.funded_at > 0 THEN c.units ELSE 0 END), "
    f"SUM(c.released), SUM(c.returned), SUM({_LEFT}), "
    "SUM(CASE WHEN c.stage IN ('funded', 'active', 'suspended') THEN 1 ELSE 0 END), "
    "SUM(CASE WHEN c.stage IN ('funded', 'active', 'suspended') AND c.last < ? THEN 1 ELSE 0 END), SUM(c.disputed) "
    "FROM prepaid_contract c JOIN prepaid_school s ON s.key = c.merchant WHERE c.district = ? "
    "GROUP BY c.merchant, s.stage ORDER BY c.merchant LIMIT ?"
)
_TOTALS = (
    "merchant", "stage", "contracts", "paid", "released", "returned", "left", "open", "stale", "disputed",
)  # fmt: skip
_STALE = (
    "district = ? AND stage IN ('funded', 'active', 'suspended') AND last < ? ORDER BY last, key LIMIT ?"
)  # fmt: skip
_LESSONS = (
    "SELECT number, price, stage, proof, raised, until, at FROM prepaid_lesson WHERE contract = ? ORDER BY number"
)
_LESSON = ("number", "price", "stage", "proof", "raised", "until", "at")
SCHOOLS_MAX = 2_000  # of one district


def of_guardian(reader: Reader, person: str) -> list[dict[str, Any]]:
    """All contracts the person signs or pays, newest first."""
    where = "guardian = ? ORDER BY since DESC, key LIMIT ?"
    return _named(COLUMNS, reader.query(_CONTRACTS + where, (person, MAXIMA.page_rows)))


def of_school(reader: Reader, merchant: str, *, after: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """A school's own contracts by key, a page at a time."""
    where = "merchant = ? AND key > ? ORDER BY key LIMIT ?"
    return _named(COLUMNS, reader.query(_CONTRACTS + where, (merchant, after, min(limit, MAXIMA.page_rows))))


def lessons_of(reader: Reader, contract: str) -> list[dict[str, Any]]:
    """Lessons of a contract that were released, disputed or ruled."""
    return _named(_LESSON, reader.query(_LESSONS, (contract,)))


def of_district(reader: Reader, district: str, *, stale_before: int) -> list[dict[str, Any]]:
    """Totals by school: paid in, released, returned, left, open and stale contracts, lessons in dispute."""
    rows = reader.query(_DISTRICT, (stale_before, district, SCHOOLS_MAX))
    return [{name: _whole(value) for name, value in row.items()} for row in _named(_TOTALS, rows)]


def stale(reader: Reader, district: str, *, before: int, limit: int = 50) -> list[dict[str, Any]]:
    """Contracts with money left and no lesson since `before`, the quietest first."""
    return _named(COLUMNS, reader.query(_CONTRACTS + _STALE, (district, before, min(limit, MAXIMA.page_rows))))


def differences(
    rows: Iterable[Any], look: Callable[[Iterable[tuple[str, str]]], Mapping[tuple[str, str], tuple[int, int]]]
) -> Iterator[str]:
    """A sentence for every contract (whole records) whose escrow is not the price of its unused lessons (I6)."""
    for row in rows:
        keys = [(common.escrow(row.key), asset) for asset in row.sources.split()]
        units = (common.lessons_of(row.key), common.LESSON)
        found = look([*keys, units])
        money, lessons = sum(found[key][0] for key in keys), found[units][0]
        open_ones = [place for place, letter in enumerate(row.states, 1) if letter in ".d"] if row.sources else []
        price = common.worth(row, open_ones)
        if money != price or lessons != len(open_ones):
            yield f"{row.key}: {show(CNY, money)} for {lessons} lessons, not {show(CNY, price)} for {len(open_ones)}"
        if row.sources and row.units - row.released - row.returned != money:
            yield f"{row.key}: the views say {show(CNY, row.units - row.released - row.returned)} is left"


def _named(names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _whole(value: Any) -> Any:
    return value if isinstance(value, str) else int(value)  # sums are decimals on one of the stores
