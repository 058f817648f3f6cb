"""Whose wallet is it: the questions every programme asks before it plans a payment."""

from __future__ import annotations

from typing import Any

from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts


def address(wallet: str) -> str:
    """Where a wallet's money stands."""
    return f"wallet:{wallet}"


def own_wallet(facts: Facts, wallet: str) -> Any:
    """The actor's own wallet row. Another's answers `request.object_missing`, exactly like an unknown one."""
    row = facts.record("people_wallet", wallet)
    actor = facts.actor
    mine = row is not None and (
        (row.person and row.person == actor.person) or (row.organisation and row.organisation == actor.organisation)
    )
    if not mine:
        raise Refusal("request.object_missing")
    return row


def organisation(facts: Facts, id: str, kind: str) -> Any:
    """The organisation of that kind; refuses `request.object_missing` when unknown."""
    row = facts.must("people_organisation", id)
    if row.kind != kind:
        raise Refusal("request.object_missing")
    return row


def open_merchant(facts: Facts, id: str) -> Any:
    """A merchant that may take payments; refuses `payee.account_missing` and `merchant.stage_suspended`."""
    row = facts.record("people_organisation", id)
    if row is None or row.kind != "merchant" or row.stage == "closed":
        raise Refusal("payee.account_missing")
    if row.stage != "active":
        raise Refusal("merchant.stage_suspended")
    return row
