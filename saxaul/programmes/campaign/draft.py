"""A campaign before anybody signs up: drafted, approved by two officers, paid for; and called off with all money back.

Dates, region, merchants and awards are fixed by the approval. Nothing opens before the money for every award stands in
the escrow, one yuan behind each yuan of purpose money.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, Id, Notice, Plan, Posting, Refusal, Text, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.kernel.maxima import MAXIMA
from saxaul.people.persons import made
from saxaul.people.wallets import from_sponsor
from saxaul.programmes.campaign.common import (
    Key,
    Moment,
    Named,
    Naturals,
    Staged,
    campaign_of,
    home,
    issuer,
    outstanding,
    pool,
    read_times,
    runs_it,
    ticket_key,
    tickets,
    voucher,
)  # fmt: skip
from saxaul.programmes.campaign.stages import STAGES, TICKETS

MERCHANTS_MAX = 100
Codes = Annotated[list[Code], Meta(max_length=64)]
Categories = Annotated[list[Annotated[str, Meta(pattern="^[0-9]{4}$")]], Meta(max_length=64)]
Minute = Annotated[int, Meta(ge=0, le=1439, description="minute of the city's day")]
Percent = Annotated[int, Meta(ge=0, le=100, description="most of a price in percent; 0: all of it")]
Merchants = Annotated[list[Id], Meta(max_length=MERCHANTS_MAX)]
Name = Annotated[str, Meta(max_length=256)]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A round of red packets, and where a packet may be spent. Ends are exclusive: 24:00 is 00:00 of the next day.

    `region`: of who may sign up, by a wallet opened there; `regions`: of merchants. `issuers` empty: all. `witness`:
    who commits to a secret besides the operator. `reserve_days` 0: what nobody claims goes back at once.
    """

    campaign: Key
    name: Text
    sponsor: Id
    witness: Id
    each: Amount
    awards: Annotated[int, Meta(ge=1, le=10_000_000)]
    signup_from: Moment
    signup_until: Moment
    claim_until: Moment
    spend_from: Moment
    spend_until: Moment
    beacon_name: Text
    beacon_at: Moment
    reserves: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    reserve_days: Annotated[int, Meta(ge=0, le=30)] = 0
    name_en: Name = ""
    region: Annotated[str, Meta(pattern="^([0-9]{6})?$")] = ""
    issuers: Codes = []
    listed: bool = False
    categories: Categories = []
    regions: Codes = []
    opens: Minute = 0
    shuts: Minute = 0
    minimum: Amount | None = None
    share: Percent = 0


def draft(facts: Facts, ask: Draft) -> Plan:
    """The campaign stands as a draft, to be changed until two officers approve it."""
    row = facts.record("campaign_campaign", ask.campaign)
    stage = step(STAGES, row.stage if row is not None else "", "campaign.draft")
    _organisation(facts, ask.sponsor, "sponsor")
    _organisation(facts, ask.witness, "witness")
    dates = read_times(
        signup_from=ask.signup_from, signup_until=ask.signup_until, claim_until=ask.claim_until,
        spend_from=ask.spend_from, spend_until=ask.spend_until, beacon_at=ask.beacon_at,
    )  # fmt: skip
    wrong = _order(dates) + _money(ask.each, ask.minimum)
    if ask.witness == ask.sponsor:
        wrong.append("witness: another organisation than the sponsor")
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    claim_ends = dates.pop("claim_until")
    fields: dict[str, Any] = {
        "kind": "draw", "stage": stage, "name": ask.name, "name_en": ask.name_en, "sponsor": ask.sponsor,
        "behind": ask.each.asset, "each": ask.each.units, "awards": ask.awards, "reserves": ask.reserves,
        "reserve_days": ask.reserve_days, "region": ask.region, "issuers": " ".join(ask.issuers),
        "witness": ask.witness, "beacon_name": ask.beacon_name, "salt": made(facts.id, "salt"),
        "claim_ends": claim_ends, "reveal_until": _reveal_until(facts, dates["beacon_at"]), "since": facts.now, **dates,
    }  # fmt: skip
    change = Change("campaign_campaign", ask.campaign, fields, new=row is None)
    return Plan(
        changes=[change, _purpose(facts, ask, ask.sponsor, ask.each.asset, dates["spend_from"], dates["spend_until"])],
        receipt=Staged(ask.campaign, stage),
    )


def _reveal_until(facts: Facts, beacon_at: int) -> int:
    hours: int = facts.term("campaign.reveal_hours")
    return beacon_at + hours * times.HOUR


def _organisation(facts: Facts, id: str, field: str) -> None:
    row = facts.record("people_organisation", id)
    if row is None or row.kind == "merchant" or row.stage != "active":
        raise Refusal("request.field_invalid", fields=[f"{field}: an organisation of this city"])


def _order(dates: dict[str, int]) -> list[str]:
    """What is wrong with the dates: each begins before it ends, and the draw lies between sign-up and claim."""
    wrong = []
    if dates["signup_from"] >= dates["signup_until"]:
        wrong.append("signup_until: after signup_from")
    if not dates["signup_until"] <= dates["beacon_at"] < dates["claim_until"]:
        wrong.append("beacon_at: after sign-up ends and before claims end")
    if dates["claim_until"] - dates["beacon_at"] > MAXIMA.hold_days * times.DAY:
        wrong.append(f"claim_until: at most {MAXIMA.hold_days} days after beacon_at")
    if not max(dates["spend_from"] + 1, dates["claim_until"]) <= dates["spend_until"]:
        wrong.append("spend_until: after spend_from, and not before claims end")
    return wrong


def _money(each: Amount, minimum: Amount | None) -> list[str]:
    wrong = [] if each.asset in (ECNY, CNY) and each.units > 0 else ["each: above zero, in ECNY or CNY"]
    return wrong + ([] if minimum is None or minimum.asset in (ECNY, CNY) else ["minimum: in ECNY or CNY"])


def _purpose(facts: Facts, ask: Any, sponsor: str, behind: str, starts: int, until: int) -> Change:
    """Where the money may be spent, as payments read it."""
    fields = {
        "asset": voucher(ask.campaign), "name": ask.name, "name_en": ask.name_en, "behind": behind,
        "listed": int(ask.listed),
        "categories": " ".join(ask.categories), "regions": " ".join(ask.regions), "opens": ask.opens,
        "shuts": ask.shuts, "minimum": ask.minimum.units if ask.minimum else 0,
        "share": ask.share, "starts": starts, "until": until,
        "sponsor": sponsor,
    }  # fmt: skip
    return Change("pay_purpose", ask.campaign, fields, new=facts.record("pay_purpose", ask.campaign) is None)


class ListMerchants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Merchants that take the campaign's money from now on (`add`), and those that no longer do (`remove`)."""

    campaign: Key
    add: Merchants = []
    remove: Merchants = []


class Listed(msgspec.Struct, frozen=True):
    """How many were put on the list and taken off it."""

    campaign: str
    added: int
    removed: int


def list_merchants(facts: Facts, ask: ListMerchants) -> Plan:
    """Payments find the list as it is now; after approval merchants only leave it, and at once."""
    row = campaign_of(facts, ask.campaign)
    runs_it(facts, row)
    if ask.add or row.stage in ("cancelled", "closed"):
        step(STAGES, "draft" if row.kind == "grant" else row.stage, "campaign.list_merchants")
    stages = {**dict.fromkeys(ask.add, "active"), **dict.fromkeys(ask.remove, "removed")}
    for merchant in facts.records("people_organisation", ask.add):
        if merchant is None or merchant.kind != "merchant":
            raise Refusal("request.object_missing")
    keys = [f"{row.key}:{merchant}" for merchant in stages]
    known = facts.records("pay_purpose_merchant", keys)
    changes = [
        Change("pay_purpose_merchant", key, {"stage": stage}, new=found is None)
        for key, stage, found in zip(keys, stages.values(), known, strict=True)
    ]
    return Plan(changes=changes, receipt=Listed(row.key, len(set(ask.add)), len(set(ask.remove))))


def approve(facts: Facts, ask: Named) -> Plan:
    """By two officers: dates, region, merchants and awards are fixed; the sponsor may pay."""
    row = campaign_of(facts, ask.campaign, "draw")
    return _to(row, step(STAGES, row.stage, "campaign.approve"))


def _to(row: Any, stage: str, **fields: Any) -> Plan:
    change = Change("campaign_campaign", row.key, {"stage": stage, **fields})
    return Plan(changes=[change], receipt=Staged(row.key, stage))


class CreatePurpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of money for one purpose, made by the sponsor who pays for it, and where it may be spent."""

    campaign: Key
    name: Text
    spend_from: Moment
    spend_until: Moment
    behind: Literal["ECNY/2", "CNY/2"] = "ECNY/2"
    name_en: Name = ""
    listed: bool = False
    categories: Categories = []
    regions: Codes = []
    opens: Minute = 0
    shuts: Minute = 0
    minimum: Amount | None = None
    share: Percent = 0


def create_purpose(facts: Facts, ask: CreatePurpose) -> Plan:
    """The kind exists, without a fen of it: every unit is minted against money in its escrow."""
    row = facts.record("campaign_campaign", ask.campaign)
    stage = step(STAGES, row.stage if row is not None else "", "campaign.create_purpose")
    sponsor = facts.actor.organisation
    _organisation(facts, sponsor, "sponsor")
    dates = read_times(spend_from=ask.spend_from, spend_until=ask.spend_until)
    if not max(facts.now, dates["spend_from"]) < dates["spend_until"] or _money(Amount(ECNY, 1), ask.minimum):
        raise Refusal("request.field_invalid", fields=["spend_until: after spend_from and after now"])
    fields = {
        "kind": "grant", "stage": stage, "name": ask.name, "name_en": ask.name_en, "sponsor": sponsor,
        "behind": ask.behind, "since": facts.now, **dates,
    }  # fmt: skip
    purpose = _purpose(facts, ask, sponsor, ask.behind, dates["spend_from"], dates["spend_until"])
    change = Change("campaign_campaign", ask.campaign, fields, new=True)
    return Plan(changes=[change, purpose], receipt=Staged(ask.campaign, stage))


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money for the escrow, in the asset that stands behind; of a draw at most what its awards still need."""

    campaign: Key
    amount: Amount


class Funded(msgspec.Struct, frozen=True):
    """What stands in the escrow since, and what is still missing before a draw can open."""

    campaign: str
    stage: str
    funded: str
    missing: str


def fund(facts: Facts, ask: Fund) -> Plan:
    """The money stands in the escrow, and as much purpose money in the pool: neither is ever without the other."""
    row = campaign_of(facts, ask.campaign)
    runs_it(facts, row)
    units, total = ask.amount.units, row.each * row.awards
    missing = total - row.funded - units
    stage = step(STAGES, row.stage, "campaign.fund" if missing or row.kind == "grant" else "campaign.fund all")
    if ask.amount.asset != row.behind or units <= 0 or (row.kind == "draw" and missing < 0):
        least = show(row.behind, max(0, total - row.funded))
        raise Refusal("request.field_invalid", fields=[f"amount: above zero and at most {least}"])
    sponsor = facts.must("people_organisation", row.sponsor)
    postings = from_sponsor(facts, sponsor, f"campaign:{row.key}:escrow", ask.amount)
    postings.append(Posting(issuer(row.key), pool(row.key), voucher(row.key), units))
    change = Change("campaign_campaign", row.key, {"stage": stage, "funded": row.funded + units})
    shown = show(row.behind, row.funded + units), show(row.behind, max(0, missing))
    return Plan(postings=postings, changes=[change], receipt=Funded(row.key, stage, *shown))


def open_signup(facts: Facts, ask: Named) -> Plan:
    """From its first instant on people sign up, if the money for every award is there."""
    row = campaign_of(facts, ask.campaign, "draw")
    if row.stage == "approved":
        total = row.each * row.awards
        raise Refusal("campaign.escrow_short", need=show(row.behind, total), free=show(row.behind, row.funded))
    stage = step(STAGES, row.stage, "campaign.open")
    if facts.now < row.signup_from:
        raise Refusal("campaign.signup_early", start=times.text(row.signup_from))
    return _to(row, stage)


def cancel(facts: Facts, ask: Named) -> Plan:
    """By two officers, before anything is drawn: all money is with the sponsor again; tickets are burnt after this."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, "drawn" if row.slices else row.stage, "campaign.cancel")
    plan = _to(row, stage)
    plan.postings = home(row, pool(row.key), outstanding(facts, row))
    return plan


class Burn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slice of the tickets of a campaign that was called off."""

    campaign: Key
    slice: int
    naturals: Naturals


def burn(facts: Facts, ask: Burn) -> Plan:
    """These tickets are gone, and their owners are told that there is no draw."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.burn")
    if row.swept != ask.slice:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    plan = _to(row, stage, swept=row.swept + 1)
    for ticket in facts.records("campaign_ticket", [ticket_key(row.key, one) for one in ask.naturals]):
        after = step(TICKETS, ticket.stage, "campaign.burn")
        plan.changes.append(Change("campaign_ticket", ticket.key, {"stage": after}))
        plan.postings.append(burnt(row.key, ticket.natural))
        plan.notices.append(Notice(ticket.person, "campaign.cancelled", {"campaign": row.key}))
    return plan


def burnt(campaign: str, natural: str) -> Posting:
    """The posting by which a person's ticket is used up."""
    return Posting(f"person:{natural}:tickets", issuer(campaign), tickets(campaign), 1)
