"""Friends: declared by both, they may take a share of ripe bubbles, water each other, and bring back what expired.

Whoever does not want to be collected from says so, for everybody or for one friend; friends cannot tell that from a
shield. The owner's share is a bound of the ledger: fifty friends at one moment never pass it.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Bound, Change, Facts, Id, Limit, Notice, Plan, Posting, Refusal, Use, step
from saxaul.kernel import times
from saxaul.people.persons import listed, unlisted
from saxaul.programmes.green import bubbles, common, robots
from saxaul.programmes.green.behaviours import SOURCES
from saxaul.programmes.green.common import GREEN, ISSUER, OneFriend, OneLot
from saxaul.programmes.green.stages import FRIENDS

WATERING, SHIELD = "green.watering_exceeded", "green.lot_shielded"
Circle = Annotated[str, Meta(max_length=32, pattern="^[A-Za-z0-9._-]*$")]


class Friendship(msgspec.Struct, frozen=True):
    """Where the two stand."""

    person: str
    stage: str


class Answer(OneFriend, frozen=True, forbid_unknown_fields=True):
    """Who asked, and whether it is a yes."""

    yes: bool


def befriend(facts: Facts, ask: OneFriend) -> Plan:
    """The other person is asked; who asks somebody that has asked already says yes with it."""
    (one, record), (two, their) = common.actor(facts), common.other(facts, ask.person)
    if one == two:
        raise Refusal("payee.party_same")
    key, row = common.pair(one, two), facts.record("green_friend", common.pair(one, two))
    if row is not None and row.stage == "asked" and row.asked_by == two:
        return _moved(facts, row, "green.answer yes", ask.person)
    stage = step(FRIENDS, row.stage if row is not None else "", "green.befriend")
    persons = {one: record, two: their}
    low, high = sorted(persons)
    fields = {
        "low": low, "high": high, "low_person": persons[low], "high_person": persons[high], "stage": stage,
        "asked_by": one, "closed_by": "", "since": facts.now,
    }  # fmt: skip
    return Plan(
        changes=[Change("green_friend", key, fields, new=row is None)],
        notices=[Notice(their, "green.friend_asked", {"person": record})], receipt=Friendship(ask.person, stage),
    )  # fmt: skip


def answer(facts: Facts, ask: Answer) -> Plan:
    """Both are friends from now on, or the question is over."""
    one, two = common.actor(facts)[0], common.other(facts, ask.person)[0]
    row = facts.must("green_friend", common.pair(one, two))
    if row.asked_by == one:
        raise Refusal("request.object_missing")
    return _moved(facts, row, "green.answer yes" if ask.yes else "green.answer no", ask.person)


def unfriend(facts: Facts, ask: OneFriend) -> Plan:
    """They are friends no more; what was given and taken stays as it is."""
    one, two = common.actor(facts)[0], common.other(facts, ask.person)[0]
    return _moved(facts, facts.must("green_friend", common.pair(one, two)), "green.unfriend", ask.person)


def _moved(facts: Facts, row: Any, act: str, person: str) -> Plan:
    stage = step(FRIENDS, row.stage, act)
    change = Change("green_friend", row.key, {"stage": stage, "since": facts.now})
    return Plan(changes=[change], receipt=Friendship(person, stage))


def _friends(facts: Facts, one: str, two: str) -> Any:
    """Their friendship; refuses `green.friend_missing` for oneself, strangers and former friends alike."""
    row = facts.record("green_friend", common.pair(one, two)) if one != two else None
    if row is None or row.stage != "friends":
        raise Refusal("green.friend_missing")
    return row


class Choose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; what is left out stays. `person`: `shared` is meant for this friend alone."""

    ranked: bool | None = None
    shared: bool | None = None
    shield: bool = False
    circle: Circle | None = None
    person: Id | None = None


class Chosen(msgspec.Struct, frozen=True):
    """What stands now; `shield_until` is empty without a shield."""

    ranked: bool
    shared: bool
    shield_until: str
    circle: str


def choose(facts: Facts, ask: Choose) -> Plan:
    """The person's choices stand, from the next act on."""
    person, record = common.actor(facts)
    row = facts.record("green_person", person)
    now = {
        "ranked": row.ranked if row is not None else 1, "shared": row.shared if row is not None else 1,
        "shield_until": row.shield_until if row is not None else 0, "circle": row.circle if row is not None else "",
    }  # fmt: skip
    changes = []
    if ask.person is not None and ask.shared is not None:
        friend = _friends(facts, person, common.other(facts, ask.person)[0])
        closed = unlisted(friend.closed_by, person) if ask.shared else listed(friend.closed_by, person)
        changes.append(Change("green_friend", friend.key, {"closed_by": closed}))
    elif ask.shared is not None:
        now["shared"] = int(ask.shared)
    if ask.ranked is not None:
        now["ranked"] = int(ask.ranked)
    if ask.circle is not None:
        now["circle"] = ask.circle
    if ask.shield:
        now["shield_until"] = facts.now + facts.term("green.shield_hours") * times.HOUR
    first = {"person": record} if row is None else {}
    changes.append(Change("green_person", person, {**now, **first}, new=row is None))
    shield = times.text(now["shield_until"]) if now["shield_until"] > facts.now else ""
    return Plan(changes=changes, receipt=Chosen(bool(now["ranked"]), bool(now["shared"]), shield, now["circle"]))


class Agree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source of behaviours, whether it may be read, and the version of the text that was shown."""

    source: str
    agreed: bool
    version: Annotated[str, Meta(min_length=1, max_length=32)]


class Agreed(msgspec.Struct, frozen=True):
    """What stands now; the journal keeps every change."""

    source: str
    agreed: bool


def agree(facts: Facts, ask: Agree) -> Plan:
    """The source may be read from the next act on, or no more, whatever the consent to green energy at large says."""
    _, record = common.actor(facts)
    if ask.source not in SOURCES:
        raise Refusal("request.object_missing")
    purpose = f"green.{ask.source}"
    row = facts.record("people_consent", f"{record}:{purpose}")
    fields = {"person": record, "purpose": purpose, "text_version": ask.version, "since": facts.now}
    fields["stage"] = "given" if ask.agreed else "withdrawn"
    if ask.agreed:
        fields["given"] = facts.now
    change = Change("people_consent", f"{record}:{purpose}", fields, new=row is None)
    return Plan(changes=[change], receipt=Agreed(ask.source, ask.agreed))


class Taken(msgspec.Struct, frozen=True):
    """How much was taken, what of it paid a debt of the taker, and what is left for the owner."""

    lot: str
    energy: str
    repaid: str
    left: str


def collect_friend(facts: Facts, ask: OneLot) -> Plan:
    """The friend has a share of the bubble, once; the owner's part is not touched."""
    person, record = common.actor(facts)
    row = facts.must("green_grant", ask.lot)
    friend = _friends(facts, person, row.person)
    robots.may_take(facts, person)
    owner = facts.record("green_person", row.person)
    closed = row.person in friend.closed_by.split()
    if closed or (owner is not None and (not owner.shared or facts.now < owner.shield_until)):
        raise Refusal(SHIELD)
    common.must_be_ripe(facts, row)
    if person in row.takers.split():
        raise Refusal("green.share_taken")
    lot = common.bubble(row.person, row.key)
    floor, balance = common.floor_of(facts, row.grams), common.rest_of(row)
    most = facts.term("green.friend_take_max") or balance
    units = min(most, balance - floor)
    if units <= 0:
        raise Refusal("green.share_exhausted")
    back, due = common.repay(facts, person, units)
    fields = {"takers": listed(row.takers, person), "taken": row.taken + units}
    plan = Plan(
        postings=[Posting(lot, common.green(person), GREEN, units), *back],
        bounds=[Bound(lot, GREEN, "green.share_exhausted", at_least=floor)],
        changes=[Change("green_grant", row.key, fields), *common.gather(facts, person, record, units)],
        receipt=Taken(row.key, common.grams(units), common.grams(due), common.grams(balance - units)),
    )
    robots.note(facts, plan, person=person, record=record, lot=row)
    return plan


class Revived(msgspec.Struct, frozen=True):
    """What the owner has back, and the friend's own small gift."""

    lot: str
    energy: str
    gift: str


def revive(facts: Facts, ask: OneLot) -> Plan:
    """What had expired is its owner's after all, once; the friend has a gift where the terms name one."""
    person, _ = common.actor(facts)
    row = facts.must("green_grant", ask.lot)
    friend = _friends(facts, person, row.person)
    bubbles.may_revive(facts, row)
    account, rest = bubbles.unswept(row)
    gift = facts.term("green.revive_gift")
    owner = friend.low_person if friend.low == row.person else friend.high_person
    back, _due = common.repay(facts, row.person, rest)
    postings = [Posting(account, common.green(row.person), GREEN, rest), *back]
    if gift:
        postings.append(Posting(ISSUER, common.green(person), GREEN, gift))
    fields = {"stage": "revived", "gathered": row.gathered + rest, "rest": 0}
    most = facts.term("green.revive_per_day")
    return Plan(
        postings=postings, uses=[Use(person, "green.revive", facts.day, 0, 1, 1)],
        limits=[Limit(person, "green.revive", facts.day, "times", most, "green.revival_exceeded", GREEN)],
        changes=[Change("green_grant", row.key, fields), *common.gather(facts, row.person, owner, rest)],
        receipt=Revived(row.key, common.grams(rest), common.grams(gift)),
    )  # fmt: skip


class Water(OneFriend, frozen=True, forbid_unknown_fields=True):
    """Which friend, and how many grams: one of the sizes of the terms."""

    grams: Annotated[int, Meta(ge=1, le=10_000)]


class Watered(msgspec.Struct, frozen=True):
    """How much the friend was given, and what is left."""

    energy: str
    left: str


def water(facts: Facts, ask: Water) -> Plan:
    """The friend has the energy at once; so often a day for one friend, so much a day for all of them."""
    (person, _), (two, their) = common.actor(facts), common.other(facts, ask.person)
    _friends(facts, person, two)
    if ask.grams not in facts.term("green.watering_sizes"):
        raise Refusal("request.field_invalid", fields=["grams: none of the sizes"])
    left = facts.free(common.green(person), GREEN) - ask.grams
    if left < 0:
        raise Refusal("green.energy_short", need=common.grams(ask.grams), free=common.grams(left + ask.grams))
    day, per = facts.day, f"{person}:{two}"
    told = {"energy": common.grams(ask.grams)}
    return Plan(
        postings=[Posting(common.green(person), common.green(two), GREEN, ask.grams)],
        uses=[Use(per, "green.water", day, ask.grams, 1, 1), Use(person, "green.water", day, ask.grams, 1, 1)],
        limits=[
            Limit(per, "green.water", day, "times", facts.term("green.watering_per_friend"), WATERING, GREEN),
            Limit(person, "green.water", day, "units", facts.term("green.watering_day_max"), WATERING, GREEN),
        ],
        notices=[Notice(their, "green.watered", told)],
        receipt=Watered(common.grams(ask.grams), common.grams(left)),
    )
