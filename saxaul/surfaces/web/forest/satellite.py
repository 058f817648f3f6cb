"""Satellite pictures reduced to the few numbers that a programme judges: STAC and GeoTIFF from files, no network.

An item (STAC 1.0, JSON) names a scene's day, footprint, product level and its files for red, near infrared and the
scene classes. Files are single-band GeoTIFFs of whole numbers without compression, in a UTM zone of WGS 84; a digest of
each file and one of the pixels that were read go with the numbers, so that anybody can do it again.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saxaul.kernel.refusal import Refusal
from saxaul.programmes.forest import evidence, geometry

TOOL = "saxaul-satellite-1"
BANDS = ("red", "nir", "scl")
_TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 12: "d"}
_SIZES = {"B": 1, "c": 1, "H": 2, "I": 4, "d": 8}
_AXIS, _FLAT = 6_378_137.0, 1 / 298.257223563


@dataclass(frozen=True, slots=True)
class Raster:
    """One band: its zone (EPSG), upper left corner and step in metres, and rows of whole numbers."""

    zone: int
    left: float
    top: float
    step: float
    rows: tuple[tuple[int, ...], ...]
    digest: str

    def at(self, east: float, north: float) -> int | None:
        """The pixel over a place, or None outside."""
        column, row = math.floor((east - self.left) / self.step), math.floor((self.top - north) / self.step)
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])
        return self.rows[row][column] if inside else None


def items(path: Path) -> Iterator[Path]:
    """The items that a file names: itself, or those linked from a collection or catalogue, in their order."""
    body = json.loads(path.read_text("utf-8"))
    if body.get("type") == "Feature":
        yield path
        return
    for link in body.get("links", ()):
        if link.get("rel") in ("item", "child"):
            yield from items(path.parent / link["href"])


def picture(path: Path, parcel: geometry.Ring, control: geometry.Ring) -> evidence.Picture:
    """What one STAC item says of the parcel; refuses `evidence.parcel_outside` where its files do not cover it."""
    item = json.loads(path.read_text("utf-8"))
    facts, assets = item["properties"], item["assets"]
    files = {name: read_raster(path.parent / assets[name]["href"]) for name in BANDS}
    band = assets["red"].get("raster:bands", [{}])[0]
    offset = round(band.get("offset", 0) / band.get("scale", 1))  # -0.1 of 0.0001 a unit is -1,000 units
    pixels, beside = ([*_pixels(files, ring, item["id"])] for ring in (parcel, control))
    found, around = evidence.measured(pixels, offset), evidence.measured(beside, offset)
    corners = item["geometry"]["coordinates"][0][:-1]
    digest = hashlib.sha256(json.dumps([pixels, beside]).encode()).hexdigest()
    whole = hashlib.sha256("".join(files[name].digest for name in BANDS).encode()).hexdigest()
    return evidence.Picture(
        scene=item["id"], day=facts["datetime"][:10], level=facts.get("processing:level", "unknown"), offset=offset,
        footprint=[(round(east * 1e6), round(north * 1e6)) for east, north, *_ in corners], file=whole,
        pixels_digest=digest, valid=min(found["valid"], around["valid"]), pixels=found["pixels"],
        index=found["index"], control=around["index"],
    )  # fmt: skip


def _pixels(files: dict[str, Raster], ring: geometry.Ring, scene: str) -> Iterator[tuple[int, int, int]]:
    """(red, near infrared, scene class) of every pixel whose middle lies in the ring."""
    red = files["red"]
    if len({one.zone for one in files.values()}) != 1 or not 32601 <= red.zone <= 32660:
        raise Refusal("evidence.scale_mismatch", scene=scene)
    corners = [metres(east, north, red.zone - 32600) for east, north in ring]
    if any(one.at(*corner) is None for one in files.values() for corner in corners):
        raise Refusal("evidence.parcel_outside", scene=scene)
    for row in range(len(red.rows)):
        north = red.top - (row + 0.5) * red.step
        if not min(n for _, n in corners) <= north <= max(n for _, n in corners):
            continue
        for column in range(len(red.rows[row])):
            east = red.left + (column + 0.5) * red.step
            if _inside(corners, east, north):
                found = [files[name].at(east, north) for name in BANDS]
                yield tuple(value or 0 for value in found)  # type: ignore[misc]


def _inside(corners: Sequence[tuple[float, float]], east: float, north: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (ay > north) != (by > north) and east < (bx - ax) * (north - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def compare(
    now: Path, base: Path, parcel: str, ring: geometry.Ring, control: geometry.Ring, *, earlier: Sequence[Path] = (),
    rules: dict[str, int], sign: Callable[[str], str],
) -> evidence.RecordEvidence:  # fmt: skip
    """The ask that records the comparison, signed; refuses what may not be compared. `earlier`: the same season."""
    first, second = picture(now, ring, control), picture(base, ring, control)
    for one in (first, second):
        evidence.must_show(one, ring)
    evidence.must_compare(first, second, rules)
    spread = evidence.spread_of([picture(one, ring, control).index for one in earlier])
    ask = evidence.RecordEvidence(parcel, first, second, spread, TOOL, "")
    return evidence.RecordEvidence(parcel, first, second, spread, TOOL, sign(evidence.statement(ask)))


# ------------------------------------------------------------------------------------------------------------ reading


def read_raster(path: Path) -> Raster:
    """A GeoTIFF of one band of whole numbers without compression; says which one it is not."""
    data = path.read_bytes()
    order = {b"II": "<", b"MM": ">"}.get(data[:2], "")
    if not order or struct.unpack_from(order + "H", data, 2)[0] != 42:
        raise ValueError(f"{path.name} is no TIFF")
    tags = dict(_tags(data, order, struct.unpack_from(order + "I", data, 4)[0]))
    if tags.get(259, (1,))[0] != 1 or tags.get(277, (1,))[0] != 1 or tags.get(258, (0,))[0] not in (8, 16):
        raise ValueError(
            f"{path.name} has a compression or a form we do not read; write it plain, one band, 8 or 16 bits"
        )
    width, letter = tags[256][0], "B" if tags[258][0] == 8 else "H"
    parts = zip(tags[273], tags[279], strict=True)
    flat = b"".join(data[start : start + size] for start, size in parts)
    values = struct.unpack(f"{order}{len(flat) // _SIZES[letter]}{letter}", flat)
    rows = tuple(values[start : start + width] for start in range(0, len(values), width))
    keys = tags[34735]
    zone = next(keys[place + 3] for place in range(4, len(keys), 4) if keys[place] == 3072)
    left, top, step = tags[33922][3], tags[33922][4], tags[33550][0]
    return Raster(zone, left, top, step, rows, hashlib.sha256(data).hexdigest())


def _tags(data: bytes, order: str, place: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for n in range(struct.unpack_from(order + "H", data, place)[0]):
        tag, kind, count = struct.unpack_from(order + "HHI", data, place + 2 + 12 * n)
        letter = _TYPES.get(kind)
        if letter is not None:
            at = place + 10 + 12 * n
            if _SIZES[letter] * count > 4:
                at = struct.unpack_from(order + "I", data, at)[0]
            yield tag, struct.unpack_from(f"{order}{count}{letter}", data, at)


def metres(east: int, north: int, zone: int) -> tuple[float, float]:
    """A place in a UTM zone of WGS 84 (north), by the series of Krüger: right to a millimetre near the zone."""
    n = _FLAT / (2 - _FLAT)
    radius = _AXIS / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    lat, lon = math.radians(north / 1e6), math.radians(east / 1e6 - (zone * 6 - 183))
    root = 2 * math.sqrt(n) / (1 + n)
    t = math.sinh(math.atanh(math.sin(lat)) - root * math.atanh(root * math.sin(lat)))
    xi, eta = math.atan2(t, math.cos(lon)), math.atanh(math.sin(lon) / math.sqrt(1 + t * t))
    series = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240)
    wide = eta + sum(a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(series, 1))
    high = xi + sum(a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(series, 1))
    return 500_000 + 0.9996 * radius * wide, 0.9996 * radius * high
