"""A day's steps: counted from readings, held with a reason, appealed, looked at, closed at two in the morning.

The journal learns one sum per day. Readings come in as intervals, are judged and merged here and then forgotten; the
hours of an open day stand outside the chain until it closes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Aside, Change, Code, Facts, Id, Notice, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.people.consents import must_agree
from saxaul.people.persons import active_person, own_person
from saxaul.programmes.giving import common
from saxaul.programmes.giving.common import DAYS, STEP, Day, Staged
from saxaul.programmes.giving.samples import SAMPLES_MAX, Sample, bounds, hours
from saxaul.programmes.giving.verdicts import Judged, Past, judge

PURPOSE = "giving"
WINDOW = 7  # days the robot band looks at, this one among them; each is one record read
Source = Literal["apple", "health_connect", "google_fit", "fitbit", "werun", "operator"]
Mark = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$", description="mark of the device, made by the surface")]


class CountSteps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day's readings. `person` is named by services only; `read_at`: when a signed reading was made (us, 0: file)."""

    day: Day
    source: Source
    samples: Annotated[list[Sample], Meta(max_length=SAMPLES_MAX)]
    person: Id | None = None
    device: Mark = ""
    read_at: int = 0


class Counted(msgspec.Struct, frozen=True):
    """The day as it stands: all steps, those that may be given, how many are new, and which rules spoke."""

    day: str
    steps: int
    verified: int
    added: int
    stage: str
    reasons: list[str]
    said: list[str]


def count_steps(facts: Facts, ask: CountSteps) -> Plan:
    """A higher sum replaces the day's; a lower one or the same file again changes nothing."""
    person = _whose(facts, ask.person)
    must_agree(facts, person.key, PURPOSE)
    _in_time(facts, ask)
    key = f"{person.natural}:{ask.day}"
    row = facts.record("giving_day", key)
    if facts.now >= _closing(facts, ask.day) or (row is not None and row.stage in ("given", "closed")):
        raise Refusal("step.day_closed", day=ask.day)
    persons, device = _device(facts, ask.device, person.natural)
    found = judge(facts, ask.samples, _past(facts, person.natural, ask.day), persons)
    before = (row.steps, row.verified) if row is not None else (0, 0)
    if found.steps <= before[0] and found.verified <= before[1]:
        stage, told = (row.stage, row.reason.split()) if row is not None else ("open", list(found.reasons))
        return Plan(changes=device, receipt=Counted(ask.day, before[0], before[1], 0, stage, told, list(found.said)))
    steps, verified = max(found.steps, before[0]), max(found.verified, before[1])
    stage = _stage(row, found)
    change = _day(facts, person, ask, row, found, (steps, verified, stage))
    plan = Plan(changes=[change, *device], asides=[_hours(key, ask.day, found, facts.zone)])
    if verified > before[1]:
        where = common.steps_at(person.natural, ask.day)
        plan.postings = [Posting("issuer:steps", where, STEP, verified - before[1])]
    if stage == "held" and (row is None or row.stage != "held"):
        plan.notices = [Notice(person.key, "step.day_held", {"day": ask.day, "reason": " ".join(found.reasons)})]
    receipt = Counted(ask.day, steps, verified, verified - before[1], stage, list(found.reasons), list(found.said))
    plan.receipt = receipt
    return plan


def _whose(facts: Facts, named: str | None) -> Any:
    """The actor, or whom a service names."""
    if facts.actor.roles & {"service", "system"}:
        return active_person(facts, named or "")
    person = own_person(facts)
    if named and named != person.key:
        raise Refusal("request.object_missing")
    return person


def _in_time(facts: Facts, ask: CountSteps) -> None:
    """Refuses `step.sample_future`, `step.payload_stale`, and readings that are not of this day."""
    common.instant(facts, ask.day)
    start, end = bounds(ask.day, facts.zone)
    latest = facts.now + facts.term("giving.future_minutes") * times.MINUTE
    for one in ask.samples:
        if one.end * times.SECOND > latest and one.end - one.start < end - start:
            raise Refusal("step.sample_future")
        if not start <= one.start <= one.end <= end or one.steps < 0 or one.rank < 0:
            raise Refusal("request.field_invalid", fields=["samples: within the day, split at midnight, not below 0"])
    if start * times.SECOND > latest or ask.read_at > latest:
        raise Refusal("step.sample_future")
    oldest = facts.now - facts.term("giving.stale_minutes") * times.MINUTE
    if ask.source == "werun" and ask.read_at < oldest:
        raise Refusal("step.payload_stale")


def _closing(facts: Facts, day: str) -> int:
    """Until when the day's count may rise, held or not: two in the morning after it."""
    closes: int = common.end_of(facts, day) + facts.term("giving.day_closes_minutes") * times.MINUTE
    return closes


def _device(facts: Facts, mark: str, natural: str) -> tuple[int, list[Change]]:
    """How many accounts the device counted for, and the change that remembers this one."""
    if not mark:
        return 1, []
    row = facts.record("giving_device", mark)
    known = row.persons.split() if row is not None else []
    if natural in known:
        return len(known), []
    change = Change("giving_device", mark, {"persons": " ".join([*known, natural][-WINDOW:])}, new=row is None)
    return len(known) + 1, [change]


def _past(facts: Facts, natural: str, day: str) -> list[Past]:
    """The six days before, as far as they are known."""
    start = times.start_of_day(day, facts.zone)
    keys = [f"{natural}:{times.day(start - n * times.DAY, facts.zone)}" for n in range(1, WINDOW)]
    return [Past(row.steps, row.shape) for row in facts.records("giving_day", keys) if row is not None]


def _stage(row: Any, found: Judged) -> str:
    """Held by this reading or by an earlier one; what a person accepted is not held again."""
    if row is not None and (row.stage == "held" or row.verdict == "accepted"):
        return str(row.stage)
    return step(DAYS, "open", "hold") if found.held else "open"


def _day(facts: Facts, person: Any, ask: CountSteps, row: Any, found: Judged, now: tuple[int, int, str]) -> Change:
    steps, verified, stage = now
    ends = max(_closing(facts, ask.day), row.ends if row is not None else 0)
    if stage == "held" and (row is None or row.stage != "held"):
        ends += facts.term("giving.appeal_days") * times.DAY
    kept = row.verdict if row is not None else ""
    verdict = "held" if stage == "held" else kept or ("review" if found.reasons else "")
    fields = {
        "natural": person.natural, "person": person.key, "day": ask.day, "steps": steps, "verified": verified,
        "shape": found.shape, "source": ask.source, "verdict": verdict, "reason": " ".join(found.reasons),
        "said": "; ".join(found.said), "stage": stage, "ends": ends, "since": facts.now,
    }  # fmt: skip
    return Change("giving_day", f"{person.natural}:{ask.day}", fields, new=row is None)


def _hours(key: str, day: str, found: Judged, zone: str) -> Aside:
    told = [] if found.shape == "total" else hours(found.kept, day, zone)
    return Aside("giving_hours", key, {"shown": " ".join(str(steps) for steps in told)})


class NameDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A natural person's day: `<natural>:<day>`."""

    key: Code


def close_day(facts: Facts, ask: NameDay) -> Plan:
    """The day's count stands for ever; steps that served nothing have expired, and its hours are forgotten."""
    row = facts.must("giving_day", ask.key)
    if row.ends > facts.now:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    stage = step(DAYS, row.stage, "close")
    return _closed(facts, row, {"stage": stage})


def _closed(facts: Facts, row: Any, fields: dict[str, Any]) -> Plan:
    where = common.steps_at(row.natural, row.day)
    rest = facts.free(where, STEP)
    postings = [Posting(where, "giving:expired", STEP, rest)] if rest else []
    change = Change("giving_day", row.key, fields)
    wiped = Aside("giving_hours", row.key, {"shown": ""})
    return Plan(postings=postings, changes=[change], asides=[wiped], receipt=Staged(row.key, fields["stage"]))


class AppealDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The held day, and in one word why the person disagrees."""

    day: Day
    why: Literal["walked", "sport", "work", "new_device", "shared_device", "other"]


def appeal_day(facts: Facts, ask: AppealDay) -> Plan:
    """A person will look at the day; its steps are kept until then."""
    person = own_person(facts)
    row = facts.must("giving_day", f"{person.natural}:{ask.day}")
    if row.stage != "held" or row.appeal:
        raise Refusal("request.stage_wrong", stage="appealed" if row.appeal else row.stage, ways=[])
    ends = facts.now + facts.term("giving.appeal_days") * times.DAY
    change = Change("giving_day", row.key, {"appeal": ask.why, "ends": max(row.ends, ends)})
    return Plan(changes=[change], receipt=Staged(row.key, "held"))


class JudgeDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The held day, whether it is a walk, and the officer's reason as a code."""

    key: Code
    accept: bool
    why: Code


def judge_day(facts: Facts, ask: JudgeDay) -> Plan:
    """Accepted: the steps may be given for one more day. Refused: they have expired. The person hears the reason."""
    row = facts.must("giving_day", ask.key)
    stage = step(DAYS, row.stage, "accept" if ask.accept else "refuse")
    verdict = "accepted" if ask.accept else "refused"
    fields = {"stage": stage, "verdict": verdict}
    told = [Notice(row.person, f"step.day_{verdict}", {"day": row.day, "why": ask.why})]
    if ask.accept:
        change = Change("giving_day", row.key, {**fields, "ends": max(facts.now + times.DAY, row.ends)})
        return Plan(changes=[change], notices=told, receipt=Staged(row.key, stage))
    plan = _closed(facts, row, fields)
    plan.notices = told
    return plan


def spendable(facts: Facts, person: Any, day: str) -> tuple[Any, int]:
    """The day and its verified steps, whole: a day serves one purpose, once.

    Refuses `giving.day_given`, `step.day_held`, `step.day_closed` and `giving.steps_few` for a day without steps.
    """
    row = facts.record("giving_day", f"{person.natural}:{day}")
    if row is None:
        raise Refusal("giving.steps_few", free=0, need=facts.term("giving.steps_least"))
    if row.stage == "given":
        raise Refusal("giving.day_given", day=day)
    if row.stage == "held":
        raise Refusal("step.day_held", day=day, reason=row.reason, said=row.said)
    if row.stage == "closed" or facts.now >= row.ends:
        raise Refusal("step.day_closed", day=day)
    return row, facts.free(common.steps_at(person.natural, day), STEP)


def spent(row: Any, used: str) -> list[Change]:
    """The day is frozen: it went to `used`."""
    return [Change("giving_day", row.key, {"stage": step(DAYS, row.stage, "give"), "used": used})]
