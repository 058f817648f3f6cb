"""Driving the clerk: surfaces hand in requests here and get answers; the clerk itself knows no loop and no thread.

While one unit of work is being written by a thread, the next is planned as its requests arrive (decision 0014).

People's requests and those of followers and tick wait in two queues. While people wait, the second gets at most an
eighth of a batch and never nothing. A group stays together in one unit of work. Nobody waits for ever: who has waited
too long is told that the outcome is not known and asks again with the same id.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from saxaul.engine.clerk import BATCH_MAX, Clerk, ClerkGone, Turn
from saxaul.engine.request import Answer, Request
from saxaul.kernel.maxima import MAXIMA
from saxaul.ledger.store import StoreFault

QUEUE_MAX = MAXIMA.queue_asks
BEAT_SECONDS = 3  # how often an idle clerk renews its lease

log = logging.getLogger("saxaul.drive")

Told = Callable[[list[Answer]], None]


@dataclass(slots=True)
class _Group:
    requests: Sequence[Request]
    told: Told
    born: int = 0  # the second of the loop in which it began to wait


@dataclass(slots=True)
class _Unit:
    """A unit of work and the groups that wait for it, in the order of its requests."""

    groups: list[_Group]
    work: Turn


class Inline:
    """Does each group at once, in the caller's thread: tests, demo, CLI."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk

    def submit(self, requests: Sequence[Request]) -> list[Answer]:
        """Answers of the group, in order."""
        return self.clerk.turn(requests)


@dataclass(slots=True)
class Loop:
    """Drives the clerk on an event loop: one unit is written by a thread, the next is planned as requests arrive."""

    clerk: Clerk
    gone: Callable[[], None]  # what to do when this clerk may not write any more: end the process
    in_thread: bool = True
    wait_seconds: int = MAXIMA.wait_seconds
    people: deque[_Group] = field(default_factory=deque)
    background: deque[_Group] = field(default_factory=deque)
    waiting: dict[str, int] = field(default_factory=dict)
    turns: int = 0
    asked: int = 0
    loop: asyncio.AbstractEventLoop = field(init=False)
    _second: int = 0
    _woken: bool = False
    _careful: bool = False  # after a fault: nothing is planned behind a unit until one was written again
    _flying: _Unit | None = None  # on its way to the store
    _open: _Unit | None = None  # planned, and still taking requests while the other flies
    _between: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = field(default_factory=deque)
    _thread: concurrent.futures.ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "write")
        self.loop.call_later(1.0, self._sweep)

    @property
    def turning(self) -> list[_Group]:
        """The groups whose unit is planned or being written."""
        return [group for unit in (self._flying, self._open) if unit is not None for group in unit.groups]

    # -- handing in ----------------------------------------------------------------------------------------------

    def submit_one(self, request: Request) -> asyncio.Future[Answer]:
        """The answer of one person's request, awaitable on the loop."""
        future: asyncio.Future[Answer] = self.loop.create_future()
        self.hand_in(request, lambda answer: _tell(future, answer))
        return future

    def hand_in(self, request: Request, told: Callable[[Answer], None]) -> None:
        """As `submit_one`, for who would rather be called."""
        if len(self.people) >= QUEUE_MAX:
            told(Answer(request.id, "", code="store.deadline_passed"))
            return
        self.people.append(_Group((request,), lambda answers: told(answers[0]), self._second))
        self.waiting[request.id] = self.waiting.get(request.id, 0) + 1
        self._wake()

    def group(self, requests: Sequence[Request], *, behind: bool = False) -> asyncio.Future[list[Answer]]:
        """The answers of a group, awaitable on the loop; `behind`: in the queue of followers and tick."""
        future: asyncio.Future[list[Answer]] = self.loop.create_future()
        self._enqueue(_Group(requests, lambda answers: None if future.done() else future.set_result(answers)), behind)
        return future

    def submit(self, requests: Sequence[Request], *, behind: bool = False) -> list[Answer]:
        """Answers of a group, for callers in other threads (pages, followers); blocks the caller, never the loop."""
        future: concurrent.futures.Future[list[Answer]] = concurrent.futures.Future()
        group = _Group(requests, lambda answers: _tell_thread(future, answers))
        self.loop.call_soon_threadsafe(self._enqueue, group, behind)
        try:
            return future.result(self.wait_seconds + 2)  # the sweep tells first; this is for a loop that stands still
        except concurrent.futures.TimeoutError:
            return [Answer(request.id, "", code="store.deadline_passed") for request in requests]

    def submit_behind(self, requests: Sequence[Request]) -> list[Answer]:
        """As `submit`, in the queue of followers and tick."""
        return self.submit(requests, behind=True)

    def is_waiting(self, id: str) -> bool:
        """Whether a request of this id is still on its way."""
        return id in self.waiting

    def waits_for(self, credential: str, id: str) -> bool:
        """Whether this credential's request of this id is still on its way; nobody learns of another's."""
        if id not in self.waiting:
            return False
        groups = (*self.turning, *self.people, *self.background)
        return any(one.id == id and one.credential == credential for group in groups for one in group.requests)

    def between(self, work: Callable[[], Any]) -> asyncio.Future[Any]:
        """What `work` finds in the clerk's memory while no unit is uncommitted: now, or as soon as one is settled.

        A read through the clerk's own connection in the middle of a unit would take for true what may yet fail.
        """
        future: asyncio.Future[Any] = self.loop.create_future()
        self._between.append((work, future))
        if self._flying is None and self._open is None:
            self._look()
        return future

    def _look(self) -> None:
        while self._between:
            work, future = self._between.popleft()
            try:
                found = work()
            except (StoreFault, LookupError) as fault:
                if not future.done():
                    future.set_exception(fault)
                continue
            if not future.done():
                future.set_result(found)

    def _enqueue(self, group: _Group, behind: bool) -> None:
        queue = self.background if behind else self.people
        if len(queue) >= QUEUE_MAX:
            _tell_late(group)
            return
        group.born = self._second
        queue.append(group)
        for request in group.requests:
            self.waiting[request.id] = self.waiting.get(request.id, 0) + 1
        self._wake()

    # -- turning ---------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self.loop.call_soon(self._safely, self._turn)

    def _safely(self, step: Callable[..., None], *what: Any) -> None:
        """One step; where it stumbles in a way nobody foresaw, nobody is left waiting: this clerk ends."""
        try:
            step(*what)
        except Exception:
            log.exception("a unit stumbled in a way nobody foresaw")
            self._lost([])

    def _take(self) -> list[_Group]:
        """What may join the open unit: groups stay whole; followers and tick get their share and never nothing."""
        groups: list[_Group] = []
        planned = len(self._open.work.requests) if self._open is not None else 0
        room = BATCH_MAX - planned
        share = max(0, BATCH_MAX // 8 - planned) if self.people else BATCH_MAX
        while self.background and (share >= len(self.background[0].requests) or not (groups or planned)):
            size = len(self.background[0].requests)
            if size > room:
                break
            groups.append(self.background.popleft())
            share -= size
            room -= size
            if share <= 0:
                break
        while self.people and len(self.people[0].requests) <= room:
            group = self.people.popleft()
            room -= len(group.requests)
            groups.append(group)
        return groups

    def _turn(self) -> None:
        """Plan what waits; it flies at once where nothing else does."""
        self._woken = False
        if self._flying is not None and not self._flying.work.assumed:
            return  # what comes behind that unit is planned once it is written
        groups = self._take()
        if not groups:
            return
        requests = [request for group in groups for request in group.requests]
        self.asked += len(requests)
        opened = self._open
        try:
            work = self.clerk.prepare(requests, opened.work if opened is not None else None)
        except StoreFault as fault:
            self._recover(fault, groups)
        except ClerkGone:
            self._lost(groups)
        else:
            self._open = _Unit([*(opened.groups if opened is not None else ()), *groups], work)
            if self._flying is None:
                self._launch()

    def _launch(self) -> None:
        """The open unit goes to the store; one that has nothing to write is told at once."""
        unit, self._open = self._open, None
        assert unit is not None and self._flying is None, "one unit flies at a time"
        self.turns += 1
        if not unit.work.unit.batch.entries:
            self._tell(unit.groups, self.clerk.settle(unit.work))
            return
        self._flying = unit
        self.clerk.finish(unit.work)
        future = self._thread.submit(self.clerk.write, unit.work) if self.in_thread else self._written(unit.work)
        if not self._careful and not future.done():
            self.clerk.assume(unit.work, future.result)
        future.add_done_callback(lambda done: self.loop.call_soon_threadsafe(self._safely, self._landed, unit, done))

    def _written(self, work: Turn) -> concurrent.futures.Future[None]:
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        try:
            future.set_result(self.clerk.write(work))
        except StoreFault as fault:
            future.set_exception(fault)
        return future

    def _landed(self, unit: _Unit, future: concurrent.futures.Future[None]) -> None:
        """The unit is written: the next one flies, then its callers are told. Or it is not: see `_recover`."""
        if self._flying is not unit:
            return  # its fault was met by who waited for it, and is mended
        fault = future.exception()
        if isinstance(fault, StoreFault):
            self._recover(fault, [])
            return
        if fault is not None:
            raise fault
        self._careful = False
        answers = self.clerk.settle(unit.work)
        self._flying = None
        self._look()
        if self._open is not None:
            self._launch()
        self._tell(unit.groups, answers)

    def _recover(self, fault: StoreFault, groups: list[_Group]) -> None:
        """Nothing of what flew and of what was planned behind it is sure: the clerk reads the book and repeats it."""
        groups = [*self.turning, *groups]
        self._flying = self._open = None
        self._careful = True
        try:
            answers = self.clerk.recover([request for group in groups for request in group.requests], fault)
        except ClerkGone:
            self._lost(groups)
            return
        self._look()
        self._tell(groups, answers)

    def _tell(self, groups: list[_Group], answers: list[Answer]) -> None:
        place = 0
        for group in groups:
            size = len(group.requests)
            mine = answers[place : place + size]
            place += size
            self._forget(group)
            group.told(mine)
        if self._flying is None and self._open is None:
            self._look()
        if self.people or self.background:
            self._wake()

    def _forget(self, group: _Group) -> None:
        for request in group.requests:
            left = self.waiting.get(request.id, 1) - 1
            if left:
                self.waiting[request.id] = left
            else:
                self.waiting.pop(request.id, None)

    def _sweep(self) -> None:
        """Once a second: who has waited too long leaves the queue, and the lease is renewed while nothing is written.

        The unit that is being written is told as well, and goes on: its outcome is remembered under the ids.
        """
        self._second += 1
        late = self._second - self.wait_seconds
        for queue in (self.people, self.background):
            while queue and queue[0].born < late:
                group = queue.popleft()
                self._forget(group)
                _tell_late(group)
        for group in self.turning:
            if group.born < late:
                _tell_late(group)
        if self._second % BEAT_SECONDS == 0 and self._flying is None and self._open is None:
            try:
                self.clerk.beat()
            except ClerkGone:
                self._lost([])
                return
        self.loop.call_later(1.0, self._sweep)

    def _lost(self, groups: list[_Group]) -> None:
        """The book changed its clerk: nobody is left waiting, then the process ends."""
        for group in [*self.turning, *groups, *self.people, *self.background]:
            group.told([Answer(request.id, "", code="store.unit_contended") for request in group.requests])
        self.people.clear()
        self.background.clear()
        self._flying = self._open = None
        self.gone()


def _tell(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)


def _tell_late(group: _Group) -> None:
    group.told([Answer(request.id, "", code="store.deadline_passed") for request in group.requests])


def _tell_thread(future: concurrent.futures.Future[list[Answer]], answers: list[Answer]) -> None:
    if not future.done():
        future.set_result(answers)


def end_process() -> None:
    """A clerk that may not write any more must not go on serving: the supervisor starts it anew."""
    log.critical("this process is no longer the clerk of its book and ends")
    os._exit(70)
