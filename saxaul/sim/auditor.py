"""A second opinion on the books: a naive model that shares nothing with the ledger and says what differs.

An oracle made of the code it judges agrees with its mistakes, so this file imports nothing of ours. It knows the rules
from their description only: value moves between two accounts, only issuers owe, what is held is not free, a hold ends
once, usage is counted by the city's day, an id is answered once. Everything is a dictionary of whole numbers, slow and
plain, and every disagreement is a sentence.

It takes anything that looks like a request (`id`, `act`, `credential`, `ask`), an answer (`id`, `text`, `code`,
`entry`, `hit`) and an entry of the journal (`n`, `id`, `at`, `entered`, `refused`, `postings`, `changes`). Where the
ask itself says what should move (`postings`, `opens`, `ends`, `uses`, `limits`, `bounds`), the model foretells the
answer; where a programme plans, it judges the entry that was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

Account = tuple[str, str]
Counter = tuple[str, str, str]

CITY = timezone(timedelta(hours=8))
FOREVER = 1 << 200
WHOLE = "all"  # a window without an end, which some programmes count in beside the day's

# What asking again under the same id may change, so that no such no may be kept under an id.
PASSING = (
    "request.field_invalid", "request.id_", "request.pace_exceeded", "store.", "actor.login_missing",
    "actor.step_missing", "care.confirmation_missing", "guard.check_failed",
)  # fmt: skip
# What depends on the state of the book, so that a late duplicate must find the same no.
LASTING = ("wallet.", "tier.", "hold.", "refund.", "order.", "bill.stage", "bill.revision", "payee.", "qr.code_")


def city_day(instant: int) -> str:
    """The day of the city, which keeps eight hours before Greenwich all year."""
    return datetime.fromtimestamp(instant // 1_000_000, CITY).date().isoformat()


@dataclass(slots=True)
class Held:
    """A hold as the model remembers it: (debit, credit, asset, units), its end, what it counted."""

    postings: list[tuple[str, str, str, int]]
    ends: int
    uses: list[tuple[str, str, str, int, int]]

    def on(self, account: Account) -> int:
        """Units it reserves on an account."""
        return sum(units for debit, _, asset, units in self.postings if (debit, asset) == account)


@dataclass(slots=True)
class Told:
    """An ask that was answered for good, and how."""

    what: tuple[str, str, Any]
    text: str
    code: str
    entry: int


@dataclass(slots=True)
class Auditor:
    """The model of one book. `may_owe` says which addresses may be below zero, `short` what a shortage is called."""

    may_owe: Callable[[str], bool] = lambda address: address.startswith("issuer:")
    short: Callable[[str], str] = lambda address: "wallet.funds_short"
    capture_bounded: bool = True
    posted: dict[Account, int] = field(default_factory=dict)
    holds: dict[str, Held] = field(default_factory=dict)
    used: dict[Counter, tuple[int, int]] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    n: int = 0
    entered: int = 0

    # -- what the model knows ------------------------------------------------------------------------------------

    def held(self, account: Account, now: int = -1) -> int:
        """Units reserved on an account; with `now`, holds whose end has passed are not counted."""
        return sum(hold.on(account) for hold in self.holds.values() if now < hold.ends)

    def free(self, account: Account, now: int) -> int:
        """Units that may leave the account."""
        return self.posted.get(account, 0) - self.held(account, now)

    # -- one ask and its answer ----------------------------------------------------------------------------------

    def took(self, request: Any, answer: Any, entry: Any = None, *, now: int | None = None) -> list[str]:
        """Everything that is wrong with this answer, after which the model has followed it; empty when all is well.

        `entry`: what the journal wrote for it, None when it wrote nothing. `now`: the clerk's clock, which lets the
        model foretell the answer of an ask that says itself what should move.
        """
        name = f"{request.act} {request.id}"
        if answer.id != request.id:
            return [f"{name}: the answer belongs to {answer.id}."]
        earlier = self.told.get(request.id)
        if earlier is not None:
            return [f"{name}: {fault}" for fault in self._repeated(request, answer, entry, earlier)]
        faults = []
        if answer.code != "store.ask_dropped" and now is not None and hasattr(request.ask, "postings"):
            faults += self._foretold(request.ask, answer, max(now, self.entered))
        faults += self._kept(answer, entry)
        if entry is not None:
            faults += self.wrote(entry)
            if entry.id != request.id:
                faults.append(f"its entry {entry.n} bears the id {entry.id}.")
            if entry.refused != answer.code:
                faults.append(f"the journal says {entry.refused or 'done'}, the answer {answer.code or 'done'}.")
            self.told[request.id] = Told(_what(request), answer.text, answer.code, answer.entry)
        return [f"{name}: {fault}" for fault in faults]

    def _repeated(self, request: Any, answer: Any, entry: Any, earlier: Told) -> Iterable[str]:
        if entry is not None:
            yield f"an id that was answered by entry {earlier.entry} has another one, {entry.n}."
            yield from self.wrote(entry)
        if earlier.what != _what(request):
            if answer.code != "request.id_reused":
                yield f"another ask under a used id was answered {answer.code or 'done'}, not request.id_reused."
        elif (answer.text, answer.code, answer.entry) != (earlier.text, earlier.code, earlier.entry):
            yield f"the same ask was answered {earlier.text!r} first and now {answer.text!r}."
        elif not answer.hit:
            yield "a repeated answer does not say that it is one."

    def _foretold(self, ask: Any, answer: Any, now: int) -> Iterable[str]:
        wanted = self.expects(ask, now)
        if not wanted and answer.code:
            yield f"refused {answer.code}, although nothing forbids it."
        elif wanted and answer.code not in wanted:
            yield f"answered {answer.code or 'done'}, not {' or '.join(sorted(wanted))}."

    def _kept(self, answer: Any, entry: Any) -> Iterable[str]:
        if answer.hit:
            yield "a first answer says that it is a repeated one."
        if not answer.code:
            if entry is None:
                yield "done without an entry in the journal."
        elif answer.code.startswith(PASSING):
            if entry is not None or answer.entry:
                yield f"{answer.code} may pass by itself, yet it is kept under the id."
        elif answer.code.startswith(LASTING) and entry is None:
            yield f"{answer.code} depends on the book, yet it is not kept: a late duplicate could succeed."
        if entry is not None and answer.entry != entry.n:
            yield f"the answer names entry {answer.entry}, the journal wrote {entry.n}."

    # -- foretelling an ask that says what should move -------------------------------------------------------------

    def expects(self, ask: Any, now: int) -> set[str]:
        """The codes with which this ask may be refused now; empty when it must be done."""
        ending = {end.id for end in ask.ends}
        codes = {"hold.stage_ended" for end in ask.ends if self._cannot_end(end, now)}
        moved = self._moved(ask.postings)
        reserved: dict[Account, int] = {}
        for hold in ask.opens:
            for posting in hold.postings:
                account = (posting.debit, posting.asset)
                reserved[account] = reserved.get(account, 0) + posting.units
        debited = {(posting.debit, posting.asset) for posting in ask.postings} | set(reserved)
        still = {id: hold for id, hold in self.holds.items() if id not in ending}
        for account in debited:
            held = sum(hold.on(account) for hold in still.values() if now < hold.ends) + reserved.get(account, 0)
            left = self.posted.get(account, 0) + moved.get(account, 0) - held
            if left < 0 and not self.may_owe(account[0]):
                codes.add(self.short(account[0]))
        codes |= {bound.code for bound in ask.bounds if self._breaks(bound, moved, reserved, still, now)}
        return codes | self._beyond(ask, now)

    def _cannot_end(self, end: Any, now: int) -> bool:
        hold = self.holds.get(end.id)
        return hold is None or (end.kind == "capture" and hold.ends <= now)

    def _moved(self, postings: Iterable[Any]) -> dict[Account, int]:
        moved: dict[Account, int] = {}
        for posting in postings:
            for address, units in ((posting.debit, -posting.units), (posting.credit, posting.units)):
                account = (address, posting.asset)
                moved[account] = moved.get(account, 0) + units
        return moved

    def _breaks(
        self, bound: Any, moved: Mapping[Account, int], reserved: Mapping[Account, int], still: Mapping[str, Held],
        now: int,
    ) -> bool:  # fmt: skip
        """Whether the balance afterwards is outside the bound: most counts what is posted, least what is free."""
        account = (bound.address, bound.asset)
        after = self.posted.get(account, 0) + moved.get(account, 0)
        held = reserved.get(account, 0) + sum(hold.on(account) for hold in still.values() if now < hold.ends)
        low = bound.at_least is not None and after - held < bound.at_least
        return low or (bound.at_most is not None and after > bound.at_most)

    def _beyond(self, ask: Any, now: int) -> set[str]:
        after: dict[Counter, tuple[int, int]] = {}
        given = [tuple(_use(use)) for use in ask.uses]
        for id in self._ends_now(ask, now):
            given += [(who, what, day, -units, -times) for who, what, day, units, times in self.holds[id].uses]
        for who, what, day, units, times in given:
            for counter in _counters(who, what, day):
                had = after.get(counter) or self.used.get(counter, (0, 0))
                after[counter] = (had[0] + units, had[1] + times)
        codes = set()
        for limit in ask.limits:
            counter = (limit.subject, limit.counter, limit.window)
            units, times = after.get(counter) or self.used.get(counter, (0, 0))
            if (units if limit.measure == "units" else times) > limit.most:
                codes.add(limit.code)
        return codes

    def _ends_now(self, ask: Any, now: int) -> list[str]:
        """Holds this ask ends without money: released, expired, or overdue on an account that it debits."""
        debited = {(p.debit, p.asset) for p in ask.postings}
        debited |= {(p.debit, p.asset) for hold in ask.opens for p in hold.postings}
        named = {end.id for end in ask.ends if end.kind != "capture" and end.id in self.holds}
        overdue = {
            id for id, hold in self.holds.items() if hold.ends <= now and any(hold.on(account) for account in debited)
        }
        return sorted(named | overdue)

    # -- an entry of the journal -----------------------------------------------------------------------------------

    def wrote(self, entry: Any) -> list[str]:
        """Everything that is wrong with the next entry; the model then holds what the entry says."""
        faults = [f"entry {entry.n} {fault}" for fault in self._in_order(entry)]
        changes = entry.changes
        ended = [(one.hold.id, one.kind) for one in changes.ends]
        if entry.refused and (entry.postings or changes.opens or ended or changes.uses or changes.records):
            faults.append(f"entry {entry.n} refuses {entry.refused} and changes something nevertheless.")
        before = dict(self.holds)
        faults += [f"entry {entry.n} {fault}" for fault in self._end(entry, ended)]
        faults += [f"entry {entry.n} {fault}" for fault in self._count(entry, before)]
        faults += [f"entry {entry.n} {fault}" for fault in self._move(entry)]
        for opened in changes.opens:
            if opened.id in self.holds:
                faults.append(f"entry {entry.n} opens the hold {opened.id}, which is open already.")
            self.holds[opened.id] = _held(opened)
        faults += [f"entry {entry.n} {fault}" for fault in self._covered(entry)]
        self.n, self.entered = entry.n, max(self.entered, entry.entered)
        return faults

    def _in_order(self, entry: Any) -> Iterable[str]:
        if entry.n != self.n + 1:
            yield f"follows entry {self.n}."
        if entry.entered < self.entered:
            yield "was entered before the one in front of it."
        if entry.at > entry.entered:
            yield "happened after it was entered."
        known = self.told.get(entry.id)
        if known is not None and known.entry != entry.n:
            yield f"repeats the id of entry {known.entry}."

    def _end(self, entry: Any, ended: list[tuple[str, str]]) -> Iterable[str]:
        taken: dict[Account, int] = {}
        for posting in entry.postings:
            account = (posting.debit, posting.asset)
            taken[account] = taken.get(account, 0) + posting.units
        captured: dict[Account, int] = {}
        for id, kind in ended:
            hold = self.holds.pop(id, None)
            if hold is None:
                yield f"ends the hold {id}, which is not open."
                continue
            late = hold.ends <= entry.entered
            if kind == "capture" and late:
                yield f"captures the hold {id} after its end."
            if kind == "expire" and not late:
                yield f"expires the hold {id} before its end."
            if kind == "capture":
                for account in {(debit, asset) for debit, _, asset, _ in hold.postings}:
                    captured[account] = captured.get(account, 0) + hold.on(account)
        if self.capture_bounded:
            for account, most in captured.items():
                if taken.get(account, 0) > most:
                    yield f"takes {taken[account]} from {account[0]}, for whom {most} {account[1]} were held."

    def _count(self, entry: Any, before: Mapping[str, Held]) -> Iterable[str]:
        """Usage: what is counted belongs to the day it happened, what is given back is what the hold had counted."""
        back: list[tuple[str, str, str, int, int]] = []
        for one in entry.changes.ends:
            hold = before.get(one.hold.id)
            if one.kind != "capture" and hold is not None:
                back += [(who, what, day, -units, -times) for who, what, day, units, times in hold.uses]
        written = [_use(use) for use in entry.changes.uses]
        for use in back:
            if use in written:
                written.remove(use)
            else:
                yield f"frees a hold and does not give back what it counted: {_said(use)}."
        for use in written:
            if use[3] < 0 and not entry.reverses:
                yield f"gives back what nobody counted: {_said(use)}."
            if use[3] >= 0 and use[2] not in (city_day(entry.at), WHOLE):
                yield f"counts for {use[2]}, but it happened on {city_day(entry.at)}."
        for use in (_use(one) for one in entry.changes.uses):
            for counter in _counters(*use[:3]):
                units, times = self.used.get(counter, (0, 0))
                self.used[counter] = (units + use[3], times + use[4])
                if min(self.used[counter]) < 0:
                    yield f"leaves less than nothing counted for {' '.join(counter)}."

    def _move(self, entry: Any) -> Iterable[str]:
        for posting in entry.postings:
            if not isinstance(posting.units, int) or isinstance(posting.units, bool) or posting.units < 1:
                yield f"moves {posting.units!r} {posting.asset}."
            if posting.debit == posting.credit:
                yield f"moves {posting.asset} from {posting.debit} to itself."
        for account, units in self._moved(entry.postings).items():
            self.posted[account] = self.posted.get(account, 0) + units

    def _covered(self, entry: Any) -> Iterable[str]:
        """Nobody but issuers owes, what is held is still there, and overdue holds of a touched account are ended."""
        touched = {(p.debit, p.asset) for p in entry.postings}
        touched |= {(p.debit, p.asset) for hold in entry.changes.opens for p in hold.postings}
        for account in sorted(touched):
            for id, hold in sorted(self.holds.items()):
                if hold.ends <= entry.entered and hold.on(account):
                    yield f"touches {account[0]} and leaves its overdue hold {id}."
            if self.may_owe(account[0]):
                continue
            left = self.free(account, entry.entered)
            if left < 0:
                yield f"leaves {account[0]} {-left} {account[1]} short."

    # -- the whole book ----------------------------------------------------------------------------------------------

    def differs(
        self, *, balances: Mapping[Account, tuple[int, int]] | None = None, holds: Iterable[str] | None = None,
        used: Mapping[Counter, tuple[int, int]] | None = None,
    ) -> list[str]:  # fmt: skip
        """What the book says differently from the model: (posted, held) of accounts, open holds, usage."""
        faults = []
        for account in sorted({*(balances or {}), *(self.posted if balances is not None else ())}):
            mine = (self.posted.get(account, 0), self.held(account))
            theirs = (balances or {}).get(account, (0, 0))
            if mine != theirs:
                faults.append(f"{account[0]} has {theirs} {account[1]} (posted, held) in the book, not {mine}.")
        if holds is not None:
            odd = sorted(set(holds) ^ set(self.holds))
            faults += [f"the hold {id} is {'not ' if id in self.holds else ''}open in the book." for id in odd]
        if used is not None:
            for counter in sorted({*used, *self.used}):
                theirs, mine = used.get(counter, (0, 0)), self.used.get(counter, (0, 0))
                if theirs != mine:
                    faults.append(f"{' '.join(counter)} counts {theirs} in the book, not {mine}.")
        return faults + self.sums()

    def sums(self) -> list[str]:
        """Assets of which something was made or lost: each must come to zero over all accounts."""
        totals: dict[str, int] = {}
        for (_, asset), units in self.posted.items():
            totals[asset] = totals.get(asset, 0) + units
        return [f"{asset} comes to {units} over all accounts." for asset, units in sorted(totals.items()) if units]


def _what(request: Any) -> tuple[str, str, Any]:
    return request.act, request.credential, request.ask


def _use(use: Any) -> tuple[str, str, str, int, int]:
    return use.subject, use.counter, use.day, use.units, use.times


def _counters(who: str, what: str, day: str) -> list[Counter]:
    return [(who, what, window) for window in dict.fromkeys((day, day[:7], day[:4]))]


def _held(hold: Any) -> Held:
    postings = [(p.debit, p.credit, p.asset, p.units) for p in hold.postings]
    return Held(postings, FOREVER if hold.ends is None else hold.ends, [_use(use) for use in hold.uses])


def _said(use: tuple[str, str, str, int, int]) -> str:
    who, what, day, units, times = use
    return f"{units} units and {times} times of {what} for {who} on {day}"
