"""What a sponsor does: draft a campaign, list its merchants, put the money aside, open it by two, pause and stop it.

Nothing opens before the money for every face stands in the campaign's escrow. What was promised is fixed from then on:
only merchants are added or taken off, and giving can pause or stop; who has a voucher keeps it until its end.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Payment, Plan, Posting, Refusal, Text, step
from saxaul.kernel import times
from saxaul.kernel.amounts import UNITS_MAX, show
from saxaul.people.wallets import from_sponsor
from saxaul.programmes.voucher import common as c
from saxaul.programmes.voucher.stages import STAGES

Instant = Annotated[str, Meta(min_length=20, max_length=32, description="RFC 3339, such as 2022-08-21T00:00:00+08:00")]
Count = Annotated[int, Meta(ge=1, le=10_000_000)]
MaybeCount = Annotated[int, Meta(ge=0, le=10_000_000)]
MaybeText = Annotated[str, Meta(max_length=256)]
Category = Annotated[str, Meta(pattern="^[0-9]{4}$")]
MaybeId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a table of values: how many vouchers are worth how much."""

    worth: Amount
    count: Count


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of a campaign.

    `threshold`: `face` off from `minimum` on. `discount`: `percent` off, at most `face`. `random`: a value drawn from
    `values`. `exchange`: good for `benefit`, for which the merchant gets `face`. `per_person` and `per_day` count
    natural persons; `per_day` and `day_stock` 0: no limit of a day. `listed`: only at merchants of its list.
    `comes_back`: whether a full refund gives a coupon back or ends it.
    """

    name: Text
    kind: Literal["threshold", "discount", "random", "exchange"]
    claim_from: Instant
    claim_until: Instant
    spend_until: Instant
    total: MaybeCount = 0
    face: Amount | None = None
    percent: Annotated[int, Meta(ge=0, le=100)] = 0
    minimum: Amount | None = None
    values: Annotated[list[Value], Meta(max_length=20)] = []
    per_person: Count = 1
    per_day: MaybeCount = 0
    day_stock: MaybeCount = 0
    comes_back: bool = True
    listed: bool = False
    categories: Annotated[list[Category], Meta(max_length=50)] = []
    benefit: MaybeText = ""
    name_en: MaybeText = ""
    benefit_en: MaybeText = ""
    sponsor: MaybeId = ""


class Drafted(msgspec.Struct, frozen=True):
    """The campaign, and the money it needs before it can open."""

    campaign: str
    stage: str
    needs: str


def draft(facts: Facts, ask: Draft) -> Plan:
    """The campaign stands in the book with all its rules; nothing is given yet."""
    sponsor = facts.actor.organisation
    if facts.actor.roles & {"officer", "system"}:
        sponsor = ask.sponsor or sponsor
    row = facts.record("people_organisation", sponsor) if sponsor else None
    if row is None or (ask.sponsor and ask.sponsor != sponsor):
        raise Refusal("request.object_missing")
    starts, ends, last = (times.read(text) for text in (ask.claim_from, ask.claim_until, ask.spend_until))
    wrong = _wrong(ask)
    if starts is None or ends is None or last is None or not starts < ends <= last or last <= facts.now:
        wrong.append("claim_from, claim_until, spend_until: instants in this order, the last one to come")
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    random = ask.kind == "random"
    fields: dict[str, Any] = {
        "sponsor": sponsor, "name": ask.name, "name_en": ask.name_en, "kind": ask.kind, "benefit": ask.benefit,
        "benefit_en": ask.benefit_en, "total": sum(one.count for one in ask.values) if random else ask.total,
        "face": ask.face.units if ask.face else 0, "percent": ask.percent,
        "minimum": ask.minimum.units if ask.minimum else 0, "per_person": ask.per_person, "per_day": ask.per_day,
        "day_stock": ask.day_stock, "comes_back": int(ask.comes_back), "listed": int(ask.listed),
        "categories": " ".join(ask.categories),
        "values": " ".join(f"{one.worth.units}:{one.count}" for one in ask.values),
        "left": " ".join(str(one.count) for one in ask.values), "claim_from": starts, "claim_until": ends,
        "spend_until": last, "until": last, "since": facts.now,
    }  # fmt: skip
    worth = sum(one.worth.units * one.count for one in ask.values) if random else fields["total"] * fields["face"]
    if worth > UNITS_MAX:
        raise Refusal("request.field_invalid", fields=["total: more money than a book can count"])
    change = Change("voucher_campaign", facts.id, fields, new=True)
    return Plan(changes=[change], receipt=Drafted(facts.id, "draft", show(c.MONEY, worth)))


def _wrong(ask: Draft) -> list[str]:
    """What the kind of campaign needs and what makes no sense for it."""
    random, found = ask.kind == "random", []
    money = [one for one in (ask.face, ask.minimum) if one is not None] + [one.worth for one in ask.values]
    if any(one.asset != c.MONEY or one.units <= 0 for one in money):
        found.append("face, minimum, worth: above zero, in ECNY")
    if random != bool(ask.values):
        found.append("values: the table of values of a random campaign, and of no other")
    if random == (ask.face is not None) or random == bool(ask.total):
        found.append("face, total: what one is worth and how many; a random campaign says both in its table")
    if (ask.kind == "discount") != bool(ask.percent):
        found.append("percent: of a discount, and of nothing else")
    if (ask.kind == "exchange") != bool(ask.benefit) or (ask.kind == "exchange" and ask.minimum):
        found.append("benefit: what an exchange coupon is good for, without a least price")
    if ask.day_stock and (random or ask.day_stock > ask.total):
        found.append("day_stock: at most the total, and not where values are drawn")
    return found


class ListMerchants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Merchants where the campaign's vouchers may be spent; `off`: from now on not any more."""

    campaign: Id
    merchants: Annotated[list[Id], Meta(min_length=1, max_length=100)]
    off: bool = False


class Listed(msgspec.Struct, frozen=True):
    """How many merchants were added or taken off."""

    campaign: str
    merchants: int


def list_merchants(facts: Facts, ask: ListMerchants) -> Plan:
    """The merchants stand on the campaign's list, or are off it at once."""
    row = c.own_campaign(facts, ask.campaign)
    step(STAGES, row.stage, "voucher.list_merchants")
    merchants = list(dict.fromkeys(ask.merchants))
    for one in facts.records("people_organisation", merchants):
        if one is None or one.kind != "merchant":
            raise Refusal("request.object_missing")
    keys = [f"{row.key}:{merchant}" for merchant in merchants]
    stage = "off" if ask.off else "active"
    known = facts.records("pay_purpose_merchant", keys)
    changes = [
        Change("pay_purpose_merchant", key, {"stage": stage}, new=one is None)
        for key, one in zip(keys, known, strict=True)
    ]
    return Plan(changes=changes, receipt=Listed(row.key, len(merchants)))


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of the sponsor's money is put aside for the campaign."""

    campaign: Id
    amount: Amount


class Funded(msgspec.Struct, frozen=True):
    """What stands in the escrow now, and what it needs."""

    campaign: str
    escrow: str
    needs: str


def fund(facts: Facts, ask: Fund) -> Plan:
    """The money stands in the campaign's escrow: from the sponsor's own account first, then from its wallet."""
    row = c.own_campaign(facts, ask.campaign)
    step(STAGES, row.stage, "voucher.fund")
    if ask.amount.asset != c.MONEY or ask.amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in ECNY"])
    home = c.escrow(row.key)
    postings = from_sponsor(facts, facts.must("people_organisation", row.sponsor), home, ask.amount)
    held = facts.balance(home, c.MONEY)[0] + ask.amount.units
    last = postings[-1]  # own: the money stays the sponsor's until somebody spends a voucher
    return Plan(
        postings=postings,
        payment=Payment(last.debit, home, c.MONEY, last.units, "fund", own=True),
        receipt=Funded(row.key, show(c.MONEY, held), show(c.MONEY, c.behind(row, c.issued(row)))),
    )


class Opened(msgspec.Struct, frozen=True):
    """The campaign that runs, what it gives, and for drawn values the hash of the seed they are drawn from."""

    campaign: str
    stage: str
    stock: str
    sealed: str = ""


def seed_of(act: str) -> str:
    """The seed of a campaign: made of the id under which two officers opened it, which nobody chose alone."""
    return hashlib.sha256(f"voucher:{act}".encode()).hexdigest()


def sealed(seed: str) -> str:
    """What is published of a seed before it may be known."""
    return hashlib.sha256(seed.encode()).hexdigest() if seed else ""


def open_campaign(facts: Facts, ask: c.NameCampaign) -> Plan:
    """By two: the stock exists, all of it backed; refuses `campaign.escrow_short` while money is missing."""
    row = c.own_campaign(facts, ask.campaign)
    stage = step(STAGES, row.stage, "voucher.open")
    units = c.issued(row)
    needs, free = c.behind(row, units), facts.free(c.escrow(row.key), c.MONEY)
    if free < needs:
        raise Refusal("campaign.escrow_short", need=show(c.MONEY, needs), free=show(c.MONEY, free))
    seed = seed_of(facts.id) if row.kind == "random" else ""
    purpose: dict[str, Any] = {
        "asset": c.asset(row), "behind": c.MONEY, "face": max(1, row.face), "listed": row.listed,
        "categories": row.categories, "starts": c.NEVER if row.kind == "discount" else row.claim_from,
        "until": row.spend_until, "minimum": row.minimum, "sponsor": row.sponsor,
    }  # fmt: skip
    return Plan(
        postings=[Posting(c.issuer(row.key), c.pool(row.key), c.asset(row), units)],
        changes=[
            Change("voucher_campaign", row.key, {"stage": stage, "seed": seed}),
            Change("pay_purpose", row.key, purpose, new=True),
        ],
        receipt=Opened(row.key, stage, show(c.asset(row), units), sealed(seed)),
    )


def pause(facts: Facts, ask: c.NameCampaign) -> Plan:
    """Nothing is given until it is resumed; what people have stays good."""
    return _staged(facts, ask, "voucher.pause")


def resume(facts: Facts, ask: c.NameCampaign) -> Plan:
    """The campaign gives again."""
    return _staged(facts, ask, "voucher.resume")


def stop(facts: Facts, ask: c.NameCampaign) -> Plan:
    """Nothing is given any more; what people have stays good until its end, the rest goes back then."""
    return _staged(facts, ask, "voucher.stop")


def _staged(facts: Facts, ask: c.NameCampaign, act: str) -> Plan:
    row = c.own_campaign(facts, ask.campaign)
    stage = step(STAGES, row.stage, act)
    return Plan(changes=[Change("voucher_campaign", row.key, {"stage": stage})], receipt=c.Staged(row.key, stage))


def cancel(facts: Facts, ask: c.NameCampaign) -> Plan:
    """A campaign that never opened is given up; its money is the sponsor's again."""
    row = c.own_campaign(facts, ask.campaign)
    stage = step(STAGES, row.stage, "voucher.cancel")
    money = facts.free(c.escrow(row.key), c.MONEY)
    back = [Posting(c.escrow(row.key), c.sponsor(row), c.MONEY, money)] if money else []
    change = Change("voucher_campaign", row.key, {"stage": stage})
    return Plan(postings=back, changes=[change], receipt=c.Staged(row.key, stage))
