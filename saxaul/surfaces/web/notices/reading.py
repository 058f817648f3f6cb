"""What the page of notices shows: each notice with its words, the names and amounts it speaks of, and where it leads.

The journal keeps kinds and facts with ids. Names are looked up when the page is read, in the reader's language and as
far as the reader may see them. A notice whose facts do not fill its sentence, or whose kind has no words here, says in
general that something changed: a code or an id is never shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.quiz.common import in_language
from saxaul.surfaces import notices
from saxaul.surfaces.notices import Notice
from saxaul.surfaces.web import formats, port_wallet
from saxaul.surfaces.web.notices.words import KINDS, OTHER, Words
from saxaul.surfaces.web.port_book import Book, named

SIZE, COUNTED_MAX = 30, 10
NEWS_AGE_MAX = 3 * times.DAY  # for a login that never opened the page, an older notice is no news: as for a telephone
VARIANTS = {"prepaid.ruled": "to", "quiz.reward_decided": "stage", "merchant.grant_judged": "stage"}
CAMPAIGNS = ("campaign_campaign", "voucher_campaign")


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it stands on the page."""

    icon: str
    tone: str
    title: str
    text: str
    at: int
    href: str
    new: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Notices by day; `after` asks for older ones; `newest` is the newest entry on the page."""

    days: list[tuple[str, list[Line]]]
    after: str
    as_of: int | None
    newest: int


def page(book: Book, credential: str, seen: int | None, *, before: int = 2**62, size: int = SIZE) -> Page:
    """One page of the reader's notices."""
    as_of = book.as_of()
    person = book.person_of(credential)
    numbers, found = _found(book, person, before, size)
    own = frozenset(book.accounts(credential))
    lines = [_line(book, one, own, new=_new(book, one, seen)) for one in found]
    today = times.day(book.now())
    days = [
        (_("Today") if day == today else formats.day(day), list(some))
        for day, some in groupby(lines, key=lambda line: times.day(line.at))
    ]
    return Page(days, str(numbers[-1]) if len(numbers) == size else "", as_of, numbers[0] if numbers else 0)


def news(book: Book, credential: str, seen: int | None) -> int:
    """How many notices the reader has not seen, counted no further than a mark has room for."""
    person = book.person_of(credential)
    if person is None:
        return 0
    return sum(_new(book, one, seen) for one in _found(book, person, 2**62, COUNTED_MAX)[1])


def _found(book: Book, person: Any, before: int, size: int) -> tuple[list[int], list[Notice]]:
    """(numbers of the entries looked at, the notices in them)."""
    entries = book.entries(notices.accounts(person), before=before, limit=size)
    return [entry.n for entry in entries], notices.told(person, entries, book.records)


def _new(book: Book, one: Notice, seen: int | None) -> bool:
    return one.entry > seen if seen is not None else one.at >= book.now() - NEWS_AGE_MAX


def _line(book: Book, one: Notice, own: frozenset[str], *, new: bool) -> Line:
    """A notice with its words; in general ones where the kind is unknown or a fact is missing."""
    variant = VARIANTS.get(one.kind)
    words = KINDS.get(f"{one.kind} {one.facts.get(variant)}" if variant else one.kind, OTHER)
    try:
        text = str(words.text) % _Facts(book, one, own)
        href = _href(book, one, words, own)
    except (LookupError, TypeError, ValueError, Refusal):  # an older or a newer act had other facts
        words, text, href = OTHER, str(OTHER.text), reverse(OTHER.page)
    return Line(words.icon, words.tone, str(words.title), text, one.at, href, new)


def _href(book: Book, one: Notice, words: Words, own: frozenset[str]) -> str:
    """Where one acts on it. A receipt is there where the act moved the reader's money, a question while it is open."""
    page = words.page
    if page == "receipt":
        moved = any(own & {posting.debit, posting.credit} for posting in one.moved)
        return reverse("receipt", args=[one.act]) if moved else reverse("history")
    if page == "answer":
        order = book.must("pay_order", one.facts["order"])
        return reverse("answer", args=[order.key]) if order.stage == "confirming" else reverse("history")
    return reverse(page, args=[one.facts[words.key]] if words.key else None)


class _Facts(dict[str, str]):
    """The places of a sentence, each filled when it is asked for; `LookupError` where there is nothing to say."""

    def __init__(self, book: Book, one: Notice, own: frozenset[str]) -> None:
        self.book, self.one, self.own, self.facts = book, one, own, one.facts

    def __missing__(self, place: str) -> str:
        found = PLACES[place](self)
        if not found:
            raise LookupError(place)
        return found

    def amount(self, name: str) -> str:
        """Money as yuan, all else in its own unit."""
        return formats.shown(port_wallet.read_amount(self.facts[name])).text

    def moment(self) -> str:
        """Day and hour of an end."""
        at = times.read(self.facts["until"])
        return formats.moment(at) if at is not None else ""

    def day(self) -> str:
        """The day of steps, or the last day of payments."""
        return formats.day(self.facts.get("day") or self.facts["last"])

    def number(self, name: str) -> str:
        """A count, or the number of a lesson."""
        return formats.number(int(self.facts[name]))

    def campaign(self) -> str:
        """The public name of a round, a voucher or a quiz."""
        key, book = self.facts["campaign"], self.book
        name = next(
            (name for table in CAMPAIGNS if table in book.tables if (name := named(book.record(table, key)))), ""
        )
        quiz = book.record("quiz_campaign", key) if not name and "quiz_campaign" in book.tables else None
        if quiz is not None:
            return str(in_language(msgspec.json.decode(quiz.titles), (get_language() or "en").partition("-")[0]))
        return name

    def reserve(self) -> str:
        """The place among the reserves; the journal has the place among all who were drawn."""
        row = self.book.must("campaign_campaign", self.facts["campaign"])
        return formats.number(int(self.facts["place"]) - row.awards)

    def merchant(self) -> str:
        """The shop or school: named by the notice, or by the order or contract it tells of."""
        key = self.facts.get("merchant", "")
        if not key and "contract" in self.facts:
            key = self.book.must("prepaid_contract", self.facts["contract"]).merchant
        elif not key:
            key = self.book.must("pay_order", self.facts["order"]).merchant
        return named(self.book.record("people_organisation", key))

    def biller(self) -> str:
        """Who gave the money of a bill back."""
        payment = self.book.must("bills_payment", self.facts["payment"])
        return named(self.book.record("people_organisation", payment.biller))

    def asker(self) -> str:
        """Who asks for money."""
        return self.book.name_of(f"wallet:{self.book.must('pay_request', self.facts['request']).payee}")

    def giver(self) -> str:
        """Who sent it: the other side of the posting that came in."""
        return next((self.book.name_of(one.debit) for one in self.one.moved if one.credit in self.own), "")


PLACES: dict[str, Callable[[_Facts], str]] = {
    "amount": lambda facts: facts.amount("amount"), "energy": lambda facts: facts.amount("energy"),
    "until": _Facts.moment, "day": _Facts.day, "lesson": lambda facts: facts.number("lesson"),
    "points": lambda facts: facts.number("points"), "campaign": _Facts.campaign, "place": _Facts.reserve,
    "merchant": _Facts.merchant, "biller": _Facts.biller, "asker": _Facts.asker, "giver": _Facts.giver,
    "friend": lambda facts: facts.book.name_of_person(facts.facts["person"]),
    "title": lambda facts: str(facts.facts["title"]),
}  # fmt: skip
