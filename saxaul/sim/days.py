"""A town is founded and lives some days: its story is told to the clerk, and what follows from it goes its rounds.

Followers, dues, overdue holds and banks are looked after every quarter of an hour of the town's time, all under the
eyes of the same auditor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from saxaul.engine import followers
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import Answer, Request
from saxaul.kernel import times
from saxaul.ledger import journal
from saxaul.people.sealing import Sealer
from saxaul.sim.auditor import Auditor
from saxaul.sim.banking import Banking
from saxaul.sim.chapters import Moment, Story
from saxaul.sim.life import Life
from saxaul.sim.town import Step, Town

ROUND = 15 * times.MINUTE
STEPS_A_PERSON = 6  # signing up, and a day: what the progress bar counts with

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Clock:
    """The town's clock: it stands where the story put it, and never goes back."""

    now: int = 0

    def __call__(self) -> int:
        """Microseconds UTC."""
        return self.now

    def set(self, now: int) -> None:
        """On to `now`, unless that is past."""
        self.now = max(self.now, now)


@dataclass(slots=True)
class Days:
    """A town on a clerk's book. `clock` is the clerk's own; `story`: what its programmes do beyond paying."""

    town: Town
    clerk: Clerk
    sealer: Sealer
    clock: Clock
    story: Story | None = None
    life: Life = field(init=False)
    banking: Banking = field(init=False)
    reader: Any = field(init=False)
    places: dict[str, int] = field(default_factory=dict)
    _round: int = 0
    _done: int = 0

    def __post_init__(self) -> None:
        self.life = Life(self.clerk, self.sealer, self.clock.set, Auditor())
        self.reader = self.clerk.store.reader()
        self.banking = Banking(self.submit, self.reader, self._account)

    def found(self, progress: Progress = lambda done, total: None) -> None:
        """Lists, banks, merchants, billers and people stand, people with their first money."""
        total = self.town.citizens * STEPS_A_PERSON
        self.life.live(self._in_rounds(self.town.founding(), progress, total))
        self.life.live(self._in_rounds(self.town.arrivals(), progress, total))
        self.rounds()
        if self.story is not None:
            self.story.found(self)
        progress(total, total)

    def live(self, count: int, progress: Progress = lambda done, total: None) -> None:
        """The town's first days, each to its last microsecond."""
        day, zone = self.town.pack.begins, self.town.pack.zone
        total = self._done + count * self.town.citizens * STEPS_A_PERSON
        for number in range(count):
            told = self.story.moments(day, number) if self.story is not None else []
            self.life.live(self._told(self._in_rounds(self.town.day(day), progress, total), told))
            day = times.next_day(day)
            self.clock.set(times.start_of_day(day, zone))
            self.rounds()
        progress(total, total)

    def _in_rounds(self, steps: Iterable[Step], progress: Progress, total: int) -> Iterator[Step]:
        for step in steps:
            if step.at - self._round >= ROUND:
                self.clock.set(step.at)
                self.rounds()
            yield step
            self._done += 1
            if self._done % 100 == 0:
                progress(min(self._done, total), total)

    def _told(self, steps: Iterable[Step], told: list[tuple[int, Moment]]) -> Iterator[Step]:
        """The steps, with what the story brings in between, which holds up the rest of the day by its own time."""
        held = 0
        for step in steps:
            while told and told[0][0] <= step.at + held:
                self._tell(*told.pop(0))
                held = max(held, self.clock.now - step.at)
            yield replace(step, at=step.at + held)
        while told:
            self._tell(*told.pop(0))

    def _tell(self, at: int, what: Moment) -> None:
        self.clock.set(at)
        self.rounds()
        what()

    def rounds(self) -> None:
        """Everything that follows, until nothing more does."""
        self._round = self.clock.now
        late = [followers.expiry(id, ends) for id, ends in self.clerk.overdue()]
        if late:
            self.submit(late)
        pages = followers.Pages(self.reader)
        for programme in self.clerk.declarations.programmes:
            followers.tick(programme.dues, self.reader, self.submit, self.clock.now)
            for follower in programme.followers:
                while followers.step(follower, pages, self.submit, self.places):
                    continue
        self.banking.round(self.clock.now)

    def submit(self, asked: Sequence[Request]) -> list[Answer]:
        """Answers of a group, told to the auditor entry by entry."""
        answers = self.clerk.turn(asked)
        entries = {entry.id: entry for entry in journal.read(self.reader, self.life.read, 2 * len(asked) + 2)}
        for one, answer in zip(asked, answers, strict=True):
            self.life.faults += self.life.auditor.took(one, answer, entries.get(one.id))
        self.life.read = self.clerk.state.n
        return answers

    def _account(self, person: str) -> str:
        return self.sealer.open(person, ("bank_account",)).get("bank_account", "")
