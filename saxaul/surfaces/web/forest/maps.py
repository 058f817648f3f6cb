"""Maps of projects and parcels as SVG in whole units, drawn on the server; the list beside them says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saxaul.programmes.forest import geometry

WIDTH, HEIGHT, EDGE = 360, 190, 26


@dataclass(frozen=True, slots=True)
class Mark:
    """One project on the map."""

    label: str
    x: int
    y: int
    open: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """A parcel's corners as SVG wants them."""

    points: str


def marks(rings: Sequence[tuple[str, geometry.Ring, bool]]) -> list[Mark]:
    """Projects where they lie to each other; those that would cover one another are moved apart downwards."""
    middles = [(label, *geometry.centre(ring), is_open) for label, ring, is_open in rings]
    if not middles:
        return []
    easts, norths = [m[1] for m in middles], [m[2] for m in middles]
    wide, high = max(max(easts) - min(easts), 1), max(max(norths) - min(norths), 1)
    found: list[Mark] = []
    for label, east, north, is_open in middles:
        x = EDGE + (east - min(easts)) * (WIDTH - 2 * EDGE) // wide if wide > 1 else WIDTH // 2
        y = EDGE + (max(norths) - north) * (HEIGHT - 2 * EDGE) // high if high > 1 else HEIGHT // 2
        while any(abs(x - one.x) < 28 and abs(y - one.y) < 28 for one in found):
            x, y = (x, y + 28) if y + 28 <= HEIGHT - 16 else (x + 28 if x + 28 <= WIDTH - 16 else 18, 18)
        found.append(Mark(label, x, y, is_open))
    return found


def outlines(rings: Sequence[geometry.Ring]) -> list[Outline]:
    """Parcels to one scale, north up; a degree east is shorter than one north, here by the cosine of 40 degrees."""
    corners = [(east * 77 // 100, north) for ring in rings for east, north in ring]
    west, top = min(x for x, _ in corners), max(y for _, y in corners)
    wide, high = max(x for x, _ in corners) - west, top - min(y for _, y in corners)
    room = min((WIDTH - 2 * EDGE) * 1_000_000 // max(wide, 1), (HEIGHT - 2 * EDGE) * 1_000_000 // max(high, 1))
    left, above = (WIDTH - wide * room // 1_000_000) // 2, (HEIGHT - high * room // 1_000_000) // 2
    return [
        Outline(
            " ".join(
                f"{left + (east * 77 // 100 - west) * room // 1_000_000},{above + (top - north) * room // 1_000_000}"
                for east, north in ring
            )
        )
        for ring in rings
    ]
