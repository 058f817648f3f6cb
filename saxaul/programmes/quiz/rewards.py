"""What a level gives: the badge always, the reward while there is budget, once per person, campaign and level.

What looks like a machine's play is not refused: its reward waits as a hold until an officer has looked, the person is
told why and may appeal, and the badge is theirs meanwhile.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import (
    Amount,
    Bound,
    Change,
    Facts,
    HoldEnd,
    HoldOpen,
    Id,
    Notice,
    Plan,
    Posting,
    Refusal,
    step,
)
from saxaul.kernel import assets
from saxaul.kernel.amounts import show
from saxaul.people.persons import made
from saxaul.programmes.quiz import common, flags
from saxaul.programmes.quiz.campaigns import ISSUER, MONEY, pool
from saxaul.programmes.quiz.common import RESULTS

EXHAUSTED = "quiz.reward_exhausted"
LevelNumber = Annotated[int, Meta(ge=1, le=common.LEVELS_MAX)]


class Pass(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level that the attempt has reached, from 1."""

    attempt: Id
    level: LevelNumber


class Passed(msgspec.Struct, frozen=True):
    """`stage`: plain (a badge without a reward), rewarded, held (with why), or badge (nothing was left)."""

    campaign: str
    level: int
    stage: str
    passed: bool
    reward: Amount | None = None
    reason: str = ""


def pass_level(facts: Facts, ask: Pass) -> Plan:
    """The badge is the person's, the reward if any is left and nothing asks for a look; asked again, nothing moves."""
    attempt = facts.must("quiz_attempt", ask.attempt)
    if "system" not in facts.actor.roles:
        attempt = common.own_attempt(facts, ask.attempt)
    campaign = facts.must("quiz_campaign", attempt.campaign)
    found = common.levels(campaign)
    if ask.level > len(found) or attempt.streak < found[ask.level - 1].streak:
        raise Refusal("request.stage_wrong", stage=attempt.stage, ways=["quiz.answer"])
    key = common.result_key(campaign.key, attempt.natural, ask.level)
    known, last = facts.record("quiz_result", key), ask.level == len(found)
    if known is not None:
        return Plan(receipt=_told(known, last))
    level = found[ask.level - 1]
    plan, fields = _given(facts, campaign, attempt, level, "", "quiz.pass")
    fields |= {
        "campaign": campaign.key, "person": attempt.person, "natural": attempt.natural, "level": ask.level,
        "attempt": attempt.key, "asset": level.asset, "units": level.units, "since": facts.now,
    }  # fmt: skip
    plan.changes.append(Change("quiz_result", key, fields, new=True))
    if last:
        badge, asset = f"person:{attempt.natural}:passes", f"PASS.{campaign.key}/0"
        plan.postings.insert(0, Posting(ISSUER, badge, asset, 1))
        plan.bounds = [Bound(badge, asset, "request.stage_wrong", at_most=1)]
    if fields["stage"] == "badge":
        plan.notes = [EXHAUSTED]
    plan.receipt = Passed(
        campaign.key, ask.level, fields["stage"], last, _amount(level.asset, level.units), fields.get("reason", "")
    )
    return plan


def _told(row: Any, last: bool) -> Passed:
    return Passed(row.campaign, row.level, row.stage, last, _amount(row.asset, row.units), row.reason)


def _amount(asset: str, units: int) -> Amount | None:
    return Amount(asset, units) if asset else None


def _given(
    facts: Facts, campaign: Any, attempt: Any, level: common.Level, stage: str, act: str
) -> tuple[Plan, dict[str, Any]]:
    """The plan that gives or holds a level's reward, and the fields of the result that say so."""
    if not level.asset:
        return Plan(changes=[]), {"stage": step(RESULTS, stage, f"{act} plain")}
    if campaign.stage != "open" or facts.free(pool(campaign.key, level.asset), level.asset) < level.units:
        return Plan(changes=[]), {"stage": step(RESULTS, stage, f"{act} empty")}
    posting = _posting(facts, campaign, attempt.natural, level.asset, level.units)
    reason = flags.reason_of(facts, attempt)
    if not reason:
        return Plan(postings=[posting], changes=[]), {"stage": step(RESULTS, stage, act)}
    hold = made(facts.id, "hold")
    plan = Plan(
        opens=[HoldOpen(hold, [posting])],  # without an end: an officer looks, and no clock decides over a person
        changes=[Change("quiz_campaign", campaign.key, {"held": campaign.held + 1})],
        notices=[Notice(attempt.person, "quiz.reward_held", {"campaign": campaign.key, "reason": reason})],
    )  # fmt: skip
    return plan, {"stage": step(RESULTS, stage, f"{act} hold"), "hold": hold, "reason": reason}


def _posting(facts: Facts, campaign: Any, natural: str, asset: str, units: int) -> Posting:
    """Points and energy go to the person, the sponsor's money to the charity the campaign names."""
    if asset in MONEY:
        return Posting(pool(campaign.key, asset), f"charity:{campaign.charity}", asset, units)
    green = assets.kind(asset) == "GREEN"
    target = f"person:{natural}:green" if green else f"person:{natural}:points:{facts.day.replace('-', '')}"
    return Posting(pool(campaign.key, asset), target, asset, units)


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level that the person reached in a campaign."""

    campaign: Id
    level: LevelNumber


class Staged(msgspec.Struct, frozen=True):
    """Where the result stands now."""

    campaign: str
    level: int
    stage: str
    reward: str = ""
    reason: str = ""


def _own_result(facts: Facts, ask: Named) -> Any:
    return facts.must("quiz_result", common.result_key(ask.campaign, common.natural(facts), ask.level))


def take_reward(facts: Facts, ask: Named) -> Plan:
    """Whoever reached the level when nothing was left has the reward now, since there is budget again."""
    row = _own_result(facts, ask)
    step(RESULTS, row.stage, "quiz.take_reward")
    campaign, attempt = facts.must("quiz_campaign", row.campaign), facts.must("quiz_attempt", row.attempt)
    if campaign.stage != "open" or facts.free(pool(campaign.key, row.asset), row.asset) < row.units:
        raise Refusal(EXHAUSTED)
    level = common.Level(0, row.asset, row.units)
    plan, fields = _given(facts, campaign, attempt, level, row.stage, "quiz.take_reward")
    plan.changes.append(Change("quiz_result", row.key, fields))
    plan.receipt = Staged(row.campaign, row.level, fields["stage"], _text(row), fields.get("reason", ""))
    return plan


def _text(row: Any) -> str:
    return show(row.asset, row.units) if row.asset else ""


def appeal(facts: Facts, ask: Named) -> Plan:
    """An officer is asked to look at the reward that waits."""
    row = _own_result(facts, ask)
    stage = step(RESULTS, row.stage, "quiz.appeal")
    return Plan(
        changes=[Change("quiz_result", row.key, {"stage": stage})],
        receipt=Staged(row.campaign, row.level, stage, _text(row), row.reason),
    )  # fmt: skip


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reward that waits: whose, and whether it is given. `reason`: the number of the note kept about it."""

    campaign: Id
    natural: Id
    level: LevelNumber
    give: bool
    reason: Annotated[str, Meta(max_length=64, pattern="^[A-Za-z0-9._:/-]*$")] = ""


def decide(facts: Facts, ask: Decide) -> Plan:
    """The reward is the person's, or free for others again; nobody decides over their own."""
    row = facts.must("quiz_result", common.result_key(ask.campaign, ask.natural, ask.level))
    officer = facts.record("people_person", facts.actor.person) if facts.actor.person else None
    if officer is not None and officer.natural == row.natural:
        raise Refusal("actor.approver_same")
    stage = step(RESULTS, row.stage, f"quiz.decide {'yes' if ask.give else 'no'}")
    campaign = facts.must("quiz_campaign", row.campaign)
    posting = _posting(facts, campaign, row.natural, row.asset, row.units)
    held = facts.held(row.hold)
    if ask.give and held is not None:
        posting = held.postings[0]
    return Plan(
        ends=[HoldEnd(row.hold, "capture" if ask.give else "release")], postings=[posting] if ask.give else [],
        changes=[
            Change("quiz_result", row.key, {"stage": stage}),
            Change("quiz_campaign", campaign.key, {"held": campaign.held - 1}),
        ],
        notices=[Notice(row.person, "quiz.reward_decided", {"campaign": row.campaign, "stage": stage})],
        receipt=Staged(row.campaign, row.level, stage, _text(row), row.reason),
    )  # fmt: skip
