"""Which records concern whom: a projection beside the book, so that no page reads a whole table to find a few rows.

The book finds records by key only. Here stand, for a person, wallet or merchant, the keys of their orders, requests,
codes and credentials, newest first. It is filled from the journal as pages ask, and can be thrown away at any time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from saxaul.ledger import journal
from saxaul.ledger.store import Store

READ_MAX = 2048  # entries of one step
STEP_SECONDS_MAX = 1.0  # a page waits no longer for it; what is missing then appears with the next page

OWNERS = {
    "people_credential": ("person",), "pay_request": ("payer", "payee", "bill"), "pay_order": ("merchant", "payer"),
    "pay_code": ("merchant",), "cash_order": ("party",),
}  # fmt: skip
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS link (owner TEXT NOT NULL, kind TEXT NOT NULL, n BIGINT NOT NULL, key TEXT NOT NULL, "
    "PRIMARY KEY (owner, kind, n, key))",
    "CREATE TABLE IF NOT EXISTS link_mark (name TEXT PRIMARY KEY, n BIGINT NOT NULL)",
)
_ADD = "INSERT INTO link (owner, kind, n, key) VALUES (?, ?, ?, ?) ON CONFLICT (owner, kind, n, key) DO NOTHING"
_MARK = "INSERT INTO link_mark (name, n) VALUES ('read', ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n"
_FIND = "SELECT key FROM link WHERE owner = ? AND kind = ? GROUP BY key ORDER BY MAX(n) DESC LIMIT ?"


class Links:
    """Whose records there are. `connection` is a driver connection in autocommit, used by one thread at a time."""

    def __init__(self, connection: Any, *, sqlite: bool) -> None:
        self.connection, self.sqlite = connection, sqlite
        self._lock = threading.Lock()
        for statement in _SCHEMA:
            connection.execute(statement)
        rows = list(connection.execute("SELECT n FROM link_mark WHERE name = 'read'"))
        self.reached = rows[0][0] if rows else 0

    def keys(self, reader: Store, owner: str, kind: str, *, limit: int = 200) -> list[str]:
        """Keys of the owner's records of that table, newest first, once the journal was read on as far as time lets."""
        end = time.monotonic() + STEP_SECONDS_MAX
        with self._lock:
            while self.reached < reader.last_number() and time.monotonic() < end:
                self._step(reader)
            return [key for (key,) in self._run(self.connection.execute, _FIND, (owner, kind, limit))]

    def _step(self, reader: Store) -> None:
        found: set[tuple[str, str, int, str]] = set()
        entries = journal.read(reader, self.reached, READ_MAX)
        for entry in entries:
            for change in entry.changes.records:
                for name in OWNERS.get(change.table, ()):
                    owner = change.fields.get(name)
                    if owner:
                        found.add((owner, change.table, entry.n, change.key))
        self.connection.execute("BEGIN")
        self._run(self.connection.cursor().executemany, _ADD, sorted(found))
        self._run(self.connection.execute, _MARK, (entries[-1].n,))
        self.connection.execute("COMMIT")
        self.reached = entries[-1].n

    def _run(self, how: Callable[..., Any], statement: str, values: Any) -> Any:
        return how(statement if self.sqlite else statement.replace("?", "%s"), values)
