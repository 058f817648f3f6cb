"""The journal: how an entry is written down, hashed and read back.

An entry's hash covers everything in its row and its postings and the hash before, so one changed byte anywhere is
found by whoever folds the journal again. What is hashed is the rows themselves; nothing is stored twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from saxaul.ledger.plan import Change, HoldEnded, HoldOpen, Posting, Use

if TYPE_CHECKING:
    from saxaul.ledger.store import Store

PLACES = 64  # postings an entry can number: the posting's key is entry * PLACES + place
GENESIS = bytes(32)
PAGE = 4096

_pack = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode


class Changes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an entry changed besides postings, as the journal keeps it."""

    opens: list[HoldOpen] = []
    ends: list[HoldEnded] = []
    uses: list[Use] = []
    records: list[Change] = []
    notices: list[Any] = []


class Entry(msgspec.Struct, frozen=True):
    """An entry as followers and checks read it: the row, its changes decoded, its postings."""

    n: int
    id: str
    act: str
    actor: str
    behalf: str
    at: int
    entered: int
    versions: str
    fingerprint: bytes
    refused: str
    reverses: str
    changes: Changes
    answer: str
    hash: bytes
    postings: list[Posting]

    @property
    def receipt(self) -> dict[str, Any]:
        """The receipt in the stored answer; empty for a refusal."""
        return msgspec.json.decode(self.answer).get("receipt") or {} if self.answer else {}


read_changes = msgspec.json.Decoder(Changes).decode
NOTICES = '"notices":'  # stands in the text of changes that tell somebody something; most tell nobody


def write_changes(changes: Changes) -> str:
    """The changes as JSON text; an entry that changed nothing else keeps an empty text."""
    text = _json(changes).decode()
    return "" if text == "{}" else text


def digest(before: bytes, row: tuple[Any, ...], postings: list[tuple[Any, ...]]) -> bytes:
    """The entry's hash: SHA-256 of the hash before and of all columns of its rows in order."""
    return hashlib.sha256(before + _pack((row, postings))).digest()


def rows(store: Store, after: int, upto: int) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    """(entry row, posting rows) of the entries after `after` up to and including `upto`, in order, page by page."""
    for start in range(after, upto, PAGE):
        end = min(start + PAGE, upto)
        postings: dict[int, list[tuple[Any, ...]]] = {}
        for posting in store.read_postings(start + 1, end):
            postings.setdefault(posting[0] // PLACES, []).append(posting)
        for row in store.read_entries(start, end):
            yield row, postings.pop(row[0], [])
        if postings:  # rows without an entry: somebody else wrote here; the check reports them by an impossible entry
            orphan = min(postings)
            yield (orphan, *([None] * 13)), postings[orphan]


def entry(row: tuple[Any, ...], postings: list[tuple[Any, ...]]) -> Entry:
    """The entry of a row and its posting rows."""
    n, id, act, actor, behalf, at, entered, versions, fingerprint, refused, reverses, changes, answer, hashed = row
    return Entry(
        n, bytes(id).hex(), act, actor, behalf, at, entered, versions, bytes(fingerprint), refused, reverses,
        read_changes(changes) if changes else Changes(), answer, bytes(hashed),
        [Posting(p[1], p[2], p[3], p[4]) for p in postings],
    )  # fmt: skip


def read(store: Store, after: int, limit: int) -> list[Entry]:
    """At most `limit` entries after number `after`, in order: what a follower reads."""
    upto = min(after + limit, store.last_number())
    return [entry(row, postings) for row, postings in rows(store, after, upto)]
