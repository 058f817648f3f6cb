"""A merchant's server for tests: it listens on this machine, keeps what it hears and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What was heard, in order: (headers, body). `answer` decides the status by the body."""

    def __init__(self, port: int = 0) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.answer: Callable[[str], int] = lambda body: 204
        self.more: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                receiver.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answer(body))
                for name, value in receiver.more.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]

    @property
    def target(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook?shop=1"


@contextmanager
def listening(port: int = 0) -> Iterator[Receiver]:
    """A receiver that runs until the block ends."""
    one = Receiver(port)
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    try:
        yield one
    finally:
        one.server.shutdown()
        one.server.server_close()
