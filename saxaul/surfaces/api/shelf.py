"""The book for reading: a connection of its own in a thread of its own, so that no list and no seal stops the city.

It sees what is committed and nothing else. Balances and usage are the clerk's memory, looked at between two units.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from saxaul.engine.history import History
from saxaul.ledger import sql
from saxaul.ledger.records import Table
from saxaul.ledger.store import Store, StoreFault

T = TypeVar("T")


class Shelf:
    """Rows of the book by key or by statement. `open` gives a read-only store, `open_history` the history beside it."""

    def __init__(
        self, name: str, tables: Iterable[Table], open: Callable[[], Store], open_history: Callable[[], History]
    ) -> None:
        self.tables = {table.name: table for table in tables}
        self._open, self._open_history = open, open_history
        self._store: Store | None = None
        self._history: History | None = None
        self._thread = concurrent.futures.ThreadPoolExecutor(1, name)

    async def run(self, work: Callable[..., T], *given: Any) -> T:
        """What `work` finds in the shelf's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a read; in the shelf's thread. A connection that broke is opened again, once."""
        try:
            return self.store().query(statement, values)
        except StoreFault:
            self._store = None
            return self.store().query(statement, values)

    def store(self) -> Store:
        """The read-only store; in the shelf's thread."""
        if self._store is None:
            self._store = self._open()
        return self._store

    def history(self) -> History:
        """The history beside the book; in the shelf's thread."""
        if self._history is None:
            self._history = self._open_history()
        return self._history

    def records(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Rows in the order of the keys, None where there is none; in the shelf's thread."""
        wanted = list(keys)
        if not wanted:
            return []
        one = self.tables[table]
        rows = {row[0]: one.make(row) for row in self.query(one.select + sql.marks(len(wanted)), wanted)}
        return [rows.get(key) for key in wanted]

    def close(self) -> None:
        """No reads any more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
