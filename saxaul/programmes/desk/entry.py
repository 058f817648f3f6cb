"""Coming in: a proved telephone becomes a person with a session; credentials end at once.

Only a surface that has checked a code performs these acts (role `service`), so nobody claims a telephone by writing it.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Aside, Change, Facts, Id, Notice, Plan, Private, Refusal
from saxaul.people.persons import active_person, listed, made, own_person, words
from saxaul.people.private import Vaulted, mark
from saxaul.programmes.desk.wallets import opened

Language = Literal["zh", "en", "hi", "ru", "fr"]


class SignUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A telephone that was proved by a code; with `issuer` and `region` a tier-4 wallet is opened in the same act."""

    NEW_PERSON: ClassVar[bool] = True
    phone: Vaulted
    language: Language = "zh"
    elder: bool = False
    abroad: bool = False
    issuer: Annotated[str, Meta(max_length=64)] = ""
    region: Annotated[str, Meta(max_length=64)] = ""


class SignedUp(msgspec.Struct, frozen=True):
    """Who it is, the credential of this session, and the wallet where one was opened."""

    person: str
    credential: str
    wallet: str
    new: bool


def sign_up(facts: Facts, ask: SignUp) -> Plan:
    """The telephone has a person, old or new, with a new session; one telephone is never two persons."""
    phone = mark(ask.phone)
    index = facts.record("people_index", f"phone:{phone}")
    session = made(facts.id, "session")
    if index is not None and index.target:
        row = active_person(facts, index.target)
        person, new, changes = row.key, False, []
        verified, abroad, wallets = row.verified, row.abroad, row.wallets
    else:
        person, new = made(facts.id, "person"), True
        verified, abroad, wallets = 0, int(ask.abroad), ""
        changes = _person(facts, ask, person, phone)
        changes.append(_index(f"phone:{phone}", person, facts.now, index is None))
    wallet = ""
    if ask.issuer:
        wallet = made(facts.id, "wallet")
        changes += opened(facts, wallet, person, phone, ask.issuer, ask.region, verified=verified, abroad=abroad)
        changes.append(Change("people_person", person, {"wallets": listed(wallets, wallet)}))
    changes.append(_session(session, person, facts.now))
    return Plan(changes=changes, keeps_asides=new, receipt=SignedUp(person, session, wallet, new))


def enrol(facts: Facts, ask: SignUp) -> Plan:
    """The login of the pages has its person and credential; its id is made of the login, so it happens once."""
    return sign_up(facts, ask)


def _person(facts: Facts, ask: SignUp, person: str, phone: str) -> list[Change]:
    fields = {
        "natural": person, "phone": phone, "phone_since": facts.now, "abroad": int(ask.abroad),
        "language": ask.language, "elder": int(ask.elder), "since": facts.now,
    }  # fmt: skip
    natural = {"persons": person, "since": facts.now}
    return [
        Change("people_person", person, fields, new=True), Change("people_natural", person, natural, new=True)
    ]  # fmt: skip


def _index(key: str, target: str, now: int, new: bool) -> Change:
    return Change("people_index", key, {"target": target, "since": now}, new=new)


def _session(key: str, person: str, now: int) -> Change:
    fields = {"kind": "session", "person": person, "roles": "citizen", "since": now}
    return Change("people_credential", key, fields, new=True)


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A telephone that was proved by a code just now."""

    phone: Private


class SignedIn(msgspec.Struct, frozen=True):
    """The person and the credential of the new session."""

    person: str
    credential: str


def sign_in(facts: Facts, ask: SignIn) -> Plan:
    """The telephone's person has one session more."""
    index = facts.must("people_index", f"phone:{mark(ask.phone)}")
    if not index.target:
        raise Refusal("request.object_missing")
    person = active_person(facts, index.target)
    session = made(facts.id, "session")
    return Plan(
        changes=[_session(session, person.key, facts.now)], keeps_asides=False, receipt=SignedIn(person.key, session)
    )


class SignOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to say: the credential that asks is the one that ends."""


class Revoked(msgspec.Struct, frozen=True):
    """The credential that is worthless from the next act on."""

    credential: str


def sign_out(facts: Facts, ask: SignOut) -> Plan:
    """The credential that asks has ended."""
    row = facts.record("people_credential", facts.actor.credential)
    if row is None:
        raise Refusal("actor.login_missing")
    return _revoked(row.key)


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session of one's own, or a credential of one's organisation."""

    credential: Id


def revoke_credential(facts: Facts, ask: Revoke) -> Plan:
    """The credential has ended; a citizen ends own sessions, a manager those of the organisation, an officer any."""
    row = facts.must("people_credential", ask.credential)
    actor = facts.actor
    own = bool(actor.person) and row.person == actor.person and not row.organisation
    ours = "manager" in actor.roles and bool(actor.organisation) and row.organisation == actor.organisation
    if not (own or ours or actor.roles & {"officer", "system"}):
        raise Refusal("request.object_missing")
    return _revoked(row.key)


def _revoked(key: str) -> Plan:
    return Plan(changes=[Change("people_credential", key, {"stage": "revoked"})], receipt=Revoked(key))


class ChangePhone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person's new telephone, proved by a code as the old one or the document was."""

    person: Id
    phone: Vaulted
    abroad: bool = False


class PhoneChanged(msgspec.Struct, frozen=True):
    """Whose telephone it is now, and the wallets that wait to be activated again."""

    person: str
    suspended: list[str]


def change_phone(facts: Facts, ask: ChangePhone) -> Plan:
    """The person is found by the new telephone; what was activated with the old one is suspended, money untouched."""
    person = active_person(facts, ask.person)
    new, old = mark(ask.phone), person.phone
    if new == old:
        raise Refusal("request.field_invalid", fields=["phone: it is the one in use"])
    wallets = facts.records("people_wallet", words(person.wallets))
    changes = _moved(facts, f"phone:{old}", f"phone:{new}", person.key)
    suspended = []
    for wallet in wallets:
        changes += _moved(facts, f"phone:{old}@{wallet.issuer}", f"phone:{new}@{wallet.issuer}", wallet.key)
        if wallet.activated:
            suspended.append(wallet.key)
        fields = {"activated": 0, "evidence": "", "foreign_phone": int(ask.abroad)}
        changes.append(Change("people_wallet", wallet.key, fields))
    fields = {"phone": new, "phone_since": facts.now, "abroad": int(ask.abroad)}
    changes.append(Change("people_person", person.key, fields))
    return Plan(
        changes=changes, notices=[Notice(person.key, "desk.phone_changed", {})],
        receipt=PhoneChanged(person.key, suspended),
    )  # fmt: skip


def _moved(facts: Facts, old: str, new: str, target: str) -> list[Change]:
    """A unique key moves to another name; refuses `wallet.phone_taken` where that name belongs to somebody."""
    was, now = facts.records("people_index", [old, new])
    if now is not None and now.target:
        raise Refusal("wallet.phone_taken")
    changes = [_index(new, target, facts.now, now is None)]
    if was is not None:
        changes.append(_index(old, "", facts.now, False))
    return changes


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the person wants to be spoken to."""

    language: Language
    elder: bool = False


class Preferred(msgspec.Struct, frozen=True):
    """What is kept now."""

    language: str
    elder: bool


def set_preferences(facts: Facts, ask: Preferences) -> Plan:
    """Language and elder mode are as asked."""
    person = own_person(facts)
    fields = {"language": ask.language, "elder": int(ask.elder)}
    change = Change("people_person", person.key, fields)
    return Plan(changes=[change], receipt=Preferred(ask.language, ask.elder))


class Erase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to say: the person who asks is the one who is forgotten."""


class Erased(msgspec.Struct, frozen=True):
    """The id that stays in the books and names nobody any more."""

    person: str


def erase_person(facts: Facts, ask: Erase) -> Plan:
    """The person's key is destroyed and the telephone free; the books stay as they are. Wallets are closed before."""
    person = own_person(facts)
    if person.wallets:
        raise Refusal("wallet.balance_left", wallets=words(person.wallets))
    session = facts.actor.credential
    facts.record("people_credential", session)
    facts.record("people_index", f"phone:{person.phone}")
    blank = {"stage": "erased", "phone": "", "name": "", "document": ""}
    changes = [
        Change("people_person", person.key, blank), Change("people_credential", session, {"stage": "revoked"}),
        _index(f"phone:{person.phone}", "", facts.now, False),
    ]  # fmt: skip
    return Plan(
        changes=changes, asides=[Aside("people_vault_key", person.key, {"sealed": ""})], receipt=Erased(person.key)
    )
