"""What all acts of the quiz ask first: which campaign, whose attempt, and where the clock has put it.

Time decides stages: nobody posts anything when a question's time is over or a campaign ends.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Facts, Refusal, Stages, Text
from saxaul.kernel import times
from saxaul.people.persons import own_person

LANGUAGES = ("zh", "en", "hi", "ru", "fr")
OPTIONS_MIN, OPTIONS_MAX = 2, 6
LEVELS_MAX = 8
QUESTIONS_MAX = 2_000  # of one bank: its list is one field that every answer's plan reads

Slug = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z0-9][a-z0-9-]*$")]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-15")]
Said = Annotated[str, Meta(min_length=1, max_length=600)]

# After a blank stands how an answer went. `late` is a stage that the clock gives and nobody writes.
STAGES: Stages = {
    ("", "quiz.start"): "playing",
    ("playing", "quiz.answer right"): "playing",
    ("playing", "quiz.answer wrong"): "failed",
    ("playing", "quiz.answer last"): "passed",
    ("failed", "quiz.revive"): "playing",
    ("late", "quiz.revive"): "playing",
}

RESULTS: Stages = {
    ("", "quiz.pass"): "rewarded",
    ("", "quiz.pass hold"): "held",
    ("", "quiz.pass empty"): "badge",
    ("", "quiz.pass plain"): "plain",
    ("badge", "quiz.take_reward"): "rewarded",
    ("badge", "quiz.take_reward hold"): "held",
    ("held", "quiz.appeal"): "appealed",
    ("held", "quiz.decide yes"): "rewarded",
    ("held", "quiz.decide no"): "refused",
    ("appealed", "quiz.decide yes"): "rewarded",
    ("appealed", "quiz.decide no"): "refused",
}

QUESTIONS: Stages = {
    ("", "quiz.write"): "written",
    ("written", "quiz.write"): "written",
    ("withdrawn", "quiz.write"): "written",
    ("written", "quiz.publish"): "published",
    ("published", "quiz.withdraw"): "withdrawn",
    ("written", "quiz.withdraw"): "withdrawn",
}


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question in one language; `why` explains the answer after it was given."""

    question: Said
    options: Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(min_length=2, max_length=6)]
    why: Annotated[str, Meta(max_length=600)] = ""


class Level(msgspec.Struct, frozen=True, array_like=True):
    """`streak` right answers in a row; what is given for it, if anything."""

    streak: int
    asset: str = ""
    units: int = 0


_read_levels = msgspec.json.Decoder(list[Level]).decode
_read_texts = msgspec.json.Decoder(dict[str, Words]).decode


def levels(campaign: Any) -> list[Level]:
    """The campaign's levels, lowest first."""
    return _read_levels(campaign.levels)


def texts(question: Any) -> dict[str, Words]:
    """The question's words by language."""
    return _read_texts(question.texts)


def in_language(found: dict[str, Any], language: str) -> Any:
    """The words in the reader's language, else in English, Chinese, or what there is."""
    for one in (language, "en", "zh"):
        if one in found:
            return found[one]
    return found[min(found)]


def campaign_stage(campaign: Any, now: int) -> str:
    """`planned`, `open`, `ended` (from the first microsecond of its end on) or `closed`."""
    if campaign.stage != "open":
        return str(campaign.stage)
    if now < campaign.opens:
        return "planned"
    return "open" if now < campaign.ends else "ended"


def open_campaign(facts: Facts, key: str) -> Any:
    """A campaign in which one may play now; refuses `request.stage_wrong` before its day and from its end on."""
    row = facts.must("quiz_campaign", key)
    stage = campaign_stage(row, facts.now)
    if stage != "open":
        raise Refusal("request.stage_wrong", stage=stage, ways=[])
    return row


def attempt_stage(attempt: Any, now: int, *, idle: int) -> str:
    """The attempt's stage as the clock sees it: `late` once its time is over, `abandoned` when nobody came back."""
    stage = str(attempt.stage)
    if stage == "playing" and now > attempt.until:
        stage = "late"
    if stage in ("late", "failed") and now > attempt.until + idle:
        return "abandoned"
    return stage


def idle_time(facts: Any) -> int:
    """Microseconds after which an attempt that waits is abandoned."""
    minutes: int = facts.term("quiz.idle_minutes")
    return minutes * times.MINUTE


def natural(facts: Facts) -> str:
    """The natural person who plays: what tries, cards and passes count by."""
    found: str = own_person(facts).natural
    return found


def own_attempt(facts: Facts, key: str) -> Any:
    """The actor's own attempt; refuses `request.object_missing` and `quiz.attempt_foreign`."""
    row = facts.must("quiz_attempt", key)
    if row.natural != natural(facts):
        raise Refusal("quiz.attempt_foreign")
    return row


def player_key(campaign: str, natural: str) -> str:
    """The key of a person in a campaign."""
    return f"{campaign}:{natural}"


def result_key(campaign: str, natural: str, level: int) -> str:
    """The key of a level that a person reached."""
    return f"{campaign}:{natural}:{level}"


def titled(titles: dict[str, Text]) -> bool:
    """Whether every title is in a language of ours, and there is one."""
    return bool(titles) and set(titles) <= set(LANGUAGES)
