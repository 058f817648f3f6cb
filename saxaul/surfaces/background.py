"""What goes on beside the hot path, in a process of its own: followers, dues, history, signed heads, tidying the log.

It reads the book read-only and hands its acts to the clerk through the local socket, in the queue behind people's. It
may be killed at any instant: cursors and derived ids make the next one go on where it stopped.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from saxaul.engine import followers
from saxaul.engine.declare import Declarations
from saxaul.engine.history import History
from saxaul.engine.request import Answer, Request
from saxaul.kernel.settings import Settings
from saxaul.ledger import heads
from saxaul.ledger.store import Store, StoreFault, connect_beside, connect_sqlite, open_store
from saxaul.surfaces.house import Secrets, clock

TICK_SECONDS = 1.0
HEAD_SECONDS = 60.0
IDLE_SECONDS = 0.1
TIDY_BYTES = 32 * 2**20

log = logging.getLogger("saxaul.background")

Submit = Callable[[Sequence[Request]], list[Answer]]


def open_history(dsn: str) -> History:
    """The history beside the book: a file of its own, or tables of its own on a server."""
    if dsn.startswith("sqlite:"):
        return History(connect_beside(dsn.removeprefix("sqlite:") + ".history", derived=True), sqlite=True)
    import psycopg

    return History(psycopg.connect(dsn, autocommit=True), sqlite=False)


class Rounds:
    """One slice of everything at a time. `extra` are further steps with the same shape: passed entries or 0."""

    def __init__(self, found: Settings, keys: Secrets, declared: Declarations, submit: Submit) -> None:
        self.settings, self.keys, self.submit = found, keys, submit
        self.reader: Store = open_store(found.dsn, read_only=True)
        self.history = open_history(found.dsn)
        self.followers = [one for programme in declared.programmes for one in programme.followers]
        self.dues = [one for programme in declared.programmes for one in programme.dues]
        self.extra: list[Callable[[Store], int]] = []
        self.places: dict[str, int] = {}
        self._ticked = self._signed = 0.0

    def round(self) -> int:
        """One slice of everything; returns how many entries were passed."""
        passed = self.history.step(self.reader)
        pages = followers.Pages(self.reader)
        for follower in self.followers:
            passed += followers.step(follower, pages, self.submit, self.places)
        for step in self.extra:
            passed += step(self.reader)
        now = clock() / 1e6
        if now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            followers.tick(self.dues, self.reader, self.submit, clock())
            self._tidy()
        if now - self._signed >= HEAD_SECONDS:
            self._signed = now
            self.sign_head()
        return passed

    def catch_up(self) -> int:
        """Rounds until nothing is left to pass; returns how many entries were passed."""
        passed = 0
        while more := self.round():
            passed += more
        return passed

    def sign_head(self) -> None:
        """Keep the newest head outside the book, signed, unless it is kept already."""
        last = self.reader.query("SELECT n, hash, entered FROM entry ORDER BY n DESC LIMIT 1")
        path = Path(self.settings.secret_file).parent / "heads.jsonl"
        kept = heads.read(path)
        if last and (not kept or kept[-1]["n"] != last[0][0]):
            n, hashed, entered = last[0]
            line = heads.signed(self.keys.head_key(), self.settings.city, n, bytes(hashed).hex(), entered)
            heads.append(path, line)

    def close(self) -> None:
        """Let go of the files."""
        self.reader.close()
        self.history.connection.close()

    def _tidy(self) -> None:
        if not self.settings.dsn.startswith("sqlite:"):
            return
        path = self.settings.dsn.removeprefix("sqlite:")
        log_path = Path(path + "-wal")
        if log_path.exists() and log_path.stat().st_size > TIDY_BYTES:
            other = connect_sqlite(path, False)
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            other.close()


def go_round(rounds: Rounds, stopping: threading.Event, server: int) -> None:
    """Go round until told to stop or the server's process is gone; a fault of one round is logged and tried again."""
    while not stopping.is_set() and os.getppid() == server:  # an orphan would ask a clerk that is gone, for ever
        try:
            passed = rounds.round()
        except (StoreFault, AssertionError, OSError):
            log.exception("a round failed and is tried again")
            passed = 0
        if not passed:
            stopping.wait(IDLE_SECONDS)
    stopping.set()
    rounds.close()


class Beside:
    """The process beside the server: started with it, started again when it dies, ended with it."""

    def __init__(self, found: Settings) -> None:
        self.settings = found
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process is not None and self.process.poll() is None:
            return
        given = {f"SAXAUL_{name.upper()}": _written(getattr(self.settings, name)) for name in _NAMES}
        command = [sys.executable, "-m", "saxaul", "beside"]
        self.process = subprocess.Popen(command, env={**os.environ, **given}, stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """End it and wait: nothing it holds outlives the server."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()


_NAMES = ("dsn", "secret_file", "sms", "city", "zone", "demo", "default_language", "languages")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, tuple) else str(value)
