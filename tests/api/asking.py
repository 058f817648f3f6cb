"""Asking the API without a network: the real application on a loop of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from typing import Any

import town

from saxaul import app
from saxaul.surfaces.background import Rounds
from saxaul.surfaces.server import Server


@dataclass(slots=True)
class Reply:
    """One answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The refusal's code, nothing for a yes."""
        found: str = self.json.get("code", "") if self.status != 200 else ""
        return found

    @property
    def receipt(self) -> Any:
        """The receipt of an act that was done."""
        assert self.status == 200, (self.status, self.body)
        return self.json["receipt"]


@dataclass
class Api:
    """The application on a loop of its own: `post` an act, `get` a read, as somebody of the town."""

    house: app.House
    server: Server = field(init=False)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self.server = Server(self.house, None, beside=False)
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self._on_loop(self._start())
        self.rounds: Any = None

    async def _start(self) -> None:
        self.server.start()

    def _on_loop(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def token(self, role: str) -> str:
        """The bearer token of a role's credential."""
        return town.token(self.house, role)

    def ask(
        self, method: str, path: str, *, role: str = "", body: bytes = b"", headers: dict[str, str] | None = None,
        client: str = "127.0.0.1", chunks: list[bytes] | None = None,
    ) -> Reply:  # fmt: skip
        """One request through the whole application."""
        path, _, query = path.partition("?")
        given = {"content-type": "application/json", **(headers or {})}
        if role:
            given["authorization"] = f"Bearer {self.token(role)}"
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "client": (client, 1),
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        return self._on_loop(self._exchange(scope, chunks if chunks is not None else [body]))

    async def _exchange(self, scope: dict[str, Any], chunks: list[bytes]) -> Reply:
        sent: list[dict[str, Any]] = []
        left = list(chunks)

        async def receive() -> dict[str, Any]:
            if not left:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.server(scope, receive, send)
        assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"], sent
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, sent[1]["body"])

    def post(self, act: str, ask: Any = None, *, role: str = "citizen", id: str = "", **more: Any) -> Reply:
        """An act by its name; a new id unless one is given."""
        path = self.house.declarations.acts[act].path
        headers = {"idempotency-key": id or town.fresh(), **more.pop("headers", {})}
        return self.ask("POST", path, role=role, body=json.dumps(ask or {}).encode(), headers=headers, **more)

    def get(self, path: str, *, role: str = "citizen", **more: Any) -> Reply:
        """A read."""
        return self.ask("GET", path, role=role, **more)

    def follow(self) -> None:
        """Let history and followers catch up."""
        if self.rounds is None:
            submit = lambda requests: self.server.front.drive.submit_behind(requests)
            self.rounds = Rounds(self.house.settings, self.house.secrets, self.house.declarations, submit)
        self.rounds.catch_up()

    def close(self) -> None:
        """End the loop and close the book."""
        if self.rounds is not None:
            self.rounds.close()
        self.loop.call_soon_threadsafe(self.server.stop)
        self.loop.call_soon_threadsafe(self.loop.stop)
        while self.loop.is_running():
            threading.Event().wait(0.01)
        self.house.clerk.close()
