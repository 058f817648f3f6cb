"""Money bound to a purpose is spent only where it may be.

Units of VOUCHER, COUPON and POINT leave a wallet only in a payment to a merchant that the campaign's record allows:
listed, of its category, within its time, above its threshold. Never to another person and never as cash. Acts choose
pockets by the same rule (`misfit`); the guard holds for those that did not.
"""

from __future__ import annotations

from typing import Any

from saxaul.guards.verdict import Verdict
from saxaul.kernel import assets
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Change, Plan

BOUND = frozenset({"VOUCHER", "COUPON", "POINT"})
REFUSES = ("voucher.transfer_barred", "purpose.use_mismatch", "voucher.spend_under")


def misfit(facts: Facts, purpose: Any, *, merchant: str, category: str, units: int) -> str:
    """The code that keeps a campaign's money from this purchase, or an empty text where it may be spent."""
    at = facts.at
    if at < purpose.starts or (purpose.until and at >= purpose.until):
        return "purpose.use_mismatch"
    if purpose.categories and category not in purpose.categories.split():
        return "purpose.use_mismatch"
    if purpose.listed:
        row = facts.record("pay_purpose_merchant", f"{purpose.key}:{merchant}")
        if row is None or row.stage != "active":
            return "purpose.use_mismatch"
    return "voucher.spend_under" if units < purpose.minimum else ""


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
    return None
