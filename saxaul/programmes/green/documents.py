"""What records of other programmes say of a behaviour: whose it was, how much, and which behaviours it shows.

Programmes meet in the journal and in records, by the name of a table; each reader here names the fields it needs. An
order is one origin for all that it shows, so a cup that the till flagged and the merchant's programme granted points
for is one cup.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from saxaul.engine import Facts, Refusal
from saxaul.programmes.green.behaviours import JOURNAL, KINDS, PAID_FLAGS, UTILITIES

_terms = msgspec.json.Decoder(dict[str, Any]).decode


class Seen(msgspec.Struct, frozen=True):
    """What is known of an act before it is counted; below the acts only."""

    person: str
    natural: str
    source: str
    origin: str
    behaviours: tuple[str, ...]
    units: int = 0
    account: str = ""
    activity: int = 0
    line: str = ""
    region: str = ""
    proven: bool = True


def read(facts: Facts, ask: Any) -> Seen | None:
    """What the named record says; None where nobody's behaviour is behind it."""
    if "system" not in facts.actor.roles:
        raise Refusal("actor.role_missing")
    table, _, key = ask.document.partition(":")
    if table not in READERS:
        raise Refusal("request.object_missing")
    return READERS[table](facts, facts.must(table, key), ask)


def _person(facts: Facts, id: str) -> Any:
    """The active person, or None."""
    row = facts.record("people_person", id) if id else None
    return row if row is not None and row.stage == "active" else None


def _one_of(facts: Facts, natural: str) -> Any:
    """A record of the natural person: their consents hang on it."""
    row = facts.record("people_natural", natural)
    return _person(facts, row.persons.split()[0] if row is not None else natural)


def _seen(facts: Facts, person: Any, origin: str, *behaviours: str, **more: Any) -> Seen:
    kept = tuple(dict.fromkeys(one for one in behaviours if one in KINDS))
    return Seen(person.key, person.natural, JOURNAL, origin, kept, region=facts.term("green.region"), **more)


def _payer(facts: Facts, wallet: str) -> Any:
    """The person whose wallet paid; an organisation's payment is nobody's behaviour."""
    row = facts.record("people_wallet", wallet)
    return _person(facts, row.person) if row is not None else None


def _order(facts: Facts, row: Any, ask: Any) -> Seen | None:
    """A paid order: what the merchant's terms say that paying there is, and what the till flagged in its number."""
    person = _payer(facts, row.payer)
    if person is None:
        return None
    own = _terms(facts.must("people_organisation", row.merchant).terms).get("green", ask.behaviour)
    flags = [flag for flag in row.number.split("|")[1:] if flag in PAID_FLAGS]
    return _seen(facts, person, ask.origin, own, *flags, units=row.captured, activity=ask.activity)


def _bill(facts: Facts, row: Any, ask: Any) -> Seen | None:
    """The payment of a utility's bill; other billers' are none."""
    person = _payer(facts, row.wallet)
    kind = _terms(facts.must("people_organisation", row.biller).terms).get("kind")
    if person is None or kind not in UTILITIES:
        return None
    account = f"{row.biller}:{row.number}"
    return _seen(facts, person, ask.origin, ask.behaviour, units=row.ecny + row.cny, account=account)


def _steps(facts: Facts, row: Any, ask: Any) -> Seen | None:
    """A closed day of verified steps; one that an officer refused is none."""
    person = _person(facts, row.person)
    if person is None or row.verdict == "refused":
        return None
    return _seen(facts, person, ask.origin, "walk", activity=row.verified)


def _habit(facts: Facts, row: Any, ask: Any) -> Seen | None:
    """A habit at a shop, under its order, where a till may have flagged it already; a photo alone proves nothing."""
    person = _one_of(facts, row.person)
    if person is None or row.stage not in ("granted", "held", "badge"):
        return None
    return _seen(facts, person, row.paid_order or ask.origin, row.behaviour, proven=bool(row.paid_order))


def _paper(facts: Facts, row: Any, ask: Any) -> Seen | None:
    """An electronic receipt or invoice, if no paper was printed all the same."""
    person = _one_of(facts, row.person)
    if person is None or row.printed or row.kind not in ("receipt", "invoice"):
        return None
    return _seen(facts, person, row.paid_order or ask.origin, "e_invoice")


READERS: dict[str, Callable[[Facts, Any, Any], Seen | None]] = {
    "pay_order": _order, "bills_payment": _bill, "giving_day": _steps, "merchant_habit": _habit,
    "merchant_document": _paper,
}  # fmt: skip
