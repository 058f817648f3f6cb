"""The disk fills up at any write, or a sync fails: a clear answer to everybody, reads go on, nothing is lost, and the
town goes on by itself when there is room again.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import book
import pytest
from faults import town
from faults.disk import Disk, connect_on
from ledger.plain import BANK, V, W

from saxaul.ledger.store import SqliteStore

CHUNKS = 20
POINTS = 400
TURNS = 8
SEED = 3


class Run:
    """The same asks every time, on a disk that may fail at a chosen place."""

    def __init__(self, folder: Path) -> None:
        self.clock = book.Clock()
        self.chance = Random(SEED)
        template = Path(book.sqlite_dsn(folder).removeprefix("sqlite:"))
        self.path = str(template)
        self.disk = Disk({self.path: template.read_bytes()})
        self.people = town.Town(self.chance, self.clock)
        self.store = SqliteStore(self.path, connect=connect_on(self.disk))
        self.clerk = town.open_clerk(self.store, self.clock)
        self.short: list[Any] = []  # what was answered `store.room_short` and may be asked again

    def work(self) -> None:
        """Some turns, as if nothing could happen; whoever is refused for want of room is kept in mind."""
        for turn in range(TURNS):
            self.clock.now += 20_000_000
            asks = self.people.batch()
            answers = self.clerk.turn(asks)
            self.people.hear(asks, answers)
            if any(answer.code.startswith("store.") for answer in answers):
                self._refused(asks, answers)
            if turn % 3 == 2:
                self.store.tidy("TRUNCATE")

    def _refused(self, asks: list[Any], answers: list[Any]) -> None:
        for ask, answer in zip(asks, answers, strict=True):
            assert answer.code not in ("store.ask_dropped", "store.deadline_passed")
            if answer.code.startswith("store."):
                assert self.disk.full_at is None or answer.code == "store.room_short", answer.code
                assert not answer.entry
                self.short.append(ask)
        looked = self.clerk.look([(one, "ECNY/2") for one in (*town.PEOPLE, BANK)])
        head = self.clerk.store.query("SELECT hash FROM entry ORDER BY n DESC LIMIT 1")
        assert looked[W, "ECNY/2"] is not None and looked[V, "ECNY/2"] is not None, "reads do not go on"
        assert not head or bytes(head[0][0]) == self.clerk.state.hash, "memory and book have parted"
        self.clerk.records("engine_cursor", ["bus", "draw"])

    def end(self) -> None:
        """There is room again: without a restart the refused asks are done, and all that was promised is there."""
        self.disk.full_at = self.disk.sync_fails_at = None
        again = list({ask.id: ask for ask in self.short}.values())
        for start in range(0, len(again), 64):
            part = again[start : start + 64]
            answers = self.clerk.turn(part)
            assert not any(answer.code.startswith("store.") for answer in answers)
            self.people.hear(part, answers)
        town.examine(self.clerk)
        self.people.ask_again(self.clerk)
        self._restart()

    def _restart(self) -> None:
        """What was acknowledged is on the platter, too: the power fails and nothing unsynced survives."""
        head = self.clerk.state.hash
        self.disk.dead = True
        try:
            self.store.close()
        except Exception as error:  # noqa: BLE001 - the power is off
            del error
        self.disk.cut(Random(0))
        later = town.open_clerk(SqliteStore(self.path, connect=connect_on(self.disk)), self.clock)
        assert later.state.hash == head
        later.close()
        self.disk.close()


def measured(folder: Path) -> tuple[int, int]:
    """How many writes and syncs the whole run makes."""
    run = Run(folder)
    run.disk.writes = run.disk.syncs = 0
    run.work()
    counts = run.disk.writes, run.disk.syncs
    assert not run.short
    run.end()
    return counts


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_full_disk_refuses_clearly_and_loses_nothing(chunk: int, tmp_path: Path, monkeypatch: Any) -> None:
    town.small_checkpoints(monkeypatch)
    writes, _ = measured(tmp_path)
    each = POINTS // CHUNKS
    for point in range(chunk * each, (chunk + 1) * each):
        run = Run(tmp_path)
        run.disk.writes = 0
        run.disk.full_at = 1 + point * writes // POINTS
        run.work()
        assert run.short and run.clerk.alive
        run.end()


def test_a_disk_that_is_full_for_a_moment_costs_nobody_an_answer(tmp_path: Path, monkeypatch: Any) -> None:
    """Room returns while the clerk repeats the asks one by one: then nobody even hears of it."""
    town.small_checkpoints(monkeypatch)
    writes, _ = measured(tmp_path)
    for point in range(1, writes, max(1, writes // 40)):
        run = Run(tmp_path)
        run.disk.writes, run.disk.full_at = 0, point
        renew = run.clerk.state.renew

        def room_returns(now: int, run: Run = run, renew: Any = renew) -> None:
            run.disk.full_at = None
            renew(now)

        run.clerk.state.renew = room_returns  # type: ignore[method-assign]
        run.work()
        assert not run.short
        run.end()


def test_a_sync_that_fails_once_leaves_no_false_promise(tmp_path: Path, monkeypatch: Any) -> None:
    """The unit may be visible in the log and not on the platter: the clerk makes it durable before it answers."""
    town.small_checkpoints(monkeypatch)
    _, syncs = measured(tmp_path)
    for sync in range(1, syncs + 1):
        run = Run(tmp_path)
        run.disk.syncs, run.disk.sync_fails_at = 0, sync
        run.work()
        assert run.clerk.alive
        run.end()
