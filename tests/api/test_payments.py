"""Payments over the API: paid, refused, asked again, asked about by id."""

from __future__ import annotations

import json

import town
from asking import Api

WALLET = f"/v1/wallets/{town.ZHANG_WALLET}"


def paid(api: Api, code: str, amount: str = "12.50 ECNY", **more: str) -> object:
    return api.post("pay.scan", {"code": code, "amount": amount}, **more)


def free(api: Api) -> str:
    found: str = api.get(WALLET).json["balances"][0]["free"]
    return found


def test_it_works(api: Api, wall_code: str) -> None:
    reply = api.post("pay.scan", {"code": wall_code, "amount": "12.50 ECNY"})
    assert reply.status == 200 and reply.receipt["stage"] == "captured" and reply.json["act"] == "pay.scan"


def test_the_same_ask_again_gives_the_same_bytes_and_says_so(api: Api, wall_code: str) -> None:
    id = town.fresh()
    first = api.post("pay.scan", {"code": wall_code, "amount": "1.00 ECNY"}, id=id)
    before = free(api)
    dashed = f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
    for written in (id, dashed, f"tr_{id}", f'"{id}"'):
        again = api.post("pay.scan", {"code": wall_code, "amount": "1.00 ECNY"}, id=written)
        assert again.body == first.body and again.headers["idempotency-hit"] == "true"
    assert "idempotency-hit" not in first.headers and free(api) == before


def test_another_ask_under_the_same_id_is_refused(api: Api, wall_code: str) -> None:
    id = town.fresh()
    api.post("pay.scan", {"code": wall_code, "amount": "1.00 ECNY"}, id=id)
    other = api.post("pay.scan", {"code": wall_code, "amount": "2.00 ECNY"}, id=id)
    assert (other.status, other.code) == (422, "request.id_reused")


def test_a_refusal_that_depends_on_state_is_remembered_byte_for_byte(api: Api, wall_code: str) -> None:
    id, ask = town.fresh(), {"code": wall_code, "amount": "900.00 ECNY"}
    first = api.post("pay.scan", ask, id=id)
    again = api.post("pay.scan", ask, id=id)
    asked = api.get(f"/v1/acts/{id}")
    assert first.status == 409 and first.code == "wallet.funds_short", first.body
    assert first.body == again.body == asked.body and again.headers["idempotency-hit"] == "true"


def test_asking_by_id_always_answers(api: Api, wall_code: str) -> None:
    id = town.fresh()
    assert api.get(f"/v1/acts/{id}").code == "request.object_missing"
    first = api.post("pay.scan", {"code": wall_code, "amount": "1.00 ECNY"}, id=id)
    found = api.get(f"/v1/acts/{id}")
    assert found.status == 200 and found.body == first.body


def test_the_till_learns_that_money_is_short_and_never_how_much_there_is(api: Api) -> None:
    from saxaul.programmes.pay import emvco

    digits = "190000000000000017"
    shown = api.post("pay.show_code", {"code": emvco.payer_code_key(digits)}, role="stranger")
    assert shown.status == 200, shown.body
    refused = api.post("pay.by_code", {"code": digits, "amount": "900.00 ECNY"}, role="cashier")
    facts = refused.json
    assert refused.code == "wallet.funds_short", refused.body
    assert not {"free", "held", "short"} & set(facts), facts


def test_answers_stay_the_same_after_a_restart(tmp_path: object) -> None:
    folder = tmp_path
    one = Api(town.open_town(folder))  # type: ignore[arg-type]
    code = one.post("pay.issue_static_code", role="manager").receipt["code"]
    asks = [(town.fresh(), {"code": code, "amount": amount}) for amount in ("3.00 ECNY", "900.00 ECNY")]
    first = [one.post("pay.scan", ask, id=id).body for id, ask in asks]
    one.close()
    two = Api(town.open_town(folder))  # type: ignore[arg-type]
    again = [two.post("pay.scan", ask, id=id) for id, ask in asks]
    assert [reply.body for reply in again] == first
    assert all(reply.headers["idempotency-hit"] == "true" for reply in again)
    assert [two.get(f"/v1/acts/{id}").body for id, _ in asks] == first
    two.close()


def test_the_receipt_is_json_with_amounts_as_text(api: Api, wall_code: str) -> None:
    reply = api.post("pay.scan", {"code": wall_code, "amount": "0.01 ECNY"})
    assert json.loads(reply.body)["receipt"]["amount"] == "0.01 ECNY"
