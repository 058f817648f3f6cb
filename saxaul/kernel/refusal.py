"""The closed list of ways to say no.

A person in a queue, a program and an operator all meet the same refusal, so a refusal is a code and a few facts, never
a sentence: surfaces map its sort to HTTP or an exit code, `texts` makes the sentence in the reader's language, and
`refusals.toml` says for every code whether the answer is remembered and whether asking again can help. A code that is
not in that list is a bug of the program, hence an assertion.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

Fact = str | int | list[str]

# Each sort with its HTTP status and its exit code on the command line.
SORTS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "invalid": (422, 2),
        "unauthenticated": (401, 3),
        "forbidden": (403, 4),
        "missing": (404, 5),
        "conflict": (409, 6),
        "limited": (429, 7),
        "unavailable": (503, 8),
    }
)

AGAIN: Final = ("with the same id", "with a new id", "not")


@dataclass(frozen=True, slots=True)
class Code:
    """One refusal of the catalogue: what sort of no it is, whether it is remembered, whether asking again can help."""

    code: str
    sort: str
    status: int
    exit: int
    lasting: bool
    again: str
    now: str
    cause: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A note on a receipt, or a finding of a guard: it explains, and is never an answer of its own."""

    code: str
    kind: str
    cause: str


def _read() -> tuple[dict[str, Code], dict[str, Reason]]:
    """Both lists of `refusals.toml`; a row that breaks the file's own rules stops the start."""
    codes: dict[str, Code] = {}
    reasons: dict[str, Reason] = {}
    rows = tomllib.loads(files("saxaul.kernel").joinpath("refusals.toml").read_text("utf-8"))
    for code, row in rows.items():
        kind = row.pop("kind", "refusal")
        cause = row.pop("cause", "")
        if kind != "refusal":
            assert kind in ("note", "finding") and not row, f"{code}: a reason has a kind and a cause, nothing else"
            reasons[code] = Reason(code, kind, cause)
            continue
        status, exit_code = SORTS[row["sort"]]
        status = row.pop("status", status)
        assert row["again"] in AGAIN, f"{code}: again is one of {AGAIN}"
        codes[code] = Code(code=code, status=status, exit=exit_code, cause=cause, **row)
    return codes, reasons


_codes, _reasons = _read()
CATALOGUE: Final[Mapping[str, Code]] = MappingProxyType(_codes)
REASONS: Final[Mapping[str, Reason]] = MappingProxyType(_reasons)


def _is_fact(value: Any) -> bool:
    """Facts are what JSON and a sentence can both carry: text (amounts and dates too), whole numbers, lists of text."""
    if type(value) is list:
        return all(type(part) is str for part in value)
    return type(value) in (str, int)


class Refusal(Exception):
    """The expected no: nothing has moved. `Refusal("wallet.funds_short", need="2.00 ECNY", free="1.35 ECNY")`.

    Facts name ids, amounts and dates, never a person: a refusal is kept in the journal and read by programs.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        assert code in _codes, f"{code} is not in kernel/refusals.toml"
        assert all(map(_is_fact, facts.values())), f"{code}: facts are text, whole numbers or lists of text: {facts}"
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({facts})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.code, self.facts)

    @property
    def entry(self) -> Code:
        """The row of the catalogue."""
        return _codes[self.code]

    @property
    def sort(self) -> str:
        """One of SORTS; the only thing a surface looks at."""
        return _codes[self.code].sort

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _codes[self.code].status

    @property
    def exit(self) -> int:
        """The exit code on the command line."""
        return _codes[self.code].exit

    @property
    def lasting(self) -> bool:
        """Whether the answer is remembered under the id of the ask."""
        return _codes[self.code].lasting

    @property
    def again(self) -> str:
        """Whether asking again can help: one of AGAIN."""
        return _codes[self.code].again


def _again(code: str, facts: dict[str, Fact]) -> Refusal:
    """Unpickling, for refusals that cross from the clerk's process to a surface's."""
    return Refusal(code, **facts)
