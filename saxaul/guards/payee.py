"""The payee as it is known here: not the payer again, and no more in a day than it may receive.

Checks of a payee's name, age and reports come with the care programme and belong to the next place in the order.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Limit, Plan, Use

REFUSES = ("payee.party_same", "payee.limit_exceeded")
RECEIVED = "received"


def subject(merchant: str) -> str:
    """Under which name what a merchant received is counted."""
    return f"merchant:{merchant}"


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `payee.party_same`; a merchant's receiving limit becomes a limit the payer is not told."""
    payment = plan.payment
    assert payment is not None
    if payment.counted:
        return None
    if payment.payer == payment.payee:
        raise Refusal("payee.party_same")
    if not payment.merchant:
        return None
    merchant = facts.record("people_organisation", payment.merchant)
    if merchant.wallet and payment.payer == f"wallet:{merchant.wallet}":
        raise Refusal("payee.party_same")
    if not merchant.receives:  # not counted without a limit; one that is set later counts from then on
        return None
    name, day = subject(payment.merchant), facts.day
    return Verdict(
        uses=(Use(name, RECEIVED, day, payment.units, 1),),
        limits=(
            Limit(name, RECEIVED, day, "units", merchant.receives, "payee.limit_exceeded", payment.asset, quiet=True),
        ),
    )
