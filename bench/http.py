"""Payments over HTTP: the real server in a process of its own, the load generator in this one, both on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from bench import book, load
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.ledger.store import open_store
from saxaul.surfaces.server import free_port
from saxaul.surfaces.tokens import Tokens

CONNECTIONS = ((64, 60), (1, 1_500), (16, 500), (64, 320), (256, 80))  # the first one warms and is not counted
HISTORY_SECONDS_MAX = 60.0


class Served:
    """A server process on a planted book, stopped by its id."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn, self.folder = dsn, folder
        self.port = free_port("127.0.0.1", 18_000 + os.getpid() % 10_000)
        keys = app.read_secrets(folder / "secret.key", make=True)
        self.tokens = Tokens(keys.key("tokens"))
        given = {"SAXAUL_DSN": dsn, "SAXAUL_SECRET_FILE": str(folder / "secret.key")}
        command = [sys.executable, "-m", "saxaul", "serve", "--api-only", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env={**os.environ, **given}, stdout=subprocess.DEVNULL, cwd=folder)
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def requests(self, town: book.Town, connections: int, each: int, *, hot: bool = False) -> list[list[bytes]]:
        """Prepared requests of every connection; each connection is a few payers of its own."""
        made = book.ids_as_asked(app.clock(), connections * each, 10_000)
        codes = town.codes[:1] if hot else town.codes
        bodies = [json.dumps({"code": code, "amount": "0.01 ECNY"}, ensure_ascii=False).encode() for code in codes]
        tokens = [self.tokens.make(one) for one in town.credentials]
        return [
            [
                load.post("/v1/pay/scan", bodies[(c * each + n) % len(bodies)], id=made[n * connections + c],
                          token=tokens[(c * 31 + n * 7) % len(tokens)])
                for n in range(each)
            ]
            for c in range(connections)
        ]  # fmt: skip

    def lag(self) -> tuple[int, float]:
        """Entries the history is behind the journal right now, and the seconds until it has caught up."""
        from saxaul.surfaces.background import open_history

        app.use_recent_sqlite()
        reader, history = open_store(self.dsn, read_only=True), open_history(self.dsn)
        last = reader.last_number()
        behind, began = last - history.reached(), time.perf_counter()
        while history.reached() < last and time.perf_counter() - began < HISTORY_SECONDS_MAX:
            time.sleep(0.01)
        return behind, time.perf_counter() - began

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def http(place: Place, stores: Sequence[str]) -> list[Result]:
    """1, 16, 64 and 256 keep-alive connections; 64 again all to one merchant; the followers' lag afterwards."""
    found = []
    for store in stores:
        dsn = place.dsn(store)
        clerk = book.open_clerk(dsn)
        town = book.plant(clerk, dsn)
        clerk.close()
        folder = place.folder / f"served-{store}-{len(list(place.folder.iterdir()))}"
        folder.mkdir()
        server = Served(dsn, folder)
        try:
            load.load(server.port, server.requests(town, *CONNECTIONS[0]))
            for connections, each in CONNECTIONS[1:]:
                found.append(_case(server, town, connections, each, store, f"{connections} connections"))
            found.append(_case(server, town, 64, 320, store, "64 connections, one merchant", hot=True))
            behind, seconds = server.lag()
            case, wait = f"history caught up, {behind:,} entries behind at the end", seconds * 1000
            found.append(Result("http", case, store, round(behind / max(seconds, 0.001), 1), wait, wait, behind))
        finally:
            server.stop()
    return found


def _case(
    server: Served, town: book.Town, connections: int, each: int, store: str, case: str, *, hot: bool = False
) -> Result:
    outcome = load.load(server.port, server.requests(town, connections, each, hot=hot))
    assert not outcome.refused, f"{outcome.refused} payments were refused"
    assert len(outcome.latencies) == connections * each
    return result(
        "http", case, store, n=connections * each, seconds=outcome.seconds, waits_ms=outcome.latencies
    )  # fmt: skip
