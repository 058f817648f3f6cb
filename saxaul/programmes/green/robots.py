"""The public auto-collector, known by its timer: it takes from friends within seconds of ripening, day after day.

A person's own impatience does not look like that: the morning wave, when most bubbles ripen at one moment, is not
counted, and one quick day is none. Taking pauses for a while and the reason is told with its numbers; whoever is
paused may appeal, and an officer may free them for good. Collecting one's own bubbles is never paused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Notice, Plan, Refusal, step
from saxaul.kernel import times
from saxaul.programmes.green import common
from saxaul.programmes.green.common import OneFriend
from saxaul.programmes.green.stages import PAUSE

NEW = {
    "day": "", "takes": 0, "quick": 0, "last": "", "streak": 0, "paused_until": 0, "stage": "free", "why": "",
    "trusted_until": 0,
}  # fmt: skip


class Rule(msgspec.Struct, frozen=True):
    """The numbers of the rule, from the terms."""

    seconds: int
    least: int
    percent: int
    days: int
    pause_hours: int


def rule(facts: Facts) -> Rule:
    """The rule in force."""
    names = ("seconds", "least", "percent", "days", "pause_hours")
    return Rule(*(facts.term(f"green.robot_{name}") for name in names))


def noted(before: Mapping[str, Any], rule: Rule, *, now: int, ripe_at: int, day: str, wave: int) -> dict[str, Any]:
    """How somebody collects, with one more take: the fields afterwards. `wave`: the instant when most bubbles ripen."""
    row = {**NEW, **before}
    if row["day"] != day:
        row |= {"day": day, "takes": 0, "quick": 0}
    row["takes"] += 1
    row["quick"] += int(ripe_at != wave and 0 <= now - ripe_at < rule.seconds * times.SECOND)
    timed = row["quick"] >= rule.least and row["quick"] * common.HUNDRED >= row["takes"] * rule.percent
    if timed and row["last"] != day:
        row["streak"] = row["streak"] + 1 if row["last"] and times.next_day(row["last"]) == day else 1
        row["last"] = day
    if timed and row["streak"] >= rule.days and now >= row["trusted_until"]:
        why = f"{row['quick']} {row['takes']} {rule.seconds} {row['streak']}"
        row |= {
            "stage": step(PAUSE, row["stage"], "paused"), "why": why,
            "paused_until": now + rule.pause_hours * times.HOUR,
        }  # fmt: skip
    return row


def may_take(facts: Facts, person: str) -> None:
    """Refuses `request.pace_exceeded` while taking is paused; the reason stands on the person's own page."""
    row = facts.record("green_pace", person)
    if row is not None and facts.now < row.paused_until:
        raise Refusal("request.pace_exceeded", seconds=(row.paused_until - facts.now) // times.SECOND + 1)


def note(facts: Facts, plan: Plan, *, person: str, record: str, lot: Any) -> None:
    """Adds to the plan how this take looks; where it completes the pattern, the person is told."""
    row = facts.record("green_pace", person)
    before = {name: getattr(row, name) for name in NEW} if row is not None else {}
    wave = times.start_of_day(times.day(lot.ripe_at, facts.zone), facts.zone)
    wave += facts.term("green.opens_minutes") * times.MINUTE
    after = noted(before, rule(facts), now=facts.now, ripe_at=lot.ripe_at, day=facts.day, wave=wave)
    plan.changes.append(Change("green_pace", person, after, new=row is None))
    if after["paused_until"] > facts.now:
        plan.notices.append(Notice(record, "green.paused", {"until": times.text(after["paused_until"])}))


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing more to say."""


class PauseStands(msgspec.Struct, frozen=True):
    """Where the pause stands."""

    stage: str
    until: str


def appeal(facts: Facts, ask: Nothing) -> Plan:
    """An officer will look at the pause."""
    person, _ = common.actor(facts)
    row = facts.record("green_pace", person)
    stage = step(PAUSE, row.stage if row is not None else "free", "green.appeal")
    assert row is not None
    return Plan(changes=[Change("green_pace", person, {"stage": stage})], receipt=_stands(stage, row.paused_until))


class Judge(OneFriend, frozen=True, forbid_unknown_fields=True):
    """The paused person, and for how many days the rule lets them be."""

    days: Annotated[int, Meta(ge=0, le=3_660)] = 90


def judge(facts: Facts, ask: Judge) -> Plan:
    """The pause is over, and the rule does not look at this person again for that long."""
    person, record = common.other(facts, ask.person)
    row = facts.must("green_pace", person)
    stage = step(PAUSE, row.stage, "green.judge")
    fields = {
        "stage": stage, "paused_until": facts.now, "trusted_until": facts.now + ask.days * times.DAY, "streak": 0,
        "last": "", "quick": 0,
    }  # fmt: skip
    return Plan(
        changes=[Change("green_pace", person, fields)], notices=[Notice(record, "green.freed", {})],
        receipt=_stands(stage, facts.now),
    )  # fmt: skip


def _stands(stage: str, until: int) -> PauseStands:
    return PauseStands(stage, times.text(until))
