"""What follows from the journal and what a date brings: suspense seen, silence noticed, windows cut and settled."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Amount, due, follows
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.ledger.journal import Entry
from saxaul.programmes.cash.officers import NoteSuspense
from saxaul.programmes.cash.settlement import CutWindow, Settle
from saxaul.programmes.cash.word import Named

LISTED_MAX = 4_096  # of each kind in one tick; the next goes on

_SILENT = (
    "SELECT key, answer_by FROM cash_order WHERE stage IN ('sent', 'accepted') AND answer_by > 0 AND answer_by <= ? "
    f"ORDER BY answer_by, key LIMIT {LISTED_MAX}"
)
_UNCUT = (
    "SELECT o.kind, o.key FROM people_organisation o JOIN cash_bank b ON b.key = o.issuer "
    "LEFT JOIN cash_payee p ON p.key = o.kind || ':' || o.key "
    "WHERE o.kind IN ('merchant', 'biller') AND (p.day IS NULL OR p.day < ?) "
    f"ORDER BY o.key LIMIT {LISTED_MAX}"
)
_CUT = (
    "SELECT w.key, w.since FROM cash_window w JOIN people_organisation o ON o.key = w.organisation "
    f"WHERE w.stage = 'cut' AND (o.bank_account <> '' OR o.terms LIKE ?) ORDER BY w.key LIMIT {LISTED_MAX}"
)
_KEEPS = '%"settle":"wallet"%'


def note(entry: Entry) -> Iterable[Request]:
    """What an act of another programme put on an operator's suspense account, one open item for each asset."""
    if entry.act.startswith("cash."):
        return
    found: dict[tuple[str, str], int] = {}
    for posting in entry.postings:
        owner, _, rest = posting.credit.partition(":")
        if owner == "operator" and rest.endswith(":suspense"):
            key = (rest.removesuffix(":suspense"), posting.asset)
            found[key] = found.get(key, 0) + posting.units
    for (operator, asset), units in found.items():
        ask = NoteSuspense(operator, entry.id, Amount(asset, units), entry.act)
        yield follows(entry, "cash.note_suspense", ask, f"{entry.id}:{operator}:{asset}")


def find_silent(reader: Reader, now: int) -> Iterable[Request]:
    """Orders that the bank has not answered in time."""
    for key, answer_by in reader.query(_SILENT, (now,)):
        yield due(answer_by, "cash.unanswered", Named(key), key)


def find_uncut(reader: Reader, now: int) -> Iterable[Request]:
    """The business day that ended at midnight, for every merchant and biller whose operator has a bank."""
    start = times.start_of_day(times.day(now))
    day = times.day(start - times.HOUR)
    for kind, key in reader.query(_UNCUT, (day,)):
        yield due(start, "cash.cut_window", CutWindow(kind, key, day), f"{kind}:{key}:{day}")


def find_cut(reader: Reader, now: int) -> Iterable[Request]:
    """Windows that were cut and go to the organisation's bank or wallet."""
    for key, since in reader.query(_CUT, (_KEEPS,)):
        yield due(since, "cash.settle", Settle(key), key)
