"""Time as whole microseconds UTC, and the city's calendar in one place.

Only surfaces read a clock. A day, month or year is the city's, so that "per day" means what people mean by it;
intervals are half-open: 24:00 is 00:00 of the next day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ZONE = "Asia/Shanghai"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int, zone: str = ZONE) -> datetime:
    """The instant as a datetime in the city's zone, for showing and for calendar questions."""
    return (_EPOCH + timedelta(microseconds=us)).astimezone(ZoneInfo(zone))


@lru_cache(maxsize=4096)
def _day_of_quarter(quarter: int, zone: str) -> str:
    return moment(quarter * 900 * SECOND, zone).date().isoformat()


def day(us: int, zone: str = ZONE) -> str:
    """The city's day: `2022-06-01`. Every zone's midnight falls on a quarter of an hour, so quarters are cached."""
    return _day_of_quarter(us // (900 * SECOND), zone)


def month(day_text: str) -> str:
    """`2022-06-01` -> `2022-06`."""
    return day_text[:7]


def year(day_text: str) -> str:
    """`2022-06-01` -> `2022`."""
    return day_text[:4]


def start_of_day(day_text: str, zone: str = ZONE) -> int:
    """The first microsecond of the city's day."""
    parsed = date.fromisoformat(day_text)
    start = datetime(parsed.year, parsed.month, parsed.day, tzinfo=ZoneInfo(zone))
    return (start - _EPOCH) // timedelta(microseconds=1)


def next_day(day_text: str) -> str:
    """The day after."""
    return (date.fromisoformat(day_text) + timedelta(days=1)).isoformat()


def is_day(text: str) -> bool:
    """Whether the calendar has this day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)
def text(us: int) -> str:
    """RFC 3339 in UTC with microseconds: `2022-06-01T08:00:00.000000Z`."""
    return (_EPOCH + timedelta(microseconds=us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(written: str) -> int | None:
    """Microseconds UTC of an RFC 3339 text with a zone; None where it is none."""
    try:
        parsed = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return None
    return (parsed - _EPOCH) // timedelta(microseconds=1)
