"""Projects: opened by two officers with land nobody else has sold, paid by a sponsor, closed after their season."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, Text
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.people.wallets import from_sponsor, organisation
from saxaul.programmes.forest import certificates, common, geometry
from saxaul.programmes.forest.common import PROJECT, Day, Project

PARCELS_MAX = 16
MU = 3  # three mu are 2,000 square metres
MU_DM2 = 200_000

Percent = Annotated[int, Meta(ge=0, le=100)]
Corner = tuple[int, int]


class ParcelAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of land: its corners (east, north in millionths of a degree) and how many trees or shares it takes."""

    ring: Annotated[list[Corner], Meta(min_length=3, max_length=geometry.CORNERS_MAX)]
    room: Annotated[int, Meta(ge=1, le=certificates.SERIAL_MAX)]


class OpenProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is planted where, when, by whom and at whose cost. `energy`: grams, where the terms name none (0: terms).

    `share`: square decimetres of one share of protected land. `joint`: nobody plants before the whole pledge is there.
    """

    project: Project
    kind: Literal["tree", "land"]
    name: Text
    place: Text
    sponsor: Id
    charity: Id
    price: Amount
    budget: Amount
    starts: Day
    ends: Day
    parcels: Annotated[list[ParcelAsked], Meta(min_length=1, max_length=PARCELS_MAX)]
    species: Annotated[str, Meta(max_length=32, pattern="^[a-z_]*$")] = ""
    name_en: Annotated[str, Meta(max_length=256)] = ""
    place_en: Annotated[str, Meta(max_length=256)] = ""
    energy: Annotated[int, Meta(ge=0, le=100_000_000)] = 0
    energy_source: Annotated[str, Meta(max_length=256)] = ""
    share: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    joint: bool = False
    survival_1: Percent = 0
    survival_3: Percent = 0


class Opened(msgspec.Struct, frozen=True):
    """The project, its stage, how many may be planted on how many square metres, and the grams for one."""

    project: str
    stage: str
    quota: int
    area_m2: int
    energy: str


def open_project(facts: Facts, ask: OpenProject) -> Plan:
    """By two officers: quota, money and land stand in the book; nobody else's project has a piece of that land."""
    organisation(facts, ask.sponsor, "sponsor"), organisation(facts, ask.charity, "charity")
    if facts.record("forest_project", ask.project) is not None:
        raise Refusal("request.stage_wrong", stage="open", ways=["forest.pledge", "forest.close_project"])
    energy, source = _energy(facts, ask)
    rings = [tuple(parcel.ring) for parcel in ask.parcels]
    quota = sum(parcel.room for parcel in ask.parcels)
    wrong = _wrong(facts, ask, rings, energy=energy, source=source, quota=quota)
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    land = _land(facts, ask, rings)
    sponsor, budget = f"sponsor:{ask.sponsor}", ask.budget.units
    if facts.free(sponsor, CNY) < budget:
        raise Refusal("campaign.escrow_short", need=show(CNY, budget), free=show(CNY, facts.free(sponsor, CNY)))
    area = sum(map(geometry.area, rings))
    waits = " waits" if ask.joint and budget < quota * ask.price.units else ""
    stage = PROJECT["", f"forest.open_project{waits}"]
    fields = {
        "kind": ask.kind, "name": ask.name, "name_en": ask.name_en, "species": ask.species, "place": ask.place,
        "place_en": ask.place_en, "starts": times.start_of_day(ask.starts, facts.zone),
        "ends": times.start_of_day(ask.ends, facts.zone), "energy": energy, "energy_source": source,
        "price": ask.price.units, "quota": quota, "share": ask.share, "area": area,
        "sponsor": ask.sponsor, "charity": ask.charity, "joint": int(ask.joint), "pledged": budget,
        "parcels": " ".join(f"{ask.project}:{n}" for n in range(1, len(rings) + 1)),
        "survival_1": ask.survival_1 or facts.term("forest.survival_percent_year_1"),
        "survival_3": ask.survival_3 or facts.term("forest.survival_percent_year_3"),
        "stage": stage, "since": facts.now,
    }  # fmt: skip
    asset = f"{'TREE' if ask.kind == 'tree' else 'LAND'}.{ask.project}/0"
    postings = [Posting(common.ISSUER, common.stock(ask.project), asset, quota * ask.share)]
    if budget:
        postings.append(Posting(sponsor, common.pool(ask.project), CNY, budget))
    receipt = Opened(ask.project, stage, quota, area // 100, show(common.GREEN, energy))
    changes = [Change("forest_project", ask.project, fields, new=True), *land]
    return Plan(postings=postings, changes=changes, receipt=receipt)


def _energy(facts: Facts, ask: OpenProject) -> tuple[int, str]:
    """Grams for one and who says so: the terms where they name a cost, else what the officers state."""
    known = facts.term("forest.species") or ()
    if ask.kind == "tree" and ask.species in known:
        cost = facts.term(f"forest.energy.{ask.species}")
        if cost is not None and not ask.energy:
            return cost, f"terms: forest.energy.{ask.species}"
    return ask.energy, ask.energy_source


def _wrong(
    facts: Facts, ask: OpenProject, rings: list[Any], *, energy: int, source: str, quota: int
) -> list[str]:  # fmt: skip
    wrong = [f"parcels {n}: {said}" for n, ring in enumerate(rings, 1) if (said := geometry.fault(ring))]
    if not wrong:
        wrong += _too_many(facts, ask, rings)
    try:
        if not date.fromisoformat(ask.starts) < date.fromisoformat(ask.ends):
            wrong.append("ends: a day after starts")
    except ValueError:
        wrong.append("starts, ends: no such day")
    if ask.price.asset != CNY or ask.budget.asset != CNY or not ask.price.units:
        wrong.append("price, budget: in CNY, the price above zero")
    if not energy or not source:
        wrong.append("energy: no sourced cost of this species is known; state one with energy_source")
    if quota > certificates.SERIAL_MAX or (ask.kind == "tree" and ask.share != 1):
        wrong.append("room, share: a season has at most 9,999,999 numbers, and a tree is one")
    if not ask.joint and ask.budget.units < ask.price.units:
        wrong.append("budget: at least one price, or joint")
    return wrong


def _too_many(facts: Facts, ask: OpenProject, rings: list[Any]) -> list[str]:
    """Σ shares never exceed the land, and trees are not denser than they can grow."""
    wrong = []
    dense = facts.term("forest.trees_per_mu_max")
    for n, (parcel, ring) in enumerate(zip(ask.parcels, rings, strict=True), 1):
        area = geometry.area(ring)
        if ask.kind == "land" and parcel.room * ask.share > area:
            wrong.append(f"parcels {n}: more shares than its {area // 100} square metres")
        if ask.kind == "tree" and parcel.room * MU_DM2 > area * dense * MU:
            wrong.append(f"parcels {n}: more than {dense} trees a mu")
    return wrong


def _land(facts: Facts, ask: OpenProject, rings: list[Any]) -> list[Change]:
    """The parcels and the squares of the map that know them; refuses `tree.parcel_overlaps`."""
    changes: list[Change] = []
    squares: dict[str, list[str]] = {}
    seen: dict[str, Any] = {}
    rows = facts.records("forest_cell", {cell for ring in rings for cell in geometry.cells(ring)})
    old = {row.key: row.parcels.split() for row in rows if row is not None}
    theirs = facts.records("forest_parcel", {key for keys in old.values() for key in keys})
    seen.update({row.key: geometry.read(row.ring) for row in theirs})
    for n, (parcel, ring) in enumerate(zip(ask.parcels, rings, strict=True), 1):
        key = f"{ask.project}:{n}"
        for other, land in seen.items():
            if geometry.overlaps(ring, land):
                raise Refusal("tree.parcel_overlaps", parcel=other)
        seen[key] = ring
        fields = {
            "project": ask.project, "ring": geometry.written(ring), "area": geometry.area(ring), "room": parcel.room
        }  # fmt: skip
        changes.append(Change("forest_parcel", key, fields, new=True))
        for cell in geometry.cells(ring):
            squares.setdefault(cell, list(old.get(cell, ()))).append(key)
    return changes + [
        Change("forest_cell", cell, {"parcels": " ".join(keys)}, new=cell not in old) for cell, keys in squares.items()
    ]


class Pledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of the sponsor's own money goes to the project."""

    project: Project
    amount: Amount


class Staged(msgspec.Struct, frozen=True):
    """The project and the stage it is in."""

    project: str
    stage: str


def pledge(facts: Facts, ask: Pledge) -> Plan:
    """The sponsor's money stands in the project's pool: what it set aside first, then its wallet's.

    A joint forest opens with the last fen of the pledge.
    """
    project = common.known_project(facts, ask.project)
    if facts.actor.organisation != project.sponsor:
        raise Refusal("request.object_missing")
    if ask.amount.asset != CNY or not ask.amount.units:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY"])
    pledged = project.pledged + ask.amount.units
    whole = " all" if pledged >= project.quota * project.price else ""
    stage = common.moved(PROJECT, project, f"forest.pledge{whole}")
    change = Change("forest_project", project.key, {"pledged": pledged, "stage": stage})
    sponsor = facts.must("people_organisation", project.sponsor)
    postings = from_sponsor(facts, sponsor, common.pool(project.key), ask.amount)
    return Plan(postings=postings, changes=[change], receipt=Staged(project.key, stage))


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project."""

    project: Project


def suspend_project(facts: Facts, ask: Named) -> Plan:
    """Nobody plants there until it is resumed: a payment came back, or something has to be looked at."""
    return _staged(facts, ask.project, "forest.suspend_project")


def resume_project(facts: Facts, ask: Named) -> Plan:
    """People can plant there again."""
    return _staged(facts, ask.project, "forest.resume_project")


def _staged(facts: Facts, key: str, act: str) -> Plan:
    project = common.known_project(facts, key)
    stage = common.moved(PROJECT, project, act)
    return Plan(changes=[Change("forest_project", key, {"stage": stage})], receipt=Staged(key, stage))


class Closed(msgspec.Struct, frozen=True):
    """What went back: money to the sponsor, trees that nobody planted to where they came from."""

    project: str
    returned: str
    unplanted: int


def close_project(facts: Facts, ask: Named) -> Plan:
    """The season is over: the rest of the money is the sponsor's again, and what was not planted is not offered."""
    project = common.known_project(facts, ask.project)
    stage = common.moved(PROJECT, project, "forest.close_project")
    asset = common.asset(project)
    rest, left = facts.free(common.pool(project.key), CNY), facts.free(common.stock(project.key), asset)
    if facts.now < project.ends and left:
        raise Refusal("request.stage_wrong", stage=project.stage, ways=["forest.suspend_project"])
    postings = []
    if rest:
        postings.append(Posting(common.pool(project.key), f"sponsor:{project.sponsor}", CNY, rest))
    if left:
        postings.append(Posting(common.stock(project.key), common.ISSUER, asset, left))
    change = Change("forest_project", project.key, {"stage": stage})
    receipt = Closed(project.key, show(CNY, rest), left // project.share)
    return Plan(postings=postings, changes=[change], receipt=receipt)
