"""Worked examples: given balances and records, an act and an ask, then movements or a refusal.

`cases.toml` of a programme is test, example and documentation at once. `@name` stands for an id made of that name, so a
case reads like a sentence about Zhang and the bakery.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from saxaul.engine.clerk import Clerk
from saxaul.engine.declare import Act, Programme
from saxaul.engine.request import Answer, decode_value, request
from saxaul.kernel import ids, times
from saxaul.kernel.amounts import parse, show
from saxaul.kernel.assets import SCALES
from saxaul.ledger.chart import AccountClass
from saxaul.ledger.facts import Facts, Proof
from saxaul.ledger.plan import Change, Plan, Posting
from saxaul.ledger.state import NotGathered

_NAME = re.compile(r"@([a-z][a-z0-9_]*)")


class Give(msgspec.Struct, frozen=True):
    """Balances and records a case begins with."""

    have: list[tuple[str, str, int]] = []
    records: list[tuple[str, str, dict[str, Any]]] = []


class Given(msgspec.Struct, frozen=True):
    """Nothing to say."""


def give(facts: Facts, ask: Give) -> Plan:
    """The case's beginning stands in the book. Only the declarations of tests and docs carry this act."""
    postings = [Posting(_minter(asset), address, asset, units) for address, asset, units in ask.have if units]
    missing: list[Any] = []
    for table in {table for table, _, _ in ask.records}:  # all in one gathering: a case may begin with many tables
        try:
            facts.records(table, [key for name, key, _ in ask.records if name == table])
        except NotGathered as miss:
            missing += miss.keys
    if missing:
        raise NotGathered(missing)
    changes = [Change(table, key, fields, new=facts.record(table, key) is None) for table, key, fields in ask.records]
    return Plan(postings=postings, changes=changes, receipt=Given())


def _minter(asset: str) -> str:
    return "issuer:central" if asset in ("ECNY/2", "CNY/2") else f"issuer:case:{asset.partition('/')[0].lower()}"


PROGRAMME = Programme(
    name="cases",
    title="The beginning of a worked case",
    acts=(Act("cases.give", Give, give, Given, roles=("system",)),),
    accounts=(AccountClass("issuer:case:$kind", tuple(SCALES), floor=None, why="what a case begins with"),),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example, names already replaced by ids."""

    says: str
    act: str
    ask: dict[str, Any]
    who: str
    at: int
    have: dict[str, str]
    records: dict[str, dict[str, dict[str, Any]]]
    before: list[dict[str, Any]]
    then: dict[str, str]
    receipt: dict[str, Any]
    refused: str
    proofs: list[dict[str, Any]]


def named(name: str) -> str:
    """The id a case means by `@name`."""
    return ids.derived(0, name)


def read(path: Path) -> list[Case]:
    """The cases of a file; `[common]` holds what all of them are given."""
    text = _NAME.sub(lambda found: named(found[1]), path.read_text("utf-8"))
    body = tomllib.loads(text)
    common = body.get("common", {})
    return [_case({**common, **row}, common, row) for row in body.get("case", [])]


def _case(row: dict[str, Any], common: dict[str, Any], own: dict[str, Any]) -> Case:
    records: dict[str, dict[str, Any]] = {}
    for part in (common.get("records", {}), own.get("records", {})):
        for table, rows in part.items():
            records.setdefault(table, {}).update(rows)
    at = times.read(row.get("at", "2022-06-01T04:00:00Z"))
    assert at is not None, f"{row['says']}: at is no instant"
    return Case(
        says=row["says"], act=row["act"], ask=row.get("ask", {}), who=row.get("who", "system"), at=at,
        have={**common.get("have", {}), **own.get("have", {})}, records=records, before=row.get("before", []),
        then=row.get("then", {}), receipt=row.get("receipt", {}), refused=row.get("refused", ""),
        proofs=row.get("proofs", []),
    )  # fmt: skip


def run(case: Case, clerk: Clerk, set_clock: Any) -> Iterator[str]:
    """Do the case on a fresh book; yields a sentence for everything that is not as written."""
    instants = [times.read(step["at"]) or case.at if "at" in step else case.at for step in case.before]
    set_clock(min([case.at, *instants]))  # a book's time never goes back, so it begins with the first step
    _begin(case, clerk)
    for place, step in enumerate(case.before):
        set_clock(instants[place])
        answer = _do(clerk, step["act"], step.get("ask", {}), step.get("who", case.who), f"before{place}", step)
        if answer.code != step.get("refused", ""):
            yield f"before {place} ({step['act']}): {answer.code or 'done'} {answer.facts}"
    set_clock(case.at)
    watched = {_account(name) for name in case.then}
    earlier = clerk.look(watched)
    last = clerk.state.n
    answer = _do(clerk, case.act, case.ask, case.who, "case", {"proofs": case.proofs})
    if answer.code != case.refused:
        yield f"answered {answer.code or 'done'} {answer.facts}, not {case.refused or 'done'}"
    yield from _moved(case, clerk, earlier, last, answer)


def _moved(case: Case, clerk: Clerk, earlier: dict[Any, Any], last: int, answer: Answer) -> Iterator[str]:
    now = clerk.look(earlier)
    for name, wanted in case.then.items():
        key = _account(name)
        place = 1 if name.startswith("held ") else 0
        moved = now[key][place] - earlier[key][place]
        found = f"{'+' if moved > 0 else ''}{show(key[1], moved)}"
        if found != wanted and not (moved == 0 and wanted.startswith("0")):
            yield f"{name} moved {found}, not {wanted}"
    if case.refused and clerk.state.n > last:
        postings = clerk.store.read_postings(last + 1, clerk.state.n)
        if list(postings):
            yield "a refused act moved something"
    for field, wanted in case.receipt.items():
        if answer.receipt.get(field) != wanted:
            yield f"receipt.{field} is {answer.receipt.get(field)!r}, not {wanted!r}"


def _account(name: str) -> tuple[str, str]:
    address, _, asset = name.removeprefix("held ").rpartition(" ")
    return address, asset


def _begin(case: Case, clerk: Clerk) -> None:
    have = [(*_account(name), parse(text).units) for name, text in case.have.items()]
    records = [(table, key, fields) for table, rows in case.records.items() for key, fields in rows.items()]
    ask = Give(have=have, records=records)
    (answer,) = clerk.turn([request("cases.give", ask, id=ids.fresh(clerk.clock(), b"casebegin!"))])
    assert not answer.code, f"{case.says}: the beginning was refused: {answer.code} {answer.facts}"


def _do(clerk: Clerk, act: str, ask: dict[str, Any], who: str, name: str, step: dict[str, Any]) -> Answer:
    kind = clerk.performer.acts[act].ask
    body = msgspec.convert(ask, kind, dec_hook=decode_value)
    id = step.get("id") or ids.fresh(clerk.clock(), named(name + act)[-10:].encode())
    proofs = tuple(msgspec.convert(proof, Proof) for proof in step.get("proofs", []))
    (answer,) = clerk.turn([request(act, body, id=id, credential=who, proofs=proofs)])
    return answer
