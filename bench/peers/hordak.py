"""django-hordak, the double-entry ledger for Django: a payment of three legs in its own way, one commit each.

The payer is credited, merchant and fee are debited, as its `transfer_to` does with two legs. Its triggers check that
the legs balance. It checks no limit and no free balance and remembers no id, so it does less than a payment of ours.
It runs in a process of its own, because it wants settings of Django of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.peers import PeerMissing, Row, row
from bench.peers.server import Server

THREADS = (1, 8)
WALLETS, MERCHANTS = 1_000, 50
NAME = "django-hordak"
SLACK_SECONDS = 120


def measure(server: Server, *, seconds: int = 5) -> Iterator[Row]:
    """The rows for one and for eight threads."""
    if importlib.util.find_spec("hordak") is None:
        raise PeerMissing("django-hordak is not installed; see requirements/bench.txt")
    uri = server.database("hordak")
    done = subprocess.run(
        [
            sys.executable, "-m", "bench.peers.hordak", "--uri", uri, "--seconds", str(seconds), "--store",
            server.version,
        ],
        check=False, capture_output=True, text=True, cwd=Path(__file__).parent.parent.parent,
        timeout=SLACK_SECONDS + len(THREADS) * seconds,
    )  # fmt: skip
    if done.returncode:
        raise PeerMissing(f"django-hordak did not run: {done.stderr.strip().splitlines()[-1]}")
    for line in done.stdout.splitlines():
        yield json.loads(line)


# -- in the process of its own -------------------------------------------------------------------------------------


def prepare(uri: str) -> list[Any]:
    """Django with hordak's tables on the database, and accounts: wallets, merchants, one for fees."""
    import django
    from django.conf import settings
    from psycopg.conninfo import conninfo_to_dict

    found = conninfo_to_dict(uri)
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": found["dbname"], "USER": found.get("user", ""),
            "PASSWORD": found.get("password") or "", "HOST": found.get("host", ""),
            "PORT": str(found.get("port", "")), "CONN_MAX_AGE": None,
        }},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, DEFAULT_CURRENCY="CNY", CURRENCIES=["CNY"],
        HORDAK_DEFAULT_CURRENCY="CNY", HORDAK_CURRENCIES=["CNY"],
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command
    from hordak.models import Account

    call_command("migrate", verbosity=0, interactive=False)
    return [
        Account.objects.create(name=f"account {number}", code=f"{number:04d}", type="LI", currencies=["CNY"])
        for number in range(WALLETS + MERCHANTS + 1)
    ]


def one_payment(accounts: list[Any], roll: random.Random) -> None:
    """A payment of three legs and one commit, with hordak's own models."""
    from django.db import transaction
    from hordak.models import Leg, Transaction
    from moneyed import Money

    payer, merchant = accounts[roll.randrange(WALLETS)], accounts[WALLETS + roll.randrange(MERCHANTS)]
    with transaction.atomic():
        made = Transaction.objects.create(description="payment")
        Leg.objects.create(transaction=made, account=payer, debit=Money("12.50", "CNY"))
        Leg.objects.create(transaction=made, account=merchant, credit=Money("12.45", "CNY"))
        Leg.objects.create(transaction=made, account=accounts[-1], credit=Money("0.05", "CNY"))


def run(accounts: list[Any], threads: int, seconds: int, store: str) -> Row:
    """Payments by so many threads for so many seconds; the row says how many were committed and counted."""
    from django.db import connection
    from hordak.models import Transaction

    latencies: list[list[int]] = [[] for _ in range(threads)]
    before, ready = Transaction.objects.count(), threading.Barrier(threads + 1)

    def worker(number: int) -> None:
        roll = random.Random(number)
        one_payment(accounts, roll)  # the connection is made before the clock starts
        ready.wait()
        ends = time.perf_counter_ns() + seconds * 1_000_000_000
        while (started := time.perf_counter_ns()) < ends:
            one_payment(accounts, roll)
            latencies[number].append((time.perf_counter_ns() - started) // 1_000)
        connection.close()

    workers = [threading.Thread(target=worker, args=(number,), daemon=True) for number in range(threads)]
    for one in workers:
        one.start()
    ready.wait()
    for one in workers:
        one.join(seconds + SLACK_SECONDS)
    flat = [latency for mine in latencies for latency in mine]
    assert Transaction.objects.count() - before == len(flat) + threads, "not everything that was counted is there"
    return row(NAME, f"three legs, {threads} thread{'s' * (threads > 1)}", store, seconds=seconds, latencies_us=flat)


def main() -> int:
    """Measure and print one JSON row a line."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers.hordak")
    parser.add_argument("--uri", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--store", default="PostgreSQL")
    asked = parser.parse_args()
    accounts = prepare(asked.uri)
    for threads in THREADS:
        print(json.dumps(run(accounts, threads, asked.seconds, asked.store)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
