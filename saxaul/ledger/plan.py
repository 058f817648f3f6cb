"""What an act would do to the book, as frozen data: the only thing a programme hands to the ledger.

A plan is made by a pure function and judged by guards before the ledger applies it, all or nothing. The structs are
written as arrays into the journal, so their order of fields is part of the book's format: append, never reorder.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.kernel.maxima import MAXIMA

POSTINGS_MAX = MAXIMA.act_postings


class Posting(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`units` of `asset` leave `debit` and arrive at `credit`."""

    debit: str
    credit: str
    asset: str
    units: int


class Use(msgspec.Struct, frozen=True, array_like=True):
    """Count `units` and `times` for `subject` in the city's `day` and, with `over` 2 or 3, its month and its year."""

    subject: str
    counter: str
    day: str
    units: int
    times: int
    over: int = 3


class HoldOpen(msgspec.Struct, frozen=True, array_like=True):
    """Reserve `postings` on their debit accounts until `ends` (microseconds; None waits for a bank, without end).

    `uses` is what the hold counted in its windows: the ledger gives it back when the hold is released or expires.
    """

    id: str
    postings: list[Posting]
    ends: int | None = None
    uses: list[Use] = []


class HoldEnd(msgspec.Struct, frozen=True, array_like=True):
    """End a hold: `capture` (the plan's own postings take at most what was held), `release` or `expire`."""

    id: str
    kind: str


class HoldEnded(msgspec.Struct, frozen=True, array_like=True):
    """In the journal: the hold that ended, whole, so that folding needs nothing but the entry; and how it ended."""

    hold: HoldOpen
    kind: str


class Limit(msgspec.Struct, frozen=True):
    """After the plan, usage in the day, month or year (`window` is its text) is at most `most`, else `code`.

    `quiet`: the limit is somebody else's than the actor's, so the refusal does not tell it.
    """

    subject: str
    counter: str
    window: str
    measure: str  # "units" or "times"
    most: int
    code: str
    asset: str = "ECNY/2"
    quiet: bool = False


class Bound(msgspec.Struct, frozen=True):
    """After the plan, the balance of (address, asset) is at most / at least so much, else `code` with `facts`."""

    address: str
    asset: str
    code: str
    at_most: int | None = None
    at_least: int | None = None
    facts: dict[str, Any] = {}


class Change(msgspec.Struct, frozen=True, array_like=True):
    """New or changed fields of the record `key` in `table`; ids, amounts and codes only, never a name.

    `mark` is filled in by the ledger: a digest of the whole row afterwards, so that a check needs no memory of rows.
    """

    table: str
    key: str
    fields: dict[str, Any]
    new: bool = False
    mark: str = ""


class Payment(msgspec.Struct, frozen=True):
    """What guards look at: who pays whom how much. Addresses and ids only.

    `fixed_code`: paid to a printed code. `purpose`: what the payee sells (category), for money bound to a use.
    `own`: between accounts of the same person. `counted`: a hold counted it already; only freezing and proof matter.
    """

    payer: str
    payee: str
    asset: str
    units: int
    kind: str = "pay"
    fixed_code: bool = False
    merchant: str = ""
    category: str = ""
    own: bool = False
    counted: bool = False


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Something a person should hear: kind and facts; the words are found when it is shown or sent."""

    person: str
    kind: str
    facts: dict[str, Any]


class Aside(msgspec.Struct, frozen=True):
    """A row written in the same unit of work but outside the chain (the vault): erasing it leaves the chain whole."""

    table: str
    key: str
    fields: dict[str, Any]


class Carried(msgspec.Struct, frozen=True):
    """A proposed act that the second officer's approval performs: its name, its ask as JSON, and who proposed it.

    `id`: the proposal's, under which the act is planned. `roles`: what the proposer may do now.
    """

    act: str
    ask: str
    person: str
    organisation: str = ""
    id: str = ""
    roles: tuple[str, ...] = ()


class Plan(msgspec.Struct, kw_only=True):
    """All an act would do. Empty lists are the usual case, so a plan names only what happens.

    `proposes`: an act that is only looked at: known, open to the proposer, its ask well formed. `keeps_asides`: False
    where the vault has what the surface sealed already, under another key.
    """

    postings: list[Posting] = []
    opens: list[HoldOpen] = []
    ends: list[HoldEnd] = []
    uses: list[Use] = []
    limits: list[Limit] = []
    bounds: list[Bound] = []
    changes: list[Change] = []
    asides: list[Aside] = []
    notices: list[Notice] = []
    notes: list[str] = []
    payment: Payment | None = None
    reverses: str | None = None
    carries: Carried | None = None
    proposes: Carried | None = None
    keeps_asides: bool = True
    receipt: Any = None
    versions: str = ""
