"""Between persons: sending, asking for money, sharing a bill. Money bound to a purpose stays where it is."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Notice, Payment, Plan, Posting, Refusal, step
from saxaul.guards.purpose import BOUND
from saxaul.kernel import assets, ids, times
from saxaul.kernel.amounts import allot, show
from saxaul.people.persons import active_person, own_person
from saxaul.people.wallets import wallet_of
from saxaul.programmes.pay.parties import money
from saxaul.programmes.pay.stages import REQUEST_STAGES

Payers = Annotated[list[Id], Meta(min_length=1, max_length=20)]


class Send(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which wallet, how much; the surface shows the payee's masked name before."""

    payee: Id
    amount: Amount
    wallet: Id | None = None


class Sent(msgspec.Struct, frozen=True):
    """Who was sent how much."""

    payee: str
    amount: str


class AskMoney(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which person, how much, into which own wallet. `minutes`: how long it waits for an answer."""

    payer: Id
    amount: Amount
    wallet: Id | None = None
    minutes: int | None = None


class Asked(msgspec.Struct, frozen=True):
    """The request and its end."""

    request: str
    amount: str
    ends: str


class SplitBill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bill the actor paid, and who shares it; `mine`: the actor bears a share too, the first."""

    payers: Payers
    amount: Amount
    mine: bool = True
    wallet: Id | None = None
    minutes: int | None = None


class Split(msgspec.Struct, frozen=True):
    """The requests and their shares in the order of the payers; `own` is what the actor bears. All sum to the fen."""

    bill: str
    requests: list[str]
    shares: list[str]
    own: str
    ends: str


class AnswerRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yes pays it at once, no ends it."""

    request: Id
    pay: bool
    wallet: Id | None = None


class NameRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request for money."""

    request: Id


class Answered(msgspec.Struct, frozen=True):
    """Where the request stands."""

    request: str
    stage: str
    amount: str


def send(facts: Facts, ask: Send) -> Plan:
    """The payee has the money, at once and for good."""
    amount = ask.amount
    if assets.kind(amount.asset) not in BOUND:
        money(amount)
    wallet = wallet_of(facts, ask.wallet)
    plan = _sent(facts, wallet, ask.payee, amount)
    plan.receipt = Sent(ask.payee, str(amount))
    return plan


def _sent(facts: Facts, wallet: Any, payee: str, amount: Amount) -> Plan:
    other = facts.record("people_wallet", payee)
    if other is None or other.stage == "closed":
        raise Refusal("payee.account_missing")
    payer, to = f"wallet:{wallet.key}", f"wallet:{payee}"
    own = bool(wallet.person) and wallet.person == other.person
    told = {"amount": str(amount), "wallet": payee}
    return Plan(
        postings=[Posting(payer, to, amount.asset, amount.units)],
        payment=Payment(payer, to, amount.asset, amount.units, "send", own=own),
        notices=[Notice(other.person, "pay.received", told)] if other.person and not own else [],
    )


def request(facts: Facts, ask: AskMoney) -> Plan:
    """The person is asked for the money until the end; nothing moves before they say yes."""
    amount = money(ask.amount)
    payee = wallet_of(facts, ask.wallet)
    ends = _end(facts, ask.minutes)
    key = ids.derived(ids.instant(facts.id), f"request:{facts.id}:0")
    change, notice = _asked(facts, key, payee, ask.payer, amount, ends, bill="")
    return Plan(changes=[change], notices=[notice], receipt=Asked(key, str(amount), times.text(ends)))


def split_bill(facts: Facts, ask: SplitBill) -> Plan:
    """Each payer is asked for an equal share; left-over fen go one each to the first."""
    amount = money(ask.amount)
    payers = ask.payers
    if len(set(payers)) < len(payers) or facts.actor.person in payers:
        raise Refusal("request.field_invalid", fields=["payers: each other person once"])
    payee = wallet_of(facts, ask.wallet)
    ends = _end(facts, ask.minutes)
    shares = allot(amount.units, [1] * (len(payers) + ask.mine))
    own = shares.pop(0) if ask.mine else 0
    if min(shares) <= 0:
        raise Refusal("request.field_invalid", fields=["amount: less than a fen each"])
    facts.records("people_person", payers)
    keys, changes, notices = [], [], []
    for place, (payer, units) in enumerate(zip(payers, shares, strict=True)):
        key = ids.derived(ids.instant(facts.id), f"request:{facts.id}:{place}")
        change, notice = _asked(facts, key, payee, payer, Amount(amount.asset, units), ends, bill=facts.id)
        keys.append(key)
        changes.append(change)
        notices.append(notice)
    shown = [show(amount.asset, units) for units in shares]
    receipt = Split(facts.id, keys, shown, show(amount.asset, own), times.text(ends))
    return Plan(changes=changes, notices=notices, receipt=receipt)


def _asked(
    facts: Facts, key: str, payee: Any, payer: str, amount: Amount, ends: int, *, bill: str
) -> tuple[Change, Notice]:
    person = active_person(facts, payer)
    if person.key == facts.actor.person:
        raise Refusal("payee.party_same")
    fields = {
        "payee": payee.key, "payer": person.key, "asset": amount.asset, "units": amount.units, "bill": bill,
        "ends": ends,
    }  # fmt: skip
    told = {"request": key, "amount": str(amount), "until": times.text(ends)}
    return Change("pay_request", key, fields, new=True), Notice(person.key, "pay.asked", told)


def _end(facts: Facts, minutes: int | None) -> int:
    most = facts.term("pay.order_minutes_max")
    minutes = facts.term("pay.request_minutes") if minutes is None else minutes
    if not 1 <= minutes <= most:
        raise Refusal("request.field_invalid", fields=["minutes: at least one, at most thirty days"])
    return facts.now + minutes * times.MINUTE


def answer_request(facts: Facts, ask: AnswerRequest) -> Plan:
    """Yes: the asking person has the money. No: the request is ended, and nothing moved."""
    row = facts.must("pay_request", ask.request)
    if row.payer != own_person(facts).key:
        raise Refusal("request.object_missing")
    _open(facts, row)
    amount = Amount(row.asset, row.units)
    if not ask.pay:
        stage = step(REQUEST_STAGES, row.stage, "pay.answer_request no")
        change = Change("pay_request", row.key, {"stage": stage})
        return Plan(changes=[change], receipt=Answered(row.key, stage, str(amount)))
    stage = step(REQUEST_STAGES, row.stage, "pay.answer_request")
    plan = _sent(facts, wallet_of(facts, ask.wallet), row.payee, amount)
    plan.changes = [Change("pay_request", row.key, {"stage": stage, "paid": facts.id})]
    plan.receipt = Answered(row.key, stage, str(amount))
    return plan


def cancel_request(facts: Facts, ask: NameRequest) -> Plan:
    """The asking person took the request back."""
    row = facts.must("pay_request", ask.request)
    wallet_of(facts, row.payee)
    stage = step(REQUEST_STAGES, row.stage, "pay.cancel_request")
    receipt = Answered(row.key, stage, show(row.asset, row.units))
    return Plan(changes=[Change("pay_request", row.key, {"stage": stage})], receipt=receipt)


def expire_request(facts: Facts, ask: NameRequest) -> Plan:
    """A request nobody answered is over; one that was answered or still runs is left alone."""
    row = facts.must("pay_request", ask.request)
    over = row.stage == "asked" and row.ends <= facts.now
    changes = [Change("pay_request", row.key, {"stage": "expired"})] if over else []
    receipt = Answered(row.key, "expired" if over else row.stage, show(row.asset, row.units))
    return Plan(changes=changes, receipt=receipt)


def _open(facts: Facts, row: Any) -> None:
    """A request whose end passed is over before the tick has said so."""
    if row.stage == "asked" and row.ends <= facts.now:
        raise Refusal("request.stage_wrong", stage="expired", ways=[], end=times.text(row.ends))
