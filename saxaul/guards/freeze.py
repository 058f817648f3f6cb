"""Frozen pays nothing and still receives; a payee that is closed or suspended is told before money moves."""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Plan


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `wallet.stage_frozen` and `wallet.stage_closed` of the payer, `merchant.stage_suspended` of the payee."""
    payment = plan.payment
    assert payment is not None
    if payment.merchant:
        organisation = facts.record("people_organisation", payment.merchant)
        if organisation is not None and organisation.stage != "active":
            raise Refusal("merchant.stage_suspended")
    if not payment.payer.startswith("wallet:"):
        return None
    wallet = facts.record("people_wallet", payment.payer[7:])
    assert wallet is not None, f"{act} pays from a wallet that was never opened"
    if wallet.stage == "frozen":
        raise Refusal("wallet.stage_frozen")
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    return None
