"""The short way in and the usual one give the same bytes, and a connection survives whatever comes through it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import town
from real import serving


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Any]]:
    with serving(tmp_path_factory.mktemp("real"), pace_credential=0) as found:
        yield found


def ask(real: tuple[int, Any], path: str, body: bytes, *, id: str, role: str = "citizen") -> tuple[int, Any, bytes]:
    port, house = real
    link = HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Idempotency-Key": id}
    if role:
        headers["Authorization"] = f"Bearer {town.token(house, role)}"
    link.request("POST", path, body, headers)
    reply = link.getresponse()
    found = reply.status, reply.headers, reply.read()
    link.close()
    return found


LANGUAGE = "/v1/desk/set-preferences"


def test_it_works(real: tuple[int, Any]) -> None:
    status, headers, body = ask(real, LANGUAGE, b'{"language":"fr"}', id=town.fresh())
    assert status == 200 and json.loads(body)["receipt"]["language"] == "fr"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("body", "role"),
    [(b'{"language":"ru"}', "citizen"), (b'{"language":"xx"}', "citizen"), (b"{", "citizen"), (b"[]", "citizen"),
     (b'{"language":"ru"}', "ended"), (b'{"language":"ru"}', "officer"), (b'{"language":"ru"}', ""),
     (b'{"language":"ru","a":"' + b"x" * 70_000 + b'"}', "citizen")],
)  # fmt: skip
def test_both_ways_give_the_same_answer(real: tuple[int, Any], body: bytes, role: str) -> None:
    id = town.fresh()
    quick = ask(real, LANGUAGE, body, id=id, role=role)
    usual = ask(real, LANGUAGE + "?", body, id=id, role=role)  # a question mark leads uvicorn's usual way
    assert quick[0] == usual[0] and quick[2] == usual[2]
    wanted = {name.lower() for name in quick[1]} | ({"idempotency-hit"} if quick[0] == 200 else set())
    assert wanted == {name.lower() for name in usual[1]}


def test_many_requests_on_one_connection_in_one_piece(real: tuple[int, Any]) -> None:
    port, house = real
    ids = [town.fresh() for _ in range(20)]
    head = f"POST {LANGUAGE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {town.token(house, 'citizen')}\r\n"
    text = "".join(f'{head}Idempotency-Key: {id}\r\nContent-Length: 17\r\n\r\n{{"language":"zh"}}' for id in ids)
    with socket.create_connection(("127.0.0.1", port), 10) as link:
        link.sendall(text.encode())
        heard = b""
        while heard.count(b"HTTP/1.1 200") < 20 or not heard.endswith(b"}"):
            heard += link.recv(65536)
    places = [heard.index(id.encode()) for id in ids]
    assert places == sorted(places), "answers come in the order of the requests"


def test_a_body_byte_by_byte_is_one_body(real: tuple[int, Any]) -> None:
    port, house = real
    head = (
        f"POST {LANGUAGE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {town.token(house, 'citizen')}\r\n"
        f"Idempotency-Key: {town.fresh()}\r\nContent-Length: 17\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 10) as link:
        link.sendall(head.encode())
        for byte in b'{"language":"hi"}':
            link.sendall(bytes([byte]))
        assert link.recv(65536).startswith(b"HTTP/1.1 200")


def test_who_hangs_up_in_the_middle_of_a_body_asked_nothing(real: tuple[int, Any], tmp_path: Path) -> None:
    port, house = real
    id = town.fresh()
    head = (
        f"POST {LANGUAGE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {town.token(house, 'citizen')}\r\n"
        f"Idempotency-Key: {id}\r\nContent-Length: 30\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), 10) as link:
        link.sendall(head.encode() + b'{"language":"hi"}')
    assert ask(real, LANGUAGE, b'{"language":"en"}', id=id)[0] == 200, "the id is still free"
