"""What the pages of forests show, read from the book as frozen data: projects, certificates, teams, the charity's work.

Balances come from the clerk's memory in one look; everything else is a record. Another person's certificate or team is
nothing, exactly like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils.translation import gettext as _

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY
from saxaul.people.persons import words
from saxaul.programmes.forest import common, geometry
from saxaul.programmes.forest.planting import NAMED
from saxaul.surfaces.web.forest import proof
from saxaul.surfaces.web.port_book import Book, named

LISTED_MAX = 60
PROJECTS = (
    "SELECT key FROM forest_project ORDER BY CASE stage WHEN 'open' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, "
    f"kind DESC, starts DESC, key LIMIT {LISTED_MAX}"
)
MINE = f"SELECT key FROM forest_certificate WHERE holder = ? ORDER BY since DESC, key DESC LIMIT {LISTED_MAX}"
TEAMS = f"SELECT team FROM forest_share WHERE member = ? ORDER BY entry DESC LIMIT {LISTED_MAX}"
ORDER_OF = "SELECT key FROM forest_order WHERE project = ? AND first <= ? AND last >= ?"
EVIDENCE = (
    "SELECT key FROM forest_evidence WHERE project = ? AND parcel = ? ORDER BY day DESC, since DESC LIMIT 5"
)  # fmt: skip
ORDERS = f"SELECT key FROM forest_order WHERE project = ? ORDER BY first LIMIT {LISTED_MAX}"
INSPECTIONS = 'SELECT key FROM forest_inspection WHERE "order" = ? ORDER BY year'
DESKS = (
    "SELECT c.key, c.organisation, o.kind FROM people_credential c "
    "JOIN people_organisation o ON o.key = c.organisation "
    "WHERE c.person = ? AND c.stage = 'active' AND o.kind IN ('charity', 'agency') AND c.roles LIKE ? "
    "ORDER BY o.kind DESC, c.key LIMIT 1"
)
LATIN = {
    "saxaul": "Haloxylon ammodendron", "caragana": "Caragana korshinskii", "red_willow": "Tamarix ramosissima",
    "sand_willow": "Salix psammophila", "scots_pine": "Pinus sylvestris mongolica",
    "euphrates_poplar": "Populus euphratica",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Project:
    """A project as a person chooses it. `stage`: open, soon, waiting, suspended, sold, unpaid, closed."""

    code: str
    kind: str
    name: str
    place: str
    species: str
    energy: Amount
    price: Amount
    sponsor: str
    charity: str
    starts: int
    last: int
    season: str
    stage: str
    quota: int
    taken: int
    area_m2: int
    joint: bool
    pledged: Amount
    goal: Amount
    ring: tuple[geometry.Ring, ...]
    short: Amount | None
    share_dm2: int

    @property
    def left(self) -> int:
        """Trees or shares that nobody has yet."""
        return self.quota - self.taken


@dataclass(frozen=True, slots=True)
class Certificate:
    """One tree or share of land; `stage` is that of its order, and never one that has not happened."""

    number: str
    project: Project
    stage: str
    title: str
    text: str
    parcel: geometry.Ring
    parcel_key: str
    since: int
    energy: Amount
    named: bool
    team: str
    shares: Sequence[tuple[str, Amount]]
    version: int
    mine: bool
    can_withdraw: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison of two pictures, in words."""

    day: str
    base_day: str
    verdict: str
    text: str
    index: int
    base_index: int
    control: int
    valid: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team and what it has; `shares` are the members with the own one first."""

    id: str
    project: Project
    kind: str
    stage: str
    gathered: Amount
    missing: Amount
    shares: Sequence[tuple[str, Amount]]
    member: bool
    first: bool
    certificate: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the charity and whoever inspects see it."""

    key: str
    project: Project
    stage: str
    title: str
    trees: int
    money: Amount
    paid: Amount
    kept: Amount
    debt: int
    next_year: int | None
    next_from: int
    inspections: Sequence[Any]


def signing_key(book: Book) -> Ed25519PrivateKey:
    """The key that signs this house's certificates and comparisons."""
    return Ed25519PrivateKey.from_private_bytes(book.house.secrets.key(proof.PURPOSE))


def natural(book: Book, credential: str) -> str:
    """The natural person of the reader; empty for nobody."""
    person = book.person_of(credential) if credential else None
    return person.natural if person is not None else ""


def energy(book: Book, credential: str) -> Amount:
    """Energy that the reader may use now."""
    key = (common.pocket(natural(book, credential)), common.GREEN)
    return Amount(common.GREEN, book.clerk(lambda: book.house.clerk.look([key]))[key][0])


def projects(book: Book, credential: str, keys: Sequence[str] = ()) -> list[Project]:
    """The named projects, or all of them with those first where one can plant."""
    rows = book.records("forest_project", keys or [key for (key,) in book.query(PROJECTS)])
    rows = [row for row in rows if row is not None]
    wanted = [(common.stock(row.key), common.asset(row)) for row in rows]
    wanted += [key for row in rows for key in ((common.pool(row.key), CNY), (common.ISSUER, common.asset(row)))]
    found = book.clerk(lambda: book.house.clerk.look(wanted)) if wanted else {}
    parcels = {row.key: row for row in book.records("forest_parcel", [k for row in rows for k in words(row.parcels)])}
    has = energy(book, credential).units if credential else 0
    return [_project(book, row, found, parcels, has) for row in rows]


def _project(book: Book, row: Any, found: dict[Any, Any], parcels: dict[str, Any], has: int) -> Project:
    left = found[common.stock(row.key), common.asset(row)][0] // row.share
    pool = found[common.pool(row.key), CNY][0]
    taken = -found[common.ISSUER, common.asset(row)][0] // row.share - left  # after closing less is in the world
    year, part = row.key[5:9], row.key[9]
    season = _("spring %(year)s") if part == "s" else _("autumn %(year)s")
    missing = row.energy - has
    return Project(
        row.key, row.kind, named(row), row.place if named(row) == row.name else row.place_en or row.place,
        species_name(row.species), Amount(common.GREEN, row.energy), Amount(CNY, row.price),
        named(book.record("people_organisation", row.sponsor)), named(book.record("people_organisation", row.charity)),
        row.starts, row.ends - times.DAY, season % {"year": year}, _stage(book, row, left, pool), row.quota,
        taken, row.area // 100, bool(row.joint), Amount(CNY, row.pledged),
        Amount(CNY, row.quota * row.price), tuple(geometry.read(parcels[key].ring) for key in words(row.parcels)),
        Amount(common.GREEN, missing) if missing > 0 else None, row.share if row.kind == "land" else 0,
    )  # fmt: skip


def _stage(book: Book, row: Any, left: int, pool: int) -> str:
    now = book.now()
    if row.stage == "closed" or now >= row.ends:
        return "closed"
    if row.stage != "open":
        return str(row.stage)
    if now < row.starts:
        return "soon"
    return "sold" if not left else "open" if pool >= row.price else "unpaid"


def species_name(key: str) -> str:
    """The species in the reader's language; land has none."""
    names = {
        "saxaul": _("Saxaul"), "caragana": _("Caragana"), "red_willow": _("Red willow"),
        "sand_willow": _("Sand willow"), "scots_pine": _("Scots pine"), "euphrates_poplar": _("Euphrates poplar"),
    }  # fmt: skip
    return names.get(key, key or _("Protected land"))


def mine(book: Book, credential: str) -> list[Certificate]:
    """The reader's certificates, the newest first, and those of trees planted together."""
    own = natural(book, credential)
    keys = [key for (key,) in book.query(MINE, (own,))]
    planted = [row.certificate for row in _team_rows(book, own) if row.certificate]
    return [one for key in [*keys, *planted] if (one := certificate(book, credential, key)) is not None]


def certificate(book: Book, credential: str, number: str) -> Certificate | None:
    """The reader's own certificate, or that of a team the reader is in."""
    row, own = book.record("forest_certificate", number), natural(book, credential)
    if row is None or not own:
        return None
    team = book.record("forest_team", row.team) if row.team else None
    if row.holder != own and (team is None or own not in words(team.members)):
        return None
    (project,) = projects(book, credential, [row.project])
    order = _order_of(book, row)
    stage = "withdrawn" if row.stage == "withdrawn" else order.stage if order is not None else "issued"
    title, text = stage_words(stage, project.season, project.kind)
    shares = [pair.split(":") for pair in words(row.shares)]
    return Certificate(
        row.key, project, stage, title, text, geometry.read(book.record("forest_parcel", row.parcel).ring), row.parcel,
        row.since, Amount(common.GREEN, row.energy), bool(row.named) and _agreed(book, credential), row.team,
        _told(book, own, shares),
        order.version if order is not None else 1, team is None or words(team.members)[0] == own,
        stage == "issued" and project.stage != "closed",
    )  # fmt: skip


def _agreed(book: Book, credential: str) -> bool:
    """Whether the reader's consent to a name on certificates stands: withdrawn, no certificate shows it any more."""
    row = book.record("people_consent", f"{book.person_of(credential).key}:{NAMED}")
    return row is not None and row.stage == "given"


def _order_of(book: Book, row: Any) -> Any:
    found = book.query(ORDER_OF, (row.project, row.serial, row.serial))
    return book.record("forest_order", found[0][0]) if found else None


def _told(book: Book, own: str, shares: Sequence[Sequence[str]]) -> list[tuple[str, Amount]]:
    """Shares with names as friends may see them, the own one first."""
    ordered = sorted(shares, key=lambda pair: pair[0] != own)
    return [
        (_("You") if who == own else book.name_of_person(who), Amount(common.GREEN, int(grams)))
        for who, grams in ordered
    ]


def stage_words(stage: str, season: str, kind: str = "tree") -> tuple[str, str]:
    """Title and sentence of a stage: nothing grows before somebody planted it."""
    if kind == "land" and stage in ("issued", "ordered"):
        return _("Set aside"), _("Your share of this land is set aside and is given to nobody else.")
    words = {
        "issued": (_("Will be planted"), _("This tree will be planted in %(season)s. Nothing is in the ground yet.")),
        "ordered": (_("Ordered"), _("The charity has the order and will plant in %(season)s.")),
        "planted": (_("Planted"), _("The charity reported the planting. Nobody else has looked at it yet.")),
        "accepted": (_("Planted and seen"), _("Somebody who did not plant it has looked at the planting.")),
        "year_1": (_("One year old"), _("Inspected one year after planting.")),
        "year_3": (_("Three years old"), _("Inspected three years after planting.")),
        "withdrawn": (_("Withdrawn"), _("You took this back. The number stays listed and no tree stands behind it.")),
    }
    title, text = words[stage]
    return title, text % {"season": season} if "%(" in text else text


def evidence_of(book: Book, project: str, parcel: str = "") -> list[Evidence]:
    """The newest comparisons of a parcel, the first one where none is named; and whether this house signed them."""
    key = proof.public_text(signing_key(book))
    keys = [key for (key,) in book.query(EVIDENCE, (project, parcel or f"{project}:1"))]
    return [
        Evidence(
            row.day, row.base_day, row.verdict, verdict_words(row.verdict), row.index, row.base_index, row.control,
            row.valid, proof.fits(key, row.statement, row.signature),
        )
        for row in book.records("forest_evidence", keys)
    ]  # fmt: skip


def verdict_words(verdict: str) -> str:
    """What a comparison says of the parcel, and nothing of a single tree."""
    return {
        "no_evidence": _("Clouds hid the parcel, so this picture says nothing."),
        "regional_change": _("The land around changed as well. That is weather and says nothing of the trees."),
        "gain": _("The parcel is greener than before, and the land around is not."),
        "loss": _("The parcel is less green than before, and the land around is not. The charity is asked to look."),
        "no_change": _("No change can be seen from space yet. Young trees of the desert stay small for years."),
    }[verdict]


def teams(book: Book, credential: str) -> list[Team]:
    """Teams that the reader is in and whose tree is not planted yet."""
    rows = [row for row in _team_rows(book, natural(book, credential)) if row.stage == "open"]
    return [one for row in rows if (one := team(book, credential, row.key)) is not None]


def _team_rows(book: Book, own: str) -> list[Any]:
    if not own:
        return []
    keys = [key for (key,) in book.query(TEAMS, (own,))]
    return [row for row in book.records("forest_team", keys) if own in words(row.members)]


def team(book: Book, credential: str, id: str) -> Team | None:
    """The team; whoever knows its code may look before joining, and sees no names then."""
    row, own = book.record("forest_team", id), natural(book, credential)
    if row is None:
        return None
    (project,) = projects(book, credential, [row.project])
    key = (common.team_green(id), common.GREEN)
    gathered = book.clerk(lambda: book.house.clerk.look([key]))[key][0]
    members, member = words(row.members), own in words(row.members)
    given = book.records("forest_share", [f"{id}:{who}" for who in members])
    pairs = [(who, str(one.grams if one is not None else 0)) for who, one in zip(members, given, strict=True)]
    cost = project.energy.units
    return Team(
        id, project, row.kind, row.stage, Amount(common.GREEN, cost if row.stage == "complete" else gathered),
        Amount(common.GREEN, 0 if row.stage == "complete" else cost - gathered),
        _told(book, own, pairs) if member else (), member, bool(members) and members[0] == own, row.certificate,
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- work


def desk(book: Book, credential: str) -> tuple[str, str, str]:
    """(credential, organisation, kind) with which the reader works for a charity or an agency; empty for others."""
    person = book.person_of(credential)
    found = book.query(DESKS, (person.key, "%manager%")) if person is not None else []
    return found[0] if found else ("", "", "")


def orders(book: Book, organisation: str, kind: str) -> list[Order]:
    """Orders of the charity's own projects; whoever inspects sees those of all."""
    found = []
    for (key,) in book.query(PROJECTS):
        row = book.record("forest_project", key)
        if kind == "charity" and row.charity != organisation:
            continue
        made = book.records("forest_order", [one for (one,) in book.query(ORDERS, (key,))])
        if made:
            (project,) = projects(book, "", [key])
            found += [_order(book, one, project) for one in made]
    return found


def _order(book: Book, row: Any, project: Project) -> Order:
    years = {"planted": 0, "accepted": 1, "year_1": 3}
    year = years.get(row.stage)
    days = book.term("forest.inspection_days")[list(years.values()).index(year)] if year is not None else 0
    seen = book.records("forest_inspection", [key for (key,) in book.query(INSPECTIONS, (row.key,))])
    return Order(
        row.key, project, row.stage, stage_words(row.stage, project.season)[0], row.trees, Amount(CNY, row.money),
        Amount(CNY, row.paid), Amount(CNY, row.kept), row.debt, year, row.planted + days * times.DAY, seen,
    )  # fmt: skip


def totals(book: Book, found: Sequence[Project]) -> dict[str, int]:
    """Trees, square decimetres of land, debts of trees, and pictures that were compared: for everybody."""
    counted = {
        "planted": "SELECT COALESCE(SUM(trees), 0) FROM forest_order WHERE stage <> 'ordered'",
        "debt": "SELECT COALESCE(SUM(debt), 0) FROM forest_order",
        "evidence": "SELECT COUNT(*) FROM forest_evidence",
    }
    sums = {name: int(book.query(statement)[0][0]) for name, statement in counted.items()}
    sums["trees"] = sum(one.taken for one in found if one.kind == "tree")
    sums["land_dm2"] = sum(one.taken * one.share_dm2 for one in found)
    return sums
