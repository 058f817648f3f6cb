"""Health Connect: `StepsRecord`s as an app reads them, written as JSON (a list, or `{"records": [...]}`).

Records or the aggregate, never both: totals that name no interval are passed over. Records of one origin do not
overlap; those of several do, and are merged later in this order: other origins first, the phone's own counter
(`android`) last. Recording method 3 is typed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from saxaul.engine import Refusal
from saxaul.kernel import times
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.giving.samples import Sample, day_of
from saxaul.programmes.giving.sources import Seen

MANUAL = (3, "3", "manual_entry", "RECORDING_METHOD_MANUAL_ENTRY")
PHONE = "android"
ORIGINS_MAX = 16


def read(pieces: Iterable[bytes], seen: Seen) -> Iterator[Sample]:
    """The step samples of the file; refuses `request.field_invalid` for what is no such file."""
    rows = _rows(b"".join(pieces))
    origins = sorted({_origin(row) for row in rows} - {PHONE})[: ORIGINS_MAX - 1]
    for row in rows:
        start, end, count = _second(row.get("startTime")), _second(row.get("endTime")), row.get("count")
        if start is None or end is None or not isinstance(count, int) or count < 0:
            seen.records += 1
            seen.faulty += 1
        elif seen.keeps(start, end) and count:
            seen.days.add(day_of(start, seen.zone))
            origin = _origin(row)
            rank = origins.index(origin) if origin in origins else len(origins)
            yield Sample(start, end, count, rank, _method(row) in MANUAL)


def _rows(body: bytes) -> list[dict[str, Any]]:
    if len(body) > MAXIMA.file_bytes:
        raise _wrong(f"longer than {MAXIMA.file_bytes} bytes")
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except msgspec.DecodeError:
        raise _wrong("no JSON") from None
    rows = found.get("records") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong("no list of records")
    return rows


def _second(value: Any) -> int | None:
    """RFC 3339 text, or milliseconds since 1970."""
    if isinstance(value, int):
        return value // 1000
    found = times.read(value) if isinstance(value, str) else None
    return None if found is None else found // times.SECOND


def _about(row: dict[str, Any]) -> dict[str, Any]:
    about = row.get("metadata")
    return about if isinstance(about, dict) else {}


def _origin(row: dict[str, Any]) -> str:
    origin = _about(row).get("dataOrigin", PHONE)
    return str(origin.get("packageName", PHONE) if isinstance(origin, dict) else origin)


def _method(row: dict[str, Any]) -> Any:
    return _about(row).get("recordingMethod", row.get("recordingMethod"))


def _wrong(why: str) -> Refusal:
    return Refusal("request.field_invalid", fields=[f"file: {why}"])
