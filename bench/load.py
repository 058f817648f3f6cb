"""A load generator of one process: many keep-alive connections, prepared requests, latencies of every one.

It shares the machine with the server it loads, as the record says; requests are prepared before the clock starts, so
that it spends as little as it can of the two cores. It sends to loopback addresses only and stops by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What came back: latencies in milliseconds of accepted answers, and how many were refused."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def per_second(self) -> float:
        """Accepted answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency below which `share` of the answers lie, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """Sends its requests one after the other; the next as soon as an answer is whole."""

    def __init__(self, requests: Sequence[bytes], outcome: Outcome, done: Callable[[], None]) -> None:
        self.requests, self.outcome, self.done = requests, outcome, done
        self.place, self.started, self.buffer = 0, 0.0, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        if self.place == len(self.requests):
            self.transport.close()
            self.done()
            return
        self.started = time.perf_counter()
        self.transport.write(self.requests[self.place])  # type: ignore[attr-defined]
        self.place += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self.buffer.find(b"content-length: ")
        length = int(self.buffer[at + 16 : self.buffer.find(b"\r\n", at)])
        if len(self.buffer) < head + 4 + length:
            return
        if self.buffer.startswith(b"HTTP/1.1 200"):
            self.outcome.latencies.append((time.perf_counter() - self.started) * 1000)
        else:
            self.outcome.refused += 1
        self.buffer = b""
        self.send()


def post(path: str, body: bytes, *, token: str, id: str) -> bytes:
    """The bytes of one request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {id}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _run(host: str, port: int, requests: Sequence[Sequence[bytes]]) -> Outcome:
    loop = asyncio.get_running_loop()
    outcome, left, finished = Outcome(), len(requests), loop.create_future()

    def done() -> None:
        nonlocal left
        left -= 1
        if not left:
            finished.set_result(None)

    started = time.perf_counter()
    for mine in requests:
        await loop.create_connection(lambda mine=mine: _Connection(mine, outcome, done), host, port)
    await finished
    outcome.seconds = time.perf_counter() - started
    return outcome


def load(port: int, requests: Sequence[Sequence[bytes]], host: str = "127.0.0.1") -> Outcome:
    """Send each connection's requests in order; returns when all are answered."""
    assert host == "127.0.0.1", "a benchmark loads this machine and no other"
    import uvloop

    return uvloop.run(_run(host, port, requests))
