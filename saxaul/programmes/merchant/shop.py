"""The benefit shop: what points are exchanged for, opened with its stock, taken in one transfer with the points.

Stock is a balance, so "sold out" is the ledger's word. Where a programme pays the merchant for a benefit, the money for
the whole stock is promised at the opening, so that no coupon is ever handed out that nobody can pay for.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, Text
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.people.persons import made, own_person
from saxaul.programmes.merchant import lots
from saxaul.programmes.merchant.asks import Day, MaybeText, Staged
from saxaul.programmes.merchant.common import employer, end_of, member_of, running, yuan
from saxaul.programmes.merchant.places import issuer, of_benefit, pool

DIGITS = 12


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A merchant's own gift: its title, what it costs in points, how many there are, until when it can be taken.

    `minimum`: least price of the order it is used with. `returns`: when that order comes back, the coupon is restored
    or ends. `coupon_days`: how long a coupon can be used.
    """

    programme: Id
    title: Text
    cost: Annotated[int, Meta(ge=1, le=10**9)]
    stock: Annotated[int, Meta(ge=1, le=10**9)]
    title_en: MaybeText = ""
    minimum: Amount | None = None
    until: Day = ""
    coupon_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    returns: Literal["restore", "end"] = "restore"


class OpenBenefit(Offer, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The same for a merchant whom the programme pays `value` for each coupon that is used."""

    merchant: Id
    value: Amount


class Offered(msgspec.Struct, frozen=True):
    """The benefit and its stock."""

    benefit: str
    stock: int


class NameBenefit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A benefit."""

    benefit: Id


class Taken(msgspec.Struct, frozen=True):
    """The coupon, the digits to say at the till, until when it can be used."""

    coupon: str
    code: str
    ends: str
    points: int


def offer(facts: Facts, ask: Offer) -> Plan:
    """The merchant's benefit can be taken while stock lasts; the merchant bears what it costs."""
    return _opened(facts, ask, employer(facts).key, 0)


def open_benefit(facts: Facts, ask: OpenBenefit) -> Plan:
    """By two officers: a benefit that the programme's sponsors pay; refuses `campaign.escrow_short`."""
    return _opened(facts, ask, ask.merchant, yuan(ask.value, "value"))


def _opened(facts: Facts, ask: Offer, merchant: str, value: int) -> Plan:
    programme = running(facts, ask.programme)
    member_of(facts, programme.key, merchant)
    key = made(facts.id, "benefit")
    changes = []
    if value:
        left = facts.free(pool(programme.key), programme.money) - programme.promised
        if left < value * ask.stock:
            need, has = show(programme.money, value * ask.stock), show(programme.money, max(0, left))
            raise Refusal("campaign.escrow_short", need=need, free=has)
        promised = programme.promised + value * ask.stock
        changes.append(Change("merchant_programme", programme.key, {"promised": promised}))
    fields = {
        "programme": programme.key, "merchant": merchant, "title": ask.title, "title_en": ask.title_en,
        "cost": ask.cost, "value": value, "minimum": yuan(ask.minimum, "minimum"), "stock": ask.stock,
        "until": end_of(ask.until), "coupon_days": ask.coupon_days or facts.term("merchant.coupon_days"),
        "returns": ask.returns, "since": facts.now,
    }  # fmt: skip
    changes.append(Change("merchant_benefit", key, fields, new=True))
    stock = Posting(issuer(key), f"campaign:{key}:stock", of_benefit(key), ask.stock)
    return Plan(postings=[stock], changes=changes, receipt=Offered(key, ask.stock))


def close_benefit(facts: Facts, ask: NameBenefit) -> Plan:
    """Nobody takes it any more, the rest of its stock is gone, and its money is promised no longer; coupons hold."""
    benefit = facts.must("merchant_benefit", ask.benefit)
    if not facts.actor.roles & {"officer", "system"} and benefit.merchant != facts.actor.organisation:
        raise Refusal("request.object_missing")
    if benefit.stage != "open":
        raise Refusal("request.stage_wrong", stage=benefit.stage)
    rest = facts.free(f"campaign:{benefit.key}:stock", of_benefit(benefit.key))
    postings, changes = [], [Change("merchant_benefit", benefit.key, {"stage": "closed"})]
    if rest:
        postings = [Posting(f"campaign:{benefit.key}:stock", issuer(benefit.key), of_benefit(benefit.key), rest)]
        changes += unpromised(facts, benefit, rest)
    return Plan(postings=postings, changes=changes, receipt=Staged(benefit.key, "closed"))


def unpromised(facts: Facts, benefit: Any, count: int) -> list[Change]:
    """The programme's promise, smaller by the value of so many coupons; below zero it grows again."""
    if not benefit.value:
        return []
    programme = facts.must("merchant_programme", benefit.programme)
    return [Change("merchant_programme", programme.key, {"promised": programme.promised - count * benefit.value})]


def take_benefit(facts: Facts, ask: NameBenefit) -> Plan:
    """Points, one of the stock and the coupon move together; sold out or short, no point moves."""
    person = own_person(facts).natural
    benefit = facts.must("merchant_benefit", ask.benefit)
    if benefit.stage != "open" or (benefit.until and facts.at >= benefit.until):
        raise Refusal("coupon.time_ended")
    asset, stock = of_benefit(benefit.key), f"campaign:{benefit.key}:stock"
    if not facts.free(stock, asset):
        raise Refusal("benefit.stock_exhausted")
    credit = f"campaign:{benefit.programme}:redeemed"
    postings, changes = lots.taken(facts, benefit.programme, person, benefit.cost, credit)
    code = _code(facts)
    ends = facts.now + benefit.coupon_days * times.DAY
    fields = {
        "benefit": benefit.key, "programme": benefit.programme, "person": person, "code": code, "ends": ends,
        "since": facts.now,
    }  # fmt: skip
    changes += [
        Change("merchant_coupon", facts.id, fields, new=True),
        Change("merchant_coupon_code", code, {"coupon": facts.id}, new=True),
    ]
    return Plan(
        postings=[*postings, Posting(stock, f"person:{person}:benefits", asset, 1)], changes=changes,
        receipt=Taken(facts.id, code, times.text(ends), benefit.cost),
    )  # fmt: skip


def _code(facts: Facts) -> str:
    """Twelve digits made of the act's id that no other coupon has."""
    for turn in range(8):
        made_of = hashlib.sha256(f"coupon:{facts.id}:{turn}".encode()).digest()
        code = str(int.from_bytes(made_of[:8], "big") % 10**DIGITS).rjust(DIGITS, "0")
        if facts.record("merchant_coupon_code", code) is None:
            return code
    raise AssertionError("eight codes in a row are taken")
