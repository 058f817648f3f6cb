"""What all acts of vouchers ask first: whose campaign, whether it gives now, where its units and its money stand.

Coupons are counted (`COUPON.<campaign>/0`) and each has a face of money behind it in the campaign's escrow; where the
value is drawn, the units are fen (`VOUCHER.<campaign>/2`) that are spent until nothing is left.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Facts, Id, Refusal
from saxaul.kernel import times
from saxaul.kernel.assets import ECNY

MONEY = ECNY
NEVER = 2**62  # a discount is no pocket by itself: only what is reckoned of it for one purchase is
ALL = "all"  # the window in which a person's vouchers of a campaign are counted from its first day to its last


class NameCampaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A voucher campaign."""

    campaign: Id


class Staged(msgspec.Struct, frozen=True):
    """The campaign and the stage it is in."""

    campaign: str
    stage: str


def asset(row: Any) -> str:
    """What the campaign gives."""
    return f"VOUCHER.{row.key}/2" if row.kind == "random" else f"COUPON.{row.key}/0"


def issuer(campaign: str) -> str:
    """Below zero by as much as the campaign ever had."""
    return f"issuer:voucher:{campaign}"


def pool(campaign: str) -> str:
    """What may still be given."""
    return f"campaign:{campaign}:pool"


def today(campaign: str) -> str:
    """What may still be given today, where a day has its own stock."""
    return f"campaign:{campaign}:today"


def escrow(campaign: str) -> str:
    """The money behind what was given and what may still be given."""
    return f"campaign:{campaign}:escrow"


def spent(campaign: str) -> str:
    """What was spent."""
    return f"campaign:{campaign}:spent"


def returned(campaign: str) -> str:
    """What nobody took or spent until the end."""
    return f"campaign:{campaign}:returned"


def sponsor(row: Any) -> str:
    """Where money comes back to."""
    return f"sponsor:{row.sponsor}"


def stock(row: Any) -> str:
    """From where one is given."""
    return today(row.key) if row.day_stock else pool(row.key)


def values(row: Any) -> list[tuple[int, int]]:
    """The published table of a campaign whose values are drawn: (fen, how many)."""
    pairs = [word.split(":") for word in row.values.split()]
    return [(int(fen), int(many)) for fen, many in pairs]


def issued(row: Any) -> int:
    """Units the campaign has in all."""
    return sum(fen * many for fen, many in values(row)) if row.kind == "random" else int(row.total)


def behind(row: Any, units: int) -> int:
    """The money behind so many units."""
    return units if row.kind == "random" else units * int(row.face)


def counter(campaign: str) -> str:
    """Under which name a person's vouchers of the campaign are counted."""
    return f"voucher:{campaign}"


def own_campaign(facts: Facts, id: str) -> Any:
    """A campaign of the organisation the actor works for; officers see all, another's answers as unknown."""
    row = facts.must("voucher_campaign", id)
    if row.sponsor != facts.actor.organisation and not facts.actor.roles & {"officer", "system"}:
        raise Refusal("request.object_missing")
    return row


def giving(facts: Facts, id: str) -> Any:
    """A campaign that gives now; refuses `request.stage_wrong` and, after its last moment, `award.claim_expired`."""
    row = facts.must("voucher_campaign", id)
    if row.stage == "draft":
        raise Refusal("request.object_missing")
    if facts.at >= row.claim_until:
        raise Refusal("award.claim_expired", end=times.text(row.claim_until))
    if row.stage != "running":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    if facts.at < row.claim_from:
        raise Refusal("campaign.signup_early", start=times.text(row.claim_from))
    return row
