"""What follows from the journal (behaviours, their undoing, lines of carriers' files) and what a date brings.

Derived acts carry the instant of what they follow as their `at`, so tariff, factor and ripening are those of the act's
own day. Reading an entry twice changes nothing: the id of the derived act is made of behaviour, source and its id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from saxaul.engine import due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request, request
from saxaul.kernel import ids, times
from saxaul.ledger.journal import Entry
from saxaul.programmes.green.behaviours import JOURNAL, ROWS, SOURCES, UNDOES, Row, found, holds
from saxaul.programmes.green.common import OneLot
from saxaul.programmes.green.record import Count, Record, Reported, Reverse

LISTED_MAX = 4_096  # of each kind in one tick; the next goes on
MORNING_HOURS = 7  # a whole day's walking counts as done at this hour of its day

_EXPIRED = (
    "SELECT key, expires_at FROM green_grant WHERE stage = 'open' AND expires_at <= ? "
    f"ORDER BY expires_at LIMIT {LISTED_MAX}"
)
_PARKED = (
    "SELECT g.key, g.at, s.version FROM green_series s JOIN green_grant g ON s.key = g.behaviour || '@' || g.region "
    f"WHERE g.parked = 1 AND g.seen < s.version ORDER BY g.at, g.key LIMIT {LISTED_MAX}"
)
_PURPOSES = ", ".join(f"w.person || ':{purpose}'" for purpose in ("green", *(f"green.{one}" for one in SOURCES)))
_AGREED = {
    table: (
        f"SELECT 1 FROM {table} d JOIN people_wallet w ON w.key = d.{wallet} "
        f"JOIN people_consent c ON c.key IN ({_PURPOSES}) WHERE d.key = ? AND c.stage = 'given' LIMIT 1"
    )
    for table, wallet in (("pay_order", "payer"), ("bills_payment", "wallet"))
}
_lines = msgspec.json.Decoder(list[Reported]).decode


def _derived(act: str, ask: Any, *, at: int, entered: int, written: str) -> Request:
    return request(act, ask, id=ids.derived(entered, f"{act}:{written}"), at=at)


def take_in(entry: Entry, reader: Reader) -> Iterable[Request]:
    """The behaviours that an act of another programme is, and the undoing of those it takes back."""
    for row in ROWS:
        if row.act == entry.act and holds(entry, row.when):
            made = _record(entry, row)
            if made is not None and _concerns(reader, row, made.ask):
                yield made
    for undo in UNDOES:
        origin = found(entry, undo.origin)
        if undo.act == entry.act and origin and holds(entry, undo.when):
            ask = Reverse(str(origin), JOURNAL)
            yield _derived("green.reverse", ask, at=entry.at, entered=entry.entered, written=f"{JOURNAL}:{origin}")


def _concerns(reader: Reader, row: Row, ask: Record) -> bool:
    """Whether the payer agreed to anything of green energy: most payments are those of people who never did.

    The act asks again, and more exactly; this only saves the book a refusal for every payment of the town.
    """
    asked = _AGREED.get(row.document)
    return asked is None or bool(reader.query(asked, (ask.origin,)))


def _record(entry: Entry, row: Row) -> Request | None:
    origin, person = found(entry, row.origin), found(entry, row.person)
    day = found(entry, row.day) if row.day else ""
    activity = found(entry, row.activity) if row.activity else 0
    if not origin or not (person or row.document) or None in (day, activity):
        return None
    morning = times.start_of_day(str(day).rpartition(":")[2]) + MORNING_HOURS * times.HOUR if day else 0
    at = morning or entry.at
    ask = Record(
        row.behaviour, str(origin), person="" if row.document else str(person), source=JOURNAL,
        document=f"{row.document}:{origin}" if row.document else "", activity=int(activity),
        line=str(found(entry, row.line) or "") if row.line else "",
    )  # fmt: skip
    return _derived("green.record", ask, at=at, entered=entry.entered, written=f"{row.behaviour}:{JOURNAL}:{origin}")


def read_report(entry: Entry) -> Iterable[Request]:
    """One behaviour for every line of a carrier's file."""
    for change in entry.changes.records:
        if change.table != "green_report" or not change.new:
            continue
        source = change.fields["source"]
        for row in _lines(change.fields["rows"]):
            ask = Record(
                row.behaviour, row.id, person=row.person, source=source, activity=row.metres, line=row.line,
                evidence="ride",
            )  # fmt: skip
            written = f"{row.behaviour}:{source}:{row.id}"
            at = times.read(row.at)
            yield _derived("green.record", ask, at=at or entry.at, entered=entry.entered, written=written)


def find_expired(reader: Reader, now: int) -> Iterable[Request]:
    """Bubbles that nobody collected in time."""
    for key, expires_at in reader.query(_EXPIRED, (now,)):
        yield due(expires_at, "green.expire", OneLot(key), key)


def find_parked(reader: Reader, now: int) -> Iterable[Request]:
    """Emission that waits for a factor, once for every version of the factors."""
    for key, at, version in reader.query(_PARKED):
        ask = Count(key, version)
        yield msgspec.structs.replace(due(at, "green.count", ask, f"{key}:{version}"), at=at)
