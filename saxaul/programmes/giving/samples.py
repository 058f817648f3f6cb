"""Readings of a day as intervals, and the one count they come to: cut at midnight, merged by device, never added up.

Whatever the format, a parser yields `Sample`s; from here on nobody knows where they came from. Seconds are enough: no
device tells more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from saxaul.kernel import times
from saxaul.kernel.amounts import allot

SAMPLES_MAX = 2_048  # readings of one day in one ask; a watch makes about 300


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`steps` walked from `start` to `end` (whole seconds UTC, the end exclusive; equal: no interval is known).

    `rank`: 0 is the device that is believed first. `by_hand`: typed in by somebody.
    """

    start: int
    end: int
    steps: int
    rank: int = 0
    by_hand: bool = False


def day_of(second: int, zone: str = times.ZONE) -> str:
    """The city's day of a second."""
    return times.day(second * times.SECOND, zone)


def bounds(day: str, zone: str = times.ZONE) -> tuple[int, int]:
    """First second of the day, and of the next."""
    return (
        times.start_of_day(day, zone) // times.SECOND,
        times.start_of_day(times.next_day(day), zone) // times.SECOND,
    )  # fmt: skip


def by_day(samples: Iterable[Sample], zone: str = times.ZONE) -> dict[str, list[Sample]]:
    """Samples by city day; one that crosses midnight is split in proportion to its time, to the last step."""
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        for day, part in split(sample, zone):
            found.setdefault(day, []).append(part)
    return found


def split(sample: Sample, zone: str = times.ZONE) -> Iterator[tuple[str, Sample]]:
    """The parts of a sample, one for each day it touches."""
    day, cuts = day_of(sample.start, zone), [sample.start]
    days = [day]
    while (midnight := bounds(day, zone)[1]) < sample.end:
        day = times.next_day(day)
        days.append(day)
        cuts.append(midnight)
    if len(days) == 1:
        yield day, sample
        return
    edges = [*cuts, sample.end]
    lengths = [end - start for start, end in zip(edges, edges[1:])]  # noqa: B905
    for place, steps in enumerate(allot(sample.steps, lengths)):
        yield days[place], Sample(edges[place], edges[place + 1], steps, sample.rank, sample.by_hand)


def merge(samples: Iterable[Sample]) -> list[Sample]:
    """One walk counts once: in the order of devices, each sample counts for the time nobody before it covers.

    A sample without an interval counts where its second is not covered.
    """
    starts: list[int] = []
    ends: list[int] = []
    counted = []
    for one in sorted(samples, key=lambda one: (one.rank, one.start, one.end, -one.steps)):
        length = one.end - one.start
        free = _cover(starts, ends, one.start, max(one.end, one.start + 1))
        steps = one.steps * min(free, length) // length if length else one.steps * free
        if steps:
            counted.append(Sample(one.start, one.end, steps, one.rank))
    return counted


def _cover(starts: list[int], ends: list[int], start: int, end: int) -> int:
    """Adds the interval to the sorted, disjoint ones; returns how many of its seconds were free."""
    low, high = bisect_left(ends, start), bisect_right(starts, end)
    free = end - start
    for place in range(low, high):
        free -= max(0, min(ends[place], end) - max(starts[place], start))
    if low < high:
        start, end = min(start, starts[low]), max(end, ends[high - 1])
    starts[low:high], ends[low:high] = [start], [end]
    return free


def hours(samples: Iterable[Sample], day: str, zone: str = times.ZONE) -> list[int]:
    """The counted steps by the hour of the day in which each sample began."""
    found = [0] * 24
    first, _ = bounds(day, zone)
    for one in samples:
        found[min(23, max(0, (one.start - first) // 3600))] += one.steps
    return found


def thinned(samples: list[Sample]) -> list[Sample]:
    """At most `SAMPLES_MAX`: neighbours of one device are joined, two by two, until they are few enough."""
    while len(samples) > SAMPLES_MAX:
        samples = sorted(samples, key=lambda one: (one.by_hand, one.rank, one.start))
        joined, place = [], 0
        while place < len(samples):
            one = samples[place]
            two = samples[place + 1] if place + 1 < len(samples) else None
            if two is not None and (two.rank, two.by_hand) == (one.rank, one.by_hand):
                one = Sample(one.start, max(one.end, two.end), one.steps + two.steps, one.rank, one.by_hand)
                place += 1
            joined.append(one)
            place += 1
        if len(joined) == len(samples):
            break
        samples = joined
    return samples
