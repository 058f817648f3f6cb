"""Two foreign programs add up the exported journal and must find what our own fold finds, per account and asset."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from faults import town
from ledger.plain import CORE, PLAIN, NoTerms, ask, pay

from saxaul.engine import AccountClass, Declarations, Programme
from saxaul.engine.clerk import Clerk
from saxaul.kernel.amounts import show
from saxaul.ledger import export
from saxaul.ledger.check import check
from saxaul.ledger.store import open_store

ODD = Programme(
    name="odd", title="Accounts and assets of every shape a programme uses",
    accounts=(
        AccountClass("issuer:green", ("GREEN", "CO2E"), floor=None, side="equity"),
        AccountClass("issuer:campaign:$id", ("VOUCHER", "TICKET"), floor=None, side="equity"),
        AccountClass("odd:$id:green", ("GREEN", "CO2E")),
        AccountClass("odd:$id:pool", ("VOUCHER", "TICKET", "ECNY"), side="assets"),
        AccountClass("odd:$id", ("ECNY",), side="income"),
    ),
)  # fmt: skip
DECLARED = Declarations((CORE, PLAIN, ODD))
PERSON = "odd:" + "a" * 32 + ":green"
Found = dict[tuple[str, str], str]


@pytest.fixture
def exported(dsn: str, clock: Any) -> Iterator[Any]:
    """A book with all shapes of assets, amounts and addresses, read-only."""
    clerk = Clerk(open_store(dsn), DECLARED, NoTerms(), clock)
    people = town.Town(Random(9), clock)
    for _ in range(10):
        clock.now += 20_000_000_000
        asks = people.batch()
        people.hear(asks, clerk.turn(asks))
    spring, long = "VOUCHER.spring-2022/2", "VOUCHER.the-longest-campaign-anybody-ever-thought-of/2"
    odd = [
        pay("issuer:green", PERSON, 2_830_000_000_000_000, "CO2E/0"), pay("issuer:green", PERSON, 17, "GREEN/0"),
        pay("issuer:campaign:spring_2022", "odd:spring_2022:pool", 500, spring),
        pay("issuer:campaign:x", "odd:x:pool", 123_456_789, long),
        pay("odd:x:pool", "wallet:" + "a" * 32, 1, long),
        pay("issuer:campaign:x", "odd:x:pool", 3, "TICKET.x/0"),
        pay("issuer:central", "odd:x:pool", 1, "ECNY/2"), pay("odd:x:pool", "odd:kids", 1, "ECNY/2"),
    ]  # fmt: skip
    (answer,) = clerk.turn([ask(9_000, clock, postings=odd)])
    assert not answer.code
    clerk.close()
    reader = open_store(dsn, read_only=True)
    yield reader
    reader.close()


def ours(reader: Any, commodity: Any) -> Found:
    """The balances of the check, which folds the running balances and not the exporter's sums."""
    report = check(reader, DECLARED.chart, DECLARED.tables)
    assert report.whole
    return {
        (export.path(DECLARED.chart, address, asset), commodity(asset)): show(asset, units).split(" ")[0]
        for (address, asset), units in report.balances.items()
        if units
    }


def hledger(file: Path) -> Found:
    """What hledger finds."""
    done = subprocess.run(
        ["hledger", "-f", str(file), "balance", "--flat", "--no-total", "-O", "csv", "--layout=bare", "--no-elide"],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = csv.DictReader(io.StringIO(done.stdout))
    return {(row["account"], row["commodity"]): row["balance"] for row in rows if row["balance"].strip("0.-")}


def needs_hledger() -> None:
    if shutil.which("hledger") is None:
        assert not os.environ.get("CI"), "hledger is missing: the books were not added up by a foreign program"
        pytest.skip("hledger is not installed")


def test_hledger_finds_our_balances(exported: Any, tmp_path: Path) -> None:
    needs_hledger()
    file = tmp_path / "book.journal"
    file.write_text("".join(export.hledger(exported, DECLARED.chart)), "utf-8")
    found = hledger(file)
    assert len(found) > 10 and found == ours(exported, export.hledger_commodity)
    assert found == export.balances(exported, DECLARED.chart, export.hledger_commodity)


def test_hledger_finds_every_transaction_balanced_and_in_order(exported: Any, tmp_path: Path) -> None:
    needs_hledger()
    file = tmp_path / "book.journal"
    file.write_text("".join(export.hledger(exported, DECLARED.chart)), "utf-8")
    done = subprocess.run(
        ["hledger", "-f", str(file), "check", "ordereddates"],
        capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def beancount(text: str) -> Found:
    """What beancount finds."""
    from beancount import loader
    from beancount.core import realization

    entries, errors, _ = loader.load_string(text)
    assert not errors, errors[:3]
    found: Found = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            if position.units.number:
                found[account.account, position.units.currency] = str(position.units.number)
    return found


def test_beancount_finds_our_balances(exported: Any) -> None:
    found = beancount("".join(export.beancount(exported, DECLARED.chart)))
    assert len(found) > 10 and found == ours(exported, export.beancount_commodity)


def test_a_posting_left_out_of_the_export_would_be_seen(exported: Any) -> None:
    def without(text: str) -> str:
        lines = text.splitlines(keepends=True)
        last = max(place for place, line in enumerate(lines) if line.startswith("  ") and " -" in line)
        return "".join(lines[:last] + lines[last + 2 :])  # both sides of the last posting: it still balances

    whole = "".join(export.beancount(exported, DECLARED.chart))
    assert beancount(whole) == ours(exported, export.beancount_commodity) != beancount(without(whole))


def test_no_two_accounts_become_one(exported: Any) -> None:
    """What cannot stand in a foreign program's account name is written in a way that keeps names apart."""
    chart = DECLARED.chart
    names = ["odd:a_b:pool", "odd:a-b:pool", "odd:a.b:pool", "odd:A_b:pool"]
    assert len({export.path(chart, name, "TICKET.x/0") for name in names}) == len(names)
