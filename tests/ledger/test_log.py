"""The write-ahead log stays short: that of the book once the clerk has emptied it, those of the files beside always."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from saxaul.ledger import store

MIB = 2**20


def grown(connection: Any, mebibytes: int) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS page (n INTEGER PRIMARY KEY, text TEXT)")
    for _ in range(mebibytes):
        connection.execute("INSERT INTO page (text) VALUES (?)", ("x" * MIB,))


def log_bytes(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def test_a_file_beside_the_book_empties_its_log_by_itself(tmp_path) -> None:
    path = tmp_path / "beside.db"
    for derived in (False, True):
        connection = store.connect_beside(str(path), derived=derived)
        grown(connection, 24)
        assert log_bytes(path) < 8 * MIB
        connection.close()


def test_the_books_log_is_cut_once_it_was_emptied(tmp_path) -> None:
    path = tmp_path / "book.db"
    connection = store.connect_sqlite(str(path), False)
    grown(connection, 40)
    assert log_bytes(path) > store.LOG_BYTES  # nobody empties it in the middle of the clerk's work
    connection.execute("PRAGMA wal_checkpoint(RESTART)")
    grown(connection, 1)
    assert log_bytes(path) <= store.LOG_BYTES
    connection.close()
