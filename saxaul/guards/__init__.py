"""Guards stand between plan and unit of work: each is one file and one function of the same shape.

A guard reads the facts and the plan and returns a `Verdict`, or None when it has nothing to say. It may refuse, may add
usage, limits and bounds that the ledger enforces in the same unit, or may ask for something first. Known, absolute and
cheap ones come first; the order is this tuple and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from saxaul.guards import freeze, purpose, step_up, tier
from saxaul.guards.verdict import Verdict
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Plan

Guard = Callable[[Facts, str, Plan], Verdict | None]

ORDER: tuple[Guard, ...] = (freeze.guard, tier.guard, purpose.guard, step_up.guard)
VERSION = "g1"


def judge(facts: Facts, act: str, plan: Plan) -> None:
    """Let every guard look at a plan that pays; what they add becomes part of the plan."""
    if plan.payment is None:
        return
    for guard in ORDER:
        verdict = guard(facts, act, plan)
        if verdict is not None:
            plan.uses = [*plan.uses, *verdict.uses]
            plan.limits = [*plan.limits, *verdict.limits]
            plan.bounds = [*plan.bounds, *verdict.bounds]
            plan.notes = [*plan.notes, *verdict.notes]
