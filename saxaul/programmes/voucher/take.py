"""What a person does: take a voucher, reserve one for a cart, give it free again, exchange a coupon for its benefit.

Who may have one is decided by one account's balance and one person's count in the same unit of work. A reservation is a
hold with an end: the vouchers of a cart that was left are free again by themselves.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Change, Facts, HoldEnd, HoldOpen, Id, Limit, Payment, Plan, Posting, Refusal, Use
from saxaul.guards.purpose import barred, bound_to, misfit
from saxaul.kernel import chance, times
from saxaul.kernel.amounts import show
from saxaul.people.persons import own_person
from saxaul.people.wallets import open_merchant, unclosed_wallet
from saxaul.programmes.voucher import common as c
from saxaul.programmes.voucher.stages import HOLDING_STAGES

CAPPED = "voucher.person_capped"


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which campaign, into which own wallet; `reservation`: the one that was kept for a cart."""

    campaign: Id
    wallet: Id | None = None
    reservation: Id | None = None


class Claimed(msgspec.Struct, frozen=True):
    """What the wallet got, what it is worth, and until when it can be spent."""

    campaign: str
    voucher: str
    worth: str
    ends: str


class Reserve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which campaign one voucher is kept while a purchase is being made."""

    campaign: Id
    wallet: Id | None = None


class Reserved(msgspec.Struct, frozen=True):
    """The reservation and its end."""

    reservation: str
    campaign: str
    ends: str


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reservation that is not needed any more."""

    reservation: Id


class Released(msgspec.Struct, frozen=True):
    """The reservation that ended."""

    reservation: str


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At which merchant the coupon's benefit is taken."""

    campaign: Id
    merchant: Id
    wallet: Id | None = None


class Exchanged(msgspec.Struct, frozen=True):
    """What was given for the coupon, and by whom."""

    campaign: str
    merchant: str
    benefit: str
    amount: str


def claim(facts: Facts, ask: Claim) -> Plan:
    """The wallet has one voucher more; refuses `voucher.stock_exhausted` for good and `voucher.person_capped`."""
    if ask.reservation is not None:
        return _reserved(facts, ask)
    row, wallet = c.giving(facts, ask.campaign), unclosed_wallet(facts, ask.wallet)
    natural = own_person(facts).natural
    units, changes = 1, []
    if row.kind == "random":
        units, drawn = _drawn(row)
        changes = [Change("voucher_campaign", row.key, drawn)]
    filled, postings = fill(facts, row)
    changes += filled
    _in_stock(facts, row, units, postings)
    postings = [*postings, Posting(c.stock(row), f"wallet:{wallet.key}", c.asset(row), units)]
    uses, limits = _counted(facts, row, natural)
    return Plan(
        postings=postings, uses=uses, limits=limits,
        changes=[*changes, *_kept(facts, row, wallet.key, natural, units)],
        receipt=_receipt(row, units),
    )  # fmt: skip


def _receipt(row: Any, units: int) -> Claimed:
    worth = show(c.MONEY, c.behind(row, units))
    return Claimed(row.key, show(c.asset(row), units), worth, times.text(row.spend_until))


def _reserved(facts: Facts, ask: Claim) -> Plan:
    """The reservation becomes a voucher; it was counted and decided when it was made, so a pause changes nothing."""
    row = facts.must("voucher_campaign", ask.campaign)
    hold = _own_hold(facts, ask.reservation or "")
    posting = hold.postings[0]
    if posting.asset != c.asset(row):
        raise Refusal("request.object_missing")
    wallet = posting.credit.removeprefix("wallet:")
    return Plan(
        ends=[HoldEnd(hold.id, "capture")], postings=[posting],
        changes=_kept(facts, row, wallet, own_person(facts).natural, posting.units),
        receipt=_receipt(row, posting.units),
    )  # fmt: skip


def _own_hold(facts: Facts, id: str) -> HoldOpen:
    """The actor's own reservation; refuses `hold.stage_ended` for one that is over, another's as unknown."""
    hold = facts.hold(id)
    if hold is None:
        raise Refusal("hold.stage_ended", hold=id)
    posting = hold.postings[0]
    coupon = posting.asset.startswith("COUPON.") and posting.debit.startswith("campaign:")
    if not coupon or posting.credit.removeprefix("wallet:") not in own_person(facts).wallets.split():
        raise Refusal("request.object_missing")
    return hold


def reserve(facts: Facts, ask: Reserve) -> Plan:
    """One voucher is kept for this person until the end of the reservation; nobody else can have it meanwhile."""
    row, wallet = c.giving(facts, ask.campaign), unclosed_wallet(facts, ask.wallet)
    if row.kind == "random":
        raise Refusal("request.field_invalid", fields=["campaign: drawn values are claimed at once, not reserved"])
    filled, postings = fill(facts, row)
    _in_stock(facts, row, 1, postings)
    ends = facts.now + facts.term("voucher.cart_minutes") * times.MINUTE
    uses, limits = _counted(facts, row, own_person(facts).natural)
    kept = Posting(c.stock(row), f"wallet:{wallet.key}", c.asset(row), 1)
    return Plan(
        postings=postings, opens=[HoldOpen(facts.id, [kept], ends)], uses=uses, limits=limits, changes=filled,
        receipt=Reserved(facts.id, row.key, times.text(ends)),
    )  # fmt: skip


def release(facts: Facts, ask: Release) -> Plan:
    """What was reserved is free again, and the person's count with it."""
    hold = _own_hold(facts, ask.reservation)
    return Plan(ends=[HoldEnd(hold.id, "release")], receipt=Released(hold.id))


def fill(facts: Facts, row: Any) -> tuple[list[Change], list[Posting]]:
    """What brings the day's stock to its number on the first ask of a day; nothing where it was filled already."""
    if not row.day_stock or row.day == facts.day:
        return [], []
    missing = row.day_stock - facts.balance(c.today(row.key), c.asset(row))[0]
    units = min(max(0, missing), facts.free(c.pool(row.key), c.asset(row)))
    postings = [Posting(c.pool(row.key), c.today(row.key), c.asset(row), units)] if units else []
    return [Change("voucher_campaign", row.key, {"day": facts.day})], postings


def _in_stock(facts: Facts, row: Any, units: int, filled: list[Posting]) -> None:
    coming = sum(one.units for one in filled)
    if not units or facts.free(c.stock(row), c.asset(row)) + coming < units:
        raise Refusal("voucher.stock_exhausted")


def _counted(facts: Facts, row: Any, natural: str) -> tuple[list[Use], list[Limit]]:
    """One voucher more of this natural person, in the campaign and today, with the caps on both."""
    name, day = c.counter(row.key), facts.day
    uses = [Use(natural, name, c.ALL, 1, 1, 1), Use(natural, name, day, 1, 1, 1)]
    limits = [Limit(natural, name, c.ALL, "times", row.per_person, CAPPED)]
    if row.per_day:
        limits.append(Limit(natural, name, day, "times", row.per_day, CAPPED))
    return uses, limits


def _kept(facts: Facts, row: Any, wallet: str, natural: str, units: int) -> list[Change]:
    """Payments from the wallet find the voucher, and the sweep at the end finds the wallet."""
    key = f"{row.key}:{wallet}"
    held = facts.record("voucher_holding", key)
    fields: dict[str, Any] = {
        "campaign": row.key, "wallet": wallet, "natural": natural, "until": row.spend_until,
        "stage": HOLDING_STAGES["held" if held else "", "voucher.claim"], "times": (held.times if held else 0) + 1,
        "units": (held.units if held else 0) + units,
    }  # fmt: skip
    # only these are pockets of an ordinary purchase by themselves
    bound = bound_to(facts, wallet, row.key) if row.kind in ("threshold", "random") else []
    return [Change("voucher_holding", key, fields, new=held is None), *bound]


def _drawn(row: Any) -> tuple[int, dict[str, Any]]:
    """(fen, changed fields) of the next value: by weight of what is left, so that all of them sum to the total."""
    table, left = c.values(row), [int(one) for one in row.left.split()]
    if not sum(left):
        return 0, {}
    place = chance.below(chance.numbers(f"{row.seed}:{row.drawn}"), sum(left))
    line = 0
    while place >= left[line]:
        place -= left[line]
        line += 1
    left[line] -= 1
    return table[line][0], {"left": " ".join(map(str, left)), "drawn": row.drawn + 1}


def exchange(facts: Facts, ask: Exchange) -> Plan:
    """The coupon is used up, the merchant gives the benefit and has its price from the sponsor's money."""
    row = facts.must("voucher_campaign", ask.campaign)
    if row.kind != "exchange" or row.stage == "draft":
        raise Refusal("request.object_missing")
    merchant, wallet = open_merchant(facts, ask.merchant), unclosed_wallet(facts, ask.wallet)
    purpose = facts.must("pay_purpose", row.key)
    code = misfit(facts, purpose, merchant=merchant.key, category=merchant.category, units=row.face)
    if code:
        raise barred(code, purpose)
    payer, payee = f"wallet:{wallet.key}", f"merchant:{merchant.key}:due"
    if facts.free(payer, c.asset(row)) < 1:
        raise Refusal("award.award_missing")
    return Plan(
        postings=[
            Posting(payer, c.spent(row.key), c.asset(row), 1), Posting(c.escrow(row.key), payee, c.MONEY, row.face)
        ],
        payment=Payment(payer, payee, c.MONEY, row.face, "exchange", False, merchant.key, merchant.category),
        receipt=Exchanged(row.key, merchant.key, row.benefit, show(c.MONEY, row.face)),
    )  # fmt: skip
