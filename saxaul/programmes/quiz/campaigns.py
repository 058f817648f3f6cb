"""Campaigns: opened by two officers, filled by a sponsor, played for three weeks, closed when nothing waits."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, Text
from saxaul.kernel import assets, times
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import made
from saxaul.programmes.quiz import common
from saxaul.programmes.quiz.common import LEVELS_MAX, Day, Slug

ISSUER = "issuer:quiz"
MONEY = (ECNY, CNY)
UNITS_MAX = 10**12  # of one reward or budget: far above any, and sums stay far below 64 bits
_pack = msgspec.json.Encoder().encode


class LevelAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many right answers in a row; what is given for it: points, energy, or money to the campaign's charity."""

    streak: Annotated[int, Meta(ge=1, le=1_000)]
    reward: Amount | None = None


class Open(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A campaign. `seed`: 32 bytes of chance as 64 hex digits, made by the surface. The last level is the pass.

    `budgets`: points and energy that may be given; money comes from the sponsor by `quiz.pledge`.
    """

    bank: Slug
    titles: dict[str, Text]
    opens: Day
    seed: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    levels: Annotated[list[LevelAsked], Meta(min_length=1, max_length=LEVELS_MAX)]
    days: Annotated[int, Meta(ge=1, le=366)] = 21
    cards: Annotated[int, Meta(ge=0, le=5)] = 1
    budgets: Annotated[list[Amount], Meta(max_length=LEVELS_MAX)] = []
    organisers: Annotated[list[Text], Meta(max_length=12)] = []
    sponsor: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    charity: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""


class Opened(msgspec.Struct, frozen=True):
    """The campaign, how many questions it draws from, its first instant and the first after it."""

    campaign: str
    questions: int
    opens: str
    ends: str


def open(facts: Facts, ask: Open) -> Plan:
    """By two officers: the campaign runs from its day on, with the questions that are published now."""
    bank = facts.must("quiz_bank", ask.bank)
    codes = bank.questions.split()
    starts = _start(ask.opens, facts.zone)
    wrong = [*_faults(facts, ask, len(codes)), *([] if starts is not None else ["opens: no such day"])]
    if wrong or starts is None:
        raise Refusal("request.field_invalid", fields=wrong)
    key = made(facts.id, "campaign")
    ends = starts + ask.days * times.DAY  # the city keeps one time all year
    asked = [(one.streak, one.reward.asset, one.reward.units) if one.reward else (one.streak,) for one in ask.levels]
    fields = {
        "bank": ask.bank, "titles": _pack(ask.titles).decode(), "organisers": "\n".join(ask.organisers),
        "opens": starts, "ends": ends, "streak": ask.levels[-1].streak, "levels": _pack(asked).decode(),
        "questions": " ".join(codes), "seed": ask.seed, "cards": ask.cards, "sponsor": ask.sponsor,
        "charity": ask.charity, "closes": ends + facts.term("quiz.close_days") * times.DAY, "since": facts.now,
    }  # fmt: skip
    return Plan(
        postings=[Posting(ISSUER, pool(key, one.asset), one.asset, one.units) for one in ask.budgets],
        changes=[Change("quiz_campaign", key, fields, new=True)],
        receipt=Opened(key, len(codes), times.text(starts), times.text(ends)),
    )


def _start(day: str, zone: str) -> int | None:
    try:
        return times.start_of_day(day, zone)
    except ValueError:
        return None


def _faults(facts: Facts, ask: Open, questions: int) -> list[str]:
    """Sentences on what keeps a campaign from being opened."""
    streaks = [one.streak for one in ask.levels]
    wrong = [] if streaks == sorted(set(streaks)) else ["levels: each asks for more than the one before"]
    if questions <= streaks[-1]:
        wrong.append(f"bank: {questions} questions are published, a run of {streaks[-1]} would meet one twice")
    if not common.titled(ask.titles):
        wrong.append(f"titles: by language, one of {', '.join(common.LANGUAGES)}")
    for amount in [*(one.reward for one in ask.levels if one.reward), *ask.budgets]:
        known = assets.kind(amount.asset) in ("POINT", "GREEN", "ECNY", "CNY")
        if not known or not 0 < amount.units <= UNITS_MAX:
            wrong.append(f"{amount}: points, energy or money, above zero, at most {UNITS_MAX}")
        elif amount.asset in MONEY and (amount in ask.budgets or not (ask.sponsor and ask.charity)):
            wrong.append(f"{amount}: money comes from a sponsor by quiz.pledge and goes to a charity")
    rewards = {one.reward.asset for one in ask.levels if one.reward}
    wrong += [f"{one}: no level gives it" for one in ask.budgets if one.asset not in rewards]
    for id, kind in ((ask.sponsor, "sponsor"), (ask.charity, "charity")):
        row = facts.record("people_organisation", id) if id else None
        if id and (row is None or row.kind != kind or row.stage != "active"):
            wrong.append(f"{kind}: no such {kind} is active")
    return wrong


def pool(campaign: str, asset: str) -> str:
    """Where what may still be given stands."""
    return f"campaign:{campaign}:{'energy' if assets.kind(asset) == 'GREEN' else 'pool'}"


class Pledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money of the campaign's sponsor for what its players release."""

    campaign: Id
    amount: Amount


class Pledged(msgspec.Struct, frozen=True):
    """What the campaign may give now."""

    campaign: str
    pool: Amount


def pledge(facts: Facts, ask: Pledge) -> Plan:
    """The sponsor's money stands in the campaign's pool, and leaves it to the charity or back to the sponsor only."""
    row = facts.must("quiz_campaign", ask.campaign)
    if not row.sponsor or (facts.actor.organisation != row.sponsor and "system" not in facts.actor.roles):
        raise Refusal("request.object_missing")
    if common.campaign_stage(row, facts.now) in ("ended", "closed"):
        raise Refusal("request.stage_wrong", stage="ended", ways=[])
    if ask.amount.asset not in MONEY or ask.amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY or ECNY"])
    source, asset = f"sponsor:{row.sponsor}", ask.amount.asset
    if facts.free(source, asset) < ask.amount.units:
        raise Refusal("wallet.funds_short")
    target = pool(row.key, asset)
    return Plan(
        postings=[Posting(source, target, asset, ask.amount.units)],
        receipt=Pledged(row.key, Amount(asset, facts.free(target, asset) + ask.amount.units)),
    )


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A campaign."""

    campaign: Id


class Closed(msgspec.Struct, frozen=True):
    """What went back, as text."""

    campaign: str
    returned: list[str]


def close(facts: Facts, ask: Named) -> Plan:
    """The campaign has ended, nothing waits, and what was not given is back where it came from."""
    row = facts.must("quiz_campaign", ask.campaign)
    stage = common.campaign_stage(row, facts.now)
    if stage != "ended" or facts.now < row.closes or row.held:
        raise Refusal("request.stage_wrong", stage=stage, ways=["quiz.decide"] if row.held else [])
    postings = []
    for asset in dict.fromkeys([*(one.asset for one in common.levels(row) if one.asset), *MONEY]):
        left = facts.free(pool(row.key, asset), asset)
        if left > 0:
            back = f"sponsor:{row.sponsor}" if asset in MONEY else ISSUER
            postings.append(Posting(pool(row.key, asset), back, asset, left))
    return Plan(
        postings=postings, changes=[Change("quiz_campaign", row.key, {"stage": "closed"})],
        receipt=Closed(row.key, [str(Amount(one.asset, one.units)) for one in postings]),
    )  # fmt: skip


def rewards_left(facts: Any, row: Any) -> list[bool]:
    """For each level whether its reward can still be given: said before anybody starts."""
    return [not one.asset or facts.free(pool(row.key, one.asset), one.asset) >= one.units for one in common.levels(row)]
