"""Running chickens: every so many human steps send one bird to the next household of a list signed beforehand.

Steps always arrive while the flock is open. A bird waits for the sponsor's money without losing a step, and the same
number is never handed over twice.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.people.persons import own_person
from saxaul.programmes.giving import common, sponsors
from saxaul.programmes.giving.common import FLOCKS, STEP, Day, MaybeTitle, Staged, Title
from saxaul.programmes.giving.steps import spendable, spent

HOUSEHOLDS_MAX = 100


class OpenFlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The households (opaque ids, in order), the farm that sends the birds, the price of one, and who pays for them."""

    charity: Id
    sponsor: Id
    farm: Id
    title: Title
    households: Annotated[list[Id], Meta(min_length=1, max_length=HOUSEHOLDS_MAX)]
    birds: Annotated[int, Meta(ge=1, le=1_000_000)]
    price: Amount
    until: Day
    title_en: MaybeTitle = ""


class FlockOpened(msgspec.Struct, frozen=True):
    """The flock; its sponsor's pool has the same key and is still empty."""

    flock: str
    steps_for_one: int


def open_flock(facts: Facts, ask: OpenFlock) -> Plan:
    """By two officers: the list of households is fixed, and steps can be sent until the end of the last day."""
    common.listed_charity(facts, ask.charity)
    price, until = common.money(ask.price), common.end_of(facts, ask.until)
    for id, kind in ((ask.sponsor, "sponsor"), (ask.farm, "merchant")):
        if facts.must("people_organisation", id).kind != kind:
            raise Refusal("request.object_missing")
    if until <= facts.now or len(set(ask.households)) != len(ask.households):
        raise Refusal("request.field_invalid", fields=["until: to come; households: each once"])
    key, households = facts.id, " ".join(ask.households)
    flock = {
        "charity": ask.charity, "title": ask.title, "title_en": ask.title_en, "farm": ask.farm, "birds": ask.birds,
        "price": price.units, "steps_each": facts.term("giving.chicken_steps"), "households": households,
        "waiting": households, "until": until, "since": facts.now,
        "closes": until + facts.term("giving.flock_days_after") * times.DAY,
    }  # fmt: skip
    pool = {
        "kind": "flock", "organisation": ask.sponsor, "origin": f"sponsor:{ask.sponsor}", "asset": price.asset,
        "since": facts.now,
    }  # fmt: skip
    return Plan(
        postings=[Posting("issuer:flock", f"flock:{key}:stock", chicken(key), ask.birds)],
        changes=[Change("giving_flock", key, flock, new=True), Change("giving_pool", key, pool, new=True)],
        receipt=FlockOpened(key, flock["steps_each"]),
    )


def chicken(flock: str) -> str:
    """The asset of a flock's birds."""
    return f"CHICKEN.{flock}/0"


class SendSteps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day whose steps go to the flock."""

    flock: Id
    day: Day


class Sent(msgspec.Struct, frozen=True):
    """The steps that arrived, those that wait in the flock now, and how many are missing for the next bird."""

    flock: str
    steps: int
    waiting: int
    missing: int


def send_steps(facts: Facts, ask: SendSteps) -> Plan:
    """The day's steps stand in the flock; whether the sponsor can pay already does not matter to them."""
    person, flock = own_person(facts), facts.must("giving_flock", ask.flock)
    if flock.stage != "open" or facts.now >= flock.until:
        raise Refusal("chicken.flock_closed")
    day, steps = spendable(facts, person, ask.day)
    if not steps:
        raise Refusal("giving.steps_few", free=0, need=1)
    received = flock.received + steps
    changes = [
        *spent(day, flock.key),
        Change("giving_flock", flock.key, {"received": received, "givers": flock.givers + 1}),
        common.of_giver(facts, person.natural, flock_steps=steps),
    ]
    posting = Posting(common.steps_at(person.natural, ask.day), f"flock:{flock.key}:steps", STEP, steps)
    waiting = received - flock.handed * flock.steps_each
    receipt = Sent(flock.key, steps, waiting, -waiting % flock.steps_each)
    return Plan(postings=[posting], changes=changes, receipt=receipt)


class HandOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The flock and the bird's number, one more than those handed over; `household`: not the next one of the list."""

    flock: Id
    number: Annotated[int, Meta(ge=1)]
    household: Id | None = None


class HandedOver(msgspec.Struct, frozen=True):
    """The bird, its household, and the steps carried on."""

    bird: str
    household: str
    carried: int


def hand_over(facts: Facts, ask: HandOver) -> Plan:
    """The steps of one bird are spent, the farm has its price, and the bird is on its way to a household."""
    flock = facts.must("giving_flock", ask.flock)
    step(FLOCKS, flock.stage, "hand_over")
    carried = flock.received - (flock.handed + 1) * flock.steps_each
    if ask.number != flock.handed + 1 or carried < 0:
        raise Refusal("request.stage_wrong", stage="waiting", ways=[])
    pool = facts.must("giving_pool", flock.key)
    if facts.free(common.pool_at(flock.key), pool.asset) < flock.price:
        raise Refusal("campaign.escrow_short")
    household, waiting = _next(flock, ask.household)
    bird, key = f"{flock.key}:{ask.number}", flock.key
    return Plan(
        postings=[
            Posting(f"flock:{key}:steps", f"flock:{key}:spent", STEP, flock.steps_each),
            Posting(common.pool_at(key), f"merchant:{flock.farm}:due", pool.asset, flock.price),
            Posting(f"flock:{key}:stock", f"person:{household}:birds", chicken(key), 1),
        ],
        changes=[
            Change("giving_flock", key, {"handed": ask.number, "waiting": " ".join(waiting)}),
            Change("giving_pool", key, {"given": pool.given + flock.price, "gifts": pool.gifts + 1}),
            Change("giving_bird", bird, {"flock": key, "household": household, "since": facts.now}, new=True),
        ],
        receipt=HandedOver(bird, household, carried),
    )


def _next(flock: Any, named: str | None) -> tuple[str, list[str]]:
    """The household, and who still waits afterwards: nobody gets a second bird before all have a first."""
    everybody, waiting = flock.households.split(), flock.waiting.split()
    household = named or waiting[0]
    if household not in everybody:
        raise Refusal("request.object_missing")
    if household not in waiting:
        raise Refusal("chicken.household_served")
    return household, [one for one in waiting if one != household] or everybody


class NameFlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flock."""

    flock: Id


def close_flock(facts: Facts, ask: NameFlock) -> Plan:
    """A while after its last day: birds that were never earned are gone, the sponsor has the rest of the money."""
    flock = facts.must("giving_flock", ask.flock)
    stage = step(FLOCKS, flock.stage, "close")
    if facts.now < flock.closes:
        raise Refusal("request.stage_wrong", stage=flock.stage, ways=["giving.hand_over"])
    plan = sponsors.closed(facts, facts.must("giving_pool", flock.key))
    rest, stock = (
        facts.free(f"flock:{flock.key}:steps", STEP),
        facts.free(f"flock:{flock.key}:stock", chicken(flock.key)),
    )
    if rest:
        plan.postings.append(Posting(f"flock:{flock.key}:steps", "giving:expired", STEP, rest))
    if stock:
        plan.postings.append(Posting(f"flock:{flock.key}:stock", "issuer:flock", chicken(flock.key), stock))
    plan.changes.append(Change("giving_flock", flock.key, {"stage": stage}))
    plan.receipt = Staged(flock.key, stage)
    return plan
