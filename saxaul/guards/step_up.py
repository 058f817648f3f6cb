"""Above an amount the payer proves again that it is them: PIN or device key, bound to payee and amount.

The proof is made by the surface after `desk.try_pin` counted the try; here it is only compared. A missing proof is
never remembered: the payer proves and asks again under the same id.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Plan

NO_PIN_LIMIT = "pay.no_pin_limit"


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `actor.step_missing` when a person pays more than the no-PIN limit without a fitting proof."""
    payment = plan.payment
    assert payment is not None
    person = facts.actor.person
    if not person or "citizen" not in facts.actor.roles or payment.units <= facts.term(NO_PIN_LIMIT):
        return None
    for proof in facts.proofs:
        same = proof.person == person and proof.payee == payment.payee and proof.asset == payment.asset
        if same and proof.units == payment.units and proof.until > facts.now:
            return None
    raise Refusal("actor.step_missing", amount=show(payment.asset, payment.units))
