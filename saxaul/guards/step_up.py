"""Above an amount the payer proves again that it is them: PIN or device key, bound to payee and amount.

The proof is made by the surface after `desk.try_pin` counted the try; here it is only compared. A missing proof is
never remembered: the payer proves and asks again under the same id.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Payment, Plan

NO_PIN_LIMIT = "pay.no_pin_limit"
STRONG = frozenset({"pin", "device"})
REFUSES = ("actor.step_missing",)


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `actor.step_missing` when a person pays more than the no-PIN limit without a fitting proof."""
    payment = plan.payment
    assert payment is not None
    actor = facts.actor
    if not actor.person or payment.own or "citizen" not in actor.roles:
        return None
    if payment.units > facts.term(NO_PIN_LIMIT) and not proved(facts, payment):
        raise missing(payment)
    return None


def proved(facts: Facts, payment: Payment, kinds: frozenset[str] = STRONG) -> bool:
    """Whether a proof of one of these kinds fits person, payee, asset and units, and still counts."""
    person = facts.actor.person
    return any(
        proof.kind in kinds
        and proof.person == person
        and proof.payee == payment.payee
        and proof.asset == payment.asset
        and proof.units == payment.units
        and proof.until > facts.now
        for proof in facts.proofs
    )


def missing(payment: Payment) -> Refusal:
    """The refusal that says what is to be proved: a surface makes the proof for exactly this."""
    return Refusal(
        "actor.step_missing", asked=show(payment.asset, payment.units), payee=payment.payee, asset=payment.asset
    )
