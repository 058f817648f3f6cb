"""Whoever changes a row or a byte of the book is found by `check`, or by the heads that were kept outside.

One small book is changed ten thousand times, checked and put back. What `check` does not look for is listed at the end,
each with the reason, so that nobody believes it does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import book
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from faults import town
from ledger.plain import BANK, M, NoTerms

from saxaul.engine import Change, Declarations
from saxaul.engine.clerk import Clerk
from saxaul.ledger import heads, journal, sql
from saxaul.ledger.check import check
from saxaul.ledger.state import State
from saxaul.ledger.store import SqliteStore, StoreFault, open_store

CI = bool(os.environ.get("CI"))
CHANGES = int(os.environ.get("SAXAUL_CHANGES", "10000" if CI else "1000"))
BYTES = CHANGES // 5
CHUNKS = 10
Put = tuple[str, tuple[Any, ...]]

KEYS = {"entry": "n", "posting": "n", "balance": "account", "usage": "counter", "hold": "id", "engine_cursor": "key"}
COLUMNS = {
    "entry": sql.ENTRY_COLUMNS, "posting": sql.POSTING_COLUMNS, "engine_cursor": ("key", "n", "entry"),
    "balance": sql.BALANCE_COLUMNS[:3], "usage": sql.USAGE_COLUMNS[:3], "hold": ("id", "body"),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small book with something of everything: transfers, holds, usage, records, refusals, half a checkpoint."""
    folder = tmp_path_factory.mktemp("check")
    patch = pytest.MonkeyPatch()
    town.small_checkpoints(patch, every=10, rows=12)
    dsn, clock = book.sqlite_dsn(folder), book.Clock()
    clerk = Clerk(open_store(dsn), town.declarations(), NoTerms(), clock)
    people = town.Town(Random(5), clock)
    for _ in range(14):
        clock.now += 1_000_000
        asks = people.batch()
        people.hear(asks, clerk.turn(asks))
    assert clerk.state.holds and clerk.state.usage and 0 < clerk.state.covered < clerk.state.n
    town.examine(clerk)
    clerk.store.tidy("TRUNCATE")
    clerk.close(checkpoint=False)
    patch.undo()
    path = folder / "book.db"
    for table, least in (
        ("entry", 60),
        ("posting", 30),
        ("balance", 4),
        ("usage", 6),
        ("hold", 1),
        ("engine_cursor", 2),
    ):
        store = SqliteStore(str(path))
        assert store.query(f"SELECT COUNT(*) FROM {table}")[0][0] >= least, f"too little in {table}"
        store.close()
    yield path


class Tamperer:
    """Somebody with the database open: makes one change at a time, and can take it back."""

    def __init__(self, path: Path, seed: int) -> None:
        self.store, self.chance = SqliteStore(str(path)), Random(seed)
        self.store.at_one_moment = nullcontext  # type: ignore[method-assign]  # the savepoint is the moment
        self.declared: Declarations = town.declarations()
        self.last = self.store.last_number()
        self.harmless, self.was = 0, self.known()
        self.heads = [(n, bytes(h).hex()) for n, h in self.store.query("SELECT n, hash FROM entry WHERE n % 10 = 0")]
        self.heads.append((self.last, bytes(self.store.query(sql.LAST_ENTRY)[0][13]).hex()))

    def found(self, *, with_heads: bool = False) -> list[str]:
        kept = self.heads if with_heads else []
        return check(self.store, self.declared.chart, self.declared.tables, heads=kept).findings

    def known(self) -> Any:
        """What a clerk would know that starts now: balances, usage and holds of everybody."""
        state = State(self.store, self.declared.chart, self.declared.tables)
        state.load(book.NOON)
        keys = [("balance", (one, "ECNY/2")) for one in (*town.PEOPLE, M, BANK)]
        keys += [
            ("usage", f"{one}|pay|{day}") for one in town.PEOPLE for day in (*town.DAYS, "2022-06", "2022-07", "2022")
        ]
        state.gather(keys)
        read = {"balance": state.balances, "usage": state.usage}
        return [read[kind][key] for kind, key in keys], state.holds

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return self.store.query(f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY 1")

    def tried(self, work: Callable[[], str]) -> tuple[str, list[str]]:
        """What was done, and what was found; afterwards all is as it was.

        A row of the checkpoint whose every number stands in the tail as well may vanish: a starting clerk would know
        the same. Only that is let pass, and it is tried with a starting clerk.
        """
        run = self.store.connection.execute
        run("SAVEPOINT change")
        try:
            said = work()
            found = self.found()
            if not found and said.startswith(("balance", "usage", "hold")) and self.known() == self.was:
                self.harmless += 1
                found = ["nothing a clerk would notice"]
            return said, found
        finally:
            run("ROLLBACK TO change")
            run("RELEASE change")

    def change(self) -> str:
        """One random change of a row; says what was done."""
        kind = self.chance.choice(("value", "value", "value", "byte", "byte", "delete", "insert", "swap"))
        table = self.chance.choice(
            ("entry", "entry", "posting", "posting", "balance", "usage", "hold", "engine_cursor")
        )
        said: str = getattr(self, f"_{kind}")(table)
        return said

    def _run(self, statement: str, *values: Any) -> None:
        done = self.store.connection.execute(statement, values)
        assert done.rowcount, statement

    def _pick(self, table: str) -> tuple[tuple[Any, ...], int]:
        row = self.chance.choice(self.rows(table))
        return row, self.chance.randrange(len(row))

    def _value(self, table: str) -> str:
        row, place = self._pick(table)
        column, was = COLUMNS[table][place], row[place]
        new = self._other(was)
        return self._set(table, row, column, new)

    def _other(self, was: Any) -> Any:
        if isinstance(was, int):
            return was + self.chance.choice((1, -1, 10, 64, 1_000_000, -was or 7, 2**40))
        if isinstance(was, bytes):
            return self.chance.randbytes(len(was))
        return self.chance.choice((was + "x", was[1:] or "y", was[::-1] + "z", "{}", "wallet:nobody"))

    def _byte(self, table: str) -> str:
        row, place = self._pick(table)
        column, was = COLUMNS[table][place], row[place]
        if isinstance(was, int):
            return self._set(table, row, column, was ^ 1 << self.chance.randrange(62))
        raw = bytearray(was if isinstance(was, bytes) else was.encode())
        if not raw:
            return self._set(table, row, column, "x")
        raw[self.chance.randrange(len(raw))] ^= 1 << self.chance.randrange(8)
        new = bytes(raw)
        if isinstance(was, str):  # kept as text, be it well formed or not
            self._run(f"UPDATE {table} SET {column} = CAST(? AS TEXT) WHERE {KEYS[table]} = ?", new, row[0])
            return f"{table}.{column} of {row[0]}: a bit"
        return self._set(table, row, column, new)

    def _set(self, table: str, row: tuple[Any, ...], column: str, new: Any) -> str:
        taken = self.store.query(f"SELECT COUNT(*) FROM {table} WHERE {column} = ?", (new,))[0][0]
        if taken and column in ("id", KEYS[table]):
            self._run(f"DELETE FROM {table} WHERE {column} = ?", new)
        self._run(f"UPDATE {table} SET {column} = ? WHERE {KEYS[table]} = ?", new, row[0])
        return f"{table}.{column} of {row[0]}: {new!r}"

    def _delete(self, table: str) -> str:
        if table == "entry":  # of the last one only the heads outside know
            row = self.chance.choice(self.rows(table)[:-1])
        else:
            row = self.chance.choice(self.rows(table))
        self._run(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", row[0])
        return f"{table} {row[0]} deleted"

    def _insert(self, table: str) -> str:
        row = list(self.chance.choice(self.rows(table)))
        whole = list(self.store.query(f"SELECT * FROM {table} WHERE {KEYS[table]} = ?", (row[0],))[0])
        names = [line[1] for line in self.store.query(f"PRAGMA table_info({table})")]
        key = names.index(KEYS[table])
        if isinstance(whole[key], int):
            whole[key] = self.chance.choice(
                (-1, 0, 1, 63, self.last * 64 + 64 * 9, self.last + 1, self.last + 7, 2**40)
            )
        else:
            whole[key] = self.chance.choice(("wallet:" + "9" * 32 + "|ECNY/2", "0" * 31 + "9", "somebody"))
        if table == "entry":
            whole[names.index("id")] = self.chance.randbytes(16)
        if self.store.query(f"SELECT 1 FROM {table} WHERE {KEYS[table]} = ?", (whole[key],)):
            return self._delete(table)
        if table in ("balance", "usage") and whole[1] == whole[2] == 0:
            whole[1] = 5  # a row that says what no row says would be no change
        self._run(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", *whole)
        return f"{table} {whole[key]} put in, like {row[0]}"

    def _swap(self, table: str) -> str:
        rows = self.rows(table)
        first, second = self.chance.sample(rows, 2) if len(rows) > 1 else (rows[0], rows[0])
        column = self.chance.choice([c for c in COLUMNS[table] if c not in ("id", KEYS[table])])
        place = COLUMNS[table].index(column)
        if first[place] == second[place]:
            return self._value(table)
        for row, new in ((first, second[place]), (second, first[place])):
            self._run(f"UPDATE {table} SET {column} = ? WHERE {KEYS[table]} = ?", new, row[0])
        return f"{table}.{column} of {first[0]} and {second[0]} swapped"


@pytest.fixture
def tamperer(whole: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tamperer]:
    target = tmp_path / "book.db"
    shutil.copyfile(whole, target)
    one = Tamperer(target, getattr(request, "param", 0))
    assert one.found(with_heads=True) == []
    yield one
    one.store.close()


@pytest.mark.parametrize("tamperer", range(CHUNKS), indirect=True)
def test_every_change_of_a_row_is_found(tamperer: Tamperer) -> None:
    missed = []
    tries = (CHANGES - BYTES) // CHUNKS
    for _ in range(tries):
        said, findings = tamperer.tried(tamperer.change)
        if not findings:
            missed.append(said)
    assert not missed and tamperer.harmless < tries / 20
    assert tamperer.found(with_heads=True) == [], "the changes were not taken back"


def everything(path: Path) -> list[Any]:
    """All rows of the book by another way than the check's, None where they cannot be read at all."""
    store = SqliteStore(str(path), read_only=True)
    try:
        if store.faults():
            return [None]
        return [store.query(f"SELECT {', '.join(COLUMNS[table])} FROM {table} ORDER BY 1") for table in KEYS]
    finally:
        store.close()


def damaged(path: Path) -> bool:
    """Whether the check finds anything, or the book cannot even be opened."""
    try:
        store = SqliteStore(str(path), read_only=True)
    except StoreFault:
        return True
    try:
        return bool(check(store, town.declarations().chart, town.declarations().tables).findings)
    finally:
        store.close()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_byte_of_the_file_that_matters_is_looked_at(whole: Path, tmp_path: Path, chunk: int) -> None:
    """A flipped bit in the file is found, unless every row still reads as before: then it hit room nobody uses."""
    chance, target = Random(chunk), tmp_path / "book.db"
    image = whole.read_bytes()
    before, hits = everything(whole), 0
    used = [place for place in range(100, len(image)) if image[place]]  # most of a small book is empty
    for _ in range(BYTES // CHUNKS):
        place = chance.choice(used) if chance.random() < 0.9 else chance.randrange(100, len(image))
        changed = bytearray(image)
        changed[place] ^= 1 << chance.randrange(8)
        target.write_bytes(changed)
        if damaged(target):
            hits += 1
        else:
            assert everything(target) == before, f"byte {place} was changed and not found"
    assert hits


def test_a_tail_that_was_cut_off_is_found_by_the_heads(tamperer: Tamperer) -> None:
    """Entries, postings and the checkpoint cut back to an earlier moment, cleanly: the book itself looks whole."""
    cut = tamperer.last - 3
    run = tamperer.store.connection.execute
    run("DELETE FROM entry WHERE n > ?", (cut,))
    run("DELETE FROM posting WHERE n >= ?", ((cut + 1) * journal.PLACES,))
    for table in ("balance", "usage", "hold", "engine_cursor"):
        run(f"DELETE FROM {table}")
    run("DELETE FROM mark WHERE name = 'covered'")
    made_again(tamperer)
    assert tamperer.found() == [], "the cut was not clean: this test proves nothing"
    assert any("lost" in finding for finding in tamperer.found(with_heads=True))


def test_a_book_written_anew_is_found_by_the_heads(tamperer: Tamperer) -> None:
    """One amount doubled in the middle, and every hash after it computed again: the chain is whole, and false."""
    (n, units) = tamperer.store.query("SELECT n, units FROM posting ORDER BY n LIMIT 1 OFFSET 9")[0]
    run = tamperer.store.connection.execute
    entry = n // journal.PLACES
    run("UPDATE entry SET actor = 'somebody else' WHERE n = ?", (entry,))
    before = journal.GENESIS
    for row, postings in list(journal.rows(tamperer.store, 0, tamperer.last)):
        head = (row[0], bytes(row[1]), *row[2:8], bytes(row[8]), *row[9:13])
        before = journal.digest(before, head, postings)
        run("UPDATE entry SET hash = ? WHERE n = ?", (before, row[0]))
    assert units and tamperer.found() == [], "the forgery was not whole: this test proves nothing"
    found = tamperer.found(with_heads=True)
    assert any("rewritten" in finding for finding in found)


def made_again(tamperer: Tamperer) -> None:
    """The records as the journal that is left makes them, with their digests: what a careful forger would do."""
    run, table = tamperer.store.connection.execute, {t.name: t for t in tamperer.declared.tables}["engine_cursor"]
    for entry in journal.read(tamperer.store, 0, 10_000):
        for change in entry.changes.records:
            row = table.values(table.new(change.key, change.fields, entry.n))
            run(table.upsert, row)


def test_signed_heads_verify_and_forged_ones_do_not(tamperer: Tamperer, tmp_path: Path) -> None:
    key, file = Ed25519PrivateKey.generate(), tmp_path / "heads.jsonl"
    n, hashed = tamperer.heads[-1]
    heads.append(file, heads.signed(key, "tianjin", n, hashed, 1_654_056_000_000_000))
    heads.append(file, heads.signed(key, "tianjin", *tamperer.heads[0], 1_654_056_000_000_000))
    lines = heads.read(file)
    assert len(lines) == 2 and all(heads.holds(key.public_key(), line) for line in lines)
    for field, other in (("n", n + 1), ("hash", "0" * 64), ("entered", 0), ("book", "beijing")):
        assert not heads.holds(key.public_key(), {**lines[0], field: other}), field
    assert not heads.holds(Ed25519PrivateKey.generate().public_key(), lines[0])
    kept = list(heads.outside(file))
    assert check(tamperer.store, tamperer.declared.chart, tamperer.declared.tables, heads=kept).whole


def test_what_the_journal_changed_in_a_table_nobody_knows_is_said(tamperer: Tamperer) -> None:
    report = check(tamperer.store, tamperer.declared.chart, [])
    assert any("engine_cursor" in finding for finding in report.findings)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE mark SET value = 100000 WHERE name = 'covered'", True),
        ("DELETE FROM mark WHERE name = 'fence'", True),
        ("UPDATE balance SET n = 100000", True),
        ("UPDATE usage SET n = 0", True),
        ("UPDATE hold SET n = 100000", True),
        ("UPDATE engine_cursor SET entry = 'yesterday'", True),
        ("UPDATE posting SET units = 'much'", True),
        ("UPDATE entry SET n = n + 1152921504606846976 WHERE n > 20", True),
        # not found, on purpose: nothing depends on them, and the next round of the checkpoint writes them anew
        ("UPDATE mark SET text = 'x'", False),
        ("DELETE FROM mark WHERE name = 'covered'", False),
        # not found: the fencing number is of the moment, no entry bears it; lowering it lets an older clerk write,
        # whose entries would then collide with the newer one's by their numbers
        ("UPDATE mark SET value = value + 5 WHERE name = 'fence'", False),
    ],
)
def test_marks_and_numbers_of_the_checkpoint(tamperer: Tamperer, statement: str, found: bool) -> None:
    run = tamperer.store.connection.execute
    assert bool(tamperer.tried(lambda: str(run(statement).rowcount))[1]) is found


def test_rows_of_the_vault_are_outside_the_chain_on_purpose(sqlite_clerk: Any) -> None:
    """Whoever erases a person changes the vault: the chain must not notice, so `check` does not look."""
    unchained = [table.name for table in sqlite_clerk.declarations.tables if not table.chained]
    assert "people_vault" in unchained


def test_a_change_by_an_act_is_not_a_finding(tamperer: Tamperer, clock: Any) -> None:
    clerk = Clerk(tamperer.store, tamperer.declared, NoTerms(), clock)
    from ledger.plain import ask

    answers = clerk.turn([ask(900, clock, changes=[Change("engine_cursor", "bus", {"n": 77})])])
    assert not answers[0].code and tamperer.found(with_heads=True) == []
    clerk.alive = False


def test_a_check_by_two_processes_is_of_one_moment_while_the_city_goes_on(
    dsn: str, clock: Any, monkeypatch: Any
) -> None:
    """Records that are changed while other processes fold are no finding, and a false one still is."""
    from ledger.plain import ask

    from saxaul.ledger import check as checking

    monkeypatch.setattr(checking, "RANGE", 3)
    clerk = Clerk(open_store(dsn), town.declarations(), NoTerms(), clock)

    def change(number: int, key: str) -> None:
        new = clerk.records("engine_cursor", [key])[0] is None
        (answer,) = clerk.turn([ask(number, clock, changes=[Change("engine_cursor", key, {"n": number}, new=new)])])
        assert not answer.code

    for number, key in enumerate(["bus", "bus", "draw", "bus", "bank", "draw", "bank", "bank"], 1):
        change(number, key)
    reader = open_store(dsn, read_only=True)
    found = reader.faults

    def go_on() -> list[str]:
        faults = found()
        assert reader.last_number() == 8, "the moment of the check is here"
        for number, key in enumerate(["bus", "draw", "new", "bank", "bus"], 20):
            change(number, key)
        return faults

    reader.faults = go_on  # type: ignore[method-assign]
    report = check(reader, clerk.declarations.chart, clerk.declarations.tables, dsn=dsn)
    assert report.findings == [] and report.entries == 8
    reader.faults = found  # type: ignore[method-assign]
    clerk.store.connection.execute("UPDATE engine_cursor SET n = 99 WHERE key = 'draw'")
    report = check(reader, clerk.declarations.chart, clerk.declarations.tables, dsn=dsn)
    assert report.findings != []
    reader.close()
    clerk.close()
