"""The clerk: the only writer of its book. It plans a batch in memory, appends it under one commit, then answers.

No loop, no thread, no async lives here: whoever drives the clerk calls `turn`, or `prepare`, `commit` and `settle` when
the commit should run while the next batch is decoded. Never more than one unit is uncommitted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from saxaul.engine.declare import Declarations
from saxaul.engine.perform import Performer, told
from saxaul.engine.request import Answer, Request
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import InForce
from saxaul.ledger.plan import Plan
from saxaul.ledger.state import NotGathered, State
from saxaul.ledger.store import Store, StoreFault
from saxaul.ledger.unit import Unit

BATCH_MAX = MAXIMA.batch_asks
# What a plan with a fault of ours may stumble over: its ask alone is dropped, whatever stands in its batch goes on.
STUMBLES = (AssertionError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)

log = logging.getLogger("saxaul.clerk")


class ClerkGone(Exception):
    """This clerk may not write any more (a newer one took the lease, or the store is lost): its process ends."""


@dataclass(slots=True)
class Turn:
    """A batch between planning and its commit."""

    requests: Sequence[Request]
    unit: Unit
    answers: list[Answer]


class Clerk:
    """Forms units of work on one book. `clock` gives microseconds UTC and is handed in."""

    def __init__(
        self, store: Store, declarations: Declarations, terms: InForce, clock: Callable[[], int], *,
        holder: str = "clerk", zone: str = "Asia/Shanghai",
    ) -> None:  # fmt: skip
        self.store, self.clock, self.declarations = store, clock, declarations
        self.performer = Performer(declarations, terms, zone=zone)
        self.state = State(store, declarations.chart, declarations.tables)
        store.take_lease(holder)
        self.folded = self.state.load(clock())
        self.alive = True
        self.watched: dict[str, Callable[[list[Any]], None]] = {}  # table -> who hears of rows that a unit changed

    def turn(self, requests: Sequence[Request]) -> list[Answer]:
        """All answers of at most 512 requests, in order, durable when this returns."""
        try:
            work = self.prepare(requests)
            self.append(work)
            self.commit(work)
        except StoreFault as fault:
            return self.recover(requests, fault)
        return self.settle(work)

    # -- one turn in steps -----------------------------------------------------------------------------------------

    def prepare(self, requests: Sequence[Request]) -> Turn:
        """Plan the batch in order on an overlay; nothing is written and nobody is answered yet."""
        assert len(requests) <= BATCH_MAX, f"a batch is at most {BATCH_MAX} requests"
        if not self.alive:
            raise ClerkGone
        unit = Unit(self.state, self.clock())
        self.performer.versions = self.performer.terms.version(unit.entered)
        known = self.state.known([request.id for request in requests])
        answers: list[Answer] = []
        rounds = 0
        while len(answers) < len(requests):
            request = requests[len(answers)]
            try:
                answers.append(self._attempt(unit, request, known.get(request.id)))
                rounds = 0
            except NotGathered as miss:
                rounds += 1
                if rounds > MAXIMA.needs_rounds:
                    log.error("a fault of ours: %s asks for more rows without end", request.act)
                    answers.append(dropped(request))
                    rounds = 0
                else:
                    self._gather(unit, requests, len(answers), miss)
        return Turn(requests, unit, answers)

    def append(self, work: Turn) -> None:
        """Hand the unit's rows to the store, uncommitted."""
        if work.unit.batch.entries:
            work.unit.append()

    def commit(self, work: Turn) -> None:
        """The one commit. Safe to run in a thread: touches nothing but the store's connection."""
        if work.unit.batch.entries:
            work.unit.commit()

    def settle(self, work: Turn) -> list[Answer]:
        """After the commit: the overlay becomes memory, and the callers may be answered."""
        if work.unit.batch.entries:
            self.state.merge(work.unit)
            for table, hear in self.watched.items():
                if table in work.unit.records:
                    hear(list(work.unit.records[table].values()))
        return work.answers

    def recover(self, requests: Sequence[Request], fault: StoreFault) -> list[Answer]:
        """After a failed commit: read the book again; answer what is there, repeat the rest one by one."""
        log.warning("a unit of %d asks failed: %s", len(requests), fault)
        self._reload(fault)
        answers: list[Answer] = []
        second: StoreFault | None = None
        for request in requests:
            if second is None:
                try:
                    answers.append(self._alone(request))
                    continue
                except StoreFault as again:
                    self._reload(again)
                    if again.kind == "rows":
                        log.error("a fault of ours: %s %s cannot be kept: %s", request.act, request.id, again)
                        answers.append(dropped(request))
                        continue
                    second = again
            answers.append(unavailable(request.id, second))
        return answers

    def _alone(self, request: Request) -> Answer:
        work = self.prepare([request])
        self.append(work)
        self.commit(work)
        return self.settle(work)[0]

    def _reload(self, fault: StoreFault) -> None:
        if fault.kind == "fenced":
            self.alive = False
            raise ClerkGone from fault
        try:
            if fault.kind == "io":
                self.store.reopen()
            else:
                self.store.rollback()
            self.state.renew(self.clock())
        except StoreFault as error:
            self.alive = False
            raise ClerkGone from error

    def _attempt(self, unit: Unit, request: Request, known: Any) -> Answer:
        try:
            return self.performer.attempt(unit, request, known)
        except STUMBLES:
            log.exception("a fault of ours: %s %s was dropped and is not remembered", request.act, request.id)
            return dropped(request)

    def _gather(self, unit: Unit, requests: Sequence[Request], place: int, miss: NotGathered) -> None:
        """Read what the request at `place` lacks, and with it what those behind it will lack: one query a table.

        What their acts say of themselves comes first, since it costs no planning; where that adds nothing, they are
        planned to see what they read.
        """
        later = requests[place + 1 :]
        self.state.gather([*miss.keys, *(self._touched(later) or self._missing(unit, later))])

    def _touched(self, later: Sequence[Request]) -> list[tuple[str, Any]]:
        acts, has, peek = self.performer.acts, self.state.has, self.state.peek

        def touched(one: Request) -> list[tuple[str, Any]]:
            act = acts.get(one.act)
            if act is None or act.touches is None:
                return []
            return [key for key in act.touches(peek, one.credential, one.ask) if not has(key)]

        return _of_each(touched, later)

    def _missing(self, unit: Unit, later: Sequence[Request]) -> list[tuple[str, Any]]:
        return _of_each(lambda one: self.performer.missing(unit, one), later)

    # -- besides turns ---------------------------------------------------------------------------------------------

    def ask(self, id: str) -> Answer | None:
        """What became of an act, by its id; None where the book never heard of it."""
        known = self.state.known([id]).get(id)
        return None if known is None else told(id, known)

    def rehearse(self, request: Request) -> tuple[Plan, Refusal | None]:
        """What the act would do now and the refusal it would meet, on a unit that is thrown away; nothing is written.

        The plan is there even when guards or the ledger refuse it, so that a page can say what is still to be proved.
        """
        unit = Unit(self.state, self.clock())
        for _ in range(MAXIMA.needs_rounds):
            try:
                return self.performer.rehearse(unit, request)
            except NotGathered as miss:
                self.state.gather(miss.keys)
            except STUMBLES:
                log.exception("a fault of ours: %s stumbled while it was rehearsed", request.act)
                break
        return Plan(), Refusal("store.ask_dropped", incident=request.id[:12])

    def used(self, counters: Iterable[str]) -> dict[str, tuple[int, int]]:
        """(units, times) of counters `subject|counter|window`, as of the last committed unit."""
        wanted = list(counters)
        self.state.gather([("usage", name) for name in wanted])
        return {name: self.state.usage[name] for name in wanted}

    def look(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, int]]:
        """(posted, held) of accounts, as of the last committed unit."""
        wanted = list(keys)
        self.state.gather([("balance", key) for key in wanted])
        return {key: self.state.balances[key] for key in wanted}

    def records(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Rows as of the last committed unit; None where there is none."""
        wanted = list(keys)
        rows = self.state.records[table]
        self.state.gather([(table, key) for key in wanted])
        return [rows[key] for key in wanted]

    def overdue(self, limit: int = 256) -> list[tuple[str, int]]:
        """(id, end) of open holds whose end has passed, the oldest first."""
        now = self.clock()
        late = [(hold.ends, id) for id, hold in self.state.holds.items() if hold.ends is not None and hold.ends <= now]
        return [(id, ends) for ends, id in sorted(late)[:limit]]

    def close(self, *, checkpoint: bool = True) -> None:
        """Write the rest of the checkpoint, so that the next start folds nothing, and give the lease back."""
        try:
            if checkpoint and self.alive and self.state.n:
                self.rest()
        except StoreFault as fault:
            log.warning("the checkpoint was not finished, the next start folds more: %s", fault)
        self.alive = False
        self.store.close()

    def beat(self) -> None:
        """Renew the lease while nothing is to be written; raises ClerkGone when another clerk has the book.

        Whoever drives the clerk calls this every few seconds, between turns and never during one.
        """
        try:
            self.store.beat()
        except StoreFault as fault:
            self._reload(fault)

    def rest(self) -> None:
        """Bring the checkpoint up to the head, without an entry of its own."""
        for _ in range(2):  # what was dirty before a round began, then what that round left
            unit = Unit(self.state, self.clock())
            unit.append(whole_checkpoint=True)
            unit.commit()
            self.state.merge(unit)


def _of_each(look: Callable[[Request], list[tuple[str, Any]]], later: Sequence[Request]) -> list[tuple[str, Any]]:
    keys: list[tuple[str, Any]] = []
    for one in later:
        try:
            keys += look(one)
        except STUMBLES as error:  # it will stumble again when its turn comes, and be dropped then
            log.debug("%s %s stumbles: %r", one.act, one.id, error)
    return keys


def dropped(request: Request) -> Answer:
    """A fault of the program: this ask alone is dropped and not remembered, so a mended program may do it later."""
    return Answer(request.id, "", code="store.ask_dropped", facts={"incident": request.id[:12]})


def unavailable(id: str, fault: StoreFault) -> Answer:
    """Nobody is left waiting: the store cannot take the ask now; the same id may be asked again."""
    code = "store.room_short" if fault.kind == "room" else "store.unit_contended"
    return Answer(id, "", code=code)
