"""The API on a book that lies on a PostgreSQL server: acts, every kind of read, history and webhooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import town
from conftest import Api
from receiver import listening
from standardwebhooks import Webhook

from saxaul.surfaces.courier import Sender, open_courier

pytestmark = pytest.mark.pg


def book_on(server: Any) -> str:
    """The DSN of an empty book on the test server."""
    server.psql("CREATE DATABASE api_book TEMPLATE template_book;")
    uri: str = server.get_uri("api_book")
    return uri


def test_it_works(tmp_path: Path, postgres: Any) -> None:
    api = Api(town.open_town(tmp_path, dsn=book_on(postgres)))
    with listening() as receiver:
        row = {"kind": "merchant", "name": "Bakery", "category": "5462", "webhook": receiver.target}
        town.give(api.house.clerk.turn, [("people_organisation", town.BAKERY, row)])
        made = api.post("pay.order", {"amount": "3.00 CNY", "number": "A-1"}, role="cashier").receipt
        id = town.fresh()
        paid = api.post("pay.scan", {"code": made["code"]}, id=id)
        assert paid.status == 200, paid.body
        api.follow()
        assert api.get(f"/v1/acts/{id}").body == paid.body
        assert api.get(f"/v1/orders/{town.BAKERY}/A-1", role="manager").json["stage"] == "captured"
        assert api.get(f"/v1/wallets/{town.ZHANG_WALLET}").json["balances"][0]["free"] == "297.00 ECNY"
        assert api.get(f"/v1/wallets/{town.ZHANG_WALLET}/history").json["entries"][0]["act"] == "pay.scan"
        takings = api.get(f"/v1/merchants/{town.BAKERY}/takings", role="manager").json["takings"]
        assert [one["received"] for one in takings] == ["3.00 ECNY"]
        assert api.get("/v1/directories/issuers", role="").json["rows"]
        courier = open_courier(api.house.settings, api.house.secrets)
        reader = api.house.clerk.store.reader()
        while courier.round(reader, Sender(inside=True), api.house.clerk.clock()):
            pass
        reader.close()
        known = courier.secrets(town.BAKERY, 0)[0][0]
        assert len(receiver.heard) == 2
        assert all(Webhook(known).verify(body, headers) for headers, body in receiver.heard)
        courier.connection.close()
        assert api.get(f"/v1/merchants/{town.BAKERY}/webhook", role="manager").json["waiting"] == 0
    api.close()
