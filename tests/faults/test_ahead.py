"""One unit is planned while the one before is written: what was assumed and did not come true is planned anew."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
from faults import town
from faults.test_clerk_faults import Faulty, fine, io, room
from ledger.plain import BANK, M, V, W, ask, clerk_of, codes, pay

from saxaul.engine import Change
from saxaul.ledger.store import open_store
from saxaul.surfaces.drive import Loop

LIVES, CALLERS, GROUPS = 8, 8, 40


@pytest.mark.parametrize("life", range(LIVES))
def test_a_life_with_faults_while_units_are_planned_ahead(life: int, dsn: str, clock: Any, monkeypatch: Any) -> None:
    town.small_checkpoints(monkeypatch)
    chance = Random(life)
    store = Faulty(open_store(dsn))
    clerk = town.open_clerk(store, clock)
    people = town.Town(chance, clock)
    while len(people.records) < 3:  # each record is new once; from here on it is changed
        first = people.batch()
        people.hear(first, clerk.turn(first))
    assumed: list[int] = []
    assume = clerk.assume
    monkeypatch.setattr(clerk, "assume", lambda work, landed: (assumed.append(1), assume(work, landed)))

    async def caller(loop: Loop) -> None:
        for _ in range(GROUPS):
            asks = people.batch()
            if chance.random() < 0.02:
                store.commits += chance.choice(([(io, fine)], [(fine, io)], [(room, fine)], [(io, fine)] * 2))
            if chance.random() < 0.05:  # what memory forgets has to be read while something is on its way
                clerk.state.records["engine_cursor"].clear()
            for _ in range(chance.randint(0, 8)):
                await asyncio.sleep(0)
            people.hear(asks, await loop.group(asks, behind=chance.random() < 0.2))

    async def day() -> None:
        loop = Loop(clerk, lambda: pytest.fail("the clerk is gone"))
        await asyncio.gather(*[caller(loop) for _ in range(CALLERS)])
        assert not loop.waiting and not loop.turning

    asyncio.run(day())
    assert len(assumed) > GROUPS, "hardly anything was planned ahead: this test tests nothing"
    store.commits = []
    people.ask_again(clerk)
    town.examine(clerk)
    clerk.close()


def test_a_refusal_planned_on_what_never_came_true_is_forgotten(dsn: str, clock: Any) -> None:
    """W has 100; a payment of 80 is on its way and fails for good; the 50 planned behind it must not be refused."""
    store = Faulty(open_store(dsn))
    clerk = clerk_of(dsn, clock, store)
    clerk.turn([ask(1, clock, postings=[pay(BANK, W, 100)])])

    async def two() -> list[Any]:
        loop = Loop(clerk, lambda: pytest.fail("the clerk is gone"))
        store.commits = [(io, fine), (room, fine)]  # the unit, and its repetition alone
        first = loop.submit_one(ask(2, clock, postings=[pay(W, M, 80)]))
        await asyncio.sleep(0)  # the first one flies
        second = loop.submit_one(ask(3, clock, postings=[pay(W, V, 50)]))
        return [await first, await second]

    answers = asyncio.run(two())
    assert codes(answers)[0] == "store.room_short"
    assert codes(clerk.turn([ask(3, clock, postings=[pay(W, V, 50)])])) == [""]
    assert clerk.look([(W, "ECNY/2"), (V, "ECNY/2")]) == {(W, "ECNY/2"): (50, 0), (V, "ECNY/2"): (50, 0)}
    town.examine(clerk)
    clerk.close()


def test_whoever_must_read_the_store_waits_for_the_unit_on_its_way(dsn: str, clock: Any) -> None:
    """What memory forgot is read only after the unit before is written; an id that flies is answered from the book."""
    clerk = clerk_of(dsn, clock)
    first = ask(2, clock, changes=[Change("engine_cursor", "bus", {"n": 1}, new=True)])
    work = clerk.prepare([first])
    clerk.finish(work)
    clerk.assume(work, lambda: clerk.write(work))
    clerk.state.records["engine_cursor"].clear()
    behind = clerk.prepare([ask(3, clock, changes=[Change("engine_cursor", "bus", {"n": 2})]), first])
    clerk.settle(work)
    assert codes(behind.answers) == ["", ""] and behind.answers[1].hit
    clerk.finish(behind)
    clerk.write(behind)
    clerk.settle(behind)
    assert clerk.records("engine_cursor", ["bus"])[0].n == 2
    town.examine(clerk)
    clerk.close()
