"""Sponsors: money is set aside first and given later; what is left at the end goes back to where it came from.

A pledge stands behind a project, a drive belongs to a place and some days, a flock's pool pays for birds. "Used up" is
the balance zero, not a job that somebody has to run.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Payment, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.people.persons import own_person
from saxaul.people.wallets import address, own_wallet
from saxaul.programmes.giving import common
from saxaul.programmes.giving.common import POOLS, POOLS_MAX, Day, MaybeTitle, Staged

Fen = Annotated[int, Meta(ge=0, description="fen; 0: no cap")]


class OpenPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money for a project's givers, from `starts` to the end of `until` (empty: until it is closed).

    `wallet`: paid from this own wallet; none: from the sponsor's account. `share` counts where sponsors pay by share.
    """

    project: Id
    kind: Literal["pledge", "drive"]
    amount: Amount
    starts: Day
    until: Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    wallet: Id | None = None
    title: MaybeTitle = ""
    title_en: MaybeTitle = ""
    place: MaybeTitle = ""
    goal: Annotated[int, Meta(ge=0)] = 0
    gift_max: Fen = 0
    day_max: Fen = 0
    share: Annotated[int, Meta(ge=1, le=10_000)] = 1


class Funded(msgspec.Struct, frozen=True):
    """The pool and what it holds now."""

    pool: str
    money: str


def open_pool(facts: Facts, ask: OpenPool) -> Plan:
    """The money is set aside and can be given from the first day on; nothing is promised that is not there."""
    amount, actor = common.money(ask.amount), facts.actor
    organisation = facts.record("people_organisation", actor.organisation) if actor.organisation else None
    person = own_person(facts).key if organisation is None else ""
    if (person and (ask.kind != "drive" or ask.title or ask.title_en or ask.place)) or (
        ask.kind == "drive" and not ask.until
    ):
        raise Refusal(
            "request.field_invalid", fields=["kind: people open drives, in no words of their own, with an end"]
        )
    project = common.open_project(facts, ask.project)
    starts, until = common.instant(facts, ask.starts), common.end_of(facts, ask.until) if ask.until else 0
    if until and until <= max(starts, facts.now):
        raise Refusal("request.field_invalid", fields=["until: after the first day, and to come"])
    origin = address(own_wallet(facts, ask.wallet).key) if ask.wallet else f"sponsor:{actor.organisation}"
    if not ask.wallet and organisation is None:
        raise Refusal("request.field_invalid", fields=["wallet: whose money it is"])
    grace = facts.term("giving.day_closes_minutes") * times.MINUTE if ask.kind == "drive" else 0
    fields = {
        "closes": until + grace if until else 0,
        "kind": ask.kind, "project": project.key, "organisation": actor.organisation if organisation else "",
        "person": person, "origin": origin, "asset": amount.asset, "title": ask.title,
        "title_en": ask.title_en, "place": ask.place, "goal": ask.goal, "share": ask.share, "gift_max": ask.gift_max,
        "day_max": ask.day_max, "funded": amount.units, "starts": starts, "until": until, "since": facts.now,
    }  # fmt: skip
    changes = [Change("giving_pool", facts.id, fields, new=True)]
    if ask.kind == "pledge":
        pools = [*project.pools.split(), facts.id]
        if len(pools) > POOLS_MAX:
            raise Refusal("request.field_invalid", fields=[f"project: at most {POOLS_MAX} sponsors at a time"])
        changes.append(Change("giving_project", project.key, {"pools": " ".join(pools)}))
    plan = _moved(facts, origin, facts.id, amount)
    plan.changes, plan.receipt = changes, Funded(facts.id, str(amount))
    return plan


def _moved(facts: Facts, origin: str, pool: str, amount: Amount) -> Plan:
    """The sponsor's money on its way into the pool; refuses `wallet.funds_short`."""
    free = facts.free(origin, amount.asset)
    if free < amount.units:
        raise Refusal("wallet.funds_short", need=str(amount), free=str(Amount(amount.asset, free)))
    where = common.pool_at(pool)
    posting = Posting(origin, where, amount.asset, amount.units)
    paid = Payment(origin, where, amount.asset, amount.units, "give") if origin.startswith("wallet:") else None
    return Plan(postings=[posting], payment=paid)


class FundPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More money for a pool of one's own, from where its first money came; a flock's first may name a wallet."""

    pool: Id
    amount: Amount
    wallet: Id | None = None


def fund_pool(facts: Facts, ask: FundPool) -> Plan:
    """The pool holds so much more."""
    amount, pool = common.money(ask.amount), common.own_pool(facts, ask.pool)
    step(POOLS, pool.stage, "fund")
    if amount.asset != pool.asset:
        raise Refusal("request.field_invalid", fields=[f"amount: this pool holds {pool.asset[:-2]}"])
    origin = address(own_wallet(facts, ask.wallet).key) if ask.wallet else pool.origin
    if pool.funded and origin != pool.origin:
        raise Refusal("request.field_invalid", fields=["wallet: the rest returns to where the first money came from"])
    plan = _moved(facts, origin, pool.key, amount)
    plan.changes = [Change("giving_pool", pool.key, {"funded": pool.funded + amount.units, "origin": origin})]
    held = facts.free(common.pool_at(pool.key), pool.asset) + amount.units
    plan.receipt = Funded(pool.key, str(Amount(pool.asset, held)))
    return plan


class NamePool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pool."""

    pool: Id


def close_pool(facts: Facts, ask: NamePool) -> Plan:
    """Nothing more is given from the pool, and what was left is back where it came from."""
    pool = common.own_pool(facts, ask.pool)
    if pool.kind == "flock":
        raise Refusal("request.object_missing")
    return closed(facts, pool)


def closed(facts: Facts, pool: Any) -> Plan:
    """The plan that ends a pool and returns its rest."""
    stage = step(POOLS, pool.stage, "close")
    where = common.pool_at(pool.key)
    rest = facts.free(where, pool.asset)
    changes = [Change("giving_pool", pool.key, {"stage": stage, "returned": pool.returned + rest})]
    if pool.kind == "pledge":
        project = facts.must("giving_project", pool.project)
        pools = [key for key in project.pools.split() if key != pool.key]
        changes.append(Change("giving_project", project.key, {"pools": " ".join(pools)}))
    postings = [Posting(where, pool.origin, pool.asset, rest)] if rest else []
    return Plan(postings=postings, changes=changes, receipt=Staged(pool.key, stage))
