"""Declarations: a programme says what it is, and routes, verbs, documents and the chart follow from it.

Everything a surface can do is an `Act` here; there is no second list to keep in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from saxaul.kernel import refusal
from saxaul.ledger.chart import AccountClass, Chart
from saxaul.ledger.plan import Plan
from saxaul.ledger.records import Table
from saxaul.people.private import Private, Vaulted

if TYPE_CHECKING:
    from saxaul.engine.followers import Due, Follower

Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$", description="32 hex digits; clients make UUIDv7")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9._:/-]+$")]


Peek = Callable[[str, str], Any]

__all__ = ["COMMON", "Act", "Code", "Declarations", "Id", "Peek", "Private", "Programme", "Text", "Vaulted"]

COMMON = ("request.field_invalid", "request.id_reused", "actor.login_missing", "actor.role_missing")


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person or organisation does.

    `plan(facts, ask)` is pure. `refuses` lists every code the plan may raise; guards and the common ones are added by
    the engine. `touches(peek, credential, ask)` names keys it will read, as far as rows in memory lead to them
    (`peek(table, key)`, None for others): where one request lacks rows, those behind it say so without being planned.
    A hint for speed, never needed for truth.
    `upload`: carries its own `at`, so its id may be old. `secret`: never stored by `desk.propose`.
    """

    name: str
    ask: type[msgspec.Struct]
    plan: Callable[..., Plan]
    receipt: type[msgspec.Struct]
    roles: tuple[str, ...]
    refuses: tuple[str, ...] = ()
    summary: str = ""
    path: str = ""
    touches: Callable[[Peek, str, Any], Iterable[tuple[str, Any]]] | None = None
    two_officers: bool = False
    upload: bool = False

    def __post_init__(self) -> None:
        programme, _, verb = self.name.partition(".")
        assert programme and verb, f"{self.name} is not written programme.act"
        if not self.path:
            object.__setattr__(self, "path", f"/v1/{programme}/{verb.replace('_', '-')}")
        if not self.summary:
            object.__setattr__(self, "summary", (self.plan.__doc__ or "").strip().split("\n")[0])
        for code in self.refuses:
            assert code in refusal.CATALOGUE, f"{self.name} refuses {code}, which the catalogue does not know"


@dataclass(frozen=True, slots=True)
class Programme:
    """One kind of programme: its accounts, records, acts, what follows from the journal and what falls due."""

    name: str
    title: str
    acts: tuple[Act, ...] = ()
    accounts: tuple[AccountClass, ...] = ()
    records: tuple[Any, ...] = ()
    followers: tuple[Follower, ...] = ()
    dues: tuple[Due, ...] = ()
    figures: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Declarations:
    """All programmes of a book, with what follows from them."""

    programmes: tuple[Programme, ...]
    acts: dict[str, Act] = field(init=False)
    chart: Chart = field(init=False)
    tables: tuple[Table, ...] = field(init=False)

    def __post_init__(self) -> None:
        acts = {act.name: act for programme in self.programmes for act in programme.acts}
        assert len(acts) == sum(len(p.acts) for p in self.programmes), "two acts have the same name"
        object.__setattr__(self, "acts", acts)
        object.__setattr__(self, "chart", Chart(one for p in self.programmes for one in p.accounts))
        tables = [Table.of(model) for p in self.programmes for model in p.records]
        assert len({table.name for table in tables}) == len(tables), "two records share a table"
        object.__setattr__(self, "tables", tuple(tables))
