"""Playing: start, answer, revive, and the try that an invitation earns.

The server draws, shuffles and signs. What leaves the book before an answer is the number of the question, its token and
its end; the right option is told for the question that was just answered, never for the one that is open.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Id, Limit, Plan, Posting, Refusal, Use, step
from saxaul.kernel import times
from saxaul.people.persons import made, own_person
from saxaul.programmes.quiz import campaigns, draws, flags
from saxaul.programmes.quiz.campaigns import ISSUER
from saxaul.programmes.quiz.common import STAGES, attempt_stage, idle_time, levels, open_campaign, own_attempt

LOOKED_AT = 8  # questions looked up at once to find one that may be asked today
LOOKS_MAX = 12

Token = Annotated[str, Meta(min_length=40, max_length=64, pattern="^[0-9a-f]{32}[.][0-9]{1,5}[.][0-9a-f]{16}$")]


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign; `device`: a mark of the device that a surface makes, the same for whoever plays on it."""

    campaign: Id
    device: Annotated[str, Meta(pattern="^([0-9a-f]{16,64})?$")] = ""


class Started(msgspec.Struct, frozen=True):
    """The open question by number and token, until when it may be answered, and which rewards there still are."""

    attempt: str
    campaign: str
    number: int
    token: str
    until: str
    first: bool
    rewards: list[bool]


def start(facts: Facts, ask: Start) -> Plan:
    """An attempt runs and its first question is open; the day's tries are used before earned ones."""
    campaign, person = open_campaign(facts, ask.campaign), own_person(facts)
    player = facts.record("quiz_player", f"{campaign.key}:{person.natural}")
    before = facts.record("quiz_attempt", player.attempt) if player is not None else None
    if before is not None and attempt_stage(before, facts.now, idle=idle_time(facts)) == "playing":
        raise Refusal("request.stage_wrong", stage="playing", ways=["quiz.answer"])
    stage, attempt = step(STAGES, "", "quiz.start"), made(facts.id, "attempt")
    place, question = _next(facts, campaign, person.natural, before.place + 1 if before is not None else 0)
    device = f"device:{campaign.key}:{ask.device}" if ask.device else ""
    until = facts.now + _seconds(facts, person, "quiz.answer_seconds")
    fields = {
        "campaign": campaign.key, "person": person.key, "natural": person.natural, "place": place,
        "question": question, "asked": facts.now, "until": until, "device": device, "stage": stage,
        "since": facts.now,
    }  # fmt: skip
    changes = [Change("quiz_attempt", attempt, fields, new=True), _player(facts, campaign, person, player, attempt)]
    changes += flags.shown(facts, device, person.natural) if device else []
    postings, uses = _try(facts, campaign.key, person.natural)
    if player is None and campaign.cards:
        postings.append(Posting(ISSUER, _revivals(person.natural), f"REVIVAL.{campaign.key}/0", campaign.cards))
    return Plan(
        postings=postings, uses=uses, changes=changes,
        receipt=Started(
            attempt, campaign.key, 1, draws.token(campaign.seed, attempt, 1, facts.now), times.text(until),
            player is None, campaigns.rewards_left(facts, campaign),
        ),
    )  # fmt: skip


def _player(facts: Facts, campaign: Any, person: Any, player: Any, attempt: str) -> Change:
    key = f"{campaign.key}:{person.natural}"
    if player is None:
        return Change("quiz_player", key, {"attempt": attempt, "attempts": 1, "since": facts.now}, new=True)
    return Change("quiz_player", key, {"attempt": attempt, "attempts": player.attempts + 1})


def counter(campaign: str) -> str:
    """The window in which a day's tries are counted."""
    return f"quiz:{campaign}"


def _try(facts: Facts, campaign: str, natural: str) -> tuple[list[Posting], list[Use]]:
    """What the attempt costs: one of the day's tries, else an earned one; refuses `quiz.tries_exhausted`."""
    most = facts.term("quiz.tries_per_day")
    if facts.usage(natural, counter(campaign), facts.day)[1] < most:
        return [], [Use(natural, counter(campaign), facts.day, 1, 1, over=1)]
    source, asset = f"person:{natural}:tries", f"TRY.{campaign}/0"
    if facts.free(source, asset) < 1:
        raise Refusal("quiz.tries_exhausted", times=most)
    return [Posting(source, f"campaign:{campaign}:used", asset, 1)], []


def _revivals(natural: str) -> str:
    return f"person:{natural}:revivals"


def _seconds(facts: Facts, person: Any, *names: str) -> int:
    """The time the named terms give together, longer for who reads in elder mode: time must not be the hurdle."""
    seconds: int = sum(facts.term(name) for name in names)
    return seconds * (facts.term("quiz.elder_times") if person.elder else 1) * times.SECOND


def _next(facts: Facts, campaign: Any, natural: str, place: int) -> tuple[int, str]:
    """(place, key) of the next question from `place` on that is published still and true today."""
    codes = campaign.questions.split()

    def key(one: int) -> str:
        return f"{campaign.bank}:{codes[draws.drawn(campaign.seed, natural, one, len(codes))]}"

    first = key(place)
    if _may_be_asked(facts, facts.record("quiz_question", first)):  # nearly always
        return place, first
    for start in range(place + 1, place + LOOKED_AT * LOOKS_MAX, LOOKED_AT):
        keys = [key(one) for one in range(start, start + LOOKED_AT)]
        for offset, row in enumerate(facts.records("quiz_question", keys)):
            if _may_be_asked(facts, row):
                return start + offset, keys[offset]
    raise Refusal("request.stage_wrong", stage="closed", ways=[])


def _may_be_asked(facts: Facts, row: Any) -> bool:
    return row is not None and row.stage == "published" and row.valid_until >= facts.day


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The open question's token, and the option as it stands on the screen, from 1."""

    token: Token
    choice: Annotated[int, Meta(ge=1, le=6)]


class Answered(msgspec.Struct, frozen=True):
    """What became of the answer. `answer`: the place of the right option of the question that was answered, `choice`
    the one that was given.

    `level`: the level just reached, or 0. Token, number and end are those of the next question; empty where the
    attempt is over.
    """

    attempt: str
    campaign: str
    question: str
    asked: int
    right: bool
    choice: int
    answer: int
    streak: int
    stage: str
    level: int
    number: int = 0
    token: str = ""
    until: str = ""


def answer(facts: Facts, ask: Give) -> Plan:
    """The answer is judged by the bank and the server's clock, and the next question is open if it was right."""
    attempt = own_attempt(facts, draws.attempt_of(ask.token))
    campaign = facts.must("quiz_campaign", attempt.campaign)
    if attempt.stage != "playing" or not draws.is_same(
        ask.token, draws.token(campaign.seed, attempt.key, attempt.number, attempt.asked)
    ):
        raise Refusal("quiz.token_stale")
    if facts.now > attempt.until:
        raise Refusal("quiz.time_passed")
    open_campaign(facts, campaign.key)
    question = facts.must("quiz_question", attempt.question)
    if ask.choice > question.options:
        raise Refusal("request.field_invalid", fields=[f"choice: 1 to {question.options}"])
    order = draws.dealt(campaign.seed, attempt.key, attempt.number, question.options)
    right = order[ask.choice - 1] == question.answer
    streak = attempt.streak + right
    way = "wrong" if not right else "last" if streak == campaign.streak else "right"
    stage = step(STAGES, attempt.stage, f"quiz.answer {way}")
    fields: dict[str, Any] = {**flags.counted(facts, attempt), "streak": streak}
    told = Answered(
        attempt.key, campaign.key, attempt.question, attempt.number, right, ask.choice,
        order.index(question.answer) + 1, streak, stage, _level(campaign, streak) if right else 0,
    )  # fmt: skip
    return _answered(facts, campaign, attempt, fields, told)


def _answered(facts: Facts, campaign: Any, attempt: Any, fields: dict[str, Any], told: Answered) -> Plan:
    """The attempt after an answer: over, or with its next question open."""
    changes = []
    if attempt.number == facts.term("quiz.window_answers"):  # once an attempt: which curve its first times draw
        fields["curve"] = f"curve:{campaign.key}:{flags.curve(fields['times'])}"
        changes = flags.shown(facts, fields["curve"], attempt.natural)
    if told.stage == "playing":
        opened = _opened(facts, campaign, attempt, ("quiz.answer_seconds", "quiz.reading_seconds"))
        fields |= opened
        token = draws.token(campaign.seed, attempt.key, opened["number"], facts.now)
        until = times.text(opened["until"])
        told = msgspec.structs.replace(told, number=opened["number"], token=token, until=until)
    else:
        fields |= {"stage": told.stage, "until": facts.now}
    return Plan(changes=[Change("quiz_attempt", attempt.key, fields), *changes], receipt=told)


def _opened(facts: Facts, campaign: Any, attempt: Any, seconds: tuple[str, ...]) -> dict[str, Any]:
    place, question = _next(facts, campaign, attempt.natural, attempt.place + 1)
    until = facts.now + _seconds(facts, own_person(facts), *seconds)
    return {
        "number": attempt.number + 1, "place": place, "question": question, "asked": facts.now, "until": until,
    }  # fmt: skip


def _level(campaign: Any, streak: int) -> int:
    """The level that begins at exactly this streak, from 1; else 0."""
    return next((place for place, one in enumerate(levels(campaign), 1) if one.streak == streak), 0)


class Revive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An attempt that ended on a wrong answer or on time."""

    attempt: Id


class Revived(msgspec.Struct, frozen=True):
    """The attempt goes on where it ended."""

    attempt: str
    streak: int
    number: int
    token: str
    until: str


def revive(facts: Facts, ask: Revive) -> Plan:
    """One card is used and the attempt goes on at the streak at which it ended, with a new question."""
    attempt = own_attempt(facts, ask.attempt)
    campaign = open_campaign(facts, attempt.campaign)
    source, asset = f"person:{attempt.natural}:revivals", f"REVIVAL.{campaign.key}/0"
    if attempt.revived >= facts.term("quiz.revivals_per_attempt") or facts.free(source, asset) < 1:
        raise Refusal("quiz.card_used")
    player = facts.must("quiz_player", f"{campaign.key}:{attempt.natural}")
    stage = attempt_stage(attempt, facts.now, idle=idle_time(facts))
    stage = step(STAGES, stage if player.attempt == attempt.key else "abandoned", "quiz.revive")
    opened = _opened(facts, campaign, attempt, ("quiz.answer_seconds",))
    fields = {**opened, "stage": stage, "revived": attempt.revived + 1}
    token = draws.token(campaign.seed, attempt.key, opened["number"], facts.now)
    return Plan(
        postings=[Posting(source, f"campaign:{campaign.key}:used", asset, 1)],
        changes=[Change("quiz_attempt", attempt.key, fields)],
        receipt=Revived(attempt.key, attempt.streak, opened["number"], token, times.text(opened["until"])),
    )


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign that the person told somebody about."""

    campaign: Id


class Shared(msgspec.Struct, frozen=True):
    """Tries that were earned and not used yet."""

    campaign: str
    tries: int


def share(facts: Facts, ask: Share) -> Plan:
    """A try more is the person's, as often in a day as the terms say."""
    campaign, person = open_campaign(facts, ask.campaign), own_person(facts)
    name, most = f"quiz-share:{campaign.key}", facts.term("quiz.tries_by_sharing")
    target, asset = f"person:{person.natural}:tries", f"TRY.{campaign.key}/0"
    return Plan(
        postings=[Posting(ISSUER, target, asset, 1)], uses=[Use(person.natural, name, facts.day, 1, 1, over=1)],
        limits=[Limit(person.natural, name, facts.day, "times", most, "quiz.tries_exhausted", asset)],
        receipt=Shared(campaign.key, facts.free(target, asset) + 1),
    )  # fmt: skip
