"""How fast one credential or one address may ask, looked at before the clerk is troubled.

Honest traffic is not slowed: whoever asks fewer than ten times a second is counted in a dictionary and nowhere else.
Only every tenth ask within a second is booked with `limits`, whose sliding window then says whether the minute is
full. What is counted here is pace, not money: the counts live in memory and are gone with the process.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

STRIDE = 10  # asks within a second before anybody looks closer
NAMES_MAX = 200_000


class Pace:
    """At most `per_minute` asks of one name."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._item = RateLimitItemPerMinute(max(per_minute, STRIDE))
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._counts: dict[str, int] = {}
        self._blocked: dict[str, float] = {}
        self._began = clock()

    def wait(self, name: str) -> int:
        """0 when this ask may pass, else the seconds to wait."""
        counts = self._counts
        count = counts[name] = counts.get(name, 0) + 1
        if count % STRIDE and not self._blocked:
            return 0  # no clock is read for nearly everybody
        return self._look(name, count)

    def _look(self, name: str, count: int) -> int:
        now = self.clock()
        if now - self._began >= 1 or len(self._counts) > NAMES_MAX:
            self._began, self._counts = now, {name: 1}
            self._blocked = {one: until for one, until in self._blocked.items() if until > now}
            count = 1
        if name in self._blocked:
            return max(1, round(self._blocked[name] - now))
        if count % STRIDE or self._limiter.hit(self._item, name, cost=STRIDE):
            return 0
        stats = self._limiter.get_window_stats(self._item, name)
        seconds = min(60, max(1, round(stats.reset_time - time.time())))
        self._blocked[name] = now + seconds
        return seconds
