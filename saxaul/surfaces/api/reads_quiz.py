"""Reads of the quiz: campaigns to anybody, an attempt with its open question to whoever plays it."""

from __future__ import annotations

import msgspec

from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.quiz import campaigns as quiz_campaigns
from saxaul.programmes.quiz import common, shown
from saxaul.surfaces.api.asked import ANYBODY, Asked, Read

LISTED_MAX = 50
NEWEST = f"SELECT key FROM quiz_campaign ORDER BY opens DESC, key LIMIT {LISTED_MAX}"
MISSING = ("request.object_missing",)


class Level(msgspec.Struct, frozen=True):
    """A level: its streak, what is given for it, and whether that is still there."""

    streak: int
    reward: str
    left: bool


class Campaign(msgspec.Struct, frozen=True):
    """A campaign as anybody sees it; `stage` is that of now."""

    campaign: str
    title: str
    organisers: list[str]
    opens: str
    ends: str
    stage: str
    streak: int
    questions: int
    levels: list[Level]


class Campaigns(msgspec.Struct, frozen=True):
    """The newest campaigns first."""

    campaigns: list[Campaign]


class Question(msgspec.Struct, frozen=True):
    """The open question, in the reader's language. Answer with `token` and the place of an option, from 1."""

    question: str
    options: list[str]
    token: str
    until: str


class Attempt(msgspec.Struct, frozen=True):
    """An attempt as it stands by the server's clock; `open` is null where nothing can be answered."""

    attempt: str
    campaign: str
    stage: str
    streak: int
    number: int
    revived: int
    open: Question | None


async def campaigns(asked: Asked) -> Campaigns:
    """Campaigns with their levels, and which rewards there still are."""
    rows = await asked.rows("quiz_campaign", [key for (key,) in await asked.query(NEWEST)])
    keys = {
        (quiz_campaigns.pool(row.key, one.asset), one.asset) for row in rows for one in common.levels(row) if one.asset
    }
    found = await asked.look(sorted(keys))
    free = {key: posted - held for key, (posted, held) in found.items()}
    return Campaigns([
        Campaign(
            row.key, common.in_language(msgspec.json.decode(row.titles), asked.language), row.organisers.splitlines(),
            times.text(row.opens), times.text(row.ends), common.campaign_stage(row, asked.now), row.streak,
            len(row.questions.split()),
            [
                Level(
                    one.streak, show(one.asset, one.units) if one.asset else "",
                    not one.asset or free[quiz_campaigns.pool(row.key, one.asset), one.asset] >= one.units,
                )
                for one in common.levels(row)
            ],
        )
        for row in rows
    ])  # fmt: skip


async def attempt(asked: Asked) -> Attempt:
    """An attempt of one's own, and the question it has to answer."""
    row = await asked.row("quiz_attempt", asked.id("attempt"))
    person = await asked.row("people_person", asked.actor.person) if asked.actor.person else None
    if row is None or person is None or row.natural != person.natural:
        raise Refusal("request.object_missing")
    campaign = await asked.row("quiz_campaign", row.campaign)
    idle = asked.house.terms.at("quiz.idle_minutes", asked.now) * times.MINUTE
    stage, found = common.attempt_stage(row, asked.now, idle=idle), None
    if stage == "playing" and common.campaign_stage(campaign, asked.now) == "open":
        question = await asked.row("quiz_question", row.question)
        one = shown.open_question(campaign, row, question, asked.language)
        found = Question(one.question, one.options, one.token, times.text(one.until))
    return Attempt(row.key, row.campaign, stage, row.streak, row.number, row.revived, found)


QUIZ = (
    Read("quiz.campaigns", "/v1/quiz/campaigns", campaigns, Campaigns, ANYBODY),
    Read("quiz.attempt", "/v1/quiz/attempts/{attempt}", attempt, Attempt, ("citizen",), refuses=MISSING),
)
