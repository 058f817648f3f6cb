"""The town lives its first days on a real book: nothing is lost, nothing done twice, and the model agrees."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import book
import pytest

from saxaul import app
from saxaul.ledger.check import check
from saxaul.ledger.store import open_store
from saxaul.people.sealing import Sealer
from saxaul.sim import pack as packs
from saxaul.sim.auditor import Auditor
from saxaul.sim.life import Life
from saxaul.sim.town import Town

PEOPLE, DAYS = 24, 8  # until the first bills are paid


def short(address: str) -> str:
    """What the chart calls a shortage on an account."""
    return "refund.payee_short" if address.startswith(("merchant:", "biller:")) else "wallet.funds_short"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Life, str]:
    folder: Path = tmp_path_factory.mktemp("town")
    dsn, clock = book.sqlite_dsn(folder), book.Clock()
    clerk = book.open_clerk(dsn, clock)
    chance = random.Random(1)
    sealer = Sealer(master=bytes(32), pepper=b"pepper" * 6, chance=chance.randbytes, book=clerk)
    life = Life(clerk, sealer, clock.set, Auditor(short=short))
    town = Town(packs.read(book.ROOT / "packs/tianjin"), PEOPLE)
    life.live(town.founding())
    life.live(town.arrivals())
    life.live(town.days(DAYS))
    return life, dsn


def test_it_works(lived: tuple[Life, str]) -> None:
    life, _ = lived
    assert life.whole() == []
    done = Counter({act: count for (act, code), count in life.answers.items() if not code})
    assert min(done[act] for act in ("pay.scan", "pay.by_code", "pay.send", "bills.pay", "cash.booked")) >= 5


def test_the_books_own_check_agrees(lived: tuple[Life, str]) -> None:
    life, dsn = lived
    declared = life.clerk.declarations
    found = check(
        open_store(dsn, read_only=True), declared.chart, declared.tables, invariants=app.invariants()
    ).findings
    assert [one for one in found if not one.startswith("people_vault")] == [], "vault rows stand beside the chain"
    assert life.auditor.sums() == []
