"""Planting together: a couple, a family, a class or a company gathers the energy for one tree.

What a member gave stays the member's own until the last drop; the last drop plants in the same unit of work. It and a
dissolution need the same energy, so one of two at the same moment has it and the other is told.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Id, Limit, Plan, Posting, Refusal, Use
from saxaul.kernel.amounts import allot, show
from saxaul.people.persons import listed, unlisted, words
from saxaul.programmes.forest import common
from saxaul.programmes.forest.common import GREEN, TEAM, Project
from saxaul.programmes.forest.planting import planted

Kind = Literal["couple", "family", "class", "company"]


class OpenTeam(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which project's tree, and what sort of team."""

    project: Project
    kind: Kind


class TeamShown(msgspec.Struct, frozen=True):
    """The team, its stage, how many are in it, what is gathered and what is missing."""

    team: str
    stage: str
    members: int
    gathered: str
    missing: str
    certificate: str = ""


def open_team(facts: Facts, ask: OpenTeam) -> Plan:
    """The team exists with one member; whoever knows its code can join."""
    natural = common.own_natural(facts)
    project = common.known_project(facts, ask.project)
    common.must_plant(facts, project)
    fields = {"project": ask.project, "kind": ask.kind, "members": natural, "since": facts.now}
    receipt = TeamShown(facts.id, TEAM["", "forest.open_team"], 1, show(GREEN, 0), show(GREEN, project.energy))
    changes = [Change("forest_team", facts.id, fields, new=True), _joined(facts.id, natural)]
    return Plan(changes=changes, receipt=receipt)


def _joined(team: str, natural: str) -> Change:
    """A member's share exists from the first moment, so that everybody's teams are found by their member."""
    return Change("forest_share", f"{team}:{natural}", {"team": team, "member": natural, "grams": 0}, new=True)


class Teamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A team."""

    team: Id


def join_team(facts: Facts, ask: Teamed) -> Plan:
    """The person is a member; a team has no more members than its sort allows."""
    natural, team = common.own_natural(facts), _open(facts, ask.team, "forest.join_team")
    members = words(team.members)
    if natural in members:
        return Plan(receipt=_told(facts, team, len(members)))
    if len(members) >= facts.term(f"forest.members_max.{team.kind}"):
        raise Refusal("request.stage_wrong", stage="full", ways=["forest.open_team"])
    changes = [Change("forest_team", team.key, {"members": listed(team.members, natural)})]
    if facts.record("forest_share", f"{team.key}:{natural}") is None:
        changes.append(_joined(team.key, natural))
    return Plan(changes=changes, receipt=_told(facts, team, len(members) + 1))


class AddEnergy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many grams; more than the tree still needs is cut."""

    team: Id
    grams: Annotated[int, Meta(ge=1, le=1_000_000)]


def add_energy(facts: Facts, ask: AddEnergy) -> Plan:
    """The team's tree has so much more; with the last drop it is planted and everybody's share stands on it."""
    natural, team = common.own_natural(facts), _open(facts, ask.team, "forest.add_energy")
    if natural not in words(team.members):
        raise Refusal("tree.member_missing")
    project = common.known_project(facts, team.project)
    common.must_plant(facts, project)
    gathered = facts.free(common.team_green(team.key), GREEN)
    grams = min(ask.grams, project.energy - gathered)
    common.must_have(facts, common.pocket(natural), grams)
    share = facts.record("forest_share", f"{team.key}:{natural}")
    mine = grams + (share.grams if share is not None else 0)
    fields = {"team": team.key, "member": natural, "grams": mine}
    drop = Posting(common.pocket(natural), common.team_green(team.key), GREEN, grams)
    plan = Plan(receipt=_told(facts, team, len(words(team.members)), gathered + grams))
    if gathered + grams == project.energy:
        plan = _grown(facts, team, project, natural, mine)
    plan.postings = [drop, *plan.postings]
    plan.changes = [*plan.changes, Change("forest_share", f"{team.key}:{natural}", fields, new=share is None)]
    plan.uses = [Use(natural, f"team:{team.key}", facts.day, grams, 1, 1)]
    most = facts.term("forest.team_day_grams")
    plan.limits = [Limit(natural, f"team:{team.key}", facts.day, "units", most, "tree.day_exceeded", GREEN)]
    return plan


def _grown(facts: Facts, team: Any, project: Any, last: str, mine: int) -> Plan:
    """The team's energy becomes its tree; shares stand on the certificate, the largest first."""
    given = {**dict(_shares(facts, team)), last: mine}
    shares = sorted(((who, grams) for who, grams in given.items() if grams), key=lambda pair: (-pair[1], pair[0]))
    plan = planted(
        facts, project, payer=common.team_green(team.key), to=f"team:{team.key}:trees", holder=team.key,
        team=team.key, shares=" ".join(f"{who}:{grams}" for who, grams in shares),
    )  # fmt: skip
    number = plan.changes[0].key
    stage = TEAM["open", "forest.add_energy all"]
    plan.changes = [*plan.changes, Change("forest_team", team.key, {"stage": stage, "certificate": number})]
    members = len(words(team.members))
    plan.receipt = TeamShown(team.key, stage, members, show(GREEN, project.energy), show(GREEN, 0), number)
    return plan


def leave_team(facts: Facts, ask: Teamed) -> Plan:
    """The person is no member any more and has back what was given; the last one who leaves ends the team."""
    natural, team = common.own_natural(facts), _open(facts, ask.team, "forest.leave_team")
    if natural not in words(team.members):
        raise Refusal("tree.member_missing")
    grams = dict(_shares(facts, team)).get(natural, 0)
    rest = unlisted(team.members, natural)
    fields = {"members": rest} if rest else {"stage": TEAM["open", "forest.dissolve_team"]}
    changes, postings = [Change("forest_team", team.key, fields)], []
    if grams:
        postings = [Posting(common.team_green(team.key), common.pocket(natural), GREEN, grams)]
        changes.append(Change("forest_share", f"{team.key}:{natural}", {"grams": 0}))
    gathered = facts.free(common.team_green(team.key), GREEN) - grams
    return Plan(postings=postings, changes=changes, receipt=_told(facts, team, len(words(rest)), gathered))


def dissolve_team(facts: Facts, ask: Teamed) -> Plan:
    """The first member ends the team; everybody has back what they gave."""
    natural, team = common.own_natural(facts), _open(facts, ask.team, "forest.dissolve_team")
    if natural != words(team.members)[0]:
        raise Refusal("tree.member_missing")
    gathered = facts.free(common.team_green(team.key), GREEN)
    shares = [(who, grams) for who, grams in _shares(facts, team) if grams]
    parts = allot(gathered, [grams for _, grams in shares]) if shares else []
    postings = [
        Posting(common.team_green(team.key), common.pocket(who), GREEN, part)
        for (who, _), part in zip(shares, parts, strict=True)
    ]
    changes = [Change("forest_share", f"{team.key}:{who}", {"grams": 0}) for who, _ in shares]
    stage = TEAM["open", "forest.dissolve_team"]
    changes.append(Change("forest_team", team.key, {"stage": stage}))
    receipt = TeamShown(team.key, stage, len(words(team.members)), show(GREEN, 0), show(GREEN, 0))
    return Plan(postings=postings, changes=changes, receipt=receipt)


def _open(facts: Facts, key: str, act: str) -> Any:
    """A team that still gathers; a planted one is `tree.team_complete`."""
    team = facts.must("forest_team", key)
    if team.stage == "complete":
        raise Refusal("tree.team_complete")
    common.moved(TEAM, team, act)
    return team


def _shares(facts: Facts, team: Any) -> list[tuple[str, int]]:
    """What each member gave; a team without a member's record had nothing from that member."""
    members = words(team.members)
    rows = facts.records("forest_share", [f"{team.key}:{who}" for who in members])
    return [(who, row.grams) for who, row in zip(members, rows, strict=True) if row is not None]


def _told(facts: Facts, team: Any, members: int, gathered: int | None = None) -> TeamShown:
    has = facts.free(common.team_green(team.key), GREEN) if gathered is None else gathered
    cost = common.known_project(facts, team.project).energy
    return TeamShown(team.key, "open" if members else "dissolved", members, show(GREEN, has), show(GREEN, cost - has))
