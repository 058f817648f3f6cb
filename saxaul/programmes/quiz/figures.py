"""Figures of a campaign, folded from the journal and from nothing else.

A fold goes on from where it stopped, so a page that shows figures reads only what was written since. Whoever has the
journal gets the same numbers and the same hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

ACTS = ("quiz.start", "quiz.answer", "quiz.revive", "quiz.pass")
READ_MAX = 4_096  # entries of one step
QUERY = (
    "SELECT n, act, answer, changes FROM entry WHERE n > ? AND n <= ? AND refused = '' "
    "AND act IN ('quiz.start', 'quiz.answer', 'quiz.revive', 'quiz.pass') ORDER BY n"
)
LAST = "SELECT COALESCE(MAX(n), 0) FROM entry"


class Reader(Protocol):
    """Whoever answers a read-only statement."""

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


class _Receipt(msgspec.Struct, frozen=True):
    campaign: str = ""
    question: str = ""
    right: bool = False
    first: bool = False
    passed: bool = False
    streak: int = 0
    stage: str = ""


class _Stored(msgspec.Struct, frozen=True):
    receipt: _Receipt


_read = msgspec.json.Decoder(_Stored).decode


@dataclass(slots=True)
class Asked:
    """One question: how often it was answered, and how often rightly."""

    answers: int = 0
    right: int = 0

    @property
    def percent(self) -> int:
        """The share of right answers, rounded down."""
        return 100 * self.right // self.answers if self.answers else 0


@dataclass(slots=True)
class Figures:
    """One campaign up to entry `n`. `ends`: at which streak attempts ended on a wrong answer."""

    players: int = 0
    attempts: int = 0
    answers: int = 0
    right: int = 0
    passes: int = 0
    levels: int = 0
    questions: dict[str, Asked] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    n: int = 0

    def take(self, act: str, told: Any) -> None:
        """One more entry is counted."""
        if act == "quiz.start":
            self.attempts += 1
            self.players += told.first
        elif act == "quiz.answer":
            self.answers += 1
            self.right += told.right
            asked = self.questions.setdefault(told.question, Asked())
            asked.answers += 1
            asked.right += told.right
            if not told.right:
                self.ends[told.streak] = self.ends.get(told.streak, 0) + 1
        elif act == "quiz.pass":
            self.levels += 1
            self.passes += told.passed

    def hash(self) -> str:
        """A digest of all the numbers, for whoever counts again."""
        rows = sorted((key, one.answers, one.right) for key, one in self.questions.items())
        all = (self.players, self.attempts, self.answers, self.right, self.passes, rows, sorted(self.ends.items()))
        return hashlib.sha256(msgspec.json.encode(all)).hexdigest()


class Fold:
    """The figures of all campaigns, as far as the journal was read. One reader at a time."""

    def __init__(self) -> None:
        self.campaigns: dict[str, Figures] = {}
        self.n = 0

    def step(self, reader: Reader) -> int:
        """Read on by one step; returns how many entries were passed."""
        ((last,),) = reader.query(LAST)
        upto = min(self.n + READ_MAX, last)
        for _n, act, answer, changes in reader.query(QUERY, (self.n, upto)):
            if act == "quiz.pass" and not changes:  # asked again: it was done before
                continue
            told = _read(answer).receipt
            self.campaigns.setdefault(told.campaign, Figures()).take(act, told)
        passed, self.n = upto - self.n, upto
        return int(passed)

    def all(self, reader: Reader) -> Fold:
        """Read to the end."""
        while self.step(reader):
            pass
        return self

    def of(self, campaign: str) -> Figures:
        """One campaign's figures as of the entry that was read last."""
        found = self.campaigns.setdefault(campaign, Figures())
        found.n = self.n
        return found
