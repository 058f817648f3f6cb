"""Where the book lies: one protocol, two stores, one contract suite for both.

A store takes whole units of work and answers reads by key. SQLite is the embedded default; PostgreSQL is the same book
on a server. Neither knows what an act is. The driver connection is small enough that a test can hand in one whose files
forget what was not synced.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from saxaul.kernel.maxima import MAXIMA
from saxaul.ledger import sql
from saxaul.ledger.journal import PLACES

BUSY_MS = 5_000
CACHE_KIB = 262_144
BESIDE_CACHE_KIB, BESIDE_PAGES = 65_536, 1_000  # of files beside the book: memory, and the log's length
LOG_BYTES = 2**25  # a log that was emptied is cut to this, so that its file's length says how much waits
TIDY_EVERY = 64  # commits between two looks at the size of the write-ahead log
LEASE_US = 10_000_000  # how long a clerk on a server may be silent before a standby takes the book

log = logging.getLogger("saxaul.store")


class StoreFault(Exception):
    """The store could not do it.

    `room`: the disk is full. `fenced`: another clerk holds the book. `rows`: the database cannot keep these very values
    (one ask of the unit is to blame). `io`: anything else.
    """

    def __init__(self, kind: str, cause: str = "") -> None:
        super().__init__(f"{kind}: {cause}")
        self.kind = kind


@dataclass(slots=True)
class Batch:
    """All rows of one unit of work, ready to be appended under one commit."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[Any, ...]] = field(default_factory=list)
    records: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)  # upsert statement -> rows
    balances: list[tuple[Any, ...]] = field(default_factory=list)
    usage: list[tuple[Any, ...]] = field(default_factory=list)
    holds: list[tuple[Any, ...]] = field(default_factory=list)
    holds_gone: list[tuple[Any, ...]] = field(default_factory=list)
    marks: list[tuple[Any, ...]] = field(default_factory=list)


class Store(Protocol):
    """What the ledger asks of a database."""

    name: str

    def take_lease(self, holder: str) -> int: ...
    def beat(self) -> None: ...
    def append(self, batch: Batch) -> None: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def reopen(self) -> None: ...
    def close(self) -> None: ...
    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...
    def last_number(self) -> int: ...
    def read_entries(self, after: int, upto: int) -> Iterable[tuple[Any, ...]]: ...
    def read_postings(self, first: int, last: int) -> Iterable[tuple[Any, ...]]: ...
    def reader(self) -> Store: ...
    def at_one_moment(self) -> Any: ...
    def faults(self) -> list[str]: ...


class _Reading:
    """Reads by key that both stores share."""

    query: Callable[..., list[tuple[Any, ...]]]

    def last_number(self) -> int:
        """The number of the newest entry, 0 in an empty book."""
        return int(self.query("SELECT COALESCE(MAX(n), 0) FROM entry")[0][0])

    def read_entries(self, after: int, upto: int) -> Iterable[tuple[Any, ...]]:
        """Entry rows with `after` < n <= `upto`."""
        return self.query(sql.ENTRIES, (after, upto))

    def read_postings(self, first: int, last: int) -> Iterable[tuple[Any, ...]]:
        """Posting rows of the entries `first` to `last`, both included."""
        return self.query(sql.POSTINGS, (first * PLACES, (last + 1) * PLACES))


def _checkpoint(batch: Batch) -> list[tuple[str, list[tuple[Any, ...]]]]:
    return [
        (sql.UPSERT_BALANCE, batch.balances),
        (sql.UPSERT_USAGE, batch.usage),
        (sql.UPSERT_HOLD, batch.holds),
        (sql.DELETE_HOLD, batch.holds_gone),
        (sql.SET_MARK, batch.marks),
    ]


Connect = Callable[[str, bool], Any]


def connect_sqlite(path: str, read_only: bool) -> Any:
    """A driver connection in autocommit, WAL with every commit on disk before it answers."""
    import sqlite3  # the composition root has put the recent library in its place

    if sqlite3.sqlite_version_info < (3, 51, 3):
        raise StoreFault("io", f"SQLite {sqlite3.sqlite_version} may corrupt a book in WAL mode; 3.51.3 is needed")
    target = f"file:{path}?mode={'ro' if read_only else 'rwc'}"
    wait = BUSY_MS / 1000
    connection = sqlite3.connect(target, uri=True, isolation_level=None, check_same_thread=False, timeout=wait)
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "temp_store=MEMORY",
        f"journal_size_limit={LOG_BYTES}",
    ):  # fmt: skip
        if not (read_only and pragma.startswith("journal_")):
            connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB if not read_only else 16_384}")
    return connection


def connect_beside(path: str, *, derived: bool = False) -> Any:
    """A connection to a file beside the book, which empties its log by itself: nobody tidies these.

    `derived`: all of it can be made again from the journal, so a power cut may take its last commits, and none of
    them waits for the disk on which the book is written.
    """
    connection = connect_sqlite(path, False)
    connection.execute(f"PRAGMA wal_autocheckpoint={BESIDE_PAGES}")
    connection.execute(f"PRAGMA cache_size=-{BESIDE_CACHE_KIB}")
    if derived:
        connection.execute("PRAGMA synchronous=NORMAL")
    return connection


@contextmanager
def _sqlite_told() -> Iterator[None]:
    """Faults of the driver in our words."""
    import sqlite3

    try:
        yield
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise _sqlite_fault(error) from error


def _sqlite_fault(error: Exception) -> StoreFault:
    text = str(error).lower()
    full = "disk is full" in text or "fullerror" in type(error).__name__.lower() or "no space" in text
    rows = isinstance(error, OverflowError | UnicodeError)
    return StoreFault("room" if full else "rows" if rows else "io", str(error))


class SqliteStore(_Reading):
    """The book in one file. The lease is a lock of the operating system beside it, plus the fencing number."""

    name = "sqlite"

    def __init__(self, path: str, *, read_only: bool = False, connect: Connect = connect_sqlite) -> None:
        self.path, self.read_only, self._connect = path, read_only, connect
        with _sqlite_told():
            self.connection = connect(path, read_only)
        self.fence = 0
        self._lock: int | None = None
        self._commits = 0

    def take_lease(self, holder: str) -> int:
        """Become the only writer: returns the fencing number; refuses as `fenced` while another process writes."""
        if self._lock is None:
            lock = os.open(f"{self.path}.lease", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(lock)
                raise StoreFault("fenced", "another process writes this book") from error
            self._lock = lock
        with _sqlite_told():
            self.connection.execute(sql.NEXT_FENCE, (holder,))
        self.fence = self.query(sql.MARK, ("fence",))[0][0]
        return self.fence

    def beat(self) -> None:
        """Nothing to renew: the operating system gives the lease back when the process ends, and not before."""

    def append(self, batch: Batch) -> None:
        """Begin, check the fence, write all rows of the unit; `commit` makes it true."""
        run, many = self.connection.execute, self.connection.executemany
        with _sqlite_told():
            run("BEGIN IMMEDIATE")
            found = list(run(sql.MARK, ("fence",)))
            if not found or found[0][0] != self.fence:
                self.rollback()
                raise StoreFault("fenced", "the book has a newer clerk")
            many(sql.INSERT_ENTRY, batch.entries)
            many(sql.INSERT_POSTING, batch.postings)
            for statement, rows in (*batch.records.items(), *_checkpoint(batch)):
                if rows:
                    many(statement, rows)

    def commit(self) -> None:
        """One commit, one sync: what was appended is now true and stays true."""
        with _sqlite_told():
            self.connection.execute("COMMIT")
        self._commits += 1
        if self._commits % TIDY_EVERY == 0 and self.log_bytes() > MAXIMA.wal_bytes:
            self.tidy("RESTART")

    def log_bytes(self) -> int:
        """How long the write-ahead log is."""
        try:
            return os.stat(f"{self.path}-wal").st_size
        except OSError:
            return 0

    def tidy(self, how: str = "PASSIVE") -> None:
        """Move what the write-ahead log holds into the file; a server does it off the hot path, by another connection.

        A tidying that fails leaves the log as it is: nothing is lost, the next one goes on.
        """
        try:
            with _sqlite_told():
                self.connection.execute(f"PRAGMA wal_checkpoint({how})")
        except StoreFault as fault:
            log.warning("the write-ahead log could not be tidied: %s", fault)

    def rollback(self) -> None:
        """Drop what was appended; harmless when nothing was."""
        with suppress(StoreFault), _sqlite_told():  # no transaction is open: nothing to drop
            self.connection.execute("ROLLBACK")

    def reopen(self) -> None:
        """A fresh connection to the same file, after a fault; the lease stays.

        A sync that failed may have left a whole unit in the log, visible and not durable. Before anybody is told that
        it is there, all of the log is written into the file and synced.
        """
        self.rollback()
        with _sqlite_told():
            self.connection.close()
            self.connection = self._connect(self.path, self.read_only)
            moved = list(self.connection.execute("PRAGMA wal_checkpoint(FULL)"))
        if moved and (moved[0][0] or moved[0][1] != moved[0][2]):
            raise StoreFault("io", "the write-ahead log could not be made durable")

    def close(self) -> None:
        """Close the file and give the lease back."""
        try:
            self.connection.close()
        finally:
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a read."""
        with _sqlite_told():
            return list(self.connection.execute(statement, tuple(values)))

    def reader(self) -> SqliteStore:
        """A read-only store on the same book, for pages, followers and checks."""
        return SqliteStore(self.path, read_only=True, connect=self._connect)

    def faults(self) -> list[str]:
        """What the database finds wrong with its own pages and indexes, as sentences; nothing else reads an index."""
        return [f"SQLite: {row[0]}" for row in self.query("PRAGMA integrity_check(20)") if row[0] != "ok"]

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Reads inside see one and the same moment of the book."""
        with _sqlite_told():
            self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.rollback()  # only reads were done: nothing is lost, and it works on a damaged file as well


class PostgresStore(_Reading):
    """The book on a server. The lease is a row with the fencing number, checked in every unit of work."""

    name = "postgresql"

    def __init__(self, dsn: str, *, read_only: bool = False) -> None:
        self.dsn, self.read_only = dsn, read_only
        self.fence = 0
        self._unit = Batch()
        self.connection = self._open()

    def _open(self) -> Any:
        import psycopg

        options = "-c default_transaction_read_only=on" if self.read_only else ""
        return psycopg.connect(self.dsn, autocommit=True, options=options, prepare_threshold=2)

    def take_lease(self, holder: str) -> int:
        """Become the only writer: returns the fencing number; refuses as `fenced` while a living clerk renews.

        The lease ends by the database's clock, so no two machines have to agree on the time. Whoever had it before can
        never commit again, because the fencing number has risen.
        """
        with self._told():
            self.connection.execute(sql.MAKE_LEASE)
            with self.connection.transaction():
                taken = self.connection.execute(_percent(sql.TAKE_LEASE), (LEASE_US, holder)).rowcount
                if taken:
                    self.connection.execute(_percent(sql.NEXT_FENCE), (holder,))
        if not taken:
            raise StoreFault("fenced", "another clerk renews its lease on this book")
        self.fence = self.query(sql.MARK, ("fence",))[0][0]
        return self.fence

    def beat(self) -> None:
        """Renew the lease of a clerk that has nothing to write; not to be called while a unit is uncommitted."""
        with self._told():
            self._renew(self.connection)

    def _renew(self, through: Any) -> None:
        if through.execute(_percent(sql.RENEW_LEASE), (self.fence, LEASE_US)).rowcount != 1:
            raise StoreFault("fenced", "the book has a newer clerk")

    def append(self, batch: Batch) -> None:
        """As for SQLite; rows go by COPY, the fence is checked and locked and the lease renewed for the unit."""
        self._unit = batch
        self._again(lambda: self._append(batch))

    def commit(self) -> None:
        """One commit, answered by the server after its log is on disk."""
        batch = self._unit

        def commit() -> None:
            if self.connection.info.transaction_status == 0:  # a conflict ended it: nothing of the unit is there
                self._append(batch)
            self.connection.execute("COMMIT")

        self._again(commit)

    def _append(self, batch: Batch) -> None:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN")
        self._renew(cursor)
        _copy(cursor, "entry", sql.ENTRY_COLUMNS, batch.entries)
        _copy(cursor, "posting", sql.POSTING_COLUMNS, batch.postings)
        for statement, rows in (*batch.records.items(), *_checkpoint(batch)):
            if rows:
                cursor.executemany(_percent(statement), rows)

    def _again(self, work: Callable[[], None]) -> None:
        """Do it; a conflict reported by the server (serialization, deadlock) is tried again, at most five times."""
        import psycopg

        for left in reversed(range(MAXIMA.commit_retries + 1)):
            try:
                with self._told():
                    return work()
            except psycopg.errors.SerializationFailure as error:
                self.rollback()
                if not left:
                    raise StoreFault("io", str(error)) from error
        return None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the driver in our words; a conflict goes through as it is."""
        import psycopg

        conflicts = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
        try:
            yield
        except conflicts as error:
            raise psycopg.errors.SerializationFailure(str(error)) from error
        except psycopg.errors.DiskFull as error:
            raise StoreFault("room", str(error)) from error
        except (psycopg.DataError, OverflowError, UnicodeError) as error:
            raise StoreFault("rows", str(error)) from error
        except psycopg.Error as error:
            raise StoreFault("io", str(error)) from error

    def rollback(self) -> None:
        """Drop what was appended; harmless when nothing was or the connection is gone."""
        import psycopg

        with suppress(psycopg.Error):
            self.connection.execute("ROLLBACK")

    def reopen(self) -> None:
        """A fresh connection, after a fault."""
        with self._told():
            self.connection.close()
            self.connection = self._open()

    def close(self) -> None:
        """Give the lease back, so that the next clerk need not wait for its end, and close the connection."""
        import psycopg

        try:
            if self.fence and not self.connection.closed:
                self.rollback()
                self.connection.execute(_percent(sql.RENEW_LEASE), (self.fence, 0))
        except psycopg.Error as error:
            log.warning("the lease was not given back and runs out by itself: %s", error)
        self.connection.close()

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a read."""
        with self._told():
            return list(self.connection.execute(_percent(statement), tuple(values)))

    def reader(self) -> PostgresStore:
        """A read-only store on the same book."""
        return PostgresStore(self.dsn, read_only=True)

    def faults(self) -> list[str]:
        """PostgreSQL finds torn pages itself, by their checksums, when it reads them."""
        return []

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Reads inside see one and the same moment of the book."""
        with self._told():
            self.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try:
            yield
        finally:
            self.rollback()


def _percent(statement: str, _known: dict[str, str] = {}) -> str:  # noqa: B006 - a cache on purpose
    found = _known.get(statement)
    if found is None:
        found = _known[statement] = statement.replace("?", "%s")
    return found


def _copy(cursor: Any, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def open_store(dsn: str, *, read_only: bool = False) -> Store:
    """The store of a DSN: `sqlite:path` or `postgresql://…`."""
    if dsn.startswith("sqlite:"):
        return SqliteStore(dsn.removeprefix("sqlite:"), read_only=read_only)
    return PostgresStore(dsn, read_only=read_only)
