"""Backup while the city pays, and restore: the copy is one moment of the book, and its head says which.

SQLite is copied by its own online backup, never as a file; PostgreSQL by its own dump program, which operators know.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from saxaul.ledger import journal, sql
from saxaul.ledger.store import StoreFault, connect_sqlite

PAGES = 2_000  # pages between two reports of progress; in WAL the clerk waits for no reader


def backup(dsn: str, target: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> tuple[int, str]:
    """Copy the book to `target`; returns (entry, hash as hex) of the copy's head."""
    if not dsn.startswith("sqlite:"):
        _run("pg_dump", "--format=custom", f"--file={target}", f"--dbname={dsn}")
        return (0, "")
    part = target.with_suffix(target.suffix + ".part")
    part.unlink(missing_ok=True)
    source, copy = connect_sqlite(dsn.removeprefix("sqlite:"), True), connect_sqlite(str(part), False)
    try:
        copy.execute("PRAGMA journal_mode=DELETE")
        source.execute("BEGIN")  # one moment for all pages: else every commit in between would begin the copy anew
        source.execute(sql.LAST_ENTRY).fetchall()
        source.backup(copy, pages=PAGES, progress=lambda _status, left, total: progress(total - left, total))
        head = _head(copy)
    finally:
        copy.close()
        source.close()
    os.replace(part, target)
    return head


def restore(source: Path, dsn: str) -> tuple[int, str]:
    """Put a backup in the place of an empty book; refuses to write over one that holds entries."""
    if not dsn.startswith("sqlite:"):
        _run("pg_restore", "--no-owner", f"--dbname={dsn}", str(source))
        return (0, "")
    target = Path(dsn.removeprefix("sqlite:"))
    if target.exists():
        existing = connect_sqlite(str(target), True)
        count = existing.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'entry'").fetchone()[0]
        held = count and existing.execute("SELECT COUNT(*) FROM entry").fetchone()[0]
        existing.close()
        if held:
            raise StoreFault("io", f"{target} holds a book already; restore into an empty place")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(target.suffix + ".part")
    shutil.copyfile(source, part)
    for beside in ("-wal", "-shm", "-journal"):  # what an older file left would be played into this one
        target.with_name(target.name + beside).unlink(missing_ok=True)
    os.replace(part, target)
    copy = connect_sqlite(str(target), False)
    head = _head(copy)
    copy.close()
    return head


def _head(connection: object) -> tuple[int, str]:
    rows = list(connection.execute(sql.LAST_ENTRY))  # type: ignore[attr-defined]
    return (rows[0][0], bytes(rows[0][13]).hex()) if rows else (0, journal.GENESIS.hex())


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoreFault("io", f"{command[0]} said: {done.stderr.strip()[:500]}")
