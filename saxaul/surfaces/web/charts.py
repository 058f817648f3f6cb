"""Bars as SVG made on the server, in whole units only, with the same numbers for the table beside them.

No script draws them, so they print, they work without scripts, and a screen reader gets the table instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, BASE, WIDTH = 150, 128, 360
BARS_MAX = 60  # more would be thinner than a finger can tell apart; callers group instead


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its place; `every` marks labels that small screens may drop."""

    label: str
    shown: str
    x: int
    y: int
    width: int
    height: int
    middle: int
    tell: bool


def bars(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    """Bars for `(label, value, value as text)`; the highest reaches the top, zero keeps a hairline."""
    assert len(rows) <= BARS_MAX, "group the rows first"
    if not rows:
        return []
    most = max(1, *(value for _label, value, _shown in rows)) if len(rows) > 1 else max(1, rows[0][1])
    step = WIDTH // len(rows)
    width = max(3, step * 7 // 10)
    skip = max(1, -(-len(rows) * 5 // 30))
    made = []
    for place, (label, value, shown) in enumerate(rows):
        height = max(2, value * (BASE - 14) // most)
        x = place * step + (step - width) // 2
        made.append(Bar(label, shown, x, BASE - height, width, height, x + width // 2, place % skip == 0))
    return made
