"""What follows, follows the journal: followers read it in order with a cursor; dues do what a date brings.

A derived act has a derived id, so reading the same entries twice, or being killed anywhere, changes nothing. A slice of
derived acts and the cursor's move are one unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from saxaul.engine.core import ExpireHold, MoveCursor
from saxaul.engine.request import Answer, Request, request
from saxaul.kernel import ids
from saxaul.ledger import journal
from saxaul.ledger.journal import Entry
from saxaul.ledger.store import Store

SLICE_MAX = 256  # derived acts in one unit of work
READ_MAX = 1024  # entries a follower reads at once

Submit = Callable[[Sequence[Request]], list[Answer]]


class Reader(Protocol):
    """A read-only view of the book for followers, dues and pages."""

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Follower:
    """`follow(entry)` gives the acts that follow from one entry of the acts named in `reads` (empty: all acts).

    Called for accepted entries only; remembered refusals are passed over unless `refusals` asks for them. `looks`: it
    is given the book to read beside the entry, for what an entry concerns but cannot list.
    """

    name: str
    follow: Callable[..., Iterable[Request]]
    reads: tuple[str, ...] = ()
    refusals: bool = False
    looks: bool = False

    def wants(self, act: str, refused: str) -> bool:
        """Whether an entry of this act concerns this follower; `refused`: the code it was refused with, or nothing."""
        return (not self.reads or act in self.reads) and (self.refusals or not refused)


@dataclass(frozen=True, slots=True)
class Due:
    """`find(reader, now)` lists the acts that fell due; their ids are derived, so listing one twice is harmless."""

    name: str
    find: Callable[[Reader, int], Iterable[Request]]


def follows(entry: Entry, act: str, ask: Any, written: str) -> Request:
    """An act that follows from an entry: its id is made of the entry's instant and a written name."""
    return request(act, ask, id=ids.derived(entry.entered, f"{act}:{written}"))


def due(instant: int, act: str, ask: Any, written: str) -> Request:
    """An act that a date brings: its id is made of the due instant and a written name."""
    return request(act, ask, id=ids.derived(instant, f"{act}:{written}"))


def cursor(reader: Reader, name: str) -> int:
    """The entry up to which a follower has read."""
    rows = reader.query("SELECT n FROM engine_cursor WHERE key = ?", (name,))
    return rows[0][0] if rows else 0


class Page:
    """A stretch of the journal that is read once for all followers; an entry is decoded when the first one wants it."""

    def __init__(self, reader: Store, start: int) -> None:
        self.start = start
        self.rows = list(journal.rows(reader, start, min(start + READ_MAX, reader.last_number())))
        self.upto: int = self.rows[-1][0][0] if self.rows else start
        self._decoded: dict[int, Entry] = {}

    def entry(self, place: int) -> Entry:
        """The entry of a row."""
        found = self._decoded.get(place)
        if found is None:
            found = self._decoded[place] = journal.entry(*self.rows[place])
        return found


class Pages:
    """The pages of one round: followers go in step, so most of them read the page that another one has read."""

    def __init__(self, reader: Store) -> None:
        self.reader = reader
        self.pages: list[Page] = []

    def at(self, start: int) -> Page:
        """A page that goes on behind entry `start`."""
        for page in self.pages:
            if page.start <= start < page.upto:
                return page
        self.pages.append(Page(self.reader, start))
        return self.pages[-1]


def step(follower: Follower, pages: Pages, submit: Submit, places: dict[str, int]) -> int:
    """One slice: read on, do what follows, move the cursor; returns how many entries were passed.

    `places` is the caller's memory of how far each follower has read. The cursor in the book is moved together with
    something that follows, or after a long stretch of nothing: moving it is an entry too, and must not feed itself.
    """
    reader = pages.reader
    kept = cursor(reader, follower.name)
    start = max(kept, places.get(follower.name, 0))
    page = pages.at(start)
    wanted: list[Request] = []
    passed = start
    for place in range(start - page.start, len(page.rows)):
        row = page.rows[place][0]
        if follower.wants(row[2], row[9]):  # most entries are nobody's business: only what is wanted is decoded
            entry = page.entry(place)
            new = list(follower.follow(entry, reader) if follower.looks else follower.follow(entry))
            assert len(new) < SLICE_MAX, f"{follower.name} makes too many acts of one entry: stage them"
            if len(wanted) + len(new) >= SLICE_MAX:
                break
            wanted += new
        passed = row[0]
    if passed == start:
        return 0
    if wanted or passed - kept >= READ_MAX:
        move = MoveCursor(follower.name, passed)
        id = ids.derived(0, f"cursor:{follower.name}:{passed}")
        answers = submit([*wanted, request("engine.move_cursor", move, id=id)])
        if answers[-1].code:  # the unit was not written: nothing moved, the next step reads the same entries again
            return 0
    places[follower.name] = passed
    return passed - start


def expiry(hold: str, ends: int) -> Request:
    """The act that expires an overdue hold."""
    return due(ends, "engine.expire_hold", ExpireHold(hold), hold)


def tick(dues: Iterable[Due], reader: Reader, submit: Submit, now: int) -> int:
    """Do all that is due, in slices; returns how many acts were done. Run twice, nothing doubles."""
    done = 0
    for one in dues:
        waiting: list[Request] = []
        for found in one.find(reader, now):
            waiting.append(found)
            if len(waiting) == SLICE_MAX:
                done += sum(not answer.code for answer in submit(waiting))
                waiting = []
        if waiting:
            done += sum(not answer.code for answer in submit(waiting))
    return done
