"""A book to measure on: persons with wallets, merchants with printed codes, and prepared payments."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

from saxaul import app

app.prepare_models()

from saxaul.engine import Amount, Declarations  # noqa: E402
from saxaul.engine.cases import PROGRAMME as CASES  # noqa: E402
from saxaul.engine.cases import Give, named  # noqa: E402
from saxaul.engine.clerk import Clerk  # noqa: E402
from saxaul.engine.request import Request, request  # noqa: E402
from saxaul.kernel import ids, times  # noqa: E402
from saxaul.ledger.store import open_store  # noqa: E402
from saxaul.programmes.pay.orders import IssueCode  # noqa: E402
from saxaul.programmes.pay.scan import Scan  # noqa: E402

WALLETS, MERCHANTS, SLICE = 1_000, 200, 50
ONE_FEN = Amount("ECNY/2", 1)  # the day's limit of printed codes counts, so that nobody reaches it while measuring


@dataclass(slots=True)
class Town:
    """What was planted: credentials of payers, and the texts of merchants' printed codes."""

    dsn: str
    credentials: list[str]
    codes: list[str]


def declared() -> Declarations:
    """The installation's programmes, and the act that plants."""
    return Declarations((*app.declarations().programmes, CASES))


def open_clerk(dsn: str) -> Clerk:
    """A clerk on the book, with the real clock and the terms that ship."""
    return Clerk(open_store(dsn), declared(), app.terms(), app.clock)


def fresh() -> str:
    """A client's id."""
    return ids.fresh(app.clock(), os.urandom(10))


def ids_as_asked(now: int, count: int, a_second: int = 20_000) -> list[str]:
    """Ids of clients who make theirs when they ask, so many in a second, though all are made before the clock starts.

    Made at one and the same instant they would lie in random order in the indexes, as no client's ever do.
    """
    chance = os.urandom(10 * count)
    return [
        ids.fresh(now + n * times.SECOND // a_second, chance[n * 10 : n * 10 + 10]) for n in range(count)
    ]  # fmt: skip


def plant(clerk: Clerk, dsn: str) -> Town:
    """1,000 payers with money and 200 merchants with a printed code each; by acts, like everything."""
    records: list[Any] = []
    have: list[Any] = []
    for n in range(WALLETS):
        person, wallet = named(f"p{n}"), named(f"w{n}")
        records.append(("people_wallet", wallet, {"person": person, "issuer": "icbc"}))
        records.append(("people_person", person, {"natural": person, "wallets": wallet}))
        session = {"kind": "session", "person": person, "roles": "citizen"}
        records.append(("people_credential", named(f"c{n}"), session))
        have.append((f"wallet:{wallet}", "ECNY/2", 900_000))
    for n in range(MERCHANTS):
        merchant, shop = named(f"m{n}"), named(f"s{n}")
        records.append(("people_organisation", merchant, {"kind": "merchant", "name": f"Shop {n}", "category": "5411"}))
        records.append(("people_shop", shop, {"organisation": merchant, "name": f"Shop {n}"}))
        till = {"kind": "terminal", "organisation": merchant, "roles": "manager cashier", "shop": shop}
        records.append(("people_credential", named(f"t{n}"), till))
    records.append(("people_wallet", named("bank"), {"person": "", "issuer": "icbc"}))
    for start in range(0, len(records), SLICE):
        _must(clerk, [request("cases.give", Give(records=records[start : start + SLICE]), id=fresh())])
    for start in range(0, len(have), SLICE):
        _must(clerk, [request("cases.give", Give(have=have[start : start + SLICE]), id=fresh())])
    asked = [
        request("pay.issue_static_code", IssueCode(shop=named(f"s{n}")), id=fresh(), credential=named(f"t{n}"))
        for n in range(MERCHANTS)
    ]
    codes = [answer.receipt["code"] for answer in _must(clerk, asked)]
    return Town(dsn, [named(f"c{n}") for n in range(WALLETS)], codes)


def _must(clerk: Clerk, asked: list[Request]) -> list[Any]:
    answers = clerk.turn(asked)
    assert not [answer for answer in answers if answer.code], f"planting was refused: {answers[0]}"
    return answers


def payments(town: Town, count: int, *, hot: bool = False) -> list[Request]:
    """Payments to printed codes: all to one merchant or spread over all; ids are made before the clock starts."""
    made = ids_as_asked(app.clock(), count)
    payers, codes = town.credentials, town.codes[:1] if hot else town.codes
    return [
        request(
            "pay.scan", Scan(code=codes[n % len(codes)], amount=ONE_FEN),
            id=made[n], credential=payers[(n * 7) % len(payers)],
        )
        for n in range(count)
    ]  # fmt: skip


def timed(work: Any) -> float:
    """Seconds a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
