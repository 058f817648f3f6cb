"""An account's history: a projection of its own, filled by its own follower in sorted batches, rebuildable at any time.

It lies beside the book (a file of its own, or a schema of its own on a server), so that nothing in the commit path has
to keep a B-tree on accounts. Readers that just paid wait until it has reached their entry, else the page says "as of".

Notices to a person are found the same way, under an account that moves no money: `notice:<person>`.
"""

from __future__ import annotations

from typing import Any

from saxaul.ledger import journal, sql
from saxaul.ledger.store import Store

READ_MAX = 4096
PAGE_MAX = 200

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS history (account TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (account, n)) {without}",
    "CREATE TABLE IF NOT EXISTS history_mark (name TEXT PRIMARY KEY, n BIGINT NOT NULL)",
)
_ADD = "INSERT INTO history (account, n) VALUES (?, ?) ON CONFLICT (account, n) DO NOTHING"
# A new name for what is kept: a file that lacks some of it has no such mark, and is read from the first entry again.
_READ = "postings and notices"
_MARK = f"INSERT INTO history_mark (name, n) VALUES ('{_READ}', ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n"
_TOLD = "SELECT n, changes FROM entry WHERE n > ? AND n <= ? AND changes LIKE ?"


def notices_of(person: str) -> str:
    """The account under which a person's notices are found."""
    return f"notice:{person}"


class History:
    """Which entries touched an account. `connection` is a driver connection in autocommit."""

    def __init__(self, connection: Any, *, sqlite: bool) -> None:
        self.connection, self.sqlite = connection, sqlite
        for statement in _SCHEMA:
            connection.execute(statement.format(without="WITHOUT ROWID" if sqlite else ""))

    def reached(self) -> int:
        """The entry up to which the history is complete."""
        rows = self._query("SELECT n FROM history_mark WHERE name = ?", (_READ,))
        return rows[0][0] if rows else 0

    def step(self, reader: Store) -> int:
        """Read on in the journal; returns how many entries were passed."""
        start = self.reached()
        upto = min(start + READ_MAX, reader.last_number())
        if upto == start:
            return 0
        touched: set[tuple[str, int]] = set()
        for posting in reader.read_postings(start + 1, upto):
            n = posting[0] // journal.PLACES
            touched.add((posting[1], n))
            touched.add((posting[2], n))
        for n, changes in reader.query(_TOLD, (start, upto, f"%{journal.NOTICES}%")):
            touched.update((notices_of(notice[0]), n) for notice in journal.read_changes(changes).notices)
        self.connection.execute("BEGIN")
        self._many(_ADD, sorted(touched))
        self._many(_MARK, [(upto,)])
        self.connection.execute("COMMIT")
        return upto - start

    def entries(self, account: str, *, before: int = 2**62, limit: int = 50) -> list[int]:
        """Numbers of the account's entries below `before`, the newest first, at most 200."""
        statement = "SELECT n FROM history WHERE account = ? AND n < ? ORDER BY n DESC LIMIT ?"
        return [n for (n,) in self._query(statement, (account, before, min(limit, PAGE_MAX)))]

    def _query(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return list(self.connection.execute(self._marked(statement), values))

    def _many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        cursor = self.connection.cursor()
        cursor.executemany(self._marked(statement), rows)

    def _marked(self, statement: str) -> str:
        return statement if self.sqlite else statement.replace("?", "%s")


def lines(reader: Store, numbers: list[int]) -> list[journal.Entry]:
    """The entries of these numbers, in the order given."""
    if not numbers:
        return []
    columns = ", ".join(sql.ENTRY_COLUMNS)
    rows = reader.query(f"SELECT {columns} FROM entry WHERE n IN {sql.marks(len(numbers))}", numbers)
    found = {row[0]: journal.entry(row, list(reader.read_postings(row[0], row[0]))) for row in rows}
    return [found[n] for n in numbers if n in found]
