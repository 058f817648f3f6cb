"""Gifts: a day's steps that sponsors turn into money, own money with a receipt number, and the way back for a while.

Steps and every sponsor's part move in one transfer. What a pool has free is its balance, so of many who ask for the
last fen at one moment exactly as many are served as it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Payment, Plan, Posting, Refusal, Use, step
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate, allot, show, take
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import own_person
from saxaul.people.wallets import address, from_pockets, own_pockets, own_wallet, wallet_of
from saxaul.programmes.giving import common
from saxaul.programmes.giving.common import GIFTS, STEP, Day
from saxaul.programmes.giving.steps import spendable, spent

_ASSETS = {"ECNY": ECNY, "CNY": CNY}
Parts = list[tuple[Any, int]]


class GiveSteps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day, the project, and the least money the giver saw and accepts; without it the whole gift or nothing.

    `drive`: the steps are given on this drive, whose sponsor pays. `appeal`: the page that asked for it.
    """

    day: Day
    project: Id
    least: Amount | None = None
    drive: Id | None = None
    appeal: Id | None = None


class Part(msgspec.Struct, frozen=True):
    """One sponsor's part."""

    pool: str
    organisation: str
    amount: str


class Given(msgspec.Struct, frozen=True):
    """The gift: steps, the money they became, each sponsor's part, and what was missing from the full rate."""

    gift: str
    steps: int
    money: str
    parts: list[Part]
    missing: str


def give_steps(facts: Facts, ask: GiveSteps) -> Plan:
    """The day's steps are spent and the sponsors' money is bound to the project; of many tries one counts."""
    person = own_person(facts)
    day, steps = spendable(facts, person, ask.day)
    project = common.open_project(facts, ask.project)
    least = facts.term("giving.steps_least")
    if steps < least or (steps == least and not facts.term("giving.least_included")):
        raise Refusal("giving.steps_few", free=steps, need=least)
    wanted = Rate(project.rate, project.rate_of).of(steps)
    parts, short = _sponsored(facts, project, _pools(facts, project, ask.drive, ask.day), wanted)
    units = wanted - short
    accepted = ask.least is not None and project.policy == "partial" and units >= ask.least.units
    if not units or (short and not accepted):
        raise Refusal("giving.sponsor_spent", need=common.yuan(wanted), free=common.yuan(units))
    where, bound = common.steps_at(person.natural, ask.day), common.bound_at(project)
    postings = [Posting(where, "giving:spent", STEP, steps)]
    postings += [Posting(common.pool_at(pool.key), bound, pool.asset, part) for pool, part in parts]
    gift = {"kind": "steps", "day": ask.day, "steps": steps, "units": units, "appeal": ask.appeal or "",
            "parts": common.parts_text([(pool.key, part) for pool, part in parts])}  # fmt: skip
    changes = [*spent(day, facts.id), *_counted(facts, person, project, gift, steps=steps, sponsored=units)]
    changes += [_of_pool(pool, part, steps=steps, gifts=1) for pool, part in parts]
    uses = [Use(f"pool:{pool.key}", "given", facts.day, part, 1, 1) for pool, part in parts]
    told = [Part(pool.key, pool.organisation, show(pool.asset, part)) for pool, part in parts]
    receipt = Given(facts.id, steps, common.yuan(units), told, common.yuan(short))
    return Plan(postings=postings, changes=changes, uses=uses, receipt=receipt)


def _pools(facts: Facts, project: Any, drive: str | None, day: str) -> list[Any]:
    """Pools that pay now: those behind the project, or the one drive that was named, on its days only."""
    if drive:
        pool = facts.must("giving_pool", drive)
        walked = times.start_of_day(day, facts.zone)
        if pool.kind != "drive" or pool.project != project.key or not pool.starts <= walked < pool.until:
            raise Refusal("request.object_missing")
        rows = [pool]
    else:
        rows = facts.records("giving_pool", project.pools.split())
    return [row for row in rows if row.stage == "open" and row.starts <= facts.now < (row.closes or facts.now + 1)]


def _sponsored(facts: Facts, project: Any, pools: Sequence[Any], wanted: int) -> tuple[Parts, int]:
    """The gift divided among the pools, in order or by share, each up to its caps; (parts, shortfall)."""
    rooms = [_room(facts, pool) for pool in pools]
    first = [0] * len(pools)
    if project.split == "share" and pools and wanted:
        shares = allot(wanted, [pool.share for pool in pools])
        first = [min(share, room) for share, room in zip(shares, rooms, strict=True)]
    left = [(place, room - first[place]) for place, room in enumerate(rooms)]
    more, short = take(wanted - sum(first), left)
    for place, units in more:
        first[place] += units
    return [(pool, units) for pool, units in zip(pools, first, strict=True) if units], short


def _room(facts: Facts, pool: Any) -> int:
    """What the pool can give to one more gift: its balance, its cap per gift, what is left of its day."""
    room = facts.free(common.pool_at(pool.key), pool.asset)
    if pool.gift_max:
        room = min(room, pool.gift_max)
    if pool.day_max:
        room = min(room, max(0, pool.day_max - facts.usage(f"pool:{pool.key}", "given", facts.day)[0]))
    return room


def _of_pool(pool: Any, units: int, *, steps: int, gifts: int) -> Change:
    fields = {"given": pool.given + units, "steps": pool.steps + steps, "gifts": pool.gifts + gifts}
    return Change("giving_pool", pool.key, fields)


def _counted(facts: Facts, person: Any, project: Any, gift: dict[str, Any], **more: int) -> list[Change]:
    """The gift's record, and what it adds to project, quarter, giver and appeal."""
    units = gift["units"]
    fields = {
        "person": person.key, "natural": person.natural, "project": project.key, "charity": project.charity,
        "since": facts.now, **gift,
    }  # fmt: skip
    changes = [
        Change("giving_gift", facts.id, fields, new=True),
        _of_project(project, units, gift.get("steps", 0), 1),
        common.in_quarter(facts, project.key, received=units),
        common.of_giver(facts, person.natural, gifts=1, **more),
    ]
    if gift["appeal"]:
        row = facts.must("giving_appeal", gift["appeal"])
        if row.project != project.key:
            raise Refusal("request.object_missing")
        changes.append(Change("giving_appeal", row.key, {"raised": row.raised + units, "gifts": row.gifts + 1}))
    return changes


def _of_project(project: Any, units: int, steps: int, gifts: int) -> Change:
    fields = {"received": project.received + units, "steps": project.steps + steps, "gifts": project.gifts + gifts}
    return Change("giving_project", project.key, fields)


# -- own money ---------------------------------------------------------------------------------------------------------


class GiveMoney(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Own money for a project; CNY is taken from any pocket of the wallet, ECNY from e-CNY only."""

    project: Id
    amount: Amount
    wallet: Id | None = None
    appeal: Id | None = None


class Received(msgspec.Struct, frozen=True):
    """The gift, its receipt number, and until when it can be taken back."""

    gift: str
    number: str
    amount: str
    until: str


def give_money(facts: Facts, ask: GiveMoney) -> Plan:
    """The project has the money, and the giver a receipt with a number of its own."""
    person, amount = own_person(facts), common.money(ask.amount)
    wallet = wallet_of(facts, ask.wallet)
    project = common.open_project(facts, ask.project)
    payer, bound = address(wallet.key), common.bound_at(project)
    parts = from_pockets(facts, payer, amount, own_pockets(facts, amount.asset))
    serial, number = _number(facts, project.charity)
    named = [(asset[:-2], units) for asset, units in parts]
    gift = {"kind": "money", "units": amount.units, "wallet": wallet.key, "number": number,
            "appeal": ask.appeal or "", "parts": common.parts_text(named)}  # fmt: skip
    until = facts.now + facts.term("giving.return_hours") * times.HOUR
    return Plan(
        postings=[Posting(payer, bound, asset, units) for asset, units in parts],
        changes=[serial, *_counted(facts, person, project, gift, own=amount.units)],
        payment=Payment(payer, bound, amount.asset, amount.units, "give"),
        receipt=Received(facts.id, number, str(amount), times.text(until)),
    )


def _number(facts: Facts, charity: str) -> tuple[Change, str]:
    """The next receipt number of this charity and year: no gap, and never the same again."""
    year = facts.day[:4]
    key = f"{charity}:{year}"
    row = facts.record("giving_serial", key)
    n = (row.n if row is not None else 0) + 1
    return Change("giving_serial", key, {"n": n}, new=row is None), f"{year}-{n:06}"


class NameGift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A gift of the actor."""

    gift: Id


class Returned(msgspec.Struct, frozen=True):
    """The gift that was taken back, and the money that went where it came from."""

    gift: str
    money: str


def return_gift(facts: Facts, ask: NameGift) -> Plan:
    """A mistaken gift nets out everywhere: own money is back in its wallet, each sponsor's part in its pool.

    Steps stay spent: their day was given and does not open again.
    """
    person, row = own_person(facts), facts.must("giving_gift", ask.gift)
    if row.natural != person.natural:
        raise Refusal("request.object_missing")
    stage = step(GIFTS, row.stage, "return")
    hours = facts.term("giving.return_hours")
    if facts.now >= row.since + hours * times.HOUR:
        raise Refusal("refund.window_closed")
    project = facts.must("giving_project", row.project)
    bound = common.bound_at(project)
    if row.kind == "money":
        wallet = own_wallet(facts, row.wallet)
        if wallet.stage != "open":
            raise Refusal("request.stage_wrong", stage=wallet.stage, ways=[])
        back: list[tuple[str, str, int]] = [
            (address(row.wallet), _ASSETS[name], units) for name, units in common.parts_of(row.parts)
        ]
        changes: list[Change] = []
        more = {"own": -row.units}
    else:
        back, changes = _to_pools(facts, row)
        more = {"sponsored": -row.units, "steps": -row.steps}
    for asset in {asset for _, asset, _ in back}:
        if facts.free(bound, asset) < sum(units for _, kind, units in back if kind == asset):
            raise Refusal("refund.payee_short")
    changes += [
        Change("giving_gift", row.key, {"stage": stage}), _of_project(project, -row.units, -row.steps, -1),
        common.in_quarter(facts, project.key, received=-row.units),
        common.of_giver(facts, row.natural, gifts=-1, **more),
    ]  # fmt: skip
    if row.appeal:
        appeal = facts.must("giving_appeal", row.appeal)
        fields = {"raised": appeal.raised - row.units, "gifts": appeal.gifts - 1}
        changes.append(Change("giving_appeal", appeal.key, fields))
    postings = [Posting(bound, where, asset, units) for where, asset, units in back]
    receipt = Returned(row.key, common.yuan(row.units))
    return Plan(postings=postings, changes=changes, reverses=row.key, receipt=receipt)


def _to_pools(facts: Facts, row: Any) -> tuple[list[tuple[str, str, int]], list[Change]]:
    """Each sponsor's part back to its pool; to where it came from, where that pool has ended."""
    back, changes = [], []
    for key, units in common.parts_of(row.parts):
        pool = facts.must("giving_pool", key)
        ended = pool.stage != "open"
        back.append((pool.origin if ended else common.pool_at(key), pool.asset, units))
        fields = {"given": pool.given - units, "steps": pool.steps - row.steps, "gifts": pool.gifts - 1}
        if ended:
            fields["returned"] = pool.returned + units
        changes.append(Change("giving_pool", key, fields))
    return back, changes


class OpenAppeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of one's own that asks others to give to a project, up to a goal, until the end of a day."""

    project: Id
    goal: Amount
    until: Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Opened(msgspec.Struct, frozen=True):
    """What was opened."""

    key: str


def open_appeal(facts: Facts, ask: OpenAppeal) -> Plan:
    """The page can be shared; it shows the project's words, the goal and how far it is."""
    person, goal = own_person(facts), common.money(ask.goal)
    project = common.open_project(facts, ask.project)
    until = common.end_of(facts, ask.until)
    if not facts.now < until <= facts.now + facts.term("giving.appeal_page_days") * times.DAY:
        raise Refusal("request.field_invalid", fields=["until: a day to come, within the time of an appeal"])
    fields = {"project": project.key, "person": person.key, "goal": goal.units, "until": until, "since": facts.now}
    return Plan(changes=[Change("giving_appeal", facts.id, fields, new=True)], receipt=Opened(facts.id))
