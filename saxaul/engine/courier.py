"""Telling organisations' servers and persons' telephones what happened: at least once, in order, over days if need be.

Deliveries live beside the book, in a small store of their own that a reader of the journal fills with its own cursor,
so nothing waits for a foreign server and a lost file is filled again. An event's id and bytes are made of the entry,
so a receiver that has seen it can drop it. This file decides; who sends, what the time is and where names lead are
handed in.

Notices to persons go to one gateway, which sends them as SMS. What waits for it names a person's id alone; telephone
and words are found at each try (`letter`), so an erased person is told nothing and a new number is the right one.

Two things can be wrong, and each waits by itself: a server that cannot be reached delays all that goes to it, with one
try at a time; an event that a living server will not take delays only its own subject.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from saxaul.engine import courier_webhook as webhook
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.ledger import journal, sql
from saxaul.ledger.journal import PLACES
from saxaul.ledger.store import Store

READ_MAX = 1024  # entries read at once
DUE_MAX = 64  # deliveries tried in one round
DUE_EACH = 8  # of which one organisation's are at most so many, so that a slow server delays itself
GATEWAY = "gateway"  # who takes notices to persons, in the place of an organisation
NOTICE_AGE_MAX = 3 * times.DAY  # an older notice is no news, so a lost file does not wake up a city
OVERLAP = 7 * times.DAY  # how long a replaced secret still signs beside the new one

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS courier_event (id TEXT PRIMARY KEY, n BIGINT NOT NULL, subject TEXT NOT NULL, "
    "organisation TEXT NOT NULL, body TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS courier_subject ON courier_event (subject, n)",
    "CREATE INDEX IF NOT EXISTS courier_due ON courier_event (organisation, n)",
    "CREATE TABLE IF NOT EXISTS courier_server (organisation TEXT PRIMARY KEY, failed BIGINT NOT NULL, "
    "due BIGINT NOT NULL, why TEXT NOT NULL, given_up BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS courier_secret (organisation TEXT PRIMARY KEY, number BIGINT NOT NULL, "
    "since BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS courier_mark (name TEXT PRIMARY KEY, n BIGINT NOT NULL)",
)
_ADD = (
    "INSERT INTO courier_event (id, n, subject, organisation, body, due, tries) VALUES (?, ?, ?, ?, ?, 0, 0) "
    "ON CONFLICT (id) DO NOTHING"
)
_MARK = "INSERT INTO courier_mark (name, n) VALUES ('read', ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n"
_FIRST = (  # the oldest event of every subject, the least tried first: one that no server takes blocks no other
    "SELECT id, n, subject, organisation, body, tries FROM courier_event e WHERE organisation = ? AND due <= ? "
    "AND NOT EXISTS (SELECT 1 FROM courier_event o WHERE o.subject = e.subject AND o.n < e.n) ORDER BY tries, n LIMIT ?"
)
_SERVER = (
    "INSERT INTO courier_server (organisation, failed, due, why, given_up) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (organisation) DO UPDATE SET failed = excluded.failed, due = excluded.due, why = excluded.why, "
    "given_up = excluded.given_up"
)
_SECRET = (
    "INSERT INTO courier_secret (organisation, number, since) VALUES (?, ?, ?) "
    "ON CONFLICT (organisation) DO UPDATE SET number = excluded.number, since = excluded.since"
)
_LISTENER = "SELECT 1 FROM people_organisation WHERE webhook <> '' LIMIT 1"
_CHANGES = sql.ENTRY_COLUMNS.index("changes")


@dataclass(frozen=True, slots=True)
class Topic:
    """Records whose changes an organisation hears of: `owner` is the field that names it, `shows` what it may see.

    `fixed` fields never change and stand in every event; `money` fields are written as amounts of the field `asset`.
    """

    table: str
    kind: str
    owner: str
    fixed: tuple[str, ...]
    shows: tuple[str, ...]
    money: tuple[str, ...]


TOPICS = (
    Topic(
        "pay_order", "order", "merchant", ("number", "shop", "terminal"),
        ("stage", "revision", "refunds", "paid", "units", "captured", "refunded"), ("units", "captured", "refunded"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way: its bytes never change, its headers are signed anew at each try."""

    id: str
    n: int
    subject: str
    organisation: str
    body: bytes
    tries: int
    target: str
    secrets: tuple[str, ...]

    def headers(self, now: int) -> dict[str, str]:
        """The headers of a try at `now`."""
        return webhook.headers(self.body, id=self.id, at=now, secrets=self.secrets)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try. `reached`: a server answered, be it with a no."""

    taken: bool
    reached: bool = True
    why: str = ""


def secret(key: bytes, organisation: str, number: int) -> str:
    """The organisation's signing secret of this number; nothing of it is stored."""
    made = hmac.new(key, f"webhook:{organisation}:{number}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(made).decode()


class Courier:
    """The store of deliveries. `connection` is a driver connection in autocommit; `key` is what secrets are made of.

    `gateway` is where notices to persons go, empty: nowhere; `letter` makes one of (person, language-free notice) or
    says by None that the person cannot be reached.
    """

    def __init__(
        self, connection: Any, *, sqlite: bool, key: bytes, source: str, gateway: str = "",
        letter: Callable[[str, dict[str, Any]], dict[str, Any] | None] | None = None,
    ) -> None:  # fmt: skip
        self.connection, self.sqlite, self.key, self.source = connection, sqlite, key, source
        self.gateway, self.letter = gateway, letter
        self.listened: bool | None = None  # whether any organisation wants to hear of anything; None: not looked yet
        for statement in _SCHEMA:
            connection.execute(statement)

    # -- from the journal ------------------------------------------------------------------------------------------

    def fill(self, reader: Store, now: int = 0) -> int:
        """Read on in the journal and keep an event for every change that somebody should hear of; entries passed."""
        rows = self._query("SELECT n FROM courier_mark WHERE name = 'read'")
        start = rows[0][0] if rows else 0
        upto = min(start + READ_MAX, reader.last_number())
        if upto == start:
            return 0
        entries = self._heard(reader, start, upto)
        events = [event for topic in TOPICS for event in self._events(reader, topic, entries)]
        if self.gateway:
            events += self._notices(entries, now - NOTICE_AGE_MAX)
        self.connection.execute("BEGIN")
        self._many(_ADD, events)
        self._many(_MARK, [(upto,)])
        self.connection.execute("COMMIT")
        return upto - start

    def _heard(self, reader: Store, after: int, upto: int) -> list[journal.Entry]:
        """The entries of which somebody may hear. Most are nobody's business, so a look at the text comes first."""
        rows = list(reader.read_entries(after, upto))
        if self.listened is None or any('"webhook":' in row[_CHANGES] for row in rows):
            self.listened = bool(reader.query(_LISTENER))
        words = [f'["{topic.table}",' for topic in TOPICS] if self.listened else []
        if self.gateway:
            words.append(journal.NOTICES)
        return [journal.entry(row, []) for row in rows if any(word in row[_CHANGES] for word in words)]

    def _notices(self, entries: list[journal.Entry], since: int) -> Iterable[tuple[Any, ...]]:
        """What persons should hear: kind and facts as the journal has them, which name nobody."""
        for entry in entries:
            for place, (person, kind, facts) in enumerate(entry.changes.notices if entry.entered >= since else ()):
                body = json.dumps({"kind": kind, "facts": facts, "at": entry.entered}, ensure_ascii=False)
                yield f"nt_{entry.id}_{place}", entry.n * PLACES + place, person, GATEWAY, body

    def _events(self, reader: Store, topic: Topic, entries: list[journal.Entry]) -> Iterable[tuple[Any, ...]]:
        changed = [
            (entry, place, change)
            for entry in entries
            for place, change in enumerate(entry.changes.records)
            if change.table == topic.table
        ]
        if not changed:
            return
        keys = list(dict.fromkeys(change.key for _, _, change in changed))
        columns = ("key", topic.owner, "asset", *topic.fixed)
        rows = _rows(reader, f"SELECT {', '.join(columns)} FROM {topic.table} WHERE key IN ", keys)
        owners = _rows(
            reader, "SELECT key, webhook FROM people_organisation WHERE key IN ", list({r[1] for r in rows.values()})
        )
        for entry, place, change in changed:
            row = dict(zip(columns, rows[change.key], strict=True))
            owner = row[topic.owner]
            if owner in owners and owners[owner][1]:
                id = f"ev_{entry.id}_{place}"
                body = self._body(topic, entry, change.fields, row, id)
                yield id, entry.n, change.key, owner, body.decode()

    def _body(self, topic: Topic, entry: journal.Entry, fields: dict[str, Any], row: dict[str, Any], id: str) -> bytes:
        asset = fields.get("asset", row["asset"])
        shown = {name: fields[name] for name in topic.shows if name in fields}
        shown |= {name: show(asset, shown[name]) for name in topic.money if name in shown}
        data = {topic.kind: row["key"], "act": entry.act, **{name: row[name] for name in topic.fixed}, **shown}
        kind = f"saxaul.{topic.kind}.{fields.get('stage', 'changed')}"
        return webhook.event(
            id=id, source=self.source, kind=kind, subject=row["key"], at=entry.entered, sequence=entry.n, data=data
        )  # fmt: skip

    # -- to the servers --------------------------------------------------------------------------------------------

    def due(self, reader: Store, now: int) -> list[Delivery]:
        """What should be tried now: the oldest event of a subject, one alone where the server failed before."""
        found: list[Delivery] = []
        waiting = [one for (one,) in self._query("SELECT DISTINCT organisation FROM courier_event")]
        servers = {row[0]: row for row in self._query("SELECT organisation, failed, due FROM courier_server")}
        targets = _rows(reader, "SELECT key, webhook FROM people_organisation WHERE key IN ", waiting)
        targets[GATEWAY] = (GATEWAY, self.gateway)
        for organisation in waiting:
            _, failed, later = servers.get(organisation, ("", 0, 0))
            target = targets[organisation][1] if organisation in targets else ""
            if not target:  # it wants to hear nothing any more
                self._many("DELETE FROM courier_event WHERE organisation = ?", [(organisation,)])
            elif later <= now:
                secrets = tuple(text for text, _ in self.secrets(organisation, now))
                each = DUE_MAX if organisation == GATEWAY else DUE_EACH
                rows = self._query(_FIRST, (organisation, now, 1 if failed else each))
                for r in rows:
                    body = self._letter(r) if organisation == GATEWAY else r[4].encode()
                    if body:
                        found.append(Delivery(r[0], r[1], r[2], r[3], body, r[5], target, secrets))
        return sorted(found, key=_age)[:DUE_MAX]

    def _letter(self, row: tuple[Any, ...]) -> bytes:
        """The body of a notice, made now; a person who cannot be reached any more is forgotten here."""
        id, n, person, _, kept, _ = row
        notice = json.loads(kept)
        data = self.letter(person, notice) if self.letter is not None else None
        if data is None:
            self._many("DELETE FROM courier_event WHERE id = ?", [(id,)])
            return b""
        kind = f"saxaul.notice.{notice['kind']}"
        return webhook.event(
            id=id, source=self.source, kind=kind, subject=person, at=notice["at"], sequence=n, data=data
        )  # fmt: skip

    def told(self, delivery: Delivery, tried: Tried, now: int) -> None:
        """Keep what came of a try: gone when taken, else later; after the last step of the ladder it is given up."""
        rows = self._query(
            "SELECT failed, given_up FROM courier_server WHERE organisation = ?", (delivery.organisation,)
        )
        failed, given_up = rows[0] if rows else (0, 0)
        if tried.taken:
            self._many("DELETE FROM courier_event WHERE id = ?", [(delivery.id,)])
            if failed:
                self._many(_SERVER, [(delivery.organisation, 0, 0, "", given_up)])
            return
        tries = delivery.tries + 1
        later = webhook.next_try(tries, now)
        if later is None:
            self._many("DELETE FROM courier_event WHERE id = ?", [(delivery.id,)])
            given_up += 1
        else:
            self._many("UPDATE courier_event SET tries = ?, due = ? WHERE id = ?", [(tries, later, delivery.id)])
        failed = 0 if tried.reached else failed + 1
        wait = 0 if tried.reached else webhook.next_try(min(failed, len(webhook.LADDER)), now)
        self._many(_SERVER, [(delivery.organisation, failed, wait, tried.why[:200], given_up)])

    def round(self, reader: Store, send: Callable[[list[Delivery]], list[Tried]], now: int) -> int:
        """Fill from the journal and try what is due; returns entries passed and deliveries taken."""
        passed = self.fill(reader, now)
        deliveries = self.due(reader, now)
        for delivery, tried in zip(deliveries, send(deliveries), strict=True):
            self.told(delivery, tried, now)
            passed += tried.taken
        return passed

    # -- secrets and what an organisation may know -----------------------------------------------------------------

    def secrets(self, organisation: str, now: int) -> list[tuple[str, int]]:
        """(secret, since) that sign now: the newest first, and the one it replaced while they overlap."""
        rows = self._query("SELECT number, since FROM courier_secret WHERE organisation = ?", (organisation,))
        number, since = rows[0] if rows else (1, 0)
        found = [(secret(self.key, organisation, number), since)]
        if number > 1 and now < since + OVERLAP:
            found.append((secret(self.key, organisation, number - 1), 0))
        return found

    def rotate(self, organisation: str, now: int) -> str:
        """The organisation has a new secret; the old one signs beside it for a week.

        While two overlap there is no third, so nobody loses the secret it still knows.
        """
        found = self.secrets(organisation, now)
        if len(found) == webhook.SECRETS_MAX:
            return found[0][0]
        rows = self._query("SELECT number FROM courier_secret WHERE organisation = ?", (organisation,))
        number = (rows[0][0] if rows else 1) + 1
        self._many(_SECRET, [(organisation, number, now)])
        return secret(self.key, organisation, number)

    def standing(self, organisation: str) -> tuple[int, int, int, str, int]:
        """(waiting, failed tries in a row, next try, why it failed, given up) of an organisation's server."""
        (waiting,) = self._query("SELECT COUNT(*) FROM courier_event WHERE organisation = ?", (organisation,))[0]
        rows = self._query(
            "SELECT failed, due, why, given_up FROM courier_server WHERE organisation = ?", (organisation,)
        )
        failed, due, why, given_up = rows[0] if rows else (0, 0, "", 0)
        return waiting, failed, due, why, given_up

    def _query(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return list(self.connection.execute(self._marked(statement), values))

    def _many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self.connection.cursor().executemany(self._marked(statement), rows)

    def _marked(self, statement: str) -> str:
        return statement if self.sqlite else statement.replace("?", "%s")


def _age(delivery: Delivery) -> int:
    """The number of the entry a delivery tells of."""
    return delivery.n // PLACES if delivery.organisation == GATEWAY else delivery.n


def _rows(reader: Store, statement: str, keys: list[str]) -> dict[str, tuple[Any, ...]]:
    """Rows by their first column; asked for in portions."""
    found: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(keys), 256):
        part = keys[start : start + 256]
        found |= {row[0]: row for row in reader.query(statement + sql.marks(len(part)), part)}
    return found
