"""What a date brings to giving: days close, drives end, birds that can be paid are handed over, old flocks end."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.programmes.giving.chickens import HandOver, NameFlock
from saxaul.programmes.giving.sponsors import NamePool
from saxaul.programmes.giving.steps import NameDay

LISTED_MAX = 4_096  # rows of one tick; the next goes on
BIRDS_MAX = 256  # birds of one flock in one tick

_DAYS = (
    f"SELECT key, ends FROM giving_day WHERE stage IN ('open', 'held') AND ends <= ? ORDER BY ends LIMIT {LISTED_MAX}"
)
_POOLS = (
    "SELECT key, closes FROM giving_pool WHERE stage = 'open' AND closes > 0 AND closes <= ? "
    f"ORDER BY closes LIMIT {LISTED_MAX}"
)
_BIRDS = (
    "SELECT f.key, f.received / f.steps_each, f.handed, f.birds, f.price, p.funded, f.since FROM giving_flock f "
    "JOIN giving_pool p ON p.key = f.key WHERE f.stage = 'open' AND f.handed < f.birds "
    "AND f.received >= (f.handed + 1) * f.steps_each AND p.funded >= (f.handed + 1) * f.price "
    f"ORDER BY f.key LIMIT {LISTED_MAX}"
)
_FLOCKS = (
    f"SELECT key, closes FROM giving_flock WHERE stage = 'open' AND closes <= ? ORDER BY closes LIMIT {LISTED_MAX}"
)


def find_days(reader: Reader, now: int) -> Iterable[Request]:
    """Days whose close has come."""
    for key, ends in reader.query(_DAYS, (now,)):
        yield due(ends, "giving.close_day", NameDay(key), f"{key}:{ends}")


def find_pools(reader: Reader, now: int) -> Iterable[Request]:
    """Pledges and drives whose last day is over; steps of that day are given until the day closes."""
    for key, closes in reader.query(_POOLS, (now,)):
        yield due(closes, "giving.close_pool", NamePool(key), key)


def find_birds(reader: Reader, now: int) -> Iterable[Request]:
    """Birds whose steps have arrived and whose price is there, in order; the others wait."""
    for key, earned, handed, birds, price, funded, since in reader.query(_BIRDS):
        last = min(earned, birds, funded // price, handed + BIRDS_MAX)
        for number in range(handed + 1, last + 1):
            yield due(since, "giving.hand_over", HandOver(key, number), f"chicken:{key}:{number}")


def find_flocks(reader: Reader, now: int) -> Iterable[Request]:
    """Flocks that ended a month ago."""
    for key, closes in reader.query(_FLOCKS, (now,)):
        yield due(closes, "giving.close_flock", NameFlock(key), key)
