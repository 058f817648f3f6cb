"""What the API can be asked without changing anything: one table, from which routes and document are made."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import msgspec

from saxaul.engine import history as engine_history
from saxaul.engine.declare import Id
from saxaul.engine.request import Answer
from saxaul.guards.tier import allowed
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.kernel.refusal import CATALOGUE, Refusal
from saxaul.ledger import heads, sql
from saxaul.surfaces import notices as person_notices
from saxaul.surfaces.api import metrics, problems
from saxaul.surfaces.api.asked import AFTER, ANYBODY, BEFORE, LIMIT, Asked, Read, Reply
from saxaul.surfaces.api.reads_quiz import QUIZ
from saxaul.surfaces.api.reads_trade import TRADE

HISTORY_SECONDS = 1.0  # how long a list waits for its follower before it says "as of"
KEEP = ("officer", "auditor", "service")
LISTS = {"issuers": "issuer", "regions": "region", "provinces": "province", "billers": ""}
HTML = (b"content-type", b"text/html; charset=utf-8")
MISSING = ("request.object_missing",)


class Me(msgspec.Struct, frozen=True):
    """Who the credential is: ids and roles; names stay in the vault."""

    credential: str
    person: str
    organisation: str
    shop: str
    terminal: str
    roles: list[str]
    language: str
    elder: bool
    verified: int
    wallets: list[str]


class Balance(msgspec.Struct, frozen=True):
    """What stands on the wallet in one asset; `free` is what may be used now."""

    asset: str
    posted: str
    held: str
    free: str


class Limits(msgspec.Struct, frozen=True):
    """What the wallet's tier allows and what is left of it; null where there is no limit."""

    payment: str | None
    day_total: str | None
    day_left: str | None
    day_count: int | None
    day_count_left: int | None
    year_total: str | None
    year_left: str | None
    balance: str | None


class Wallet(msgspec.Struct, frozen=True):
    """A wallet with its balances and limits at `at`."""

    wallet: str
    issuer: str
    region: str
    tier: int
    stage: str
    activated: bool
    balances: list[Balance]
    limits: Limits
    at: str


class Line(msgspec.Struct, frozen=True):
    """One posting on the wallet: what came in or went out, and the other account."""

    asset: str
    amount: str
    way: str  # in or out
    other: str


class Moved(msgspec.Struct, frozen=True):
    """One entry that touched the wallet."""

    entry: int
    id: Id
    act: str
    at: str
    entered: str
    reverses: str
    postings: list[Line]


class History(msgspec.Struct, frozen=True):
    """Entries, the newest first; `as_of` names the entry up to which the list is complete where it lags."""

    wallet: str
    entries: list[Moved]
    as_of: int | None = None


class Told(msgspec.Struct, frozen=True):
    """One notice: its kind and its facts, which name things by their ids; `act` is the act that told it."""

    id: str
    entry: int
    act: Id
    at: str
    kind: str
    facts: dict[str, Any]


class Notices(msgspec.Struct, frozen=True):
    """Notices, the newest first; `before` asks for older ones, null at the end; `as_of` as in a wallet's history."""

    notices: list[Told]
    before: int | None = None
    as_of: int | None = None


class Row(msgspec.Struct, frozen=True):
    """A row of a public directory."""

    code: str
    name: str
    name_en: str
    open_from: str
    until: str
    source: str


class Directory(msgspec.Struct, frozen=True):
    """A page of a directory; `after` is what to ask for next, null at the end."""

    directory: str
    rows: list[Row]
    after: str | None = None


class Head(msgspec.Struct, frozen=True):
    """A signed head of the journal."""

    book: str
    n: int
    hash: str
    entered: int
    signature: str


class Health(msgspec.Struct, frozen=True):
    """Whether this process may write its book, and how far it is."""

    alive: bool
    entry: int


class Problem(msgspec.Struct, frozen=True):
    """What a code means."""

    code: str
    title: str = ""
    cause: str = ""


async def act(asked: Asked) -> Any:
    """What became of one's own act: its answer byte for byte, or `request.id_running` while it still waits."""
    id = asked.id("act")
    if asked.drive.waits_for(asked.credential, id):
        raise Refusal("request.id_running")
    statement = f"SELECT n, refused, answer, actor, behalf FROM entry WHERE id IN {sql.marks(1)}"
    rows = await asked.query(statement, (bytes.fromhex(id),))
    actor = asked.actor
    if not rows or not (rows[0][3] == (actor.person or actor.credential)
                        or (rows[0][4] and rows[0][4] == actor.organisation)):  # fmt: skip
        raise Refusal("request.object_missing")
    n, refused, text, _, _ = rows[0]
    hit = (b"idempotency-hit", b"true")
    if not refused:
        return Reply(text.encode(), headers=(hit,))
    facts = msgspec.json.decode(text)["facts"]
    body = problems.problem(Answer(id, text, code=refused, entry=n, facts=facts), asked.language)
    return Reply(body, CATALOGUE[refused].status, (b"content-type", b"application/problem+json"), (hit,))


async def me(asked: Asked) -> Me:
    """Who this credential is and which wallets are its person's."""
    actor = asked.actor
    person = await asked.row("people_person", actor.person) if actor.person else None
    wallets = person.wallets.split() if person is not None else []
    if actor.organisation:
        row = await asked.row("people_organisation", actor.organisation)
        wallets = [row.wallet] if row is not None and row.wallet else []
    return Me(
        actor.credential, actor.person, actor.organisation, actor.shop, actor.terminal, sorted(actor.roles),
        person.language if person is not None else "", bool(person.elder) if person is not None else False,
        person.verified if person is not None else 0, wallets,
    )  # fmt: skip


async def wallet(asked: Asked) -> Wallet:
    """One's own wallet: posted, held and free in every asset, its tier, its limits and what is left of them today."""
    row = await asked.own_wallet(asked.id("wallet"))
    at = asked.now
    bound = await asked.row("pay_bound", row.key)
    purposes = [one for one in await asked.rows("pay_purpose", bound.purposes.split() if bound else []) if one]
    assets = [ECNY, CNY, *dict.fromkeys(one.asset for one in purposes)]
    address = f"wallet:{row.key}"
    found = await asked.look([(address, asset) for asset in assets])
    balances = [_balance(asset, *found[address, asset]) for asset in assets]
    return Wallet(
        row.key, row.issuer, row.region, row.tier, row.stage, bool(row.activated), balances,
        await _limits(asked, row, at), times.text(at),
    )  # fmt: skip


def _balance(asset: str, posted: int, held: int) -> Balance:
    return Balance(asset, show(asset, posted), show(asset, held), show(asset, posted - held))


class _InForce:
    """The terms of an instant, as a guard asks for them."""

    def __init__(self, terms: Any, at: int) -> None:
        self.terms, self.at = terms, at

    def term(self, name: str) -> Any:
        """The value in force."""
        return self.terms.at(name, self.at)


async def _limits(asked: Asked, row: Any, at: int) -> Limits:
    terms: Any = _InForce(asked.house.clerk.performer.terms, at)
    payment, day_total, year_total, day_count = allowed(terms, row)
    day = times.day(at, asked.house.settings.zone)
    subject = f"wallet:{row.key}|pay"
    (units, count), (year_units, _) = await asked.usage([f"{subject}|{day}", f"{subject}|{day[:4]}"])

    def money(most: int | None, used: int = 0) -> str | None:
        return None if most is None else show(ECNY, max(0, most - used))

    return Limits(
        money(payment), money(day_total), money(day_total, units), day_count,
        None if day_count is None else max(0, day_count - count), money(year_total), money(year_total, year_units),
        money(terms.term(f"tier.{row.tier}.balance_limit")),
    )  # fmt: skip


async def history(asked: Asked) -> History:
    """What touched one's own wallet, the newest first; waits up to a second until the list is complete."""
    row = await asked.own_wallet(asked.id("wallet"))
    before, limit = asked.number(BEFORE), asked.number(LIMIT)
    assert limit is not None
    shelf, address = asked.shelf, f"wallet:{row.key}"
    as_of = await _as_of(asked)

    def read() -> list[Any]:
        numbers = shelf.history().entries(address, before=before or 2**62, limit=limit)
        return engine_history.lines(shelf.store(), numbers)

    return History(row.key, [_moved(one, address) for one in await shelf.run(read)], as_of)


async def notices(asked: Asked) -> Notices:
    """What one should hear, the newest first, `limit` entries a page; waits like a wallet's history."""
    person = await asked.row("people_person", asked.actor.person) if asked.actor.person else None
    if person is None:
        raise Refusal("request.object_missing")
    before, limit = asked.number(BEFORE), asked.number(LIMIT)
    assert limit is not None
    shelf, as_of = asked.shelf, await _as_of(asked)

    def read() -> tuple[list[int], list[person_notices.Notice]]:
        find = partial(shelf.history().entries, before=before or 2**62, limit=limit)
        numbers = person_notices.merged(find, person, limit)
        entries = engine_history.lines(shelf.store(), numbers)
        return numbers, person_notices.told(person, entries, shelf.records)

    numbers, found = await shelf.run(read)
    told = [Told(one.id, one.entry, one.act, times.text(one.at), one.kind, one.facts) for one in found]
    return Notices(told, numbers[-1] if len(numbers) == limit else None, as_of)


async def _as_of(asked: Asked) -> int | None:
    """None once the history has reached the head, waited for up to a second; else the entry it has reached."""
    shelf = asked.shelf
    wanted = await shelf.run(lambda: shelf.store().last_number())
    reached = await shelf.run(lambda: shelf.history().reached())
    tries = 0
    while reached < wanted and tries < HISTORY_SECONDS * 20:
        tries += 1
        await asyncio.sleep(0.05)
        reached = await shelf.run(lambda: shelf.history().reached())
    return reached if reached < wanted else None


def _moved(entry: Any, address: str) -> Moved:
    lines = []
    for one in entry.postings:
        if address == one.debit:
            lines.append(Line(one.asset, show(one.asset, one.units), "out", one.credit))
        elif address == one.credit:
            lines.append(Line(one.asset, show(one.asset, one.units), "in", one.debit))
    return Moved(
        entry.n, entry.id, entry.act, times.text(entry.at), times.text(entry.entered), entry.reverses or "", lines
    )


async def directory(asked: Asked) -> Directory:
    """A public list: issuers, regions, provinces or billers, page by page."""
    name, after, limit = asked.words["list"], asked.asked_for.get("after", ""), asked.number(LIMIT)
    assert limit is not None
    if name not in LISTS:
        raise Refusal("request.object_missing")
    if "\x00" in after or len(after) > 128:
        raise Refusal("request.field_invalid", fields=["after: the key of a row"])
    if name == "billers":
        statement = (
            "SELECT key, name, name_en, since, 0, '' FROM people_organisation "
            "WHERE kind = ? AND stage = 'active' AND key > ? ORDER BY key LIMIT ?"
        )
        rows = await asked.query(statement, ("biller", after, limit + 1))
    else:
        statement = (
            "SELECT code, name, name_en, open_from, until, source FROM people_directory "
            "WHERE list = ? AND code > ? ORDER BY code LIMIT ?"
        )
        rows = await asked.query(statement, (LISTS[name], after, limit + 1))
    page = [Row(r[0], r[1], r[2], _instant(r[3]), _instant(r[4]), r[5]) for r in rows[:limit]]
    return Directory(name, page, page[-1].code if len(rows) > limit else None)


def _instant(at: int) -> str:
    return times.text(at) if at else ""


async def signed_heads(asked: Asked) -> Reply:
    """The newest signed heads of the journal, at most a hundred, for anybody to keep."""
    path = asked.house.folder / "heads.jsonl"
    return Reply(msgspec.json.encode(await asked.shelf.run(lambda: heads.read(path)[-100:])))


async def health(asked: Asked) -> Reply:
    """Whether this process may write its book; a supervisor ends one that may not."""
    clerk = asked.house.clerk
    return Reply(msgspec.json.encode(Health(clerk.alive, clerk.state.n)), 200 if clerk.alive else 503)


async def measured(asked: Asked) -> Reply:
    """Numbers of this process for Prometheus: to this machine, or to an officer, auditor or service."""
    client = asked.scope.get("client")
    if not client or client[0] not in ("127.0.0.1", "::1"):
        if not asked.credential:
            raise Refusal("actor.login_missing")
        if asked.actor.roles.isdisjoint(KEEP):
            raise Refusal("actor.role_missing")
    return Reply(metrics.text(asked.front), kind=(b"content-type", metrics.KIND))


async def document(asked: Asked) -> Reply:
    """This document."""
    from saxaul.surfaces.api import openapi

    front = asked.front
    if not front.document:
        front.document = await asked.shelf.run(openapi.written, front.house.declarations)
    return Reply(front.document)


async def problem(asked: Asked) -> Reply:
    """What a refusal's code means, as JSON or as a plain page; it is where a problem's `type` leads."""
    found = problems.page(asked.words["code"], asked.language)
    if found is None:
        raise Refusal("request.object_missing")
    accepts = b"".join(value for name, value in asked.scope["headers"] if name == b"accept")
    if b"text/html" in accepts:
        return Reply(problems.html(found, asked.language), kind=HTML)
    return Reply(msgspec.json.encode(found))


READS = (
    Read("acts", "/v1/acts/{act}", act, None, refuses=("request.id_running", *MISSING)),
    Read("me", "/v1/me", me, Me),
    Read("wallets", "/v1/wallets/{wallet}", wallet, Wallet, refuses=MISSING),
    Read("wallets.history", "/v1/wallets/{wallet}/history", history, History, query=(BEFORE, LIMIT), refuses=MISSING),
    Read("notices", "/v1/notices", notices, Notices, query=(BEFORE, LIMIT), refuses=MISSING),
    *TRADE,
    *QUIZ,
    Read("directories", "/v1/directories/{list}", directory, Directory, ANYBODY, (AFTER, LIMIT), refuses=MISSING),
    Read("heads", "/v1/heads", signed_heads, Head, ANYBODY),
    Read("openapi", "/v1/openapi.json", document, None, ANYBODY),
    Read("problems", "/problems/{code}", problem, Problem, ANYBODY, refuses=MISSING),
    Read("healthz", "/healthz", health, Health, ANYBODY),
    Read("metrics", "/metrics", measured, None, ANYBODY, kind="text/plain"),
)


def find(path: str) -> tuple[Read, dict[str, str]] | None:
    """The read of a path and the path's words."""
    parts = path.split("/")
    for one in READS:
        words = one.words(parts)
        if words is not None:
            return one, words
    return None
