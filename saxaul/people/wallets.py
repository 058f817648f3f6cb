"""Whose wallet is it, who may be paid, and what pays: the questions every programme asks before it plans a payment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from saxaul.kernel.amounts import Amount, show, take
from saxaul.kernel.assets import CNY, ECNY
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Posting
from saxaul.people.persons import own_person

POCKETS: Final = {"ecny": ECNY, "cny": CNY}  # own money, as the terms name it
Parts = list[tuple[str, int]]


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


def wallet_of(facts: Facts, named: str | None) -> Any:
    """The wallet that pays or is paid: the one named, which must be the actor's own, else the actor's first."""
    wallet = named or own_person(facts).wallets.partition(" ")[0]
    if not wallet:
        raise Refusal("request.object_missing")
    return own_wallet(facts, wallet)


def unclosed_wallet(facts: Facts, named: str | None) -> Any:
    """The same, refusing `wallet.stage_closed`: what nobody can spend any more is not given."""
    wallet = wallet_of(facts, named)
    if wallet.stage == "closed":
        raise Refusal("wallet.stage_closed")
    return wallet


def organisation(facts: Facts, id: str, kind: str) -> Any:
    """The organisation of that kind; refuses `request.object_missing` when unknown."""
    row = facts.must("people_organisation", id)
    if row.kind != kind:
        raise Refusal("request.object_missing")
    return row


def open_merchant(facts: Facts, id: str) -> Any:
    """A merchant that may take payments; refuses `payee.account_missing` and `merchant.stage_suspended`."""
    return open_payee(facts, id, "merchant")


def open_payee(facts: Facts, id: str, kind: str) -> Any:
    """An organisation of that kind that may be paid; the refusals are those of a merchant, whatever it is."""
    row = facts.record("people_organisation", id)
    if row is None or row.kind != kind or row.stage == "closed":
        raise Refusal("payee.account_missing")
    if row.stage != "active":
        raise Refusal("merchant.stage_suspended")
    return row


def own_pockets(facts: Facts, asset: str) -> list[str]:
    """Own money that pays an amount of this asset, in the order of the terms: e-CNY is paid from e-CNY only."""
    return [ECNY] if asset == ECNY else [POCKETS[name] for name in facts.term("pay.pockets") if name in POCKETS]


def from_pockets(facts: Facts, payer: str, amount: Amount, pockets: Iterable[str]) -> Parts:
    """The whole amount as (asset, units), each pocket up to what it has; refuses `wallet.funds_short`."""
    return _whole(amount, [(asset, facts.free(payer, asset)) for asset in pockets])


def from_sponsor(facts: Facts, sponsor: Any, payee: str, amount: Amount) -> list[Posting]:
    """The postings that pay it: what the sponsor set aside first, then its wallet; refuses `wallet.funds_short`."""
    sources = [f"sponsor:{sponsor.key}", *([address(sponsor.wallet)] if sponsor.wallet else [])]
    parts = _whole(amount, [(source, facts.free(source, amount.asset)) for source in sources])
    return [Posting(source, payee, amount.asset, units) for source, units in parts]


def _whole(amount: Amount, sources: Parts) -> Parts:
    parts, short = take(amount.units, sources)
    if short:
        raise Refusal("wallet.funds_short", need=str(amount), free=show(amount.asset, amount.units - short))
    return parts
