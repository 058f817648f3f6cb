"""The real server is killed with -9 under load, again and again: what was answered stays true, once.

Eight clients pay over HTTP and write down every answer they get. Who got none asks again under the same id, of the next
server. At the end the clients' own notes are compared with the book.
"""

from __future__ import annotations

import http.client
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import book
import pytest

from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.request import request
from saxaul.kernel import ids
from saxaul.ledger.check import check
from saxaul.programmes.pay.orders import IssueCode
from saxaul.surfaces.house import Secrets
from saxaul.surfaces.tokens import Tokens

KILLS = int(os.environ.get("SAXAUL_KILLS", "30" if os.environ.get("CI") else "4"))
CLIENTS, PAYERS, SHOPS = 8, 24, 3
ANSWERS_MAX = 150  # a server lives until about so many were given
FEN = 7


@dataclass
class Notes:
    """What one client knows: what it asked, and what it was told."""

    asked: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id -> (credential, code, amount)
    told: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def open(self) -> list[str]:
        return [id for id in self.asked if id not in self.told and id not in self.refused]


class Town:
    """A book with payers, tills and printed codes, and the keys of the installation."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.dsn = folder, book.sqlite_dsn(folder)
        self.secret_file = folder / "secret.key"
        keys: Secrets = app.read_secrets(self.secret_file, make=True)
        self.tokens = Tokens(keys.key("tokens"))
        clerk = book.open_clerk(self.dsn, app.clock)
        self._must(clerk, [request("cases.give", Give(records=self._records()), id=fresh())])
        for start in range(0, PAYERS, 20):
            have = [(f"wallet:{named(f'w{n}')}", "ECNY/2", 40_000) for n in range(start, min(start + 20, PAYERS))]
            self._must(clerk, [request("cases.give", Give(have=have), id=fresh())])
        asks = [
            request("pay.issue_static_code", IssueCode(shop=named(f"s{n}")), id=fresh(), credential=named(f"t{n}"))
            for n in range(SHOPS)
        ]
        self.codes = [answer.receipt["code"] for answer in self._must(clerk, asks)]
        clerk.close()

    def _records(self) -> list[Any]:
        records: list[Any] = [("people_wallet", named("bank"), {"person": "", "issuer": "icbc"})]
        for n in range(PAYERS):
            person, wallet = named(f"p{n}"), named(f"w{n}")
            records.append(("people_wallet", wallet, {"person": person, "issuer": "icbc"}))
            records.append(("people_person", person, {"natural": person, "wallets": wallet}))
            session = {"kind": "session", "person": person, "roles": "citizen"}
            records.append(("people_credential", named(f"c{n}"), session))
        for n in range(SHOPS):
            merchant, shop = named(f"m{n}"), named(f"s{n}")
            firm = {"kind": "merchant", "name": f"Shop {n}", "category": "5411"}
            records.append(("people_organisation", merchant, firm))
            records.append(("people_shop", shop, {"organisation": merchant, "name": f"Shop {n}"}))
            till = {"kind": "terminal", "organisation": merchant, "roles": "manager cashier", "shop": shop}
            records.append(("people_credential", named(f"t{n}"), till))
        return records

    @staticmethod
    def _must(clerk: Any, asks: list[Any]) -> list[Any]:
        answers: list[Any] = clerk.turn(asks)
        assert not any(answer.code for answer in answers), answers
        return answers


def fresh() -> str:
    return ids.fresh(app.clock(), os.urandom(10))


class Server:
    """One life of `saxaul serve`, started in a session of its own so that nothing of it can be left behind."""

    def __init__(self, town: Town) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        given = {
            "SAXAUL_DSN": town.dsn, "SAXAUL_SECRET_FILE": str(town.secret_file), "SAXAUL_PACE_CREDENTIAL": "0",
            "SAXAUL_PACE_ADDRESS": "0", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(book.ROOT),
        }  # fmt: skip
        self.errors = (town.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "saxaul", "serve", "--api-only", "--port", str(self.port)],
            env={**os.environ, **given}, stdout=subprocess.PIPE, stderr=self.errors, cwd=town.folder,
            start_new_session=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        assert "Serving" in line, f"the server said {line!r}; {(town.folder / 'server.log').read_text()[-2000:]}"
        self.port = int(line.split("//")[1].split(" ")[0].rpartition(":")[2])
        self._wait()

    def _wait(self) -> None:
        """Until somebody listens: the line is printed a moment before."""
        while True:
            assert self.process.poll() is None, "the server ended by itself"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            selectors.DefaultSelector().select(0.01)

    def beside(self) -> list[int]:
        """The processes the server started."""
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def kill(self) -> None:
        """No goodbye: only this process, as the kernel would for want of memory."""
        self.process.kill()
        self.process.wait()

    def clean(self) -> None:
        """What it started may have outlived it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.errors.close()


class Client(threading.Thread):
    """Pays until the server is gone; first whatever nobody told it the end of."""

    def __init__(self, town: Town, port: int, notes: Notes, chance: Random, count: threading.Semaphore) -> None:
        super().__init__()
        self.town, self.port, self.notes, self.chance, self.count = town, port, notes, chance, count

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            for id in self.notes.open():
                self._pay(connection, id)
            while True:
                again = self.notes.told and self.chance.random() < 0.1
                self._pay(connection, self.chance.choice(list(self.notes.told)) if again else self._new())
        except (OSError, http.client.HTTPException):
            pass  # the server was killed: whoever waits has no answer
        except Exception as error:  # noqa: BLE001 - shown by the test
            self.notes.faults.append(repr(error))
        finally:
            connection.close()

    def _new(self) -> str:
        id = fresh()
        payer, shop = self.chance.randrange(PAYERS), self.chance.randrange(SHOPS)
        amount = "999.00 ECNY" if self.chance.random() < 0.05 else f"0.0{FEN} ECNY"
        self.notes.asked[id] = (named(f"c{payer}"), self.town.codes[shop], amount)
        return id

    def _pay(self, connection: http.client.HTTPConnection, id: str) -> None:
        credential, code, amount = self.notes.asked[id]
        headers = {
            "Authorization": f"Bearer {self.town.tokens.make(credential)}", "Idempotency-Key": id,
            "Content-Type": "application/json",
        }  # fmt: skip
        connection.request("POST", "/v1/pay/scan", json.dumps({"code": code, "amount": amount}), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status == 200:
            before = self.notes.told.setdefault(id, text)
            if before != text:
                self.notes.faults.append(f"{id} was answered {before} and now {text}")
        elif answer.status == 503:
            return  # not now: the same id again
        else:
            self.notes.refused[id] = text
        self.count.release()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    yield Town(tmp_path)


def live(town: Town, notes: list[Notes], chance: Random) -> Server:
    """One server and its clients until the kill."""
    server = Server(town)
    count = threading.Semaphore(0)
    clients = [Client(town, server.port, one, Random(chance.random()), count) for one in notes]
    try:
        for one in clients:
            one.start()
        for _ in range(chance.randint(0, ANSWERS_MAX)):
            assert count.acquire(timeout=60), "nobody is answered any more"
    finally:
        server.kill()
        for one in clients:
            one.join()
    return server


def compare(town: Town, notes: list[Notes]) -> int:
    """The clients' notes against the book; returns how many payments were acknowledged."""
    clerk = book.open_clerk(town.dsn, app.clock)
    report = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables)
    assert report.findings == []
    paid: dict[str, int] = {}
    asked = {id: one.asked[id] for one in notes for id in one.asked}
    rows = clerk.store.query("SELECT id, refused FROM entry WHERE act = 'pay.scan'")
    done = [bytes(id).hex() for id, refused in rows if not refused]
    assert len(done) == len(set(done)) and set(done) <= set(asked)
    for one in notes:
        assert one.faults == []
        for id, text in one.told.items():
            kept = clerk.ask(id)
            assert kept is not None and not kept.code, f"{id} was acknowledged and is lost"
            assert json.loads(text)["receipt"] == json.loads(kept.text)["receipt"], "the answer changed"
    for id in done:
        shop = asked[id][1]
        paid[shop] = paid.get(shop, 0) + FEN
    for n, code in enumerate(town.codes):
        account = (f"merchant:{named(f'm{n}')}:due", "ECNY/2")
        assert clerk.look([account])[account][0] == paid.get(code, 0), "a payment counted twice, or not at all"
    acknowledged = sum(len(one.told) for one in notes)
    assert acknowledged <= len(done) <= acknowledged + CLIENTS * KILLS
    clerk.close(checkpoint=False)
    return acknowledged


def test_a_server_killed_under_load_loses_and_doubles_nothing(town: Town) -> None:
    notes, chance = [Notes() for _ in range(CLIENTS)], Random(1)
    for life in range(KILLS):
        server = live(town, notes, chance)
        server.clean()
        if life % 10 == 9:
            compare(town, notes)
    acknowledged = compare(town, notes)
    assert acknowledged > KILLS * 5


def test_what_a_killed_server_started_ends_too(town: Town) -> None:
    """Two processes that write one history file would spoil it."""
    server = Server(town)
    try:
        wait = selectors.DefaultSelector()
        history = Path(town.dsn.removeprefix("sqlite:") + ".history")
        while not history.exists():  # from then on the other process is at work
            wait.select(0.01)
        started = server.beside()
        assert started
        server.kill()
        for _ in range(400):
            left = [pid for pid in started if Path(f"/proc/{pid}/cmdline").exists() and alive(pid)]
            if not left:
                return
            wait.select(0.02)
        raise AssertionError(f"{len(left)} processes outlived the server")
    finally:
        server.clean()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_notes_would_show_a_payment_that_was_lost(town: Town) -> None:
    """The comparison sees what it is for: one acknowledged payment less, or one id twice as much."""
    notes = [Notes() for _ in range(CLIENTS)]
    live(town, notes, Random(2)).clean()
    compare(town, notes)
    id = fresh()
    notes[0].asked[id] = (named("c0"), town.codes[0], f"0.0{FEN} ECNY")
    notes[0].told[id] = "{}"
    with pytest.raises(AssertionError, match="acknowledged and is lost"):
        compare(town, notes)
