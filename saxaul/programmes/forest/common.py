"""What all acts of forests ask first: which project, whose energy, where trees, money and energy stand."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from saxaul.engine import Facts, Refusal, Stages, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.people.persons import own_person
from saxaul.programmes.forest import certificates

GREEN = "GREEN/0"
ISSUER = "issuer:project"

Project = Annotated[str, Meta(pattern="^[a-z][0-9]{3}-[0-9]{4}[sa]$", description="a project's code: p006-2018s")]
Number = Annotated[str, Meta(min_length=17, max_length=32, description="a certificate's number")]
Order = Annotated[str, Meta(pattern="^[a-z][0-9]{3}-[0-9]{4}[sa]:[0-9]{1,4}$", description="p006-2018s:1")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of a document or file")]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2018-03-12")]

PROJECT: Stages = {
    ("", "forest.open_project"): "open", ("", "forest.open_project waits"): "waiting",
    ("waiting", "forest.pledge"): "waiting", ("waiting", "forest.pledge all"): "open",
    ("open", "forest.pledge"): "open", ("open", "forest.pledge all"): "open",
    ("open", "forest.suspend_project"): "suspended", ("suspended", "forest.resume_project"): "open",
    ("open", "forest.close_project"): "closed", ("waiting", "forest.close_project"): "closed",
    ("suspended", "forest.close_project"): "closed",
}  # fmt: skip
ORDER: Stages = {
    ("", "forest.order"): "ordered", ("ordered", "forest.report_planted"): "planted",
    ("planted", "forest.inspect 0"): "accepted", ("accepted", "forest.inspect 1"): "year_1",
    ("year_1", "forest.inspect 3"): "year_3",
}  # fmt: skip
CERTIFICATE: Stages = {("", "forest.plant"): "issued", ("issued", "forest.withdraw_certificate"): "withdrawn"}
TEAM: Stages = {
    ("", "forest.open_team"): "open", ("open", "forest.add_energy"): "open",
    ("open", "forest.add_energy all"): "complete", ("open", "forest.join_team"): "open",
    ("open", "forest.leave_team"): "open", ("open", "forest.dissolve_team"): "dissolved",
}  # fmt: skip


def asset(project: Any) -> str:
    """What one holds of a project: trees, or square decimetres of land."""
    return f"{'TREE' if project.kind == 'tree' else 'LAND'}.{project.key}/0"


def serial(project: str) -> str:
    """The counter of a project's certificate numbers, as an asset."""
    return f"SERIAL.{project}/0"


def replant(project: str) -> str:
    """Trees to be planted again, as an asset."""
    return f"REPLANT.{project}/0"


def stock(project: str) -> str:
    """What may still be planted."""
    return f"project:{project}:stock"


def issued(project: str) -> str:
    """Where the last number given stands."""
    return f"project:{project}:issued"


def spent(project: str) -> str:
    """Energy that became trees."""
    return f"project:{project}:green"


def pool(project: str) -> str:
    """The sponsor's money that may still be given: a project is its own campaign, so nobody else spends it."""
    return f"campaign:{project}:pool"


def escrow(project: Any) -> str:
    """The money set aside for trees that are not paid yet."""
    return f"charity:{project.charity}:escrow:{project.key}"


def pocket(natural: str) -> str:
    """The energy a person harvested."""
    return f"person:{natural}:green"


def trees(natural: str) -> str:
    """A person's trees and land."""
    return f"person:{natural}:trees"


def team_green(team: str) -> str:
    """The energy a team has gathered for its tree."""
    return f"team:{team}:green"


def own_natural(facts: Facts) -> str:
    """The natural person who asks."""
    natural: str = own_person(facts).natural
    return natural


def known_project(facts: Facts, key: str, kind: str = "") -> Any:
    """The project; refuses `request.object_missing` for unknown ones and those of the other kind."""
    row = facts.must("forest_project", key)
    if kind and row.kind != kind:
        raise Refusal("request.object_missing")
    return row


def certificate(facts: Facts, number: str) -> Any:
    """The certificate of a number in any writing; a slip in it is `certificate.proof_wrong`."""
    read = certificates.read(number)
    if not read:
        raise Refusal("certificate.proof_wrong")
    return facts.must("forest_certificate", read)


def moved(stages: Stages, row: Any, act: str) -> str:
    """The stage of a record after an act."""
    return step(stages, row.stage, act)


def must_plant(facts: Facts, project: Any) -> None:
    """Refuses whatever keeps a project from taking one tree more, said before anybody spends."""
    if not project.starts <= facts.now < project.ends or project.stage == "closed":
        raise Refusal("tree.season_closed", end=times.text(project.ends))
    if project.stage != "open":
        raise Refusal("tree.pool_suspended")
    if facts.free(stock(project.key), asset(project)) < project.share:
        raise Refusal("tree.stock_exhausted")
    if facts.free(pool(project.key), CNY) < project.price:
        raise Refusal("tree.pool_exhausted")


def must_have(facts: Facts, address: str, grams: int) -> None:
    """Refuses `green.energy_short` with what is needed and what is there."""
    free = facts.free(address, GREEN)
    if free < grams:
        raise Refusal("green.energy_short", need=show(GREEN, grams), free=show(GREEN, free))
