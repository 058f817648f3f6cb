"""Persons as records: the actor's own row, ids of what an act makes, lists of ids kept in one field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saxaul.kernel import ids
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts

GRADES = 3  # document, document and bank account, counter


def made(act: str, what: str) -> str:
    """The id of what the act of this id makes (`person`, `wallet`): known before the answer, the same on a retry."""
    return ids.derived(ids.instant(act), f"{what}:{act}")


def own_person(facts: Facts) -> Any:
    """The actor's own person row; refuses `actor.login_missing` for a credential without a person."""
    row = facts.record("people_person", facts.actor.person) if facts.actor.person else None
    if row is None or row.stage != "active":
        raise Refusal("actor.login_missing")
    return row


def ahead(peek: Callable[[str, str], Any], credential: str) -> tuple[list[tuple[str, Any]], Any]:
    """(keys that lead to the actor's own person row, that row): what an act's `touches` begins with."""
    known = peek("people_credential", credential)
    if known is None or not known.person:
        return [("people_credential", credential)], None
    return [("people_person", known.person)], peek("people_person", known.person)


def active_person(facts: Facts, id: str) -> Any:
    """The person of that id; refuses `request.object_missing` for unknown and erased ones alike."""
    row = facts.must("people_person", id)
    if row.stage != "active":
        raise Refusal("request.object_missing")
    return row


def natural_of(facts: Facts, person: str) -> str:
    """The natural person behind a person's record: what campaigns, gifts and figures count by."""
    natural: str = facts.must("people_person", person).natural
    return natural


def tier_of(verified: int) -> int:
    """The best tier that what was verified allows: telephone 4, document 3, bank account 2, counter 1."""
    assert 0 <= verified <= GRADES
    return 4 - verified


def words(text: str) -> list[str]:
    """The ids in a field that lists some."""
    return text.split()


def listed(text: str, one: str) -> str:
    """The field with one id more."""
    return " ".join([*(word for word in text.split() if word != one), one])


def unlisted(text: str, one: str) -> str:
    """The field without that id."""
    return " ".join(word for word in text.split() if word != one)
