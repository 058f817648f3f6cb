"""What acts of merchants share: whose programme, which merchant, a paid order and its payer, what hangs on it.

Whatever counts once for a human counts by the natural person, so a second telephone gives no second cup.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from saxaul.engine import Amount, Change, Facts, Refusal
from saxaul.kernel import times
from saxaul.people.persons import natural_of, words
from saxaul.programmes.merchant.places import PAID


def running(facts: Facts, programme: str) -> Any:
    """The programme while it runs; refuses `request.object_missing`, and `request.stage_wrong` once it is over."""
    row = facts.must("merchant_programme", programme)
    if row.stage != "open" or (row.until and facts.at >= row.until):
        raise Refusal("request.stage_wrong", stage=row.stage if row.stage != "open" else "ended")
    return row


def end_of(day: str) -> int:
    """The first instant after the day, 0 for no day; refuses `request.field_invalid` for a day no calendar has."""
    if not day:
        return 0
    try:
        return times.start_of_day(times.next_day(day))
    except ValueError:
        raise Refusal("request.field_invalid", fields=["until: a day of the calendar"]) from None


def employer(facts: Facts, kinds: tuple[str, ...] = ("merchant",)) -> Any:
    """The actor's organisation; refuses `request.object_missing` and `merchant.stage_suspended`."""
    row = facts.record("people_organisation", facts.actor.organisation) if facts.actor.organisation else None
    if row is None or row.kind not in kinds:
        raise Refusal("request.object_missing")
    if row.stage != "active":
        raise Refusal("merchant.stage_suspended")
    return row


def member_of(facts: Facts, programme: str, merchant: str) -> Any:
    """The merchant's membership while it lasts; refuses `request.object_missing`."""
    row = facts.record("merchant_member", f"{programme}:{merchant}")
    if row is None or row.stage != "active":
        raise Refusal("request.object_missing")
    return row


def paid_order(facts: Facts, order: str, merchant: str = "") -> Any:
    """The order, paid and not given back; refuses `behaviour.order_missing`, also for another merchant's."""
    row = facts.record("pay_order", order)
    if row is None or row.stage not in PAID or (merchant and row.merchant != merchant):
        raise Refusal("behaviour.order_missing")
    return row


def payer_of(facts: Facts, order: Any) -> str:
    """The natural person who paid an order, empty where an organisation did."""
    wallet = facts.record("people_wallet", order.payer) if order.payer else None
    return natural_of(facts, wallet.person) if wallet is not None and wallet.person else ""


def hung(facts: Facts, order: str, **fields: str) -> list[Change]:
    """The change that hangs these words on an order: lists grow, a coupon is set."""
    row = facts.record("merchant_paid", order)
    new: dict[str, Any] = {}
    for name, value in fields.items():
        known = words(getattr(row, name)) if row is not None else []
        new[name] = " ".join(dict.fromkeys([*known, *words(value)])) if name != "coupon" else value
    return [Change("merchant_paid", order, new, new=row is None)]


def yuan(amount: Amount | None, name: str) -> int:
    """Units of an amount of yuan, zero or more, zero where none is named; refuses `request.field_invalid`."""
    if amount is None:
        return 0
    if amount.asset != "CNY/2" or amount.units < 0:
        raise Refusal("request.field_invalid", fields=[f"{name}: zero or more, in CNY"])
    return amount.units


def monday(day: str) -> str:
    """The Monday of the week in which the day lies."""
    parsed = date.fromisoformat(day)
    return (parsed - timedelta(days=parsed.weekday())).isoformat()
