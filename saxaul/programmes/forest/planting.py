"""Planting: energy, one of the stock, its number and the sponsor's money move in one transfer, or nothing does."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Plan, Posting, Refusal
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.people.consents import must_agree
from saxaul.people.persons import words
from saxaul.programmes.forest import certificates, common
from saxaul.programmes.forest.common import CERTIFICATE, GREEN, Number, Project

NAMED = "forest.certificate_name"  # the purpose of the consent


class Plant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where."""

    project: Project


class Planted(msgspec.Struct, frozen=True):
    """The certificate's number, what it took, and what is left."""

    certificate: str
    project: str
    energy: str
    left: str


def plant(facts: Facts, ask: Plant) -> Plan:
    """One tree is this person's, its number is given, its price waits for the charity; or nothing has moved."""
    return _one(facts, ask.project, "tree")


def protect(facts: Facts, ask: Plant) -> Plan:
    """One share of a protected place is this person's, as with a tree."""
    return _one(facts, ask.project, "land")


def _one(facts: Facts, key: str, kind: str) -> Plan:
    natural = common.own_natural(facts)
    project = common.known_project(facts, key, kind)
    common.must_plant(facts, project)
    pocket = common.pocket(natural)
    common.must_have(facts, pocket, project.energy)
    plan = planted(facts, project, payer=pocket, to=common.trees(natural), holder=natural)
    left = facts.free(pocket, GREEN) - project.energy
    plan.receipt = Planted(plan.changes[0].key, key, show(GREEN, project.energy), show(GREEN, left))
    return plan


def planted(
    facts: Facts, project: Any, *, payer: str, to: str, holder: str, team: str = "", shares: str = ""
) -> Plan:  # fmt: skip
    """The postings and records of one tree; the first change is its certificate. The caller asked `must_plant`."""
    number = facts.balance(common.issued(project.key), common.serial(project.key))[0] + 1
    key = certificates.number(project.key, number)
    parcel, changes = _parcel(facts, project)
    fields = {
        "project": project.key, "serial": number, "holder": holder, "team": team, "shares": shares,
        "energy": project.energy, "parcel": parcel, "transfer": facts.id, "since": facts.now,
    }  # fmt: skip
    postings = [
        Posting(payer, common.spent(project.key), GREEN, project.energy),
        Posting(common.stock(project.key), to, common.asset(project), project.share),
        Posting(common.ISSUER, common.issued(project.key), common.serial(project.key), 1),
        Posting(common.pool(project.key), common.escrow(project), CNY, project.price),
    ]
    return Plan(postings=postings, changes=[Change("forest_certificate", key, fields, new=True), *changes])


def _parcel(facts: Facts, project: Any) -> tuple[str, list[Change]]:
    """The first parcel with room; only where there are several has anything to be counted."""
    keys = words(project.parcels)
    if len(keys) == 1:
        return keys[0], []
    row = next(row for row in facts.records("forest_parcel", keys) if row.taken < row.room)
    return row.key, [Change("forest_parcel", row.key, {"taken": row.taken + 1})]


class Certified(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate."""

    certificate: Number


class Withdrawn(msgspec.Struct, frozen=True):
    """The number that is listed as withdrawn for ever, and the energy that is back."""

    certificate: str
    energy: str


def withdraw_certificate(facts: Facts, ask: Certified) -> Plan:
    """Before its order: energy, tree and money are back where they were; the number stays listed as withdrawn."""
    row = _own(facts, ask.certificate)
    project = common.known_project(facts, row.project)
    stage = common.moved(CERTIFICATE, row, "forest.withdraw_certificate")
    if row.serial <= project.ordered or project.stage == "closed":
        raise Refusal("request.stage_wrong", stage="ordered" if project.stage != "closed" else "closed", ways=[])
    holds = f"team:{row.team}:trees" if row.team else common.trees(row.holder)
    givers = [pair.split(":") for pair in words(row.shares)] or [[row.holder, str(row.energy)]]
    postings = [
        Posting(holds, common.stock(project.key), common.asset(project), project.share),
        Posting(common.escrow(project), common.pool(project.key), CNY, project.price),
        *(Posting(common.spent(project.key), common.pocket(who), GREEN, int(grams)) for who, grams in givers),
    ]
    changes = [
        Change("forest_certificate", row.key, {"stage": stage, "named": 0}),
        Change("forest_project", project.key, {"withdrawn": project.withdrawn + 1}),
    ]
    if len(words(project.parcels)) > 1:
        taken = facts.must("forest_parcel", row.parcel).taken
        changes.append(Change("forest_parcel", row.parcel, {"taken": taken - 1}))
    receipt = Withdrawn(row.key, show(GREEN, row.energy))
    return Plan(postings=postings, changes=changes, reverses=row.transfer, receipt=receipt)


def _own(facts: Facts, number: str) -> Any:
    """The actor's own certificate; a team's is its first member's to decide on. Another's is unknown."""
    natural, row = common.own_natural(facts), common.certificate(facts, number)
    holder = words(facts.must("forest_team", row.team).members)[0] if row.team else row.holder
    if holder != natural:
        raise Refusal("request.object_missing")
    return row


class ShowName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A certificate, whether it shows its holder's name, and the version of the text that the holder agreed to.

    Without a version a consent given before must stand.
    """

    certificate: Number
    shown: bool
    version: Annotated[str, Meta(max_length=32, pattern="^[A-Za-z0-9._-]*$")] = ""


class NameShown(msgspec.Struct, frozen=True):
    """Whether the name is shown now."""

    certificate: str
    shown: bool


def show_name(facts: Facts, ask: ShowName) -> Plan:
    """The certificate shows the holder's name, with the holder's consent only; taking it off needs nothing."""
    row = _own(facts, ask.certificate)
    changes = [Change("forest_certificate", row.key, {"named": int(ask.shown)})]
    if ask.shown and ask.version:
        changes.append(_agreed(facts, ask.version))
    elif ask.shown:
        must_agree(facts, facts.actor.person, NAMED)
    return Plan(changes=changes, receipt=NameShown(row.key, ask.shown))


def _agreed(facts: Facts, version: str) -> Change:
    """The consent and its first use are one act: nobody agrees to what then does not happen."""
    person = facts.actor.person
    key = f"{person}:{NAMED}"
    fields = {
        "person": person, "purpose": NAMED, "stage": "given", "text_version": version, "given": facts.now,
        "since": facts.now,
    }  # fmt: skip
    return Change("people_consent", key, fields, new=facts.record("people_consent", key) is None)
