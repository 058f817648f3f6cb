"""Answers of the quiz: the opening minutes of a campaign, as fast as one clerk takes them.

Reported of June 2022: more than 5,000,000 answers in three days, 19 a second. Twenty times that, 380, is asked for.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from bench import book, load
from bench.http import Served
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
SIZES = ((1, 600), (64, 6_400), (512, 20_480))
SEED = "5eed" * 16
CONNECTIONS, EACH = 64, 50


def quiz(place: Place, stores: Sequence[str]) -> list[Result]:
    """Right answers of many players, in batches as they gather while the clerk commits."""
    found = []
    for store in stores:
        clerk = book.open_clerk(place.dsn(store))
        played = _plant(clerk)
        for size, count in SIZES:
            found.append(_case(clerk, played, size, count, store))
        clerk.close()
        found.append(_http(place, store))
    return found


def _http(place: Place, store: str) -> Result:
    """The same through the real server: every connection is a player, who answers as soon as the last is judged."""
    dsn = place.dsn(store)
    clerk = book.open_clerk(dsn)
    told = _plant(clerk)[:CONNECTIONS]
    clerk.close()
    folder = place.folder / f"quiz-{store}"
    folder.mkdir()
    server = Served(dsn, folder)
    waits: list[float] = []

    async def player(n: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        mine, token = told[n], server.tokens.make(named(f"s{n}"))
        for _answer in range(EACH):
            body = json.dumps({"token": mine["token"], "choice": _place(mine)}).encode()
            began = time.perf_counter()
            writer.write(load.post("/v1/quiz/answer", body, token=token, id=book.fresh()))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            answer = await reader.readexactly(length)
            waits.append((time.perf_counter() - began) * 1000)
            assert head.startswith(b"HTTP/1.1 200"), answer
            mine = json.loads(answer)["receipt"]
        writer.close()

    async def all() -> None:
        await asyncio.gather(*(player(n) for n in range(CONNECTIONS)))

    try:
        seconds = book.timed(lambda: asyncio.run(all()))
    finally:
        server.stop()
    case = f"answers over HTTP, {CONNECTIONS} players"
    return result("quiz", case, store, n=CONNECTIONS * EACH, seconds=seconds, waits_ms=waits)


def _place(told: dict[str, Any]) -> int:
    """Where the right option of the open question stands: in this bank it is always the first one."""
    return draws.dealt(SEED, told["attempt"], told["number"], 4).index(0) + 1


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
            "answer": 0, "source": "none", "valid_until": "2100-12-31", "stage": "published",
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
        asked = [
            request("quiz.answer", GiveAnswer(told[n]["token"], _place(told[n])), id=book.fresh(),
                    credential=named(f"s{n}"))
            for n in players
        ]  # fmt: skip
        began = time.perf_counter()
        answers = clerk.turn(asked)
        waits.append((time.perf_counter() - began) * 1000)
        seconds += waits[-1] / 1000
        for n, answer in zip(players, answers, strict=True):
            assert not answer.code and answer.receipt["right"], answer
            told[n] = answer.receipt
        done += size
    return result("quiz", f"answers, batches of {size}", store, n=done, seconds=seconds, waits_ms=waits)
