"""Printed codes that fall silent: somebody may have pasted another one over them.

Nobody but the merchant can look at the wall, so the merchant is told, once for each silence and without a guess at who
did it. A shop that was closed reads it and goes on.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Id, Notice, Plan, Refusal
from saxaul.kernel import times

MANAGERS_MAX = 16


class WarnSilent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code, the last day on which somebody paid to it, and the credentials of whoever manages its merchant."""

    key: Id
    last: Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    managers: Annotated[list[Id], Meta(max_length=MANAGERS_MAX)] = []


class Warned(msgspec.Struct, frozen=True):
    """How many persons were told."""

    key: str
    told: int


def warn_silent(facts: Facts, ask: WarnSilent) -> Plan:
    """The merchant's managers know that nobody paid to a code that used to be paid; a second time nothing happens."""
    row = facts.record("pay_code", ask.key)
    if row is None or row.kind != "static":
        raise Refusal("request.object_missing")
    first = times.start_of_day(times.next_day(ask.last), facts.zone)  # of the silence
    quiet = (times.start_of_day(facts.day, facts.zone) - first) // times.DAY
    known = row.stage != "open" or row.paid_day != ask.last or row.told_day == ask.last
    if known or quiet < facts.term("pay.silent_code_days"):
        return Plan(receipt=Warned(row.key, 0))
    change = Change("pay_code", row.key, {"told_day": ask.last})
    used = row.paid_days >= facts.term("pay.silent_code_used_days")  # tried once or twice: its silence means nothing
    if not used or facts.must("people_organisation", row.merchant).stage != "active":
        return Plan(changes=[change], receipt=Warned(row.key, 0))
    persons: dict[str, None] = {}
    for one in facts.records("people_credential", ask.managers):
        if one is not None and one.stage == "active" and one.organisation == row.merchant:
            persons |= {one.person: None} if one.person and "manager" in one.roles.split() else {}
    told = {"code": row.key, "merchant": row.merchant, "shop": row.shop, "last": ask.last}
    notices = [Notice(person, "pay.code_silent", told) for person in persons]
    return Plan(changes=[change], notices=notices, receipt=Warned(row.key, len(notices)))
