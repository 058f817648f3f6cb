"""What a date brings to payments: orders whose stage is over, requests nobody answered."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.programmes.pay.orders import ExpireOrder
from saxaul.programmes.pay.persons import NameRequest

LIST_MAX = 4096  # orders of one tick; the next takes the rest

ORDERS = (
    "SELECT key, until FROM pay_order WHERE stage IN ('confirming', 'created', 'held') AND until <= ? "
    "ORDER BY until LIMIT ?"
)
REQUESTS = "SELECT key, ends FROM pay_request WHERE stage = 'asked' AND ends <= ? ORDER BY ends LIMIT ?"


def orders(reader: Reader, now: int) -> Iterable[object]:
    """Orders past the end of their stage."""
    for key, until in reader.query(ORDERS, (now, LIST_MAX)):
        yield due(until, "pay.expire", ExpireOrder(key, until), f"{key}:{until}")


def requests(reader: Reader, now: int) -> Iterable[object]:
    """Requests past their end."""
    for key, ends in reader.query(REQUESTS, (now, LIST_MAX)):
        yield due(ends, "pay.expire_request", NameRequest(key), key)


DUES = (Due("pay.orders", orders), Due("pay.requests", requests))  # type: ignore[arg-type]
