"""Maps of projects and parcels as SVG in whole units, drawn on the server; the list beside them says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saxaul.programmes.forest import geometry

WIDTH, HEIGHT, EDGE = 360, 190, 26
STEPS = range(-12, 13)
AROUND = sorted(((28 * x, 28 * y) for x in STEPS for y in STEPS), key=lambda step: step[0] ** 2 + step[1] ** 2)


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
    """Projects where they lie to each other; one that would cover another moves to the nearest free place."""
    middles = [(label, *geometry.centre(ring), is_open) for label, ring, is_open in rings]
    if not middles:
        return []
    easts, norths = [m[1] for m in middles], [m[2] for m in middles]
    wide, high = max(max(easts) - min(easts), 1), max(max(norths) - min(norths), 1)
    found: list[Mark] = []
    for label, east, north, is_open in middles:
        x = EDGE + (east - min(easts)) * (WIDTH - 2 * EDGE) // wide if wide > 1 else WIDTH // 2
        y = EDGE + (max(norths) - north) * (HEIGHT - 2 * EDGE) // high if high > 1 else HEIGHT // 2
        x, y = next((x + right, y + down) for right, down in AROUND if _free(found, x + right, y + down))
        found.append(Mark(label, x, y, is_open))
    return found


def _free(found: Sequence[Mark], x: int, y: int) -> bool:
    """Whether a mark there lies on the map and covers no other; the last place of all is taken in any case."""
    inside = 14 <= x <= WIDTH - 14 and 14 <= y <= HEIGHT - 14
    return len(found) > 40 or (inside and all(abs(x - one.x) >= 28 or abs(y - one.y) >= 28 for one in found))


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
