"""Money bound to a purpose is spent only where it may be.

Units of VOUCHER, COUPON and POINT leave a wallet only in a payment to a merchant that the campaign's record allows:
listed, of its category and region, within its time and hours, above its threshold, at most its share of the price.
Never to another person, never as cash, never for what is as good as cash (gift cards, another wallet's top-up).
Acts choose pockets by the same rule (`misfit`); the guard holds for those that did not.
"""

from __future__ import annotations

from typing import Any

from saxaul.guards.verdict import Verdict
from saxaul.kernel import assets, times
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Change, Plan

BOUND = frozenset({"VOUCHER", "COUPON", "POINT"})
REFUSES = ("voucher.transfer_barred", "purpose.use_mismatch", "voucher.spend_under")


def misfit(facts: Facts, purpose: Any, *, merchant: str, category: str, units: int) -> str:
    """The code that keeps a campaign's money from this purchase, or an empty text where it may be spent."""
    at = facts.at
    if category in (facts.term("pay.barred_categories") or ()):
        return "voucher.transfer_barred"
    if at < purpose.starts or (purpose.until and at >= purpose.until):
        return "purpose.use_mismatch"
    if purpose.categories and category not in purpose.categories.split():
        return "purpose.use_mismatch"
    if purpose.opens != purpose.shuts and not _open(purpose, at, facts.zone):
        return "purpose.use_mismatch"
    if purpose.regions:
        row = facts.record("people_organisation", merchant)
        if row is None or not any(inside(row.region, region) for region in purpose.regions.split()):
            return "purpose.use_mismatch"
    row = facts.record("pay_purpose_merchant", f"{purpose.key}:{merchant}")  # one that was taken off is refused at once
    if purpose.listed if row is None else row.stage != "active":
        return "purpose.use_mismatch"
    return "voucher.spend_under" if units < purpose.minimum else ""


def inside(place: str, region: str) -> bool:
    """Whether a place is the region or in it: `440303` (a district) is in `440300` (its city) and `440000`."""
    stem = region
    while stem.endswith("00"):
        stem = stem[:-2]
    return bool(place) and place.startswith(stem)


def _open(purpose: Any, at: int, zone: str) -> bool:
    """Whether the campaign's hours have this minute of the city's day."""
    clock = times.moment(at, zone)
    minute = clock.hour * 60 + clock.minute
    if purpose.opens < purpose.shuts:
        return bool(purpose.opens <= minute < purpose.shuts)
    return bool(minute >= purpose.opens or minute < purpose.shuts)


def most(purpose: Any, units: int) -> int:
    """The most money of the campaign that may go into a purchase of `units`."""
    return units * purpose.share // 100 if purpose.share else units


def barred(code: str, purpose: Any) -> Refusal:
    """The refusal that names the campaign, and the threshold where that is what was missed."""
    if code == "voucher.spend_under":
        return Refusal(code, campaign=purpose.key, minimum=show("CNY/2", purpose.minimum))
    return Refusal(code, campaign=purpose.key)


def bound_to(facts: Facts, wallet: str, campaign: str) -> list[Change]:
    """The change after which payments from `wallet` find the campaign's money; empty where they find it already."""
    row = facts.record("pay_bound", wallet)
    known = row.purposes.split() if row is not None else []
    if campaign in known:
        return []
    return [Change("pay_bound", wallet, {"purposes": " ".join([*known, campaign])}, new=row is None)]


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `voucher.transfer_barred`, `purpose.use_mismatch` and `voucher.spend_under`."""
    payment = plan.payment
    assert payment is not None
    if payment.counted:  # looked at when it was held; a campaign that ended since keeps its word
        return None
    for posting in plan.postings or (plan.opens[0].postings if plan.opens else ()):
        asset = posting.asset
        if asset == "ECNY/2" or assets.kind(asset) not in BOUND or not posting.debit.startswith("wallet:"):
            continue
        if not payment.merchant:
            raise Refusal("voucher.transfer_barred")
        purpose = facts.record("pay_purpose", assets.of(asset))
        if purpose is None:
            raise Refusal("purpose.use_mismatch", campaign=assets.of(asset))
        code = misfit(facts, purpose, merchant=payment.merchant, category=payment.category, units=payment.units)
        if code:
            raise barred(code, purpose)
        if purpose.share and posting.units * purpose.face > most(purpose, payment.units):
            raise barred("purpose.use_mismatch", purpose)
    return None
