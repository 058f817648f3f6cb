"""Charities: admitted by two officers; their projects, budget lines, and money that leaves only against a document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, Id, Payment, Plan, Posting, Refusal, step
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.wallets import address, from_pockets, open_merchant
from saxaul.programmes.giving import common
from saxaul.programmes.giving.common import PROJECTS, MaybeTitle, Staged, Title

Line = Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$", description="a short word for the line")]
Digest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$", description="SHA-256 of the document")]


class AdmitCharity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation, and whether it is admitted or no longer."""

    organisation: Id
    stage: Literal["admitted", "ended"] = "admitted"


def admit_charity(facts: Facts, ask: AdmitCharity) -> Plan:
    """By two officers: the charity may receive gifts, or may no longer."""
    organisation = facts.must("people_organisation", ask.organisation)
    if organisation.kind != "charity":
        raise Refusal("request.object_missing")
    row = facts.record("giving_charity", organisation.key)
    fields = {"stage": ask.stage, "since": facts.now}
    change = Change("giving_charity", organisation.key, fields, new=row is None)
    return Plan(changes=[change], receipt=Staged(organisation.key, ask.stage))


class OpenProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What money is given for. Without `rate` (fen) and `rate_of` (steps) the terms' rate counts; `goal` 0: none."""

    title: Title
    field: Literal["environment", "education", "health"]
    title_en: MaybeTitle = ""
    goal: Amount | None = None
    rate: Annotated[int, Meta(ge=0)] = 0
    rate_of: Annotated[int, Meta(ge=0)] = 0
    split: Literal["order", "share"] = "order"
    policy: Literal["", "partial", "refuse"] = ""
    charity: Id | None = None


class Opened(msgspec.Struct, frozen=True):
    """The project that was opened."""

    project: str


def open_project(facts: Facts, ask: OpenProject) -> Plan:
    """Gifts can be given to the project."""
    charity = facts.actor.organisation
    if facts.actor.roles & {"officer", "system"}:
        charity = ask.charity or charity
    common.listed_charity(facts, charity)
    usual = facts.term("giving.rate")
    rate, rate_of = (ask.rate, ask.rate_of) if ask.rate and ask.rate_of else (usual.value, usual.of_units)
    fields = {
        "charity": charity, "title": ask.title, "title_en": ask.title_en, "field": ask.field,
        "goal": common.money(ask.goal).units if ask.goal else 0, "rate": rate, "rate_of": rate_of,
        "split": ask.split, "policy": ask.policy or facts.term("giving.policy"), "since": facts.now,
    }  # fmt: skip
    return Plan(changes=[Change("giving_project", facts.id, fields, new=True)], receipt=Opened(facts.id))


class NameProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project of the actor's charity."""

    project: Id


def close_project(facts: Facts, ask: NameProject) -> Plan:
    """The project takes no more gifts; what it has is still paid out against its budget."""
    project = common.own_project(facts, ask.project)
    stage = step(PROJECTS, project.stage, "close")
    return Plan(changes=[Change("giving_project", project.key, {"stage": stage})], receipt=Staged(project.key, stage))


class SetBudget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the project's budget: its word, what it is for, how much at most."""

    project: Id
    line: Line
    title: Title
    amount: Amount


class Budgeted(msgspec.Struct, frozen=True):
    """The line, and what is left on it."""

    line: str
    left: str


def set_budget(facts: Facts, ask: SetBudget) -> Plan:
    """The line stands as written; never below what was paid already."""
    project, amount = common.own_project(facts, ask.project), common.money(ask.amount)
    common.listed_charity(facts, project.charity)
    key = f"{project.key}:{ask.line}"
    row = facts.record("giving_line", key)
    paid = row.paid if row is not None else 0
    if amount.units < paid:
        raise Refusal("giving.budget_missing", paid=common.yuan(paid))
    fields = {"project": project.key, "line": ask.line, "title": ask.title, "units": amount.units, "since": facts.now}
    change = Change("giving_line", key, fields, new=row is None)
    return Plan(changes=[change], receipt=Budgeted(key, common.yuan(amount.units - paid)))


class PayOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to whom the document names: a merchant, or somebody's wallet."""

    project: Id
    line: Code
    amount: Amount
    document: Digest = ""
    merchant: Id | None = None
    wallet: Id | None = None


class PaidOut(msgspec.Struct, frozen=True):
    """The payout, and what is left on its line."""

    payout: str
    amount: str
    left: str


def pay_out(facts: Facts, ask: PayOut) -> Plan:
    """By two: the money left the project, at most what its line allows, against a document whose digest is kept."""
    project, amount = common.own_project(facts, ask.project), common.money(ask.amount)
    common.listed_charity(facts, project.charity)
    row = facts.record("giving_line", f"{project.key}:{ask.line}")
    left = row.units - row.paid if row is not None else 0
    if row is None or not ask.document or left < amount.units:
        raise Refusal("giving.budget_missing", need=str(amount), left=common.yuan(left))
    payee, merchant = _payee(facts, ask)
    bound = common.bound_at(project)
    pockets = (ECNY,) if amount.asset == ECNY else (CNY, ECNY)
    parts = from_pockets(facts, bound, amount, pockets)
    fields = {
        "project": project.key, "line": ask.line, "document": ask.document, "payee": payee, "units": amount.units,
        "since": facts.now,
    }  # fmt: skip
    return Plan(
        postings=[Posting(bound, payee, asset, units) for asset, units in parts],
        changes=[
            Change("giving_payout", facts.id, fields, new=True),
            Change("giving_line", row.key, {"paid": row.paid + amount.units}),
            Change("giving_project", project.key, {"paid": project.paid + amount.units}),
            common.in_quarter(facts, project.key, paid=amount.units),
        ],
        payment=Payment(bound, payee, amount.asset, amount.units, "give", merchant=merchant),
        receipt=PaidOut(facts.id, str(amount), common.yuan(left - amount.units)),
    )


def _payee(facts: Facts, ask: PayOut) -> tuple[Any, str]:
    """Where it goes; refuses `payee.account_missing` and `merchant.stage_suspended`."""
    if (ask.merchant is None) == (ask.wallet is None):
        raise Refusal("request.field_invalid", fields=["merchant, wallet: one of them"])
    if ask.merchant:
        return f"merchant:{open_merchant(facts, ask.merchant).key}:due", ask.merchant
    wallet = facts.record("people_wallet", ask.wallet or "")
    if wallet is None or wallet.stage != "open":
        raise Refusal("payee.account_missing")
    return address(wallet.key), ""
