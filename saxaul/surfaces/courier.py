"""Carrying what the courier decided: a name is resolved and checked at each try, and only what was checked is called.

No redirect is followed, no more than a kilobyte of an answer is read, and a server that does not answer within seconds
was not reached. It runs in a thread of the process beside the server, so a slow receiver delays nobody but itself.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3

from saxaul.engine.courier import Courier, Delivery, Tried
from saxaul.engine.courier_webhook import check_target
from saxaul.kernel.refusal import Refusal
from saxaul.kernel.settings import Settings
from saxaul.ledger.store import Store, StoreFault, connect_beside, open_store
from saxaul.surfaces.house import Secrets, clock
from saxaul.surfaces.letters import Letters

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
ANSWER_BYTES = 1024
HANDS = 8  # deliveries under way at one moment
IDLE_SECONDS = 0.5

log = logging.getLogger("saxaul.courier")


def resolve(host: str, port: int) -> list[str]:
    """The addresses a name leads to now."""
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class Sender:
    """Sends over HTTP. `inside`: also to this machine, where only a demo's or a test's own receiver is."""

    def __init__(
        self, now: Callable[[], int] = clock, *, inside: bool = False,
        resolve: Callable[[str, int], list[str]] = resolve,
    ) -> None:  # fmt: skip
        self.now, self.inside, self.resolve = now, inside, resolve
        self._hands = ThreadPoolExecutor(HANDS, "courier")

    def __call__(self, deliveries: list[Delivery]) -> list[Tried]:
        """What came of each, in order."""
        return list(self._hands.map(self.one, deliveries))

    def one(self, delivery: Delivery) -> Tried:
        """Try one delivery."""
        parts = urlsplit(delivery.target)
        host = parts.hostname or ""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            addresses = self.resolve(host, port)
            if not self.inside:
                check_target(delivery.target, addresses)
        except (Refusal, OSError, ValueError) as error:
            return Tried(False, reached=False, why=f"not called: {error}")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {**delivery.headers(self.now()), "host": parts.netloc, "user-agent": "Saxaul"}
        try:
            return self._post(parts.scheme, host, addresses[0], port, path, delivery.body, headers)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Tried(False, reached=False, why=type(error).__name__)

    def _post(
        self, scheme: str, host: str, address: str, port: int, path: str, body: bytes, headers: dict[str, str]
    ) -> Tried:
        wait = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        kind: Any = urllib3.HTTPConnectionPool
        more: dict[str, Any] = {}
        if scheme == "https":
            kind, more = urllib3.HTTPSConnectionPool, {"server_hostname": host, "assert_hostname": host}
        with kind(address, port, timeout=wait, maxsize=1, retries=False, **more) as pool:
            answer = pool.urlopen(
                "POST", path, body=body, headers=headers, redirect=False, retries=False, preload_content=False
            )
            answer.read(ANSWER_BYTES)
            answer.close()
        taken = 200 <= answer.status < 300
        down = answer.status >= 500 or answer.status == 429
        return Tried(taken, reached=not down, why="" if taken else f"answered {answer.status}")


def open_courier(found: Settings, keys: Secrets, letter: Any = None) -> Courier:
    """The courier's store: a file beside the book, or tables of its own on a server."""
    more: dict[str, Any] = {"key": keys.key("webhooks"), "source": f"urn:saxaul:{found.city}", "letter": letter}
    more["gateway"] = "" if found.sms == "console" else found.sms
    if found.dsn.startswith("sqlite:"):
        path = Path(found.dsn.removeprefix("sqlite:")).with_name("courier.db")
        return Courier(connect_beside(str(path)), sqlite=True, **more)
    import psycopg

    return Courier(psycopg.connect(found.dsn, autocommit=True), sqlite=False, **more)


def carry(found: Settings, keys: Secrets, stopping: threading.Event, sender: Sender | None = None) -> None:
    """Go round until told to stop; a fault of one round is logged and the next one tries again."""
    reader: Store = open_store(found.dsn, read_only=True)
    letter = Letters(keys, reader) if found.sms != "console" else None
    courier, send = open_courier(found, keys, letter), sender or Sender(inside=found.demo)
    while not stopping.is_set():
        try:
            passed = courier.round(reader, send, clock())
        except (StoreFault, AssertionError, OSError):
            log.exception("a round of the courier failed and is tried again")
            passed = 0
        if not passed:
            stopping.wait(IDLE_SECONDS)
    reader.close()


def start(found: Settings, keys: Secrets, stopping: threading.Event) -> threading.Thread:
    """The courier at work in a thread of this process, until `stopping` is set."""
    thread = threading.Thread(target=carry, args=(found, keys, stopping), name="courier", daemon=True)
    thread.start()
    return thread
