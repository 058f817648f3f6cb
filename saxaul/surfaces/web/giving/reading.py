"""What the pages of giving show, read from the book as frozen data. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from saxaul.engine.request import request
from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.consents import agreed
from saxaul.programmes.giving import common
from saxaul.programmes.giving.chickens import chicken
from saxaul.programmes.giving.gifts import GiveSteps
from saxaul.programmes.giving.steps import PURPOSE
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.giving import words
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

ROWS_MAX, DAYS_SHOWN = 50, 14
_PROJECTS = f"SELECT key FROM giving_project WHERE stage = 'open' ORDER BY since DESC, key LIMIT {ROWS_MAX}"
_OF_CHARITY = f"SELECT key FROM giving_project WHERE charity = ? ORDER BY since DESC, key LIMIT {ROWS_MAX}"
_DRIVES = (
    "SELECT key FROM giving_pool WHERE kind = 'drive' AND stage = 'open' AND closes > ? "
    f"ORDER BY closes, key LIMIT {ROWS_MAX}"
)
_OF_SPONSOR = f"SELECT key FROM giving_pool WHERE organisation = ? ORDER BY since DESC, key LIMIT {ROWS_MAX}"
_GIFTS = f"SELECT key FROM giving_gift WHERE person = ? ORDER BY since DESC, key DESC LIMIT {ROWS_MAX}"
_FLOCKS = f"SELECT key FROM giving_flock ORDER BY since DESC, key LIMIT {ROWS_MAX}"
_LINES = f"SELECT key FROM giving_line WHERE project = ? ORDER BY key LIMIT {ROWS_MAX}"
_QUARTERS = "SELECT key FROM giving_quarter WHERE project = ? ORDER BY key"
_OFFICES = (
    "SELECT c.organisation FROM people_credential c JOIN people_organisation o ON o.key = c.organisation "
    "WHERE c.person = ? AND c.stage = 'active' AND o.kind IN ('charity', 'sponsor') ORDER BY o.key"
)
_TOTALS = (
    "SELECT COUNT(*), COALESCE(SUM(steps), 0), COALESCE(SUM(sponsored), 0), COALESCE(SUM(own), 0), "
    "COALESCE(SUM(flock_steps), 0) FROM giving_giver WHERE gifts > 0 OR flock_steps > 0"
)
_BY_FIELD = "SELECT field, COALESCE(SUM(received), 0) FROM giving_project GROUP BY field ORDER BY field"
_BY_SPONSOR = (
    "SELECT organisation, COALESCE(SUM(given), 0) FROM giving_pool WHERE organisation <> '' "
    "GROUP BY organisation ORDER BY 2 DESC, 1 LIMIT 8"
)
_SUMS = "SELECT COALESCE(SUM(received), 0), COALESCE(SUM(paid), 0) FROM giving_project"
Rows = list[tuple[str, int, str]]


def said(row: Any) -> str:
    """A title in the reader's language: Chinese where it was given so, English for all others."""
    zh = (get_language() or "").startswith("zh")
    return str(row.title if zh else getattr(row, "title_en", "") or row.title)


@dataclass(frozen=True, slots=True)
class Day:
    """A person's day. `tell`: sentences of the verdict; `hours`: a bar an hour while the day is open."""

    day: str
    steps: int
    verified: int
    stage: str
    verdict: str
    reasons: Sequence[str]
    tell: Sequence[str]
    appeal: str
    source: str
    need: int
    ends: int
    hours: Rows
    used: str

    @property
    def missing(self) -> int:
        """Steps until the day can be given."""
        return max(0, self.need - self.verified)

    @property
    def enough(self) -> bool:
        """Whether it can be given now."""
        return self.stage == "open" and not self.missing and self.verified > 0

    @property
    def arc(self) -> int:
        """The part of the ring that is full, of 339 units."""
        return min(339, 339 * self.verified // max(1, self.need))


def day(book: Book, person: Any, name: str) -> Day:
    """The day as it stands; an empty one where nothing was counted."""
    key = f"{person.natural}:{name}"
    row, need = book.record("giving_day", key), _need(book)
    if row is None:
        return Day(name, 0, 0, "open", "", (), (), "", "", need, 0, [], "")
    kept = book.record("giving_hours", key)
    hours = [int(word) for word in kept.shown.split()] if kept is not None and kept.shown else []
    bars = [(f"{place}", steps, formats.number(steps)) for place, steps in enumerate(hours)]
    stage = "closed" if row.stage == "open" and row.ends <= book.now() else row.stage
    reasons = row.reason.split()
    return Day(
        name, row.steps, row.verified, stage, row.verdict, reasons, [words.rule(one) for one in reasons], row.appeal,
        words.source(row.source), need, row.ends, bars, row.used,
    )  # fmt: skip


def _need(book: Book) -> int:
    """The least steps that can be given, whether or not that many themselves are enough."""
    return int(book.term("giving.steps_least")) + (0 if book.term("giving.least_included") else 1)


def today(book: Book) -> str:
    """The city's day now."""
    return times.day(book.now(), book.house.settings.zone)


def spendable(book: Book, person: Any) -> Day:
    """The day to give: yesterday where it is still open and full, else today."""
    now = today(book)
    before = day(book, person, times.day(book.now() - times.DAY, book.house.settings.zone))
    return before if before.enough else day(book, person, now)


def recent(book: Book, person: Any) -> list[tuple[Any, str]]:
    """The last two weeks, newest first, each with its day in words."""
    now, zone = book.now(), book.house.settings.zone
    keys = [f"{person.natural}:{times.day(now - n * times.DAY, zone)}" for n in range(DAYS_SHOWN)]
    return [(row, formats.day(row.day)) for row in book.records("giving_day", keys) if row is not None]


def consented(book: Book, person: Any) -> bool:
    """Whether the person agreed that steps are counted."""
    return agreed(book, person.key, PURPOSE)  # type: ignore[arg-type]  # looks records up only


# -- projects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Project:
    """A project with who stands behind it and what their money can still give."""

    key: str
    title: str
    field: str
    charity: str
    received: Amount
    goal: Amount
    left: Amount
    sponsors: Sequence[tuple[str, Amount]]
    gifts: int
    steps: int
    paid: Amount
    stage: str
    rate: Amount
    rate_of: int

    @property
    def percent(self) -> int:
        """How far the goal is reached."""
        return min(100, 100 * self.received.units // self.goal.units) if self.goal.units else 0


def projects(book: Book, charity: str = "") -> list[Project]:
    """Open projects, or all of one charity."""
    rows = book.query(_OF_CHARITY, (charity,)) if charity else book.query(_PROJECTS)
    return [_project(book, row) for row in book.records("giving_project", [key for (key,) in rows])]


def project(book: Book, key: str) -> Project | None:
    """One project."""
    row = book.record("giving_project", key)
    return _project(book, row) if row is not None else None


def _project(book: Book, row: Any) -> Project:
    pools = [pool for pool in book.records("giving_pool", row.pools.split()) if pool is not None]
    left = _left(book, pools)
    sponsors = [(sponsor(book, pool), yuan(left[pool.key])) for pool in pools]
    return Project(
        row.key, said(row), words.field(row.field), named(book.record("people_organisation", row.charity)),
        yuan(row.received), yuan(row.goal), yuan(sum(left.values())), sponsors, row.gifts, row.steps, yuan(row.paid),
        row.stage, yuan(row.rate), row.rate_of,
    )  # fmt: skip


def _left(book: Book, pools: Sequence[Any]) -> dict[str, int]:
    keys = [(common.pool_at(pool.key), pool.asset) for pool in pools]
    found = book.clerk(lambda: book.house.clerk.look(keys)) if keys else {}
    return {pool.key: found[key][0] - found[key][1] for pool, key in zip(pools, keys, strict=True)}


def sponsor(book: Book, pool: Any) -> str:
    """The sponsor's public name; empty where a person opened the drive."""
    return named(book.record("people_organisation", pool.organisation)) if pool.organisation else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the day's steps would become now, or the code that keeps them."""

    money: Amount
    missing: Amount
    parts: Sequence[tuple[str, Amount]]
    refused: str = ""


def offer(book: Book, credential: str, project: str, day: str, drive: str = "") -> Offer:
    """A rehearsal of the gift: shown before anybody says yes."""
    ask = GiveSteps(day, project, yuan(1), drive or None)
    tried = request("giving.give_steps", ask, id=fresh_id(), credential=credential)
    plan, refused = book.clerk(lambda: book.house.clerk.rehearse(tried))
    if refused is not None:
        return Offer(yuan(0), yuan(0), (), refused.code)
    wanted = [posting for posting in plan.postings if posting.asset in (CNY, ECNY)]
    pools = [pool for pool in book.records("giving_pool", [one.debit.split(":")[1] for one in wanted]) if pool]
    parts = [(sponsor(book, pool), yuan(one.units)) for pool, one in zip(pools, wanted, strict=True)]
    missing = _fen(plan.receipt.missing)
    return Offer(yuan(sum(one.units for one in wanted)), yuan(missing), parts)


def _fen(text: str) -> int:
    return int(text.split()[0].replace(".", ""))


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive: who pays, where, until when, how far it is."""

    key: str
    project: str
    about: str
    title: str
    place: str
    sponsor: str
    first: int
    last: int
    funded: Amount
    left: Amount
    given: Amount
    steps: int
    goal: int
    gifts: int
    stage: str

    @property
    def percent(self) -> int:
        """How far the steps' goal is reached."""
        return min(100, 100 * self.steps // self.goal) if self.goal else 0


def drives(book: Book) -> list[Drive]:
    """Open drives, the one that ends first above."""
    rows = book.records("giving_pool", [key for (key,) in book.query(_DRIVES, (book.now(),))])
    return [_drive(book, row) for row in rows]


def drive(book: Book, key: str) -> Drive | None:
    """One drive."""
    row = book.record("giving_pool", key)
    return _drive(book, row) if row is not None and row.kind == "drive" else None


def _drive(book: Book, row: Any) -> Drive:
    about = book.record("giving_project", row.project)
    return Drive(
        row.key, row.project, said(about), said(row), row.place, sponsor(book, row), row.starts, row.until - 1,
        yuan(row.funded), yuan(_left(book, [row])[row.key]), yuan(row.given), row.steps, row.goal, row.gifts, row.stage,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody's page that asks for gifts."""

    key: str
    project: Project
    goal: Amount
    raised: Amount
    gifts: int
    last: int
    open: bool

    @property
    def percent(self) -> int:
        """How far the goal is reached."""
        return min(100, max(0, 100 * self.raised.units // self.goal.units))


def appeal(book: Book, key: str) -> Page | None:
    """The page, to be shared; it names nobody."""
    row = book.record("giving_appeal", key)
    about = project(book, row.project) if row is not None else None
    if row is None or about is None:
        return None
    still = book.now() < row.until and about.stage == "open"
    return Page(key, about, yuan(row.goal), yuan(row.raised), row.gifts, row.until - 1, still)


# -- gifts, chickens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift as its giver reads it; `until`: it can be taken back so long, 0 where it cannot."""

    key: str
    kind: str
    title: str
    charity: str
    amount: Amount
    steps: int
    number: str
    stage: str
    at: int
    until: int
    parts: Sequence[tuple[str, Amount]]


def gifts(book: Book, person: Any) -> list[Gift]:
    """The person's gifts, newest first."""
    rows = book.records("giving_gift", [key for (key,) in book.query(_GIFTS, (person.key,))])
    return [_gift(book, row) for row in rows]


def gift(book: Book, person: Any, key: str) -> Gift | None:
    """One gift of this person's; another's is unknown."""
    row = book.record("giving_gift", key)
    return _gift(book, row) if row is not None and row.person == person.key else None


def _gift(book: Book, row: Any) -> Gift:
    until = row.since + int(book.term("giving.return_hours")) * times.HOUR
    parts: list[tuple[str, Amount]] = []
    if row.kind == "steps":
        for key, units in common.parts_of(row.parts):
            parts.append((sponsor(book, book.record("giving_pool", key)), yuan(units)))
    return Gift(
        row.key, row.kind, said(book.record("giving_project", row.project)),
        named(book.record("people_organisation", row.charity)), yuan(row.units), row.steps, row.number, row.stage,
        row.since, until if row.stage == "given" and book.now() < until else 0, parts,
    )  # fmt: skip


def giver(book: Book, person: Any) -> Any:
    """What the person gave so far, or None."""
    return book.record("giving_giver", person.natural)


@dataclass(frozen=True, slots=True)
class Flock:
    """A flock: birds on their way, steps towards the next one, whether the sponsor's money waits."""

    key: str
    title: str
    charity: str
    sponsor: str
    handed: int
    birds: int
    waiting: int
    each: int
    earned: int
    queued: bool
    open: bool
    last: int
    givers: int
    households: int

    @property
    def missing(self) -> int:
        """Steps until the next bird."""
        return self.each - self.waiting % self.each


def flocks(book: Book) -> list[Flock]:
    """All flocks, newest first."""
    found = []
    for row in book.records("giving_flock", [key for (key,) in book.query(_FLOCKS)]):
        pool = book.record("giving_pool", row.key)
        waiting, money = row.received - row.handed * row.steps_each, _left(book, [pool])[row.key]
        earned = waiting // row.steps_each
        stock = (f"flock:{row.key}:stock", chicken(row.key))
        left = book.clerk(lambda key=stock: book.house.clerk.look([key]))[stock][0]
        found.append(Flock(
            row.key, said(row), named(book.record("people_organisation", row.charity)), sponsor(book, pool), row.handed,
            row.handed + left, waiting, row.steps_each, earned, bool(earned) and money < row.price,
            row.stage == "open" and book.now() < row.until, row.until - 1, row.givers, len(row.households.split()),
        ))  # fmt: skip
    return found


# -- who looks after the money ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """A charity's project: budget lines (title, most, paid) and quarters (name, received, paid, unspent at its end)."""

    project: Project
    lines: Sequence[tuple[str, Amount, Amount]]
    quarters: Sequence[tuple[str, Amount, Amount, Amount]]


def accounts(book: Book, charity: str) -> list[Account]:
    """The charity's projects with budget and quarters."""
    found = []
    for one in projects(book, charity):
        lines = book.records("giving_line", [key for (key,) in book.query(_LINES, (one.key,))])
        unspent, quarters = 0, []
        for row in book.records("giving_quarter", [key for (key,) in book.query(_QUARTERS, (one.key,))]):
            unspent += row.received - row.paid
            quarters.append((row.quarter, yuan(row.received), yuan(row.paid), yuan(unspent)))
        told = [(row.title, yuan(row.units), yuan(row.paid)) for row in lines]
        found.append(Account(one, told, quarters[::-1]))
    return found


def offices(book: Book, person: Any) -> list[Any]:
    """Charities and sponsors this person acts for."""
    keys = dict.fromkeys(key for (key,) in book.query(_OFFICES, (person.key,)))
    return [row for row in book.records("people_organisation", keys) if row is not None]


def pools(book: Book, organisation: str) -> list[tuple[Any, str, Amount, Amount, Amount]]:
    """A sponsor's pools: what it is for, funded, given, left."""
    rows = book.records("giving_pool", [key for (key,) in book.query(_OF_SPONSOR, (organisation,))])
    left = _left(book, rows)
    told = []
    for row in rows:
        about = book.record("giving_flock" if row.kind == "flock" else "giving_project", row.project or row.key)
        told.append((row, said(about), yuan(row.funded), yuan(row.given), yuan(left[row.key])))
    return told


@dataclass(frozen=True, slots=True)
class Figures:
    """What anybody may know: sums and charts, nobody in them."""

    givers: int
    steps: int
    sponsored: Amount
    own: Amount
    flock_steps: int
    birds: int
    paid: Amount
    unspent: Amount
    fields: Rows
    sponsors: Rows


def figures(book: Book) -> Figures:
    """Counted now from the records that the journal wrote."""
    givers, steps, sponsored, own, flock_steps = book.query(_TOTALS)[0]
    received, paid = (int(sum_of) for sum_of in book.query(_SUMS)[0])
    birds = int(book.query("SELECT COUNT(*) FROM giving_bird")[0][0])
    fields = [(words.field(code), int(units), _shown(units)) for code, units in book.query(_BY_FIELD)]
    rows = book.query(_BY_SPONSOR)
    names = [named(row) for row in book.records("people_organisation", [key for key, _units in rows])]
    sponsors = [(name, int(units), _shown(units)) for name, (_key, units) in zip(names, rows, strict=True)]
    return Figures(
        int(givers), int(steps), yuan(int(sponsored)), yuan(int(own)), int(flock_steps), birds, yuan(paid),
        yuan(received - paid), fields, sponsors,
    )  # fmt: skip


def _shown(units: Any) -> str:
    return formats.shown(yuan(int(units))).text
