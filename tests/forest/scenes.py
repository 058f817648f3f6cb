"""Satellite scenes made for the purpose: synthetic, and said to be so. GeoTIFFs and STAC items written by hand."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path
from typing import Any

from saxaul.surfaces.web.forest.satellite import metres

ZONE, EAST, NORTH = 48, 105_000_000, 38_000_000  # a parcel of about 870 by 1,100 metres on the middle of zone 48
PARCEL = ((EAST, NORTH), (EAST + 5_000, NORTH), (EAST + 5_000, NORTH + 5_000), (EAST, NORTH + 5_000))
CONTROL = tuple((east + 7_000, north) for east, north in PARCEL)
STEP, SIDE = 10, 140


def geotiff(path: Path, rows: list[list[int]], *, bits: int, zone: int, left: float, top: float, step: int) -> None:
    """A plain little-endian GeoTIFF of one band."""
    letter = "B" if bits == 8 else "H"
    data = b"".join(struct.pack(f"<{len(row)}{letter}", *row) for row in rows)
    doubles = struct.pack("<3d6d", step, step, 0, 0, 0, 0, left, top, 0)
    keys = struct.pack("<12H", 1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, zone)
    start = 8 + len(data)
    entries = [
        (256, 4, 1, len(rows[0])), (257, 4, 1, len(rows)), (258, 3, 1, bits), (259, 3, 1, 1), (273, 4, 1, 8),
        (277, 3, 1, 1), (278, 4, 1, len(rows)), (279, 4, 1, len(data)), (33550, 12, 3, start),
        (33922, 12, 6, start + 24), (34735, 3, 12, start + 72),
    ]  # fmt: skip
    folder = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries) + bytes(4)
    head = struct.pack("<2sHI", b"II", 42, start + 72 + 24)
    path.write_bytes(head + data + doubles + keys + folder)


def scene(
    folder: Path, day: str, *, seed: int = 1, rise: int = 0, everywhere: int = 0, cloud: int = 0, zone: int = ZONE,
    level: str = "L2A", offset: int = -1_000,
) -> Path:  # fmt: skip
    """One item with its three files: noise of a desert, more infrared in the parcel by `rise`, clouds in percent."""
    chance = random.Random(seed)
    left, bottom = (round(value / STEP) * STEP - 100 for value in metres(EAST, NORTH, ZONE))
    top = bottom + SIDE * STEP
    parcel = [metres(*corner, ZONE) for corner in PARCEL]
    west, east = min(x for x, _ in parcel), max(x for x, _ in parcel)
    south, north = min(y for _, y in parcel), max(y for _, y in parcel)
    red, near = [], []
    for row in range(SIDE):
        y = top - (row + 0.5) * STEP
        red.append([chance.randint(2_900, 3_100) - offset - 1_000 for _ in range(SIDE)])
        line = []
        for column in range(SIDE):
            x = left + (column + 0.5) * STEP
            more = everywhere + (rise if west <= x <= east and south <= y <= north else 0)
            line.append(chance.randint(3_400, 3_700) - offset - 1_000 + more)
        near.append(line)
    half = range(SIDE // 2)
    kinds = [[9 if (row * 7 + column * 13) % 100 < cloud else 5 for column in half] for row in half]
    stem = f"S2A_SYNTHETIC_{day}"
    place = {"zone": 32600 + zone, "left": left, "top": top}
    geotiff(folder / f"{stem}_red.tif", red, bits=16, step=STEP, **place)
    geotiff(folder / f"{stem}_nir.tif", near, bits=16, step=STEP, **place)
    geotiff(folder / f"{stem}_scl.tif", kinds, bits=8, step=2 * STEP, **place)
    return item(folder, stem, day, level=level, offset=offset)


def item(folder: Path, stem: str, day: str, *, level: str = "L2A", offset: int = -1_000, id: str = "") -> Path:
    """The STAC item of files that are there."""
    bands = [{"scale": 0.0001, "offset": offset / 10_000}]
    box = [[104.9, 37.9], [105.2, 37.9], [105.2, 38.1], [104.9, 38.1], [104.9, 37.9]]
    body: dict[str, Any] = {
        "type": "Feature", "stac_version": "1.0.0", "id": id or stem, "bbox": [104.9, 37.9, 105.2, 38.1],
        "geometry": {"type": "Polygon", "coordinates": [box]},
        "properties": {"datetime": f"{day}T04:00:00Z", "processing:level": level, "eo:cloud_cover": 3},
        "assets": {one: {"href": f"{stem}_{one}.tif", "raster:bands": bands} for one in ("red", "nir", "scl")},
        "links": [],
    }  # fmt: skip
    path = folder / f"{id or stem}_{day}.json"
    path.write_text(json.dumps(body))
    return path


def collection(folder: Path, *paths: Path) -> Path:
    """A STAC collection that links the items."""
    links = [{"rel": "item", "href": path.name} for path in paths]
    body = {"type": "Collection", "stac_version": "1.0.0", "id": "earlier", "links": links}
    (folder / "collection.json").write_text(json.dumps(body))
    return folder / "collection.json"
