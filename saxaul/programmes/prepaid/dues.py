"""What a date brings to contracts: validity that is over, disputes nobody ruled, contracts of schools that closed.

Every act has an id made of contract and date, so a closure that was killed anywhere goes on with the next tick.
"""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.programmes.prepaid.contracts import Named
from saxaul.programmes.prepaid.lessons import Lapse

LISTED_MAX = 4_096  # of each kind in one tick; the next goes on

_OPEN = "c.stage IN ('draft', 'signed', 'funded', 'active', 'suspended') AND c.ends_as = ''"
_OVER = f"SELECT c.key, c.until FROM prepaid_contract c WHERE {_OPEN} AND c.until <= ? ORDER BY c.until, c.key LIMIT ?"
_UNRULED = (
    "SELECT contract, number, until FROM prepaid_lesson WHERE stage = 'disputed' AND until <= ? "
    "ORDER BY until, key LIMIT ?"
)
_CLOSED = (
    f"SELECT c.key, s.closed FROM prepaid_school s JOIN prepaid_contract c ON c.merchant = s.key "
    f"WHERE s.stage = 'closed' AND {_OPEN} ORDER BY c.key LIMIT ?"
)


def find_closed(reader: Reader, now: int) -> Iterable[Request]:
    """Contracts of closed schools."""
    for key, closed in reader.query(_CLOSED, (LISTED_MAX,)):
        yield due(closed, "prepaid.return_closed", Named(key), key)


def find_over(reader: Reader, now: int) -> Iterable[Request]:
    """Contracts whose validity is over."""
    for key, until in reader.query(_OVER, (now, LISTED_MAX)):
        yield due(until, "prepaid.expire", Named(key), key)


def find_unruled(reader: Reader, now: int) -> Iterable[Request]:
    """Disputes past their deadline."""
    for contract, number, until in reader.query(_UNRULED, (now, LISTED_MAX)):
        yield due(until, "prepaid.lapse", Lapse(contract, number), f"{contract}:{number}")


DUES = (
    Due("prepaid.return_closed", find_closed),
    Due("prepaid.expire", find_over),
    Due("prepaid.lapse", find_unruled),
)
