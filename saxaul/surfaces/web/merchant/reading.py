"""What the pages of the room show, read from the book as frozen data.

Titles of benefits and names on menus are the merchants' own words in two languages; everything else is said by the
templates in the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.people.persons import words
from saxaul.programmes.merchant import lots, rental, tables
from saxaul.programmes.merchant.places import PAID, of_benefit, point
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

SHOWN_MAX = 100
PROGRAMMES = "SELECT key FROM merchant_programme WHERE stage = 'open' ORDER BY since DESC, key LIMIT 3"
BENEFITS = "SELECT key FROM merchant_benefit WHERE programme = ? AND stage = 'open' ORDER BY cost, key LIMIT 100"
COUPONS = "SELECT key FROM merchant_coupon WHERE person = ? ORDER BY since DESC LIMIT 100"
HABITS = "SELECT key FROM merchant_habit WHERE person = ? ORDER BY since DESC LIMIT 20"
DOCUMENTS = "SELECT key FROM merchant_document WHERE person = ? AND stage <> 'ended' ORDER BY since DESC LIMIT 100"
RENTALS = "SELECT key FROM merchant_rental WHERE person = ? ORDER BY since DESC LIMIT 20"
THINGS = "SELECT key FROM merchant_thing WHERE stage = 'here' ORDER BY shop, kind, key LIMIT 100"
OUT = "SELECT key FROM merchant_thing WHERE merchant = ? AND stage = 'out' ORDER BY key LIMIT 100"
TABLES = "SELECT key FROM merchant_table WHERE merchant = ? AND stage = 'on' ORDER BY label LIMIT 100"
STATEMENTS = "SELECT key FROM merchant_statement WHERE merchant = ? ORDER BY week DESC LIMIT 12"
USED = "SELECT key FROM merchant_coupon WHERE merchant = ? AND stage = 'used' ORDER BY used DESC LIMIT 50"
BEHAVIOURS = ("own_cup", "no_bag", "no_cutlery", "e_coupon")


def titled(row: Any) -> str:
    """A benefit's title in the reader's language."""
    return named(_Names(row.title, row.title_en))


@dataclass(frozen=True, slots=True)
class _Names:
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that end on one day."""

    points: int
    ends: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A benefit as the shop shows it; `missing`: points the reader has too few."""

    id: str
    title: str
    merchant: str
    cost: int
    left: int
    minimum: Amount
    until: int
    coupon_days: int
    returns: str
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme with what the reader has in it."""

    id: str
    name: str
    points: int
    lapsing: Lot | None
    signed_up: bool
    times: int
    offers: Sequence[Offer]
    earns: Sequence[tuple[str, int]]
    next: Offer | None


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon as its owner or a till sees it."""

    id: str
    code: str
    title: str
    merchant: str
    stage: str
    ends: int
    until: int
    minimum: Amount


@dataclass(frozen=True, slots=True)
class Document:
    """A kept document; `lines` are its fields where it is a plain object, else `text` is all of it."""

    id: str
    kind: str
    merchant: str
    since: int
    stage: str
    printed: bool
    digest: str
    sale: str
    returned: str
    lines: Sequence[tuple[str, str]] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a menu; `count`: how many of it stand on the bill."""

    item: str
    name: str
    price: Amount
    sold: bool
    behaviour: str
    count: int = 0
    on: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its menu and the bill all phones share. `order` and `till` are for the surface, never shown."""

    id: str
    label: str
    merchant: str
    items: Sequence[Item]
    stage: str
    revision: int
    total: Amount
    number: str
    order: str
    till: str
    behaviours: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to rent, with all it may cost."""

    id: str
    kind: str
    merchant: str
    place: str
    fee: Amount
    step_minutes: int
    free_minutes: int
    day_cap: Amount
    price: Amount


@dataclass(frozen=True, slots=True)
class Rental:
    """A rental of the reader; `fee` is what it costs so far, or in the end."""

    id: str
    stage: str
    thing: Thing
    deposit: bool
    fee: Amount
    started: int
    ended: int
    until: int
    sold: bool


def person_of(book: Book, credential: str) -> str:
    """The natural person who reads."""
    row = book.person_of(credential)
    return str(row.natural) if row is not None else ""


def balances(book: Book, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """What is free of each account: posted less held."""
    found = book.clerk(lambda: book.house.clerk.look(keys))
    return {key: posted - held for key, (posted, held) in found.items()}


def programmes(book: Book, person: str) -> list[Programme]:
    """The programmes that run, with the reader's points and what they can be exchanged for."""
    rows = book.records("merchant_programme", [key for (key,) in book.query(PROGRAMMES)])
    return [_programme(book, row, person) for row in rows if not row.until or row.until > book.now()]


def _programme(book: Book, row: Any, person: str) -> Programme:
    has = living(book, row.key, person)
    total = sum(lot.points for lot in has)
    soon = book.now() + book.term("merchant.warn_days") * times.DAY
    lapsing = has[0] if has and has[0].ends <= soon else None
    shown = offers(book, row.key, total)
    missing = [one for one in shown if one.missing and one.left]
    taking = book.record("merchant_participant", f"{row.key}:{person}")
    earns = [(name, book.term(f"merchant.points.{name}")) for name in BEHAVIOURS]
    return Programme(
        row.key, named(row), total, lapsing, taking is not None, taking.times if taking else 0, shown, earns,
        missing[0] if missing else None,
    )  # fmt: skip


def living(book: Book, programme: str, person: str) -> list[Lot]:
    """The person's lots that still count, the earliest end first."""
    kept = lots.listed(book.record("merchant_lots", f"{programme}:{person}"))
    kept = [(lot, end) for lot, end in kept if end > book.now()]
    found = balances(book, [(lots.account(person, lot), point(programme)) for lot, _ in kept])
    every = [Lot(found[lots.account(person, lot), point(programme)], end) for lot, end in kept]
    return [lot for lot in every if lot.points]


def offers(book: Book, programme: str, points: int) -> list[Offer]:
    """Open benefits, the cheapest first."""
    rows = book.records("merchant_benefit", [key for (key,) in book.query(BENEFITS, (programme,))])
    rows = [row for row in rows if not row.until or row.until > book.now()]
    stock = balances(book, [(f"campaign:{row.key}:stock", of_benefit(row.key)) for row in rows])
    owners = book.records("people_organisation", [row.merchant for row in rows])
    return [
        Offer(row.key, titled(row), named(owner), row.cost, stock[f"campaign:{row.key}:stock", of_benefit(row.key)],
              yuan(row.minimum), row.until, row.coupon_days, row.returns, max(0, row.cost - points))
        for row, owner in zip(rows, owners, strict=True)
    ]  # fmt: skip


def offer(book: Book, id: str, person: str) -> tuple[Offer, int] | None:
    """(one benefit, the reader's points)."""
    row = book.record("merchant_benefit", id)
    if row is None:
        return None
    points = sum(lot.points for lot in living(book, row.programme, person))
    found = [one for one in offers(book, row.programme, points) if one.id == id]
    return (found[0], points) if found else None


def habits(book: Book, person: str) -> list[Any]:
    """The reader's last habits, newest first."""
    return book.records("merchant_habit", [key for (key,) in book.query(HABITS, (person,))])


def coupons(book: Book, person: str) -> list[Coupon]:
    """The reader's coupons, those that can be used first."""
    rows = book.records("merchant_coupon", [key for (key,) in book.query(COUPONS, (person,))])
    found = [_coupon(book, row) for row in rows]
    return sorted(found, key=lambda one: one.stage not in ("open", "reserved"))


def coupon(book: Book, id: str) -> tuple[Any, Coupon] | None:
    """(its row, as it is shown), whoever's it is: the view looks whether the reader may."""
    row = book.record("merchant_coupon", id)
    return (row, _coupon(book, row)) if row is not None else None


def _coupon(book: Book, row: Any) -> Coupon:
    benefit = book.must("merchant_benefit", row.benefit)
    stage = row.stage
    if stage == "reserved" and row.until <= book.now():
        stage = "open"
    if stage == "open" and row.ends <= book.now():
        stage = "ended"
    owner = named(book.record("people_organisation", benefit.merchant))
    return Coupon(row.key, row.code, titled(benefit), owner, stage, row.ends, row.until, yuan(benefit.minimum))


def payable_orders(book: Book, credential: str) -> list[tuple[str, str, int, Amount, list[str]]]:
    """(order, merchant, when, amount, behaviours its lines show) of the reader's paid orders that show any."""
    found = []
    for wallet in book.accounts(credential):
        for row in book.linked(wallet.removeprefix("wallet:"), "pay_order", limit=30):
            hangs = book.record("merchant_paid", row.key) if row.stage in PAID else None
            if hangs is not None and hangs.behaviours:
                name = named(book.record("people_organisation", row.merchant))
                found.append((row.key, name, row.paid_at, yuan(row.units), words(hangs.behaviours)))
    return found


def documents(book: Book, person: str) -> list[Document]:
    """The reader's documents, newest first."""
    rows = book.records("merchant_document", [key for (key,) in book.query(DOCUMENTS, (person,))])
    return [_document(book, row) for row in rows]


def document(book: Book, id: str, person: str) -> Document | None:
    """One of them, with what it says."""
    row = book.record("merchant_document", id)
    if row is None or row.person != person or row.stage == "ended":
        return None
    kept = book.record("merchant_document_text", id)
    return _document(book, row, kept.text if kept is not None else "")


def _document(book: Book, row: Any, text: str = "") -> Document:
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        said = {}
    plain = isinstance(said, dict) and all(isinstance(value, str | int) for value in said.values())
    lines = [(str(name), str(value)) for name, value in said.items()] if plain else []
    owner = named(book.record("people_organisation", row.merchant))
    return Document(
        row.key, row.kind, owner, row.since, row.stage, bool(row.printed), row.digest, row.sale, row.returned, lines,
        "" if lines else text,
    )  # fmt: skip


def table(book: Book, id: str) -> Table | None:
    """A table as everybody at it sees it."""
    row = book.record("merchant_table", id)
    if row is None or row.stage != "on":
        return None
    bill = book.record("merchant_table_bill", row.bill) if row.bill else None
    order = book.record("pay_order", bill.paid_order) if bill is not None and bill.paid_order else None
    stage = tables.stage_of(bill, order) if bill is not None else ""
    counts = {name: count for name, count, _ in tables.lines_of(bill.lines)} if bill is not None else {}
    shown = {} if stage == "paid" else counts
    listed = items(book, row.merchant, shown)
    return Table(
        row.key, row.label, named(book.record("people_organisation", row.merchant)),
        [one for one in listed if one.on or one.count], stage, bill.revision if bill else 0,
        yuan(bill.units if bill else 0), bill.number if bill else "", bill.paid_order if bill else "", row.till,
        sorted({one.behaviour for one in listed if counts.get(one.item) and one.behaviour}),
    )  # fmt: skip


def items(book: Book, merchant: str, counts: dict[str, int]) -> list[Item]:
    """The menu in its order."""
    menu = book.record("merchant_menu", merchant)
    keys = [f"{merchant}:{item}" for item in words(menu.items)] if menu is not None else []
    return [
        Item(row.item, named(row), yuan(row.price), row.stage != "on" or row.left == 0, row.behaviour,
             counts.get(row.item, 0), row.stage == "on")
        for row in book.records("merchant_item", keys)
    ]  # fmt: skip


def things(book: Book) -> list[Thing]:
    """What can be rented now, by station."""
    rows = book.records("merchant_thing", [key for (key,) in book.query(THINGS)])
    return [_thing(book, row) for row in rows]


def thing(book: Book, id: str) -> Thing | None:
    """One of them."""
    row = book.record("merchant_thing", id)
    return _thing(book, row) if row is not None else None


def _thing(book: Book, row: Any) -> Thing:
    shop = book.record("people_shop", row.shop)
    fee, cap = (yuan(book.term(f"merchant.rental_{name}")) for name in ("fee", "day_cap"))
    return Thing(
        row.key, row.kind, named(book.record("people_organisation", row.merchant)), shop.place or shop.name, fee,
        book.term("merchant.rental_step_minutes"), book.term("merchant.rental_free_minutes"), cap, yuan(row.price),
    )  # fmt: skip


def rentals(book: Book, person: str) -> list[Rental]:
    """The reader's rentals, newest first."""
    rows = book.records("merchant_rental", [key for (key,) in book.query(RENTALS, (person,))])
    return [_rental(book, row) for row in rows]


def my_rental(book: Book, id: str, person: str) -> Rental | None:
    """One of the reader's rentals."""
    row = book.record("merchant_rental", id)
    return _rental(book, row) if row is not None and row.person == person else None


def _rental(book: Book, row: Any) -> Rental:
    stage = "expired" if row.stage == "created" and row.until <= book.now() else row.stage
    fee = rental.fee_of(row, book.now()) if stage == "doing" else row.charged
    return Rental(
        row.key, stage, _thing(book, book.must("merchant_thing", row.thing)), bool(row.deposit), yuan(fee), row.started,
        row.ended, row.until, bool(row.sold),
    )  # fmt: skip


# -- at the counter ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """A programme as a merchant sees it; `behaviours` and `evidence` are what it chose."""

    id: str
    name: str
    joined: bool
    behaviours: Sequence[str]
    evidence: Sequence[str]


def memberships(book: Book, merchant: str) -> list[Member]:
    """Programmes that run, and whether the merchant is in them."""
    rows = book.records("merchant_programme", [key for (key,) in book.query(PROGRAMMES)])
    found = []
    for row in rows:
        mine = book.record("merchant_member", f"{row.key}:{merchant}")
        joined = mine is not None and mine.stage == "active"
        chosen = (words(mine.behaviours), words(mine.evidence)) if joined else ([], [])
        found.append(Member(row.key, named(row), joined, *chosen))
    return found


def paid_orders(book: Book, merchant: str) -> list[tuple[str, int, Amount]]:
    """(order, when, amount) of the merchant's last paid orders, for the staff's list."""
    rows = book.linked(merchant, "pay_order", limit=30)
    return [(row.key, row.paid_at, yuan(row.units)) for row in rows if row.stage in PAID]


def own_tables(book: Book, merchant: str) -> list[Any]:
    """The merchant's tables."""
    return book.records("merchant_table", [key for (key,) in book.query(TABLES, (merchant,))])


def things_out(book: Book, merchant: str) -> list[tuple[str, str]]:
    """(thing, kind) of what is out and may come back here."""
    rows = book.records("merchant_thing", [key for (key,) in book.query(OUT, (merchant,))])
    return [(row.key, row.kind) for row in rows]


def statements(book: Book, merchant: str) -> list[Any]:
    """The last weeks that were paid, newest first."""
    return book.records("merchant_statement", [key for (key,) in book.query(STATEMENTS, (merchant,))])


def used_coupons(book: Book, merchant: str) -> list[tuple[str, int, Amount]]:
    """(title, when, value) of the coupons used here last."""
    rows = book.records("merchant_coupon", [key for (key,) in book.query(USED, (merchant,))])
    benefits = book.records("merchant_benefit", [row.benefit for row in rows])
    return [(titled(one), row.used, yuan(row.value)) for row, one in zip(rows, benefits, strict=True)]


def earned(book: Book, merchant: str) -> Amount:
    """What the running week has earned so far, in both kinds of yuan."""
    account = f"merchant:{merchant}:earned"
    return yuan(sum(balances(book, [(account, "CNY/2"), (account, "ECNY/2")]).values()))
