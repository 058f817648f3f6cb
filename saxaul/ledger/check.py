"""`check`: fold the whole journal again and compare it with everything the book says now.

Ranges of entries are folded apart (by several processes, if wanted) and joined in order; nothing here uses the clerk's
memory. Each finding is a sentence; no finding means: the chain is whole, every balance, hold, usage and record is what
the journal makes it, every asset sums to zero, and nobody but an issuer is below zero.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from saxaul.kernel.amounts import show
from saxaul.ledger import journal, sql
from saxaul.ledger.chart import Chart
from saxaul.ledger.journal import PLACES
from saxaul.ledger.plan import HoldOpen
from saxaul.ledger.records import Table, mark_of
from saxaul.ledger.state import Key, windows
from saxaul.ledger.store import Store, StoreFault, open_store

FINDINGS_MAX = 100
RANGE = 100_000
PROCESSES = 2
PAGE_KEYS = 400

# What a value of a wrong kind in a row leads to: a finding, not the end of the check.
UNREADABLE = (TypeError, ValueError, AttributeError, OverflowError, LookupError)
NOTHING = journal.Changes()

_read_hold = msgspec.json.Decoder(HoldOpen).decode


@dataclass(slots=True)
class Late:
    """What the tail does, entry by entry: a row of the checkpoint plus this is what a starting clerk would know."""

    balances: dict[Key, list[tuple[int, int, int]]]  # (entry, posted, held)
    usage: dict[str, list[tuple[int, int, int]]]  # (entry, units, times)
    holds: dict[str, list[tuple[int, HoldOpen, bool]]]  # (entry, hold, whether it was opened or ended)


@dataclass(slots=True)
class Fold:
    """What a range of entries does: where balances stood before it, where after, and what it counted and held."""

    first: int
    last: int
    before: bytes
    after: bytes
    began: dict[Key, int] = field(default_factory=dict)
    ended: dict[Key, int] = field(default_factory=dict)
    usage: dict[str, tuple[int, int]] = field(default_factory=dict)
    opened: dict[str, HoldOpen] = field(default_factory=dict)
    reserved: set[Key] = field(default_factory=set)  # what holds touched, though no posting ever did
    closed: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)  # rows of each record table whose last change lies here
    newer: dict[tuple[str, str], tuple[int, str]] = field(
        default_factory=dict
    )  # rows seen as of after the check's head
    postings: int = 0
    late: Late = field(default_factory=lambda: Late({}, {}, {}))  # what entries after the checkpoint do
    findings: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Keep a finding, up to the maximum."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(sentence)


def fold(store: Store, tables: dict[str, Table], after: int, upto: int, covered: int, head: int) -> Fold:
    """Fold the entries after `after` up to `upto`, checking chain, running balances and records on the way."""
    start = store.query("SELECT hash FROM entry WHERE n = ?", (after,)) if after else [(journal.GENESIS,)]
    hashed = bytes(start[0][0]) if start else b""
    result = Fold(after + 1, upto, hashed, hashed)
    expected, entered = after + 1, 0
    waiting: list[tuple[int, Any]] = []
    for row, postings in journal.rows(store, after, upto):
        n = row[0]
        if n != expected or row[1] is None:
            result.say(f"entry {expected} is missing or has no row of its own (found {n})")
            expected = n
        expected += 1
        if row[1] is None:
            continue
        try:
            if row[6] < entered:
                result.say(f"entry {n} was entered before the one ahead of it")
            entered = row[6]
            hashed = _fold_entry(result, hashed, row, postings, covered, waiting)
        except UNREADABLE as error:
            result.say(f"entry {n} cannot be read: {error}")
            hashed = _bytes(row[13])
        if len(waiting) >= PAGE_KEYS:
            _compare_records(result, store, tables, waiting, head)
    if expected != upto + 1:
        result.say(f"entries {expected} to {upto} are missing")
    _compare_records(result, store, tables, waiting, head)
    result.after = hashed
    return result


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _fold_entry(
    result: Fold, before: bytes, row: tuple[Any, ...], postings: list[tuple[Any, ...]], covered: int,
    waiting: list[tuple[int, Any]],
) -> bytes:  # fmt: skip
    n = row[0]
    head = row[:13]
    if type(row[1]) is not bytes or type(row[8]) is not bytes:  # as one of the drivers gives them
        head = (n, _bytes(row[1]), *row[2:8], _bytes(row[8]), *row[9:13])
    hashed = journal.digest(before, head, postings)
    if hashed != _bytes(row[13]):
        result.say(f"entry {n}: its hash is not that of its rows and the entry before")
        hashed = _bytes(row[13])
    result.postings += len(postings)
    _fold_postings(result, n, postings)
    changes = journal.read_changes(row[11]) if row[11] else NOTHING
    if changes is not NOTHING:
        _fold_changes(result, n, changes, waiting)
    if n > covered:
        _fold_late(result.late, n, postings, changes)
    return hashed


def _fold_late(late: Late, n: int, postings: list[tuple[Any, ...]], changes: journal.Changes) -> None:
    for _, debit, credit, asset, units, _, _ in postings:
        late.balances.setdefault((debit, asset), []).append((n, -units, 0))
        late.balances.setdefault((credit, asset), []).append((n, units, 0))
    for use in changes.uses:
        for window in windows(use):
            late.usage.setdefault(window, []).append((n, use.units, use.times))
    held = [(hold, 1) for hold in changes.opens] + [(ended.hold, -1) for ended in changes.ends]
    for hold, sign in held:
        for posting in hold.postings:
            late.balances.setdefault((posting.debit, posting.asset), []).append((n, 0, sign * posting.units))
    for ended in changes.ends:
        late.holds.setdefault(ended.hold.id, []).append((n, ended.hold, False))
    for hold in changes.opens:
        late.holds.setdefault(hold.id, []).append((n, hold, True))


def _fold_postings(result: Fold, n: int, postings: list[tuple[Any, ...]]) -> None:
    began, ended = result.began, result.ended
    for place, (number, debit, credit, asset, units, debit_after, credit_after) in enumerate(postings, n * PLACES):
        if number != place or units < 1:
            result.say(f"entry {n}: posting {number} is out of place or moves {units}")
        key = (debit, asset)
        was = ended.get(key)
        if was is None:
            began[key] = debit_after + units
        elif was - units != debit_after:
            result.say(_moved_wrongly(n, key, debit_after, was - units))
        ended[key] = debit_after
        key = (credit, asset)
        was = ended.get(key)
        if was is None:
            began[key] = credit_after - units
        elif was + units != credit_after:
            result.say(_moved_wrongly(n, key, credit_after, was + units))
        ended[key] = credit_after


def _moved_wrongly(n: int, key: Key, said: int, made: int) -> str:
    return f"entry {n}: {key[0]} says {show(key[1], said)}, the postings make it {made} units"


def _fold_changes(result: Fold, n: int, changes: journal.Changes, waiting: list[tuple[int, Any]]) -> None:
    for use in changes.uses:
        for window in windows(use):
            units, times = result.usage.get(window, (0, 0))
            result.usage[window] = (units + use.units, times + use.times)
    for ended in changes.ends:
        if result.opened.pop(ended.hold.id, None) is None:
            result.closed.append(ended.hold.id)
    for hold in changes.opens:
        result.opened[hold.id] = hold
        result.reserved.update((posting.debit, posting.asset) for posting in hold.postings)
    waiting.extend((n, change) for change in changes.records)


def _compare_records(
    result: Fold, store: Store, tables: dict[str, Table], waiting: list[tuple[int, Any]], head: int
) -> None:
    """A row is as the last entry that changed it left it: the digest in the journal is that of the row."""
    by_table: dict[str, dict[str, tuple[int, str]]] = {}
    for n, change in waiting:
        by_table.setdefault(change.table, {})[change.key] = (n, change.mark)
    waiting.clear()
    for name, marks in by_table.items():
        table = tables.get(name)
        if table is None:
            result.say(f"the journal changed {name}, a table this program does not know")
            continue
        keys = list(marks)
        for start in range(0, len(keys), PAGE_KEYS):
            chunk = keys[start : start + PAGE_KEYS]
            found = {row[0]: row for row in store.query(table.select + sql.marks(len(chunk)), chunk)}
            for key in chunk:
                try:
                    _compare_row(result, name, key, marks[key], found.get(key), head)
                except UNREADABLE as error:
                    result.say(f"{name} {key} cannot be read: {error}")


def _compare_row(
    result: Fold, name: str, key: str, last: tuple[int, str], row: tuple[Any, ...] | None, head: int
) -> None:
    n, mark = last
    if row is None:
        result.say(f"{name} {key} has no row, entry {n} wrote one")
    elif row[-1] == n:
        result.rows[name] = result.rows.get(name, 0) + 1
        if mark_of(tuple(row)) != mark:
            result.say(f"{name} {key} is not as entry {n} left it")
    elif row[-1] < n:
        result.say(f"{name} {key} says entry {row[-1]} wrote it last, entry {n} did")
    elif row[-1] > head:
        result.newer[name, key] = last


@dataclass(slots=True)
class Report:
    """The outcome of a check: what was counted, the balances, and every finding as a sentence."""

    entries: int = 0
    postings: int = 0
    head: bytes = journal.GENESIS
    balances: dict[Key, int] = field(default_factory=dict)
    held: dict[Key, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Nothing was found."""
        return not self.findings


Invariant = Callable[[dict[Key, int]], Iterable[str]]
Progress = Callable[[int, int], None]


def check(
    store: Store, chart: Chart, tables: Iterable[Table], *, dsn: str = "", invariants: Iterable[Invariant] = (),
    heads: Iterable[tuple[int, str]] = (), progress: Progress = lambda done, total: None,
) -> Report:  # fmt: skip
    """Check the whole book at its present head. `heads`: (entry, hash as hex) that were kept outside the book.

    With a `dsn`, ranges are folded by two processes that open the book by themselves.
    """
    known = {table.name: table for table in tables}
    report = Report()
    joined, last = Fold(1, 0, journal.GENESIS, journal.GENESIS), 0
    try:
        with store.at_one_moment():
            report.findings += store.faults()
            last, entries = store.last_number(), store.query("SELECT COUNT(*) FROM entry")[0][0]
            if entries != last:  # a number far off must not make the check walk there
                report.findings.append(f"there are {entries} entries, numbered up to {last}")
                last = min(last, entries)
            mark = store.query(sql.MARK, ("covered",))
            covered = mark[0][0] if mark and isinstance(mark[0][0], int) else 0
            joined = _join(_folds(dsn, store, known, last, covered, progress), report)
            _compare_newer(store, known, joined, report)
            _compare_state(store, joined, covered, report)
            _compare_counts(store, known, joined, report)
    except StoreFault as fault:
        report.findings.append(f"the book cannot be read: {fault}")
    report.entries, report.head = last, joined.after
    report.balances = joined.ended
    _compare_chart(chart, report)
    _compare_heads(store, heads, report)
    for invariant in invariants:
        report.findings += list(invariant(report.balances))[:FINDINGS_MAX]
    return report


def _folds(
    dsn: str, store: Store, tables: dict[str, Table], last: int, covered: int, progress: Progress
) -> Iterator[Fold]:
    ranges = [(start, min(start + RANGE, last)) for start in range(0, last, RANGE)]
    if not dsn or len(ranges) < 2:
        for place, (after, upto) in enumerate(ranges):
            yield fold(store, tables, after, upto, covered, last)
            progress(place + 1, len(ranges))
        return
    jobs = [(dsn, tables, after, upto, covered, last) for after, upto in ranges]
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for place, one in enumerate(pool.imap(_fold_apart, jobs)):
            yield one
            progress(place + 1, len(ranges))


def _fold_apart(job: tuple[str, dict[str, Table], int, int, int, int]) -> Fold:
    dsn, tables, after, upto, covered, head = job
    store = open_store(dsn, read_only=True)
    try:
        return fold(store, tables, after, upto, covered, head)
    finally:
        store.close()


def _join(folds: Iterable[Fold], report: Report) -> Fold:
    whole = Fold(1, 0, journal.GENESIS, journal.GENESIS)
    for one in folds:
        if one.before != whole.after:
            report.findings.append(f"the chain breaks before entry {one.first}")
        for key, was in one.began.items():
            if whole.ended.get(key, 0) != was:
                report.findings.append(f"{key[0]} {key[1]} changed between entries {whole.last} and {one.first}")
        whole.ended.update(one.ended)
        for window, (units, times) in one.usage.items():
            have = whole.usage.get(window, (0, 0))
            whole.usage[window] = (have[0] + units, have[1] + times)
        for id in one.closed:
            if whole.opened.pop(id, None) is None:
                report.findings.append(f"hold {id} was ended but never opened")
        whole.opened.update(one.opened)
        whole.reserved |= one.reserved
        for name, count in one.rows.items():
            whole.rows[name] = whole.rows.get(name, 0) + count
        whole.newer.update(one.newer)
        whole.postings += one.postings
        pairs: list[tuple[dict[Any, list[Any]], dict[Any, list[Any]]]] = [
            (whole.late.balances, one.late.balances), (whole.late.usage, one.late.usage),
            (whole.late.holds, one.late.holds),
        ]  # fmt: skip
        for mine, theirs in pairs:
            for place, moves in theirs.items():
                mine.setdefault(place, []).extend(moves)
        whole.last, whole.after = one.last, one.after
        report.findings += one.findings
    return whole


def _compare_newer(store: Store, tables: dict[str, Table], whole: Fold, report: Report) -> None:
    """What another process saw as somebody had changed it since is compared at the moment of this check."""
    for (name, key), last in whole.newer.items():
        for row in store.query(tables[name].select + sql.marks(1), (key,)):
            _compare_row(whole, name, key, last, row, last[0])
    report.findings += whole.findings


def _compare_state(store: Store, whole: Fold, covered: int, report: Report) -> None:
    """Checkpoint plus tail, as a starting clerk would load it, against the fold of everything."""
    for hold in whole.opened.values():
        for posting in hold.postings:
            key = (posting.debit, posting.asset)
            report.held[key] = report.held.get(key, 0) + posting.units
    if covered > whole.last:
        report.findings.append(f"the checkpoint says it covers entry {covered}, the book ends at {whole.last}")
    if whole.last and not store.query(sql.MARK, ("fence",)):
        report.findings.append("the book has lost its fencing number")
    true: dict[str, tuple[int, int]] = {}
    for key in {**whole.ended, **dict.fromkeys(whole.reserved)}:
        true["|".join(key)] = (whole.ended.get(key, 0), report.held.get(key, 0))
    late = {"|".join(key): moves for key, moves in whole.late.balances.items()}
    _compare_rows(store.query(sql.ALL_BALANCES), true, late, whole.last, report)
    counted = store.query("SELECT counter, units, times, n FROM usage ORDER BY counter")
    _compare_rows(counted, whole.usage, whole.late.usage, whole.last, report)
    _compare_holds(store, whole, report)


def _compare_rows(
    rows: list[tuple[Any, ...]], true: dict[str, tuple[int, int]], late: dict[str, list[tuple[int, int, int]]],
    last: int, report: Report,
) -> None:  # fmt: skip
    found: dict[str, tuple[int, int, int]] = {}
    for name, first, second, n in rows:
        if not (isinstance(first, int) and isinstance(second, int) and isinstance(n, int) and 0 < n <= last):
            report.findings.append(f"the checkpoint of {name} cannot be true: {first}, {second} at entry {n}")
            continue
        if name not in true:
            report.findings.append(f"the checkpoint has {name}, which no entry ever touched")
        found[name] = (first, second, n)
    for name in {**true, **found}:
        first, second, n = found.get(name, (0, 0, 0))
        for at, more, moreover in late.get(name, ()):
            if at > n:
                first, second = first + more, second + moreover
        if (first, second) != true.get(name, (0, 0)):
            report.findings.append(
                f"the checkpoint makes {name} {first} and {second}, the journal {true.get(name, (0, 0))}"
            )  # fmt: skip


def _compare_holds(store: Store, whole: Fold, report: Report) -> None:
    found: dict[str, int] = {}
    for id, body, n in store.query(sql.ALL_HOLDS):
        try:
            hold = _read_hold(body)
        except UNREADABLE as error:
            report.findings.append(f"the checkpoint of hold {id} cannot be read: {error}")
            continue
        found[id] = n
        if not isinstance(n, int) or not 0 < n <= whole.last:
            report.findings.append(f"the checkpoint of hold {id} cannot be true at entry {n}")
        elif hold != _hold_at(whole, id, n):
            report.findings.append(f"the checkpoint of hold {id} is not as the journal had it at entry {n}")
    for id in whole.opened:
        if id not in found and id not in whole.late.holds:  # what the tail opens, a starting clerk opens again
            report.findings.append(f"the checkpoint has lost hold {id}")


def _hold_at(whole: Fold, id: str, n: int) -> HoldOpen | None:
    """The hold as it was at entry `n` of the tail: what came later is undone."""
    hold = whole.opened.get(id)
    for at, moved, opened in reversed(whole.late.holds.get(id, [])):
        if at > n:
            hold = None if opened else moved
    return hold


def _compare_counts(store: Store, tables: dict[str, Table], whole: Fold, report: Report) -> None:
    for name, table in tables.items():
        if table.chained:
            count = store.query(f"SELECT COUNT(*) FROM {name}")[0][0]
            if count != whole.rows.get(name, 0):
                report.findings.append(f"{name} has {count} rows, the journal accounts for {whole.rows.get(name, 0)}")
    report.postings = store.query("SELECT COUNT(*) FROM posting")[0][0]
    if report.postings != whole.postings:
        report.findings.append(f"there are {report.postings} postings, {whole.postings} belong to entries")


def _compare_chart(chart: Chart, report: Report) -> None:
    sums: dict[str, int] = {}
    for (address, asset), units in report.balances.items():
        sums[asset] = sums.get(asset, 0) + units
        try:
            floor = chart.fit((address, asset)).floor
        except AssertionError as error:
            report.findings.append(str(error))
            continue
        if floor is not None and units - report.held.get((address, asset), 0) < floor:
            report.findings.append(f"{address} is below its floor: {show(asset, units)}")
    report.findings += [f"{asset} does not sum to zero: {show(asset, total)}" for asset, total in sums.items() if total]


def _compare_heads(store: Store, heads: Iterable[tuple[int, str]], report: Report) -> None:
    for n, kept in heads:
        found = store.query("SELECT hash FROM entry WHERE n = ?", (n,))
        if not found:
            report.findings.append(f"a head kept outside names entry {n}, which the book has lost")
        elif bytes(found[0][0]).hex() != kept:
            report.findings.append(f"entry {n} is not the one whose head was kept outside: the book was rewritten")
