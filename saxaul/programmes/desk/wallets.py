"""Wallets: opened at an issuer in an open region, raised and lowered in tier, frozen, closed when empty.

Loss and order freeze alike: a frozen wallet receives and pays nothing. Nothing here takes money from anybody.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Id, Notice, Plan, Refusal
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.directories import open_issuer, open_region
from saxaul.people.persons import listed, made, own_person, tier_of, unlisted
from saxaul.people.wallets import address, own_wallet

Tier = Annotated[int, Meta(ge=1, le=4)]


def opened(
    facts: Facts, wallet: str, person: str, phone: str, issuer: str, region: str, *, verified: int, abroad: int
) -> list[Change]:
    """The wallet and its unique key; refuses an unknown issuer, a closed region and a second one of this telephone."""
    open_issuer(facts, issuer)
    open_region(facts, region)
    key = f"phone:{phone}@{issuer}"
    index = facts.record("people_index", key)
    if index is not None and index.target:
        raise Refusal("wallet.phone_taken", issuer=issuer)
    fields = {
        "person": person, "issuer": issuer, "tier": tier_of(verified), "region": region, "foreign_phone": abroad,
        "since": facts.now,
    }  # fmt: skip
    return [
        Change("people_wallet", wallet, fields, new=True),
        Change("people_index", key, {"target": wallet, "since": facts.now}, new=index is None),
    ]


class OpenWallet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At which issuer, and where the person lives."""

    issuer: Code
    region: Code


class Opened(msgspec.Struct, frozen=True):
    """The new wallet and what class it is."""

    wallet: str
    issuer: str
    tier: int


def open_wallet(facts: Facts, ask: OpenWallet) -> Plan:
    """The person has a wallet at this issuer: tier 4 by telephone alone, better where more was verified."""
    person = own_person(facts)
    wallet = made(facts.id, "wallet")
    changes = opened(
        facts, wallet, person.key, person.phone, ask.issuer, ask.region, verified=person.verified, abroad=person.abroad
    )
    changes.append(Change("people_person", person.key, {"wallets": listed(person.wallets, wallet)}))
    return Plan(changes=changes, receipt=Opened(wallet, ask.issuer, tier_of(person.verified)))


class ChangeTier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The class the wallet should have; 1 is the strongest."""

    wallet: Id
    tier: Tier


class TierChanged(msgspec.Struct, frozen=True):
    """The class now; `over_limit`: it holds more than the class may: it pays, and receives its own money back only."""

    wallet: str
    tier: int
    over_limit: bool


def change_tier(facts: Facts, ask: ChangeTier) -> Plan:
    """The wallet has the tier asked for, with its balance and today's usage; lowering forces nothing out."""
    if facts.actor.roles & {"officer", "system"}:
        wallet = facts.must("people_wallet", ask.wallet)
    else:
        wallet = own_wallet(facts, ask.wallet)
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    owner = facts.record("people_person", wallet.person) if wallet.person else None
    if owner is not None and ask.tier < tier_of(owner.verified):
        raise Refusal("tier.grade_low")
    most = facts.term(f"tier.{ask.tier}.balance_limit")
    over = most is not None and facts.balance(address(wallet.key), ECNY)[0] > most
    change = Change("people_wallet", wallet.key, {"tier": ask.tier})
    return Plan(changes=[change], receipt=TierChanged(wallet.key, ask.tier, over))


class CloseWallet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own wallet, emptied before."""

    wallet: Id


class Staged(msgspec.Struct, frozen=True):
    """The wallet and the stage it is in."""

    wallet: str
    stage: str


def close_wallet(facts: Facts, ask: CloseWallet) -> Plan:
    """The wallet is closed and its telephone may open another at this issuer; it must be empty, nothing held."""
    wallet = own_wallet(facts, ask.wallet)
    _may_move(wallet)
    left = [show(asset, posted) for asset in (ECNY, CNY) if (posted := _whole(facts, wallet.key, asset))]
    if left:
        raise Refusal("wallet.balance_left", free=", ".join(left))
    changes = [Change("people_wallet", wallet.key, {"stage": "closed", "activated": 0})]
    if wallet.person:
        person = own_person(facts)
        index = facts.record("people_index", f"phone:{person.phone}@{wallet.issuer}")
        if index is not None and index.target == wallet.key:
            changes.append(Change("people_index", index.key, {"target": "", "since": facts.now}))
        fields = {"wallets": unlisted(person.wallets, wallet.key)}
        changes.append(Change("people_person", person.key, fields))
    return Plan(changes=changes, receipt=Staged(wallet.key, "closed"))


def _whole(facts: Facts, wallet: str, asset: str) -> int:
    posted, held = facts.balance(address(wallet), asset)
    return max(posted, held)


def _may_move(wallet: object) -> None:
    stage = wallet.stage  # type: ignore[attr-defined]
    if stage == "frozen":
        raise Refusal("wallet.stage_frozen")
    if stage == "closed":
        raise Refusal("wallet.stage_closed")


class ReportLoss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own wallet: the telephone is lost or somebody else knows the PIN."""

    wallet: Id


def report_loss(facts: Facts, ask: ReportLoss) -> Plan:
    """The wallet pays nothing from now on; asking again changes nothing."""
    wallet = own_wallet(facts, ask.wallet)
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    if wallet.stage == "frozen":
        return Plan(receipt=Staged(wallet.key, "frozen"))
    return _frozen(facts, wallet, "owner.loss")


class Freeze(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wallet and the number of the order or case that is the legal basis."""

    wallet: Id
    basis: Code


def freeze(facts: Facts, ask: Freeze) -> Plan:
    """By two officers on a legal basis: the wallet receives and pays nothing, and its owner is told."""
    wallet = facts.must("people_wallet", ask.wallet)
    _may_move(wallet)
    return _frozen(facts, wallet, ask.basis)


def _frozen(facts: Facts, wallet: object, basis: str) -> Plan:
    key, person = wallet.key, wallet.person  # type: ignore[attr-defined]
    list_key = f"frozen:{key}"
    row = facts.record("people_listed", list_key)
    fields = {"list": "frozen", "party": key, "reason": basis, "stage": "active", "since": facts.now}
    changes = [
        Change("people_wallet", key, {"stage": "frozen"}), Change("people_listed", list_key, fields, new=row is None)
    ]  # fmt: skip
    notices = [Notice(person, "desk.wallet_frozen", {"wallet": key})] if person else []
    return Plan(changes=changes, notices=notices, receipt=Staged(key, "frozen"))


def unfreeze(facts: Facts, ask: Freeze) -> Plan:
    """By two officers: the wallet pays again; above its limit it receives only its own money back, as before."""
    wallet = facts.must("people_wallet", ask.wallet)
    if wallet.stage != "frozen":
        raise Refusal("request.stage_wrong", stage=wallet.stage, ways=[])
    changes = [Change("people_wallet", wallet.key, {"stage": "open"})]
    row = facts.record("people_listed", f"frozen:{wallet.key}")
    if row is not None:
        fields = {"stage": "ended", "reason": ask.basis, "since": facts.now}
        changes.append(Change("people_listed", row.key, fields))
    notices = [Notice(wallet.person, "desk.wallet_unfrozen", {"wallet": wallet.key})] if wallet.person else []
    return Plan(changes=changes, notices=notices, receipt=Staged(wallet.key, "open"))
