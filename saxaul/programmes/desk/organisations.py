"""Organisations, their shops, tills and credentials: whoever serves people and may be paid.

Names of organisations are public. A manager acts for the own organisation only; another's shop answers as unknown.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, Id, Plan, Refusal, Stages, Text, courier_webhook, step
from saxaul.people.directories import open_issuer, open_region
from saxaul.people.persons import active_person, made

Kind = Literal["operator", "merchant", "biller", "agency", "sponsor", "charity", "issuer", "acquirer"]
Maybe = Annotated[str, Meta(max_length=64, pattern="^[A-Za-z0-9._:/-]*$")]
MaybeId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]
MaybeText = Annotated[str, Meta(max_length=256)]
TIER = 1  # wallets of organisations are opened at a counter with papers

STAGES: Stages = {("active", "suspend"): "suspended", ("suspended", "resume"): "active"}


class AddOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who it is in public, what it sells (`category`, ISO 18245), who keeps its wallet, what was agreed (`terms`)."""

    kind: Kind
    name: Text
    name_en: MaybeText = ""
    category: Annotated[str, Meta(pattern="^([0-9]{4})?$")] = ""
    issuer: Maybe = ""
    region: Maybe = ""
    bank_account: Maybe = ""
    receives: Amount | None = None
    accepts_ecny: bool = True
    terms: dict[Code, str | int | bool | list[str]] = {}


class OrganisationAdded(msgspec.Struct, frozen=True):
    """The organisation, and its wallet where an issuer keeps one."""

    organisation: str
    wallet: str


def add_organisation(facts: Facts, ask: AddOrganisation) -> Plan:
    """The organisation is in the book and, where an issuer is named, has a wallet there."""
    organisation = made(facts.id, "organisation")
    changes, wallet = [], ""
    if ask.region:
        open_region(facts, ask.region)
    if ask.issuer:
        open_issuer(facts, ask.issuer)
        wallet = made(facts.id, "wallet")
        kept = {
            "organisation": organisation, "issuer": ask.issuer, "tier": TIER, "region": ask.region, "since": facts.now
        }  # fmt: skip
        changes.append(Change("people_wallet", wallet, kept, new=True))
    fields = {
        "kind": ask.kind, "name": ask.name, "name_en": ask.name_en, "category": ask.category, "issuer": ask.issuer,
        "region": ask.region, "wallet": wallet, "bank_account": ask.bank_account,
        "receives": ask.receives.units if ask.receives else 0, "accepts_ecny": int(ask.accepts_ecny),
        "terms": msgspec.json.encode(ask.terms, order="deterministic").decode(), "since": facts.now,
    }  # fmt: skip
    changes.append(Change("people_organisation", organisation, fields, new=True))
    return Plan(changes=changes, receipt=OrganisationAdded(organisation, wallet))


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation."""

    organisation: Id


class OrganisationStaged(msgspec.Struct, frozen=True):
    """The organisation and the stage it is in."""

    organisation: str
    stage: str


class SetWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where events of the actor's organisation are sent: an http or https address; empty: nowhere."""

    target: Annotated[str, Meta(max_length=512)]


class WebhookSet(msgspec.Struct, frozen=True):
    """The organisation and where its events go now."""

    organisation: str
    target: str


def set_webhook(facts: Facts, ask: SetWebhook) -> Plan:
    """Events about the organisation's orders go to the address; the courier asks again at each try where it leads."""
    row = facts.record("people_organisation", facts.actor.organisation) if facts.actor.organisation else None
    if row is None:
        raise Refusal("request.object_missing")
    if ask.target:
        courier_webhook.check_form(ask.target)
    change = Change("people_organisation", row.key, {"webhook": ask.target})
    return Plan(changes=[change], receipt=WebhookSet(row.key, ask.target))


def suspend_organisation(facts: Facts, ask: Named) -> Plan:
    """The organisation takes no payment until it is resumed; what it has stays its own."""
    return _staged(facts, ask.organisation, "suspend")


def resume_organisation(facts: Facts, ask: Named) -> Plan:
    """The organisation takes payments again."""
    return _staged(facts, ask.organisation, "resume")


def _staged(facts: Facts, id: str, act: str) -> Plan:
    row = facts.must("people_organisation", id)
    stage = step(STAGES, row.stage, act)
    change = Change("people_organisation", id, {"stage": stage})
    return Plan(changes=[change], receipt=OrganisationStaged(id, stage))


class AddShop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The merchant (a manager's own), the name over the door and the place as the public knows it."""

    organisation: Id
    name: Text
    place: MaybeText = ""


class ShopAdded(msgspec.Struct, frozen=True):
    """The shop; its static code names it."""

    shop: str


def add_shop(facts: Facts, ask: AddShop) -> Plan:
    """The merchant has one shop more."""
    row = _ours(facts, ask.organisation)
    if row.kind != "merchant":
        raise Refusal("request.object_missing")
    shop = made(facts.id, "shop")
    fields = {"organisation": row.key, "name": ask.name, "place": ask.place, "since": facts.now}
    return Plan(changes=[Change("people_shop", shop, fields, new=True)], receipt=ShopAdded(shop))


class AddTerminal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shop in which the till stands."""

    shop: Id


class TerminalAdded(msgspec.Struct, frozen=True):
    """The terminal; no other shop may use it."""

    terminal: str


def add_terminal(facts: Facts, ask: AddTerminal) -> Plan:
    """The shop has one till more."""
    shop = facts.must("people_shop", ask.shop)
    _ours(facts, shop.organisation)
    terminal = made(facts.id, "terminal")
    fields = {"organisation": shop.organisation, "shop": shop.key, "since": facts.now}
    return Plan(changes=[Change("people_terminal", terminal, fields, new=True)], receipt=TerminalAdded(terminal))


def _ours(facts: Facts, id: str) -> Any:
    """The organisation, for officers any, for others their own; a closed one is unknown."""
    row = facts.must("people_organisation", id)
    officer = facts.actor.roles & {"officer", "system"}
    if row.stage == "closed" or not (officer or facts.actor.organisation == id):
        raise Refusal("request.object_missing")
    return row


class IssueCredential(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom: a person who works there, or (`kind` key or terminal) a machine; which roles, which shop and till."""

    organisation: Id
    roles: Annotated[list[Literal["cashier", "manager", "biller"]], Meta(min_length=1, max_length=3)]
    person: MaybeId = ""
    kind: Literal["session", "terminal", "key"] = "session"
    shop: MaybeId = ""
    terminal: MaybeId = ""


class CredentialIssued(msgspec.Struct, frozen=True):
    """The credential; the surface makes the bearer token of it."""

    credential: str


def issue_credential(facts: Facts, ask: IssueCredential) -> Plan:
    """Somebody acts for the organisation, in these roles; a manager gives no role that the manager has not."""
    row = _ours(facts, ask.organisation)
    roles = frozenset(ask.roles)
    if not facts.actor.roles & {"officer", "system"} and not roles <= facts.actor.roles | {"cashier"}:
        raise Refusal("actor.role_missing")
    if ask.person:
        active_person(facts, ask.person)
    elif ask.kind == "session":
        raise Refusal("request.field_invalid", fields=["person: a session belongs to somebody"])
    _place(facts, ask, row.key)
    fields = {
        "kind": ask.kind, "person": ask.person, "organisation": row.key, "shop": ask.shop, "terminal": ask.terminal
    }  # fmt: skip
    return _issued(facts, roles, fields)


def _place(facts: Facts, ask: IssueCredential, organisation: str) -> None:
    if ask.shop and facts.must("people_shop", ask.shop).organisation != organisation:
        raise Refusal("request.object_missing")
    if ask.terminal:
        terminal = facts.must("people_terminal", ask.terminal)
        if terminal.organisation != organisation:
            raise Refusal("request.object_missing")
        if terminal.shop != ask.shop:
            raise Refusal("merchant.terminal_foreign")


def _issued(facts: Facts, roles: frozenset[str], fields: dict[str, Any]) -> Plan:
    key = made(facts.id, "credential")
    fields = {**fields, "roles": " ".join(sorted(roles)), "since": facts.now}
    return Plan(changes=[Change("people_credential", key, fields, new=True)], receipt=CredentialIssued(key))


class Appoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person and the office: officer, approver, auditor; `service` is a machine's and needs no person."""

    roles: Annotated[list[Literal["officer", "approver", "auditor", "service"]], Meta(min_length=1, max_length=4)]
    person: MaybeId = ""
    organisation: MaybeId = ""


def appoint(facts: Facts, ask: Appoint) -> Plan:
    """By two officers: the person has the office. An office without a natural person cannot count as a second one."""
    roles = frozenset(ask.roles)
    if ask.person:
        active_person(facts, ask.person)
    elif roles != {"service"}:
        raise Refusal("request.field_invalid", fields=["person: an office belongs to somebody"])
    if ask.organisation:
        facts.must("people_organisation", ask.organisation)
    kind = "session" if ask.person else "service"
    return _issued(facts, roles, {"kind": kind, "person": ask.person, "organisation": ask.organisation})
