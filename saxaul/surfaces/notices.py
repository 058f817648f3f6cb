"""A person's notices as the pages and the API read them: found in the history, taken from the journal, one's own only.

Benefits and e-receipts belong to the natural person, so their notices name that one. Where two records were joined,
both read these; what concerns a wallet or a login stays with the record that it was written for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from saxaul.engine.history import notices_of
from saxaul.ledger.journal import Entry

OF_NATURAL = ("merchant.coupon_", "merchant.points_", "merchant.grant_", "merchant.document_")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a person should hear. `id` is the one under which a gateway hears it too, `act` the act that told it.

    `moved`: accounts that the act debited or credited.
    """

    id: str
    entry: int
    act: str
    at: int
    kind: str
    facts: dict[str, Any]
    moved: frozenset[str]


def accounts(person: Any) -> list[str]:
    """Where the history keeps what a person's record may read."""
    return [notices_of(key) for key in dict.fromkeys((person.key, person.natural))]


def merged(find: Callable[[str], list[int]], person: Any, limit: int) -> list[int]:
    """Numbers of the newest entries that told the person something; `find` gives them for one account."""
    lists = [find(account) for account in accounts(person)]
    return list(dict.fromkeys(heapq.merge(*lists, reverse=True)))[:limit]


def told(person: Any, entries: Iterable[Entry]) -> list[Notice]:
    """What these entries told the person, in their order."""
    return [
        Notice(
            f"nt_{entry.id}_{place}", entry.n, entry.id, entry.entered, kind, facts,
            frozenset(account for one in entry.postings for account in (one.debit, one.credit)),
        )
        for entry in entries
        for place, (whom, kind, facts) in enumerate(entry.changes.notices)
        if whom == person.key or (whom == person.natural and kind.startswith(OF_NATURAL))
    ]  # fmt: skip
