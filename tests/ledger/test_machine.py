"""The ledger against a naive model that shares nothing with it: whatever is asked, both say and hold the same.

Hypothesis chooses the asks, the jumps of the clock, the restarts and the moments of the checkpoint; memory and
checkpoint are so small here that every way to forget and to read again is taken.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import book
import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledger.plain import BANK, CORE, PLAIN, M, Move, NoTerms, V, W, move, pay

from saxaul.engine import Act, Bound, Change, Declarations, HoldEnd, HoldOpen, Limit, Programme, Use
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import request
from saxaul.kernel import ids
from saxaul.ledger import journal, state
from saxaul.ledger.check import check
from saxaul.ledger.store import SqliteStore, connect_sqlite, open_store
from saxaul.sim.auditor import Auditor, city_day

CI = bool(os.environ.get("CI"))
EXAMPLES = int(os.environ.get("SAXAUL_MACHINE_EXAMPLES", "2000" if CI else "50"))
CHUNKS = 10
STEPS = 25
PHASES = (Phase.generate,) if os.environ.get("SAXAUL_MACHINE_RAW") else (Phase.generate, Phase.shrink)
TINY = replace(state.MAXIMA, checkpoint_every=4, checkpoint_rows=3, cache_rows=3, ids_remembered=6)

ADDRESSES = (W, V, "wallet:" + "e" * 32, M, BANK)
ASSETS = ("ECNY/2", "CNY/2")
HOUR = 3_600_000_000
JUMPS = (1, 1_000_000, 59_000_000, 61_000_000, HOUR, 24 * HOUR, 24 * 31 * HOUR, 24 * 400 * HOUR, -1, -HOUR, -48 * HOUR)


class Undo(msgspec.Struct, frozen=True):
    """The reversal of an earlier transfer: its postings turned round."""

    undoes: str
    postings: list[Any]
    opens: list[Any] = []
    ends: list[Any] = []
    uses: list[Any] = []
    limits: list[Any] = []
    bounds: list[Any] = []


def undo(facts: Any, ask: Undo) -> Any:
    """The value goes back where it came from, in an entry that names the old one."""
    plan = move(facts, Move(postings=ask.postings))
    plan.reverses = ask.undoes
    return plan


UNDOING = Programme(
    name="undo", title="Reversals", acts=(Act("undo.move", Undo, undo, msgspec.defstruct("Gone", []), ("system",)),)
)
DECLARED = Declarations((CORE, PLAIN, UNDOING))


def short(address: str) -> str:
    return "refund.payee_short" if address.startswith("merchant:") else "wallet.funds_short"


def without_syncs(path: str, read_only: bool) -> Any:
    """No power fails here; other tests see to that."""
    connection = connect_sqlite(path, read_only)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


@dataclass
class Place:
    """Where a book lies and how it is emptied: a file, or a database that is used again."""

    folder: Path
    dsn: str = ""

    def empty(self) -> str:
        if self.dsn:
            store = open_store(self.dsn)
            store.connection.execute("TRUNCATE entry, posting, balance, usage, hold, mark, engine_cursor")
            store.close()
            return self.dsn
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        return book.sqlite_dsn(self.folder)


units = st.sampled_from((1, 2, 50, 100, 1_000, 7_777))
numbers = st.integers(0, 9)
address = st.sampled_from(ADDRESSES)
posting = st.builds(
    lambda pair, units, asset: pay(*pair, units, asset if M not in pair else "ECNY/2"),
    st.sampled_from([(a, b) for a in ADDRESSES for b in ADDRESSES if a != b]),
    units, st.sampled_from(ASSETS),
)  # fmt: skip


class Machine(RuleBasedStateMachine):
    """One book and its model."""

    place: Place

    @initialize()
    def open(self) -> None:
        state.MAXIMA = TINY
        self.dsn = self.place.empty()
        self.clock = book.Clock()
        self.auditor = Auditor(short=short)
        self.number = 0
        self.requests: list[Any] = []
        self.done: list[Any] = []
        self.records: set[str] = set()
        self.clerk = self._clerk()

    def _clerk(self) -> Clerk:
        return Clerk(self._store(), DECLARED, NoTerms(), self.clock)

    def _store(self) -> Any:
        if self.place.dsn:
            return open_store(self.dsn)
        return SqliteStore(self.dsn.removeprefix("sqlite:"), connect=without_syncs)

    @property
    def now(self) -> int:
        return max(self.clock.now, self.clerk.state.entered)

    # -- asks --------------------------------------------------------------------------------------------------------

    def _ask(self, data: Any) -> Any:
        kind = data.draw(
            st.sampled_from(
                ("fund", "pay", "pay", "hold", "hold", "hold", "end", "end", "use", "bound", "record", "undo", "again",
                 "reuse")
            )
        )  # fmt: skip
        if kind == "again" and self.requests:
            return data.draw(st.sampled_from(self.requests))
        act, ask = "plain.move", Move(**self._what(kind, data))
        if kind == "undo" and self.done:
            old = data.draw(st.sampled_from(self.done))
            back = [pay(p.credit, p.debit, p.units, p.asset) for p in reversed(old.ask.postings)]
            act, ask = "undo.move", Undo(old.id, back)
        self.number += 1
        early = data.draw(st.sampled_from((0, 0, HOUR, 20 * HOUR, -20 * HOUR)))
        id = ids.fresh(self.now - early, self.number.to_bytes(10, "big"))
        if kind == "reuse" and self.requests:
            id = data.draw(st.sampled_from(self.requests)).id
        return request(act, ask, id=id)

    def _what(self, kind: str, data: Any) -> dict[str, Any]:
        payer, payee, some = data.draw(address), data.draw(address), data.draw(units)
        if kind == "fund":
            return {"postings": [pay(BANK, data.draw(st.sampled_from(ADDRESSES[:4])), 5_000)]}
        if kind == "end" and self.clerk.state.holds:
            return self._end(data)
        what: dict[str, Any] = {"postings": data.draw(st.lists(posting, min_size=1, max_size=5))}
        day = city_day(self.now)
        if kind == "hold":
            lasts = data.draw(st.sampled_from((None, 1, 60_000_000, 24 * HOUR)))
            ends = None if lasts is None else self.now + lasts
            held = data.draw(st.lists(posting, min_size=1, max_size=3))
            hold = HoldOpen(f"{data.draw(numbers):032x}", held, ends)
            what = {"opens": [hold], "uses": [Use(payer, "pay", day, some, 1)]}
            if data.draw(st.booleans()):
                what["postings"] = [data.draw(posting)]
        elif kind == "use":
            what["uses"] = [Use(payer, "pay", day, some, data.draw(st.integers(0, 2)))]
            window = day[: data.draw(st.sampled_from((4, 7, 10)))]
            measure = data.draw(st.sampled_from(("units", "times")))
            most = data.draw(st.sampled_from((0, 2, 1_000, 5_000)))
            what["limits"] = [Limit(payer, "pay", window, measure, most, "tier.day_exceeded")]
        elif kind == "bound":
            least, most = data.draw(st.sampled_from(((None, 3_000), (500, None), (0, 5_000), (None, 0))))
            what["bounds"] = [Bound(payee, "ECNY/2", "tier.balance_exceeded", at_most=most, at_least=least)]
        elif kind == "record":
            key = str(data.draw(numbers))
            what["changes"] = [Change("engine_cursor", key, {"n": some}, new=key not in self.records)]
        return what

    def _end(self, data: Any) -> dict[str, Any]:
        id = data.draw(st.sampled_from(sorted(self.clerk.state.holds)))
        how = data.draw(st.sampled_from(("capture", "capture", "release")))
        what: dict[str, Any] = {"ends": [HoldEnd(id, how)]}
        if how == "capture":  # in part: of every posting that was held as much as it was, or less
            held = self.clerk.state.holds[id].postings
            parts = [data.draw(st.integers(0, p.units)) for p in held]
            pairs = zip(held, parts, strict=True)
            what["postings"] = [pay(p.debit, p.credit, part, p.asset) for p, part in pairs if part]
        return what

    # -- what happens ------------------------------------------------------------------------------------------------

    @rule(data=st.data(), count=st.integers(1, 5))
    def turn(self, data: Any, count: int) -> None:
        asks = [self._ask(data) for _ in range(count)]
        before, now = self.clerk.state.n, self.now
        answers = self.clerk.turn(asks)
        entries = {entry.id: entry for entry in journal.read(self.clerk.store, before, 1_000)}
        assert len(answers) == len(asks) and len(entries) == self.clerk.state.n - before
        for one, answer in zip(asks, answers, strict=True):
            faults = self.auditor.took(one, answer, entries.pop(one.id, None), now=now)
            assert not faults, faults
            if answer.entry > before and not answer.hit:
                self.requests.append(one)
                if not answer.code and one.ask.postings:
                    self.done.append(one)
                if not answer.code and one.act == "plain.move":
                    self.records |= {change.key for change in one.ask.changes}
        assert not entries, "the journal has entries nobody asked for"

    @rule(jump=st.sampled_from(JUMPS))
    def time_passes(self, jump: int) -> None:
        self.clock.now += jump

    @rule(checkpoint=st.booleans())
    def restart(self, checkpoint: bool) -> None:
        self.clerk.close(checkpoint=checkpoint)
        self.clerk = self._clerk()

    @rule()
    def rest(self) -> None:
        self.clerk.rest()

    @precondition(lambda self: self.clerk.overdue())
    @rule()
    def sweep(self) -> None:
        self.turn_of([("engine.expire_hold", id) for id, _ in self.clerk.overdue()])

    def turn_of(self, swept: list[tuple[str, str]]) -> None:
        """Overdue holds are expired by the engine's own act."""
        from saxaul.engine.core import ExpireHold

        before, now = self.clerk.state.n, self.now
        asks = [
            request(act, ExpireHold(id), id=ids.derived(self.now, f"{id}{before}")) for act, id in swept
        ]  # fmt: skip
        answers = self.clerk.turn(asks)
        entries = {entry.id: entry for entry in journal.read(self.clerk.store, before, 1_000)}
        for one, answer in zip(asks, answers, strict=True):
            faults = self.auditor.took(one, answer, entries.pop(one.id, None), now=now)
            assert not faults, faults

    @invariant()
    def both_hold_the_same(self) -> None:
        if not hasattr(self, "clerk"):
            return
        keys = {(one, asset) for one in ADDRESSES for asset in ASSETS} - {(M, "CNY/2")}
        names = ["|".join(counter) for counter in self.auditor.used]
        self.clerk.state.gather([("usage", name) for name in names])
        used = {tuple(name.split("|")): self.clerk.state.usage[name] for name in names}
        faults = self.auditor.differs(
            balances=self.clerk.look(sorted(keys)), holds=self.clerk.state.holds, used=used
        )  # fmt: skip
        assert not faults, faults

    def teardown(self) -> None:
        state.MAXIMA = type(TINY)()
        if not hasattr(self, "clerk"):
            return
        try:
            report = check(self.clerk.store, DECLARED.chart, DECLARED.tables)
            assert report.findings == []
            assert report.entries == self.auditor.n
        finally:
            self.clerk.close(checkpoint=False)


def play(place: Place, number: int, examples: int) -> None:
    """Hypothesis plays with one book after another; a fault found is made as small as it can be."""
    machine = seed(number)(type("Played", (Machine,), {"place": place}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, database=None, print_blob=False,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_ledger_and_the_model_agree(chunk: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="saxaul-machine-"))
    try:
        play(Place(folder), chunk, max(1, EXAMPLES // CHUNKS))
    finally:
        shutil.rmtree(folder)


@pytest.mark.pg
def test_they_agree_on_a_server_too(postgres: Any) -> None:
    from book import fresh_postgres

    play(Place(Path(), fresh_postgres(postgres)), 99, max(5, EXAMPLES // 50))
