"""What a date brings to bills: late ones are marked, and what was paid ahead goes into new bills."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.ledger.sql import marks
from saxaul.programmes.bills.issue import Named
from saxaul.programmes.bills.pay import Named as Bill

LISTED_MAX = 4_096  # bills looked at in one tick; the next goes on

_SEEN = "(b.file = '' OR EXISTS (SELECT 1 FROM bills_file f WHERE f.key = b.file AND f.stage = 'open'))"
_LATE = (
    f"SELECT b.key, b.due, b.revision, b.paid FROM bills_bill b WHERE b.stage IN ('issued', 'part_paid') "
    f"AND b.due < ? AND {_SEEN} ORDER BY b.due, b.key LIMIT {LISTED_MAX}"
)
_AHEAD = f"SELECT bills FROM bills_number WHERE ahead > 0 AND bills <> '' ORDER BY key LIMIT {LISTED_MAX}"
_OPEN = f"SELECT b.key, b.since, b.revision, b.paid FROM bills_bill b WHERE {_SEEN} AND b.key IN "


def find_late(reader: Reader, now: int) -> Iterable[Request]:
    """Bills whose last day is over, once for every revision and sum paid."""
    for key, last, revision, paid in reader.query(_LATE, (times.day(now),)):
        start = times.start_of_day(times.next_day(last))
        yield due(start, "bills.overdue", Named(key), f"{key}:{revision}:{paid}")


def find_ahead(reader: Reader, now: int) -> Iterable[Request]:
    """Open bills of households that paid ahead."""
    for (bills,) in reader.query(_AHEAD):
        keys = bills.split()
        for key, since, revision, paid in reader.query(f"{_OPEN}{marks(len(keys))} ORDER BY b.due, b.key", keys):
            yield due(since, "bills.use_ahead", Bill(key), f"{key}:{revision}:{paid}")
