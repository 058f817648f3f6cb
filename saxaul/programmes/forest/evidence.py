"""What two satellite pictures of a parcel say, judged by rules that refuse rather than interpret.

Pixels are reduced to a few whole numbers outside, by a tool whose version and inputs are named by digests; here these
numbers are judged again and kept. A cloud, another season, a picture under a second date or a wrong place is refused
or is no evidence. A picture shows a parcel and never a single tree: ten metres hold about seven of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Plan, Refusal
from saxaul.programmes.forest import geometry
from saxaul.programmes.forest.common import Day, Digest

MASKED = frozenset({0, 1, 3, 8, 9, 10, 11})  # Sentinel-2 scene classes: none, saturated, shadow, clouds, cirrus, snow
VERDICTS = ("no_evidence", "regional_change", "gain", "loss", "no_change")

Thousandths = Annotated[int, Meta(ge=-1_000, le=1_000)]
ParcelKey = Annotated[str, Meta(pattern="^[a-z][0-9]{3}-[0-9]{4}[sa]:[0-9]{1,2}$")]
Corner = tuple[int, int]


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scene: its id, day, product level and offset, where it lies, digests of its file and pixels, what it shows.

    `valid`, `pixels`, `index`: percent of the parcel that can be used, pixels of it, their median; `control`: the
    median of the control area.
    """

    scene: Annotated[str, Meta(min_length=1, max_length=128)]
    day: Day
    level: Code
    offset: Annotated[int, Meta(ge=-10_000, le=10_000)]
    footprint: Annotated[list[Corner], Meta(min_length=3, max_length=16)]
    file: Digest
    pixels_digest: Digest
    valid: Annotated[int, Meta(ge=0, le=100)]
    pixels: Annotated[int, Meta(ge=0, le=100_000_000)]
    index: Thousandths
    control: Thousandths


class RecordEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parcel, a picture and the earlier one it is compared with, the spread of earlier seasons, tool and proof."""

    parcel: ParcelKey
    now: Picture
    base: Picture
    spread: Annotated[int, Meta(ge=0, le=2_000)]
    tool: Code
    signature: Annotated[str, Meta(max_length=128, pattern="^[A-Za-z0-9_-]*$")]


class Recorded(msgspec.Struct, frozen=True):
    """The evidence and its verdict: no_evidence, regional_change, gain, loss or no_change."""

    evidence: str
    verdict: str


def record_evidence(facts: Facts, ask: RecordEvidence) -> Plan:
    """The comparison is kept with all its numbers and a verdict that follows from them alone."""
    parcel = facts.must("forest_parcel", ask.parcel)
    ring = geometry.read(parcel.ring)
    rules = {
        name: facts.term(f"forest.evidence_{name}")
        for name in ("valid_percent_min", "pixels_min", "season_days_max", "change_min")
    }
    for picture in (ask.now, ask.base):
        must_show(picture, ring)
    must_compare(ask.now, ask.base, rules)
    changes = _pictures(facts, ask)
    said = verdict(ask.now, ask.base, ask.spread, rules)
    fields = {
        "parcel": parcel.key, "project": parcel.project, "scene": ask.now.scene, "day": ask.now.day,
        "base_scene": ask.base.scene, "base_day": ask.base.day, "valid": min(ask.now.valid, ask.base.valid),
        "pixels": min(ask.now.pixels, ask.base.pixels), "index": ask.now.index, "base_index": ask.base.index,
        "control": ask.now.control - ask.base.control, "spread": ask.spread, "verdict": said,
        "statement": statement(ask), "signature": ask.signature, "since": facts.now,
    }  # fmt: skip
    changes.append(Change("forest_evidence", facts.id, fields, new=True))
    return Plan(changes=changes, receipt=Recorded(facts.id, said))


def statement(ask: RecordEvidence) -> str:
    """What the tool signs and the record keeps: the whole comparison but its signature, as JSON with keys in order."""
    body = msgspec.to_builtins(ask)
    del body["signature"]
    return msgspec.json.encode(body, order="sorted").decode()


def must_show(picture: Picture, ring: Sequence[Corner]) -> None:
    """Refuses `evidence.parcel_outside` where the scene does not lie over the whole parcel."""
    outer = tuple(picture.footprint)
    if not geometry.covers(outer, tuple(ring)):
        raise Refusal("evidence.parcel_outside", scene=picture.scene)


def must_compare(now: Picture, base: Picture, rules: Mapping[str, int]) -> None:
    """Refuses `evidence.pixels_same`, `evidence.scale_mismatch` and `evidence.season_mismatch`."""
    if now.day == base.day or now.pixels_digest == base.pixels_digest or now.file == base.file:
        raise Refusal("evidence.pixels_same", scene=now.scene)
    if (now.level, now.offset) != (base.level, base.offset):
        raise Refusal("evidence.scale_mismatch", scene=now.scene)
    if season_days(now.day, base.day) > rules["season_days_max"]:
        raise Refusal("evidence.season_mismatch", scene=now.scene)


def _pictures(facts: Facts, ask: RecordEvidence) -> list[Change]:
    """Each picture has one day for ever; the same pixels or file under another day are refused."""
    changes = []
    for picture in (ask.now, ask.base):
        for digest in dict.fromkeys((picture.file, picture.pixels_digest)):
            row = facts.record("forest_picture", digest)
            if row is not None and row.day != picture.day:
                raise Refusal("evidence.pixels_same", scene=picture.scene)
            if row is None:
                fields = {"day": picture.day, "scene": picture.scene}
                changes.append(Change("forest_picture", digest, fields, new=True))
    return changes


def verdict(now: Picture, base: Picture, spread: int, rules: Mapping[str, int]) -> str:
    """What may be said: clouds are no evidence, a control area that moved too means weather and not planting."""
    for picture in (now, base):
        if picture.valid < rules["valid_percent_min"] or picture.pixels < rules["pixels_min"]:
            return "no_evidence"
    least = max(rules["change_min"], 2 * spread)
    change, control = now.index - base.index, now.control - base.control
    if abs(control) > least:
        return "regional_change"
    if abs(change) <= least:
        return "no_change"
    return "gain" if change > 0 else "loss"


def season_days(one: str, other: str) -> int:
    """Days between two days within the year, whichever way round is shorter."""
    a, b = (date.fromisoformat(day).timetuple().tm_yday for day in (one, other))
    return min(abs(a - b), 365 - abs(a - b))


def index(red: int, near: int) -> int:
    """NDVI in whole thousandths, rounded towards zero; 0 where nothing is reflected."""
    total = red + near
    if total <= 0:
        return 0
    size = abs(near - red) * 1_000 // total
    return size if near >= red else -size


def median(values: Sequence[int]) -> int:
    """The lower middle of the values; 0 where there are none."""
    return sorted(values)[(len(values) - 1) // 2] if values else 0


def measured(pixels: Sequence[tuple[int, int, int]], offset: int) -> dict[str, int]:
    """Percent that can be used, how many, and their median index, of (red, near infrared, scene class)."""
    used = [(red + offset, near + offset) for red, near, kind in pixels if kind not in MASKED]
    valid = 100 * len(used) // len(pixels) if pixels else 0
    return {"valid": valid, "pixels": len(used), "index": median([index(max(0, r), max(0, n)) for r, n in used])}


def spread_of(earlier: Sequence[int]) -> int:
    """The widest distance of earlier medians of the same season from their middle."""
    middle = median(earlier)
    return max((abs(one - middle) for one in earlier), default=0)
