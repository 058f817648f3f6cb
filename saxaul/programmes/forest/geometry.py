"""Parcels in whole numbers: corners in millionths of a degree (eleven centimetres), so that every answer is exact.

A float would let two neighbours overlap on one machine and touch on another, and a sold square metre is a promise. The
area is that of the ellipsoid WGS 84 at the parcel's middle: for parcels of some kilometres right to a millionth.
"""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[int, int]  # east, north
Ring = tuple[Point, ...]

MICRO = 1_000_000
CORNERS_MAX = 64
CELL = 20_000  # two kilometres: what may overlap shares a cell
CELLS_MAX = 12  # of one parcel

_ONE = 10**15
_PI = 3_141_592_653_589_793  # of _ONE
_AXIS_DM = 63_781_370  # half of the long axis of WGS 84
_SQUARE = 6_694_379_990_141  # its first eccentricity squared, of _ONE


def read(text: str) -> Ring:
    """The ring written as `east,north east,north ...`."""
    return tuple((int(east), int(north)) for east, north in (pair.split(",") for pair in text.split()))


def written(ring: Sequence[Sequence[int]]) -> str:
    """The ring as text, as records keep it."""
    return " ".join(f"{east},{north}" for east, north in ring)


def fault(ring: Ring) -> str:
    """What keeps the ring from being a parcel, or an empty text."""
    if not 3 <= len(ring) <= CORNERS_MAX:
        return f"from 3 to {CORNERS_MAX} corners"
    if any(abs(east) > 180 * MICRO or abs(north) > 84 * MICRO for east, north in ring):
        return "corners in millionths of a degree, east and north"
    if len(set(ring)) < len(ring):
        return "each corner once"
    if len(cells(ring)) > CELLS_MAX:
        return "no wider than some kilometres; make several parcels"
    edges = _edges(ring)
    for place, one in enumerate(edges):
        for other in edges[place + 1 :]:
            if _cross(*one, *other) or (not set(one) & set(other) and _touch(*one, *other)):
                return "edges that do not cross or touch"
    return "" if doubled(ring) and triangles(ring) else "an area"


def doubled(ring: Ring) -> int:
    """Twice the area in square millionths of a degree, above zero when the corners run against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(ring))


def area(ring: Ring) -> int:
    """Whole square decimetres inside the ring, rounded down."""
    middle = sum(north for _, north in ring) // len(ring)
    cosine = _cosine(abs(middle) * _PI // (180 * MICRO))
    flat = _ONE - _SQUARE * (_ONE - cosine * cosine // _ONE) // _ONE
    along = (_ONE - _SQUARE) * cosine // _ONE * _ONE // flat * _ONE // flat  # metres east times metres north, of a²
    step = _PI * _AXIS_DM  # of _ONE, one half circle
    return abs(doubled(ring)) * step * step * along // (2 * (180 * MICRO) ** 2 * _ONE**3)


def overlaps(one: Ring, other: Ring) -> bool:
    """Whether both share more than an edge or a corner."""
    theirs = triangles(other)
    return any(_meet(mine, their) for mine in triangles(one) for their in theirs)


def covers(outer: Ring, inner: Ring) -> bool:
    """Whether every corner of `inner` lies in `outer` and no edge of it leaves."""
    parts = triangles(outer)
    inside = all(any(_side(part, corner) for part in parts) for corner in inner)
    return inside and not any(_cross(*one, *two) for one in _edges(inner) for two in _edges(outer))


def cells(ring: Ring) -> list[str]:
    """Keys of the squares that the ring's box touches; a box far too wide names only the first of them."""
    easts, norths = [p[0] // CELL for p in ring], [p[1] // CELL for p in ring]
    wide, high = range(min(easts), max(easts) + 1), range(min(norths), max(norths) + 1)
    found = [f"{east}:{north}" for east in wide[: CELLS_MAX + 1] for north in high[: CELLS_MAX + 1]]
    return found[: CELLS_MAX + 1]


def centre(ring: Ring) -> Point:
    """The middle of the corners, for a map."""
    return sum(p[0] for p in ring) // len(ring), sum(p[1] for p in ring) // len(ring)


def triangles(ring: Ring) -> list[tuple[Point, Point, Point]]:
    """The ring cut into triangles, ear by ear; empty where it cannot be."""
    rest = list(ring) if doubled(ring) > 0 else list(reversed(ring))
    found: list[tuple[Point, Point, Point]] = []
    while len(rest) > 3:
        for place in range(len(rest)):
            a, b, c = rest[place - 1], rest[place], rest[(place + 1) % len(rest)]
            turn = _turn(a, b, c)
            if turn < 0 or any(_side((a, b, c), p) for p in rest if p not in (a, b, c)):
                continue
            if turn:
                found.append((a, b, c))
            del rest[place]
            break
        else:
            return []
    if _turn(*rest):
        found.append((rest[0], rest[1], rest[2]))
    return found


def _edges(ring: Ring) -> list[tuple[Point, Point]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two edges cross in the middle of both."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether an end of one edge lies on the other."""
    ends = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(not _turn(p, q, r) and _between(p, q, r) for p, q, r in ends)


def _between(a: Point, b: Point, c: Point) -> bool:
    return all(min(a[axis], b[axis]) <= c[axis] <= max(a[axis], b[axis]) for axis in (0, 1))


def _side(triangle: tuple[Point, Point, Point], p: Point) -> bool:
    """Whether the point lies in the triangle (corners against the clock) or on its edge."""
    a, b, c = triangle
    return _turn(a, b, p) >= 0 and _turn(b, c, p) >= 0 and _turn(c, a, p) >= 0


def _meet(one: tuple[Point, Point, Point], other: tuple[Point, Point, Point]) -> bool:
    """Two triangles share an area unless an edge of one has the whole other on its outer side."""
    for mine, theirs in ((one, other), (other, one)):
        for a, b in _edges(mine):
            if all(_turn(a, b, p) <= 0 for p in theirs):
                return False
    return True


def _cosine(angle: int) -> int:
    """The cosine of an angle, both of `_ONE`, by its series."""
    term, total = _ONE, _ONE
    for n in range(1, 16):
        term = -term * angle // _ONE * angle // _ONE // ((2 * n - 1) * 2 * n)
        total += term
    return total
