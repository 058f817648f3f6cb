"""A contract until it is paid: drawn up by the school, signed by both sides, funded by the guardian.

Nothing can be paid before both sides signed the same hash. Paying moves the money into the contract's own escrow, where
it stays the payer's; it passes the same guards as a purchase at the school.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Aside, Change, Code, Facts, Id, Notice, Payment, Plan, Posting, Refusal, step
from saxaul.guards import purpose as rule
from saxaul.kernel import assets, times
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import made, natural_of
from saxaul.people.wallets import address, from_pockets, open_merchant, wallet_of
from saxaul.programmes.prepaid import common
from saxaul.programmes.prepaid.common import LESSON, LESSONS_MAX, MINT, UNUSED, Digest, Staged
from saxaul.programmes.prepaid.stages import STAGES

VOUCHERS_MAX = 8  # campaigns that may share one contract
Vouchers = Annotated[list[Code], Meta(max_length=VOUCHERS_MAX)]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-15")]
Body = Annotated[str, Meta(min_length=1, max_length=4_000, description="the text; no names of persons")]
Pupil = Annotated[str, Meta(max_length=32, pattern="^[A-Za-z0-9._-]*$", description="the school's own number")]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The template, the guardian's `wallet`, how many lessons for how much, the last day, and the text to sign."""

    template: Code
    wallet: Id
    lessons: Annotated[int, Meta(ge=1, le=LESSONS_MAX)]
    price: Amount
    last_day: Day
    body: Body
    pupil: Pupil = ""


def draft(facts: Facts, ask: Draft) -> Plan:
    """The contract waits for both signatures; its rules are the template's of this moment."""
    merchant, school = _school(facts, facts.actor.organisation)
    template = facts.must("prepaid_template", ask.template)
    fits = not template.category or merchant.category in template.category.split()
    if template.stage != "active" or not fits:
        raise Refusal("request.object_missing")
    wallet = facts.record("people_wallet", ask.wallet)
    if wallet is None or not wallet.person or wallet.stage == "closed":
        raise Refusal("payee.account_missing")
    until = _end(facts, ask, template)
    row = {
        "merchant": merchant.key, "template": template.key, "guardian": wallet.person, "pupil": ask.pupil,
        "lessons": ask.lessons, "units": ask.price.units, "until": until, "cooling_days": template.cooling_days,
        "dispute_days": template.dispute_days, "returns": template.returns,
    }  # fmt: skip
    key, text = made(facts.id, "contract"), common.terms_digest(ask.body, **row)
    stage = step(STAGES, "", "prepaid.draft")
    fields = {
        **row, "district": school.district, "text": text, "states": UNUSED * ask.lessons, "stage": stage,
        "since": facts.now,
    }  # fmt: skip
    told = {"contract": key, "merchant": merchant.key, "amount": common.yuan(ask.price.units)}
    return Plan(
        changes=[Change("prepaid_contract", key, fields, new=True)],
        asides=[Aside("prepaid_body", key, {"body": ask.body})],
        notices=[Notice(wallet.person, "prepaid.drafted", told)],
        receipt=Staged(key, stage, text),
    )


def _school(facts: Facts, organisation: str) -> tuple[Any, Any]:
    """(merchant, row on the district's list); refuses whoever is not on it, closed, paused or suspended."""
    merchant = open_merchant(facts, organisation)
    school = common.not_closed(facts, organisation)
    if school is None:
        raise Refusal("payee.account_missing")
    if school.stage != "listed":
        raise Refusal("merchant.stage_suspended")
    return merchant, school


def _end(facts: Facts, ask: Draft, template: Any) -> int:
    """The end of validity; refuses `request.field_invalid` with everything that does not fit the template."""
    wrong, until = [], 0
    latest = date.fromisoformat(facts.day) + timedelta(days=template.valid_days_max)
    try:
        date.fromisoformat(ask.last_day)
    except ValueError:
        wrong.append("last_day: no such day")
    else:
        if not facts.day <= ask.last_day <= latest.isoformat():
            wrong.append(f"last_day: from today to {latest.isoformat()}")
        until = times.start_of_day(times.next_day(ask.last_day), facts.zone)
    if ask.lessons > template.lessons_max:
        wrong.append(f"lessons: at most {template.lessons_max}")
    if ask.price.asset != CNY or ask.price.units < ask.lessons:
        wrong.append("price: in CNY, at least a fen for each lesson")
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    return until


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contract, and the hash of the text and numbers that the signer saw."""

    contract: Id
    text: Digest


def sign(facts: Facts, ask: Sign) -> Plan:
    """The actor's side has signed; when both have, and they are two people, the contract can be paid."""
    row = common.own_contract(facts, ask.contract)
    common.not_closed(facts, row.merchant)
    if ask.text != row.text:
        raise Refusal("request.field_invalid", fields=["text: not the hash of this contract"])
    side = "school_signed" if common.party(facts, row) == "school" else "guardian_signed"
    signer = natural_of(facts, facts.actor.person) if facts.actor.person else ""
    if getattr(row, side):
        return Plan(receipt=Staged(row.key, row.stage, row.text))
    second = bool(row.school_signed or row.guardian_signed)
    stage = step(STAGES, row.stage, "prepaid.sign second" if second else "prepaid.sign")
    if second and signer and signer == row.signer:
        raise Refusal("actor.approver_same")
    fields = {side: facts.id, "stage": stage, "signer": row.signer or signer}
    return Plan(changes=[common.kept(row, **fields)], receipt=Staged(row.key, stage, row.text))


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contract."""

    contract: Id


def withdraw(facts: Facts, ask: Named) -> Plan:
    """The contract that nobody paid is gone; either side may say so."""
    row = common.own_contract(facts, ask.contract)
    stage = step(STAGES, row.stage, "prepaid.withdraw")
    return Plan(changes=[common.kept(row, stage=stage)], receipt=Staged(row.key, stage, row.text))


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contract; `wallet`: else the guardian's first. `vouchers`: campaigns whose money to use; left out: all."""

    contract: Id
    wallet: Id | None = None
    vouchers: Vouchers | None = None


class Funded(msgspec.Struct, frozen=True):
    """What stands in the contract's escrow now, from which pockets."""

    contract: str
    amount: str
    parts: list[str]
    stage: str
    text: str


def fund(facts: Facts, ask: Fund) -> Plan:
    """The price stands in the contract's escrow and its lessons are open; the school has nothing of it yet."""
    row = common.guardians(facts, ask.contract)
    common.not_closed(facts, row.merchant)
    if row.stage == "draft":
        raise Refusal("contract.signature_missing")
    stage = step(STAGES, row.stage, "prepaid.fund")
    if facts.at >= row.until:
        raise Refusal("request.stage_wrong", stage="expired", ways=[])
    merchant, _ = _school(facts, row.merchant)
    wallet = wallet_of(facts, ask.wallet)
    parts = _pockets(facts, wallet.key, merchant, row.units, ask.vouchers)
    fields = {
        "stage": stage, "wallet": wallet.key, "sources": " ".join(asset for asset, _ in parts), "funded_at": facts.at,
        "last": facts.at,
    }  # fmt: skip
    payer = address(wallet.key)
    return Plan(
        postings=[
            *(Posting(payer, common.escrow(row.key), asset, units) for asset, units in parts),
            Posting(MINT, common.lessons_of(row.key), LESSON, row.lessons),
        ],
        payment=Payment(
            payer, common.due(merchant.key), CNY, row.units, merchant=merchant.key, category=merchant.category
        ),
        changes=[common.kept(row, **fields)],
        receipt=Funded(row.key, common.yuan(row.units), common.said(parts), stage, row.text),
    )


def _pockets(facts: Facts, wallet: str, merchant: Any, units: int, named: list[str] | None) -> common.Parts:
    """What pays, in the order of the terms, vouchers that end first before others; refuses `wallet.funds_short`."""
    bound = facts.record("pay_bound", wallet)
    campaigns = named if named is not None else (bound.purposes.split() if bound is not None else [])
    purposes = _fitting(facts, campaigns, merchant, units, named=named is not None)
    sources: list[str] = []
    for pocket in facts.term("pay.pockets"):
        if pocket == "voucher":
            sources += [one.asset for one in purposes]
        elif pocket == "cny" or (pocket == "ecny" and merchant.accepts_ecny):
            sources.append(CNY if pocket == "cny" else ECNY)
    return from_pockets(facts, address(wallet), Amount(CNY, units), sources)


def _fitting(facts: Facts, campaigns: list[str], merchant: Any, units: int, *, named: bool) -> list[Any]:
    found = []
    for campaign, row in zip(campaigns, facts.records("pay_purpose", campaigns), strict=True):
        code = "purpose.use_mismatch"
        if row is not None and assets.kind(row.asset) == "VOUCHER" and row.face == 1:
            code = rule.misfit(facts, row, merchant=merchant.key, category=merchant.category, units=units)
        if not code:
            found.append(row)
        elif named:
            raise rule.barred(code, row) if row is not None else Refusal(code, campaign=campaign)
    return sorted(found, key=lambda row: (row.until or 2**62, row.key))[:VOUCHERS_MAX]
