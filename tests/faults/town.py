"""A small town that asks a clerk for everything the ledger can do, by chance, and remembers every answer."""

from __future__ import annotations

from random import Random
from typing import Any

from ledger.plain import BANK, Clerk, M, NoTerms, V, W, ask, declared, pay

from saxaul.engine import Bound, Change, HoldEnd, HoldOpen, Limit, Use
from saxaul.engine.request import Answer, Request
from saxaul.ledger import state
from saxaul.ledger.check import check

DAYS = ("2022-06-01", "2022-06-02", "2022-07-01")
PEOPLE = (W, V, "wallet:" + "e" * 32, "wallet:" + "f" * 32)
_declared: list[Any] = []


def small_checkpoints(monkeypatch: Any, *, every: int = 5, rows: int = 12) -> None:
    """Rounds of the checkpoint begin all the time and come in small slices."""
    from dataclasses import replace

    monkeypatch.setattr(state, "MAXIMA", replace(state.MAXIMA, checkpoint_every=every, checkpoint_rows=rows))


def declarations() -> Any:
    """The plain programme, declared once: a thousand clerks are opened here."""
    if not _declared:
        _declared.append(declared())
    return _declared[0]


def open_clerk(store: Any, clock: Any) -> Clerk:
    """A clerk of the town's book."""
    return Clerk(store, declarations(), NoTerms(), clock)


class Town:
    """Asks by chance; every answer that reached somebody is kept with what was asked."""

    def __init__(self, chance: Random, clock: Any, *, first: int = 1) -> None:
        self.chance, self.clock, self.number = chance, clock, first
        self.told: dict[str, tuple[Request, Answer]] = {}
        self.holds: list[str] = []
        self.records: set[str] = set()

    def batch(self, most: int = 10) -> list[Request]:
        """The next asks, now and then one that was asked before."""
        asks = [self._ask() for _ in range(self.chance.randint(1, most))]
        if self.told and self.chance.random() < 0.3:
            asks.append(self.chance.choice(list(self.told.values()))[0])
        return asks

    def _ask(self) -> Request:
        chance, self.number = self.chance, self.number + 1
        payer, payee = chance.sample(PEOPLE, 2)
        units = chance.choice((1, 50, 400, 5_000, 90_000))
        kind = chance.choice(("fund", "pay", "pay", "split", "hold", "hold", "end", "use", "bound", "record"))
        what: dict[str, Any] = {"postings": [pay(payer, payee, units)]}
        if kind == "fund":
            what = {"postings": [pay(BANK, payer, 20_000)]}
        elif kind == "split":
            what = {"postings": [pay(payer, payee, units), pay(payer, M, 1), pay(M, payee, 1)]}
        elif kind == "hold":
            hold = f"{self.number:032x}"
            self.holds.append(hold)
            ends = None if chance.random() < 0.3 else self.clock() + chance.choice((1, 60_000_000))
            what = {"opens": [HoldOpen(hold, [pay(payer, M, units)], ends)], "uses": [self._use(payer, units)]}
        elif kind == "end" and self.holds:
            how = chance.choice(("capture", "release"))
            what = {"ends": [HoldEnd(chance.choice(self.holds), how)]}
        elif kind == "use":
            use = self._use(payer, units)
            what["uses"] = [use]
            what["limits"] = [Limit(payer, "pay", use.day, "units", 50_000, "tier.day_exceeded")]
        elif kind == "bound":
            what["bounds"] = [Bound(payee, "ECNY/2", "tier.balance_exceeded", at_most=60_000)]
        elif kind == "record":
            name = chance.choice(("bus", "draw", "bank"))
            what["changes"] = [Change("engine_cursor", name, {"n": self.number}, new=name not in self.records)]
        return ask(self.number, self.clock, **what)

    def _use(self, who: str, units: int) -> Use:
        return Use(who, "pay", self.chance.choice(DAYS), units, 1)

    def hear(self, requests: list[Request], answers: list[Answer]) -> None:
        """The answers reached the people: from now on they must stay true."""
        assert len(answers) == len(requests), "somebody was left without an answer"
        for request, answer in zip(requests, answers, strict=True):
            assert answer.id == request.id
            if not answer.entry:
                continue
            before = self.told.get(request.id)
            assert before is None or before[1].text == answer.text, "the same ask got another answer"
            self.told[request.id] = (request, answer)
            if not answer.code:
                self.records.update(change.key for change in request.ask.changes)

    def ask_again(self, clerk: Clerk, requests: list[Request] | None = None) -> None:
        """Everything that was answered is asked again: the same answer, and nothing moves."""
        again = requests if requests is not None else [request for request, _ in self.told.values()]
        head = clerk.state.hash
        for start in range(0, len(again), 256):
            part = again[start : start + 256]
            for request, answer in zip(part, clerk.turn(part), strict=True):
                kept = self.told[request.id][1]
                assert answer.hit and answer.text == kept.text, f"lost or changed: {kept.text} became {answer.text}"
        assert clerk.state.hash == head, "an ask made twice moved something"


def examine(clerk: Clerk) -> None:
    """The whole check, and no more entries than ids."""
    report = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables)
    assert report.findings == []
    ids = clerk.store.query("SELECT COUNT(*), COUNT(DISTINCT id) FROM entry")[0]
    assert ids[0] == ids[1] == report.entries
