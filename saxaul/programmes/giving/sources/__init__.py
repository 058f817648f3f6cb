"""Where steps come from: one module a format, all pure, all yielding the same samples and dropping everything else.

A parser takes bytes in pieces (or a decoded payload) and a `Seen`, which says what was kept and what was left out and
why. Places, weights and pulses that stand beside the steps are never read into a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from saxaul.kernel import times
from saxaul.programmes.giving.samples import Sample, bounds


@dataclass(slots=True)
class Seen:
    """What a parser met. Samples that end before `since` or after `latest` (seconds) are counted and left out."""

    latest: int
    since: int = 0
    zone: str = times.ZONE
    records: int = 0
    future: int = 0
    old: int = 0
    faulty: int = 0
    days: set[str] = field(default_factory=set)

    def keeps(self, start: int, end: int) -> bool:
        """Whether a sample of this time counts."""
        self.records += 1
        if end < start or start < 0:
            self.faulty += 1
        elif end > self.latest:
            self.future += 1
        elif end < self.since:
            self.old += 1
        else:
            return True
        return False


Parser = Callable[[Iterable[bytes], Seen], Iterator[Sample]]


def whole(text: str) -> int:
    """A count as files write it (`12000`, `12000.00`, `12,000`), down to whole steps; -1 where it is none."""
    digits = text.strip().replace(",", "").partition(".")[0]
    return int(digits) if digits.isdigit() and len(digits) < 10 else -1


def day_sample(day: str, steps: int, seen: Seen) -> Iterator[Sample]:
    """A day's sum as one sample over the whole day."""
    start, end = bounds(day, seen.zone)
    if steps > 0 and seen.keeps(start, start + 1):  # it ends at midnight, which may lie ahead
        seen.days.add(day)
        yield Sample(start, end, steps)
