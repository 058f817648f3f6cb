"""Renting without a deposit: a promise is held instead of money, the fee is by time up to the price, then it is sold.

A thing comes back at any station of its merchant, and a second return of it changes nothing. A fee that cannot be paid
is tried again every day while the promise stays held; nobody is stopped at the station for it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from saxaul.engine import Amount, Change, Facts, HoldEnd, HoldOpen, Id, Notice, Payment, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show, take
from saxaul.people.persons import made, natural_of, own_person
from saxaul.people.wallets import from_pockets, open_merchant, wallet_of
from saxaul.programmes.merchant.asks import MaybeId, Staged
from saxaul.programmes.merchant.common import employer, yuan
from saxaul.programmes.merchant.places import due
from saxaul.programmes.merchant.stages import RENTAL

LINE = "LINE.rental/2"
LINES = "issuer:line:rental"
POCKETS = ("ECNY/2", "CNY/2")
STEPS_MAX = 10_000


class SetThing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to rent, its station (a shop of the merchant), and its price, at which it is sold."""

    kind: Literal["power_bank", "umbrella"]
    shop: Id
    price: Amount
    thing: MaybeId = ""


class Rent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to rent, and from which own wallet its fee is paid. `deposit`: hold its price in money instead."""

    thing: Id
    wallet: MaybeId = ""
    deposit: bool = False


class Rented(msgspec.Struct, frozen=True):
    """The rental and all it may cost, before it begins."""

    rental: str
    stage: str
    fee: str
    step_minutes: int
    free_minutes: int
    day_cap: str
    price: str
    until: str


class NameRental(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rental."""

    rental: Id


class Return(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thing that is back, and the station; left out, the credential's own shop."""

    thing: Id
    shop: MaybeId = ""


class Ended(msgspec.Struct, frozen=True):
    """How the rental stands and what it cost; charged: the fee is still owed."""

    rental: str
    stage: str
    fee: str
    sold: bool = False


def set_thing(facts: Facts, ask: SetThing) -> Plan:
    """The thing stands at the station and can be rented."""
    merchant, price = employer(facts), yuan(ask.price, "price")
    if facts.must("people_shop", ask.shop).organisation != merchant.key or not price:
        raise Refusal("request.object_missing")
    row = facts.must("merchant_thing", ask.thing) if ask.thing else None
    if row is not None and row.merchant != merchant.key:
        raise Refusal("request.object_missing")
    if row is not None and row.stage == "out":
        raise Refusal("request.stage_wrong", stage="out")
    key = row.key if row is not None else made(facts.id, "thing")
    fields: dict[str, Any] = {"kind": ask.kind, "shop": ask.shop, "price": price, "stage": "here"}
    if row is None:
        fields["merchant"] = merchant.key
    return Plan(changes=[Change("merchant_thing", key, fields, new=row is None)], receipt=Staged(key, "here"))


def score_of(facts: Facts, person: Any, renter: Any) -> int:
    """How far the person is trusted without a deposit: what was verified, rentals that ended well, fees owed."""
    score: int = facts.term("merchant.score_base") + person.verified * facts.term("merchant.score_verified")
    if renter is not None:
        done = min(renter.done, facts.term("merchant.score_done_max"))
        score += done * facts.term("merchant.score_done") - renter.unpaid * facts.term("merchant.score_unpaid")
    return score


def rent(facts: Facts, ask: Rent) -> Plan:
    """The thing waits for the person's yes, with all it may cost said; refuses `rental.score_low`."""
    person, thing = own_person(facts), facts.must("merchant_thing", ask.thing)
    open_merchant(facts, thing.merchant)
    if thing.stage != "here" or _waits(facts, thing):
        raise Refusal("request.stage_wrong", stage=thing.stage)
    renter = facts.record("merchant_renter", person.natural)
    if not ask.deposit:
        _trusted(facts, person, renter, thing)
    wallet = wallet_of(facts, ask.wallet)
    until = facts.now + facts.term("merchant.confirm_minutes") * times.MINUTE
    terms = {name: facts.term(f"merchant.rental_{name}") for name in ("fee", "step_minutes", "free_minutes", "day_cap")}
    stage = step(RENTAL, "", "rent")
    fields = {
        "thing": thing.key, "merchant": thing.merchant, "person": person.natural, "wallet": wallet.key,
        "deposit": int(ask.deposit), "stage": stage, "price": thing.price, "until": until, "since": facts.now, **terms,
    }  # fmt: skip
    receipt = Rented(
        facts.id, stage, show("CNY/2", terms["fee"]), terms["step_minutes"], terms["free_minutes"],
        show("CNY/2", terms["day_cap"]), show("CNY/2", thing.price), times.text(until),
    )  # fmt: skip
    changes = [
        Change("merchant_rental", facts.id, fields, new=True),
        Change("merchant_thing", thing.key, {"rental": facts.id}),
    ]
    return Plan(changes=changes, receipt=receipt)


def _waits(facts: Facts, thing: Any) -> bool:
    """Whether somebody else has the thing in hand and has minutes left to say yes."""
    row = facts.record("merchant_rental", thing.rental) if thing.rental else None
    return row is not None and row.stage == "created" and row.until > facts.now


def _trusted(facts: Facts, person: Any, renter: Any, thing: Any) -> None:
    """Refuses `rental.score_low` where the score or what is left of the line is not enough."""
    score, need = score_of(facts, person, renter), facts.term("merchant.score_min")
    opened = renter is not None and renter.line
    free = facts.free(_line(person.natural), LINE) if opened else facts.term("merchant.line")
    if score < need or free < thing.price:
        raise Refusal("rental.score_low", score=score, need=need, deposit=show("CNY/2", thing.price))


def _line(person: str) -> str:
    return f"person:{person}:line"


def _own(facts: Facts, rental: str) -> Any:
    """The actor's rental; another person's answers as unknown."""
    row = facts.must("merchant_rental", rental)
    if not facts.actor.person or natural_of(facts, facts.actor.person) != row.person:
        raise Refusal("request.object_missing")
    return row


def confirm_rental(facts: Facts, ask: NameRental) -> Plan:
    """The rental runs: a promise is held, or with a deposit the price of the thing in money."""
    row = _own(facts, ask.rental)
    stage = step(RENTAL, row.stage, "confirm")
    if row.until <= facts.now:
        raise Refusal("request.stage_wrong", stage="expired", ways=["merchant.rent"])
    person, thing = own_person(facts), facts.must("merchant_thing", row.thing)
    ends = facts.now + facts.term("merchant.rental_days_max") * times.DAY
    sold_at = min(ends - times.HOUR, price_reached(row, facts.now))
    fields = {"stage": stage, "hold": facts.id, "started": facts.now, "until": sold_at}
    changes = [
        Change("merchant_rental", row.key, fields), Change("merchant_thing", thing.key, {"stage": "out"}),
    ]  # fmt: skip
    receipt = Staged(row.key, stage)
    if row.deposit:
        hold, payment = _deposit(facts, row, ends)
        return Plan(opens=[hold], payment=payment, changes=changes, receipt=receipt)
    renter = facts.record("merchant_renter", row.person)
    _trusted(facts, person, renter, thing)
    postings = []
    if renter is None or not renter.line:
        postings = [Posting(LINES, _line(row.person), LINE, facts.term("merchant.line"))]
        line = {"line": facts.term("merchant.line")}
        changes.append(Change("merchant_renter", row.person, line, new=renter is None))
    hold = HoldOpen(facts.id, [Posting(_line(row.person), LINES, LINE, row.price)])
    return Plan(postings=postings, opens=[hold], changes=changes, receipt=receipt)


def _deposit(facts: Facts, row: Any, ends: int) -> tuple[HoldOpen, Payment]:
    address, merchant = f"wallet:{row.wallet}", open_merchant(facts, row.merchant)
    parts = from_pockets(facts, address, Amount("CNY/2", row.price), POCKETS)
    held = [Posting(address, due(row.merchant), asset, units) for asset, units in parts]
    payment = Payment(
        address, due(row.merchant), "CNY/2", row.price, merchant=merchant.key, category=merchant.category
    )  # fmt: skip
    return HoldOpen(facts.id, held, ends), payment


def fee_of(row: Any, now: int) -> int:
    """The fee at this instant: each begun step after the free minutes, capped by day, at most the price."""
    minutes = -(-(now - row.started) // times.MINUTE)
    if minutes <= row.free_minutes:
        return 0
    days, rest = divmod(minutes, 24 * 60)
    fee = days * row.day_cap + min(row.day_cap, -(-rest // row.step_minutes) * row.fee)
    return int(min(fee, row.price))


def price_reached(row: Any, started: int) -> int:
    """The instant from which the fee is the price."""
    begun, pace = msgspec.structs.replace(row, started=started), int(row.step_minutes) * times.MINUTE
    for count in range(STEPS_MAX):
        if fee_of(begun, started + count * pace + times.SECOND) >= row.price:
            return started + count * pace + times.SECOND
    return started + STEPS_MAX * pace


def withdraw_rental(facts: Facts, ask: NameRental) -> Plan:
    """The person or the station says no: nothing began."""
    row = facts.must("merchant_rental", ask.rental)
    actor = facts.actor
    if not (actor.organisation and actor.organisation == row.merchant):
        row = _own(facts, ask.rental)
    stage = step(RENTAL, row.stage, "withdraw")
    return Plan(changes=[Change("merchant_rental", row.key, {"stage": stage})], receipt=Staged(row.key, stage))


def return_thing(facts: Facts, ask: Return) -> Plan:
    """The thing is back, at whichever station; its fee is paid or owed. A second return changes nothing."""
    merchant = employer(facts)
    thing = facts.must("merchant_thing", ask.thing)
    shop = ask.shop or facts.actor.shop or thing.shop
    if thing.merchant != merchant.key or facts.must("people_shop", shop).organisation != merchant.key:
        raise Refusal("request.object_missing")
    row = facts.record("merchant_rental", thing.rental) if thing.rental else None
    if row is not None and row.stage in ("done", "charged"):
        return Plan(receipt=Ended(row.key, row.stage, show("CNY/2", row.charged), bool(row.sold)))
    if row is None or row.stage != "doing":
        raise Refusal("request.stage_wrong", stage=row.stage if row is not None else thing.stage)
    fee = fee_of(row, facts.now)
    plan = _charged(facts, row, fee, "return")
    back = Change("merchant_thing", thing.key, {"stage": "here", "shop": shop})
    done = {"shop": shop, "ended": facts.now}
    plan.changes = [*plan.changes, back, Change("merchant_rental", row.key, done)]
    return plan


def _charged(facts: Facts, row: Any, fee: int, act: str, *, sold: bool = False) -> Plan:
    """The fee paid from the deposit or the wallet and the promise free again; short, it is owed and tried again."""
    wallet = facts.must("people_wallet", row.wallet)
    address = f"wallet:{row.wallet}"
    if row.deposit:
        hold = facts.hold(row.hold)
        has = [(p.asset, p.units) for p in hold.postings] if hold is not None else []
    else:
        has = [(asset, facts.free(address, asset)) for asset in POCKETS] if wallet.stage == "open" else []
    parts, missing = take(fee, has)
    stage = step(RENTAL, row.stage, f"{act} short" if missing else act)
    renter = facts.record("merchant_renter", row.person)
    owed = row.stage == "charged"
    counts = {"done": (renter.done if renter else 0) + int(not missing)}
    counts["unpaid"] = (renter.unpaid if renter else 0) + int(bool(missing)) - int(owed)
    fields = {"stage": stage, "charged": fee, "sold": int(sold or row.sold), "until": 0}
    if missing:
        fields["until"] = facts.now + facts.term("merchant.retry_hours") * times.HOUR
    plan = Plan(
        changes=[
            Change("merchant_rental", row.key, fields),
            Change("merchant_renter", row.person, counts, new=renter is None),
        ],
        receipt=Ended(row.key, stage, show("CNY/2", fee), bool(fields["sold"])),
        notices=_told(wallet, row, fee, stage, owed=owed),
    )
    if missing:
        return plan
    plan.postings = [Posting(address, due(row.merchant), asset, units) for asset, units in parts]
    if facts.held(row.hold) is not None:
        plan.ends = [HoldEnd(row.hold, "capture" if row.deposit and parts else "release")]
    return plan


def _told(wallet: Any, row: Any, fee: int, stage: str, *, owed: bool) -> list[Notice]:
    """The person hears what it cost; that it is still owed, once."""
    if not wallet.person or (owed and stage == "charged"):
        return []
    told = {"amount": show("CNY/2", fee), "merchant": row.merchant}
    return [Notice(wallet.person, f"merchant.rental_{stage}", told)]


def charge_rental(facts: Facts, ask: NameRental) -> Plan:
    """The fee has reached the price: the thing is the person's. Or a fee that is owed is tried again."""
    row = facts.must("merchant_rental", ask.rental)
    if row.stage not in ("doing", "charged") or row.until > facts.now:
        return Plan(receipt=Ended(row.key, row.stage, show("CNY/2", row.charged), bool(row.sold)))
    if row.stage == "charged":
        return _charged(facts, row, row.charged, "pay")
    plan = _charged(facts, row, row.price, "sell", sold=True)
    sold = Change("merchant_thing", row.thing, {"stage": "sold"})
    plan.changes = [*plan.changes, sold, Change("merchant_rental", row.key, {"ended": facts.now})]
    return plan
