"""What a tier allows: per payment, day and year for the payer, the balance for the payee, and fixed codes per day.

The limits are dated terms (`tier.<n>.payment_limit` …). The guard adds usage and limits; the ledger counts and enforces
them in the same unit of work, so fifty payments at one moment cannot slip past a day's total.
"""

from __future__ import annotations

from saxaul.guards.verdict import Verdict
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Bound, Limit, Payment, Plan, Use

STATIC_DAY = "pay.static_code_day_limit"


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `tier.payment_exceeded`; the rest of the tier's limits become limits and bounds of the plan."""
    payment = plan.payment
    assert payment is not None
    uses: tuple[Use, ...] = ()
    limits: tuple[Limit, ...] = ()
    if payment.payer.startswith("wallet:") and not payment.own:
        uses, limits = _payer(facts, payment)
    bounds = _payee(facts, payment)
    return Verdict(uses=uses, limits=limits, bounds=bounds) if (uses or bounds) else None


def _payer(facts: Facts, payment: Payment) -> tuple[tuple[Use, ...], tuple[Limit, ...]]:
    wallet = facts.record("people_wallet", payment.payer[7:])
    stem = f"tier.{wallet.tier}."
    units, day, asset, counter = payment.units, facts.day, payment.asset, payment.kind
    most = facts.term(stem + "payment_limit")
    if most is not None and units > most:
        raise Refusal("tier.payment_exceeded", limit=show(asset, most), amount=show(asset, units))
    subject = payment.payer
    uses = [Use(subject, counter, day, units, 1)]
    limits = []
    total = facts.term(stem + "day_total_limit")
    if total is not None:
        limits.append(Limit(subject, counter, day, "units", total, "tier.day_exceeded", asset))
    total = facts.term(stem + "year_total_limit")
    if total is not None:
        limits.append(Limit(subject, counter, day[:4], "units", total, "tier.year_exceeded", asset))
    times = facts.term(stem + "day_count_limit")
    if times is not None:
        limits.append(Limit(subject, counter, day, "times", times, "tier.count_exceeded", asset))
    if payment.fixed_code:
        uses.append(Use(subject, "static", day, units, 1))
        limits.append(Limit(subject, "static", day, "units", facts.term(STATIC_DAY), "tier.static_exceeded", asset))
    return tuple(uses), tuple(limits)


def _payee(facts: Facts, payment: Payment) -> tuple[Bound, ...]:
    """The receiving wallet may not rise above its tier's balance; own money back is exempt (`kind` return)."""
    if not payment.payee.startswith("wallet:") or payment.kind == "return":
        return ()
    wallet = facts.record("people_wallet", payment.payee[7:])
    if wallet is None or wallet.stage == "closed":
        raise Refusal("payee.account_missing")
    most = facts.term(f"tier.{wallet.tier}.balance_limit")
    if most is None:
        return ()
    return (Bound(payment.payee, payment.asset, "tier.balance_exceeded", at_most=most),)
