"""The unit of work: plans applied in order on an overlay over memory, appended together, true after one commit.

A plan that meets a bound leaves no trace here; the next plan sees only what the accepted ones did. Only the engine
calls this module: it is the one place from which anything is ever written.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.kernel.amounts import UNITS_MAX, show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger import journal
from saxaul.ledger.journal import PLACES, Changes, write_changes
from saxaul.ledger.plan import POSTINGS_MAX, Change, HoldEnded, HoldOpen, Limit, Plan, Posting
from saxaul.ledger.records import mark_of
from saxaul.ledger.state import ABSENT, Key, NotGathered, State, windows
from saxaul.ledger.store import Batch


class Header(msgspec.Struct, frozen=True):
    """Who did what: everything of an entry that is not an effect."""

    id: str
    act: str
    actor: str
    behalf: str
    at: int
    fingerprint: bytes


class Unit:
    """One unit of work at the instant `entered`, on top of what the clerk knows."""

    def __init__(self, state: State, entered: int) -> None:
        self.state = state
        self.entered = max(entered, state.entered)  # `entered` never goes back, whatever the clock does
        self.n, self.hash = state.n, state.hash
        self.balances: dict[Key, tuple[int, int]] = {}
        self.usage: dict[str, tuple[int, int]] = {}
        self.holds: dict[str, HoldOpen | None] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.ids: list[str] = []
        self.answers: dict[str, tuple[int, bytes, str, str]] = {}
        self.covers: int | None = None
        self.taken = 0  # how many keys of the checkpoint's round are written with this unit
        self.batch = Batch()

    # -- reading: the overlay first, then memory, else somebody has to gather --------------------------------------

    def balance(self, key: Key) -> tuple[int, int]:
        """(posted, held) of an account and asset."""
        found = self.balances.get(key) or self.state.balances.get(key)
        if found is None:
            raise NotGathered([("balance", key)])
        return found

    def used(self, counter: str) -> tuple[int, int]:
        """(units, times) of a counter in its window."""
        found = self.usage.get(counter) or self.state.usage.get(counter)
        if found is None:
            raise NotGathered([("usage", counter)])
        return found

    def record(self, table: str, key: str) -> Any:
        """The record, or None where the book has none."""
        rows = self.records.get(table)
        found = rows.get(key, ABSENT) if rows is not None else ABSENT
        if found is ABSENT:
            found = self.state.records[table].get(key, ABSENT)
            if found is ABSENT:
                raise NotGathered([(table, key)])
        return found

    def hold(self, id: str) -> HoldOpen | None:
        """The hold while it is open."""
        if id in self.holds:
            return self.holds[id]
        return self.state.holds.get(id)

    def overdue(self, key: Key) -> list[HoldOpen]:
        """Open holds of an account whose end has passed: they bind nothing, though nobody swept them yet.

        None that this unit opened is among them: a hold cannot be opened when its end has passed.
        """
        soonest = self.state.soonest.get(key)
        if soonest is None or soonest > self.entered:
            return []
        holds = [self.hold(id) for id in sorted(self.state.held_by[key])]
        return [hold for hold in holds if hold is not None and hold.ends is not None and hold.ends <= self.entered]

    def free(self, key: Key) -> int:
        """What may be used now: posted less held, overdue holds not counted."""
        posted, held = self.balance(key)
        if held:
            late = (p.units for hold in self.overdue(key) for p in hold.postings if (p.debit, p.asset) == key)
            held -= sum(late)
        return posted - held

    # -- writing ---------------------------------------------------------------------------------------------------

    def attempt(self, header: Header, plan: Plan, answer: str) -> int:
        """Apply the plan whole or not at all; returns the entry's number.

        Refuses with the code of the floor, bound, limit or hold that was met; raises NotGathered for unread keys.
        """
        assert len(plan.postings) <= POSTINGS_MAX, f"{header.act} has more than {POSTINGS_MAX} postings"
        ended = self._ends(plan)
        if ended:
            _check_captured(plan.postings, ended)
        after = self._apply(plan, ended) if (plan.postings or plan.opens or ended) else {}
        if plan.bounds:
            self._check_bounds(plan, after)
        used = self._use(plan, ended) if (plan.uses or plan.limits or ended) else {}
        self._check_limits(plan.limits, used)
        opens = plan.opens
        if opens and plan.uses:
            opens = [msgspec.structs.replace(opens[0], uses=plan.uses), *opens[1:]]
        self._check_opens(opens, ended)
        rows, marked = self._change(plan)
        n = self._append(header, plan, opens, ended, marked, answer, after=after)
        # only now, when nothing can fail any more, does the overlay learn of it
        self.balances.update(after)
        self.usage.update(used)
        self._settle_holds(opens, ended)
        for (table, key), row in rows.items():
            self.records.setdefault(table, {})[key] = row
        return n

    def refuse(self, header: Header, refusal: Refusal, answer: str, versions: str = "") -> int:
        """Remember a lasting refusal under its id: an entry without postings."""
        return self._append(header, Plan(versions=versions), [], [], [], answer, refused=refusal.code)

    def _ends(self, plan: Plan) -> list[HoldEnded]:
        ended: list[HoldEnded] = []
        assert len({end.id for end in plan.ends}) == len(plan.ends), "one plan ends a hold twice"
        for end in plan.ends:
            hold = self.hold(end.id)
            late = hold is not None and hold.ends is not None and hold.ends <= self.entered
            if hold is None or (late and end.kind == "capture"):
                raise Refusal("hold.stage_ended", hold=end.id)
            ended.append(HoldEnded(hold, "expire" if late else end.kind))
        if self.state.soonest:
            self._end_overdue(plan, ended)
        return ended

    def _end_overdue(self, plan: Plan, ended: list[HoldEnded]) -> None:
        """An act that touches an account first expires that account's overdue holds, in its own entry."""
        known = {one.hold.id for one in ended}
        for posting in (*plan.postings, *(p for opened in plan.opens for p in opened.postings)):
            for hold in self.overdue((posting.debit, posting.asset)):
                if hold.id not in known:
                    known.add(hold.id)
                    ended.append(HoldEnded(hold, "expire"))

    def _apply(self, plan: Plan, ended: list[HoldEnded]) -> dict[Key, tuple[int, int]]:
        """Balances after the plan, with the rows of its postings; refuses where a floor is met."""
        fit = self.state.chart.fit
        after: dict[Key, tuple[int, int]] = {}
        lowered: dict[Key, None] = {}
        balances, memory = self.balances, self.state.balances
        try:
            for one in ended:
                for debit, _, asset, units in _fields(one.hold.postings):
                    key = (debit, asset)
                    posted, held = after.get(key) or balances.get(key) or memory[key]
                    after[key] = (posted, held - units)
            for opened in plan.opens:
                for debit, credit, asset, units in _fields(opened.postings):
                    key = (debit, asset)
                    fit((credit, asset))
                    posted, held = after.get(key) or balances.get(key) or memory[key]
                    after[key] = (posted, held + units)
                    lowered[key] = None
            for posting in plan.postings:
                units = posting.units
                assert 0 < units <= UNITS_MAX, "a posting is at least one unit"
                assert posting.debit != posting.credit, "a posting moves between two accounts"
                asset = posting.asset
                key, to = (posting.debit, asset), (posting.credit, asset)
                posted, held = after.get(key) or balances.get(key) or memory[key]
                after[key] = (posted - units, held)
                lowered[key] = None
                posted, held = after.get(to) or balances.get(to) or memory[to]
                after[to] = (posted + units, held)
        except KeyError:
            raise NotGathered(self._missing(plan, ended)) from None
        for key, (posted, held) in after.items():
            kind = fit(key)
            assert -UNITS_MAX <= posted <= UNITS_MAX and held <= UNITS_MAX, f"{key[0]} would hold more than 64 bits"
            if key in lowered and kind.floor is not None and posted - held < kind.floor:
                raise self._short(kind.short, key, posted, held)
        return after

    def _short(self, code: str, key: Key, posted: int, held: int) -> Refusal:
        before, free = self.balance(key), self.free(key)
        need = free - (posted - held)
        asset = key[1]
        facts = {"need": show(asset, need), "free": show(asset, free)}
        if before[1]:
            facts["held"] = show(asset, before[1])
        return Refusal(code, **facts)

    def _missing(self, plan: Plan, ended: list[HoldEnded]) -> list[tuple[str, Any]]:
        keys: dict[Key, None] = {}
        held = [p for one in ended for p in one.hold.postings] + [p for one in plan.opens for p in one.postings]
        for posting in (*plan.postings, *held):
            keys[posting.debit, posting.asset] = None
            keys[posting.credit, posting.asset] = None
        return [("balance", key) for key in keys if key not in self.balances and key not in self.state.balances]

    def _check_bounds(self, plan: Plan, after: dict[Key, tuple[int, int]]) -> None:
        for bound in plan.bounds:
            key = (bound.address, bound.asset)
            posted, held = after.get(key) or self.balance(key)
            low = bound.at_least is not None and posted - held < bound.at_least
            high = bound.at_most is not None and posted > bound.at_most
            if low or high:
                raise Refusal(bound.code, **bound.facts)

    def _use(self, plan: Plan, ended: list[HoldEnded]) -> dict[str, tuple[int, int]]:
        used: dict[str, tuple[int, int]] = {}
        try:
            for use in plan.uses:
                for window in windows(use):
                    units, times = used.get(window) or self.usage.get(window) or self.state.usage[window]
                    used[window] = (units + use.units, times + use.times)
            for one in ended:
                if one.kind != "capture":
                    for use in one.hold.uses:
                        for window in windows(use):
                            units, times = used.get(window) or self.usage.get(window) or self.state.usage[window]
                            used[window] = (units - use.units, times - use.times)
        except KeyError:
            every = [*plan.uses, *(use for one in ended for use in one.hold.uses)]
            raise NotGathered([("usage", window) for use in every for window in windows(use)]) from None
        for window, (units, times) in used.items():
            assert -UNITS_MAX <= units <= UNITS_MAX and times <= UNITS_MAX, f"{window} would count more than 64 bits"
        return used

    def _check_limits(self, limits: list[Limit], used: dict[str, tuple[int, int]]) -> None:
        for limit in limits:
            counter = f"{limit.subject}|{limit.counter}|{limit.window}"
            units, times = used.get(counter) or self.used(counter)
            if limit.measure == "units":
                if units > limit.most:
                    if limit.quiet:
                        raise Refusal(limit.code)
                    before = self.used(counter)[0]
                    raise Refusal(
                        limit.code,
                        limit=show(limit.asset, limit.most),
                        used=show(limit.asset, before),
                        left=show(limit.asset, max(0, limit.most - before)),
                    )
            elif times > limit.most:
                raise Refusal(limit.code, limit=str(limit.most))

    def _check_opens(self, opens: list[HoldOpen], ended: list[HoldEnded]) -> None:
        gone = {one.hold.id for one in ended}
        for hold in opens:
            assert hold.id in gone or self.hold(hold.id) is None, f"hold {hold.id} is open already"
            if hold.ends is not None and hold.ends <= self.entered:  # it waited until its end had passed
                raise Refusal("hold.stage_ended", hold=hold.id)
            gone.discard(hold.id)
        assert len({hold.id for hold in opens}) == len(opens), "one plan opens a hold twice"

    def _settle_holds(self, opens: list[HoldOpen], ended: list[HoldEnded]) -> None:
        for one in ended:
            self.holds[one.hold.id] = None
        for hold in opens:
            self.holds[hold.id] = hold

    def _change(self, plan: Plan) -> tuple[dict[tuple[str, str], Any], list[Change]]:
        """The rows of records as the plan leaves them, and its changes marked with a digest of each row."""
        n = self.n + 1
        rows: dict[tuple[str, str], Any] = {}
        marked = []
        for change in plan.changes:
            table, place = self.state.tables[change.table], (change.table, change.key)
            if change.new:
                row = table.new(change.key, change.fields, n)
            else:
                row = rows[place] if place in rows else self.record(*place)
                assert row is not None, f"{change.table} {change.key} is changed but was never made"
                row = msgspec.structs.replace(row, entry=n, **change.fields)
            rows[place] = row
            marked.append(Change(change.table, change.key, change.fields, change.new, mark_of(table.values(row))))
        for aside in plan.asides:
            rows[aside.table, aside.key] = self.state.tables[aside.table].new(aside.key, aside.fields, n)
        return rows, marked

    def _append(
        self, header: Header, plan: Plan, opens: list[HoldOpen], ended: list[HoldEnded], records: list[Change],
        answer: str, *, after: dict[Key, tuple[int, int]] | None = None, refused: str = "",
    ) -> int:  # fmt: skip
        n = self.n + 1
        rows = _posting_rows(n, plan.postings, after or {})
        changes = ""
        if opens or ended or plan.uses or records or plan.notices:
            undone = [
                msgspec.structs.replace(use, units=-use.units, times=-use.times)
                for one in ended
                if one.kind != "capture"
                for use in one.hold.uses
            ]
            uses = plan.uses + undone if undone else plan.uses
            changes = write_changes(Changes(opens, ended, uses, records, plan.notices))
        entry = (
            n, bytes.fromhex(header.id), header.act, header.actor, header.behalf, header.at, self.entered,
            plan.versions, header.fingerprint, refused, plan.reverses or "", changes, answer,
        )  # fmt: skip
        self.hash = journal.digest(self.hash, entry, rows)
        self.n = n
        self.batch.entries.append((*entry, self.hash))
        self.batch.postings.extend(rows)
        self.ids.append(header.id)
        self.answers[header.id] = (n, header.fingerprint, refused, answer)
        return n

    def unread(self, plan: Plan) -> list[tuple[str, Any]]:
        """What the plan needs and nobody has read yet: balances of its postings, windows of its usage and limits."""
        ended = [HoldEnded(hold, end.kind) for end in plan.ends if (hold := self.hold(end.id)) is not None]
        keys = self._missing(plan, ended)
        counters = [window for use in plan.uses for window in windows(use)]
        counters += [f"{limit.subject}|{limit.counter}|{limit.window}" for limit in plan.limits]
        return keys + [("usage", c) for c in counters if c not in self.usage and c not in self.state.usage]

    # -- commit ------------------------------------------------------------------------------------------------------

    def append(self, *, whole_checkpoint: bool = False) -> None:
        """Hand all rows to the store, uncommitted; raises StoreFault."""
        for name, rows in self.records.items():
            table = self.state.tables[name]
            self.batch.records[table.upsert] = [table.values(row) for row in rows.values()]
        self.state.checkpoint(self, self.batch, whole=whole_checkpoint)
        self.state.store.append(self.batch)

    def commit(self) -> None:
        """Make it true: one commit. Only then does the overlay become memory (`State.merge`)."""
        self.state.store.commit()


def _check_captured(postings: list[Posting], ended: list[HoldEnded]) -> None:
    """What leaves an account in the entry that captures its hold is at most what was held there."""
    held: dict[Key, int] = {}
    for one in ended:
        if one.kind == "capture":
            for posting in one.hold.postings:
                key = (posting.debit, posting.asset)
                held[key] = held.get(key, 0) + posting.units
    if not held:
        return
    taken = dict.fromkeys(held, 0)
    for posting in postings:
        key = (posting.debit, posting.asset)
        if key in taken:
            taken[key] += posting.units
    for key, units in taken.items():
        if units > held[key]:
            raise Refusal("hold.amount_exceeded", asked=show(key[1], units), held=show(key[1], held[key]))


def _posting_rows(n: int, postings: list[Posting], after: dict[Key, tuple[int, int]]) -> list[tuple[Any, ...]]:
    """The rows with both balances after each posting; `after` is what is true after all of them."""
    rows: list[tuple[Any, ...]] = []
    running: dict[Key, int] = {}
    place = n * PLACES + len(postings)
    for posting in reversed(postings):  # backwards: from the balance after all to the balance after each
        asset, units = posting.asset, posting.units
        debit, credit = (posting.debit, asset), (posting.credit, asset)
        debited = running[debit] if debit in running else after[debit][0]
        credited = running[credit] if credit in running else after[credit][0]
        place -= 1
        rows.append((place, posting.debit, posting.credit, asset, units, debited, credited))
        running[debit] = debited + units
        running[credit] = credited - units
    rows.reverse()
    return rows


def _fields(postings: list[Posting]) -> list[tuple[str, str, str, int]]:
    return [(p.debit, p.credit, p.asset, p.units) for p in postings]
