"""What cannot become an ask: every way to write it wrong, and never a server's fault."""

from __future__ import annotations

import json

import pytest
import town
from asking import Api

SCAN = "/v1/pay/scan"


def sent(api: Api, body: bytes, **headers: str) -> object:
    given = {"idempotency-key": town.fresh(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return api.ask("POST", SCAN, role="citizen", body=body, headers=given)


def test_it_works(api: Api) -> None:
    reply = sent(api, b"{}")
    assert (reply.status, reply.code) == (422, "request.field_invalid")


NO_JSON = {
    "nothing": b"", "half": b'{"code":', "two": b"{} {}", "not utf-8": b'{"code":"\xff\xfe"}',
    "nan": b'{"revision":NaN}', "lone surrogate": b'{"code":"\\ud800"}', "text": b"hello",
    "nested": b'{"code":' + b"[" * 30_000,
    "too large": b'{"code":"' + b"x" * 70_000 + b'"}', "control": b'{"code":"\x01"}',
}  # fmt: skip


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_or_too_large_is_400(api: Api, name: str) -> None:
    reply = sent(api, NO_JSON[name])
    assert (reply.status, reply.code) == (400, "request.body_malformed"), reply.body


WRONG = {
    "array": (b"[]", ["body: write an object"]),
    "null": (b"null", ["body: write an object"]),
    "wrong kinds": (b'{"code":1,"amount":2,"order":"z","wallet":3}', ["code: ", "amount: ", "order: ", "wallet: "]),
    "unknown": (b'{"code":"x","colour":1,"shape":2}', ["colour: unknown", "shape: unknown"]),
    "too many decimals": (b'{"code":"x","amount":"1.001 CNY"}', ["amount: "]),
    "no asset": (b'{"code":"x","amount":"1.00"}', ["amount: "]),
    "number of no machine": (b'{"code":"x","revision":1e400}', ["body[...]: "]),
    "beyond 64 bits": (b'{"code":"x","revision":' + b"9" * 30 + b"}", ["body: "]),
    "nul": (b'{"code":"a\\u0000b"}', ["body: "]),
    "inner": (b'{"code":"x","vouchers":["ok",5]}', ["vouchers[1]: "]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_every_bad_field_is_listed(api: Api, name: str) -> None:
    body, wanted = WRONG[name]
    reply = sent(api, body)
    assert (reply.status, reply.code) == (422, "request.field_invalid"), reply.body
    fields = reply.json["fields"]
    for start in wanted:
        assert any(field.startswith(start) for field in fields), (start, fields)


def test_a_private_text_never_comes_back_in_a_refusal(api: Api) -> None:
    reply = api.post("desk.sign_up", {"phone": "13800-secret", "language": 5}, role="service")
    assert reply.status == 422 and b"secret" not in reply.body


KEYS = ["", "no id", "0" * 32, "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "123", "0192f4c6a0007abc80000000000001ff00", "é"]


@pytest.mark.parametrize("key", KEYS)
def test_an_act_needs_a_uuid_of_version_seven(api: Api, key: str) -> None:
    reply = api.ask("POST", SCAN, role="citizen", body=b'{"code":"x"}', headers={"idempotency-key": key})
    assert (reply.status, reply.code) == (422, "request.field_invalid")
    assert reply.json["fields"][0].startswith("Idempotency-Key")


def test_an_id_of_last_week_is_refused(api: Api) -> None:
    from saxaul.kernel import ids, times

    old = ids.fresh(api.house.clerk.clock() - 7 * times.DAY, bytes(10))
    assert api.post("pay.scan", {"code": "x"}, id=old).code == "request.field_invalid"


def test_a_body_in_pieces_is_one_body_and_a_hung_up_one_is_nothing(api: Api) -> None:
    key, piece = {"idempotency-key": town.fresh()}, [b'{"co', b'de":', b'"x"}']
    assert api.ask("POST", SCAN, role="citizen", headers=key, chunks=piece).status in (404, 409, 422)
    with pytest.raises(AssertionError):  # nobody is there to be answered, so nothing is sent
        api.ask("POST", SCAN, role="citizen", headers=key, chunks=[])


def test_unknown_paths_and_wrong_methods(api: Api) -> None:
    assert api.get("/v1/nothing/here").status == 404
    assert api.ask("POST", "/v1/pay/steal", role="citizen").code == "request.object_missing"
    for method, path, allow in (
        ("GET", SCAN, "POST"),
        ("POST", "/v1/me", "GET, HEAD"),
        ("DELETE", "/healthz", "GET, HEAD"),
    ):
        reply = api.ask(method, path, role="citizen")
        assert (reply.status, reply.headers["allow"]) == (405, allow)
        assert reply.headers["content-type"] == "application/problem+json"


def test_head_answers_like_get_without_a_body(api: Api) -> None:
    reply = api.ask("HEAD", "/healthz")
    assert reply.status == 200 and reply.body == b"" and int(reply.headers["content-length"]) > 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer " + "0" * 32 + "." + "0" * 32])
def test_a_token_nobody_here_made_is_no_login(api: Api, header: str) -> None:
    headers = {"authorization": header, "idempotency-key": town.fresh()}
    reply = api.ask("POST", SCAN, body=b"{}", headers=headers)
    assert reply.status in (401, 422)
    assert api.ask("GET", "/v1/me", headers={"authorization": header}).code == "actor.login_missing"


def test_a_refusal_speaks_the_readers_language(api: Api) -> None:
    zh = api.get("/v1/acts/x", headers={"accept-language": "de, zh-CN;q=0.9, en;q=0.8"})
    en = api.get("/v1/acts/x", headers={"accept-language": "xx"})
    assert zh.json["detail"] != en.json["detail"] and zh.json["code"] == en.json["code"]


def test_a_fault_of_ours_is_answered_with_an_incident(own_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(own_api.server.front, "read_proof", broken)
    reply = own_api.post("pay.scan", {"code": "x"}, headers={"saxaul-proof": "x"})
    assert (reply.status, reply.code) == (503, "store.ask_dropped") and len(reply.json["incident"]) == 12
    assert b"mistake" not in reply.body
    assert own_api.get("/healthz").status == 200


def test_the_real_server_answers_a_wrong_length_and_goes_on(tmp_path: object) -> None:
    import socket

    from real import serving

    with serving(tmp_path) as (port, _):
        for head in ("Content-Length: 99999999999", "Content-Length: -1", "Transfer-Encoding: chunked"):
            with socket.create_connection(("127.0.0.1", port), 5) as link:
                link.settimeout(5)
                link.sendall(f"POST {SCAN} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{'x' * 100_000}".encode())
                first = link.recv(15)
                assert first.startswith(b"HTTP/1.1 4"), (head, first)
        with socket.create_connection(("127.0.0.1", port), 5) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert json.loads(link.makefile("rb").read().split(b"\r\n\r\n", 1)[1])["alive"]
