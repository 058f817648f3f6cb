"""What the clerk knows: balances, usage, open holds and records, as the fold of the journal.

Because nobody else writes the book, what was read once stays true. The tables `balance`, `usage` and `hold` are only a
checkpoint of this memory, refreshed in slices in key order; a clerk that starts loads what the tail of the journal
touched and folds the tail over it. A key that is in neither memory nor checkpoint is zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from saxaul.kernel import ids
from saxaul.kernel.maxima import MAXIMA
from saxaul.ledger import journal, sql
from saxaul.ledger.chart import Chart
from saxaul.ledger.plan import HoldOpen, Use
from saxaul.ledger.records import Row, Table
from saxaul.ledger.store import Batch, Store

ZERO = (0, 0)
ABSENT: Any = object()  # nobody has read the row; None: the book has none
QUERY_MAX = 500

Key = tuple[str, str]


class NotGathered(Exception):
    """A plan asked for keys nobody has read yet: the clerk reads them and plans again."""

    def __init__(self, keys: list[tuple[str, Any]]) -> None:
        super().__init__(keys)
        self.keys = keys


class Known(msgspec.Struct, frozen=True):
    """What became of an act id: its entry, the fingerprint of what was asked, the answer or the refusal."""

    n: int
    fingerprint: bytes
    refused: str
    answer: str
    entered: int


_read_hold = msgspec.json.Decoder(HoldOpen).decode
_write_json = msgspec.json.Encoder().encode


@lru_cache(maxsize=65_536)
def _windows(subject: str, counter: str, day: str, over: int) -> tuple[str, ...]:
    stem = f"{subject}|{counter}|"
    return (stem + day, stem + day[:7], stem + day[:4])[:over]


def windows(use: Use) -> tuple[str, ...]:
    """The counters a use adds to: the day's, and as it says its month's and its year's."""
    return _windows(use.subject, use.counter, use.day, use.over)


class State:
    """The clerk's memory of one book."""

    def __init__(self, store: Store, chart: Chart, tables: Iterable[Table]) -> None:
        self.store, self.chart = store, chart
        self.tables = {table.name: table for table in tables}
        self.balances: dict[Key, tuple[int, int]] = {}
        self.usage: dict[str, tuple[int, int]] = {}
        self.records: dict[str, dict[str, Row]] = {name: {} for name in self.tables}
        self.holds: dict[str, HoldOpen] = {}
        self.held_by: dict[Key, set[str]] = {}
        self.soonest: dict[Key, int] = {}  # no hold of the account ends before this; so most need not be looked at
        self.recent: dict[str, int] = {}
        self.horizon = 0
        self.n, self.hash, self.entered = 0, journal.GENESIS, 0
        self.covered = 0  # every key not dirty is true in the checkpoint at this entry or later
        self.round_began = 0
        self.dirty: dict[str, dict[Any, Any]] = {"balance": {}, "usage": {}, "hold": {}}  # keys; values say nothing
        self.writing: list[tuple[str, Any]] = []

    # -- start ---------------------------------------------------------------------------------------------------

    def load(self, now: int) -> int:
        """Read the head, all open holds and the recent ids, and fold the tail; returns how many entries were folded."""
        memory: list[dict[Any, Any]] = [
            self.balances, self.usage, self.holds, self.held_by, self.soonest, self.recent,
        ]  # fmt: skip
        for rows in (*memory, *self.records.values()):
            rows.clear()
        self._clean()
        self.writing = []
        last = self.store.query(sql.LAST_ENTRY)
        if last:
            self.n, self.entered, self.hash = last[0][0], last[0][6], bytes(last[0][13])
        else:
            self.n, self.entered, self.hash = 0, 0, journal.GENESIS
        mark = self.store.query(sql.MARK, ("covered",))
        self.covered = self.round_began = mark[0][0] if mark else 0
        holds_true_at: dict[str, int] = {}
        for id, body, n in self.store.query(sql.ALL_HOLDS):
            self._keep_hold(_read_hold(body))
            holds_true_at[id] = n
        self._fold_tail()
        self.horizon = max(0, now - 600_000_000)
        for (raw,) in self.store.query(sql.RECENT_IDS, (bytes.fromhex(ids.fresh(self.horizon, bytes(10))),)):
            self.recent[bytes(raw).hex()] = 0
        return self.n - self.covered

    def renew(self, now: int) -> None:
        """After a unit that failed: all is read again, unless the head says that nothing was written."""
        last = self.store.query(sql.LAST_ENTRY)
        if (last[0][0], bytes(last[0][13])) != (self.n, self.hash) if last else self.n:
            self.load(now)

    def _fold_tail(self) -> None:
        """Every key that an entry after `covered` touched is brought from its checkpoint row to now."""
        entries = [journal.entry(row, posts) for row, posts in journal.rows(self.store, self.covered, self.n)]
        keys: dict[tuple[str, Any], None] = {}
        for entry in entries:
            for key in touched(entry):
                keys[key] = None
        true_at = self._read_true_at(list(keys))
        for entry in entries:
            self._fold(entry, true_at)
        self._clean()
        for kind, key in keys:
            self.dirty[kind][key] = None

    def _read_true_at(self, keys: list[tuple[str, Any]]) -> dict[tuple[str, Any], int]:
        found: dict[tuple[str, Any], int] = {}
        for kind, statement, into in (("balance", sql.BALANCES, self.balances), ("usage", sql.USAGES, self.usage)):
            mine: list[Any] = [key for k, key in keys if k == kind]
            into.update(dict.fromkeys(mine, ZERO))
            for chunk in _chunks(mine):
                names = ["|".join(key) if kind == "balance" else key for key in chunk]
                for name, a, b, n in self.store.query(statement + sql.marks(len(names)), names):
                    key = tuple(name.rsplit("|", 1)) if kind == "balance" else name
                    into[key] = (a, b)  # type: ignore[index]
                    found[kind, key] = n
        return found

    def _fold(self, entry: journal.Entry, true_at: dict[tuple[str, Any], int]) -> None:
        n, balances = entry.n, self.balances
        for posting in entry.postings:
            for key, sign in (((posting.debit, posting.asset), -1), ((posting.credit, posting.asset), 1)):
                if true_at.get(("balance", key), 0) < n:
                    posted, held = balances[key]
                    balances[key] = (posted + sign * posting.units, held)
        for use in entry.changes.uses:
            for window in windows(use):
                if true_at.get(("usage", window), 0) < n:
                    units, times = self.usage[window]
                    self.usage[window] = (units + use.units, times + use.times)
        for opened in entry.changes.opens:
            self._keep_hold(opened)
            self._fold_held(opened, 1, n, true_at)
        for ended in entry.changes.ends:
            hold = ended.hold
            self._drop_hold(hold.id)
            self._fold_held(hold, -1, n, true_at)

    def _fold_held(self, hold: HoldOpen, sign: int, n: int, true_at: dict[tuple[str, Any], int]) -> None:
        for posting in hold.postings:
            key = (posting.debit, posting.asset)
            if true_at.get(("balance", key), 0) < n:
                posted, held = self.balances[key]
                self.balances[key] = (posted, held + sign * posting.units)

    def _keep_hold(self, hold: HoldOpen) -> None:
        self.holds[hold.id] = hold
        for posting in hold.postings:
            key = (posting.debit, posting.asset)
            self.held_by.setdefault(key, set()).add(hold.id)
            if hold.ends is not None:
                self.soonest[key] = min(hold.ends, self.soonest.get(key, hold.ends))

    def _drop_hold(self, id: str) -> None:
        hold = self.holds.pop(id, None)
        if hold is None:
            return
        for posting in hold.postings:
            key = (posting.debit, posting.asset)
            mine = self.held_by.get(key)
            if mine is not None:
                mine.discard(id)
                if not mine:
                    del self.held_by[key]
                    self.soonest.pop(key, None)

    def _clean(self) -> None:
        self.dirty = {"balance": {}, "usage": {}, "hold": {}}

    # -- gather --------------------------------------------------------------------------------------------------

    def has(self, key: tuple[str, Any]) -> bool:
        """Whether a key is in memory, be it as known to be absent."""
        kind, name = key
        if kind == "balance":
            return name in self.balances
        return name in (self.usage if kind == "usage" else self.records[kind])

    def peek(self, table: str, key: str) -> Any:
        """The record as far as it is in memory: None where the book has none and where nobody has read it."""
        return self.records[table].get(key)

    def gather(self, keys: Iterable[tuple[str, Any]]) -> None:
        """Read what is not in memory, one query per table; what the book does not have is remembered as absent.

        Afterwards all of `keys` are in memory, whatever had to be forgotten to make room.
        """
        by_kind: dict[str, list[Any]] = {}
        for kind, key in dict.fromkeys(keys):
            by_kind.setdefault(kind, []).append(key)
        for kind, wanted in by_kind.items():
            missing = [key for key in wanted if not self.has((kind, key))]  # memory is newer than the checkpoint
            if not missing:
                continue
            if kind == "balance":
                found = self._read_pairs(sql.BALANCES, missing, ["|".join(key) for key in missing])
                self._keep(kind, self.balances, found, wanted)
            elif kind == "usage":
                self._keep(kind, self.usage, self._read_pairs(sql.USAGES, missing, missing), wanted)
            else:
                self._keep(kind, self.records[kind], self._read_records(self.tables[kind], missing), wanted)

    def _read_pairs(self, statement: str, keys: list[Any], names: list[str]) -> dict[Any, tuple[int, int]]:
        by_name = dict(zip(names, keys, strict=True))
        found = dict.fromkeys(keys, ZERO)
        for chunk in _chunks(names):
            for name, first, second, _ in self.store.query(statement + sql.marks(len(chunk)), chunk):
                found[by_name[name]] = (first, second)
        return found

    def _read_records(self, table: Table, keys: list[str]) -> dict[str, Row]:
        found: dict[str, Row] = dict.fromkeys(keys)
        for chunk in _chunks(keys):
            for values in self.store.query(table.select + sql.marks(len(chunk)), chunk):
                found[values[0]] = table.make(values)
        return found

    def _keep(self, kind: str, into: dict[Any, Any], found: dict[Any, Any], wanted: list[Any]) -> None:
        """Memory learns what was read. When it is full, it first forgets what the book has as well: dirty keys stay."""
        dirty = self.dirty.get(kind, {})
        if len(into) > MAXIMA.cache_rows + len(dirty) + len(self.writing):
            stay = [*wanted, *dirty, *(key for k, key in self.writing if k == kind)]
            kept = {key: into[key] for key in stay if key in into}
            _forget_older(into)
            into.update(kept)
        into.update(found)

    def known(self, wanted: list[str]) -> dict[str, Known]:
        """What became of the act ids that were seen before; ids younger than the horizon are answered from memory."""
        ask = [id for id in wanted if id in self.recent or ids.instant(id) <= self.horizon]
        found: dict[str, Known] = {}
        for chunk in _chunks(ask):
            raw = [bytes.fromhex(id) for id in chunk]
            for id, n, fingerprint, refused, answer, entered in self.store.query(
                sql.ENTRY_BY_ID + sql.marks(len(raw)), raw
            ):
                found[bytes(id).hex()] = Known(n, bytes(fingerprint), refused, answer, entered)
        return found

    def _remember_ids(self, fresh: list[str]) -> None:
        self.recent.update(dict.fromkeys(fresh, 0))
        if len(self.recent) > MAXIMA.ids_remembered:
            newest = sorted(self.recent, reverse=True)[: MAXIMA.ids_remembered // 2]
            self.horizon = max(self.horizon, ids.instant(newest[-1]))
            self.recent = dict.fromkeys(newest, 0)

    # -- after a commit ------------------------------------------------------------------------------------------

    def merge(self, unit: Any) -> None:
        """The unit is committed: its overlay becomes memory."""
        self.balances.update(unit.balances)
        self.usage.update(unit.usage)
        for name, rows in unit.records.items():
            known = self.records[name]
            if len(known) > MAXIMA.cache_rows:
                _forget_older(known)  # records are written through: what is needed again is read again
            known.update(rows)
        for id, hold in unit.holds.items():
            if hold is None:
                self._drop_hold(id)
            else:
                self._keep_hold(hold)
        self.n, self.hash, self.entered = unit.n, unit.hash, unit.entered
        self._remember_ids(unit.ids)
        self.dirty["balance"].update(unit.balances)
        self.dirty["usage"].update(unit.usage)
        self.dirty["hold"].update(unit.holds)
        del self.writing[len(self.writing) - unit.taken :]
        if unit.covers is not None:
            self.covered = unit.covers

    def checkpoint(self, unit: Any, batch: Batch, *, whole: bool = False) -> None:
        """Add the next slice of the checkpoint to a unit, as things stand after it. `whole`: all that is left."""
        if not self.writing:
            if not whole and unit.n - self.round_began < MAXIMA.checkpoint_every:
                return
            self.writing = sorted((kind, key) for kind, keys in self.dirty.items() for key in keys)
            self.writing.reverse()
            self._clean()
            self.round_began = self.n
        taken = len(self.writing) if whole else min(MAXIMA.checkpoint_rows, len(self.writing))
        for kind, key in self.writing[len(self.writing) - taken :]:
            if kind == "balance":
                posted, held = unit.balances.get(key) or self.balances[key]
                batch.balances.append(("|".join(key), posted, held, unit.n))
            elif kind == "usage":
                units, times = unit.usage.get(key) or self.usage[key]
                batch.usage.append((key, units, times, unit.n))
            else:
                hold = unit.holds.get(key, self.holds.get(key))
                if hold is None:
                    batch.holds_gone.append((key,))
                else:
                    batch.holds.append((key, _write_json(hold).decode(), unit.n))
        unit.taken = taken  # they leave the round when the unit is committed, not before
        if taken == len(self.writing):
            unit.covers = self.round_began
            batch.marks.append(("covered", self.round_began, ""))


def touched(entry: journal.Entry) -> Iterable[tuple[str, Any]]:
    """The keys of balances, usage and holds that an entry changed."""
    held: list[HoldOpen] = [*entry.changes.opens, *(ended.hold for ended in entry.changes.ends)]
    for posting in entry.postings:
        yield "balance", (posting.debit, posting.asset)
        yield "balance", (posting.credit, posting.asset)
    for use in entry.changes.uses:
        for window in windows(use):
            yield "usage", window
    for hold in held:
        yield "hold", hold.id
        for posting in hold.postings:
            yield "balance", (posting.debit, posting.asset)


def _forget_older(rows: dict[Any, Any]) -> None:
    """Afterwards the half that came first is forgotten: a crowd larger than the memory does not empty it at once."""
    newer = list(islice(rows.items(), len(rows) // 2, None))
    rows.clear()
    rows.update(newer)


def _chunks(items: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(items), QUERY_MAX):
        yield items[start : start + QUERY_MAX]
