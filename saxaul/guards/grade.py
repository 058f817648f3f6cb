"""Some kinds of payment ask for a better verified wallet than others.

The weakest tier that may do a kind stands in the terms (`tier.weakest.<kind>`); a kind without such a term is open to
all. Ordinary purchases are never asked, since tier 4 was made for them.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Plan

REFUSES = ("tier.grade_low",)
GRADED = {"send": "tier.weakest.send"}


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `tier.grade_low`, naming the tier that is needed."""
    payment = plan.payment
    assert payment is not None
    name = GRADED.get(payment.kind)
    if name is None or payment.own:
        return None
    weakest = facts.term(name)
    wallet = facts.record("people_wallet", payment.payer[7:])
    if weakest is not None and wallet.tier > weakest:
        raise Refusal("tier.grade_low", tier=weakest)
    return None
