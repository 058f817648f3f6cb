"""Where the chance of a draw comes from: two secrets nobody can change any more, and a number nobody could know before.

Operator and witness publish the hash of a secret, then a beacon named beforehand falls, then the secrets are told. Who
does not tell forfeits: the other secret and the beacon still decide.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Plan, Refusal, Text, step
from saxaul.kernel import times
from saxaul.programmes.campaign import draw
from saxaul.programmes.campaign.common import Key, Moment, Named, Staged, campaign_of, not_before, read_times
from saxaul.programmes.campaign.signup import Hash
from saxaul.programmes.campaign.stages import STAGES

Secret = Annotated[str, Meta(min_length=8, max_length=128, pattern="^[!-~]+$")]


class NameBeacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another beacon, because the commitments would be too late for the one that was named."""

    campaign: Key
    beacon_name: Text
    beacon_at: Moment


def name_beacon(facts: Facts, ask: NameBeacon) -> Plan:
    """By two officers, before anybody committed: the draw waits for this beacon."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.name_beacon")
    if row.operator_commitment or row.witness_commitment:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.commit"])
    at = read_times(beacon_at=ask.beacon_at)["beacon_at"]
    if not facts.now < at < row.claim_ends:
        raise Refusal("request.field_invalid", fields=["beacon_at: later than now, before claims end"])
    until = at + facts.term("campaign.reveal_hours") * times.HOUR
    return _to(row, stage, beacon_name=ask.beacon_name, beacon_at=at, reveal_until=until)


class Commit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """SHA-256 of a secret, in lower-case hex."""

    campaign: Key
    commitment: Hash


def commit(facts: Facts, ask: Commit) -> Plan:
    """This side is bound to its secret; the second commitment makes the draw wait for the beacon."""
    row = campaign_of(facts, ask.campaign, "draw")
    side, other = _side(facts, row)
    both = bool(getattr(row, f"{other}_commitment"))
    stage = step(STAGES, row.stage, "campaign.commit all" if both else "campaign.commit")
    if getattr(row, f"{side}_commitment") or facts.now >= row.beacon_at:  # after the beacon it would bind nobody
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.name_beacon"])
    return _to(row, stage, **{f"{side}_commitment": ask.commitment})


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The secret behind the commitment."""

    campaign: Key
    secret: Secret


def reveal(facts: Facts, ask: Reveal) -> Plan:
    """The secret is public and is the one that was committed to, else `draw.seed_mismatch`."""
    row = campaign_of(facts, ask.campaign, "draw")
    side, _ = _side(facts, row)
    step(STAGES, row.stage, "campaign.reveal")
    not_before(facts, row, row.beacon_at, "campaign.commit")
    if draw.commitment(ask.secret) != getattr(row, f"{side}_commitment"):
        raise Refusal("draw.seed_mismatch", campaign=row.key)
    return _known(row, "campaign.reveal", {f"{side}_secret": ask.secret})


def _side(facts: Facts, row: Any) -> tuple[str, str]:
    """(side, other side) of the actor; refuses `request.object_missing` for everybody else."""
    if facts.actor.organisation == row.witness:
        return "witness", "operator"
    if "officer" in facts.actor.roles:
        return "operator", "witness"
    raise Refusal("request.object_missing")


class NoteBeacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The beacon's value as its owner published it."""

    campaign: Key
    beacon: Secret


def note_beacon(facts: Facts, ask: NoteBeacon) -> Plan:
    """The beacon has fallen and stands in the journal, where everybody compares it with its owner's word."""
    row = campaign_of(facts, ask.campaign, "draw")
    step(STAGES, row.stage, "campaign.note_beacon")
    not_before(facts, row, row.beacon_at, "campaign.commit")
    return _known(row, "campaign.note_beacon", {"beacon": ask.beacon})


def _known(row: Any, act: str, fields: dict[str, str]) -> Plan:
    """The plan after which something more of the seed is known; with the last of it, the seed itself."""
    row = msgspec.structs.replace(row, **fields)
    if not (row.operator_secret and row.witness_secret and row.beacon):
        return _to(row, step(STAGES, row.stage, act), **fields)
    return _to(row, step(STAGES, row.stage, f"{act} all"), **fields, seed=_seed(row))


def _seed(row: Any) -> str:
    secrets = [secret for secret in (row.operator_secret, row.witness_secret) if secret]
    return draw.seed(row.root, secrets, row.beacon)


def forfeit(facts: Facts, ask: Named) -> Plan:
    """Who has not told their secret in time has no part in the seed; the other one and the beacon decide."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.forfeit")
    not_before(facts, row, row.reveal_until, "campaign.reveal")
    if not row.beacon:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.note_beacon"])
    return _to(row, stage, seed=_seed(row))


def _to(row: Any, stage: str, **fields: Any) -> Plan:
    change = Change("campaign_campaign", row.key, {"stage": stage, **fields})
    return Plan(changes=[change], receipt=Staged(row.key, stage))
