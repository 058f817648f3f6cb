"""A small book with an officer of each kind, and the port of the pages in front of its clerk."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import book
import msgspec

from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.request import decode_value, request
from saxaul.kernel import ids, texts
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import Refusal
from saxaul.people.sealing import Sealer, private_fields
from saxaul.surfaces.web import port as p
from saxaul.surfaces.web.figures import Figure, Public

WHO = {  # `other` is a second record and login of the officer, the same natural person
    "citizen": "zhang", "cashier": "bo", "manager": "mei", "biller": "lin", "officer": "wang", "approver": "chen",
    "auditor": "an", "other": "wang2", "second": "chen2",
}  # fmt: skip
ROLES = {"other": "officer approver", "second": "officer approver", "approver": "approver"}
NATURAL = {"wang2": "wang", "chen2": "chen"}


def _records() -> list[tuple[str, str, dict[str, Any]]]:
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for role, name in WHO.items():
        person = named(name)
        rows.append(("people_person", person, {"natural": named(NATURAL.get(name, name)), "phone": named(f"p {name}")}))
        rows[-1][2]["wallets"] = named("wallet") if role == "citizen" else ""
        roles = {"kind": "session", "person": person, "roles": ROLES.get(role, role)}
        rows.append(("people_credential", named(f"{name}_here"), roles))
    wallet = {"person": named("zhang"), "issuer": "WEBANK", "region": "120000", "tier": 2}
    rows.append(("people_wallet", named("wallet"), wallet))
    for list_, code in (("issuer", "WEBANK"), ("region", "120000")):
        rows.append(("people_directory", f"{list_}:{code}", {"list": list_, "code": code, "name": code}))
    rows.append(("people_organisation", named("bakery"), {"kind": "merchant", "name": "Bakery", "category": "5462"}))
    rows.append(("people_shop", named("corner"), {"organisation": named("bakery"), "name": "Corner"}))
    rows.append(("people_terminal", named("till"), {"organisation": named("bakery"), "shop": named("corner")}))
    rows.append(("people_credential", named("till_here"), {
        "kind": "terminal", "organisation": named("bakery"), "roles": "cashier", "shop": named("corner"),
        "terminal": named("till"),
    }))  # fmt: skip
    return rows


def _filled(known: set[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """One row in every other table, so that every page has something to show."""
    from django.apps import apps

    from saxaul.surfaces.console.records import is_record

    rows: list[tuple[str, str, dict[str, Any]]] = []
    for model in apps.get_models():
        if is_record(model) and model._meta.db_table not in ("entry", "pay_order", *known):
            needed = [one for one in model._meta.fields if one.name not in ("key", "entry") and not one.has_default()]
            fields = {one.name: 1 if "Integer" in type(one).__name__ else named("zhang") for one in needed}
            fields |= {"act": "desk.freeze", "ask": "{}"} if model._meta.db_table == "engine_proposal" else {}
            rows.append((model._meta.db_table, named(model._meta.db_table), fields))
    return rows


class Desk:
    """The port: acts go to the clerk, reads come from it, words from the catalogue."""

    def __init__(self, folder: Path) -> None:
        self.clerk = book.open_clerk(book.sqlite_dsn(folder), app.clock)
        self.sealer = Sealer(master=b"m" * 32, pepper=b"p" * 32, chance=os.urandom, book=self.clerk)
        self.house = SimpleNamespace(declarations=self.clerk.declarations, terms=book.terms())
        self.who = {role: named(f"{name}_here") for role, name in WHO.items()}
        self.performed: list[tuple[str, str]] = []
        town = _records()
        more = _filled({table for table, _key, _fields in town})
        self._give(town, have=[(f"wallet:{named('wallet')}", "ECNY/2", 100_000)])
        for start in range(0, len(more), 10):  # in parts: one act gathers from a few tables only
            self._give(more[start : start + 10])
        order = self.done("pay.order", {"amount": "12.00 CNY"}, named("till_here"))
        self.done("pay.scan", {"code": order.receipt["code"]}, self.who["citizen"])

    def _give(self, rows: Any, have: Any = ()) -> None:
        give = Give(have=list(have), records=rows)
        (answer,) = self.clerk.turn([request("cases.give", give, id=fresh())])
        assert not answer.code, answer

    def done(self, act: str, ask: dict[str, Any], credential: str, id: str = "") -> p.Answer:
        answer = self.perform(act, ask, id=id or fresh(), credential=credential, proofs={})
        assert answer.problem is None, answer.problem
        return answer

    def perform(self, act: str, ask: Any, *, id: str, credential: str, proofs: Any) -> p.Answer:
        self.performed.append((act, id))
        kind = self.clerk.performer.acts[act].ask
        asides: Any = ()
        try:
            if private_fields(kind):
                ask, asides = self.sealer.seal_fields(kind, ask, credential=credential, id=id)
            body = msgspec.convert(ask, kind, dec_hook=decode_value)
        except msgspec.ValidationError as error:
            return _no(id, act, "request.field_invalid", {"fields": [str(error)]})
        except Refusal as refusal:
            return _no(id, act, refusal.code, refusal.facts)
        (answer,) = self.clerk.turn([request(act, body, id=id, credential=credential, asides=asides)])
        if answer.code:
            return _no(id, act, answer.code, answer.facts)
        return p.Answer(id, act, 0, answer.receipt)

    def person(self, credential: str) -> p.Person | None:
        (row,) = self.clerk.records("people_credential", [credential])
        if row is None or row.stage != "active":
            return None
        return p.Person(row.person, credential, "", "", "en", False, False, False)

    def look(self, addresses: Any) -> dict[str, list[Amount]]:
        keys = [(address, asset) for address in addresses for asset in ("ECNY/2", "CNY/2")]
        found = self.clerk.look(keys)
        return {a: [Amount(k[1], found[k][0]) for k in keys if k[0] == a and found[k][0]] for a in addresses}

    def explain(self, problem: p.Problem, *, language: str) -> p.Text:
        said = texts.refused(language, Refusal(problem.code, **problem.facts))
        return p.Text(said.title, " ".join(said.sentences), said.next_step)

    def public(self, *, language: str) -> Public:
        figure = Figure("pay.count", "Payments", 1, "count of pay.scan and pay.by_code", "ab" * 32)
        return Public([], [figure], app.clock())


def _no(id: str, act: str, code: str, facts: Any) -> p.Answer:
    refusal = Refusal(code, **facts)
    return p.Answer(id, act, 0, None, p.Problem(code, refusal.sort, facts, refusal.lasting))


def fresh() -> str:
    return ids.fresh(app.clock(), os.urandom(10))
