"""The power fails at any operation of the disk: what was acknowledged is there, once, and the books balance.

The same run with a weaker setting of the database must lose something, else this test could not see a loss.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any

import book
import pytest
from faults import town
from faults.disk import Disk, connect_on, pragmas

from saxaul.engine.clerk import ClerkGone
from saxaul.ledger.store import SqliteStore, StoreFault

CHUNKS = 40
CUTS = int(os.environ.get("SAXAUL_POWER_CUTS", "2000"))
TURNS_MAX = 5
OPERATIONS_MAX = 100  # of the disk, in a life: a turn needs about twenty


class _Heads:
    """Which heads the book may have after the power came back: the last acknowledged, or the one in flight."""

    def __init__(self) -> None:
        self.acknowledged: bytes | None = None
        self.in_flight: set[bytes] = set()

    def watch(self, store: SqliteStore) -> None:
        append = store.append

        def noted(batch: Any) -> None:
            if batch.entries:
                self.in_flight.add(batch.entries[-1][-1])
            append(batch)

        store.append = noted  # type: ignore[method-assign]


class Lives:
    """One book, many lives: each ends with the power."""

    def __init__(self, seed: int, folder: Path, clock: Any, settings: tuple[str, ...] | None = None) -> None:
        self.chance, self.clock = Random(seed), clock
        self.path = str(folder / "book.db")
        template = Path(book.sqlite_dsn(folder).removeprefix("sqlite:"))
        self.disk = Disk({self.path: template.read_bytes()})
        template.unlink()
        self.connect = connect_on(self.disk, settings)
        self.people = town.Town(self.chance, clock)
        self.heads = _Heads()
        self.cuts = self.arrived = 0  # arrived: units in flight that the power cut did not lose

    def live(self) -> None:
        """Start, look whether all is as it was left, work, and lose power."""
        store = SqliteStore(self.path, connect=self.connect)
        try:
            clerk = town.open_clerk(store, self.clock)
            self._found(clerk)
            self._plan_the_cut()
            self._work(clerk)
        except (StoreFault, ClerkGone):
            assert self.disk.dead, "the clerk went although there was power"
        self.disk.dead = True
        try:
            store.close()
        except Exception as error:  # noqa: BLE001 - the power is off
            del error
        self.disk.cut(self.chance)
        self.cuts += 1

    def _plan_the_cut(self) -> None:
        if self.chance.random() < 0.5:
            self.disk.left = self.chance.randint(0, OPERATIONS_MAX)
        else:
            self.disk.syncs_left, self.disk.sync_arrives = self.chance.randint(0, 4), self.chance.random() < 0.5

    def _found(self, clerk: Any) -> None:
        if self.heads.acknowledged is not None:
            possible = {self.heads.acknowledged, *self.heads.in_flight}
            self.arrived += clerk.state.hash != self.heads.acknowledged
            assert clerk.state.hash in possible, "the book has neither the acknowledged head nor the one in flight"
        town.examine(clerk)
        again = [request for request, _ in list(self.people.told.values())[-20:]]
        self.people.ask_again(clerk, again)
        self.heads.acknowledged, self.heads.in_flight = clerk.state.hash, set()
        self.people.records = {row[0] for row in clerk.store.query("SELECT key FROM engine_cursor")}
        self.heads.watch(clerk.store)

    def _work(self, clerk: Any) -> None:
        for _ in range(self.chance.randint(1, TURNS_MAX)):
            self.clock.now += self.chance.choice((0, 1, 1_000_000, 61_000_000))
            asks = self.people.batch()
            answers = clerk.turn(asks)
            if self.disk.dead:  # the clerk said that it is unavailable: nothing was promised
                assert not any(answer.entry and not answer.hit for answer in answers), "a promise without power"
                return
            self.people.hear(asks, answers)
            self.heads.acknowledged, self.heads.in_flight = clerk.state.hash, set()
            if self.chance.random() < 0.1:
                clerk.rest()
            if self.chance.random() < 0.2:
                clerk.store.tidy(self.chance.choice(("PASSIVE", "FULL", "RESTART", "TRUNCATE")))

    def end(self) -> None:
        """With the power on for good: everything ever promised is there."""
        clerk = town.open_clerk(SqliteStore(self.path, connect=self.connect), self.clock)
        self._found(clerk)
        self.people.ask_again(clerk)
        assert clerk.store.query("PRAGMA integrity_check") == [("ok",)]
        clerk.close()
        self.disk.close()


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_nothing_acknowledged_is_lost_or_doubled(seed: int, tmp_path: Path, clock: Any, monkeypatch: Any) -> None:
    town.small_checkpoints(monkeypatch)
    lives = Lives(seed, tmp_path, clock)
    for _ in range(CUTS // CHUNKS):
        lives.live()
    lives.end()
    assert lives.cuts == CUTS // CHUNKS and len(lives.people.told) > lives.cuts and lives.arrived


@pytest.mark.parametrize(
    "settings", [pragmas(synchronous="NORMAL"), pragmas(journal="DELETE")], ids=["WAL and NORMAL", "DELETE and FULL"]
)
def test_a_weaker_setting_is_caught_within_a_hundred_cuts(
    settings: tuple[str, ...], tmp_path: Path, clock: Any, monkeypatch: Any
) -> None:
    town.small_checkpoints(monkeypatch)
    lives = Lives(7, tmp_path, clock, settings)
    with pytest.raises(AssertionError, match="neither the acknowledged head|lost or changed"):
        for _ in range(100):
            lives.live()
        lives.end()
    lives.disk.close()


def test_the_fallback_without_a_log_keeps_everything(tmp_path: Path, clock: Any, monkeypatch: Any) -> None:
    """Where the SQLite at hand is too old for WAL: a rollback journal, and the directory synced as well."""
    town.small_checkpoints(monkeypatch)
    lives = Lives(11, tmp_path, clock, pragmas(journal="DELETE", synchronous="EXTRA"))
    for _ in range(40):
        lives.live()
    lives.end()
