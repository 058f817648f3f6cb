"""What the acts of campaigns share: the campaign's row and who may touch it, its accounts, its dates."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Facts, Id, Posting, Refusal
from saxaul.kernel import times

Key = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{2,39}$", description="a code such as luohu-2020")]
Moment = Annotated[str, Meta(max_length=40, description="RFC 3339 with a zone: 2020-10-12T18:00:00+08:00")]
Naturals = Annotated[list[Id], Meta(max_length=60)]
SLICE = 60  # tickets of one act: each may move twice, and an act has 64 postings


class Staged(msgspec.Struct, frozen=True):
    """Where the campaign stands now."""

    campaign: str
    stage: str


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign."""

    campaign: Key


def campaign_of(facts: Facts, key: str, kind: str = "") -> Any:
    """The campaign; refuses `request.object_missing` for an unknown one or one of another kind."""
    row = facts.must("campaign_campaign", key)
    if kind and row.kind != kind:
        raise Refusal("request.object_missing")
    return row


def ticket_key(campaign: str, natural: str) -> str:
    """Where the ticket of a natural person stands: one place, so one ticket."""
    return f"{campaign}:{natural}"


def runs_it(facts: Facts, row: Any) -> None:
    """Returns for the operator's officers and the sponsor's own people; others do not learn that it exists."""
    if not facts.actor.roles & {"officer", "system"} and facts.actor.organisation != row.sponsor:
        raise Refusal("request.object_missing")


def creator_alone(facts: Facts, row: Any) -> None:
    """Returns for the sponsor whose money it is; refuses `actor.role_missing`."""
    if not facts.actor.organisation or facts.actor.organisation != row.sponsor:
        raise Refusal("actor.role_missing")


def voucher(campaign: str) -> str:
    """The campaign's purpose money."""
    return f"VOUCHER.{campaign}/2"


def tickets(campaign: str) -> str:
    """The campaign's tickets."""
    return f"TICKET.{campaign}/0"


def issuer(campaign: str) -> str:
    """Who mints what belongs to a campaign."""
    return f"issuer:campaign:{campaign}"


def pool(campaign: str) -> str:
    """What may still be awarded or granted."""
    return f"campaign:{campaign}:pool"


def slice_of(campaign: str, number: int) -> str:
    """Where the awards of one slice of the draw wait for their winners."""
    return f"campaign:{campaign}:award:{number}"


def home(row: Any, source: str, units: int) -> list[Posting]:
    """The postings by which units of purpose money end and the money behind them is with the sponsor again."""
    if not units:
        return []
    return [
        Posting(source, f"campaign:{row.key}:returned", voucher(row.key), units),
        Posting(f"campaign:{row.key}:escrow", f"sponsor:{row.sponsor}", row.behind, units),
    ]


def outstanding(facts: Facts, row: Any) -> int:
    """Units of purpose money that are neither spent nor returned, as the ledger has them."""
    asset = voucher(row.key)
    minted = -facts.balance(issuer(row.key), asset)[0]
    gone = sum(facts.balance(f"campaign:{row.key}:{place}", asset)[0] for place in ("spent", "returned"))
    return minted - gone


def read_times(**written: str) -> dict[str, int]:
    """The instants of the fields; refuses `request.field_invalid` listing every one that is none."""
    found = {name: times.read(text) for name, text in written.items()}
    wrong = [f"{name}: an instant with its zone" for name, us in found.items() if us is None]
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong)
    return {name: us for name, us in found.items() if us is not None}


def not_before(facts: Facts, row: Any, instant: int, way: str) -> None:
    """Returns from the instant on; before it, what `way` does is not due: `request.stage_wrong`."""
    if facts.now < instant:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[way])
