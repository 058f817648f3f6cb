"""Purpose money granted by its sponsor, its end, and the account that closes to the fen.

Issued = spent + returned, always by the ledger's own balances. A slice of the write-off is one act with a number, so a
sweep that was killed anywhere goes on where it stopped. What people put into a prepaid contract in time still pays its
lessons after the end, so it is outstanding until the contract is over, and the account waits for it.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Notice, Plan, Posting, Refusal, step
from saxaul.guards.purpose import bound_to
from saxaul.kernel.amounts import show
from saxaul.programmes.campaign.common import (
    SLICE,
    Key,
    Named,
    Naturals,
    Staged,
    campaign_of,
    creator_alone,
    home,
    issuer,
    not_before,
    outstanding,
    pool,
    runs_it,
    ticket_key,
    voucher,
)  # fmt: skip
from saxaul.programmes.campaign.stages import STAGES, TICKETS

GRANTS_MAX = 50


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much for which wallet."""

    wallet: Id
    amount: Amount


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is granted, each wallet once; amounts in the campaign's own purpose money."""

    campaign: Key
    grants: Annotated[list[Given], Meta(min_length=1, max_length=GRANTS_MAX)]


class Granted(msgspec.Struct, frozen=True):
    """How many wallets were given how much together."""

    campaign: str
    wallets: int
    total: str


def grant(facts: Facts, ask: Grant) -> Plan:
    """All wallets have their money, or none where one of them cannot be given it."""
    row = campaign_of(facts, ask.campaign, "grant")
    creator_alone(facts, row)
    step(STAGES, row.stage, "campaign.grant")
    if facts.now >= row.spend_until:
        raise Refusal("request.stage_wrong", stage="ended", ways=["campaign.take_back"])
    asset = voucher(row.key)
    wallets = [given.wallet for given in ask.grants]
    wrong = any(given.amount.asset != asset or given.amount.units <= 0 for given in ask.grants)
    if wrong or len(set(wallets)) < len(wallets):
        raise Refusal("request.field_invalid", fields=[f"grants: each wallet once, above zero, in {asset[:-2]}"])
    plan, total = Plan(), 0
    known = facts.records("campaign_ticket", [ticket_key(row.key, wallet) for wallet in wallets])
    rows = facts.records("people_wallet", wallets)
    for given, wallet, ticket in zip(ask.grants, rows, known, strict=True):
        if wallet is None or wallet.stage != "open" or not wallet.person:
            raise Refusal("request.object_missing")
        total += given.amount.units
        plan.postings.append(Posting(pool(row.key), f"wallet:{wallet.key}", asset, given.amount.units))
        plan.changes += bound_to(facts, wallet.key, row.key)
        if ticket is None:
            plan.changes.append(_granted(facts, row, wallet))
        told = {"campaign": row.key, "amount": show(row.behind, given.amount.units)}
        plan.notices.append(Notice(wallet.person, "campaign.granted", told))
    plan.receipt = Granted(row.key, len(wallets), show(row.behind, total))
    return plan


def _granted(facts: Facts, row: Any, wallet: Any) -> Change:
    natural = facts.must("people_person", wallet.person).natural
    fields = {
        "campaign": row.key, "person": wallet.person, "natural": natural, "wallet": wallet.key,
        "issuer": wallet.issuer, "stage": step(TICKETS, "", "campaign.grant"), "since": facts.now,
    }  # fmt: skip
    return Change("campaign_ticket", ticket_key(row.key, wallet.key), fields, new=True)


def expire(facts: Facts, ask: Named) -> Plan:
    """Nothing of the campaign is spent any more."""
    row = campaign_of(facts, ask.campaign)
    stage = step(STAGES, row.stage, "campaign.expire")
    not_before(facts, row, row.spend_until, "campaign.expire")
    change = Change("campaign_campaign", row.key, {"stage": stage})
    return Plan(changes=[change], receipt=Staged(row.key, stage))


class WriteOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slice of the tickets whose owners claimed."""

    campaign: Key
    slice: int
    naturals: Naturals


class WrittenOff(msgspec.Struct, frozen=True):
    """What the slice brought back to the sponsor."""

    campaign: str
    returned: str


def write_off(facts: Facts, ask: WriteOff) -> Plan:
    """What was left in these wallets is with the sponsor; what a payment still holds waits for its end."""
    row = campaign_of(facts, ask.campaign, "draw")
    step(STAGES, row.stage, "campaign.write_off")
    if row.swept != ask.slice:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.write_off"])
    return _swept(facts, row, ask.naturals, "campaign.write_off", swept=row.swept + 1)


class TakeBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wallets whose rest goes back; none: the pool's."""

    campaign: Key
    wallets: Annotated[list[Id], Meta(max_length=SLICE)] = []


def take_back(facts: Facts, ask: TakeBack) -> Plan:
    """After the end the sponsor alone has back exactly what was not spent."""
    row = campaign_of(facts, ask.campaign, "grant")
    creator_alone(facts, row)
    step(STAGES, row.stage, "campaign.take_back")
    plan = _swept(facts, row, ask.wallets, "campaign.take_back")
    left = 0 if ask.wallets else facts.balance(pool(row.key), voucher(row.key))[0]
    if left:
        plan.postings += home(row, pool(row.key), left)
        plan.receipt = WrittenOff(row.key, show(row.behind, left))
    return plan


def _swept(facts: Facts, row: Any, keys: list[str], act: str, **fields: int) -> Plan:
    """The plan by which wallets give back what they have free, with one posting of all the money behind it."""
    asset, total, plan = voucher(row.key), 0, Plan()
    for ticket in facts.records("campaign_ticket", [ticket_key(row.key, one) for one in keys]):
        if ticket is None:
            raise Refusal("request.object_missing")
        address = f"wallet:{ticket.wallet}"
        posted, rest = facts.balance(address, asset)[0], facts.free(address, asset)
        if rest:
            total += rest
            plan.postings.append(Posting(address, f"campaign:{row.key}:returned", asset, rest))
            told = {"campaign": row.key, "amount": show(row.behind, rest)}
            plan.notices.append(Notice(ticket.person, "campaign.written_off", told))
        if posted == rest and ticket.stage == "claimed":
            after = step(TICKETS, ticket.stage, f"{act} rest" if rest else act)
            plan.changes.append(Change("campaign_ticket", ticket.key, {"stage": after}))
    if total:
        escrow, sponsor = f"campaign:{row.key}:escrow", f"sponsor:{row.sponsor}"
        plan.postings.append(Posting(escrow, sponsor, row.behind, total))
    fields["written_off"] = row.written_off + total
    plan.changes.append(Change("campaign_campaign", row.key, fields))
    plan.receipt = WrittenOff(row.key, show(row.behind, total))
    return plan


class Reconciled(msgspec.Struct, frozen=True):
    """The account of the campaign: issued = spent + returned, of which nobody claimed so much."""

    campaign: str
    issued: str
    spent: str
    returned: str
    unclaimed: str


def reconcile(facts: Facts, ask: Named) -> Plan:
    """The account is closed: not a fen is outstanding, and the escrow is empty."""
    row = campaign_of(facts, ask.campaign)
    runs_it(facts, row)
    stage = step(STAGES, row.stage, "campaign.reconcile")
    left = outstanding(facts, row)  # also what pays for lessons not yet given: it is settled when its contract ends
    if left:
        way = "campaign.write_off" if row.kind == "draw" else "campaign.take_back"
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[way], left=show(row.behind, left))
    asset = voucher(row.key)
    issued = -facts.balance(issuer(row.key), asset)[0]
    spent, returned = (facts.balance(f"campaign:{row.key}:{place}", asset)[0] for place in ("spent", "returned"))
    assert facts.balance(f"campaign:{row.key}:escrow", row.behind)[0] == 0, "nothing outstanding, so nothing behind it"
    change = Change("campaign_campaign", row.key, {"stage": stage})
    figures = [show(row.behind, units) for units in (issued, spent, returned, row.unclaimed)]
    return Plan(changes=[change], receipt=Reconciled(row.key, *figures))


def close(facts: Facts, ask: Named) -> Plan:
    """By two officers: the report is signed, and the campaign is over."""
    row = campaign_of(facts, ask.campaign)
    stage = step(STAGES, row.stage, "campaign.close")
    change = Change("campaign_campaign", row.key, {"stage": stage})
    return Plan(changes=[change], receipt=Staged(row.key, stage))


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one entry of the journal moved between a campaign and a merchant."""

    campaign: Key
    merchant: str
    day: str
    spent: int
    refunded: int


class Counted(msgspec.Struct, frozen=True):
    """The merchant's day so far."""

    spent: str
    refunded: str


def count(facts: Facts, ask: Count) -> Plan:
    """The merchant's day of this campaign has it: the report adds these days up."""
    key = f"{ask.campaign}:{ask.merchant}:{ask.day}"
    row = facts.record("campaign_taken", key)
    spent, refunded = (row.spent if row else 0) + ask.spent, (row.refunded if row else 0) + ask.refunded
    fields = {"spent": spent, "refunded": refunded, "times": (row.times if row else 0) + (1 if ask.spent else 0)}
    if row is None:
        fields |= {"campaign": ask.campaign, "merchant": ask.merchant, "day": ask.day}  # type: ignore[dict-item]
    change = Change("campaign_taken", key, fields, new=row is None)
    return Plan(changes=[change], receipt=Counted(show("CNY/2", spent), show("CNY/2", refunded)))


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `rings.measure` found of one shop; the parts are percent of what it took of the campaign."""

    merchant: Id
    payments: int
    units: int
    ring: int
    whole: int
    shops: int


class MarkShops(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day's look at a campaign's shops."""

    campaign: Key
    day: str
    shops: Annotated[list[Measured], Meta(max_length=100)] = []


class Marked(msgspec.Struct, frozen=True):
    """How many shops an officer has to look at since."""

    campaign: str
    marked: int


def mark_shops(facts: Facts, ask: MarkShops) -> Plan:
    """Shops that look as if they paid themselves are on the officers' list; nothing is taken from them by this."""
    changes = [Change("campaign_campaign", campaign_of(facts, ask.campaign).key, {"looked": ask.day})]
    keys = [f"{ask.campaign}:{shop.merchant}" for shop in ask.shops]
    marked = 0
    for key, shop, known in zip(keys, ask.shops, facts.records("campaign_mark", keys), strict=True):
        reason = _reason(facts, shop)
        if not reason or known is not None:
            continue
        fields = {
            "campaign": ask.campaign, "merchant": shop.merchant, "reason": reason, "payments": shop.payments,
            "units": shop.units, "since": facts.now,
        }  # fmt: skip
        changes.append(Change("campaign_mark", key, fields, new=True))
        marked += 1
    return Plan(changes=changes, receipt=Marked(ask.campaign, marked))


def _reason(facts: Facts, shop: Measured) -> str:
    """Why the terms mark the shop, or an empty text."""
    if shop.payments < facts.term("campaign.mark_payments"):
        return ""
    if shop.ring >= facts.term("campaign.mark_ring"):
        return "ring" if shop.shops > 1 else "staff"
    return "whole_packets" if shop.whole >= facts.term("campaign.mark_whole") else ""


class Judge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The marked shop, and whether an officer found it in order."""

    campaign: Key
    merchant: Id
    in_order: bool


def judge_mark(facts: Facts, ask: Judge) -> Plan:
    """The mark is settled: the shop is in order, or it takes the campaign's money no longer."""
    row = facts.must("campaign_mark", f"{ask.campaign}:{ask.merchant}")
    if row.stage != "marked":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    changes = [Change("campaign_mark", row.key, {"stage": "in_order" if ask.in_order else "barred"})]
    if not ask.in_order:
        known = facts.record("pay_purpose_merchant", row.key) is not None
        changes.append(Change("pay_purpose_merchant", row.key, {"stage": "removed"}, new=not known))
    return Plan(changes=changes, receipt=Staged(ask.campaign, "in_order" if ask.in_order else "barred"))
