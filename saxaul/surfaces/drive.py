"""Driving the clerk: surfaces hand in requests here and get answers; the clerk itself knows no loop and no thread.

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


class Inline:
    """Does each group at once, in the caller's thread: tests, demo, CLI."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk

    def submit(self, requests: Sequence[Request]) -> list[Answer]:
        """Answers of the group, in order."""
        return self.clerk.turn(requests)


@dataclass(slots=True)
class Loop:
    """Drives the clerk on an event loop, one unit at a time; the commit runs in a thread while requests arrive."""

    clerk: Clerk
    gone: Callable[[], None]  # what to do when this clerk may not write any more: end the process
    commit_in_thread: bool = True
    wait_seconds: int = MAXIMA.wait_seconds
    people: deque[_Group] = field(default_factory=deque)
    background: deque[_Group] = field(default_factory=deque)
    waiting: dict[str, int] = field(default_factory=dict)
    turning: list[_Group] = field(default_factory=list)  # whose unit is being written
    turns: int = 0
    asked: int = 0
    loop: asyncio.AbstractEventLoop = field(init=False)
    _second: int = 0
    _busy: bool = False
    _between: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = field(default_factory=deque)
    _thread: concurrent.futures.ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._thread = concurrent.futures.ThreadPoolExecutor(1, "commit")
        self.loop.call_later(1.0, self._sweep)

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
        if not self.turning:
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
        if not self._busy:
            self._busy = True
            self.loop.call_soon(self._safely, self._turn)

    def _safely(self, step: Callable[..., None], *what: Any) -> None:
        """One step; where it stumbles in a way nobody foresaw, nobody is left waiting: this clerk ends."""
        try:
            step(*what)
        except Exception:
            log.exception("a unit stumbled in a way nobody foresaw")
            self._lost(self.turning)

    def _take(self) -> list[_Group]:
        groups: list[_Group] = []
        room = BATCH_MAX
        share = BATCH_MAX // 8 if self.people else BATCH_MAX
        while self.background and (share >= len(self.background[0].requests) or not groups):
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
        groups = self._take()
        if not groups:
            self._busy = False
            return
        requests = [request for group in groups for request in group.requests]
        self.turning = groups
        self.turns += 1
        self.asked += len(requests)
        try:
            work = self.clerk.prepare(requests)
            self.clerk.append(work)
        except StoreFault as fault:
            self._recover(groups, requests, fault)
            return
        except ClerkGone:
            self._lost(groups)
            return
        if not work.unit.batch.entries:
            self._settle(groups, work)
        elif self.commit_in_thread:
            done = self.loop.run_in_executor(self._thread, self.clerk.commit, work)
            done.add_done_callback(lambda future: self._safely(self._committed, groups, work, future))
        else:
            try:
                self.clerk.commit(work)
            except StoreFault as fault:
                self._recover(groups, requests, fault)
                return
            self._settle(groups, work)

    def _committed(self, groups: list[_Group], work: Turn, future: asyncio.Future[None]) -> None:
        try:
            future.result()
        except StoreFault as fault:
            self._recover(groups, work.requests, fault)
        else:
            self._settle(groups, work)

    def _settle(self, groups: list[_Group], work: Turn) -> None:
        self._answer(groups, self.clerk.settle(work))

    def _recover(self, groups: list[_Group], requests: Sequence[Request], fault: StoreFault) -> None:
        try:
            answers = self.clerk.recover(requests, fault)
        except ClerkGone:
            self._lost(groups)
            return
        self._answer(groups, answers)

    def _answer(self, groups: list[_Group], answers: list[Answer]) -> None:
        place = 0
        for group in groups:
            size = len(group.requests)
            mine = answers[place : place + size]
            place += size
            self._forget(group)
            group.told(mine)
        self._busy = False
        self.turning = []
        if self._between:
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
        if self._second % BEAT_SECONDS == 0 and not self.turning:
            try:
                self.clerk.beat()
            except ClerkGone:
                self._lost([])
                return
        self.loop.call_later(1.0, self._sweep)

    def _lost(self, groups: list[_Group]) -> None:
        """The book changed its clerk: nobody is left waiting, then the process ends."""
        for group in [*groups, *self.people, *self.background]:
            group.told([Answer(request.id, "", code="store.unit_contended") for request in group.requests])
        self.people.clear()
        self.background.clear()
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
