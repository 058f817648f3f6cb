"""What the pages of red packets show, read from the book as frozen data.

A result is shown when the draw is public, not a moment before: until then a winner's page looks like everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.people.persons import words
from saxaul.programmes.campaign import publication, report
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.port_wallet import yuan

LIST_MAX, MOVES_MAX = 50, 200
RUNNING = (
    "SELECT key FROM campaign_campaign WHERE stage NOT IN ('draft', 'approved') ORDER BY signup_from DESC, key LIMIT ?"
)
OF_SPONSOR = "SELECT key FROM campaign_campaign WHERE sponsor = ? ORDER BY since DESC LIMIT ?"
TAKEN = (
    "SELECT t.campaign, t.day, t.spent, t.refunded, t.times FROM campaign_taken t WHERE t.merchant = ? "
    "ORDER BY t.day DESC, t.campaign LIMIT ?"
)
LISTED = "SELECT COUNT(*) FROM pay_purpose_merchant WHERE key LIKE ? AND stage = 'active'"
CLAIMED = "SELECT COUNT(*) FROM campaign_ticket WHERE campaign = ? AND stage IN ('claimed', 'spent', 'written_off')"
ENTERED = "SELECT COUNT(*) FROM campaign_ticket WHERE campaign = ?"
MARKS = (
    "SELECT merchant, reason, payments, units, stage FROM campaign_mark WHERE campaign = ? ORDER BY units DESC LIMIT 50"
)
SCRIPT = "verify_draw.py"


@dataclass(frozen=True, slots=True)
class Where:
    """Where and when a packet may be spent."""

    shops: int
    region: str
    opens: str
    shuts: str
    minimum: Amount | None
    share: int


@dataclass(frozen=True, slots=True)
class Round:
    """A campaign as one person sees it; `state` says what they may do or wait for."""

    key: str
    name: str
    sponsor: str
    each: Amount
    awards: int
    state: str
    line: str
    place: int
    left: Amount | None
    signup_from: int
    signup_until: int
    result_at: int
    claim_ends: int
    spend_from: int
    spend_until: int
    region: str
    public: bool
    draw: bool

    @property
    def tone(self) -> str:
        """How its mark looks."""
        return {"open": "good", "won": "good", "claimed": "good", "entered": "warn", "reserve": "warn"}.get(
            self.state, ""
        )


def rounds(book: Book, credential: str) -> list[Round]:
    """Campaigns that run or ran, those with something to do first."""
    keys = [key for (key,) in book.query(RUNNING, (LIST_MAX,))]
    rows = book.records("campaign_campaign", keys)
    found = [one for row in rows if (one := _round(book, credential, row)) is not None]
    order = ("won", "claimed", "open", "entered", "reserve", "soon")
    return sorted(found, key=lambda one: order.index(one.state) if one.state in order else len(order))


def one(book: Book, credential: str, key: str) -> Round | None:
    """The campaign as its reader sees it; None where there is nothing to see."""
    row = book.record("campaign_campaign", key)
    return _round(book, credential, row) if row is not None and row.stage not in ("draft", "approved") else None


def _round(book: Book, credential: str, row: Any) -> Round | None:
    person = book.person_of(credential)
    own = [row.key + ":" + id for id in (person.natural, *words(person.wallets))] if person is not None else []
    ticket = next((found for found in book.records("campaign_ticket", own) if found is not None), None)
    if row.kind == "grant" and ticket is None:
        return None
    asset = f"VOUCHER.{row.key}/2"
    left = None
    if ticket is not None and ticket.stage in ("claimed", "spent", "written_off"):
        address = (f"wallet:{ticket.wallet}", asset)
        left = yuan(book.clerk(lambda: book.house.clerk.look([address]))[address][0])
    state = _state(row, ticket, left, book.now())
    return Round(
        row.key, named(row), named(book.record("people_organisation", row.sponsor)), yuan(row.each), row.awards, state,
        ticket.line if ticket is not None else "", ticket.rank - row.awards if state == "reserve" and ticket else 0,
        left, row.signup_from, row.signup_until, row.beacon_at, row.claim_ends, row.spend_from, row.spend_until,
        _region(book, row.region), row.stage in publication.PUBLIC and row.kind == "draw", row.kind == "draw",
    )  # fmt: skip


def _state(row: Any, ticket: Any, left: Amount | None, now: int) -> str:
    """What the campaign is for this person now."""
    if row.stage == "cancelled":
        return "cancelled"
    if ticket is None:
        if row.stage == "funded" and now < row.signup_from:
            return "soon"
        return "open" if row.stage in ("funded", "sign_up") and now < row.signup_until else "missed"
    if row.stage not in publication.PUBLIC:
        return "entered"
    if ticket.stage == "awarded":
        return "won" if now < row.claim_ends else "late"
    if ticket.stage in ("claimed", "spent", "written_off"):
        if ticket.stage == "written_off" or (now >= row.spend_until and ticket.stage != "spent"):
            return "over"
        return "claimed" if left is not None and left.units else "spent"
    if ticket.stage == "reserve":
        return "reserve" if row.stage == "claiming" else "lost"
    return {"unclaimed": "late"}.get(ticket.stage, "lost")


def _region(book: Book, code: str) -> str:
    row = book.record("people_directory", f"region:{code}") if code else None
    return named(row) or code


def where(book: Book, key: str) -> Where:
    """Where and when the campaign's money may be spent."""
    row = book.must("pay_purpose", key)
    shops = book.query(LISTED, (f"{key}:%",))[0][0] if row.listed else 0
    regions = ", ".join(_region(book, code) for code in row.regions.split())
    hours = ("", "") if row.opens == row.shuts else tuple(f"{m // 60:02d}:{m % 60:02d}" for m in (row.opens, row.shuts))
    return Where(shops, regions, *hours, yuan(row.minimum) if row.minimum else None, row.share)


def wallets(book: Book, credential: str) -> list[tuple[str, str]]:
    """(wallet, name of its issuer) of the reader's open wallets."""
    person = book.person_of(credential)
    found = [row for row in book.wallets(person) if row.stage == "open"] if person is not None else []
    issuers = book.records("people_directory", [f"issuer:{row.issuer}" for row in found])
    return [(row.key, named(issuer) or row.issuer) for row, issuer in zip(found, issuers, strict=True)]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A draw as everybody sees it: what was published when, in the order of the rules."""

    row: Any
    name: str
    steps: list[tuple[str, str, bool]]
    public: bool
    files: tuple[str, ...]


def drawing(book: Book, key: str) -> Drawing | None:
    """The draw of a campaign from the end of sign-up on; None before."""
    row = book.record("campaign_campaign", key)
    if row is None or row.kind != "draw" or row.stage in ("draft", "approved"):
        return None
    steps = [
        ("root", row.root, bool(row.root)),
        ("operator_commitment", row.operator_commitment, bool(row.operator_commitment)),
        ("witness_commitment", row.witness_commitment, bool(row.witness_commitment)),
        ("beacon", row.beacon, bool(row.beacon)),
        ("operator_secret", row.operator_secret, bool(row.operator_secret)),
        ("witness_secret", row.witness_secret, bool(row.witness_secret)),
        ("seed", row.seed, bool(row.seed)),
    ]
    public = row.stage in publication.PUBLIC
    return Drawing(row, named(row), steps, public, publication.NAMES if public else ())


def file(book: Book, key: str, name: str) -> str | None:
    """One published file of a public draw."""
    row = book.record("campaign_campaign", key)
    if row is None or row.kind != "draw" or row.stage not in publication.PUBLIC or name not in publication.NAMES:
        return None
    return publication.of_book(book, row)[name]


@dataclass(frozen=True, slots=True)
class Move:
    """A line of a packet's own statement."""

    at: int
    title: str
    amount: Amount
    incoming: bool


def moves(book: Book, credential: str, key: str) -> list[Move]:
    """Everything that came into this packet or left it, newest first; also what came back after its end and left."""
    accounts, asset = book.accounts(credential), f"VOUCHER.{key}/2"
    if book.record("pay_purpose", key) is None or not accounts:
        return []
    sponsor = named(book.record("people_organisation", book.must("pay_purpose", key).sponsor))
    found = []
    for entry in book.entries(accounts, limit=MOVES_MAX):
        shop = next((a for p in entry.postings for a in (p.credit, p.debit) if a.startswith("merchant:")), "")
        for one in reversed(entry.postings):
            if one.asset != asset or not {one.debit, one.credit} & set(accounts):
                continue
            other = one.debit if one.credit in accounts else one.credit
            title = (book.name_of(shop) if other.endswith(":spent") else "") or sponsor
            found.append(Move(entry.entered, title, yuan(one.units), one.credit in accounts))
    return found


# -- the sponsor and the shop ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop in the report, and whether it looks as if it paid itself."""

    name: str
    kept: Amount
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A campaign as its sponsor sees it. Every figure is the ledger's own, but the days, which are its journal's."""

    row: Any
    name: str
    issued: Amount
    spent: Amount
    returned: Amount
    outstanding: Amount
    escrow: Amount
    unclaimed: Amount
    entered: int
    claimed: int
    shops: list[Shop]
    categories: list[tuple[str, Amount]]
    days: list[tuple[str, int]]
    marked: int

    @property
    def closes(self) -> bool:
        """Whether what is outstanding stands in the escrow, to the fen."""
        return self.outstanding.units == self.escrow.units


def may_report(book: Book, credential: str, row: Any) -> bool:
    """Whether the reader works for the sponsor, or is one of the operator's officers."""
    person = book.person_of(credential)
    offices = book.linked(person.key, "people_credential", limit=50) if person is not None else []
    mine = [one for one in offices if one.stage == "active"]
    return any(one.organisation == row.sponsor or "officer" in one.roles.split() for one in mine)


def sponsored(book: Book, credential: str) -> list[tuple[str, str]]:
    """(key, name) of the campaigns whose report the reader may see as one of the sponsor's own people."""
    person = book.person_of(credential)
    offices = book.linked(person.key, "people_credential", limit=50) if person is not None else []
    organisations = dict.fromkeys(one.organisation for one in offices if one.stage == "active" and one.organisation)
    keys = [key for each in organisations for (key,) in book.query(OF_SPONSOR, (each, LIST_MAX))]
    return [(row.key, named(row)) for row in book.records("campaign_campaign", keys) if row is not None]


def reported(book: Book, key: str) -> Report | None:
    """The report of a campaign."""
    row = book.record("campaign_campaign", key)
    if row is None:
        return None
    asset = f"VOUCHER.{key}/2"
    places = {name: (f"campaign:{key}:{name}", asset) for name in ("spent", "returned")}
    places |= {"issuer": (f"issuer:campaign:{key}", asset), "escrow": (f"campaign:{key}:escrow", row.behind)}
    found = book.clerk(lambda: book.house.clerk.look(list(places.values())))
    units = {name: found[place][0] for name, place in places.items()}
    issued = -units["issuer"]
    lines = report.lines(book, key)
    names = {line.merchant: line.name_en or line.name for line in lines} | _own_names(lines)
    marks = {merchant: reason for merchant, reason, _, _, stage in book.query(MARKS, (key,)) if stage == "marked"}
    shops = [Shop(names[id], yuan(kept), marks.get(id, "")) for id, kept in report.by(lines, "merchant")]
    return Report(
        row, named(row), yuan(issued), yuan(units["spent"]), yuan(units["returned"]),
        yuan(issued - units["spent"] - units["returned"]), yuan(units["escrow"]), yuan(row.unclaimed),
        book.query(ENTERED, (key,))[0][0], book.query(CLAIMED, (key,))[0][0], shops,
        [(code, yuan(kept)) for code, kept in report.by(lines, "category")], report.by(lines, "day"), len(marks),
    )  # fmt: skip


def _own_names(lines: list[report.Line]) -> dict[str, str]:
    """Names of merchants in the reader's language."""
    return {line.merchant: named(line) for line in lines}


def csv(book: Book, key: str) -> str:
    """The report as a table for a spreadsheet."""
    row = book.must("campaign_campaign", key)
    return report.text(report.lines(book, key), row.behind)


@dataclass(frozen=True, slots=True)
class Day:
    """What a shop took of a campaign on a day."""

    name: str
    day: str
    kept: Amount
    refunded: Amount
    times: int


def taken(book: Book, merchant: str) -> list[Day]:
    """What the shop took in packets, the newest day first; the money itself is in its takings already."""
    rows = book.query(TAKEN, (merchant, 200))
    campaigns = {key: book.record("pay_purpose", key) for key in {row[0] for row in rows}}
    return [
        Day(named(campaigns[key]) or key, day, yuan(spent - refunded), yuan(refunded), count)
        for key, day, spent, refunded, count in rows
    ]


def today(book: Book) -> str:
    """The city's day."""
    return times.day(book.now(), book.house.settings.zone)
