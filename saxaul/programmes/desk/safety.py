"""PIN and consent: what only the person decides, and what is counted so that nobody else can.

Tries of a PIN are counted by an act of their own and committed before the surface tells the verdict.
"""

from __future__ import annotations

import msgspec

from saxaul.engine import Change, Code, Facts, Id, Plan, Refusal
from saxaul.kernel import times
from saxaul.people.persons import active_person, own_person
from saxaul.people.private import Vaulted, mark

SET_PIN = "desk.set_pin"  # a proof for setting a PIN names this act as its payee


class SetPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Six digits. Where a PIN stands, a proof (the old PIN, or the telephone by a code) travels beside the ask."""

    pin: Vaulted


class PinSet(msgspec.Struct, frozen=True):
    """Since when the PIN counts."""

    since: str


def set_pin(facts: Facts, ask: SetPin) -> Plan:
    """The new PIN counts, its tries at none; the hash goes to the vault and never into the journal."""
    person = own_person(facts)
    mark(ask.pin)
    row = facts.record("people_pin", person.key)
    if row is not None and not _proved(facts, person.key, locked=row.locked_until > facts.now):
        raise Refusal("actor.step_missing")
    fields = {"tries": 0, "locked_until": 0, "since": facts.now}
    change = Change("people_pin", person.key, fields, new=row is None)
    return Plan(changes=[change], receipt=PinSet(times.text(facts.now)))


def _proved(facts: Facts, person: str, *, locked: bool) -> bool:
    """The old PIN serves while it is not locked; the telephone proved by a code always."""
    kinds = ("phone",) if locked else ("pin", "phone")
    return any(
        proof.person == person and proof.payee == SET_PIN and proof.kind in kinds and proof.until > facts.now
        for proof in facts.proofs
    )


class TryPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the PIN that somebody typed for this person was right, as the surface found by its hash."""

    person: Id
    right: bool


class Counted(msgspec.Struct, frozen=True):
    """The verdict that may be told now, the tries left, and until when the PIN is locked (empty: it is not)."""

    right: bool
    left: int
    until: str


def try_pin(facts: Facts, ask: TryPin) -> Plan:
    """The try is counted; only after this is durable may its verdict be told, and a locked PIN has no verdict."""
    active_person(facts, ask.person)
    row = facts.must("people_pin", ask.person)
    if row.locked_until > facts.now:
        raise Refusal("actor.pin_locked", until=times.text(row.locked_until))
    most = facts.term("desk.pin_tries_max")
    if ask.right:
        changes = [Change("people_pin", ask.person, {"tries": 0, "locked_until": 0})] if row.tries else []
        return Plan(changes=changes, receipt=Counted(True, most, ""))
    tries, until = row.tries + 1, 0
    if tries >= most:
        tries, until = 0, facts.now + facts.term("desk.pin_lock_seconds") * times.SECOND
    change = Change("people_pin", ask.person, {"tries": tries, "locked_until": until})
    left = 0 if until else most - tries
    return Plan(changes=[change], receipt=Counted(False, left, times.text(until) if until else ""))


class GiveConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The purpose, and the version of the text the person read."""

    purpose: Code
    version: Code


class WithdrawConsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The purpose: withdrawing is as short as giving."""

    purpose: Code


class ConsentKept(msgspec.Struct, frozen=True):
    """What stands now; the journal keeps every change."""

    purpose: str
    stage: str
    version: str
    since: str


def give_consent(facts: Facts, ask: GiveConsent) -> Plan:
    """The person's consent to this purpose stands, to the text of this version."""
    person = own_person(facts)
    if ask.purpose not in facts.term("desk.purposes"):
        raise Refusal("request.object_missing")
    key = f"{person.key}:{ask.purpose}"
    row = facts.record("people_consent", key)
    fields = {
        "person": person.key, "purpose": ask.purpose, "stage": "given", "text_version": ask.version,
        "given": facts.now, "since": facts.now,
    }  # fmt: skip
    change = Change("people_consent", key, fields, new=row is None)
    return Plan(changes=[change], receipt=ConsentKept(ask.purpose, "given", ask.version, times.text(facts.now)))


def withdraw_consent(facts: Facts, ask: WithdrawConsent) -> Plan:
    """The consent has ended, from the next act on; what was done under it stays done."""
    person = own_person(facts)
    row = facts.must("people_consent", f"{person.key}:{ask.purpose}")
    change = Change("people_consent", row.key, {"stage": "withdrawn", "since": facts.now})
    receipt = ConsentKept(ask.purpose, "withdrawn", row.text_version, times.text(facts.now))
    return Plan(changes=[change], receipt=receipt)
