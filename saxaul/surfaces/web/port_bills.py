"""Bills as their payer reads them: billers, and the open bills of the numbers a person keeps."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.kernel import ids
from saxaul.people.persons import words
from saxaul.programmes.bills import common
from saxaul.surfaces.web import port as p
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

BILLERS = "SELECT key FROM people_organisation WHERE kind = 'biller' AND stage = 'active' ORDER BY name LIMIT 200"
KINDS = ("electricity", "gas", "heating", "cable_tv", "water")


def billers(book: Book) -> list[p.Biller]:
    """Everybody who sends bills, by name."""
    rows = book.records("people_organisation", [key for (key,) in book.query(BILLERS)])
    return sorted((p.Biller(row.key, named(row), kind_of(row)) for row in rows), key=lambda one: one.name)


def kind_of(row: Any) -> str:
    """What the biller's own terms say it sells; else a bill."""
    kind = msgspec.json.decode(row.terms).get("kind", "")
    return kind if kind in KINDS else "bill"


def saved(book: Book, credential: str) -> list[p.Bill]:
    """Open bills of the numbers the person keeps."""
    person = book.person_of(credential)
    row = book.record("bills_household", person.key) if person is not None else None
    return [bill for number in words(row.numbers) for bill in of_number(book, number)] if row is not None else []


def of_number(book: Book, number: str) -> list[p.Bill]:
    """Open bills of `<biller>:<number>`."""
    row = book.record("bills_number", number)
    if row is None or not common.is_seen(book, row.file):  # looks records up only
        return []
    biller = book.record("people_organisation", number.partition(":")[0])
    owner = book.record("bills_owner", number)
    found = [bill for bill in book.records("bills_bill", words(row.bills)) if bill and bill.stage in common.OPEN]
    return [
        _shown(biller, bill, owner.shown if owner is not None else "")
        for bill in found
        if common.is_seen(book, bill.file)
    ]


def _shown(biller: Any, bill: Any, owner: str) -> p.Bill:
    agreed, rest = common.agreed(biller), bill.amount - bill.paid
    least = yuan(min(agreed.least or 1, rest)) if agreed.part else None
    return p.Bill(
        ids.derived(0, bill.key), bill.key, bill.revision, named(biller), kind_of(biller), bill.number, owner,
        yuan(rest), "open", bill.month, bill.due, agreed.part, least, yuan(bill.paid),
    )  # fmt: skip
