"""Money bound to a purpose is spent only where it may be.

The kinds of purpose money come with campaigns; the rule that binds them all stands here: units of a VOUCHER asset
leave a wallet only in a payment to a merchant, never to another person and never as cash.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel import assets
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Plan

_BOUND = frozenset({"VOUCHER", "COUPON"})


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `voucher.transfer_barred` where bound money would reach anything but a merchant's purpose."""
    payment = plan.payment
    assert payment is not None
    if payment.merchant:
        return None
    for posting in plan.postings:
        if assets.kind(posting.asset) in _BOUND and posting.debit.startswith("wallet:"):
            raise Refusal("voucher.transfer_barred")
    return None
