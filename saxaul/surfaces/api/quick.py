"""The short way in for payments: uvicorn's own protocol, without a task and a scope for every request.

An act that names nobody, on a connection that waits for nothing else, goes from the parser to the clerk's queue and
back in one write. Everything else (reads, pages, private asks, refusals, pipelined requests) takes uvicorn's usual way;
both give the same bytes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from saxaul.engine.request import Answer
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.surfaces.api.front import HERE, Front, Route

log = logging.getLogger("saxaul.api")

_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
TOO_LARGE = f"more than {MAXIMA.body_bytes} bytes"
_HIT = b"idempotency-hit: true\r\n"


class Pending:
    """A request on the short way. It stands where uvicorn keeps the cycle of the request it works on."""

    __slots__ = ("route", "scope", "body", "response_complete", "disconnected")

    def __init__(self, route: Route, scope: Any) -> None:
        self.route, self.scope, self.body = route, scope, b""
        self.response_complete = self.disconnected = False

    @property
    def message_event(self) -> asyncio.Event:
        """What uvicorn sets when the caller hangs up; nobody waits for it here."""
        return asyncio.Event()


class QuickProtocol(HttpToolsProtocol):
    """One connection. `front` is bound by `bound_to`."""

    front: Front
    pending: Pending | None = None

    def on_headers_complete(self) -> None:
        """Choose the way of this request."""
        route = self.front.quick.get(self.url)
        idle = self.cycle is None or self.cycle.response_complete
        if route is None or not idle or not self._plain():
            self.pending = None
            super().on_headers_complete()
            return
        self.scope["method"], self.scope["path"], self.scope["query_string"] = "POST", self.url.decode("ascii"), b""
        self.pending = self.cycle = Pending(route, self.scope)  # type: ignore[assignment]

    def _plain(self) -> bool:
        parser = self.parser
        near = self.front.address_pace is None or (self.client is not None and self.client[0] in HERE)
        return (
            near and parser.get_method() == b"POST" and parser.get_http_version() == "1.1"
            and parser.should_keep_alive() and not parser.should_upgrade() and not self.expect_100_continue
        )  # fmt: skip

    def on_body(self, body: bytes) -> None:
        """Keep the body; one that grows too large is refused at once, whatever its sender means to send still."""
        pending = self.pending
        if pending is None:
            super().on_body(body)
            return
        pending.body += body
        if len(pending.body) > MAXIMA.body_bytes:
            self.pending = None
            self._refused(pending, Answer("", "", code="request.body_malformed", facts={"reason": TOO_LARGE}))

    def on_message_complete(self) -> None:
        """The request is whole: hand it in, and say no at once to what never becomes an ask."""
        pending = self.pending
        if pending is None:
            super().on_message_complete()
            return
        self.pending = None
        try:
            request = self.front.request(pending.route, pending.scope, pending.body)
        except Refusal as refusal:
            self._refused(pending, Answer("", "", code=refusal.code, facts=refusal.facts))
        except Exception:
            incident = os.urandom(6).hex()
            log.exception("incident %s: a request that nobody foresaw", incident)
            self._refused(pending, Answer("", "", code="store.ask_dropped", facts={"incident": incident}))
        else:
            self.front.drive.hand_in(request, lambda answer: self._told(pending, answer))

    def _told(self, pending: Pending, answer: Answer) -> None:
        if answer.code:
            self._refused(pending, answer)
            return
        pending.response_complete = True
        self.front.answers["done"] += 1
        if pending.disconnected or self.transport.is_closing():
            return
        body = answer.text.encode()
        parts = [_HEAD % len(body), _HIT if answer.hit else b""]
        for name, value in self.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        self.transport.write(b"".join((*parts, b"\r\n", body)))
        self.on_response_complete()

    def _refused(self, pending: Pending, answer: Answer) -> None:
        """A no goes uvicorn's usual way, with all its headers."""
        if pending.disconnected or self.transport.is_closing():
            pending.response_complete = True
            return

        async def tell(scope: Any, receive: Any, send: Any) -> None:
            await self.front.refuse(scope, send, answer)

        cycle = RequestResponseCycle(
            scope=pending.scope, transport=self.transport, flow=self.flow, logger=self.logger,
            access_logger=self.access_logger, access_log=self.access_log,
            default_headers=self.server_state.default_headers, message_event=asyncio.Event(),
            expect_100_continue=False, keep_alive=True, on_response=self.on_response_complete,
        )  # fmt: skip
        cycle.more_body = False
        if self.cycle is pending:  # type: ignore[comparison-overlap]
            self.cycle = cycle
        pending.response_complete = True
        self._start_asgi_task(cycle, tell)


def bound_to(front: Front) -> type[QuickProtocol]:
    """The protocol of a server with this front."""
    return type("BoundQuickProtocol", (QuickProtocol,), {"front": front})
