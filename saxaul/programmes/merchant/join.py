"""A programme of points: opened by two officers, paid for by sponsors, joined by merchants of any sector."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, Text
from saxaul.kernel.amounts import show
from saxaul.people.persons import made, own_person
from saxaul.people.wallets import from_sponsor
from saxaul.programmes.merchant.asks import Behaviour, Day, Evidence, MaybeText, Staged
from saxaul.programmes.merchant.common import employer, end_of, running
from saxaul.programmes.merchant.places import issuer, point, pool

Points = Annotated[int, Meta(ge=1, le=10**12)]


class OpenProgramme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its public name, how many points it may give, until when, and how long a lot lives (else as the terms say)."""

    name: Text
    points: Points
    name_en: MaybeText = ""
    until: Day = ""
    lot_days: Annotated[int, Meta(ge=1, le=730)] | None = None
    ecny: bool = False


class Opened(msgspec.Struct, frozen=True):
    """The programme, and what stands in its pool."""

    programme: str
    points: str


class Fund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sponsor's own money for the merchants of a programme, from its account or else its wallet."""

    programme: Id
    amount: Amount


class Funded(msgspec.Struct, frozen=True):
    """What the sponsor gave."""

    programme: str
    amount: str


class NameProgramme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A programme."""

    programme: Id


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which behaviours count at this merchant, and how it shows them."""

    programme: Id
    behaviours: Annotated[list[Behaviour], Meta(min_length=1, max_length=8)]
    evidence: Annotated[list[Evidence], Meta(min_length=1, max_length=3)]


class SignedUp(msgspec.Struct, frozen=True):
    """Since when the person takes part."""

    programme: str
    first: bool


def open_programme(facts: Facts, ask: OpenProgramme) -> Plan:
    """By two officers: all points the programme may ever give stand in its pool."""
    key = made(facts.id, "programme")
    fields = {
        "name": ask.name, "name_en": ask.name_en, "until": end_of(ask.until), "points": ask.points,
        "lot_days": ask.lot_days or facts.term("merchant.lot_days"), "money": "ECNY/2" if ask.ecny else "CNY/2",
        "since": facts.now,
    }  # fmt: skip
    return Plan(
        postings=[Posting(issuer(key), pool(key), point(key), ask.points)],
        changes=[Change("merchant_programme", key, fields, new=True)],
        receipt=Opened(key, show(point(key), ask.points)),
    )


def fund_programme(facts: Facts, ask: Fund) -> Plan:
    """The sponsor's money stands in the pool; it pays merchants when benefits are used, and nothing else."""
    sponsor = employer(facts, ("sponsor",))
    programme = running(facts, ask.programme)
    if ask.amount.asset != programme.money or ask.amount.units <= 0:
        raise Refusal("request.field_invalid", fields=[f"amount: above zero, in {programme.money[:-2]}"])
    given = from_sponsor(facts, sponsor, pool(programme.key), ask.amount)
    return Plan(postings=given, receipt=Funded(programme.key, str(ask.amount)))


def close_programme(facts: Facts, ask: NameProgramme) -> Plan:
    """By two officers: no more points are given; those people have can be spent until they lapse."""
    programme = facts.must("merchant_programme", ask.programme)
    if programme.stage != "open":
        raise Refusal("request.stage_wrong", stage=programme.stage)
    rest = facts.free(pool(programme.key), point(programme.key))
    back = [Posting(pool(programme.key), issuer(programme.key), point(programme.key), rest)] if rest else []
    change = Change("merchant_programme", programme.key, {"stage": "closed"})
    return Plan(postings=back, changes=[change], receipt=Staged(programme.key, "closed"))


def join(facts: Facts, ask: Join) -> Plan:
    """The merchant takes part; joining again changes behaviours and evidence."""
    merchant = employer(facts)
    programme = running(facts, ask.programme)
    key = f"{programme.key}:{merchant.key}"
    row = facts.record("merchant_member", key)
    fields: dict[str, Any] = {
        "behaviours": " ".join(dict.fromkeys(ask.behaviours)), "evidence": " ".join(dict.fromkeys(ask.evidence)),
        "stage": "active",
    }  # fmt: skip
    if row is None:
        fields |= {"programme": programme.key, "merchant": merchant.key, "since": facts.now}
    change = Change("merchant_member", key, fields, new=row is None)
    return Plan(changes=[change], receipt=Staged(key, "active"))


def leave(facts: Facts, ask: NameProgramme) -> Plan:
    """The merchant grants no more points; coupons of its benefits still hold."""
    row = facts.record("merchant_member", f"{ask.programme}:{facts.actor.organisation}")
    if row is None:
        raise Refusal("request.object_missing")
    if row.stage != "active":
        raise Refusal("request.stage_wrong", stage=row.stage)
    return Plan(changes=[Change("merchant_member", row.key, {"stage": "left"})], receipt=Staged(row.key, "left"))


def sign_up(facts: Facts, ask: NameProgramme) -> Plan:
    """The person takes part; twice is once."""
    programme, person = running(facts, ask.programme), own_person(facts)
    changes = taking_part(facts, programme.key, person.natural)
    return Plan(changes=changes, receipt=SignedUp(programme.key, bool(changes)))


def taking_part(facts: Facts, programme: str, person: str, *, done: bool = False) -> list[Change]:
    """The person's row: signed up at the first act, `first` set by the first behaviour. Two figures come from it."""
    key = f"{programme}:{person}"
    row = facts.record("merchant_participant", key)
    if row is None:
        fields = {"programme": programme, "since": facts.now, "first": facts.now if done else 0, "times": int(done)}
        return [Change("merchant_participant", key, fields, new=True)]
    if not done:
        return []
    return [Change("merchant_participant", key, {"first": row.first or facts.now, "times": row.times + 1})]
