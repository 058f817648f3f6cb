"""The engine's own acts: moving a follower's cursor and expiring overdue holds."""

from __future__ import annotations

import msgspec

from saxaul.engine import models
from saxaul.engine.declare import Act, Id, Programme, Text
from saxaul.kernel import times
from saxaul.ledger.chart import AccountClass
from saxaul.ledger.facts import Facts
from saxaul.ledger.plan import Change, HoldEnd, Plan
from saxaul.people import models as people


class MoveCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Follower `name` has read up to entry `n`."""

    name: Text
    n: int


class Moved(msgspec.Struct, frozen=True):
    """Where the cursor stands."""

    n: int


def move_cursor(facts: Facts, ask: MoveCursor) -> Plan:
    """The follower's cursor stands at `n`; it never goes back."""
    row = facts.record("engine_cursor", ask.name)
    if row is not None and row.n >= ask.n:
        return Plan(receipt=Moved(row.n))
    change = Change("engine_cursor", ask.name, {"n": ask.n}, new=row is None)
    return Plan(changes=[change], receipt=Moved(ask.n))


class ExpireHold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hold whose end has passed."""

    hold: Id


class Expired(msgspec.Struct, frozen=True):
    """Whether anything was still held."""

    expired: bool
    at: str


def expire_hold(facts: Facts, ask: ExpireHold) -> Plan:
    """What the hold reserved is free again; a hold that is gone or still runs is left alone."""
    hold = facts.held(ask.hold)
    late = hold is not None and hold.ends is not None and hold.ends <= facts.now
    ends = [HoldEnd(ask.hold, "expire")] if late else []
    return Plan(ends=ends, receipt=Expired(late, times.text(facts.now)))


MONEY = ("ECNY", "CNY")
BOUND = ("VOUCHER", "COUPON", "POINT")

# Where programmes meet: each of these is debited or credited by more than one of them, so none of them declares it.
ACCOUNTS = (
    AccountClass("issuer:central", MONEY, floor=None, side="equity", why="e-CNY in the world"),
    AccountClass("wallet:$id", (*MONEY, *BOUND, "DEBT", "POLICY"), why="a wallet"),
    AccountClass("sponsor:$id", MONEY, why="a sponsor's own money"),
    AccountClass("charity:$id", MONEY, why="a charity's own money"),
    AccountClass(
        "campaign:$id:pool", (*BOUND, *MONEY), short="campaign.escrow_short",
        why="what may still be given: vouchers, coupons, points, or a sponsor's money behind no voucher",
    ),
    AccountClass("campaign:$id:escrow", MONEY, short="campaign.escrow_short", why="behind vouchers"),
    AccountClass("campaign:$id:spent", BOUND, why="money bound to a purpose, spent"),
    AccountClass("campaign:$id:returned", BOUND, why="came back after the campaign's end"),
    AccountClass("campaign:$id:used", ("TRY", "REVIVAL", "BENEFIT"), why="tries, cards and benefits that were used"),
    AccountClass("person:$id:green", ("GREEN",), short="green.energy_short", why="energy a person harvested"),
    AccountClass(
        "person:$id:points:$lot", ("POINT",), short="points.balance_short", passing=True, why="points of one day"
    ),
)  # fmt: skip

PROGRAMME = Programme(
    name="engine",
    title="What the engine does by itself",
    acts=(
        Act("engine.move_cursor", MoveCursor, move_cursor, Moved, roles=("system",)),
        Act("engine.expire_hold", ExpireHold, expire_hold, Expired, roles=("system",)),
    ),
    accounts=ACCOUNTS,
    records=(
        models.Cursor, models.Proposal, people.Person, people.Wallet, people.Credential, people.Pin, people.Index,
        people.Organisation, people.Shop, people.Terminal, people.Consent, people.Vault, people.VaultKey, people.Listed,
        people.Natural, people.Join, people.Directory,
    ),
)  # fmt: skip
