"""The end: what nobody spent goes back to the sponsor, wallet by wallet, then the pool, then the campaign is closed.

Each step is an act of its own with a derived id, so a sweep that stopped anywhere goes on, and twice is once. What is
held in a payment keeps its money until that payment is captured or over.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Change, Facts, Id, Notice, Plan, Posting, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.people.persons import unlisted
from saxaul.programmes.voucher import common as c
from saxaul.programmes.voucher.models import OVER
from saxaul.programmes.voucher.stages import HOLDING_STAGES, STAGES
from saxaul.programmes.voucher.take import fill


class NameHolding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one wallet has of one campaign."""

    campaign: Id
    wallet: Id


class WrittenOff(msgspec.Struct, frozen=True):
    """What went back of it."""

    campaign: str
    wallet: str
    stage: str
    returned: str


def write_off(facts: Facts, ask: NameHolding) -> Plan:
    """After the end: what the wallet did not spend is returned, and the money behind it is the sponsor's."""
    held = facts.must("voucher_holding", f"{ask.campaign}:{ask.wallet}")
    row = facts.must("voucher_campaign", held.campaign)
    asset, wallet = c.asset(row), f"wallet:{held.wallet}"
    if held.stage != "held" or facts.now < row.spend_until:
        return Plan(receipt=WrittenOff(row.key, held.wallet, held.stage, show(asset, 0)))
    units, posted = facts.free(wallet, asset), facts.balance(wallet, asset)[0]
    fields: dict[str, Any] = {"stage": HOLDING_STAGES["held", "voucher.write_off"]}
    if posted > units:
        fields = {"until": _later(facts)}
    elif not posted:
        fields = {"stage": HOLDING_STAGES["held", "voucher.write_off nothing left"]}
    known = facts.record("pay_bound", held.wallet)
    unbound = []
    if posted == units and known is not None and row.key in known.purposes.split():
        unbound = [Change("pay_bound", held.wallet, {"purposes": unlisted(known.purposes, row.key)})]
    told = {"campaign": row.key, "amount": show(asset, units)}
    owner = facts.must("people_wallet", held.wallet).person
    return Plan(
        postings=[
            Posting(wallet, c.returned(row.key), asset, units),
            Posting(c.escrow(row.key), c.sponsor(row), c.MONEY, c.behind(row, units)),
        ] if units else [],
        changes=[Change("voucher_holding", held.key, fields), *unbound],
        notices=[Notice(owner, "voucher.written_off", told)] if units and owner else [],
        receipt=WrittenOff(row.key, held.wallet, fields.get("stage", "held"), show(asset, units)),
    )  # fmt: skip


class EndRefunded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A coupon that a refund put back into a wallet, by the entry that did."""

    campaign: Id
    wallet: Id


def end_refunded(facts: Facts, ask: EndRefunded) -> Plan:
    """Where a campaign's terms say so, a coupon that was refunded has ended, and its money is the sponsor's."""
    row = facts.must("voucher_campaign", ask.campaign)
    asset, wallet = c.asset(row), f"wallet:{ask.wallet}"
    if row.comes_back or facts.free(wallet, asset) < 1:
        return Plan(receipt=WrittenOff(row.key, ask.wallet, "held", show(asset, 0)))
    return Plan(
        postings=[
            Posting(wallet, c.returned(row.key), asset, 1),
            Posting(c.escrow(row.key), c.sponsor(row), c.MONEY, c.behind(row, 1)),
        ],
        receipt=WrittenOff(row.key, ask.wallet, "written_off", show(asset, 1)),
    )


def _later(facts: Facts) -> int:
    return facts.now + int(facts.term("voucher.sweep_minutes")) * times.MINUTE


def close(facts: Facts, ask: c.NameCampaign) -> Plan:
    """Nothing is outstanding: the rest of the stock is returned, all money left is the sponsor's, the books are shut.

    As long as a wallet, a reservation or a payment still has some, only the next look is put off.
    """
    row = facts.must("voucher_campaign", ask.campaign)
    if row.stage in OVER or facts.now < row.spend_until:
        return Plan(receipt=c.Staged(row.key, row.stage))
    asset, home = c.asset(row), c.escrow(row.key)
    sources = [c.pool(row.key), c.today(row.key)] if row.day_stock else [c.pool(row.key)]
    free = {one: facts.free(one, asset) for one in sources}
    gone = sum(facts.balance(one, asset)[0] for one in (c.spent(row.key), c.returned(row.key)))
    if -facts.balance(c.issuer(row.key), asset)[0] - gone != sum(free.values()):
        put_off = Change("voucher_campaign", row.key, {"until": _later(facts)})
        return Plan(changes=[put_off], receipt=c.Staged(row.key, row.stage))
    stage, money = step(STAGES, row.stage, "voucher.close"), facts.free(home, c.MONEY)
    postings = [Posting(one, c.returned(row.key), asset, units) for one, units in free.items() if units]
    postings += [Posting(home, c.sponsor(row), c.MONEY, money)] if money else []
    change = Change("voucher_campaign", row.key, {"stage": stage})
    return Plan(postings=postings, changes=[change], receipt=c.Staged(row.key, stage))


def fill_day(facts: Facts, ask: c.NameCampaign) -> Plan:
    """The stock of the city's new day is filled, if nobody's claim has filled it before."""
    row = facts.must("voucher_campaign", ask.campaign)
    runs = row.stage == "running" and row.claim_from <= facts.now < row.claim_until
    changes, postings = fill(facts, row) if runs else ([], [])
    return Plan(postings=postings, changes=changes, receipt=c.Staged(row.key, row.stage))
