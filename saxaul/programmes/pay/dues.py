"""What a date brings to payments: orders whose stage is over, requests without answer, silent printed codes."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.kernel import times
from saxaul.programmes.pay.orders import ExpireOrder
from saxaul.programmes.pay.persons import NameRequest
from saxaul.programmes.pay.wall import MANAGERS_MAX, WarnSilent

LIST_MAX = 4096  # orders of one tick; the next takes the rest

ORDERS = (
    "SELECT key, until FROM pay_order WHERE stage IN ('confirming', 'created', 'held') AND until <= ? "
    "ORDER BY until LIMIT ?"
)
REQUESTS = "SELECT key, ends FROM pay_request WHERE stage = 'asked' AND ends <= ? ORDER BY ends LIMIT ?"

SILENT = (
    "SELECT key, merchant, paid_day FROM pay_code WHERE kind = 'static' AND stage = 'open' AND paid_day <> '' "
    "AND paid_day < ? AND told_day <> paid_day ORDER BY paid_day LIMIT ?"
)
MANAGERS = (
    "SELECT organisation, key FROM people_credential WHERE stage = 'active' AND organisation <> '' AND person <> '' "
    "AND roles LIKE ? ORDER BY organisation, key"
)


def orders(reader: Reader, now: int) -> Iterable[object]:
    """Orders past the end of their stage."""
    for key, until in reader.query(ORDERS, (now, LIST_MAX)):
        yield due(until, "pay.expire", ExpireOrder(key, until), f"{key}:{until}")


def requests(reader: Reader, now: int) -> Iterable[object]:
    """Requests past their end."""
    for key, ends in reader.query(REQUESTS, (now, LIST_MAX)):
        yield due(ends, "pay.expire_request", NameRequest(key), key)


def silent(reader: Reader, now: int) -> Iterable[object]:
    """Printed codes to which nobody paid yesterday; whether that is unusual, their act decides."""
    start = times.start_of_day(times.day(now))
    yesterday = times.day(start - times.HOUR)
    found = reader.query(SILENT, (yesterday, LIST_MAX))
    managers: dict[str, list[str]] = {}
    for organisation, credential in reader.query(MANAGERS, ("%manager%",)) if found else ():
        managers.setdefault(organisation, []).append(credential)
    for key, merchant, last in found:
        ask = WarnSilent(key, last, managers.get(merchant, [])[:MANAGERS_MAX])
        yield due(start, "pay.warn_silent", ask, f"{key}:{last}")


DUES = (Due("pay.orders", orders), Due("pay.requests", requests), Due("pay.silent", silent))  # type: ignore[arg-type]
