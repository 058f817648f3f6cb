"""Google Fit's and Fitbit's tables: sums of days (Fitbit also of minutes), byte order mark and commas as they come.

Only the columns of time and steps are looked at; latitude and longitude beside them are never turned into a value. A
day of Fitbit may be written month first or day first: the file itself has to tell, by one day above the twelfth.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from saxaul.engine import Refusal
from saxaul.kernel import times
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.giving.samples import Sample, day_of
from saxaul.programmes.giving.sources import Seen, day_sample, whole


def google_fit(pieces: Iterable[bytes], seen: Seen) -> Iterator[Sample]:
    """The days of `Daily activity metrics.csv`; an empty cell is no walk."""
    rows = _rows(pieces)
    head = [cell.strip().lower() for cell in next(rows, [])]
    day, steps = _column(head, "date"), _column(head, "step count")
    for row in rows:
        found = _iso(row[day]) if len(row) > max(day, steps) else None
        if found is None:
            _faulty(seen, row)
        elif row[steps].strip():
            yield from _sum(found, row[steps], seen)


def fitbit(pieces: Iterable[bytes], seen: Seen) -> Iterator[Sample]:
    """The days of an activities table, or the minutes of a steps table."""
    rows = _rows(pieces)
    head: list[str] = []
    for row in rows:
        head = [cell.strip().lower() for cell in row]
        if "steps" in head:
            break
    steps = _column(head, "steps")
    if "timestamp" in head:
        yield from _minutes(rows, _column(head, "timestamp"), steps, seen)
        return
    day = _column(head, "date")
    known = [row for row in rows if len(row) > max(day, steps)]
    days = _days([row[day] for row in known])
    for row, found in zip(known, days, strict=True):
        if found is None:
            _faulty(seen, row)
        else:
            yield from _sum(found, row[steps], seen)


def _sum(day: str, text: str, seen: Seen) -> Iterator[Sample]:
    steps = whole(text)
    if steps < 0:
        _faulty(seen, [text])
    yield from day_sample(day, steps, seen)


def _minutes(rows: Iterator[list[str]], at: int, steps: int, seen: Seen) -> Iterator[Sample]:
    """One row a minute; a time without an offset is the city's."""
    for row in rows:
        start = _second(row[at], seen.zone) if len(row) > max(at, steps) else None
        count = whole(row[steps]) if start is not None else -1
        if start is None or count < 0:
            _faulty(seen, row)
        elif seen.keeps(start, start + 60) and count:
            seen.days.add(day_of(start, seen.zone))
            yield Sample(start, start + 60, count)


def _rows(pieces: Iterable[bytes]) -> Iterator[list[str]]:
    """Rows of the table, without the byte order mark; refuses `request.field_invalid` for what is no text."""
    body = b"".join(pieces)
    if len(body) > MAXIMA.file_bytes:
        raise _wrong(f"longer than {MAXIMA.file_bytes} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong("no table in UTF-8") from None
    try:
        yield from csv.reader(text.splitlines())
    except csv.Error:
        raise _wrong("no table") from None


def _column(head: Sequence[str], name: str) -> int:
    if name not in head:
        raise _wrong(f"no column called {name}")
    return head.index(name)


def _faulty(seen: Seen, row: Sequence[str]) -> None:
    if any(cell.strip() for cell in row):
        seen.records += 1
        seen.faulty += 1


def _iso(text: str) -> str | None:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return None


def _days(texts: Sequence[str]) -> list[str | None]:
    """Days as the whole column writes them."""
    parts = [text.strip().replace(".", "/").split("/") for text in texts]
    numbers = [[int(part) for part in one] for one in parts if len(one) == 3 and all(p.isdigit() for p in one)]
    if not numbers:
        return [_iso(text) for text in texts]
    first, second = max(one[0] for one in numbers), max(one[1] for one in numbers)
    if (first > 12) == (second > 12):
        raise _wrong("days can be read month first and day first; export a longer time")
    order = (1, 0) if first > 12 else (0, 1)
    return [_named(one, order) for one in parts]


def _named(parts: Sequence[str], order: tuple[int, int]) -> str | None:
    try:
        year = int(parts[2])
        return date(year + 2000 if year < 100 else year, int(parts[order[0]]), int(parts[order[1]])).isoformat()
    except (ValueError, IndexError):
        return None


def _second(text: str, zone: str) -> int | None:
    found = times.read(text.strip())
    if found is not None:
        return found // times.SECOND
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    clock = local.hour * 3600 + local.minute * 60 + local.second
    return times.start_of_day(local.date().isoformat(), zone) // times.SECOND + clock


def _wrong(why: str) -> Refusal:
    return Refusal("request.field_invalid", fields=[f"file: {why}"])
