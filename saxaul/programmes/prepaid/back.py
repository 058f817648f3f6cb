"""Unused money goes back: on the guardian's or school's word, when validity is over, when the school closes.

The school's balance has no part in any of it. Lessons in dispute stay until they are ruled.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Facts, Id, Notice, Plan, Refusal, step
from saxaul.kernel import times
from saxaul.programmes.prepaid import common
from saxaul.programmes.prepaid.common import RETURNED, UNUSED, Returned
from saxaul.programmes.prepaid.contracts import Named
from saxaul.programmes.prepaid.stages import STAGES


class Refund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many unused lessons go back (0: all). `amount`: what was shown; nothing moves if a lesson was given since."""

    contract: Id
    lessons: Annotated[int, Meta(ge=0, le=common.LESSONS_MAX)] = 0
    amount: Amount | None = None


def refund(facts: Facts, ask: Refund) -> Plan:
    """The price of the lessons not given is back with whoever paid it; the school keeps what it earned."""
    row = common.own_contract(facts, ask.contract)
    left = common.unused(row)
    if ask.lessons > len(left) > 0:
        raise Refusal("request.field_invalid", fields=[f"lessons: at most {len(left)}"])
    numbers = left[len(left) - ask.lessons :] if ask.lessons else left
    if row.sources and ask.amount is not None and ask.amount.units != common.worth(row, numbers):
        raise Refusal("contract.lesson_released")
    return _returned(facts, row, numbers, _way(facts, row, numbers, left))


def _way(facts: Facts, row: Any, numbers: list[int], left: list[int]) -> str:
    if len(numbers) < len(left):
        return "prepaid.refund part"
    fresh = len(left) == row.lessons and facts.at < row.funded_at + row.cooling_days * times.DAY
    return "prepaid.refund cooling" if fresh and row.stage == "funded" else "prepaid.refund"


def expire(facts: Facts, ask: Named) -> Plan:
    """Validity is over: what was not used is back with the payer; a contract nobody paid is gone."""
    row = facts.must("prepaid_contract", ask.contract)
    if facts.at < row.until:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    return _returned(facts, row, common.unused(row), "prepaid.expire")


def return_closed(facts: Facts, ask: Named) -> Plan:
    """The school closed: the contract's unused money is back with its payer."""
    row = facts.must("prepaid_contract", ask.contract)
    school = facts.record("prepaid_school", row.merchant)
    if school is None or school.stage != "closed":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["prepaid.close_school"])
    return _returned(facts, row, common.unused(row), "prepaid.return_closed")


def _returned(facts: Facts, row: Any, numbers: list[int], way: str) -> Plan:
    stage = step(STAGES, row.stage, way)
    if row.ends_as or (not numbers and way == "prepaid.refund"):  # only lessons in dispute are left
        raise Refusal("request.stage_wrong", stage=row.ends_as or row.stage, ways=["prepaid.rule"])
    paid = bool(row.sources)
    postings, changes, parts = common.to_payer(facts, row, numbers if paid else [])
    units = common.worth(row, numbers) if paid else 0
    states = common.marked(row.states, numbers, RETURNED)
    fields = {"states": states, "returned": row.returned + units, "stage": stage}
    if stage == "suspended" and UNUSED not in states and way != "prepaid.refund part":
        fields["ends_as"] = STAGES["active", way]
    told = {"contract": row.key, "merchant": row.merchant, "amount": common.yuan(units)}
    return Plan(
        postings=postings,
        changes=[common.kept(row, **fields), *changes],
        notices=[Notice(row.guardian, "prepaid.returned", told)] if units else [],
        receipt=Returned(
            row.key, len(numbers) if paid else 0, common.yuan(units), common.said(parts), stage, row.disputed, row.text
        ),
    )
