"""A discount is a percentage, so it needs a price: it is reckoned for one purchase, and then is a coupon of that sum.

The coupon of the campaign becomes, for a few minutes, a coupon with a face of its own and its own money behind it, good
at one merchant from the stated price on. What is not spent by then is the discount it was before.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Amount, Change, Facts, Id, Plan, Posting, Refusal, step
from saxaul.guards.purpose import barred, bound_to, misfit
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate, show
from saxaul.people.persons import unlisted
from saxaul.people.wallets import open_merchant, unclosed_wallet
from saxaul.programmes.voucher import common as c
from saxaul.programmes.voucher.models import OVER
from saxaul.programmes.voucher.stages import CART_STAGES


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which discount, for a purchase of which price at which merchant."""

    campaign: Id
    merchant: Id
    price: Amount
    wallet: Id | None = None


class Applied(msgspec.Struct, frozen=True):
    """What comes off, and until when: `cart` is the name under which payments know it."""

    cart: str
    campaign: str
    merchant: str
    off: str
    ends: str


class NameCart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A discount that was reckoned for a purchase."""

    cart: Id


class CartEnded(msgspec.Struct, frozen=True):
    """What became of it."""

    cart: str
    stage: str


def apply(facts: Facts, ask: Apply) -> Plan:
    """The next payment of at least this price at this merchant is so much less."""
    row = facts.must("voucher_campaign", ask.campaign)
    if row.kind != "discount" or row.stage == "draft":
        raise Refusal("request.object_missing")
    merchant, wallet, price = open_merchant(facts, ask.merchant), unclosed_wallet(facts, ask.wallet), ask.price.units
    purpose = msgspec.structs.replace(facts.must("pay_purpose", row.key), starts=row.claim_from)
    code = misfit(facts, purpose, merchant=merchant.key, category=merchant.category, units=price)
    if code:
        raise barred(code, purpose)
    off = min(row.face, price, Rate(row.percent, 100).of(price))
    if ask.price.asset not in (c.MONEY, "CNY/2") or not off:
        raise Refusal("request.field_invalid", fields=["price: in CNY or ECNY, so that a fen at least comes off"])
    address, cart = f"wallet:{wallet.key}", facts.id
    if facts.free(address, c.asset(row)) < 1:
        raise Refusal("award.award_missing")
    ends = min(facts.now + facts.term("voucher.cart_minutes") * times.MINUTE, row.spend_until)
    kept: dict[str, Any] = {
        "campaign": row.key, "wallet": wallet.key, "merchant": merchant.key, "price": price, "units": off,
        "stage": CART_STAGES["", "voucher.apply"], "until": ends,
    }  # fmt: skip
    one: dict[str, Any] = {
        "asset": _coupon(cart), "behind": c.MONEY, "face": off, "listed": 1, "until": ends, "minimum": price,
        "sponsor": row.sponsor,
    }  # fmt: skip
    return Plan(
        postings=[
            Posting(address, c.spent(row.key), c.asset(row), 1),
            Posting(c.escrow(row.key), c.escrow(cart), c.MONEY, off),
            Posting(c.issuer(cart), address, _coupon(cart), 1),
        ],
        changes=[
            Change("voucher_cart", cart, kept, new=True), Change("pay_purpose", cart, one, new=True),
            Change("pay_purpose_merchant", f"{cart}:{merchant.key}", {"stage": "active"}, new=True),
            *bound_to(facts, wallet.key, cart),
        ],
        receipt=Applied(cart, row.key, merchant.key, show(c.MONEY, off), times.text(ends)),
    )  # fmt: skip


def _coupon(cart: str) -> str:
    return f"COUPON.{cart}/0"


def end_cart(facts: Facts, ask: NameCart) -> Plan:
    """The minutes are over: what was spent is spent, what was not is the person's discount again, or the sponsor's."""
    cart = facts.must("voucher_cart", ask.cart)
    if cart.stage != "open" or facts.now < cart.until:
        return Plan(receipt=CartEnded(cart.key, cart.stage))
    row = facts.must("voucher_campaign", cart.campaign)
    address, coupon = f"wallet:{cart.wallet}", _coupon(cart.key)
    posted, free = facts.balance(address, coupon)[0], facts.free(address, coupon)
    if posted > free:  # a till still holds it; that payment may yet be captured
        later = facts.now + facts.term("voucher.sweep_minutes") * times.MINUTE
        return Plan(
            changes=[Change("voucher_cart", cart.key, {"until": later})], receipt=CartEnded(cart.key, cart.stage)
        )  # fmt: skip
    stage = step(CART_STAGES, cart.stage, "voucher.end_cart" if free else "voucher.end_cart used")
    postings = []
    if free:
        home = address if facts.now < row.spend_until else c.returned(row.key)
        postings = [Posting(address, c.returned(cart.key), coupon, 1), Posting(c.spent(row.key), home, c.asset(row), 1)]
    rest = facts.free(c.escrow(cart.key), c.MONEY)
    if rest:
        back = c.sponsor(row) if row.stage in OVER else c.escrow(row.key)
        postings.append(Posting(c.escrow(cart.key), back, c.MONEY, rest))
    known = facts.record("pay_bound", cart.wallet)
    return Plan(
        postings=postings,
        changes=[
            Change("voucher_cart", cart.key, {"stage": stage}),
            Change("pay_bound", cart.wallet, {"purposes": unlisted(known.purposes, cart.key)}),
        ],
        receipt=CartEnded(cart.key, stage),
    )
