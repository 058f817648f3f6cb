"""The sponsor's report: what merchants took of a campaign by merchant, category and day, closed to the fen.

It adds up the days that the follower counted; its total is compared with the ledger's own account of what was spent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from saxaul.kernel.amounts import show

ROWS = (
    "SELECT t.merchant, o.name, o.name_en, o.category, t.day, t.spent, t.refunded, t.times FROM campaign_taken t "
    "JOIN people_organisation o ON o.key = t.merchant WHERE t.campaign = ? ORDER BY t.day, o.name, t.merchant"
)


class Line(msgspec.Struct, frozen=True):
    """A merchant's day."""

    merchant: str
    name: str
    name_en: str
    category: str
    day: str
    spent: int
    refunded: int
    times: int

    @property
    def kept(self) -> int:
        """What the merchant has of it."""
        return self.spent - self.refunded


def lines(reader: Any, campaign: str) -> list[Line]:
    """Every merchant's every day."""
    return [Line(*row) for row in reader.query(ROWS, (campaign,))]


def by(rows: Sequence[Line], field: str) -> list[tuple[str, int]]:
    """(merchant, category or day, what was kept there), the largest first, days in their order."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[getattr(row, field)] = sums.get(getattr(row, field), 0) + row.kept
    return sorted(sums.items(), key=(lambda pair: pair[0]) if field == "day" else (lambda pair: -pair[1]))


def text(rows: Sequence[Line], behind: str) -> str:
    """The report as CSV, with a last line that adds it all up."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["day", "merchant", "name", "category", "payments", "spent", "refunded", "kept"])
    for row in rows:
        money = [_plain(behind, units) for units in (row.spent, row.refunded, row.kept)]
        out.writerow([row.day, row.merchant, row.name, row.category, row.times, *money])
    sums = [sum(getattr(row, name) for row in rows) for name in ("spent", "refunded", "kept")]
    out.writerow(["total", "", "", "", sum(row.times for row in rows), *[_plain(behind, units) for units in sums]])
    return file.getvalue()


def _plain(asset: str, units: int) -> str:
    return show(asset, units).partition(" ")[0]
