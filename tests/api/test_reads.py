"""What can be asked without changing anything, and that it answers only to whom it belongs."""

from __future__ import annotations

import json
import os

import pytest
import town
from asking import Api

from saxaul.kernel import ids


@pytest.fixture(scope="module")
def things(api: Api, wall_code: str) -> dict[str, list[str]]:
    """Paths of what belongs to zhang, the bakery and the power works, a hundred of a kind where acts can make them."""
    made: dict[str, list[str]] = {"act": [], "order": [], "number": [], "bill": []}
    for place in range(100):
        id = town.fresh()
        receipt = api.post("pay.scan", {"code": wall_code, "amount": "0.01 ECNY"}, id=id).receipt
        made["act"].append(f"/v1/acts/{id}")
        made["order"].append(f"/v1/orders/{receipt['order']}")
        api.post("pay.order", {"amount": "1.00 CNY", "number": f"N-{place}"}, role="cashier")
        made["number"].append(f"/v1/orders/{town.BAKERY}/N-{place}")
        bill = {"bill": f"B-{place}", "number": f"H-{place % 10}", "amount": "5.00 CNY", "due": "2099-01-31"}
        issued = api.post("bills.issue", bill, role="biller").receipt["bill"]
        made["bill"].append("/v1/bills/" + issued.replace(":", "/"))
    made["wallet"] = [f"/v1/wallets/{town.ZHANG_WALLET}"]
    made["history"] = [f"/v1/wallets/{town.ZHANG_WALLET}/history"]
    made["webhook"] = [f"/v1/merchants/{town.BAKERY}/webhook"]
    made["takings"] = [f"/v1/merchants/{town.BAKERY}/takings"]
    api.follow()
    return made


OWNER = {"act": "citizen", "order": "citizen", "number": "manager", "bill": "biller", "wallet": "citizen",
         "history": "citizen", "takings": "manager", "webhook": "manager"}  # fmt: skip
STRANGER = {"act": "stranger", "order": "stranger", "number": "rose", "bill": "gas", "wallet": "stranger",
            "history": "stranger", "takings": "rose", "webhook": "rose"}  # fmt: skip


def test_it_works(api: Api) -> None:
    reply = api.get("/v1/me")
    assert reply.status == 200 and reply.json["person"] == town.ZHANG
    assert reply.json["wallets"] == [town.ZHANG_WALLET] and reply.json["roles"] == ["citizen"]


@pytest.mark.parametrize("kind", OWNER)
def test_the_owner_reads_all_of_them(api: Api, things: dict[str, list[str]], kind: str) -> None:
    for path in things[kind]:
        assert api.get(path, role=OWNER[kind]).status == 200, path


@pytest.mark.parametrize("kind", OWNER)
def test_a_hundred_foreign_objects_answer_exactly_like_unknown_ones(
    api: Api, things: dict[str, list[str]], kind: str
) -> None:
    bodies = set()
    paths = (things[kind] * 100)[:100]
    for path in paths:
        foreign = api.get(path, role=STRANGER[kind])
        unknown = api.get(_unknown(path), role=STRANGER[kind])
        assert foreign.status == unknown.status == 404 and foreign.headers == unknown.headers
        bodies |= {foreign.body, unknown.body}
    assert len(bodies) == 1 and json.loads(bodies.pop())["code"] == "request.object_missing"


def _unknown(path: str) -> str:
    """The same path with names that nobody has."""
    head, _, rest = path.removeprefix("/v1/").partition("/")
    words = [
        word if word in ("history", "takings", "webhook") else ids.fresh(0, os.urandom(10)) for word in rest.split("/")
    ]
    return f"/v1/{head}/{'/'.join(words)}"


def test_a_wallet_shows_what_is_free_and_what_its_tier_leaves_today(own_api: Api) -> None:
    before = own_api.get(f"/v1/wallets/{town.ZHANG_WALLET}").json
    code = own_api.post("pay.issue_static_code", role="manager").receipt["code"]
    own_api.post("pay.scan", {"code": code, "amount": "12.50 ECNY"})
    after = own_api.get(f"/v1/wallets/{town.ZHANG_WALLET}").json
    assert [one["asset"] for one in before["balances"]] == ["ECNY/2", "CNY/2"]
    assert (before["balances"][0]["free"], after["balances"][0]["free"]) == ("300.00 ECNY", "287.50 ECNY")
    left = [float(one["limits"]["day_left"].split()[0]) for one in (before, after)]
    assert left[0] - left[1] == 12.5 and before["limits"]["day_left"] == before["limits"]["day_total"]


def test_history_comes_newest_first_in_pages(api: Api, things: dict[str, list[str]]) -> None:
    path = things["history"][0]
    first = api.get(f"{path}?limit=7").json
    numbers = [one["entry"] for one in first["entries"]]
    assert len(numbers) == 7 and numbers == sorted(numbers, reverse=True) and first["as_of"] is None
    assert first["entries"][0]["postings"][0]["way"] == "out"
    second = api.get(f"{path}?limit=200&before={numbers[-1]}").json["entries"]
    assert 50 < len(second) <= 200 and second[0]["entry"] < numbers[-1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=-1", "before=0", "colour=red", "limit=1e9"]
)
def test_a_page_has_a_maximum_and_unknown_fields_are_refused(
    api: Api, things: dict[str, list[str]], query: str
) -> None:
    reply = api.get(f"{things['history'][0]}?{query}")
    assert (reply.status, reply.code) == (422, "request.field_invalid")


def test_a_list_that_lags_says_as_of(own_api: Api) -> None:
    code = own_api.post("pay.issue_static_code", role="manager").receipt["code"]
    own_api.follow()
    own_api.post("pay.scan", {"code": code, "amount": "1.00 ECNY"})  # nobody follows now
    found = own_api.get(f"/v1/wallets/{town.ZHANG_WALLET}/history").json
    assert found["as_of"] is not None and all(one["act"] != "pay.scan" for one in found["entries"])
    own_api.follow()
    found = own_api.get(f"/v1/wallets/{town.ZHANG_WALLET}/history").json
    assert found["as_of"] is None and found["entries"][0]["act"] == "pay.scan"


def test_a_merchants_day_is_added_up_from_the_journal(api: Api, things: dict[str, list[str]]) -> None:
    found = api.get(things["takings"][0], role="manager").json
    (paid,) = [one for one in found["takings"] if one["asset"] == "ECNY/2" and one["act"] == "pay.scan"]
    assert paid["count"] == 100 and paid["received"] == "1.00 ECNY" and found["complete"]
    empty = api.get(things["takings"][0] + "?day=2020-02-29", role="manager").json
    assert empty["takings"] == [] and empty["day"] == "2020-02-29"
    for day in ("2020-02-30", "x", "20200229", "9999-12-31"):
        assert api.get(things["takings"][0] + f"?day={day}", role="manager").code == "request.field_invalid"


def test_a_merchant_reads_with_what_its_webhooks_are_signed(api: Api, things: dict[str, list[str]]) -> None:
    found = api.get(things["webhook"][0], role="manager").json
    assert len(found["secrets"]) == 1 and found["secrets"][0]["secret"].startswith("whsec_")
    assert (found["waiting"], found["failed"], found["target"]) == (0, 0, "")
    assert api.get(things["webhook"][0], role="cashier").code == "actor.role_missing"


def test_the_payer_alone_reads_whose_wallet_paid(api: Api, things: dict[str, list[str]]) -> None:
    path = things["order"][0]
    assert api.get(path).json["payer"] == town.ZHANG_WALLET
    assert api.get(path, role="cashier").json["payer"] == ""


def test_a_household_keeps_a_number_and_reads_its_bills(api: Api, things: dict[str, list[str]]) -> None:
    assert api.get("/v1/bills").json == {"numbers": []}
    assert api.get(things["bill"][3]).status == 404
    api.post("bills.save_number", {"biller": town.POWER, "number": "H-3"})
    (home,) = api.get("/v1/bills").json["numbers"]
    assert home["number"] == "H-3" and len(home["bills"]) == 10 and home["bills"][0]["amount"] == "5.00 CNY"
    assert api.get(things["bill"][3]).json["stage"] == "issued" and api.get(things["bill"][4]).status == 404


def test_directories_are_public_and_paged(api: Api) -> None:
    found = api.get("/v1/directories/issuers?limit=1", role="").json
    assert [row["code"] for row in found["rows"]] == ["ICBC"] and found["after"] == "ICBC"
    rest = api.get("/v1/directories/issuers?after=ICBC", role="").json
    assert [row["code"] for row in rest["rows"]] == ["WEBANK"] and rest["after"] is None
    assert len(api.get("/v1/directories/billers", role="").json["rows"]) == 2
    assert api.get("/v1/directories/people", role="").code == "request.object_missing"


def test_a_revoked_credential_reads_nothing_from_now_on(api: Api) -> None:
    assert api.get("/v1/me", role="ended").code == "actor.login_missing"


def test_heads_health_and_document_are_public(api: Api) -> None:
    api.follow()
    for path in ("/v1/heads", "/healthz", "/v1/openapi.json"):
        assert api.get(path, role="").status == 200
    assert api.get("/healthz", role="").json["alive"] and api.get("/v1/heads", role="").json[0]["signature"]


def test_metrics_count_and_name_nobody(api: Api) -> None:
    text = api.get("/metrics", role="").body.decode()
    assert "saxaul_entries" in text and 'saxaul_answers_total{sort="done"}' in text
    assert town.ZHANG not in text and town.BAKERY not in text
    assert api.get("/metrics", role="", client="203.0.113.9").code == "actor.login_missing"
    assert api.get("/metrics", role="citizen", client="203.0.113.9").code == "actor.role_missing"
    assert api.get("/metrics", role="auditor", client="203.0.113.9").status == 200


def test_a_problems_type_leads_to_a_page(api: Api) -> None:
    code = "wallet.funds_short"
    found = api.get(f"/problems/{code}", role="").json
    assert found["status"] == 409 and found["cause"]
    page = api.get(f"/problems/{code}", role="", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html") and b"<h1>" in page.body
    assert api.get("/problems/no.such", role="").status == 404


def test_every_code_has_its_page_in_every_language(api: Api) -> None:
    from saxaul.kernel.refusal import CATALOGUE, REASONS
    from saxaul.surfaces.api import problems

    for language in ("en", "zh", "hi", "ru", "fr"):
        for code in (*CATALOGUE, *REASONS):
            assert problems.page(code, language), (code, language)


def test_notices_come_newest_first_in_pages_and_to_their_person_alone(own_api: Api) -> None:
    for fen in (1, 2, 3):
        own_api.post("pay.send", {"payee": town.LI_WALLET, "amount": f"0.0{fen} ECNY"})
    asked = own_api.post("pay.request", {"payer": town.LI, "amount": "7.00 ECNY"}).receipt["request"]
    own_api.follow()
    first = own_api.get("/v1/notices?limit=2", role="stranger").json
    assert [one["kind"] for one in first["notices"]] == ["pay.asked", "pay.received"] and first["as_of"] is None
    assert first["notices"][0]["facts"]["request"] == asked
    rest = own_api.get(f"/v1/notices?limit=50&before={first['before']}", role="stranger").json
    assert [one["facts"]["amount"] for one in rest["notices"]] == ["0.02 ECNY", "0.01 ECNY"]
    assert rest["before"] is None and first["before"] == first["notices"][-1]["entry"]
    assert own_api.get("/v1/notices").json["notices"] == [], "who asked and sent was told nothing"
    assert own_api.get("/v1/notices", role="biller").code == "request.object_missing", "an organisation is no person"
    assert own_api.get("/v1/notices", role="").code == "actor.login_missing"
    assert own_api.get("/v1/notices?limit=201", role="stranger").code == "request.field_invalid"
