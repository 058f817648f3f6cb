"""What becomes of a bubble: its owner collects it, or it expires; a debt from a reversal is paid first."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Change, Facts, Plan, Posting, Refusal
from saxaul.kernel import times
from saxaul.programmes.green import common
from saxaul.programmes.green.common import EXPIRED, GREEN, Lots, OneLot


class Collect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Own bubbles; all of them are collected, or none where one cannot be."""

    lots: Lots


class Collected(msgspec.Struct, frozen=True):
    """How much came out of the bubbles, what of it paid a debt, and what has arrived."""

    lots: int
    energy: str
    repaid: str
    arrived: str


def collect(facts: Facts, ask: Collect) -> Plan:
    """The bubbles are empty and their energy is the owner's, less what was owed; two devices at once: one of them."""
    person, record = common.actor(facts)
    if len(set(ask.lots)) < len(ask.lots):
        raise Refusal("request.field_invalid", fields=["lots: each bubble once"])
    rows = facts.records("green_grant", ask.lots)
    postings, changes, total = [], [], 0
    for row in rows:
        if row is None or row.person != person:
            raise Refusal("request.object_missing")
        common.must_be_ripe(facts, row)
        units = common.rest_of(row)
        postings.append(Posting(common.bubble(person, row.key), common.green(person), GREEN, units))
        changes.append(Change("green_grant", row.key, {"stage": "gathered", "gathered": row.gathered + units}))
        total += units
    back, due = common.repay(facts, person, total)
    return Plan(
        postings=[*postings, *back], changes=[*changes, *common.gather(facts, person, record, total)],
        receipt=Collected(len(rows), common.grams(total), common.grams(due), common.grams(total - due)),
    )  # fmt: skip


class Expired(msgspec.Struct, frozen=True):
    """What had not been collected."""

    lot: str
    energy: str


def expire(facts: Facts, ask: OneLot) -> Plan:
    """What nobody collected is gone; a friend may bring it back for a while. Anything else is left alone."""
    row = facts.must("green_grant", ask.lot)
    if row.stage != "open" or facts.now < row.expires_at:
        return Plan(receipt=Expired(row.key, common.grams(0)))
    rest = common.rest_of(row)
    postings = [Posting(common.bubble(row.person, row.key), EXPIRED, GREEN, rest)] if rest else []
    change = Change("green_grant", row.key, {"stage": "expired", "rest": rest})
    return Plan(postings=postings, changes=[change], receipt=Expired(row.key, common.grams(rest)))


def unswept(row: Any) -> tuple[str, int]:
    """(account, units) of what a bubble that has expired still holds, swept already or not."""
    if row.stage == "expired":
        return EXPIRED, row.rest
    return common.bubble(row.person, row.key), common.rest_of(row)


def may_revive(facts: Facts, row: Any) -> None:
    """Refuses what cannot be brought back: not expired yet, collected, reversed, revived before, or too long ago."""
    if row.stage == "reversed":
        raise Refusal("green.lot_reversed")
    if row.stage in ("gathered", "none"):
        raise Refusal("green.lot_collected")
    if row.stage == "open" and facts.now < row.expires_at:
        raise Refusal("request.stage_wrong", stage="open", ways=["green.collect"])
    end = row.expires_at + facts.term("green.revive_hours") * times.HOUR
    if row.stage == "revived" or facts.now >= end or (row.stage == "expired" and not row.rest):
        raise Refusal("green.lot_expired", end=times.text(end))
