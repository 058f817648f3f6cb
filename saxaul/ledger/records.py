"""Records: rows kept beside the ledger, declared once as Django models, found by key only.

From each model the ledger makes a frozen row type and one upsert statement; nothing here imports Django, a model is
only asked for its table and its fields. Rows are written through in the unit of work and never lag.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

_pack = msgspec.msgpack.Encoder().encode

Row = Any  # a frozen struct with the model's fields; its type is made when the book is opened


class Table:
    """One record table: its row type, its columns in order, and how to write and read it."""

    def __init__(self, name: str, columns: list[tuple[str, Any]], *, chained: bool = True) -> None:
        assert columns[0][0] == "key" and columns[-1][0] == "entry", f"{name}: first column key, last column entry"
        self.name = name
        self.chained = chained  # False: written beside the chain (the vault), so that erasing leaves the chain whole
        self.columns = [column for column, _ in columns]
        self._declared = columns
        fields = [(column, Any, msgspec.NODEFAULT if default is ... else default) for column, default in columns]
        self.row = msgspec.defstruct(name, fields, frozen=True, kw_only=True, gc=False)
        quoted = [f'"{column}"' for column in self.columns]  # a field may be called like a word of SQL
        listed = ", ".join(quoted)
        marks = ", ".join("?" * len(self.columns))
        sets = ", ".join(f"{column} = excluded.{column}" for column in quoted[1:])
        self.upsert = f"INSERT INTO {name} ({listed}) VALUES ({marks}) ON CONFLICT (key) DO UPDATE SET {sets}"
        self.select = f"SELECT {listed} FROM {name} WHERE key IN "

    def __reduce__(self) -> tuple[Any, ...]:
        """A table travels to another process as what it was declared from; its row type is made there again."""
        return _table, (self.name, self._declared, self.chained)

    @classmethod
    def of(cls, model: Any) -> Table:
        """The table of a Django model (duck-typed: `_meta` names table and fields)."""
        columns = []
        for field in model._meta.concrete_fields:
            default = ... if not field.has_default() else field.get_default()
            if default is ... and field.null:
                default = None
            columns.append((field.column, default))
        head = [pair for pair in columns if pair[0] == "key"]
        tail = [pair for pair in columns if pair[0] == "entry"]
        middle = [pair for pair in columns if pair[0] not in ("key", "entry")]
        return cls(model._meta.db_table, head + middle + tail, chained=not getattr(model, "outside_chain", False))

    def make(self, values: Iterable[Any]) -> Row:
        """A row from values in the order of the columns."""
        return self.row(**dict(zip(self.columns, values, strict=True)))

    def new(self, key: str, fields: dict[str, Any], entry: int) -> Row:
        """A new row; a field the model lacks is a fault of the plan."""
        return self.row(key=key, entry=entry, **fields)

    def values(self, row: Row) -> tuple[Any, ...]:
        """The row's values in the order of the columns, as the driver takes them."""
        return msgspec.structs.astuple(row)


def _table(name: str, columns: list[tuple[str, Any]], chained: bool) -> Table:
    return Table(name, columns, chained=chained)


def mark_of(values: tuple[Any, ...]) -> str:
    """A digest of a whole row, kept in the journal with the change that made it so."""
    return hashlib.sha256(_pack(values)).hexdigest()[:16]
