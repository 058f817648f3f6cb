"""Many processes and threads pay through one clerk while others read the whole book: no total ever wavers.

What a reader may never see: a sum that changed, a wallet below zero, a transfer of which only a part is there, or
something a look at memory knows that the book does not. Bugs of each kind are planted and have to be found.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import book
import pytest
from faults import town
from ledger.plain import BANK, Clerk, Move, NoTerms, declared, pay

from saxaul.engine.request import request
from saxaul.kernel import ids
from saxaul.ledger.chart import Chart
from saxaul.ledger.check import check
from saxaul.ledger.store import Batch, Store, open_store
from saxaul.surfaces.drive import Loop
from saxaul.surfaces.wire import Far, Wire

PROCESSES, ASKING = 4, 6
ASKS = 200 if os.environ.get("CI") else 40  # of each asking thread
WALLETS = [f"wallet:{n:032x}" for n in range(12)]
EACH = 1_000  # what every wallet begins with


class Host:
    """A clerk driven on a loop in a thread of its own, behind its socket."""

    def __init__(self, dsn: str, folder: Path, plant: Callable[[Clerk], None]) -> None:
        self.dsn, self.socket = dsn, folder / "clerk.sock"
        self.clerk = Clerk(open_store(dsn), declared(), NoTerms(), book.Clock())
        funds = [pay(BANK, one, EACH) for one in WALLETS]
        (answer,) = self.clerk.turn([request("plain.move", Move(postings=funds), id=ids.fresh(book.NOON, bytes(10)))])
        assert not answer.code
        plant(self.clerk)
        self.ready, self.loop = threading.Event(), asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.ready.wait()

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self.stop = asyncio.Event()
        server = await Wire(Loop(self.clerk, lambda: None), self.clerk.declarations, self.socket).start()
        self.ready.set()
        await self.stop.wait()
        server.close()

    def look(self) -> tuple[int, dict[Any, tuple[int, int]]]:
        """What memory says between two steps of the loop: the entry, and every wallet."""

        async def now() -> tuple[int, dict[Any, tuple[int, int]]]:
            return self.clerk.state.n, self.clerk.look([(one, "ECNY/2") for one in WALLETS])

        return asyncio.run_coroutine_threadsafe(now(), self.loop).result(60)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.thread.join()
        self.loop.close()


@contextmanager
def hosting(dsn: str, folder: Path, plant: Callable[[Clerk], None] = lambda clerk: None) -> Iterator[Host]:
    host = Host(dsn, folder, plant)
    try:
        yield host
    finally:
        host.end()


# -- what the other processes do -----------------------------------------------------------------------------------


def ask_on(socket: str, seed: int, told: dict[str, str], faults: list[str]) -> None:
    """Transfers of three postings through many hands; often more than there is."""
    chance, far = Random(seed), Far(Path(socket))
    for number in range(ASKS):
        first, second, third = chance.sample(WALLETS, 3)
        units = chance.choice((1, 90, 700, 1_500))
        ring = [pay(first, second, units), pay(second, third, units), pay(third, first, chance.randint(1, units))]
        id = ids.fresh(book.NOON + number, (seed * 100_000 + number + 1).to_bytes(10, "big"))
        one = request("plain.move", Move(postings=ring), id=id)
        answers = far.submit([one, one] if chance.random() < 0.1 else [one])
        odd = [answer.code for answer in answers if answer.code not in ("", "wallet.funds_short")]
        if odd or {answer.text for answer in answers} != {told.setdefault(id, answers[0].text)}:
            faults.append(f"{id}: {odd or answers}")
            break
    far.close()


def totals(store: Store) -> list[str]:
    """One moment of the book, by sums the check does not use."""
    faults = []
    with store.at_one_moment():
        last = store.last_number()
        rows = store.query("SELECT n, debit, credit, units, debit_after, credit_after FROM posting ORDER BY n")
        lasting = store.query("SELECT n FROM entry WHERE refused = '' AND act = 'plain.move' ORDER BY n")
    balances: dict[str, int] = {}
    parts: dict[int, int] = {}
    for n, debit, credit, units, debit_after, credit_after in rows:
        parts[n // 64] = parts.get(n // 64, 0) + 1
        for one, moved, after in ((debit, -units, debit_after), (credit, units, credit_after)):
            balances[one] = balances.get(one, 0) + moved
            if balances[one] != after:
                faults.append(f"posting {n}: {one} has {balances[one]} and not {after}")
    if sum(balances.get(one, 0) for one in WALLETS) != EACH * len(WALLETS):
        faults.append(f"the wallets' total at entry {last} is {sum(balances[one] for one in WALLETS)}")
    faults += [f"{one} has {balances[one]} at entry {last}" for one in WALLETS if balances.get(one, 0) < 0]
    whole = {n: 3 for (n,) in lasting[1:]}
    if {n: count for n, count in parts.items() if n > 1} != whole:
        faults.append(f"at entry {last} a transfer is there in part")
    return faults


def read_on(dsn: str, kind: str, done: threading.Event, faults: list[str], reads: list[int]) -> None:
    """Whole readings of the book, one after the other, until nobody asks any more and the last was whole."""
    store, all_of_it = open_store(dsn, read_only=True), declared()
    while True:
        last_one = done.is_set()
        faults += totals(store) if kind == "totals" else check(store, all_of_it.chart, all_of_it.tables).findings
        reads.append(1)
        if last_one or faults:
            break
    store.close()


def child(dsn: str, socket: str, seed: int, result: str) -> None:
    """One process: six threads that ask, two that read."""
    told: list[dict[str, str]] = [{} for _ in range(ASKING)]
    faults: list[str] = []
    reads: list[int] = []
    done = threading.Event()
    asking = [threading.Thread(target=ask_on, args=(socket, seed * ASKING + n, told[n], faults)) for n in range(ASKING)]
    reading = [threading.Thread(target=read_on, args=(dsn, kind, done, faults, reads)) for kind in ("totals", "check")]
    for one in (*asking, *reading):
        one.start()
    for one in asking:
        one.join()
    done.set()
    for one in reading:
        one.join()
    Path(result).write_text(
        json.dumps({"told": {k: v for one in told for k, v in one.items()}, "faults": faults, "reads": len(reads)})
    )


def crowd(host: Host, folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """All processes at once; returns what each saw, and what looks at memory showed meanwhile."""
    spawn = multiprocessing.get_context("spawn")
    results = [folder / f"child{n}.json" for n in range(PROCESSES)]
    children = [
        spawn.Process(target=child, args=(host.dsn, str(host.socket), n, str(path))) for n, path in enumerate(results)
    ]
    reader, seen = open_store(host.dsn, read_only=True), []
    for one in children:
        one.start()
    while any(one.is_alive() for one in children):
        n, wallets = host.look()
        if reader.last_number() < n:
            seen.append(f"memory knows entry {n}, which the book does not have")
        if sum(posted for posted, _ in wallets.values()) != EACH * len(WALLETS):
            seen.append(f"a look at entry {n} shows {wallets}")
        if any(posted < 0 for posted, _ in wallets.values()):
            seen.append(f"a look at entry {n} shows somebody below zero")
    for one in children:
        one.join()
        assert one.exitcode == 0
    reader.close()
    return [json.loads(path.read_text()) for path in results], seen


def test_the_bank_never_wavers(dsn: str, tmp_path: Path, monkeypatch: Any) -> None:
    town.small_checkpoints(monkeypatch, every=100, rows=8)
    with hosting(dsn, tmp_path) as host:
        children, seen = crowd(host, tmp_path)
    assert seen == []
    told: dict[str, str] = {}
    for one in children:
        assert one["faults"] == [] and one["reads"] >= 2
        told |= one["told"]
    assert len(told) == PROCESSES * ASKING * ASKS
    for id, text in told.items():
        kept = host.clerk.ask(id)
        assert kept is not None and kept.text == text
    assert host.clerk.state.n == len(told) + 1, "somebody was served twice"
    assert host.clerk.state.covered > 0
    town.examine(host.clerk)
    host.clerk.close()


# -- bugs that have to be found ------------------------------------------------------------------------------------


def no_floor(clerk: Clerk) -> None:
    """Whoever has nothing may pay all the same."""
    lower = [one if one.floor is None else replace(one, floor=-(10**12)) for one in clerk.state.chart.classes]
    clerk.state.chart = Chart(lower)


def merged_too_early(clerk: Clerk) -> None:
    """Memory learns of a unit before it is committed."""
    append = clerk.append

    def early(work: Any) -> None:
        append(work)
        if work.unit.batch.entries:
            clerk.state.merge(work.unit)

    clerk.append = early  # type: ignore[method-assign]
    clerk.settle = lambda work: work.answers  # type: ignore[method-assign]


def in_two_parts(clerk: Clerk) -> None:
    """The entries of a unit are committed before their postings."""
    append = clerk.store.append

    def parted(batch: Batch) -> None:
        append(Batch(entries=batch.entries))
        clerk.store.commit()
        append(replace(batch, entries=[]))

    clerk.store.append = parted  # type: ignore[method-assign]


def lost_on_the_way(clerk: Clerk) -> None:
    """Now and then the last posting of a transfer is not written."""
    append = clerk.store.append

    def short(batch: Batch) -> None:
        del batch.postings[-1:]
        append(batch)

    clerk.store.append = short  # type: ignore[method-assign]


@pytest.mark.parametrize("plant", [no_floor, merged_too_early, in_two_parts, lost_on_the_way])
def test_a_planted_bug_is_caught(plant: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("faults.test_bank.PROCESSES", 2)
    monkeypatch.delenv("CI", raising=False)  # the processes started below ask less
    with hosting(book.sqlite_dsn(tmp_path), tmp_path, plant) as host:
        children, seen = crowd(host, tmp_path)
    assert seen or any(one["faults"] for one in children), f"nobody noticed: {plant.__doc__}"
    host.clerk.store.close()
