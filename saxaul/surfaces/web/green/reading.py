"""What the pages of green energy show, read from the book as frozen data.

What a bubble still holds follows from its record (full less taken), so a page asks the clerk for one balance only.
Friends see the hour in which a bubble ripens, never the instant: instants feed timers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount, Rate
from saxaul.programmes.green import common, factors, figures
from saxaul.programmes.green.behaviours import SOURCES
from saxaul.programmes.green.common import CO2E, DUE, GREEN
from saxaul.surfaces.web.green import words
from saxaul.surfaces.web.port_book import Book

STAGES = (1, 5, 15, 35, 65, 100)  # percent of the tree's cost at which its picture changes: early leaves come soon
SHOWN_MAX, LISTED_MAX = 60, 100
CONFIRMED = "friends"

_LOTS = (
    "SELECT key FROM green_grant WHERE person = ? AND expires_at > ? AND stage IN ('open', 'expired') "
    f"ORDER BY ripe_at, key LIMIT {SHOWN_MAX + 40}"
)
_GRANTS = f"SELECT key FROM green_grant WHERE person = ? ORDER BY expires_at DESC, key LIMIT {LISTED_MAX}"
_SUMS = (
    "SELECT behaviour, SUM(grams), SUM(co2e) FROM green_grant WHERE person = ? AND stage <> 'reversed' "
    "GROUP BY behaviour ORDER BY 2 DESC, 1"
)
_FRIENDS = (
    "SELECT key FROM green_friend WHERE low = ? AND stage IN ('asked', 'friends') UNION "
    "SELECT key FROM green_friend WHERE high = ? AND stage IN ('asked', 'friends') ORDER BY 1"
)
_PAUSED = "SELECT key FROM green_pace WHERE stage IN ('paused', 'appealed') ORDER BY stage, paused_until LIMIT 100"
_OFFICE = "SELECT roles FROM people_credential WHERE person = ? AND stage = 'active'"


@dataclass(frozen=True, slots=True)
class Bubble:
    """One bubble as its viewer sees it: `stage` is ripe, waiting, low, taken, gone; `when` is told as the viewer may
    know it."""

    lot: str
    behaviour: str
    icon: str
    energy: Amount
    stage: str
    when: int


@dataclass(frozen=True, slots=True)
class Forest:
    """The reader's forest: what was gathered and not spent, what is ripe, what waits, and how far the tree is."""

    energy: Amount
    owed: Amount
    cost: Amount
    left: Amount
    stage: int
    ripe: Sequence[Bubble]
    waiting: Sequence[Bubble]
    lots: str
    total: Amount
    agreed: bool
    asked: int
    paused_until: int
    why: Sequence[str]
    appealed: bool


@dataclass(frozen=True, slots=True)
class Friend:
    """Somebody the reader knows: `stage` is friends, asked (by the reader) or asks (the reader)."""

    person: str
    name: str
    stage: str
    ripe: bool
    open: bool


@dataclass(frozen=True, slots=True)
class FriendForest:
    """A friend's forest as the reader may see it."""

    person: str
    name: str
    bubbles: Sequence[Bubble]
    sizes: Sequence[int]
    energy: Amount
    shared: bool
    stage: int


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of where energy came from."""

    behaviour: str
    icon: str
    day: str
    energy: Amount
    co2e: Amount
    stage: str
    parked: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a ranking; `name` is empty for somebody the reader does not know."""

    place: int
    name: str
    energy: Amount
    own: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader chose, and each source with whether it may be read."""

    ranked: bool
    shared: bool
    shield_until: int
    circle: str
    sources: Sequence[tuple[str, str, str, bool]]


@dataclass(frozen=True, slots=True)
class FactorLine:
    """A factor that counts now, and who says so."""

    behaviour: str
    region: str
    mg: int
    per: str
    conf: str
    starts: str
    source: str
    factor: str
    rows: Sequence[figures.Difference] = ()


def natural(book: Book, credential: str) -> tuple[str, str]:
    """(natural person, person's record) of the reader."""
    row = book.person_of(credential)
    return row.natural, row.key


def _units(book: Book, *keys: tuple[str, str]) -> list[int]:
    found = book.clerk(lambda: book.house.clerk.look(list(keys)))
    return [found[key][0] for key in keys]


def _stage_of(units: int, cost: int) -> int:
    """Which picture: the tree is whole when the energy is there."""
    return sum(units * common.HUNDRED >= percent * cost for percent in STAGES)


def forest(book: Book, credential: str) -> Forest:
    """Everything of the first page."""
    person, record = natural(book, credential)
    units, owed = _units(book, (common.green(person), GREEN), (common.owed(person), DUE))
    now, cost = book.now(), book.term("green.tree_cost")
    rows = book.records("green_grant", [key for (key,) in book.query(_LOTS, (person, now))])
    bubbles = [_own(row, now) for row in rows if row.stage == "open"]
    ripe = [one for one in bubbles if one.stage == "ripe"][: common.LOTS_MAX]
    total = sum(one.energy.units for one in ripe)
    pace = book.record("green_pace", person)
    paused = pace is not None and pace.paused_until > now
    return Forest(
        Amount(GREEN, units), Amount(GREEN, owed), Amount(GREEN, cost), Amount(GREEN, max(0, cost - units)),
        _stage_of(units, cost), ripe, [one for one in bubbles if one.stage == "waiting"][:SHOWN_MAX],
        " ".join(one.lot for one in ripe), Amount(GREEN, total), any(on for *_, on in sources(book, record)),
        sum(one.stage == "asks" for one in friends(book, credential)), pace.paused_until if paused else 0,
        pace.why.split() if paused else (), paused and pace.stage == "appealed",
    )  # fmt: skip


def _own(row: Any, now: int) -> Bubble:
    stage = "ripe" if row.ripe_at <= now else "waiting"
    return Bubble(
        row.key, row.behaviour, words.icon(row.behaviour), Amount(GREEN, row.grams - row.taken), stage,
        row.expires_at if stage == "ripe" else row.ripe_at,
    )  # fmt: skip


def _seen(book: Book, row: Any, viewer: str, closed: bool, now: int) -> Bubble:
    """A friend's bubble: an hour instead of an instant, and no word on why nothing can be taken."""
    floor = Rate(book.term("green.owner_floor_percent"), common.HUNDRED).of(row.grams, round="up")
    spare = row.grams - row.taken - floor
    spare = min(spare, book.term("green.friend_take_max") or spare)
    if row.expires_at <= now:
        stage = "gone"
    elif row.ripe_at > now:
        stage = "waiting"
    elif viewer in row.takers.split():
        stage = "taken"
    else:
        stage = "low" if closed or spare <= 0 else "ripe"
    energy = row.rest or row.grams - row.taken if stage == "gone" else max(0, spare)
    hour = -(-row.ripe_at // times.HOUR) * times.HOUR
    return Bubble(row.key, row.behaviour, words.icon(row.behaviour), Amount(GREEN, energy), stage, hour)


def _other(row: Any, person: str) -> tuple[str, str]:
    return (row.high, row.high_person) if row.low == person else (row.low, row.low_person)


def friends(book: Book, credential: str) -> list[Friend]:
    """Friends first, then questions; each with whether something of theirs can be taken."""
    person, _record = natural(book, credential)
    rows = book.records("green_friend", [key for (key,) in book.query(_FRIENDS, (person, person))])
    found = []
    for row in rows:
        theirs, record = _other(row, person)
        stage = row.stage if row.stage == CONFIRMED or row.asked_by == person else "asks"
        some = stage == CONFIRMED and any(one.stage == "ripe" for one in _bubbles(book, row, person, theirs))
        opened = person not in row.closed_by.split()
        found.append(Friend(record, book.name_of_person(record), stage, some, opened))
    order = ("asks", CONFIRMED, "asked")
    return sorted(found, key=lambda one: (order.index(one.stage), one.name))


def _bubbles(book: Book, friendship: Any, viewer: str, owner: str) -> list[Bubble]:
    now, own = book.now(), book.record("green_person", owner)
    closed = owner in friendship.closed_by.split()
    closed = closed or (own is not None and (not own.shared or own.shield_until > now))
    since = now - book.term("green.revive_hours") * times.HOUR
    rows = book.records("green_grant", [key for (key,) in book.query(_LOTS, (owner, since))])
    return [_seen(book, row, viewer, closed, now) for row in rows if row.stage == "open" or row.rest]


def friend(book: Book, credential: str, record: str) -> FriendForest | None:
    """A friend's forest; None for everybody else."""
    person, _ = natural(book, credential)
    other = book.record("people_person", record)
    row = book.record("green_friend", common.pair(person, other.natural)) if other is not None else None
    if row is None or row.stage != CONFIRMED:
        return None
    units, theirs = _units(book, (common.green(person), GREEN), (common.green(other.natural), GREEN))
    return FriendForest(
        record, book.name_of_person(record), _bubbles(book, row, person, other.natural),
        [size for size in book.term("green.watering_sizes") if size <= units], Amount(GREEN, units),
        person not in row.closed_by.split(), _stage_of(theirs, book.term("green.tree_cost")),
    )  # fmt: skip


def grants(book: Book, credential: str) -> tuple[list[Grant], list[tuple[str, int, int]], Amount]:
    """The latest behaviours, the sums of each (energy, mg), and all emission avoided."""
    person, _ = natural(book, credential)
    rows = book.records("green_grant", [key for (key,) in book.query(_GRANTS, (person,))])
    found = [
        Grant(
            row.behaviour, words.icon(row.behaviour), row.day, Amount(GREEN, row.grams), Amount(CO2E, row.co2e),
            row.stage, bool(row.parked),
        )
        for row in sorted(rows, key=lambda row: -row.at)
    ]  # fmt: skip
    sums = [(words.behaviour(name), int(grams), int(mg)) for name, grams, mg in book.query(_SUMS, (person,))]
    (mg,) = _units(book, (common.avoided(person), CO2E))
    return found, sums, Amount(CO2E, mg)


def ranking(book: Book, credential: str, among: str) -> list[Place]:
    """This month among friends, in the city or in the reader's circle; names of friends only."""
    person, _ = natural(book, credential)
    month = times.month(times.day(book.now()))
    known = {}
    for (key,) in book.query(_FRIENDS, (person, person)):
        row = book.record("green_friend", key)
        if row.stage == CONFIRMED:
            theirs, record = _other(row, person)
            known[theirs] = book.name_of_person(record)
    own = book.record("green_person", person)
    circle = own.circle if own is not None else ""
    if among == "circle":
        rows = figures.ranking(book, month, circle=circle) if circle else []
    else:
        rows = figures.ranking(book, month, among=(person, *known) if among == "friends" else ())
    return [Place(place, known.get(who, ""), Amount(GREEN, units), who == person) for who, units, place in rows]


def sources(book: Book, record: str) -> list[tuple[str, str, str, bool]]:
    """Each source, its words, and whether it may be read, as `green.record` judges it."""
    kept = book.records("people_consent", [f"{record}:green", *(f"{record}:green.{one}" for one in SOURCES)])
    whole, texts = kept[0], words.sources()
    found = []
    for source, row in zip(SOURCES, kept[1:], strict=True):
        later = row is None or (whole is not None and whole.stage == "withdrawn" and whole.since > row.since)
        stands = whole if later else row
        found.append((source, *texts[source], stands is not None and stands.stage == "given"))
    return found


def choices(book: Book, credential: str) -> Choices:
    """What the reader chose."""
    person, record = natural(book, credential)
    row = book.record("green_person", person)
    shield = row.shield_until if row is not None and row.shield_until > book.now() else 0
    ranked, shared = (bool(row.ranked), bool(row.shared)) if row is not None else (True, True)
    return Choices(ranked, shared, shield, row.circle if row is not None else "", sources(book, record))


def is_officer(book: Book, person: str) -> bool:
    """Whether somebody has an office."""
    return any("officer" in roles.split() for (roles,) in book.query(_OFFICE, (person,)))


def factor_lines(book: Book) -> list[FactorLine]:
    """Every factor in force, published or shipped, and what a published one would have made of older grants."""
    found, now, published = [], book.now(), set()
    today = times.day(now)
    for (key,) in book.query("SELECT key FROM green_factor ORDER BY behaviour, region, starts"):
        row = book.record("green_factor", key)
        rows = figures.difference(
            book, behaviour=row.behaviour, region=row.region, starts=row.starts, mg=row.mg, per=row.per, factor=key
        )
        if row.starts <= today:
            published.add((row.behaviour, row.region))
        found.append(
            FactorLine(row.behaviour, row.region, row.mg, row.per, row.conf, row.starts, row.source, key, rows)
        )
    for term in _latest(book.house.terms.table(), today):
        for region, used in factors.told(term.value or ()):
            name = term.name.rpartition(".")[2]
            if (name, region) not in published:
                found.append(
                    FactorLine(name, region, used.mg, used.per, used.conf, term.in_force, term.source, used.name)
                )
    return sorted(found, key=lambda line: (line.behaviour, line.region, line.starts))


def _latest(table: Iterable[Any], today: str) -> Iterable[Any]:
    """The term of each behaviour's factor that is in force."""
    kept = {}
    for term in table:
        if term.name.startswith("green.factor.") and term.in_force <= today:
            kept[term.name] = term
    return kept.values()


def paused(book: Book) -> list[tuple[str, str, str, int]]:
    """(person's record, stage, numbers of the rule, end) of everybody whose taking is paused."""
    rows = book.records("green_pace", [key for (key,) in book.query(_PAUSED)])
    owners = book.records("green_person", [row.key for row in rows])
    return [
        (own.person if own is not None else row.key, row.stage, row.why, row.paused_until)
        for row, own in zip(rows, owners, strict=True)
    ]
