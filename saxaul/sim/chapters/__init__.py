"""What the demo town does with its programmes: one chapter for each, all acting through `Scene`.

A story is told by `Days`: `found` after people have moved in, `moments` within each day in order of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saxaul.kernel import times
from saxaul.sim.chapters import campaign, forest, giving, green, merchant, office, prepaid, quiz, voucher
from saxaul.sim.chapters.scene import Scene

CHAPTERS: tuple[Any, ...] = (office, green, campaign, voucher, prepaid, forest, giving, quiz, merchant)
BEGINS = 19 * 60 - 24 * 60  # the evening before the first day

Moment = Callable[[], None]


@dataclass(slots=True)
class Story:
    """All chapters over one town; `folder`: its pack."""

    folder: Path
    scene: Scene = field(init=False)

    def found(self, days: Any) -> None:
        """What stands once, after everybody has moved in."""
        self.scene = Scene(days, self.folder)
        days.clock.set(self.scene.moment(0, BEGINS))
        for chapter in CHAPTERS:
            chapter.found(self.scene)
        self.scene.rounds()

    def moments(self, day: str, number: int) -> list[tuple[int, Moment]]:
        """What happens on a day, by the instant at which it does."""
        found = [(minute, place, what) for place, one in enumerate(CHAPTERS) for minute, what in one.MOMENTS]
        start = times.start_of_day(day, self.scene.days.town.pack.zone)
        return [
            (start + minute * times.MINUTE, lambda what=what: what(self.scene, number))
            for minute, _, what in sorted(found, key=lambda one: one[:2])
        ]
