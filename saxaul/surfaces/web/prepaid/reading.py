"""What the pages of prepaid contracts show, read from the book as frozen data; nobody reads past an owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import get_language

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount, take
from saxaul.programmes.prepaid import common, lists
from saxaul.programmes.prepaid.stages import OPEN, UNFUNDED
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.port import Merchant, Part
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

SQUARES_MAX = 60  # lessons drawn one by one; more are a bar alone
OFFICES = frozenset({"officer", "approver", "auditor"})
DISTRICTS = "SELECT DISTINCT district FROM prepaid_school ORDER BY district LIMIT 200"
KINDS = "SELECT key FROM prepaid_template WHERE stage = 'active' ORDER BY key LIMIT 200"
LETTERS = {common.UNUSED: "left", common.RELEASED: "given", common.RETURNED: "back", common.DISPUTED: "dispute"}


@dataclass(frozen=True, slots=True)
class Given:
    """A lesson that something happened to."""

    number: int
    price: Amount
    stage: str
    at: int
    until: int


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract as either side sees it; `way` is what its reader may do next."""

    id: str
    school: str
    kind: str
    pupil: str
    stage: str
    lessons: int
    used: int
    unused: int
    disputed: int
    price: Amount
    released: Amount
    returned: Amount
    rest: Amount
    until: int
    cooling_days: int
    sponsor_first: bool
    text: str
    signed_by_school: bool
    signed_by_guardian: bool
    paid: bool
    running: bool
    unfunded: bool

    @property
    def last_day(self) -> int:
        """An instant on the last day of validity."""
        return self.until - 1


@dataclass(frozen=True, slots=True)
class Whole:
    """A contract with its lessons and its text, for its own page."""

    contract: Contract
    body: str
    each: Amount
    least: Amount
    states: Sequence[tuple[int, str]]
    given: Sequence[Given]
    next: int
    free: Sequence[int]
    back: Amount
    parts: Sequence[Part]
    card: bool

    @property
    def subsidised(self) -> bool:
        """Whether a part of what would come back is a subsidy."""
        return any(not common.is_own(part.asset) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of contract that the school may offer."""

    code: str
    title: str
    text: str
    lessons_max: int
    days_max: int
    cooling_days: int


@dataclass(frozen=True, slots=True)
class Total:
    """One school as the district sees it."""

    school: str
    stage: str
    contracts: int
    open: int
    stale: int
    disputed: int
    paid: Amount
    released: Amount
    returned: Amount
    left: Amount


@dataclass(frozen=True, slots=True)
class District:
    """The district's schools and its quiet contracts."""

    code: str
    name: str
    totals: Sequence[Total]
    stale: Sequence[Contract]
    days: int
    paid: Amount
    released: Amount
    returned: Amount
    left: Amount


def own(book: Book, credential: str) -> list[Contract]:
    """The reader's contracts, newest first."""
    person = book.person_of(credential)
    found = lists.of_guardian(book.reader, person.key) if person is not None else []
    return _shown(book, [row["contract"] for row in found])


def contract(book: Book, credential: str, id: str) -> Whole | None:
    """One of the reader's contracts."""
    person, row = book.person_of(credential), book.record("prepaid_contract", id)
    if person is None or row is None or row.guardian != person.key:
        return None
    return _whole(book, row)


def of_shop(book: Book, shop: Merchant) -> list[Contract]:
    """The school's own contracts, newest first."""
    rows = lists.of_school(book.reader, shop.id, limit=200)
    return _shown(book, [row["contract"] for row in sorted(rows, key=lambda row: (-row["since"], row["contract"]))])


def shops(book: Book, shop: Merchant, id: str) -> Whole | None:
    """One contract of the school."""
    row = book.record("prepaid_contract", id)
    return _whole(book, row) if row is not None and row.merchant == shop.id else None


def is_school(book: Book, shop: Merchant | None) -> bool:
    """Whether the shop stands on the district's list."""
    return shop is not None and book.record("prepaid_school", shop.id) is not None


def is_office(book: Book, credential: str) -> bool:
    """Whether the reader holds an office of the operator."""
    person = book.person_of(credential)
    rows = book.linked(person.key, "people_credential", limit=50) if person is not None else []
    return any(row.stage == "active" and OFFICES & set(row.roles.split()) for row in rows)


def kinds(book: Book, shop: Merchant) -> list[Kind]:
    """Kinds of contracts that this school may offer."""
    organisation = book.record("people_organisation", shop.id)
    rows = book.records("prepaid_template", [key for (key,) in book.query(KINDS)])
    return [
        Kind(row.key, _said(row.titles), _said(row.texts), row.lessons_max, row.valid_days_max, row.cooling_days)
        for row in rows
        if not row.category or organisation.category in row.category.split()
    ]


def districts(book: Book) -> list[tuple[str, str]]:
    """Districts with schools on their lists, by code and name."""
    codes = [code for (code,) in book.query(DISTRICTS)]
    rows = book.records("people_directory", [f"region:{code}" for code in codes])
    return [(code, named(row) or code) for code, row in zip(codes, rows, strict=True)]


def district(book: Book, code: str, name: str) -> District:
    """Totals by school, and the contracts that were quiet for long."""
    days = book.term("prepaid.stale_days")
    before = book.now() - days * times.DAY
    found = lists.of_district(book.reader, code, stale_before=before)
    schools = book.records("people_organisation", [one["merchant"] for one in found])
    totals = [
        Total(
            named(school), one["stage"], one["contracts"], one["open"], one["stale"], one["disputed"],
            *(yuan(one[name]) for name in ("paid", "released", "returned", "left")),
        )
        for school, one in zip(schools, found, strict=True)
    ]  # fmt: skip
    quiet = _shown(book, [one["contract"] for one in lists.stale(book.reader, code, before=before)])
    sums = [yuan(sum(one[name] for one in found)) for name in ("paid", "released", "returned", "left")]
    return District(code, name, sorted(totals, key=lambda one: -one.left.units), quiet, days, *sums)


def _shown(book: Book, keys: Sequence[str]) -> list[Contract]:
    rows = [row for row in book.records("prepaid_contract", keys) if row is not None]
    schools = _by_key(book, "people_organisation", {row.merchant for row in rows})
    templates = _by_key(book, "prepaid_template", {row.template for row in rows})
    return [_contract(row, schools[row.merchant], templates[row.template]) for row in rows]


def _by_key(book: Book, table: str, keys: set[str]) -> dict[str, Any]:
    wanted = sorted(keys)
    return dict(zip(wanted, book.records(table, wanted), strict=True))


def _contract(row: Any, school: Any, template: Any) -> Contract:
    count = {name: row.states.count(letter) for letter, name in LETTERS.items()}
    rest = row.units - row.released - row.returned if row.sources else 0
    return Contract(
        row.key, named(school), _said(template.titles), row.pupil, row.stage, row.lessons, count["given"],
        count["left"], count["dispute"], yuan(row.units), yuan(row.released), yuan(row.returned), yuan(rest), row.until,
        row.cooling_days, row.returns == "sponsor_first", row.text, bool(row.school_signed), bool(row.guardian_signed),
        bool(row.sources),
        row.stage in OPEN and not row.ends_as, row.stage in UNFUNDED,
    )  # fmt: skip


def _whole(book: Book, row: Any) -> Whole:
    body = book.record("prepaid_body", row.key)
    states = [(place, LETTERS[letter]) for place, letter in enumerate(row.states, 1)]
    given = [
        Given(one["number"], yuan(one["price"]), one["stage"], one["at"], one["until"])
        for one in reversed(lists.lessons_of(book.reader, row.key))
    ]
    free = common.unused(row) if row.stage in OPEN and not row.ends_as else []
    (shown,) = _shown(book, [row.key])
    return Whole(
        shown, body.body if body is not None else "", yuan(common.prices(row)[0]), yuan(common.prices(row)[-1]),
        states if row.lessons <= SQUARES_MAX and shown.paid else (), given, free[0] if free else 0, free,
        yuan(common.worth(row, free)), _parts(book, row, common.worth(row, free)), bool(row.card),
    )  # fmt: skip


def _parts(book: Book, row: Any, units: int) -> list[Part]:
    """Where the money of a refund would go, by source, in the order in which it is taken."""
    sources = row.sources.split()
    if row.returns == "sponsor_first":
        order = [one for one in sources if not common.is_own(one)] + [
            one for one in sources[::-1] if common.is_own(one)
        ]
    else:
        order = sources[::-1]
    keys = [(common.escrow(row.key), asset) for asset in order]
    has = book.clerk(lambda: book.house.clerk.look(keys)) if keys else {}
    parts, _short = take(units, [(key[1], has[key][0]) for key in keys])
    return [Part(asset, Amount(asset, part)) for asset, part in parts]


def _said(written: str) -> str:
    """The text in the reader's language."""
    said = msgspec.json.decode(written)
    return str(said.get((get_language() or "en").partition("-")[0]) or said.get("en", ""))


def bars(found: District) -> list[tuple[str, int, str]]:
    """Money left by school, as rows of a chart."""
    return [(_cut(one.school), one.left.units, formats.shown(one.left).text) for one in found.totals[:12]]


def _cut(name: str) -> str:
    """As much of a name as fits below a bar."""
    return name if len(name) <= 14 else f"{name[:13].rstrip()}…"
