"""Who somebody is: documents raise a tier, telephone and name activate e-CNY, records of one human become one.

A refused act changes nothing, so a wrong name is counted by an act that succeeds (`desk.try_identity`) and the verdict
is a record that `desk.activate` reads: nobody can guess names without being counted.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from saxaul.engine import Change, Code, Facts, Id, Notice, Plan, Private, Refusal
from saxaul.kernel import times
from saxaul.people.persons import active_person, listed, made, own_person, tier_of, unlisted, words
from saxaul.people.private import Vaulted, mark
from saxaul.people.wallets import own_wallet

SAME = "same"
GRADE = {"document": 1, "bank": 2, "counter": 3}


class TryIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The telephone and real name under which the other system knows the person."""

    wallet: Id
    phone: Private
    name: Private


class Tried(msgspec.Struct, frozen=True):
    """`same`, or the code that `desk.activate` will answer; how many wrong names are left before it locks."""

    verdict: str
    left: int


def try_identity(facts: Facts, ask: TryIdentity) -> Plan:
    """What the comparison found is kept for `desk.activate`; a wrong name is counted, whoever guesses."""
    wallet = own_wallet(facts, ask.wallet)
    person = own_person(facts)
    _unlocked(facts, person)
    phone = person.phone == mark(ask.phone)
    name = bool(person.name) and person.name == mark(ask.name)
    verdict = _VERDICT[phone, name]
    counted, left = _counted(facts, person, wrong=not name)
    found = {"evidence": verdict, "evidence_at": facts.now}
    changes = [Change("people_wallet", wallet.key, found), Change("people_person", person.key, counted)]
    return Plan(changes=changes, receipt=Tried(verdict, left))


_VERDICT = {
    (True, True): SAME, (False, True): "identity.phone_mismatch", (True, False): "identity.name_mismatch",
    (False, False): "identity.pair_mismatch",
}  # fmt: skip


def _unlocked(facts: Facts, person: Any) -> None:
    if person.names_locked_until > facts.now:
        raise Refusal("identity.name_locked", until=times.text(person.names_locked_until))


def _counted(facts: Facts, person: Any, *, wrong: bool) -> tuple[dict[str, int], int]:
    most, lock = facts.term("desk.name_tries_max"), facts.term("desk.name_lock_seconds") * times.SECOND
    if not wrong:
        return {"wrong_names": 0, "wrong_since": 0, "names_locked_until": 0}, most
    fresh = person.wrong_names == 0 or facts.now - person.wrong_since >= lock
    count = 1 if fresh else person.wrong_names + 1
    since = facts.now if fresh else person.wrong_since
    if count >= most:
        return {"wrong_names": 0, "wrong_since": 0, "names_locked_until": facts.now + lock}, 0
    return {"wrong_names": count, "wrong_since": since}, most - count


class Activate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own wallet."""

    wallet: Id


class Activated(msgspec.Struct, frozen=True):
    """Whether e-CNY shows on the wallet and scan pages."""

    wallet: str
    activated: bool


def activate(facts: Facts, ask: Activate) -> Plan:
    """e-CNY shows on the wallet and scan pages, since telephone and name were found the same just before."""
    wallet = own_wallet(facts, ask.wallet)
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    _unlocked(facts, own_person(facts))
    fresh = facts.term("desk.evidence_seconds") * times.SECOND
    if wallet.evidence and facts.now - wallet.evidence_at < fresh:
        if wallet.evidence != SAME:
            raise Refusal(wallet.evidence)
        change = Change("people_wallet", wallet.key, {"activated": 1, "evidence": ""})
        return Plan(changes=[change], receipt=Activated(wallet.key, True))
    raise Refusal("request.stage_wrong", stage="untried", ways=["desk.try_identity"])


def deactivate(facts: Facts, ask: Activate) -> Plan:
    """e-CNY shows no more, until the person activates it again; money is untouched."""
    wallet = own_wallet(facts, ask.wallet)
    change = Change("people_wallet", wallet.key, {"activated": 0, "evidence": ""})
    return Plan(changes=[change], receipt=Activated(wallet.key, False))


class Verify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name and document as seen: by the document alone, with the bank's answer, or at a counter."""

    person: Id
    name: Vaulted
    document: Vaulted
    how: Literal["document", "bank", "counter"] = "document"


class Verified(msgspec.Struct, frozen=True):
    """The natural person, the best tier allowed now, and the wallets that were raised to it."""

    person: str
    natural: str
    tier: int
    raised: list[str]


def verify(facts: Facts, ask: Verify) -> Plan:
    """The person is verified and every wallet raised, with its balance and usage; one document is one human."""
    person = active_person(facts, ask.person)
    name, document = mark(ask.name), mark(ask.document)
    index = facts.record("people_index", f"document:{document}")
    grade = max(person.verified, GRADE[ask.how])
    changes: list[Change] = []
    natural = person.natural
    if index is None:
        fields = {"target": person.key, "since": facts.now}
        changes.append(Change("people_index", f"document:{document}", fields, new=True))
    else:
        natural = facts.must("people_person", index.target).natural
        if natural != person.natural:
            changes += joined(facts, made(facts.id, "join"), keep=natural, other=person.natural, reason="document.same")
    raised = []
    for wallet in facts.records("people_wallet", words(person.wallets)):
        fields = {}
        if wallet.tier > tier_of(grade):
            raised.append(wallet.key)
            fields["tier"] = tier_of(grade)
        if person.name and person.name != name:
            fields |= {"activated": 0, "evidence": ""}
        if fields:
            changes.append(Change("people_wallet", wallet.key, fields))
    changes.append(Change("people_person", person.key, {"verified": grade, "name": name, "document": document}))
    return Plan(changes=changes, receipt=Verified(person.key, natural, tier_of(grade), raised))


def joined(facts: Facts, join: str, *, keep: str, other: str, reason: str) -> list[Change]:
    """All records of the natural person `other` become records of `keep`; what moved is kept under `join`."""
    kept, gone = facts.must("people_natural", keep), facts.must("people_natural", other)
    moved = words(gone.persons)
    facts.records("people_person", moved)
    fields = {"keep": keep, "other": other, "persons": gone.persons, "reason": reason, "since": facts.now}
    changes = [Change("people_join", join, fields, new=True)]
    together = kept.persons
    for one in moved:
        together = listed(together, one)
        changes.append(Change("people_person", one, {"natural": keep}))
    changes.append(Change("people_natural", keep, {"persons": together, "since": facts.now}))
    changes.append(Change("people_natural", other, {"persons": "", "since": facts.now}))
    return changes


class JoinPersons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two persons' records that are one human, and why as a code (no free text about people in the journal)."""

    keep: Id
    other: Id
    reason: Code


class Joined(msgspec.Struct, frozen=True):
    """The joining (it can be split by this id) and the natural person that stays."""

    join: str
    natural: str


def join_persons(facts: Facts, ask: JoinPersons) -> Plan:
    """By two officers: both records are one natural person in campaigns, gifts and figures; history stays."""
    keep, other = active_person(facts, ask.keep), active_person(facts, ask.other)
    if keep.natural == other.natural:
        raise Refusal("request.stage_wrong", stage="joined", ways=["desk.split_persons"])
    join = made(facts.id, "join")
    changes = joined(facts, join, keep=keep.natural, other=other.natural, reason=ask.reason)
    notices = [Notice(one, "desk.persons_joined", {"join": join}) for one in (keep.key, other.key)]
    return Plan(changes=changes, notices=notices, receipt=Joined(join, keep.natural))


class SplitPersons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A joining that was wrong, and why as a code."""

    join: Id
    reason: Code


class Split(msgspec.Struct, frozen=True):
    """The natural person that stands for itself again, and its records."""

    natural: str
    persons: list[str]


def split_persons(facts: Facts, ask: SplitPersons) -> Plan:
    """By two officers: the records that this joining moved are their own natural person again."""
    join = facts.must("people_join", ask.join)
    if join.stage != "joined":
        raise Refusal("request.stage_wrong", stage=join.stage, ways=[])
    moved = words(join.persons)
    rows = facts.records("people_person", moved)
    holder = rows[0].natural  # a later joining may have moved them on
    if holder == join.other or any(row.natural != holder for row in rows):
        raise Refusal("request.stage_wrong", stage="moved", ways=["desk.split_persons"])
    group = facts.must("people_natural", holder)
    facts.must("people_natural", join.other)
    left = group.persons
    for one in moved:
        left = unlisted(left, one)
    changes = [Change("people_person", one, {"natural": join.other}) for one in moved]
    changes += [
        Change("people_natural", holder, {"persons": left, "since": facts.now}),
        Change("people_natural", join.other, {"persons": join.persons, "since": facts.now}),
        Change("people_join", join.key, {"stage": "split", "reason": ask.reason, "since": facts.now}),
    ]
    return Plan(changes=changes, receipt=Split(join.other, moved))
