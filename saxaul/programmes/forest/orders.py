"""The charity's work: ordered, planted, inspected by somebody else, paid in parts; what died is planted again.

An order covers certificates by their numbers, so the stage of 217,000 trees is one record. Nobody inspects their own
planting, and nobody pays on their own inspection. What too few survivors leave is a debt in trees that all can see.
"""

from __future__ import annotations

from math import isqrt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Plan, Posting, Refusal
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate, allot, show
from saxaul.kernel.assets import CNY
from saxaul.people.persons import natural_of
from saxaul.people.wallets import organisation
from saxaul.programmes.forest import common
from saxaul.programmes.forest.common import ORDER, Digest, Project
from saxaul.programmes.forest.common import Order as OrderKey

YEARS = (0, 1, 3)
Year = Literal[0, 1, 3]
Count = Annotated[int, Meta(ge=0, le=9_999_999)]
CLOSE_95 = 384  # hundredths of 1.96 squared


class Ordered(msgspec.Struct, frozen=True):
    """The order, which numbers it covers, how many trees and how much money waits for it."""

    order: str
    stage: str
    first: int
    last: int
    trees: int
    money: str


class OrderTrees(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose trees."""

    project: Project


def order(facts: Facts, ask: OrderTrees) -> Plan:
    """All trees of the project that nobody ordered yet are the charity's to plant; they can be withdrawn no more."""
    project = common.known_project(facts, ask.project)
    last = facts.balance(common.issued(project.key), common.serial(project.key))[0]
    trees = last - project.ordered - project.withdrawn
    if not trees:
        raise Refusal("request.stage_wrong", stage=project.stage, ways=["forest.plant"])
    key, money = f"{project.key}:{project.orders + 1}", trees * project.price
    fields = {
        "project": project.key, "first": project.ordered + 1, "last": last, "trees": trees, "money": money,
        "stage": ORDER["", "forest.order"], "since": facts.now,
    }  # fmt: skip
    counted = {"ordered": last, "withdrawn": 0, "orders": project.orders + 1}
    changes = [Change("forest_order", key, fields, new=True), Change("forest_project", project.key, counted)]
    receipt = Ordered(key, "ordered", project.ordered + 1, last, trees, show(CNY, money))
    return Plan(changes=changes, receipt=receipt)


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order that stands in the ground."""

    order: OrderKey


class Staged(msgspec.Struct, frozen=True):
    """The order and its stage."""

    order: str
    stage: str


def report_planted(facts: Facts, ask: Reported) -> Plan:
    """The charity says that the trees are planted; from now on certificates may say so too."""
    row = facts.must("forest_order", ask.order)
    project = common.known_project(facts, row.project)
    if facts.actor.organisation != project.charity or not facts.actor.person:
        raise Refusal("request.object_missing")
    stage = common.moved(ORDER, row, "forest.report_planted")
    fields = {"stage": stage, "planter": natural_of(facts, facts.actor.person), "planted": facts.now}
    return Plan(changes=[Change("forest_order", row.key, fields)], receipt=Staged(row.key, stage))


class Inspect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which inspection (0 planting, 1 and 3 years after), how many were looked at, how many live, the report."""

    order: OrderKey
    year: Year
    sample: Annotated[int, Meta(ge=1, le=9_999_999)]
    alive: Count
    document: Digest


class Inspected(msgspec.Struct, frozen=True):
    """Trees that live, at least and at most so many in a thousand, how many must, and how many are missing."""

    order: str
    stage: str
    living: int
    low: int
    high: int
    needed: int
    missing: int


def inspect(facts: Facts, ask: Inspect) -> Plan:
    """Somebody who did not plant them has counted; the order is one stage further and its part can be paid."""
    row = facts.must("forest_order", ask.order)
    project = common.known_project(facts, row.project)
    inspector = _other(facts, row, project)
    stage = common.moved(ORDER, row, f"forest.inspect {ask.year}")
    place = YEARS.index(ask.year)
    if facts.now < row.planted + facts.term("forest.inspection_days")[place] * times.DAY:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    if ask.alive > ask.sample or ask.sample > row.trees:
        raise Refusal("request.field_invalid", fields=["sample, alive: at most the trees there are"])
    living, needed = row.trees * ask.alive // ask.sample, needs(project, row.trees, ask.year)
    low, high = interval(ask.alive, ask.sample)
    fields = {
        "order": row.key, "year": ask.year, "inspector": inspector, "sample": ask.sample, "alive": ask.alive,
        "living": living, "low": low, "high": high, "needed": needed, "document": ask.document, "since": facts.now,
    }  # fmt: skip
    changes = [
        Change("forest_inspection", f"{row.key}:{ask.year}", fields, new=True),
        Change("forest_order", row.key, {"stage": stage}),
    ]
    receipt = Inspected(row.key, stage, living, low, high, needed, max(0, needed - living))
    return Plan(changes=changes, receipt=receipt)


def _other(facts: Facts, row: Any, project: Any) -> str:
    """The inspector, an agency's or an officer, who is neither the planter nor of the planting charity."""
    if not facts.actor.person:
        raise Refusal("actor.login_missing")
    natural = natural_of(facts, facts.actor.person)
    if natural == row.planter or facts.actor.organisation == project.charity:
        raise Refusal("actor.approver_same")
    if "officer" not in facts.actor.roles:
        organisation(facts, facts.actor.organisation, "agency")
    return natural


def needs(project: Any, trees: int, year: int) -> int:
    """Trees that must live by the contract, rounded up; at planting all of them."""
    percent = {0: 100, 1: project.survival_1, 3: project.survival_3}[year]
    return Rate(percent, 100).of(trees, round="up")


def interval(alive: int, sample: int) -> tuple[int, int]:
    """Thousandths that live, at least and at most, with 95 % confidence (Wilson), in whole numbers."""
    scale = 100 * sample + CLOSE_95
    middle = 1_000 * (200 * alive + CLOSE_95)
    inner = CLOSE_95 * (CLOSE_95 * sample + 400 * alive * (sample - alive))
    half = isqrt(1_000_000 * inner // sample)
    return max(0, (middle - half) // (2 * scale)), min(1_000, -((middle + half) // (-2 * scale)))


class PayTranche(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of an order."""

    order: OrderKey
    year: Year


class TranchePaid(msgspec.Struct, frozen=True):
    """What was paid, what is kept back, and the trees that have to be planted again for it."""

    order: str
    paid: str
    kept: str
    replant: int


def pay_tranche(facts: Facts, ask: PayTranche) -> Plan:
    """The part is the charity's own money; where too few live it is cut to those who do, and the rest is a debt."""
    row = facts.must("forest_order", ask.order)
    project = common.known_project(facts, row.project)
    seen = facts.record("forest_inspection", f"{row.key}:{ask.year}")
    if seen is None:
        raise Refusal("tree.inspection_missing")
    if facts.actor.person and natural_of(facts, facts.actor.person) == seen.inspector:
        raise Refusal("actor.approver_same")
    if seen.paid:
        raise Refusal("request.stage_wrong", stage="paid", ways=[])
    part = allot(row.money, facts.term("forest.tranches_percent"))[YEARS.index(ask.year)]
    short = max(0, seen.needed - seen.living)
    paid = allot(part, [seen.living, short])[0] if short else part
    more = max(0, short - row.debt)  # what is owed already is not owed twice
    postings = []
    if paid:
        postings.append(Posting(common.escrow(project), f"charity:{project.charity}", CNY, paid))
    if more:
        owes = f"charity:{project.charity}:replant"
        postings.append(Posting(common.ISSUER, owes, common.replant(project.key), more))
    fields = {"paid": row.paid + paid, "kept": row.kept + part - paid, "debt": row.debt + more}
    changes = [
        Change("forest_order", row.key, fields), Change("forest_inspection", seen.key, {"paid": 1}),
    ]  # fmt: skip
    receipt = TranchePaid(row.key, show(CNY, paid), show(CNY, fields["kept"]), fields["debt"])
    return Plan(postings=postings, changes=changes, receipt=receipt)


class Replant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many trees of the debt an inspector found planted again, and the report."""

    order: OrderKey
    trees: Annotated[int, Meta(ge=1, le=9_999_999)]
    document: Digest


def replanted(facts: Facts, ask: Replant) -> Plan:
    """So much of the debt is planted, seen by somebody else; with the last tree of it the money kept back is paid."""
    row = facts.must("forest_order", ask.order)
    project = common.known_project(facts, row.project)
    _other(facts, row, project)
    if not row.debt:
        raise Refusal("tree.inspection_missing")
    if ask.trees > row.debt:
        raise Refusal("request.field_invalid", fields=[f"trees: at most the {row.debt} that are owed"])
    owes = f"charity:{project.charity}:replant"
    postings = [Posting(owes, common.ISSUER, common.replant(project.key), ask.trees)]
    debt, paid = row.debt - ask.trees, 0
    if not debt and row.kept:
        paid = row.kept
        postings.append(Posting(common.escrow(project), f"charity:{project.charity}", CNY, paid))
    fields = {"debt": debt, "kept": row.kept - paid, "paid": row.paid + paid, "version": row.version + 1}
    receipt = TranchePaid(row.key, show(CNY, paid), show(CNY, fields["kept"]), debt)
    return Plan(postings=postings, changes=[Change("forest_order", row.key, fields)], receipt=receipt)
