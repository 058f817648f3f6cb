"""What a tier allows: per payment, day and year for the payer, the balance for the payee, and fixed codes per day.

The limits are dated terms (`tier.<n>.payment_limit` …); those of the day of `at` count, so a late entry is judged by
the limits of when it happened. The guard adds usage and limits; the ledger counts and enforces them in the same unit of
work, so fifty payments at one moment cannot slip past a day's total. A wallet opened with a foreign telephone number
has the limits published for those, where there are any, as long as it is of the weakest tier.
"""

from __future__ import annotations

from typing import Any

from saxaul.guards.verdict import Verdict
from saxaul.kernel.amounts import show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Bound, Limit, Payment, Plan, Use

STATIC_DAY = "pay.static_code_day_limit"
WEAKEST = 4
REFUSES = (
    "tier.payment_exceeded", "tier.day_exceeded", "tier.count_exceeded", "tier.year_exceeded", "tier.balance_exceeded",
    "tier.static_exceeded", "payee.account_missing",
)  # fmt: skip

_NAMES = {
    tier: tuple(f"tier.{tier}.{what}_limit" for what in ("payment", "day_total", "year_total", "day_count"))
    for tier in range(1, WEAKEST + 1)
}
_BALANCES = {tier: f"tier.{tier}.balance_limit" for tier in range(1, WEAKEST + 1)}


def guard(facts: Facts, act: str, plan: Plan) -> Verdict | None:
    """Refuses `tier.payment_exceeded`; the rest of the tier's limits become limits and bounds of the plan."""
    payment = plan.payment
    assert payment is not None
    if payment.counted:
        return None
    uses: tuple[Use, ...] = ()
    limits: tuple[Limit, ...] = ()
    if payment.payer.startswith("wallet:") and not payment.own:
        uses, limits = _payer(facts, payment)
    bounds = _payee(facts, payment) if payment.payee.startswith("wallet:") else ()
    return Verdict(uses=uses, limits=limits, bounds=bounds) if (uses or bounds) else None


def allowed(facts: Facts, wallet: Any) -> tuple[int | None, int | None, int | None, int | None]:
    """(payment, day total, year total, day count) that the wallet's tier allows; None where there is no limit."""
    term = facts.term
    payment, day, year, count = _NAMES[wallet.tier]
    limits = term(payment), term(day), term(year), term(count)
    if wallet.foreign_phone and wallet.tier == WEAKEST:
        abroad = term("tier.foreign.payment_limit"), term("tier.foreign.day_total_limit")
        least = [a if b is None else b if a is None else min(a, b) for a, b in zip(limits, abroad)]
        return least[0], least[1], limits[2], limits[3]
    return limits


def _payer(facts: Facts, payment: Payment) -> tuple[tuple[Use, ...], tuple[Limit, ...]]:
    subject, asset, units, counter = payment.payer, payment.asset, payment.units, payment.kind
    most, day_total, year_total, count = allowed(facts, facts.record("people_wallet", subject[7:]))
    if most is not None and units > most:
        raise Refusal("tier.payment_exceeded", limit=show(asset, most), asked=show(asset, units))
    day = facts.day
    uses: tuple[Use, ...] = (Use(subject, counter, day, units, 1),)
    limits = []
    if day_total is not None:
        limits.append(Limit(subject, counter, day, "units", day_total, "tier.day_exceeded", asset))
    if year_total is not None:
        limits.append(Limit(subject, counter, day[:4], "units", year_total, "tier.year_exceeded", asset))
    if count is not None:
        limits.append(Limit(subject, counter, day, "times", count, "tier.count_exceeded", asset))
    if payment.fixed_code:
        uses = (*uses, Use(subject, "static", day, units, 1, 1))
        limits.append(Limit(subject, "static", day, "units", facts.term(STATIC_DAY), "tier.static_exceeded", asset))
    return uses, tuple(limits)


def _payee(facts: Facts, payment: Payment) -> tuple[Bound, ...]:
    """The receiving wallet may not rise above its tier's balance; own money back is exempt (`kind` return)."""
    wallet = facts.record("people_wallet", payment.payee[7:])
    if wallet is None or wallet.stage == "closed":
        raise Refusal("payee.account_missing")
    most = facts.term(_BALANCES[wallet.tier]) if payment.kind != "return" else None
    return () if most is None else (Bound(payment.payee, payment.asset, "tier.balance_exceeded", at_most=most),)
