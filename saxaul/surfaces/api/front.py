"""The API's front: one ASGI callable, a route table made of the declarations, msgspec in, the clerk, bytes out.

It knows sorts of refusals, never single programmes. A body that is no JSON never becomes an ask: 400
`request.body_malformed`; one that is JSON and not of the published shape is told every field that is wrong. Whatever
fails in a way nobody foresaw is logged and answered with an incident's id: no request ends without an answer.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from saxaul.engine.declare import Act
from saxaul.engine.history import History
from saxaul.engine.request import Answer, Request, decode_value, fingerprint
from saxaul.kernel import ids, texts, times
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import CATALOGUE, SORTS, Refusal
from saxaul.people.sealing import Sealer, private_fields
from saxaul.surfaces.api import faults, problems
from saxaul.surfaces.api.asked import Asked, Read, Reply
from saxaul.surfaces.api.pace import Pace
from saxaul.surfaces.api.reads import find
from saxaul.surfaces.api.shelf import Shelf
from saxaul.surfaces.drive import Loop

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATHS = ("/v1/", "/problems/", "/healthz", "/metrics")
BODY_BYTES_MAX = MAXIMA.body_bytes
JSON = (b"content-type", b"application/json")
PROBLEM = (b"content-type", b"application/problem+json")
HIT = (b"idempotency-hit", b"true")
CLOSE = (b"connection", b"close")
HERE = ("127.0.0.1", "::1")  # pages, programs and the proxy of this very machine
KEY_WANTED = "Idempotency-Key: a UUIDv7 made by you, one per purchase"

log = logging.getLogger("saxaul.api")


class Unread(Exception):
    """The caller hung up before its body was whole: nothing was asked, and nobody is there to be answered."""


@dataclass(slots=True)
class Route:
    """One act's way in: its decoder, and whether its ask has fields that name a person."""

    name: str
    ask: type[msgspec.Struct]
    decode: Callable[[bytes], Any]
    private: bool
    upload: bool


class Front:
    """Takes what begins with PATHS. `drive` is set once the event loop runs; `house` is what `app` opened."""

    def __init__(self, house: Any, open_history: Callable[[], History]) -> None:
        declared, settings = house.declarations, house.settings
        self.house, self.tokens, self.read_proof = house, house.tokens, house.read_proof
        self.routes = {act.path: _route(act) for act in declared.acts.values() if set(act.roles) - {"system"}}
        self.quick = {path.encode(): route for path, route in self.routes.items() if not route.private}
        reader = house.clerk.store.reader
        self.shelf = Shelf("reads", declared.tables, reader, open_history)
        self.sealing = Shelf("seals", declared.tables, reader, open_history)
        self.sealer = Sealer(
            master=house.sealer.master, pepper=house.sealer.pepper, chance=os.urandom, book=self.sealing
        )
        slow = 0 if settings.demo else 1
        self.pace = Pace(settings.pace_credential * slow) if settings.pace_credential * slow else None
        self.address_pace = Pace(settings.pace_address * slow) if settings.pace_address * slow else None
        self.answers = dict.fromkeys(("done", "read", "refused", *SORTS), 0)
        self.drive: Loop = None  # type: ignore[assignment]  # set by the server when the loop runs
        self.document = b""  # the OpenAPI document, made when it is first asked for

    def close(self) -> None:
        """No reads any more."""
        self.shelf.close()
        self.sealing.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            if self.address_pace is not None and (client := scope["client"]) and client[0] not in HERE:
                seconds = self.address_pace.wait(client[0])
                if seconds:
                    raise Refusal("request.pace_exceeded", wait_seconds=seconds)
            route = self.routes.get(scope["path"])
            if route is not None and scope["method"] == "POST":
                await self._act(route, scope, receive, send)
            else:
                await self._other(route, scope, send)
        except Refusal as refusal:
            await self.refuse(scope, send, Answer("", "", code=refusal.code, facts=refusal.facts))
        except Unread:
            return
        except Exception:
            incident = os.urandom(6).hex()
            log.exception("incident %s: %s %s", incident, scope["method"], scope["path"].split("/")[1:4])
            code = "store.deadline_passed" if "handed in" in scope else "store.ask_dropped"
            await self.refuse(scope, send, Answer("", "", code=code, facts={"incident": incident}))

    # -- acts --------------------------------------------------------------------------------------------------------

    async def _act(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        request = await self._sealed(route, scope, body) if route.private else self.request(route, scope, body)
        scope["handed in"] = True
        answer = await self.drive.submit_one(request)
        if answer.code:
            await self.refuse(scope, send, answer)
            return
        self.answers["done"] += 1
        body = answer.text.encode()
        headers = [JSON, (b"content-length", b"%d" % len(body))]
        if answer.hit:
            headers.append(HIT)
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def request(self, route: Route, scope: Scope, body: bytes, asides: tuple[Any, ...] = ()) -> Request:
        """The request of one HTTP request, or the refusal it never becomes more than."""
        if len(body) > MAXIMA.body_bytes:
            raise Refusal("request.body_malformed", reason=f"more than {MAXIMA.body_bytes} bytes")
        credential, known, proof = self._headers(scope)
        if self.pace is not None and not route.private and (seconds := self.pace.wait(credential)):
            raise Refusal("request.pace_exceeded", wait_seconds=seconds)
        name = route.name
        try:
            ask = route.decode(body)
            mark = fingerprint(name, credential, ask)
        except (ValueError, RecursionError, OverflowError) as error:  # msgspec's errors are ValueErrors
            raise faults.refusal(route.ask, body, error) from None
        if b"\\" in body and b"\\u0000" in body:
            raise Refusal("request.field_invalid", fields=["body: no text may hold the character NUL"])
        found = self.read_proof(proof) if proof else None
        at = _happened(ask) if route.upload else None
        return Request(known, name, ask, credential, mark, at, (found,) if found else (), asides)

    def _headers(self, scope: Scope) -> tuple[str, str, str]:
        """(credential, id, proof)."""
        credential = id = proof = ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                credential = self._bearer(value.decode("latin-1"))
            elif name == b"idempotency-key":
                id = value.decode("latin-1").strip('"')
            elif name == b"saxaul-proof":
                proof = value.decode("latin-1")
        known = ids.read(id)
        if known is None or known[12] != "7":
            raise Refusal("request.field_invalid", fields=[KEY_WANTED])
        return credential, known, proof

    async def _sealed(self, route: Route, scope: Scope, body: bytes) -> Request:
        """The request of an ask that names a person: sealed in a thread, since a PIN's hash is slow on purpose."""
        credential, known, _ = self._headers(scope)
        if self.pace is not None:
            _keep(self.pace, credential)

        def seal() -> tuple[bytes, tuple[Any, ...]]:
            raw = msgspec.json.decode(body)
            wrong = faults.fields(route.ask, raw) if isinstance(raw, dict) else ["body: write an object"]
            if wrong:
                raise Refusal("request.field_invalid", fields=wrong[: MAXIMA.faults_listed])
            fields, asides = self.sealer.seal_fields(route.ask, raw, credential=credential, id=known)
            return msgspec.json.encode(fields), asides

        try:
            sealed, asides = await self.sealing.run(seal)
        except faults.NO_JSON as error:
            raise faults.refusal(route.ask, body, error) from None
        return self.request(route, scope, sealed, asides)

    def _bearer(self, header: str) -> str:
        kind, _, token = header.partition(" ")
        credential = self.tokens.read(token) if kind.lower() == "bearer" else None
        if credential is None:
            raise Refusal("actor.login_missing")
        return credential

    # -- everything else -----------------------------------------------------------------------------------------------

    async def _other(self, route: Route | None, scope: Scope, send: Send) -> None:
        found = find(scope["path"])
        if scope["method"] in ("GET", "HEAD") and found is not None:
            reply = await self._read(found[0], scope, found[1])
            self.answers["read"] += 1
            await _respond(send, reply.status, reply.body, (reply.kind, *reply.headers), head=scope["method"] == "HEAD")
            return
        if route is None and found is None:
            raise Refusal("request.object_missing")
        self.answers["refused"] += 1
        allow = (b"allow", b"POST" if found is None else b"GET, HEAD")
        await _respond(send, 405, problems.wrong_method(), (PROBLEM, allow))

    async def _read(self, read: Read, scope: Scope, words: dict[str, str]) -> Reply:
        credential = next((self._bearer(v.decode("latin-1")) for n, v in scope["headers"] if n == b"authorization"), "")
        if self.pace is not None:
            _keep(self.pace, credential)
        asked = Asked(self, scope, credential, words, language_of(scope))
        return await asked.answer(read)

    async def refuse(self, scope: Scope, send: Send, answer: Answer) -> None:
        """Answer with a problem: status, headers and words of the refusal."""
        entry = CATALOGUE[answer.code]
        self.answers[entry.sort] += 1
        headers = [PROBLEM]
        if answer.hit:
            headers.append(HIT)
        if entry.sort in ("limited", "unavailable"):
            headers.append((b"retry-after", str(answer.facts.get("wait_seconds", 1)).encode()))
        if entry.sort == "unauthenticated":
            headers.append((b"www-authenticate", b"Bearer"))
        if entry.status == 400:
            headers.append(CLOSE)  # what is left of a body too large is not read
        body = problems.problem(answer, language_of(scope))
        await _respond(send, entry.status, body, tuple(headers), head=scope["method"] == "HEAD")


def _route(act: Act) -> Route:
    decoder = msgspec.json.Decoder(act.ask, dec_hook=decode_value)
    return Route(act.name, act.ask, decoder.decode, bool(private_fields(act.ask)), act.upload)


def _happened(ask: Any) -> int | None:
    """When an uploaded act happened, as its ask says; None where it does not say."""
    at = getattr(ask, "at", None)
    if isinstance(at, str):
        found = times.read(at)
        if found is None:
            raise Refusal("request.field_invalid", fields=["at: an instant such as 2022-06-01T04:00:00Z"])
        return found
    return at


def language_of(scope: Scope) -> str:
    """The reader's language: the one of ours that Accept-Language likes best, else English."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return _liked(value[:200].decode("latin-1"))
    return "en"


def _liked(header: str) -> str:
    best, chosen = 0, "en"
    for part in header.split(","):
        tag, _, weight = part.partition(";q=")
        bare = tag.strip().lower().partition("-")[0]
        digits = weight.strip().removeprefix("0.").ljust(3, "0")[:3]
        liking = 1000 if not weight or weight.strip().startswith("1") else int(digits) if digits.isdecimal() else 0
        if bare in texts.LANGUAGES and liking > best:
            best, chosen = liking, bare
    return chosen


def _keep(pace: Pace, name: str) -> None:
    seconds = pace.wait(name)
    if seconds:
        raise Refusal("request.pace_exceeded", wait_seconds=seconds)


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        try:
            async with asyncio.timeout(MAXIMA.wait_seconds):
                while message.get("more_body") and len(body) <= BODY_BYTES_MAX:
                    message = await receive()
                    body += message.get("body", b"")
        except TimeoutError:
            raise Refusal("request.body_malformed", reason="the body did not come whole") from None
    if message["type"] == "http.disconnect":
        raise Unread
    if len(body) > BODY_BYTES_MAX:
        raise Refusal("request.body_malformed", reason=f"more than {BODY_BYTES_MAX} bytes")
    return body


async def _respond(
    send: Send, status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...], *, head: bool = False
) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else body})
