"""A book with no programme but a bare transfer, for tests of the ledger itself."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul import app

app.prepare_models()

from saxaul.engine import (  # noqa: E402, E501
    AccountClass,
    Act,
    Bound,
    Change,
    Declarations,
    HoldEnd,
    HoldOpen,
    Limit,
    Plan,
    Posting,
    Programme,
    Use,
)
from saxaul.engine.clerk import Clerk  # noqa: E402
from saxaul.engine.core import PROGRAMME as CORE  # noqa: E402
from saxaul.engine.request import Answer, request  # noqa: E402
from saxaul.kernel import ids  # noqa: E402
from saxaul.ledger.store import open_store  # noqa: E402


class Move(msgspec.Struct, frozen=True):
    """Anything a plan may do, said by the test."""

    postings: list[Posting] = []
    opens: list[HoldOpen] = []
    ends: list[HoldEnd] = []
    uses: list[Use] = []
    limits: list[Limit] = []
    bounds: list[Bound] = []
    changes: list[Change] = []
    fault: bool = False


class Moved(msgspec.Struct, frozen=True):
    """Nothing to say."""


def move(facts: Any, ask: Move) -> Plan:
    """What the test asked for."""
    assert not ask.fault, "a fault the test planted"
    return Plan(
        postings=ask.postings, opens=ask.opens, ends=ask.ends, uses=ask.uses, limits=ask.limits, bounds=ask.bounds,
        changes=ask.changes, receipt=Moved(),
    )  # fmt: skip


def touches(peek: Any, who: str, ask: Move) -> list[tuple[str, Any]]:
    """Only half of what a move reads, and no word for one with a fault: the clerk must not depend on it."""
    assert not ask.fault, "a fault the test planted"
    return [("balance", (one.debit, one.asset)) for one in ask.postings]


PLAIN = Programme(
    name="plain", title="Bare movements",
    acts=(Act("plain.move", Move, move, Moved, roles=("system",), touches=touches),),
    accounts=(AccountClass("merchant:$id:due", ("ECNY",), short="refund.payee_short"),),
)  # fmt: skip


class NoTerms:
    """A book without terms."""

    def values(self, us: int) -> dict[str, Any]:
        return {}

    def version(self, us: int) -> str:
        return "none"


def declared() -> Declarations:
    return Declarations((CORE, PLAIN))


def clerk_of(dsn: str, clock: Any, store: Any = None) -> Clerk:
    return Clerk(store or open_store(dsn), declared(), NoTerms(), clock)


def id_of(number: int, clock: Any) -> str:
    """A client's id: the same number at the same instant is the same id."""
    return ids.fresh(clock(), number.to_bytes(10, "big"))


def ask(number: int, clock: Any, **what: Any) -> Any:
    return request("plain.move", Move(**what), id=id_of(number, clock))


def pay(debit: str, credit: str, units: int, asset: str = "ECNY/2") -> Posting:
    return Posting(debit, credit, asset, units)


def codes(answers: list[Answer]) -> list[str]:
    return [answer.code for answer in answers]


W = "wallet:" + "a" * 32
V = "wallet:" + "b" * 32
M = "merchant:" + "c" * 32 + ":due"
BANK = "issuer:central"
