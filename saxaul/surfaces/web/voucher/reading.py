"""What the pages of vouchers show, read from the book as frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_percent
from django.utils.translation import gettext as _

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.people.persons import words
from saxaul.programmes.pay import codes
from saxaul.programmes.voucher import common, sponsors
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

OFFERS_MAX, SHOPS_MAX, SPENT_MAX = 100, 60, 1_000
SHOWN = (
    "SELECT key FROM voucher_campaign WHERE stage IN ('running', 'paused', 'stopped') AND spend_until > ? "
    f"ORDER BY claim_until, key LIMIT {OFFERS_MAX}"
)
SHOPS = (
    "SELECT key FROM pay_purpose_merchant WHERE stage = 'active' AND key >= ? AND key < ? "
    f"ORDER BY key LIMIT {SHOPS_MAX}"
)
OWN = f"SELECT key FROM voucher_campaign WHERE sponsor = ? ORDER BY since DESC, key LIMIT {OFFERS_MAX}"
CARTS = (
    "SELECT merchant, SUM(units) FROM voucher_cart WHERE campaign = ? AND stage = 'used' GROUP BY merchant "
    f"ORDER BY 2 DESC LIMIT {SHOPS_MAX}"
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One campaign as a person sees it. `mine`: what the own wallets have of it, `took` how often they took one."""

    id: str
    name: str
    kind: str
    stage: str
    rule: str
    worth: Amount
    share: str  # a percentage, for discounts
    stock: int
    left: int
    per_day: bool
    per_person: int
    took: int
    mine: Amount
    early: bool
    begins: int
    claim_until: int
    spend_until: int
    open: bool  # one more can be taken now, as far as can be told

    @property
    def take_until(self) -> str:
        """The last day, or moment, at which one can be taken."""
        return _last(self.claim_until)

    @property
    def good_until(self) -> str:
        """The last day, or moment, at which one can be used."""
        return _last(self.spend_until)

    @property
    def has(self) -> bool:
        """Whether there is something to spend."""
        return self.mine.units > 0


@dataclass(frozen=True, slots=True)
class Details:
    """What only the page of one campaign says."""

    shops: Sequence[str]
    values: Sequence[tuple[Amount, int]]
    sealed: str
    sponsor: str


@dataclass(frozen=True, slots=True)
class Till:
    """The shop behind a code, what paying it asks for, and the price where the code states one."""

    merchant: str
    name: str
    ask: dict[str, Any]
    price: Amount | None


@dataclass(frozen=True, slots=True)
class Run:
    """One campaign as its sponsor sees it; counts are vouchers, for drawn values their fen as money."""

    offer: Offer
    credential: str
    issued: Amount
    unclaimed: Amount
    held: Amount
    spent: Amount
    returned: Amount
    escrow: Amount
    behind: Amount
    shops: Sequence[tuple[str, int, str]] = ()


def _last(end: int) -> str:
    """An end that is not included, as people say it: the day before midnight, else the moment."""
    midnight = times.start_of_day(times.day(end)) == end
    return formats.day(end - 1) if midnight else formats.moment(end)


# -- people ------------------------------------------------------------------------------------------------------------


def offers(book: Book, credential: str) -> list[Offer]:
    """All campaigns whose vouchers can still be taken or spent."""
    return _offers(book, credential, [key for (key,) in book.query(SHOWN, (book.now(),))])


def offer(book: Book, credential: str, id: str) -> Offer | None:
    """One campaign that is or was open."""
    return next(iter(_offers(book, credential, [id])), None)


def _offers(book: Book, credential: str, keys: Sequence[str]) -> list[Offer]:
    rows = [row for row in book.records("voucher_campaign", keys) if row is not None and row.stage != "draft"]
    person = book.person_of(credential)
    wallets = words(person.wallets) if person is not None else []
    wanted = [(place, common.asset(row)) for row in rows for place in _places(row, wallets)]
    counters = [f"{person.natural}|{common.counter(row.key)}|{common.ALL}" for row in rows] if person else []
    clerk = book.house.clerk
    balances, used = book.clerk(lambda: (clerk.look(wanted), clerk.used(counters)))
    return [
        _offer(book, row, {place: balances[place, common.asset(row)] for place in _places(row, wallets)},
               used[counter][1])
        for row, counter in zip(rows, counters, strict=True)
    ]  # fmt: skip


def _places(row: Any, wallets: Iterable[str]) -> list[str]:
    return [common.pool(row.key), common.today(row.key), *(f"wallet:{one}" for one in wallets)]


def _offer(book: Book, row: Any, balances: dict[str, tuple[int, int]], took: int) -> Offer:
    now = book.now()
    free = {place: posted - held for place, (posted, held) in balances.items()}
    mine = sum(units for place, units in free.items() if place.startswith("wallet:"))
    left, stock = free[common.pool(row.key)], row.total
    if row.kind == "random":
        left = sum(int(one) for one in row.left.split())
    elif row.day_stock:
        today = row.day == times.day(now, book.house.settings.zone)
        stock, left = row.day_stock, free[common.today(row.key)] if today else min(row.day_stock, left)
    early, over = now < row.claim_from, now >= row.claim_until
    worth = max(fen for fen, _many in common.values(row)) if row.kind == "random" else row.face
    share = format_percent(row.percent / 100, locale=formats.locale()) if row.percent else ""
    return Offer(
        row.key, named(row), row.kind, row.stage, rule(row, share), yuan(worth), share, stock, left,
        bool(row.day_stock), row.per_person, took, Amount(common.asset(row), mine), early, row.claim_from,
        row.claim_until, row.spend_until, row.stage == "running" and not early and not over and left > 0
        and took < row.per_person,
    )  # fmt: skip


def rule(row: Any, share: str) -> str:
    """What the voucher does, in one sentence."""
    worth, least = formats.shown(yuan(row.face)).text, formats.shown(yuan(row.minimum)).text
    if row.kind == "random":
        most = formats.shown(yuan(max(fen for fen, _many in common.values(row)))).text
        text = _("A sum that is drawn for you, at most %(most)s") % {"most": most}
    elif row.kind == "exchange":
        text = row.benefit_en or row.benefit
        text = row.benefit if named(row) == row.name else text
    elif row.kind == "discount":
        text = _("%(share)s off, at most %(worth)s") % {"share": share, "worth": worth}
    else:
        text = _("%(worth)s off") % {"worth": worth}
    return _("%(what)s, from %(least)s on") % {"what": text, "least": least} if row.minimum else text


def details(book: Book, id: str) -> Details:
    """Where it may be spent, and for drawn values the table and the hash of the seed, later the seed."""
    row = book.record("voucher_campaign", id)
    keys = [key for (key,) in book.query(SHOPS, (f"{id}:", f"{id};"))] if row.listed else []
    shops = [named(one) for one in book.records("people_organisation", [key.partition(":")[2] for key in keys]) if one]
    over = book.now() >= row.spend_until
    seed = row.seed if over else sponsors.sealed(row.seed)
    table = [(yuan(fen), many) for fen, many in common.values(row)]
    return Details(sorted(shops), table, seed, named(book.record("people_organisation", row.sponsor)))


def till(book: Book, text: str) -> Till:
    """The shop of a scanned code; refuses what the code is instead."""
    printed = codes.static(book, text)  # looks records and terms up only
    row = printed if printed is not None else codes.order(book, text)
    ask: dict[str, Any] = {"code": text} if printed is not None else {"code": text, "revision": row.revision}
    name = named(book.record("people_organisation", row.merchant))
    return Till(row.merchant, name, ask, yuan(row.units) if row.units else None)


def kept_until(book: Book, reservation: str) -> int | None:
    """The end of a reservation, or None when it is over."""
    hold = book.clerk(lambda: book.house.clerk.state.holds.get(reservation))
    return hold.ends if hold is not None and hold.ends is not None and hold.ends > book.now() else None


# -- sponsors and shops ------------------------------------------------------------------------------------------------


def offices(book: Book, credential: str) -> dict[str, str]:
    """Organisations for which the reader may look after campaigns, each with the credential that may."""
    person = book.person_of(credential)
    rows = book.linked(person.key, "people_credential", limit=50) if person is not None else []
    return {
        row.organisation: row.key for row in reversed(rows)
        if row.organisation and row.stage == "active" and "manager" in row.roles.split()
    }  # fmt: skip


def runs(book: Book, credential: str) -> list[Run]:
    """All campaigns of the reader's organisations, the newest first."""
    return [
        _run(book, one, office) for organisation, office in offices(book, credential).items()
        for one in _offers(book, credential, [key for (key,) in book.query(OWN, (organisation,))])
    ]  # fmt: skip


def run(book: Book, credential: str, id: str) -> Run | None:
    """One of them, with what each shop got."""
    row = book.record("voucher_campaign", id)
    office = offices(book, credential).get(row.sponsor) if row is not None else None
    found = offer(book, credential, id) if office else None
    return _run(book, found, office or "", shops=True) if found is not None else None


def _run(book: Book, found: Offer, office: str, *, shops: bool = False) -> Run:
    row = book.record("voucher_campaign", found.id)
    asset, home = common.asset(row), (common.escrow(row.key), common.MONEY)
    places = [part(row.key) for part in (common.pool, common.today, common.spent, common.returned)]
    keys = [*((place, asset) for place in places), home]
    balances = book.clerk(lambda: book.house.clerk.look(keys))
    pool, today, spent, returned = (balances[place, asset][0] for place in places)
    issued = common.issued(row)
    held = issued - pool - today - spent - returned

    def shown(units: int) -> Amount:
        return yuan(units) if row.kind == "random" else Amount(asset, units)

    return Run(
        found, office, shown(issued), shown(pool + today), shown(held), shown(spent), shown(returned),
        yuan(balances[home][0]), yuan(common.behind(row, held + pool + today)),
        _by_shop(book, row) if shops else (),
    )  # fmt: skip


def _by_shop(book: Book, row: Any) -> list[tuple[str, int, str]]:
    """(shop, fen, as text) of what shops got of a campaign's money, the most first."""
    sums: dict[str, int] = dict(book.query(CARTS, (row.key,))) if row.kind == "discount" else {}
    home = common.escrow(row.key)
    for entry in book.entries([home], limit=SPENT_MAX):
        for one in entry.postings:
            for side, other, sign in ((one.debit, one.credit, 1), (one.credit, one.debit, -1)):
                if side == home and other.startswith("merchant:"):
                    merchant = other.split(":")[1]
                    sums[merchant] = sums.get(merchant, 0) + sign * one.units
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])[:30]
    return [(book.name_of(f"merchant:{one}:due"), int(fen), formats.shown(yuan(int(fen))).text) for one, fen in ranked]


@dataclass(frozen=True, slots=True)
class Spent:
    """One payment at a shop that was partly or wholly paid with a voucher."""

    order: str
    at: int
    name: str
    price: Amount
    voucher: Amount


def at_counter(book: Book, merchant: str, *, limit: int = 500) -> list[Spent]:
    """Payments with vouchers at one merchant, the newest first."""
    found = []
    for row in book.linked(merchant, "pay_order", limit=limit):
        for word in row.split.split():
            asset, _count, units, behind = word.split(":")
            if behind and row.captured:
                name = book.name_of_campaign(asset.partition("/")[0].partition(".")[2])
                found.append(Spent(row.key, row.paid_at, name, yuan(row.captured), yuan(int(units))))
    return found
