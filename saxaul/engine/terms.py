"""Dated, sourced numbers of programmes: the one in force at an act's time counts, and an old act keeps the old one.

A file of terms is TOML. A term is a table of days; from the first moment of a day in the city a new value holds until
the next day that is written. Nothing counts that has no day or no source, so a page can always say who says so:

    [source.ccb_app_2020]
    title = "Report on the wallet limits shown in the CCB app"
    where = "xiguacaijing 2020/27414"

    [tier.4.payment_limit]
    says = "Most that one payment from a wallet of tier 4 may be."
    unit = "ECNY/2"
    2020-08-29 = { value = 50_000, status = "published", source = "ccb_app_2020" }
    2021-06-11 = { value = 200_000, status = "published", source = "biia_2022" }

A value is a whole number, text, yes or no, or a list of those; `value` with `of` is a rate; `none = true` says that the
term has no value from that day on. Before its first day a term has none either.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from saxaul.kernel import times
from saxaul.kernel.amounts import Rate

STATUSES: Final = ("published", "reported", "derived", "not_published", "assumed")
OURS: Final = "ours"
_OF_TERM: Final = frozenset({"says", "unit"})
_OF_ROW: Final = frozenset({"value", "of", "none", "unit", "status", "source", "note"})


class TermsFaulty(ValueError):
    """Files of terms that cannot be used; `faults` lists everything that is wrong, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(f"The terms have {len(faults)} faults:\n" + "\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a term: from `in_force` (a day of the city) on, with its unit and who says so.

    `where` is where the source stands. `status`: published, reported (by press), derived, not_published, assumed.
    """

    name: str
    says: str
    in_force: str
    value: Any
    unit: str
    status: str
    source: str
    where: str
    note: str


def of_row(row: Any) -> Term:
    """The term that two officers set, from its record; its value is JSON, null where there is no such limit."""
    value = json.loads(row.value)
    if row.per and value is not None:
        value = Rate(value, row.per)
    return Term(row.name, row.says, row.in_force, value, row.unit, row.status, row.source, "this book", "")


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of an installation. Nothing changes after loading, so threads may share it.

    All values that hold between two changes are one dictionary: `at` is on the path of every payment.
    """

    rows: tuple[Term, ...]
    zone: str = times.ZONE
    _starts: list[int] = field(init=False, repr=False)
    _values: list[dict[str, Any]] = field(init=False, repr=False)
    _versions: list[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_day: dict[str, list[Term]] = {}
        for row in self.rows:
            by_day.setdefault(row.in_force, []).append(row)
        values: dict[str, Any] = dict.fromkeys(row.name for row in self.rows)
        units: dict[str, str] = {}
        starts, every, versions = [], [values], [_version(values, units)]
        for day in sorted(by_day):
            changed = {row.name: row.value for row in by_day[day]}
            units |= {row.name: row.unit for row in by_day[day]}
            values = {**values, **changed}
            starts.append(times.start_of_day(day, self.zone))
            every.append(values)
            versions.append(_version(values, units))
        object.__setattr__(self, "_starts", starts)
        object.__setattr__(self, "_values", every)
        object.__setattr__(self, "_versions", versions)

    @classmethod
    def load(cls, paths: Iterable[Path], zone: str = times.ZONE) -> Terms:
        """The terms of all files together; raises TermsFaulty with every fault of every file."""
        faults: list[str] = []
        found: dict[tuple[str, str], Term] = {}
        for path in paths:
            for row in _read(path, faults):
                if (row.name, row.in_force) in found:
                    faults.append(f"{path.name}: {row.name} has a value from {row.in_force} in another file already.")
                found[row.name, row.in_force] = row
        if faults:
            raise TermsFaulty(faults)
        return cls(tuple(found[key] for key in sorted(found)), zone)

    def amended(self, rows: Iterable[Term]) -> Terms:
        """The same terms with values that two officers set; from its day on each stands above the value that ships."""
        found = {(row.name, row.in_force): row for row in (*self.rows, *rows)}
        return Terms(tuple(found[key] for key in sorted(found)), self.zone)

    def at(self, name: str, us: int) -> Any:
        """The value in force at an instant; None where the terms say that there is none, or not yet any."""
        try:
            return self._values[bisect_right(self._starts, us)][name]
        except KeyError:
            raise AssertionError(f"no term is called {name}") from None

    def values(self, us: int) -> dict[str, Any]:
        """All values in force at an instant, by name: one lookup for an act that reads several."""
        return self._values[bisect_right(self._starts, us)]

    def version(self, us: int) -> str:
        """Twelve hex digits that change whenever any value in force changes."""
        return self._versions[bisect_right(self._starts, us)]

    def names(self) -> list[str]:
        """All names, in order."""
        return sorted(self._values[0])

    def table(self) -> list[Term]:
        """Every value with its day, unit, status and source, for the reference pages: by name, then by day."""
        return list(self.rows)


def _version(values: dict[str, Any], units: dict[str, str]) -> str:
    lines = [f"{name}={values[name]!r} {units.get(name, '')}" for name in sorted(values)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _read(path: Path, faults: list[str]) -> Iterator[Term]:
    try:
        body = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name}: not TOML: {error}.")
        return
    sources = body.pop("source", {})
    body.pop("meta", None)
    for name, source in sources.items():
        if not source.get("title") or not source.get("where"):
            faults.append(f"{path.name}: source {name} needs title and where.")
    for name, table in _tables("", body):
        yield from _rows(path.name, name, table, sources, faults)


def _tables(stem: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(dotted name, table) of every table that holds something else than tables of terms."""
    inner = {key: part for key, part in body.items() if isinstance(part, dict) and not _is_row(part)}
    own = {key: part for key, part in body.items() if key not in inner}
    if own and stem:
        yield stem, own
    for key, part in inner.items():
        yield from _tables(f"{stem}.{key}" if stem else key, part)


def _is_row(part: dict[str, Any]) -> bool:
    return not part.keys().isdisjoint({"value", "none", "status", "source"})


def _rows(
    file: str, name: str, table: dict[str, Any], sources: dict[str, Any], faults: list[str]
) -> Iterator[Term]:  # fmt: skip
    place = f"{file}: {name}"
    before = len(faults)
    says, unit = table.get("says", ""), table.get("unit", "")
    if not says:
        faults.append(f"{place} needs `says`, a sentence that tells what it is.")
    dated = {key: row for key, row in table.items() if key not in _OF_TERM}
    if not dated:
        faults.append(f"{place} has no dated value.")
    for day, row in dated.items():
        if not _is_day(day) or not isinstance(row, dict):
            faults.append(f"{place}: {day} is no day with a value; write 2021-06-11 = {{ value = …, source = … }}.")
            continue
        faults += [f"{place} from {day} {fault}" for fault in _faults(row, unit, sources)]
        if len(faults) == before:
            source = sources.get(row["source"], {})
            yield Term(
                name, says, day, _value(row), row.get("unit", unit), row["status"],
                source.get("title", row["source"]), source.get("where", ""), row.get("note", ""),
            )  # fmt: skip


def _faults(row: dict[str, Any], unit: str, sources: dict[str, Any]) -> Iterator[str]:
    """Sentences on what keeps a dated value from counting."""
    unknown = sorted(row.keys() - _OF_ROW)
    if unknown:
        yield f"has {', '.join(unknown)}, which nobody reads."
    if (row.get("none") is True) == ("value" in row):
        yield "needs either `value` or `none = true`."
    if not all(isinstance(one, (int, str)) for one in _parts(row.get("value"))):
        yield "is not a whole number, text, yes or no, or a list of those; write a rate as value and of."
    if "of" in row and not (_whole(row.get("value"), 0) and _whole(row["of"], 1)):
        yield "is no rate: value and of are whole numbers, of at least 1."
    if not row.get("unit", unit):
        yield "has no unit."
    if row.get("status") not in STATUSES:
        yield f"has no status; it is one of {', '.join(STATUSES)}."
    source = row.get("source", "")
    if not source or not isinstance(source, str):
        yield "has no source."
    elif sources and source not in sources:
        yield f"names the source {source}, which this file does not describe."
    elif source == OURS and row.get("status") in ("published", "reported"):
        yield "calls our own word published."


def _parts(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _value(row: dict[str, Any]) -> Any:
    if "of" in row:
        return Rate(row["value"], row["of"])
    value = row.get("value")
    return tuple(value) if isinstance(value, list) else value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
