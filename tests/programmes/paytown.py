"""A town for the tests of payments: Zhang and Li have wallets, Mei keeps a bakery and a florist is next door."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from saxaul.engine.cases import Give, named
from saxaul.engine.request import Answer, Request, decode_value, request
from saxaul.kernel import ids
from saxaul.kernel.amounts import parse
from saxaul.ledger.check import check
from saxaul.ledger.facts import Proof
from saxaul.programmes.pay.emvco import payer_code, payer_code_key

MINUTE = 60_000_000
_numbers = itertools.count(1)
PEOPLE = ("zhang", "li", "wu")


def at(name: str) -> str:
    return named(name)


def fresh(clerk: Any) -> str:
    return ids.fresh(clerk.clock(), next(_numbers).to_bytes(10, "big"))


def asked(clerk: Any, act: str, ask: dict[str, Any], who: str, *, id: str = "", **more: Any) -> Request:
    body = msgspec.convert(ask, clerk.performer.acts[act].ask, dec_hook=decode_value)
    return request(act, body, id=id or fresh(clerk), credential=who if who == "system" else at(who), **more)


def do(clerk: Any, act: str, ask: dict[str, Any], who: str, **more: Any) -> Answer:
    (answer,) = clerk.turn([asked(clerk, act, ask, who, **more)])
    return answer


def done(clerk: Any, act: str, ask: dict[str, Any], who: str, **more: Any) -> dict[str, Any]:
    answer = do(clerk, act, ask, who, **more)
    assert not answer.code, f"{act}: {answer.code} {answer.facts}"
    return answer.receipt


def give(clerk: Any, have: dict[str, str] | None = None, **tables: dict[str, dict[str, Any]]) -> None:
    rows = [(table, key, row) for table, all in tables.items() for key, row in all.items()]
    balances = [(*name.rsplit(" ", 1), parse(text).units) for name, text in (have or {}).items()]
    ask = Give(have=balances, records=rows)
    (answer,) = clerk.turn([request("cases.give", ask, id=fresh(clerk))])
    assert not answer.code, answer


def town(clerk: Any, *, money: str = "5000.00 ECNY", tier: int = 2, **bakery: Any) -> None:
    """Everybody's wallet has `money`; the bakery may be given a receiving limit or another stage."""
    records: dict[str, dict[str, Any]] = {
        "people_person": {at(p): {"natural": at(p), "wallets": at(f"{p}_wallet")} for p in (*PEOPLE, "mei", "fang")},
        "people_wallet": {
            at(f"{p}_wallet"): {"person": at(p), "issuer": "WEBANK", "tier": tier} for p in PEOPLE
        },
        "people_organisation": {
            at("bakery"): {"kind": "merchant", "name": "面包店", "name_en": "Bakery", "category": "5462", **bakery},
            at("florist"): {"kind": "merchant", "name": "Florist", "name_en": "Florist", "category": "5992"},
        },
        "people_shop": {
            at("corner"): {"organisation": at("bakery"), "name": "Corner"},
            at("station"): {"organisation": at("bakery"), "name": "Station"},
            at("roses"): {"organisation": at("florist"), "name": "Roses"},
        },
        "people_terminal": {
            at("till"): {"organisation": at("bakery"), "shop": at("corner")},
            at("florist_till"): {"organisation": at("florist"), "shop": at("roses")},
        },
        "people_credential": {
            **{at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in PEOPLE},
            at("mei"): {"kind": "session", "person": at("mei"), "organisation": at("bakery"), "roles": "manager"},
            at("fang"): {"kind": "session", "person": at("fang"), "organisation": at("florist"), "roles": "manager"},
        },
    }  # fmt: skip
    give(clerk, {f"wallet:{at(f'{p}_wallet')} {money.split()[1]}/2": money for p in PEOPLE}, **records)


def sticker(clerk: Any, who: str = "mei", **ask: Any) -> str:
    """The text of a printed code of the bakery."""
    return done(clerk, "pay.issue_static_code", ask, who)["code"]


def showing(clerk: Any, who: str = "zhang", number: int = 0, **more: Any) -> str:
    """The digits of a one-time code that the person shows now."""
    digits = payer_code(b"s" * 32, wallet=at(f"{who}_wallet"), number=number or next(_numbers))
    done(clerk, "pay.show_code", {"code": payer_code_key(digits)}, who, **more)
    return digits


def proof(who: str, merchant: str, amount: str, *, until: int, kind: str = "pin") -> tuple[Proof, ...]:
    """That a surface saw the person's PIN for this payee and amount."""
    money = parse(amount)
    return (Proof(kind, at(who), f"merchant:{at(merchant)}:due", money.asset, money.units, until),)


def has(clerk: Any, address: str, asset: str = "ECNY/2") -> int:
    """Posted units."""
    return clerk.look([(address, asset)])[address, asset][0]


def wallet(who: str) -> str:
    return f"wallet:{at(f'{who}_wallet')}"


def takings(merchant: str = "bakery") -> str:
    return f"merchant:{at(merchant)}:due"


def order(clerk: Any, key: str) -> Any:
    return clerk.records("pay_order", [key])[0]


def agrees(clerk: Any) -> None:
    """The journal folded again says what the book says."""
    report = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables)
    assert not report.findings, report.findings
