"""The model auditor beside the real ledger: random asks, restarts and clock jumps, and both must say the same.

The second half plants faults in the ledger and asks the auditor to name them: an oracle that never objects is worth
nothing.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import book
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ledger.plain import BANK, M, V, W, ask, clerk_of, pay

from saxaul.engine import Bound, HoldEnd, HoldOpen, Limit, Use
from saxaul.kernel import times
from saxaul.ledger import journal
from saxaul.ledger.unit import Unit
from saxaul.sim.auditor import Auditor, city_day

DAY_TOTAL, MOST = 40_000, 60_000
SHORT = {M: "refund.payee_short"}
units = st.integers(1, 30_000)
payers = st.sampled_from([W, V, M])
payees = st.sampled_from([W, V, M, BANK])


def fresh_auditor() -> Auditor:
    return Auditor(short=lambda address: SHORT.get(address, "wallet.funds_short"))


class Pair:
    """A clerk and its auditor, fed with the same asks."""

    def __init__(self, folder: Path) -> None:
        self.dsn, self.clock = book.sqlite_dsn(folder), book.Clock()
        self.clerk, self.auditor = clerk_of(self.dsn, self.clock), fresh_auditor()
        self.read, self.number, self.made = 0, 0, []

    def do(self, asks: list[dict[str, Any]], *, again: list[Any] | None = None) -> list[str]:
        """One batch: new asks, then asks made before; every fault the auditor finds."""
        requests = []
        for what in asks:
            self.number += 1
            requests.append(ask(self.number, self.clock, **what))
        self.made += requests
        requests += again or []
        answers = self.clerk.turn(requests)
        entries = {one.n: one for one in journal.read(self.clerk.store, self.read, 4096)}
        self.read = max(entries, default=self.read)
        faults = []
        for request, answer in zip(requests, answers, strict=True):
            entry = None if answer.hit else entries.pop(answer.entry, None)
            faults += self.auditor.took(request, answer, entry, now=self.clock())
        return faults + [f"entry {n} belongs to no ask." for n in entries]

    def differs(self) -> list[str]:
        used = {tuple(name.split("|")): value for name, value in self.clerk.state.usage.items() if any(value)}
        balances = self.clerk.look(list(self.auditor.posted))
        mine = {counter: value for counter, value in self.auditor.used.items() if any(value)}
        faults = self.auditor.differs(balances=balances, holds=self.clerk.state.holds)
        return faults + [f"{name} counts {used.get(name)}, not {mine.get(name)}." for name in mine.keys() | used.keys()
                         if used.get(name) != mine.get(name)]  # fmt: skip

    def close(self) -> None:
        if self.clerk.alive:
            self.clerk.close(checkpoint=False)


class LedgerBesideModel(RuleBasedStateMachine):
    """Whatever is asked, in whatever order, the clerk answers and keeps what the model says."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="saxaul-auditor-"))
        self.pair = Pair(self.folder)
        self.holds = 0
        self.tell(self.pair.do([{"postings": [pay(BANK, W, 50_000), pay(BANK, V, 20_000)]}]))

    def teardown(self) -> None:
        if hasattr(self, "pair"):
            self.pair.close()
            shutil.rmtree(self.folder)

    def tell(self, faults: list[str]) -> None:
        assert faults == []

    def counted(self, payer: str, amount: int) -> dict[str, Any]:
        day = city_day(self.pair.clock())
        return {
            "uses": [Use(payer, "pay", day, amount, 1)],
            "limits": [
                Limit(payer, "pay", day, "units", DAY_TOTAL, "tier.day_exceeded"),
                Limit(payer, "pay", day[:7], "times", 12, "tier.count_exceeded"),
            ],
        }

    @rule(payer=payers, payee=payees, amounts=st.lists(units, min_size=1, max_size=5), limited=st.booleans())
    def pay_in_one_batch(self, payer: str, payee: str, amounts: list[int], limited: bool) -> None:
        if payer == payee:
            return
        asks = [{"postings": [pay(payer, payee, n)], **(self.counted(payer, n) if limited else {})} for n in amounts]
        self.tell(self.pair.do(asks))

    @rule(payer=payers, first=units, second=units)
    def pay_two_at_once_or_nobody(self, payer: str, first: int, second: int) -> None:
        others = [one for one in (W, V, M) if one != payer]
        self.tell(self.pair.do([{"postings": [pay(payer, others[0], first), pay(payer, others[1], second)]}]))

    @rule(amount=units, most=st.integers(0, MOST))
    def receive_below_a_limit(self, amount: int, most: int) -> None:
        bound = Bound(V, "ECNY/2", "tier.balance_exceeded", at_most=most)
        self.tell(self.pair.do([{"postings": [pay(BANK, V, amount)], "bounds": [bound]}]))

    @rule(payer=payers, amount=units, seconds=st.sampled_from([None, 1, 60, 7200]), limited=st.booleans())
    def hold(self, payer: str, amount: int, seconds: int | None, limited: bool) -> None:
        self.holds += 1
        ends = None if seconds is None else self.pair.clock() + seconds * times.SECOND
        payee = M if payer != M else W
        opened = HoldOpen(f"{self.holds:032x}", [pay(payer, payee, amount)], ends)
        self.tell(self.pair.do([{"opens": [opened], **(self.counted(payer, amount) if limited else {})}]))

    @precondition(lambda self: self.pair.auditor.holds)
    @rule(which=st.integers(0, 99), kind=st.sampled_from(["capture", "release"]), part=st.integers(1, 100))
    def end_a_hold(self, which: int, kind: str, part: int) -> None:
        id = sorted(self.pair.auditor.holds)[which % len(self.pair.auditor.holds)]
        debit, credit, _, amount = self.pair.auditor.holds[id].postings[0]
        taken = max(1, amount * part // 100)
        postings = [pay(debit, credit, taken)] if kind == "capture" else []
        self.tell(self.pair.do([{"ends": [HoldEnd(id, kind)], "postings": postings}]))

    @rule(number=st.integers(1, 40), kind=st.sampled_from(["capture", "release"]))
    def end_a_hold_that_is_gone_or_never_was(self, number: int, kind: str) -> None:
        id = f"{number:032x}"
        if id not in self.pair.auditor.holds:
            self.tell(self.pair.do([{"ends": [HoldEnd(id, kind)]}]))

    @rule(which=st.integers(0, 999), beside=units)
    def ask_again(self, which: int, beside: int) -> None:
        old = self.pair.made[which % len(self.pair.made)]
        self.tell(self.pair.do([{"postings": [pay(W, M, beside)]}], again=[old, old]))

    @rule(which=st.integers(0, 999), amount=units)
    def ask_something_else_under_a_used_id(self, which: int, amount: int) -> None:
        old = self.pair.made[which % len(self.pair.made)]
        other = ask(999_999, self.pair.clock, postings=[pay(W, V, amount), pay(V, M, 1)])
        self.tell(self.pair.do([], again=[msgspec.structs.replace(other, id=old.id)]))

    @rule(seconds=st.sampled_from([0, 1, 59, 61, 3600, 43_199, 43_201]))
    def time_passes(self, seconds: int) -> None:
        self.pair.clock.now += seconds * times.SECOND

    @rule(rested=st.booleans())
    def the_clerk_starts_anew(self, rested: bool) -> None:
        if rested:
            self.pair.clerk.rest()
        self.pair.clerk.close(checkpoint=False)
        self.pair.clerk = clerk_of(self.pair.dsn, self.pair.clock)

    @invariant()
    def book_and_model_agree(self) -> None:
        if hasattr(self, "pair"):
            balances = self.pair.clerk.look(list(self.pair.auditor.posted))
            assert self.pair.auditor.differs(balances=balances, holds=self.pair.clerk.state.holds) == []


TestLedgerBesideModel = LedgerBesideModel.TestCase
TestLedgerBesideModel.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
)  # fmt: skip


# -- an auditor that never objects is worth nothing ----------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> Any:
    one = Pair(tmp_path)
    assert one.do([{"postings": [pay(BANK, W, 50_000), pay(BANK, V, 20_000)]}]) == []
    yield one
    one.close()


def a_busy_hour(pair: Pair) -> list[str]:
    """The same asks every time: payments, holds, releases, captures, duplicates."""
    dice, faults = random.Random(7), []
    for step in range(120):
        payer, amount = dice.choice([W, V]), dice.randrange(1, 9_000)
        day = city_day(pair.clock())
        counted = {
            "uses": [Use(payer, "pay", day, amount, 1)],
            "limits": [Limit(payer, "pay", day, "units", DAY_TOTAL, "tier.day_exceeded")],
        }
        if step % 4 == 0:  # not everything counts, so that the day's total is not all that says no
            counted = {}
        again = [dice.choice(pair.made)] if step % 5 == 0 else []
        if step % 7 == 3:
            opened = HoldOpen(f"{step:032x}", [pay(payer, M, amount)], pair.clock() + 90 * times.SECOND)
            faults += pair.do([{"opens": [opened], **counted}], again=again)
        elif step % 21 == 5 and pair.auditor.holds:
            id, hold = sorted(pair.auditor.holds.items())[0]
            kind = dice.choice(["capture", "release"])
            taken = [pay(hold.postings[0][0], M, hold.postings[0][3])] if kind == "capture" else []
            faults += pair.do([{"ends": [HoldEnd(id, kind)], "postings": taken}], again=again)
        else:
            faults += pair.do([{"postings": [pay(payer, M, amount)], **counted}], again=again)
        if step % 10 == 9:
            faults += pair.differs() + pair.do([{"postings": [pay(BANK, payer, 9_000)]}])
        pair.clock.now += 11 * times.SECOND
    return faults + pair.differs()


def test_it_works(pair: Pair) -> None:
    assert a_busy_hour(pair) == []
    codes = {told.code for told in pair.auditor.told.values()}
    assert codes >= {"", "tier.day_exceeded", "wallet.funds_short"}, "the hour must meet what the faults below break"


def _patched(monkeypatch: pytest.MonkeyPatch, name: str, make: Any) -> None:
    monkeypatch.setattr(Unit, name, make(getattr(Unit, name)))


FAULTS: dict[str, tuple[str, Any, str]] = {
    "limits are not checked": ("_check_limits", lambda real: lambda self, limits, used: None, "not tier.day_exceeded"),
    "usage is not counted": ("_use", lambda real: lambda self, plan, ended: {}, "not tier.day_exceeded"),
    "overdue holds stay": ("_end_overdue", lambda real: lambda self, plan, ended: None, "leaves its overdue hold"),
    "holds reserve nothing": (
        "_apply",
        lambda real: (
            lambda self, plan, ended: {key: (posted, 0) for key, (posted, held) in real(self, plan, ended).items()}
        ),
        "answered done, not wallet.funds_short",
    ),
    "a fen is lost": (
        "_apply",
        lambda real: (
            lambda self, plan, ended: {
                key: (posted - (key[0] == M), held) for key, (posted, held) in real(self, plan, ended).items()
            }
        ),
        "in the book, not",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_of_the_ledger_is_named(pair: Pair, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    method, make, sentence = FAULTS[name]
    _patched(monkeypatch, method, make)
    told = "\n".join(a_busy_hour(pair))
    assert sentence in told


def test_a_clerk_that_forgets_ids_is_found(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.do([{"postings": [pay(W, M, 100)]}])
    old = pair.made[-1]
    monkeypatch.setattr(pair.clerk.state, "known", lambda wanted: {})
    monkeypatch.setattr(pair.clerk.store, "append", lambda batch: None)  # its unique id would save the book
    (answer,) = pair.clerk.turn([old])
    told = "\n".join(pair.auditor.took(old, answer, None, now=pair.clock()))
    assert "the same ask was answered" in told


def test_each_kind_of_wrong_entry_has_its_sentence(pair: Pair) -> None:
    pair.do([{"opens": [HoldOpen("a" * 32, [pay(W, M, 500)], pair.clock() + times.MINUTE)]}])
    pair.do([{"ends": [HoldEnd("a" * 32, "capture")], "postings": [pay(W, M, 400)]}])
    entries = journal.read(pair.clerk.store, 0, 10)

    def told(*, upto: int = 2, **wrong: Any) -> str:
        auditor = fresh_auditor()
        assert [fault for entry in entries[:upto] for fault in auditor.wrote(entry)] == []
        return "\n".join(auditor.wrote(msgspec.structs.replace(entries[upto], **wrong)))

    assert told() == ""
    assert "follows entry 2" in told(n=4)
    assert "entered before" in told(entered=entries[1].entered - 1, at=0)
    assert "happened after" in told(at=entries[2].entered + 1)
    assert "refuses wallet.funds_short and changes something" in told(refused="wallet.funds_short")
    assert "takes 501 from" in told(postings=[pay(W, M, 501)])
    assert "moves 0 ECNY/2" in told(postings=[pay(W, M, 0)])
    assert "to itself" in told(postings=[pay(W, W, 1)])
    assert "short" in told(postings=[pay(V, M, 20_001)])
    assert "after its end" in told(entered=entries[2].entered + times.MINUTE)
    twice = msgspec.structs.replace(entries[2].changes, ends=entries[2].changes.ends * 2)
    assert "which is not open" in told(changes=twice)
    counted = msgspec.structs.replace(entries[2].changes, uses=[Use(W, "pay", "2022-05-31", 1, 1)])
    assert "counts for 2022-05-31, but it happened on 2022-06-01" in told(changes=counted)
    back = msgspec.structs.replace(entries[2].changes, uses=[Use(W, "pay", "2022-06-01", -1, -1)])
    assert "gives back what nobody counted" in told(changes=back)


def test_the_auditor_shares_no_code_with_what_it_judges() -> None:
    text = (book.ROOT / "saxaul/sim/auditor.py").read_text("utf-8")
    assert "import saxaul" not in text and "from saxaul" not in text and "import_module" not in text


def test_the_citys_day_is_reckoned_apart_and_agrees() -> None:
    start = times.start_of_day("2022-06-02")
    for instant in (start - 1, start, start + times.DAY - 1, times.start_of_day("2024-02-29")):
        assert city_day(instant) == times.day(instant)
