"""A bank whose authors share no line with us: it reads our orders, and we understand its answers.

`mock-bank` is one wheel without dependencies; where it is not installed these tests are not run, and say so.
"""

from __future__ import annotations

import pytest
from test_iso20022 import DAY, NOW, id_of, order, transfer

from saxaul.kernel.amounts import Amount
from saxaul.programmes.cash.iso20022 import Party, read, write_transfers

foreign = pytest.importorskip("mockbank.validate", reason="mock-bank is not installed")
accounts = pytest.importorskip("mockbank.accounts")
outbox = pytest.importorskip("mockbank.outbox")
server = pytest.importorskip("mockbank.server")
state = pytest.importorskip("mockbank.state")

IBAN, PAYEE = "GB29NWBK60161331926819", "DE89370400440532013000"


def test_a_foreign_bank_finds_nothing_wrong_with_our_order() -> None:
    payments, findings = foreign.inspect(order(transfer(1), transfer(2, 300)))
    assert [finding for finding in findings if finding.level == "error"] == []
    assert payments is not None


@pytest.mark.parametrize(
    ("behaviour", "parameters", "spoken"),
    [
        ("accept", {}, {"pain.002": "accepted", "camt.054": "booked", "camt.053": "booked"}),
        ("closed-account", {}, {"pain.002": "rejected"}),
        ("reject-file", {}, {"pain.002": "rejected"}),
        ("silent", {}, {"camt.054": "booked", "camt.053": "booked"}),
        ("return-later", {"days": 3}, {"pacs.004": "returned"}),
        ("statement-gap", {}, {"camt.054": "booked"}),
    ],
)
def test_what_a_foreign_bank_answers_is_understood(
    behaviour: str, parameters: dict[str, object], spoken: dict[str, str]
) -> None:
    house = state.State(server.Config(timezone="Asia/Shanghai", clock="2022-06-01T09:00:00"))
    manners = {"behaviour": behaviour, "parameters": parameters}
    of_payee = behaviour == "closed-account"
    city = {"iban": IBAN, "currency": "CNY", "balance": 1_000_000, "name": "City"}
    accounts.create(house.conn, "city", city | ({} if of_payee else manners))
    accounts.create(
        house.conn, "payee", {"iban": PAYEE, "currency": "CNY", "name": "P"} | (manners if of_payee else {})
    )
    us = Party("CITY", IBAN, "NWBKGB2L")
    asked = [transfer(1, 1250, PAYEE), transfer(2, 300, PAYEE)]
    house.receive(write_transfers(asked, message="cash-1", made=NOW, execution=DAY, payer=us))
    house.clock.advance(days=7)
    answers = [
        read(row["body"].encode()) for row in outbox.collect(house.conn, house.now()) if row["account"] == "city"
    ]
    house.close()
    for kind, verdict in spoken.items():
        lines = [line for file in answers if file.kind == kind for line in file.lines if line.transfer]
        if behaviour != "reject-file":
            assert {line.transfer for line in lines if line.verdict == verdict} == {id_of(1), id_of(2)}, kind
            assert all(line.amount in (None, Amount("CNY/2", 1250), Amount("CNY/2", 300)) for line in lines)
        else:
            assert {line.verdict for file in answers if file.kind == kind for line in file.lines} == {verdict}
    gaps = [item.gap.units for file in answers for item in file.statements if item.gap is not None and item.gap.units]
    assert gaps == ([-300] if behaviour == "statement-gap" else [])
    assert any(file.kind == "pain.002" for file in answers) == (behaviour != "silent")
