"""A person's notices as the pages and the API read them: found in the history, taken from the journal, one's own only.

A draw tells slice by slice what nobody may know before all of it is public; until then these notices are not there.
Benefits and e-receipts belong to the natural person, so their notices name that one. Where two records were joined,
both read these; what concerns a wallet or a login stays with the record that it was written for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from saxaul.engine.history import notices_of
from saxaul.ledger.journal import Entry
from saxaul.ledger.plan import Posting
from saxaul.programmes.campaign.publication import PUBLIC

OF_NATURAL = ("merchant.coupon_", "merchant.points_", "merchant.grant_", "merchant.document_")
OF_DRAW = frozenset({"campaign.awarded", "campaign.reserve", "campaign.lost"})

Records = Callable[[str, Sequence[str]], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing a person should hear. `id` is the one under which a gateway hears it too, `act` the act that told it.

    `moved`: what the act moved.
    """

    id: str
    entry: int
    act: str
    at: int
    kind: str
    facts: dict[str, Any]
    moved: Sequence[Posting]


def accounts(person: Any) -> list[str]:
    """Where the history keeps what a person's record may read."""
    return [notices_of(key) for key in dict.fromkeys((person.key, person.natural))]


def merged(find: Callable[[str], list[int]], person: Any, limit: int) -> list[int]:
    """Numbers of the newest entries that told the person something; `find` gives them for one account."""
    lists = [find(account) for account in accounts(person)]
    return list(dict.fromkeys(heapq.merge(*lists, reverse=True)))[:limit]


def told(person: Any, entries: Iterable[Entry], records: Records) -> list[Notice]:
    """What these entries told the person, in their order; `records` finds rows of a table by their keys."""
    found = [
        Notice(f"nt_{entry.id}_{place}", entry.n, entry.id, entry.entered, kind, facts, entry.postings)
        for entry in entries
        for place, (whom, kind, facts) in enumerate(entry.changes.notices)
        if whom == person.key or (whom == person.natural and kind.startswith(OF_NATURAL))
    ]
    drawn = list(dict.fromkeys(one.facts["campaign"] for one in found if one.kind in OF_DRAW))
    rows = records("campaign_campaign", drawn) if drawn else ()
    public = {row.key for row in rows if row is not None and row.stage in PUBLIC}
    return [one for one in found if one.kind not in OF_DRAW or one.facts["campaign"] in public]
