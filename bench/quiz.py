"""Answers of the quiz: the opening minutes of a campaign, as fast as one clerk takes them.

Reported of June 2022: more than 5,000,000 answers in three days, 19 a second. The row asks for twenty times that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from bench import book
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import request
from saxaul.kernel import times
from saxaul.programmes.quiz import draws
from saxaul.programmes.quiz.campaigns import LevelAsked, Open
from saxaul.programmes.quiz.play import Give as GiveAnswer
from saxaul.programmes.quiz.play import Start

PLAYERS, QUESTIONS, STREAK = 1_024, 330, 300
TARGET = 20 * 19  # answers a second
SIZES = ((1, 600), (64, 6_400), (512, 20_480))
SEED = "5eed" * 16


def quiz(place: Place, stores: Sequence[str]) -> list[Result]:
    """Right answers of many players, in batches as they gather while the clerk commits."""
    found = []
    for store in stores:
        clerk = book.open_clerk(place.dsn(store))
        played = _plant(clerk)
        for size, count in SIZES:
            found.append(_case(clerk, played, size, count, store))
            told = f"{found[-1].per_second} answers a second, {TARGET} are asked for"
            assert size == 1 or found[-1].per_second > TARGET, told  # alone each waits for the disk
        clerk.close()
    return found


def _plant(clerk: Clerk) -> list[dict[str, Any]]:
    """Players, a bank, a campaign, and everybody's first question; what each was told last."""
    rows: list[Any] = []
    for n in range(PLAYERS):
        rows.append(("people_person", named(f"q{n}"), {"natural": named(f"q{n}")}))
        session = {"kind": "session", "person": named(f"q{n}"), "roles": "citizen"}
        rows.append(("people_credential", named(f"s{n}"), session))
    for n in range(QUESTIONS):
        texts = {"en": {"question": f"Question {n}?", "options": ["a", "b", "c", "d"], "why": "So."}}
        rows.append(("quiz_question", f"bench:q{n}", {
            "bank": "bench", "code": f"q{n}", "texts": msgspec.json.encode(texts).decode(), "options": 4,
            "answer": n % 4, "source": "none", "valid_until": "2100-12-31", "stage": "published",
        }))  # fmt: skip
    rows.append(("quiz_bank", "bench", {"questions": " ".join(f"q{n}" for n in range(QUESTIONS))}))
    for start in range(0, len(rows), book.SLICE):
        give = Give(records=rows[start : start + book.SLICE])
        book._must(clerk, [request("cases.give", give, id=book.fresh())])
    ask = Open(
        bank="bench", titles={"en": "Bench"}, opens=times.day(app.clock()), seed=SEED, levels=[LevelAsked(STREAK)]
    )  # fmt: skip
    (answer,) = book._must(clerk, [request("quiz.open", ask, id=book.fresh())])
    start = Start(answer.receipt["campaign"])
    asked = [request("quiz.start", start, id=book.fresh(), credential=named(f"s{n}")) for n in range(PLAYERS)]
    told: list[dict[str, Any]] = []
    for first in range(0, PLAYERS, 256):
        told += [one.receipt for one in book._must(clerk, asked[first : first + 256])]
    return told


def _case(clerk: Clerk, told: list[dict[str, Any]], size: int, count: int, store: str) -> Result:
    """`count` answers in batches of `size`; who answers next is whoever answered longest ago."""
    waits, done, seconds = [], 0, 0.0
    while done < count:
        players = [(done + n) % PLAYERS for n in range(size)]
        asked = [_right(clerk, told[n], n) for n in players]
        began = time.perf_counter()
        answers = clerk.turn(asked)
        waits.append((time.perf_counter() - began) * 1000)
        seconds += waits[-1] / 1000
        for n, answer in zip(players, answers, strict=True):
            assert not answer.code and answer.receipt["right"], answer
            told[n] = answer.receipt
        done += size
    return result("quiz", f"answers, batches of {size}", store, n=done, seconds=seconds, waits_ms=waits)


def _right(clerk: Clerk, told: dict[str, Any], n: int) -> Any:
    attempt = clerk.records("quiz_attempt", [told["attempt"]])[0]
    question = clerk.records("quiz_question", [attempt.question])[0]
    place = draws.dealt(SEED, attempt.key, attempt.number, 4).index(question.answer) + 1
    return request("quiz.answer", GiveAnswer(told["token"], place), id=book.fresh(), credential=named(f"s{n}"))
