"""From a file or payload to asks: which parser reads it, which days are open, one ask for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import times
from saxaul.programmes.giving.samples import Sample, by_day, thinned
from saxaul.programmes.giving.sources import Parser, Seen, apple, health_connect, tables
from saxaul.programmes.giving.steps import CountSteps, Source

PARSERS: dict[Source, Parser] = {
    "apple": apple.read, "health_connect": health_connect.read, "google_fit": tables.google_fit,
    "fitbit": tables.fitbit,
}  # fmt: skip
OPEN_DAYS = 8  # a held day waits for a week; a reading of any other day is too late


def open_days(now: int, zone: str = times.ZONE) -> list[str]:
    """Days that may still be open at this instant, newest first."""
    return [times.day(now - n * times.DAY, zone) for n in range(OPEN_DAYS)]


def looking(now: int, future: int, zone: str = times.ZONE) -> Seen:
    """What a parser needs to know before it begins: nothing after now (and a little), nothing of closed days."""
    since = times.start_of_day(open_days(now, zone)[-1], zone)
    return Seen(latest=(now + future) // times.SECOND, since=since // times.SECOND, zone=zone)


def guess(name: str, head: bytes) -> Source | None:
    """Whose file it is, by its first bytes and its name; None where nobody's."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "apple"
    if start[:1] in (b"[", b"{"):
        return "health_connect"
    text = head.decode("utf-8", "replace").lower()
    if "step count" in text:
        return "google_fit"
    return "fitbit" if "steps" in text or "fitbit" in name.lower() else None


def asks(samples: Iterable[Sample], source: Source, *, person: str | None, seen: Seen) -> Iterator[CountSteps]:
    """One ask a day, oldest first; what a sample of an open day brings into a closed one is left out."""
    since = times.day(seen.since * times.SECOND, seen.zone)
    for day, found in sorted(by_day(samples, seen.zone).items()):
        if day >= since:
            yield CountSteps(day, source, thinned(found), person)
