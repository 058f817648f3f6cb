"""Apple Health `export.xml`: hundreds of megabytes, so it is read as a stream and only step records of open days stay.

Times carry their own offset. A record whose `MetadataEntry` says that it was typed in is marked so; the watch is
believed before the phone, the phone before other apps. Entities are refused: no export of a phone declares any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from xml.parsers import expat

from saxaul.engine import Refusal
from saxaul.programmes.giving.samples import Sample, day_of
from saxaul.programmes.giving.sources import Seen, whole

STEPS = "HKQuantityTypeIdentifierStepCount"
BY_HAND = "HKWasUserEntered"
_EPOCH = date(1970, 1, 1).toordinal()


def read(pieces: Iterable[bytes], seen: Seen) -> Iterator[Sample]:
    """The step samples of an export; refuses `request.field_invalid` for what is no such file."""
    reader = _Reader(seen)
    for piece in pieces:
        yield from reader.feed(piece)
    yield from reader.feed(b"", last=True)


class _Reader:
    """The parser's place in the file: the record it is in, and samples not yet handed on."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.found = seen, list[Sample]()
        self.record: dict[str, str] | None = None
        self.by_hand = self.root = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.EntityDeclHandler = self.entity

    def feed(self, piece: bytes, *, last: bool = False) -> list[Sample]:
        """What one more piece of the file brought."""
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as fault:
            raise _wrong(f"not readable in line {fault.lineno}") from None
        found, self.found = self.found, []
        return found

    def entity(self, *_: object) -> None:
        """No entity is ever expanded."""
        raise _wrong("declares entities")

    def start(self, name: str, given: dict[str, str]) -> None:
        """A step record begins, or says that it was typed in; all else is passed over."""
        if not self.root:
            if name != "HealthData":
                raise _wrong("its first element is not HealthData")
            self.root = True
        if name == "Record":
            self.record, self.by_hand = (given if given.get("type") == STEPS else None), False
        elif name == "MetadataEntry" and self.record is not None and given.get("key") == BY_HAND:
            self.by_hand = given.get("value") in ("1", "true")

    def end(self, name: str) -> None:
        """The record is whole."""
        record = self.record
        if name != "Record" or record is None:
            return
        self.record = None
        start, end = second(record.get("startDate", "")), second(record.get("endDate", ""))
        steps = whole(record.get("value", ""))
        if start is None or end is None or steps < 0:
            self.seen.records += 1
            self.seen.faulty += 1
        elif self.seen.keeps(start, end) and steps:
            self.seen.days.add(day_of(start, self.seen.zone))
            self.found.append(Sample(start, end, steps, _rank(record), self.by_hand))


def _rank(record: dict[str, str]) -> int:
    """0 watch, 1 phone, 2 anything else. The names themselves are dropped: people put their own into them."""
    told = f"{record.get('device', '')} {record.get('sourceName', '')}".lower()
    return 0 if "watch" in told else 1 if "phone" in told else 2


def second(text: str) -> int | None:
    """`2018-05-13 07:00:00 +0800` as a second UTC; None where it is not written so."""
    try:
        clock = int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])
        offset = (int(text[21:23]) * 3600 + int(text[23:25]) * 60) * (-1 if text[20] == "-" else 1)
        return _midnight(text[:10]) + clock - offset
    except (ValueError, IndexError):
        return None


@lru_cache(maxsize=8_192)
def _midnight(text: str) -> int:
    return (date.fromisoformat(text).toordinal() - _EPOCH) * 86_400


def _wrong(why: str) -> Refusal:
    return Refusal("request.field_invalid", fields=[f"file: {why}"])
