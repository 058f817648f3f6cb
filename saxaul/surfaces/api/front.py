"""The API's front: one ASGI callable, a route table made of the declarations, msgspec in, the clerk, bytes out.

It knows sorts of refusals, never single codes, and no programme. A body that does not decode never becomes an ask:
400 `request.body_malformed`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from saxaul.engine.declare import Act, Declarations
from saxaul.engine.request import Answer, Request, decode_value, fingerprint
from saxaul.kernel import ids
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Proof
from saxaul.people.sealing import Sealer, private_fields
from saxaul.surfaces.api.problems import problem
from saxaul.surfaces.drive import Loop
from saxaul.surfaces.tokens import Tokens

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Read = Callable[["Front", Scope, str, str], Awaitable[tuple[int, bytes]]]

BODY_BYTES_MAX = 1_048_576
JSON = (b"content-type", b"application/json")
PROBLEM = (b"content-type", b"application/problem+json")
HIT = (b"idempotency-hit", b"true")


@dataclass(slots=True)
class Route:
    """One act's way in: its decoder, and whether its ask has fields that name a person."""

    act: Act
    decode: Callable[[bytes], Any]
    private: bool


class Front:
    """Takes `/v1/*`. `drive` is set once the event loop runs."""

    def __init__(
        self, declarations: Declarations, tokens: Tokens, *, sealer: Sealer,
        read_proof: Callable[[str], Proof | None], reads: dict[str, Read],
    ) -> None:  # fmt: skip
        self.routes = {act.path: _route(act) for act in declarations.acts.values() if act.roles != ("system",)}
        self.tokens, self.read_proof, self.reads = tokens, read_proof, reads
        self.sealer = sealer
        self.drive: Loop = None  # type: ignore[assignment]  # set by app when the loop runs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        path = scope["path"]
        route = self.routes.get(path)
        if route is not None and scope["method"] == "POST":
            await self._act(route, scope, receive, send)
            return
        found = self._reader(path) if scope["method"] == "GET" else None
        if found is None:
            missing = Answer("", "", code="request.object_missing")
            await _respond(send, 404, problem(missing, language_of(scope)), PROBLEM)
            return
        read, rest = found
        try:
            status, body = await read(self, scope, self._credential(scope), rest)
            await _respond(send, status, body, JSON)
        except Refusal as refusal:
            answer = Answer("", "", code=refusal.code, facts=refusal.facts)
            await _respond(send, refusal.status, problem(answer, language_of(scope)), PROBLEM)

    def _reader(self, path: str) -> tuple[Read, str] | None:
        whole = self.reads.get(path)
        if whole is not None:
            return whole, ""
        stem, _, last = path.rpartition("/")
        one = self.reads.get(stem + "/{}")
        return None if one is None else (one, last)

    async def _act(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        try:
            request = self._request(route, scope, body)
        except Refusal as refusal:
            answer = Answer("", "", code=refusal.code, facts=refusal.facts)
        else:
            answer = await self.drive.submit_one(request)
        if not answer.code:
            await _respond(send, 200, answer.text.encode(), JSON, hit=answer.hit)
        else:
            body = problem(answer, language_of(scope))
            await _respond(send, status_of(answer.code), body, PROBLEM, hit=answer.hit)

    def _request(self, route: Route, scope: Scope, body: bytes) -> Request:
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
            raise Refusal("request.field_invalid", fields=["Idempotency-Key: a UUIDv7 made by you, one per purchase"])
        asides: tuple[Any, ...] = ()
        try:
            if route.private:
                body, asides = self.sealer.seal(route.act.ask, body, credential=credential, id=known)
            ask = route.decode(body)
        except msgspec.ValidationError as error:
            raise Refusal("request.field_invalid", fields=[str(error)]) from None
        except msgspec.DecodeError as error:
            raise Refusal("request.body_malformed", reason=str(error)) from None
        proofs = ()
        if proof:
            found = self.read_proof(proof)
            proofs = (found,) if found is not None else ()
        mark = fingerprint(route.act.name, credential, ask)
        return Request(known, route.act.name, ask, credential, mark, None, proofs, asides)

    def _credential(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"authorization":
                return self._bearer(value.decode("latin-1"))
        return ""

    def _bearer(self, header: str) -> str:
        kind, _, token = header.partition(" ")
        credential = self.tokens.read(token) if kind.lower() == "bearer" else None
        if credential is None:
            raise Refusal("actor.login_missing")
        return credential


def _route(act: Act) -> Route:
    decoder = msgspec.json.Decoder(act.ask, dec_hook=decode_value)
    return Route(act, decoder.decode, bool(private_fields(act.ask)))


def language_of(scope: Scope) -> str:
    """The reader's language: the first known one of Accept-Language, else English."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            first = value[:2].decode("latin-1").lower()
            return first if first in ("en", "zh", "hi", "ru", "fr") else "en"
    return "en"


def status_of(code: str) -> int:
    """The HTTP status of a refusal's code."""
    return Refusal(code).status


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            return b""
    return body


async def _respond(send: Send, status: int, body: bytes, kind: tuple[bytes, bytes], *, hit: bool = False) -> None:
    headers = [kind, (b"content-length", str(len(body)).encode())]
    if hit:
        headers.append(HIT)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
