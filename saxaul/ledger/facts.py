"""What an act knows: the book as it stands for this ask, the instant, the actor and the terms in force.

Facts are read only. A key nobody has read yet interrupts the plan (NotGathered); the clerk reads it for the whole
batch and plans again, which is harmless because plans are pure. That is why acts need no list of what they may touch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.plan import HoldOpen
from saxaul.ledger.state import ABSENT, NotGathered

if TYPE_CHECKING:
    from saxaul.ledger.unit import Unit


class Actor(msgspec.Struct, frozen=True):
    """Who asks: a natural person, for an organisation where one is named, with the roles the credential carries."""

    person: str = ""
    organisation: str = ""
    roles: frozenset[str] = frozenset()
    credential: str = ""
    shop: str = ""
    terminal: str = ""


class Proof(msgspec.Struct, frozen=True):
    """What the surface has verified beside the ask: a PIN or device key, bound to amount and payee, until `until`."""

    kind: str
    person: str
    payee: str = ""
    asset: str = ""
    units: int = 0
    until: int = 0


class InForce(Protocol):
    """Dated terms: all values in force at an instant."""

    def values(self, us: int) -> dict[str, Any]: ...

    def version(self, us: int) -> str: ...


class Facts:
    """The facts of one ask."""

    __slots__ = (
        "_unit", "_overlay", "_memory", "_terms", "_values", "id", "now", "at", "actor", "proofs", "zone",
    )  # fmt: skip

    def __init__(
        self, unit: Unit, *, id: str, at: int, actor: Actor, terms: InForce, proofs: tuple[Proof, ...] = (),
        zone: str = times.ZONE,
    ) -> None:  # fmt: skip
        self._unit, self._overlay, self._memory = unit, unit.records, unit.state.records
        self._terms, self._values = terms, terms.values(at)
        self.id, self.at, self.actor, self.proofs, self.zone = id, at, actor, proofs, zone
        self.now = unit.entered

    def as_actor(self, actor: Actor, id: str) -> Facts:
        """The same facts as another actor would have them under another id, for the act that an approval carries."""
        return Facts(
            self._unit, id=id, at=self.at, actor=actor, terms=self._terms, proofs=self.proofs, zone=self.zone
        )  # fmt: skip

    @property
    def day(self) -> str:
        """The city's day of `at`."""
        return times.day(self.at, self.zone)

    def term(self, name: str) -> Any:
        """The value in force at `at`; None where the terms say that there is none."""
        try:
            return self._values[name]
        except KeyError:
            raise AssertionError(f"no term is called {name}") from None

    def record(self, table: str, key: str) -> Any:
        """The record's row, or None."""
        rows = self._overlay.get(table)  # the same steps as Unit.record, without a call: plans read ten rows each
        found = rows.get(key, ABSENT) if rows is not None else ABSENT
        if found is ABSENT:
            found = self._memory[table].get(key, ABSENT)
            if found is ABSENT:
                raise NotGathered([(table, key)])
        return found

    def records(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Several rows at once (None where there is none): one query for what was never read."""
        rows, missing = [], []
        for key in keys:
            try:
                rows.append(self._unit.record(table, key))
            except NotGathered as miss:
                missing += miss.keys
        if missing:
            raise NotGathered(missing)
        return rows

    def must(self, table: str, key: str) -> Any:
        """The record's row; refuses `request.object_missing`, as for what belongs to somebody else."""
        row = self.record(table, key)
        if row is None:
            raise Refusal("request.object_missing")
        return row

    def free(self, address: str, asset: str) -> int:
        """Units that may be used now: posted less held, overdue holds not counted."""
        return self._unit.free((address, asset))

    def balance(self, address: str, asset: str) -> tuple[int, int]:
        """(posted, held)."""
        return self._unit.balance((address, asset))

    def usage(self, subject: str, counter: str, window: str) -> tuple[int, int]:
        """(units, times) counted in a day, month or year (`window` is its text)."""
        return self._unit.used(f"{subject}|{counter}|{window}")

    def hold(self, id: str) -> HoldOpen | None:
        """The hold while it is open; one whose end has passed is gone."""
        hold = self._unit.hold(id)
        return None if hold is None or (hold.ends is not None and hold.ends <= self.now) else hold

    def held(self, id: str) -> HoldOpen | None:
        """The hold as long as it is not ended in the journal, even when its end has passed."""
        return self._unit.hold(id)
