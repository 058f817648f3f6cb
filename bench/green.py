"""The ripening wave: at seven in the morning everybody collects; how many bubbles a second, and how long one waits.

Lots are planted by acts, like everything; `--lots 300000` is the size of the record.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from bench import book
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.request import Request, request
from saxaul.kernel import times
from saxaul.programmes.green.bubbles import Collect
from saxaul.programmes.green.common import bubble

LOTS, EACH, TURN = 15_000, 3, 512
GRAMS = 136


def green(place: Place, stores: Sequence[str], lots: int = LOTS) -> list[Result]:
    """A wave of `lots` ripe bubbles, three a person, collected in full batches; every act is accepted."""
    found = []
    for store in stores:
        clerk = book.open_clerk(place.dsn(store))
        persons = lots // EACH
        _plant(clerk, persons)
        found.append(_wave(clerk, persons, store))
        clerk.close()
    return found


def _plant(clerk: Any, persons: int) -> None:
    """Persons with three ripe bubbles each; 16 of them an act."""
    now = app.clock()
    for start in range(0, persons, 16):
        records: list[Any] = []
        have = []
        for n in range(start, min(persons, start + 16)):
            who = named(f"g{n}")
            records.append(("people_person", who, {"natural": who}))
            session = {"kind": "session", "person": who, "roles": "citizen"}
            records.append(("people_credential", named(f"gc{n}"), session))
            for place_ in range(EACH):
                lot = named(f"lot{n}-{place_}")
                records.append(("green_grant", lot, _grant(who, now)))
                have.append((bubble(who, lot), "GREEN/0", GRAMS))
        asked = [
            request("cases.give", Give(records=records), id=book.fresh()),
            request("cases.give", Give(have=have), id=book.fresh()),
        ]
        assert not [answer for answer in clerk.turn(asked) if answer.code], "planting was refused"


def _grant(who: str, now: int) -> dict[str, Any]:
    return {
        "person": who, "behaviour": "train_booking", "source": "journal", "day": times.day(now), "at": now,
        "grams": GRAMS, "ripe_at": now - times.HOUR, "expires_at": now + 2 * times.DAY,
    }  # fmt: skip


def _wave(clerk: Any, persons: int, store: str) -> Result:
    made = book.ids_as_asked(app.clock(), persons)
    asked: list[Request] = [
        request(
            "green.collect", Collect([named(f"lot{n}-{one}") for one in range(EACH)]),
            id=made[n], credential=named(f"gc{n}"),
        )
        for n in range(persons)
    ]  # fmt: skip
    waits = []
    began = time.perf_counter()
    for start in range(0, persons, TURN):
        turn = time.perf_counter()
        answers = clerk.turn(asked[start : start + TURN])
        waits.append((time.perf_counter() - turn) * 1000)
        assert not any(answer.code for answer in answers), f"every wave was collected: {answers[0]}"
    seconds = time.perf_counter() - began
    case = f"{persons * EACH:,} bubbles, {EACH} an act, batches of {TURN}"
    return result("green", case, store, n=persons * EACH, seconds=seconds, waits_ms=waits)
