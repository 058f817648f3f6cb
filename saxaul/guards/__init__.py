"""Guards stand between plan and unit of work: each is one file and one function of the same shape.

A guard reads the facts and the plan and returns a `Verdict`, or None when it has nothing to say. It may refuse, may add
usage, limits and bounds that the ledger enforces in the same unit, or may report findings. Known, absolute and cheap
ones come first; `PLACES` is that order and nothing else. A place without a guard is where one is going to stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from saxaul.guards import freeze, grade, payee, purpose, step_up, tier
from saxaul.guards.verdict import Finding, Verdict, join
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Payment, Plan

Guard = Callable[[Facts, str, Plan], Verdict | None]

PLACES: Final[tuple[tuple[str, Guard | None], ...]] = (
    ("freeze and lists", freeze.guard),
    ("role and consent", grade.guard),
    ("tier and usage", tier.guard),
    ("purpose of bound money", purpose.guard),
    ("own limits", None),  # care: what a person set for themselves
    ("payee", payee.guard),
    ("velocity", None),  # care: how much, how often, to how many
    ("novelty", None),  # care: new payee, device, hour; elder
    ("score", None),  # care: what a model says
    ("rules", None),  # operators' CEL, assessed before the queue; its findings come with the request
    ("proof", step_up.guard),
)
ORDER: Final[tuple[Guard, ...]] = tuple(guard for _, guard in PLACES if guard is not None)
REFUSES: Final = (
    "wallet.stage_frozen", "wallet.stage_closed", *grade.REFUSES, *tier.REFUSES, *purpose.REFUSES, *payee.REFUSES,
    *step_up.REFUSES,
)  # fmt: skip
VERSION = "g2"

CONFIRMED = frozenset({"confirm", "pin", "device"})


def judge(facts: Facts, act: str, plan: Plan, order: Sequence[Guard] = ORDER) -> None:
    """Let every guard look at a plan that pays; what they add becomes part of the plan, what they found is joined."""
    payment = plan.payment
    if payment is None:
        return
    findings: list[Finding] = []
    for guard in order:
        verdict = guard(facts, act, plan)
        if verdict is None:
            continue
        if verdict.uses or verdict.limits:
            plan.uses = [*plan.uses, *verdict.uses]
            plan.limits = [*plan.limits, *verdict.limits]
        if verdict.bounds:
            plan.bounds = [*plan.bounds, *verdict.bounds]
        if verdict.notes:
            plan.notes = [*plan.notes, *verdict.notes]
        if verdict.findings:
            findings += verdict.findings
    if findings:
        _oblige(facts, payment, plan, findings)


def _oblige(facts: Facts, payment: Payment, plan: Plan, findings: list[Finding]) -> None:
    """Refuse or note what the findings come to; a refused act moves nothing and says why."""
    outcome = join(findings)
    reasons = list(outcome.reasons)
    if outcome.outcome == "deny":
        raise Refusal("care.payment_denied", findings=reasons)
    if outcome.most is not None and payment.units > outcome.most:
        raise Refusal("care.amount_capped", limit=show(payment.asset, outcome.most), findings=reasons)
    if "step_up" in outcome.obligations and not step_up.proved(facts, payment):
        raise step_up.missing(payment)
    if "confirm" in outcome.obligations and not step_up.proved(facts, payment, CONFIRMED):
        raise Refusal("care.confirmation_missing", findings=reasons)
    assert outcome.outcome != "hold" and "delay" not in outcome.obligations, "an act that can be held makes the hold"
    plan.notes = [*plan.notes, *reasons]
