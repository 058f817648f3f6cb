"""What a guard adds to a plan, and how what several guards found becomes one outcome. Refusing is raising."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from saxaul.kernel.refusal import REASONS
from saxaul.ledger.plan import Bound, Limit, Use

OUTCOMES = ("allow", "hold", "deny")  # the graver one of two findings counts
OBLIGATIONS = ("confirm", "step_up", "delay", "cap")


class Finding(msgspec.Struct, frozen=True):
    """A reason a guard gives: its code in the catalogue, the outcome it calls for, what it asks of the payer.

    `rule`: the guard or the operator's rule, `version` of it, so that it can be replayed against a changed one.
    `most`: for a cap, the greatest units that pass; `seconds`: for a delay.
    """

    code: str
    rule: str
    version: str = ""
    outcome: str = "allow"
    obligation: str = ""
    most: int = 0
    seconds: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """The join of findings: the gravest outcome, all obligations, the least cap, the longest delay."""

    outcome: str = "allow"
    obligations: frozenset[str] = frozenset()
    most: int | None = None
    seconds: int = 0
    reasons: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """Usage to count, limits and bounds for the ledger to enforce, findings to join, and notes for the receipt."""

    uses: tuple[Use, ...] = ()
    limits: tuple[Limit, ...] = ()
    bounds: tuple[Bound, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def join(findings: Iterable[Finding]) -> Outcome:
    """What all findings together come to; their order does not matter."""
    found = sorted(findings, key=lambda one: (one.code, one.rule))
    for one in found:
        assert one.code in REASONS and one.outcome in OUTCOMES, f"{one.code} is no finding of the catalogue"
        assert not one.obligation or one.obligation in OBLIGATIONS, f"{one.obligation} is no obligation"
    caps = [one.most for one in found if one.obligation == "cap"]
    return Outcome(
        outcome=max((one.outcome for one in found), key=OUTCOMES.index, default="allow"),
        obligations=frozenset(one.obligation for one in found if one.obligation),
        most=min(caps) if caps else None,
        seconds=max((one.seconds for one in found), default=0),
        reasons=tuple(dict.fromkeys(one.code for one in found)),
    )
