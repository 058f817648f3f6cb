"""A commit that fails, a connection that dies, a second clerk: everybody is answered, and the answer stays true."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from faults import town
from ledger.plain import BANK, M, V, W, ask, clerk_of, codes, pay

from saxaul.engine import Change
from saxaul.engine.clerk import ClerkGone
from saxaul.ledger.store import PostgresStore, StoreFault, open_store
from saxaul.surfaces.drive import Loop

Fault = Callable[[], None]


def io() -> None:
    raise StoreFault("io", "the test pulled a plug")


def room() -> None:
    raise StoreFault("room", "the test filled the disk")


def fine() -> None:
    """Nothing happens."""


class Faulty:
    """A store whose commits meet what the test planned: a list of (before, after) for the next ones."""

    def __init__(self, store: Any) -> None:
        self.real = store
        self.commits: list[tuple[Fault, Fault]] = []
        self.appends: list[Fault] = []
        self.queries: list[Fault] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def append(self, batch: Any) -> None:
        if self.appends:
            self.appends.pop(0)()
        self.real.append(batch)

    def query(self, statement: str, values: Any = ()) -> Any:
        if self.queries:
            self.queries.pop(0)()
        return self.real.query(statement, values)

    def commit(self) -> None:
        before, after = self.commits.pop(0) if self.commits else (fine, fine)
        before()
        self.real.commit()
        after()


@pytest.fixture
def faulty(dsn: str, clock: Any) -> Iterator[Any]:
    """A clerk on a faulty store, with some money in the book; checked when the test is over."""
    store = Faulty(open_store(dsn))
    clerk = clerk_of(dsn, clock, store)
    clerk.turn([ask(1, clock, postings=[pay(BANK, W, 10_000)])])
    yield clerk
    if clerk.alive:
        town.examine(clerk)
        clerk.close()


def five(clock: Any, first: int = 2) -> list[Any]:
    """Payments, one of them refused, one that writes a record, and one of them twice."""
    asks = [ask(first + n, clock, postings=[pay(W, M, 10 + n)]) for n in range(3)]
    record = ask(first + 4, clock, changes=[Change("engine_cursor", f"bus{first}", {"n": 1}, new=True)])
    return [*asks, ask(first + 3, clock, postings=[pay(V, M, 1)]), record, asks[0]]


FIVE = ["", "", "", "wallet.funds_short", "", ""]


def again_the_same(clerk: Any, asks: list[Any], answers: list[Any]) -> None:
    for one, answer in zip(clerk.turn(asks), answers, strict=True):
        assert one.hit and one.text == answer.text and one.code == answer.code


@pytest.mark.parametrize(
    "plan", [[(io, fine)], [(fine, io)], [(room, fine)], [(fine, room)]],
    ids=["not written", "written and reported as failed", "no room", "written, and no room"],
)  # fmt: skip
def test_a_commit_that_fails_once_is_not_noticed(faulty: Any, clock: Any, plan: Any) -> None:
    faulty.store.commits = list(plan)
    asks = five(clock)
    answers = faulty.turn(asks)
    assert codes(answers) == FIVE and [a.entry for a in answers] == [2, 3, 4, 5, 6, 2]
    again_the_same(faulty, asks, answers)
    assert faulty.look([(M, "ECNY/2")])[M, "ECNY/2"] == (33, 0)


def test_answers_of_a_unit_reported_as_failed_are_those_it_was_given(faulty: Any, clock: Any) -> None:
    work = faulty.prepare(five(clock))
    planned = [answer.text for answer in work.answers]
    faulty.store.commits = [(fine, io)]
    answers = faulty.turn(five(clock))
    assert [answer.text for answer in answers] == planned and all(answer.hit for answer in answers)


def test_a_second_fault_is_said_to_everybody_who_still_waits(faulty: Any, clock: Any) -> None:
    asks = five(clock)
    faulty.store.commits = [(io, fine), (fine, fine), (io, fine)]
    answers = faulty.turn(asks)
    assert codes(answers) == ["", *["store.unit_contended"] * 5], "the first was repeated alone, then it failed again"
    later = faulty.turn(asks)
    assert codes(later) == FIVE and later[0].text == answers[0].text


def test_a_disk_that_stays_full_says_so_and_reads_go_on(faulty: Any, clock: Any) -> None:
    asks = five(clock)
    faulty.store.commits = [(room, fine)] * 2
    assert codes(faulty.turn(asks)) == ["store.room_short"] * 6
    assert faulty.look([(W, "ECNY/2")])[W, "ECNY/2"] == (10_000, 0)
    assert codes(faulty.turn(asks)) == FIVE


def test_a_unit_written_by_the_second_try_and_reported_as_failed_is_found_later(faulty: Any, clock: Any) -> None:
    asks = five(clock)
    faulty.store.commits = [(io, fine), (fine, io)]
    answers = faulty.turn(asks)
    assert codes(answers) == ["store.unit_contended"] * 6, "the outcome is unknown, and nobody guesses"
    later = faulty.turn(asks)
    assert codes(later) == FIVE and later[0].hit and not later[1].hit


@pytest.mark.parametrize("where", ["appends", "queries"])
def test_a_fault_before_the_commit_is_not_noticed_either(faulty: Any, clock: Any, where: str) -> None:
    setattr(faulty.store, where, [io])
    assert codes(faulty.turn(five(clock))) == FIVE


@pytest.mark.parametrize("reads_before", range(8))
def test_a_read_that_fails_leaves_no_empty_wallets_in_memory(
    faulty: Any, clock: Any, dsn: str, reads_before: int
) -> None:
    """What could not be read is unknown, not zero: the next ask finds the money."""
    faulty.turn([ask(90, clock, changes=[Change("engine_cursor", "bus2", {"n": 1}, new=True)])])
    faulty.close()
    store = Faulty(open_store(dsn))
    later = clerk_of(dsn, clock, store)
    store.queries = [fine] * reads_before + [io]
    answers = later.turn([*five(clock)[:4], ask(6, clock, changes=[Change("engine_cursor", "bus2", {"n": 2})])])
    assert codes(answers) == FIVE[:5]
    store.queries = []
    faulty.store, faulty.state, faulty.alive = store, later.state, True  # the fixture looks at the later one


def test_a_look_that_fails_leaves_no_empty_wallets_in_memory(faulty: Any, clock: Any, dsn: str) -> None:
    faulty.close()
    store = Faulty(open_store(dsn))
    later = clerk_of(dsn, clock, store)
    store.queries = [io]
    with pytest.raises(StoreFault):
        later.look([(W, "ECNY/2")])
    assert later.look([(W, "ECNY/2")])[W, "ECNY/2"] == (10_000, 0)
    faulty.store, faulty.state, faulty.alive = store, later.state, True


def test_a_fault_while_the_checkpoint_is_written_leaves_it_to_the_next_unit(
    faulty: Any, clock: Any, monkeypatch: Any
) -> None:
    town.small_checkpoints(monkeypatch, every=2, rows=1)
    for turn in range(30):
        faulty.store.commits = [(fine, fine), (io, fine)][turn % 2 :][:1]
        assert codes(faulty.turn(five(clock, first=10 + turn * 10))) == FIVE
        town.examine(faulty)
    assert faulty.state.covered > 10


def test_a_store_that_does_not_come_back_ends_the_clerk(faulty: Any, clock: Any) -> None:
    def never() -> None:
        raise StoreFault("io", "no such host")

    faulty.store.commits, faulty.store.reopen = [(io, fine)], never
    with pytest.raises(ClerkGone):
        faulty.turn(five(clock))
    with pytest.raises(ClerkGone):
        faulty.turn(five(clock))
    faulty.store.real.close()


@pytest.mark.parametrize("in_thread", [False, True])
@pytest.mark.parametrize("fault", ["once", "twice", "gone"])
def test_nobody_who_waits_in_the_loop_is_left_without_an_answer(
    faulty: Any, clock: Any, in_thread: bool, fault: str
) -> None:
    ended: list[bool] = []

    async def run() -> list[Any]:
        loop = Loop(faulty, lambda: ended.append(True), commit_in_thread=in_thread)
        if fault == "gone":
            faulty.store.reopen = io
        faulty.store.commits = [(io, fine)] * (1 if fault == "once" else 2)
        asks = [ask(100 + n, clock, postings=[pay(W, M, 1)]) for n in range(700)]
        futures = [loop.submit_one(one) for one in asks]
        answers = await asyncio.wait_for(asyncio.gather(*futures), 30)
        assert not loop.waiting or ended
        return answers

    answers = asyncio.run(run())
    said = set(codes(answers))
    assert said == {"once": {""}, "twice": {"", "store.unit_contended"}, "gone": {"store.unit_contended"}}[fault]
    assert bool(ended) is (fault == "gone")
    if ended:
        faulty.store.real.close()


# -- two clerks ------------------------------------------------------------------------------------------------------


def lose_the_lease(store: Any) -> None:
    """What time does to a clerk that was paused: its lease is anybody's now, and it does not know."""
    if store.name == "sqlite":
        os.close(store._lock)
        store._lock = None
    else:
        other = store.reader()
        other.connection.execute("SET default_transaction_read_only = off")
        other.connection.execute("UPDATE mark SET value = 1 WHERE name = 'lease'")
        other.close()


def test_a_second_clerk_is_refused_while_the_first_lives(dsn: str, clock: Any) -> None:
    first = clerk_of(dsn, clock)
    for _ in range(2):
        first.beat()
        with pytest.raises(StoreFault, match="fenced"):
            clerk_of(dsn, clock)
        assert codes(first.turn([ask(1, clock, postings=[pay(BANK, W, 1)])])) == [""], "the lease was lost by trying"
    first.close()
    clerk_of(dsn, clock).close()


@pytest.mark.parametrize("where", ["idle", "planned", "appended"])
def test_a_clerk_that_wakes_up_too_late_cannot_write(dsn: str, clock: Any, where: str) -> None:
    first = clerk_of(dsn, clock)
    first.turn([ask(1, clock, postings=[pay(BANK, W, 100)])])
    if where == "planned":
        work = first.prepare([ask(2, clock, postings=[pay(W, M, 1)])])
    lose_the_lease(first.store)
    second = clerk_of(dsn, clock)
    assert second.store.fence == first.store.fence + 1
    if where == "planned":
        with pytest.raises(StoreFault, match="fenced"):
            first.append(work)
    elif where == "idle" and first.store.name == "postgresql":
        with pytest.raises(ClerkGone):
            first.beat()
        first.alive = True
    with pytest.raises(ClerkGone):
        first.turn([ask(3, clock, postings=[pay(W, M, 1)])])
    assert not first.alive
    assert codes(second.turn([ask(2, clock, postings=[pay(W, V, 7)])])) == [""]
    assert second.look([(W, "ECNY/2"), (M, "ECNY/2")]) == {(W, "ECNY/2"): (93, 0), (M, "ECNY/2"): (0, 0)}
    first.store.close()
    with pytest.raises(StoreFault, match="fenced"):  # closing the old one did not give the new one's lease away
        clerk_of(dsn, clock)
    town.examine(second)
    second.close()


def test_a_standby_goes_on_where_a_dead_clerk_stopped(dsn: str, clock: Any) -> None:
    first = clerk_of(dsn, clock)
    first.turn([ask(1, clock, postings=[pay(BANK, W, 100)])])
    (paid,) = first.turn([ask(2, clock, postings=[pay(W, M, 30)])])
    first.append(first.prepare([ask(3, clock, postings=[pay(W, M, 30)])]))  # it dies before its commit
    lock, first.store._lock = getattr(first.store, "_lock", None), None
    first.store.connection.close()
    if lock is not None:
        with pytest.raises(StoreFault, match="fenced"):
            clerk_of(dsn, clock)
        os.close(lock)
    else:
        with pytest.raises(StoreFault, match="fenced"):
            clerk_of(dsn, clock)
        late = open_store(dsn)
        late.connection.execute("UPDATE mark SET value = value - 10000000 WHERE name = 'lease'")  # ten seconds pass
        late.close()
    standby = clerk_of(dsn, clock)
    answers = standby.turn([ask(2, clock, postings=[pay(W, M, 30)]), ask(3, clock, postings=[pay(W, M, 30)])])
    assert answers[0].text == paid.text and answers[0].hit and not answers[1].hit and not answers[1].code
    town.examine(standby)
    standby.close()


# -- what only a server does -----------------------------------------------------------------------------------------


class Conflicts:
    """A connection on which the next statements of a kind end in a conflict, as a server reports it."""

    def __init__(self, real: Any, kind: str, times: int, error: type[Exception]) -> None:
        self.real, self.kind, self.times, self.error = real, kind, times, error
        self.met = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def cursor(self) -> Any:
        cursor = self.real.cursor()
        return Conflicts(cursor, self.kind, 0, self.error)._with(self)

    def _with(self, parent: Conflicts) -> Conflicts:
        self.parent = parent
        return self

    def execute(self, statement: str, values: Any = None) -> Any:
        parent = self.__dict__.get("parent", self)
        if statement.startswith(self.kind) and parent.met < parent.times:
            parent.met += 1
            self.real.execute("ROLLBACK")  # the server has ended the transaction
            raise self.error("could not serialize access")
        return self.real.execute(statement, values)


@pytest.fixture
def on_postgres(postgres: Any, clock: Any) -> Any:
    from book import fresh_postgres

    clerk = clerk_of(fresh_postgres(postgres), clock)
    clerk.turn([ask(1, clock, postings=[pay(BANK, W, 10_000)])])
    yield clerk
    town.examine(clerk)
    clerk.close()


@pytest.mark.pg
@pytest.mark.parametrize("kind", ["COMMIT", "WITH mine", "BEGIN"])
@pytest.mark.parametrize("name", ["SerializationFailure", "DeadlockDetected"])
@pytest.mark.parametrize("times", [1, 5, 6])
def test_a_conflict_is_tried_again_at_most_five_times(
    on_postgres: Any, clock: Any, kind: str, name: str, times: int
) -> None:
    import psycopg

    store, real = on_postgres.store, on_postgres.store.connection
    conflicts = Conflicts(real, kind, times, getattr(psycopg.errors, name))
    store.connection = conflicts
    faults: list[Any] = []
    recover = on_postgres.recover
    on_postgres.recover = lambda asks, fault: faults.append(fault) or recover(asks, fault)
    asks = five(clock)
    answers = on_postgres.turn(asks)
    assert codes(answers) == FIVE and conflicts.met == times
    assert [fault.kind for fault in faults] == (["io"] if times > 5 else []), "the sixth is a fault like any other"
    again_the_same(on_postgres, asks, answers)


@pytest.mark.pg
@pytest.mark.parametrize("moment", ["before the turn", "after the rows", "after the commit"])
def test_a_connection_that_dies_costs_nobody_an_answer(on_postgres: Any, clock: Any, moment: str) -> None:
    store: PostgresStore = on_postgres.store

    def cut() -> None:
        other = PostgresStore(store.dsn)
        other.connection.execute("SELECT pg_terminate_backend(%s)", (store.connection.info.backend_pid,))
        other.close()

    append, commit = store.append, store.commit

    def append_and_cut(batch: Any) -> None:
        store.append = append  # type: ignore[method-assign]
        append(batch)
        cut()

    def commit_and_cut() -> None:
        store.commit = commit  # type: ignore[method-assign]
        commit()
        cut()
        io()

    if moment == "before the turn":
        cut()
    elif moment == "after the rows":
        store.append = append_and_cut  # type: ignore[method-assign]
    else:
        store.commit = commit_and_cut  # type: ignore[method-assign]
    asks = five(clock)
    answers = on_postgres.turn(asks)
    assert codes(answers) == FIVE and len({answer.entry for answer in answers}) == 5
    again_the_same(on_postgres, asks, answers)
