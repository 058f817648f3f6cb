"""Shops: what a code asks for, the counter with its orders, and what the public may see of the whole book."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext as _

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.ledger import heads
from saxaul.people.persons import words
from saxaul.programmes.pay import codes, emvco
from saxaul.surfaces.web import port as p
from saxaul.surfaces.web import port_wallet
from saxaul.surfaces.web.figures import Figure, Head, Public
from saxaul.surfaces.web.port_book import Book, named

ROLES = frozenset({"cashier", "manager"})
ORDERS_MAX = 2000  # orders of one day at one counter
HEADS_SHOWN, FIGURES_SECONDS = 5, 30
PAID = ("captured", "settled", "part_refunded", "refunded")
FIGURES = {
    "persons": "SELECT COUNT(*) FROM people_person WHERE stage = 'active'",
    "wallets": "SELECT tier, COUNT(*) FROM people_wallet WHERE stage <> 'closed' AND person <> '' "
               "GROUP BY tier ORDER BY tier",
    "payments": "SELECT COUNT(*) FROM pay_order WHERE captured > 0 AND stage <> 'reversed'",
    "amount": "SELECT COALESCE(SUM(captured - refunded), 0) FROM pay_order WHERE captured > 0 AND stage <> 'reversed'",
    "shops": "SELECT COUNT(*) FROM people_shop s JOIN people_organisation o ON o.key = s.organisation "
             "WHERE s.stage = 'active' AND o.stage = 'active' AND o.kind = 'merchant' AND o.accepts_ecny = 1",
}  # fmt: skip


# -- codes -------------------------------------------------------------------------------------------------------------


def read_code(book: Book, text: str) -> p.Scanned:
    """What the text asks for; refuses what it is instead."""
    printed = codes.static(book, text)  # looks records and terms up only
    row = printed if printed is not None else codes.order(book, text)
    merchant = book.record("people_organisation", row.merchant)
    if merchant is None or merchant.stage == "closed":
        raise Refusal("payee.account_missing")
    ask = {"code": text} if printed is not None else {"code": text, "revision": row.revision}
    amount = port_wallet.yuan(row.units) if row.units else None
    return p.Scanned(p.PAY_SCAN, ask, named(merchant), amount, place_of(book, row.shop)[0], True)


def place_of(book: Book, shop: str) -> tuple[str, str]:
    """(place, name) of a shop; empty where there is none."""
    row = book.record("people_shop", shop) if shop else None
    return (row.place, row.name) if row is not None else ("", "")


def shown(book: Book, credential: str, code: str) -> p.Shown:
    """What became of the digits this person shows; another's code is simply still open."""
    person = book.person_of(credential)
    row = book.record("pay_code", emvco.payer_code_key(code))
    if person is None or row is None or row.wallet not in words(person.wallets) or row.stage != "used":
        return p.Shown("open")
    order = book.record("pay_order", row.paid_order)
    return p.Shown(order.stage, receipt=order.paid, order=order.key)


# -- the counter -------------------------------------------------------------------------------------------------------


def counter_of(book: Book, person: str) -> Any:
    """The person's credential at a merchant's counter, the newest, or None."""
    for row in book.linked(person, "people_credential", limit=50):
        if row.organisation and row.stage == "active" and ROLES & set(row.roles.split()):
            organisation = book.record("people_organisation", row.organisation)
            if organisation is not None and organisation.kind == "merchant":
                return row
    return None


def merchant(book: Book, credential: str) -> p.Merchant | None:
    """The shop at whose counter the reader stands."""
    person = book.person_of(credential)
    here = counter_of(book, person.key) if person is not None else None
    if here is None:
        return None
    row = book.record("people_organisation", here.organisation)
    place, shop = place_of(book, here.shop)
    where = " · ".join(one for one in (shop, place) if one)
    manager = "manager" in here.roles.split()
    code, silent = _on_the_wall(book, row.key, here.shop)
    return p.Merchant(row.key, here.key, named(row), where, code, manager, silent)


def _on_the_wall(book: Book, merchant: str, shop: str) -> tuple[str, str]:
    """(text, last day of payment) of the newest printed code, the day only where its silence was told.

    The book keeps a digest of the text, the receipt of the issuing act the text itself.
    """
    for row in book.linked(merchant, "pay_code", limit=50):
        if row.kind == "static" and row.stage == "open" and not row.units and shop in ("", row.shop):
            entry = book.entry(row.issued) if row.issued else None
            text = str(entry.receipt.get("code", "")) if entry is not None else ""
            return text, row.told_day if row.told_day == row.paid_day else ""
    return "", ""


def takings(book: Book, shop: p.Merchant, day: str) -> p.Takings:
    """One day at the counter, newest order first."""
    zone = book.house.settings.zone
    day = day or times.day(book.now(), zone)
    start, end = times.start_of_day(day, zone), times.start_of_day(times.next_day(day), zone)
    rows = [row for row in book.linked(shop.id, "pay_order", limit=ORDERS_MAX) if start <= _at(row) < end]
    hours = [0] * 24
    for row in rows:
        if row.stage in PAID:
            hours[times.moment(_at(row), zone).hour] += row.captured
    paid = [row for row in rows if row.stage in PAID]
    money = [port_wallet.yuan(units) for units in (sum(hours), sum(row.refunded for row in paid))]
    orders = [_order(row) for row in sorted(rows, key=_at, reverse=True)[:200]]
    return p.Takings(day, money[0], len(paid), money[1], [port_wallet.yuan(one) for one in hours], orders)


def _at(row: Any) -> int:
    """When it was paid, or, before that, made: our ids begin with their instant, merchants' own numbers do not."""
    return row.paid_at or int(row.key[:12], 16) * 1000 or row.ends


def order(book: Book, shop: p.Merchant, id: str) -> p.Order | None:
    """One order; its code is made again from what the book knows, so it is always that of the present price."""
    row = book.record("pay_order", id)
    if row is None or row.merchant != shop.id:
        return None
    code = ""
    if row.stage == "created" and row.ends > book.now():
        organisation = book.record("people_organisation", row.merchant)
        code = codes.dynamic_text(
            book, organisation, order=row.key, units=row.units, revision=row.revision, number=row.number
        )  # fmt: skip
    return _order(row, code)


def _order(row: Any, code: str = "") -> p.Order:
    left = port_wallet.yuan(row.captured - row.refunded)
    return p.Order(row.key, _at(row), port_wallet.yuan(row.units), row.stage, left, code)


# -- the public --------------------------------------------------------------------------------------------------------

_kept: dict[str, tuple[float, Any]] = {}


def public(book: Book) -> Public:
    """Signed heads and the first figures, each with its query; counted anew every half minute."""
    until, found = _kept.get(book.house.settings.dsn, (0.0, None))
    if found is None or time.monotonic() > until:
        found = {name: book.query(statement) for name, statement in FIGURES.items()}
        _kept[book.house.settings.dsn] = (time.monotonic() + FIGURES_SECONDS, found)
    key = book.house.secrets.head_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    lines = heads.read(book.house.folder / "heads.jsonl")[-HEADS_SHOWN:]
    signed = [
        Head(int(one["n"]), str(one["hash"]), int(one["entered"]), str(one["signature"]), key)
        for one in reversed(lines)
    ]
    return Public(signed, _figures(found), signed[0].at if signed else book.now())


def _figures(found: dict[str, Sequence[tuple[Any, ...]]]) -> list[Figure]:
    wallets = [(_("Tier %(grade)s") % {"grade": grade}, count) for grade, count in found["wallets"]]
    values: dict[str, tuple[str, Any, Sequence[tuple[str, int]]]] = {
        "persons": (_("People"), found["persons"][0][0], ()),
        "wallets": (_("Wallets by tier"), sum(count for _grade, count in wallets), wallets),
        "payments": (_("Payments in shops"), found["payments"][0][0], ()),
        "amount": (_("Paid in shops"), port_wallet.yuan(int(found["amount"][0][0])), ()),
        "shops": (_("Shops that take e-CNY"), found["shops"][0][0], ()),
    }
    return [
        Figure(name, title, value, FIGURES[name], _hash(FIGURES[name], found[name]), series)
        for name, (title, value, series) in values.items()
    ]


def _hash(query: str, rows: Sequence[tuple[Any, ...]]) -> str:
    """What somebody who asked the same query compares."""
    return hashlib.sha256(f"{query}\n{[tuple(map(int, row)) for row in rows]}".encode()).hexdigest()
