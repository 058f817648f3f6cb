"""One process, two speeds: the API in front on the event loop with the clerk, the pages behind it in threads.

Followers, tick, history and the tidying of the log run in one thread beside them, with small slices, so that they never
stop the city; what they write themselves goes through the clerk's second queue.
"""

from __future__ import annotations

import gc
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

from saxaul.engine import followers
from saxaul.engine.history import History
from saxaul.ledger import heads
from saxaul.ledger.store import SqliteStore, Store, StoreFault, connect_sqlite
from saxaul.surfaces.api.front import Front
from saxaul.surfaces.api.reads import READS
from saxaul.surfaces.drive import Loop, end_process
from saxaul.surfaces.house import House, clock
from saxaul.surfaces.wire import Wire

TICK_SECONDS = 1.0
HEAD_SECONDS = 60.0
IDLE_SECONDS = 0.2
TIDY_BYTES = 32 * 2**20

log = logging.getLogger("saxaul.server")


def open_history(house: House) -> History:
    """The history beside the book: a file of its own, or a schema's tables of its own on a server."""
    dsn = house.settings.dsn
    if dsn.startswith("sqlite:"):
        return History(connect_sqlite(dsn.removeprefix("sqlite:") + ".history", False), sqlite=True)
    import psycopg

    return History(psycopg.connect(dsn, autocommit=True), sqlite=False)


class Background(threading.Thread):
    """Followers, dues, history, heads and tidying, until told to stop."""

    def __init__(self, house: House, submit: Callable[..., Any]) -> None:
        super().__init__(name="background", daemon=True)
        self.house, self.submit = house, submit
        self.stopping = threading.Event()
        self.followers = [one for p in house.declarations.programmes for one in p.followers]
        self.dues = [one for p in house.declarations.programmes for one in p.dues]
        self.reached: dict[str, int] = {}
        self._ticked = self._signed = 0.0

    def run(self) -> None:
        """Go round until stopped; a fault of one round is logged and the next one tries again."""
        reader = self.house.clerk.store.reader()
        history = open_history(self.house)
        while not self.stopping.is_set():
            try:
                passed = self.round(reader, history)
            except (StoreFault, AssertionError):
                log.exception("a round of the followers failed and is tried again")
                passed = 0
            if not passed:
                self.stopping.wait(IDLE_SECONDS)
        reader.close()

    def round(self, reader: Store, history: History) -> int:
        """One slice of everything; returns how many entries were passed."""
        passed = history.step(reader)
        self.reached["history"] = history.reached()
        for follower in self.followers:
            passed += followers.step(follower, reader, self.submit)
        now = clock() / 1e6
        if now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            followers.tick(self.dues, reader, self.submit, clock(), overdue=self.house.clerk.overdue())
            self._tidy()
        if now - self._signed >= HEAD_SECONDS:
            self._signed = now
            self._sign_head(reader)
        return passed

    def _tidy(self) -> None:
        store = self.house.clerk.store
        if isinstance(store, SqliteStore) and store.log_bytes() > TIDY_BYTES:
            other = connect_sqlite(store.path, False)
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            other.close()

    def _sign_head(self, reader: Store) -> None:
        last = reader.query("SELECT n, hash, entered FROM entry ORDER BY n DESC LIMIT 1")
        path = self.house.folder / "heads.jsonl"
        kept = heads.read(path)
        if last and (not kept or kept[-1]["n"] != last[0][0]):
            n, hashed, entered = last[0]
            key = self.house.secrets.head_key()
            heads.append(path, heads.signed(key, self.house.settings.city, n, bytes(hashed).hex(), entered))


class Server:
    """The ASGI application of a house: `/v1` to the API, all else to the pages."""

    def __init__(self, house: House, pages: Any = None) -> None:
        self.house, self.pages = house, pages
        self.front = Front(
            house.declarations, house.tokens, sealer=house.sealer, read_proof=house.read_proof, reads=READS
        )  # fmt: skip
        self.front.house = house
        self.background: Background | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Route by the first segment of the path."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/v1/") or path == "/healthz" or self.pages is None:
                await self.front(scope, receive, send)
            else:
                await self.pages(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        self.start()
        wire = await Wire(self.front.drive, self.house.declarations, self.house.folder / "clerk.sock").start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        wire.close()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self) -> None:
        """Drive the clerk on the running loop, and start what follows."""
        drive = Loop(self.house.clerk, end_process)
        self.front.drive = drive
        self.background = Background(self.house, drive.submit_behind)
        self.background.start()
        gc.collect()
        gc.freeze()  # what lives for ever is not looked at again: pauses would show in the slowest hundredth
        gc.set_threshold(100_000, 50, 50)

    def stop(self) -> None:
        """Stop what follows; the clerk closes its book after the last answer."""
        if self.background is not None:
            self.background.stopping.set()


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one above it."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {wanted} and {wanted + 99}")


def serve(house: House, pages: Any = None, *, port: int | None = None) -> None:
    """Serve until told to stop; the book is closed whole."""
    config = uvicorn.Config(
        Server(house, pages), host=house.settings.host, port=port or house.settings.port, loop="uvloop", http="httptools",
        access_log=False, log_level="warning", lifespan="on", timeout_graceful_shutdown=5, backlog=1024,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run()
    finally:
        if house.clerk.alive:
            house.clerk.close()
