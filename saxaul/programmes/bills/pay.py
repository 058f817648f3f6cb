"""The payer's side: find a bill, pay it in full, in part or ahead as the biller agreed, and get a wrong payment back.

Anybody who knows the number may pay, a parent's bill too. Misses are counted, so that owners cannot be listed: a
refused act changes nothing, hence a look-up that finds nothing succeeds and its receipt carries the verdict.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, Id, Notice, Payment, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate, show, take
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import own_person, words
from saxaul.people.wallets import Parts, address, from_pockets, open_payee, own_pockets, wallet_of
from saxaul.programmes.bills import common
from saxaul.programmes.bills.common import Serial

MISSING = "bill.key_missing"
FEE_OF = 10_000
NUMBERS_MAX = 20  # one's own, parents', a shop's


class Find(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The biller and the household's number as it stands on paper."""

    biller: Serial
    number: Serial


class Shown(msgspec.Struct, frozen=True):
    """An open bill. `rest`: what is due now; `part`: less may be paid, down to `least`; `over`: more, up to `most`."""

    bill: str
    revision: int
    amount: str
    rest: str
    due: str
    month: str
    stage: str
    part: bool
    least: str
    most: str


class Found(msgspec.Struct, frozen=True):
    """The open bills; `verdict` is empty or `bill.key_missing`, `left` how many misses remain before a pause.

    The masked owner is not in here: the surface reads it beside the chain, under `household`.
    """

    verdict: str
    bills: list[Shown]
    left: int
    household: str = ""


def find(facts: Facts, ask: Find) -> Plan:
    """The household's open bills are told; a number that does not exist is counted."""
    who = facts.actor.person or facts.actor.credential
    row = facts.record("bills_lookup", who)
    most, window = facts.term("bills.misses_max"), facts.term("bills.misses_seconds") * times.SECOND
    misses = row.misses if row is not None and facts.now - row.since < window else 0
    if misses >= most:
        raise Refusal("request.pace_exceeded", seconds=(row.since + window - facts.now) // times.SECOND + 1)
    number = common.seen_number(facts, ask.biller, ask.number)
    if number is None:
        since = row.since if misses else facts.now
        change = Change("bills_lookup", who, {"misses": misses + 1, "since": since}, new=row is None)
        return Plan(changes=[change], receipt=Found(MISSING, [], most - misses - 1))
    biller = facts.must("people_organisation", ask.biller)
    bills = [_shown(biller, one, number) for one in common.open_bills(facts, number)]
    return Plan(receipt=Found("", bills, most - misses, number.key))


def _shown(biller: Any, bill: Any, number: Any) -> Shown:
    agreed, rest = common.agreed(biller), bill.amount - bill.paid
    return Shown(
        bill.key, bill.revision, common.yuan(bill.amount), common.yuan(rest), bill.due, bill.month, bill.stage,
        agreed.part, common.yuan(_least(agreed, rest)), common.yuan(rest + _room(agreed, number)),
    )  # fmt: skip


def _least(agreed: common.Agreed, rest: int) -> int:
    return min(agreed.least, rest) if agreed.part else rest


def _room(agreed: common.Agreed, number: Any) -> int:
    """How much more than the bills may be paid now."""
    return max(0, agreed.most_over - number.ahead) if agreed.over else 0


class Pay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bill and the revision that was shown; CNY is taken from any pocket of the wallet, ECNY from e-CNY only."""

    bill: Code
    revision: Annotated[int, Meta(ge=1)]
    amount: Amount
    wallet: Id | None = None


class Paid(msgspec.Struct, frozen=True):
    """The payment (a refund names it), the pockets it came from, the bill's rest and stage, what was paid ahead."""

    payment: str
    bill: str
    parts: list[str]
    rest: str
    stage: str
    ahead: str


def pay(facts: Facts, ask: Pay) -> Plan:
    """The bill is paid, in part or in full; of many who pay it at one moment, one does."""
    wallet, units = wallet_of(facts, ask.wallet), common.money(ask.amount).units
    bill = common.seen_bill(facts, ask.bill)
    biller = open_payee(facts, bill.biller, "biller")
    if bill.stage == "paid":
        raise Refusal("bill.stage_paid")
    if bill.revision != ask.revision:
        shown, price = str(ask.amount), common.yuan(bill.amount - bill.paid)
        raise Refusal("bill.revision_changed", price=price, shown=shown, revision=bill.revision)
    number = facts.must("bills_number", common.household(bill.biller, bill.number))
    agreed, rest = common.agreed(biller), bill.amount - bill.paid
    stage = step(common.STAGES, bill.stage, "pay_rest" if units >= rest else "pay")
    if units < _least(agreed, rest):
        raise Refusal("bill.amount_under", minimum=common.yuan(_least(agreed, rest)))
    ahead = max(0, units - rest)
    if ahead > _room(agreed, number):
        raise Refusal("bill.amount_over", left=common.yuan(rest))
    changes = [Change("bills_bill", bill.key, {"paid": bill.paid + units - ahead, "stage": stage})]
    if stage == "paid":
        kept = common.listed(number, drop=bill.key)  # a number once paid for stays known
        changes.append(Change("bills_number", number.key, {**kept.fields, "ahead": number.ahead + ahead, "file": ""}))
    plan, parts = _paid(facts, wallet, biller, ask.amount)
    fields = {"bill": bill.key, "number": bill.number, "revision": bill.revision, "ahead": ahead}
    plan.changes = [*changes, _payment(facts, wallet, biller, parts, fields)]
    left = common.yuan(max(0, rest - units))
    plan.receipt = Paid(facts.id, bill.key, _said(parts), left, stage, common.yuan(ahead))
    return plan


class PayAhead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household's number without an open bill, and how much is put by for the next ones."""

    biller: Serial
    number: Serial
    amount: Amount
    wallet: Id | None = None


def pay_ahead(facts: Facts, ask: PayAhead) -> Plan:
    """The biller has the money already and the next bills of this number are paid from it."""
    wallet, units = wallet_of(facts, ask.wallet), common.money(ask.amount).units
    number = common.seen_number(facts, ask.biller, ask.number)
    if number is None:
        raise Refusal(MISSING)
    biller = open_payee(facts, ask.biller, "biller")
    if common.open_bills(facts, number):
        raise Refusal("request.stage_wrong", stage="open", ways=["bills.pay"])
    agreed = common.agreed(biller)
    if units > _room(agreed, number):
        raise Refusal("bill.amount_over", left=common.yuan(_room(agreed, number)))
    if units < agreed.least:
        raise Refusal("bill.amount_under", minimum=common.yuan(agreed.least))
    plan, parts = _paid(facts, wallet, biller, ask.amount)
    change = Change("bills_number", number.key, {"ahead": number.ahead + units})
    plan.changes = [change, _payment(facts, wallet, biller, parts, {"number": ask.number, "ahead": units})]
    plan.receipt = Paid(facts.id, "", _said(parts), common.yuan(0), "ahead", common.yuan(number.ahead + units))
    return plan


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bill."""

    bill: Code


class Used(msgspec.Struct, frozen=True):
    """How much of what was paid ahead went into the bill, and what became of it."""

    bill: str
    used: str
    stage: str


def use_ahead(facts: Facts, ask: Named) -> Plan:
    """What the household paid ahead is used for this bill; no money moves, the biller has it already."""
    bill = common.seen_bill(facts, ask.bill)
    number = facts.must("bills_number", common.household(bill.biller, bill.number))
    rest = bill.amount - bill.paid
    used = min(number.ahead, rest)
    stage = step(common.STAGES, bill.stage, "pay_rest" if used == rest else "pay")
    if not used:
        raise Refusal("request.stage_wrong", stage=bill.stage, ways=["bills.pay"])
    kept = common.listed(number, drop=bill.key).fields if used == rest else {}
    changes = [
        Change("bills_bill", bill.key, {"paid": bill.paid + used, "stage": stage}),
        Change("bills_number", number.key, {**kept, "ahead": number.ahead - used}),
    ]
    return Plan(changes=changes, receipt=Used(bill.key, common.yuan(used), stage))


class Refund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment, by its id; it goes back whole."""

    payment: Id


class Refunded(msgspec.Struct, frozen=True):
    """The payment, what its payer has back, and the stage of the bill."""

    payment: str
    parts: list[str]
    stage: str


def refund(facts: Facts, ask: Refund) -> Plan:
    """The payer has the money back, whatever became of the bill since; a closed wallet's waits with its operator."""
    row = facts.must("bills_payment", ask.payment)
    biller = common.own_biller(facts, row.biller)
    if row.stage != "paid":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    end = row.since + facts.term("bills.refund_days_max") * times.DAY
    if facts.now >= end:
        raise Refusal("refund.window_closed", end=times.day(end, facts.zone))
    wallet = facts.must("people_wallet", row.wallet)
    changes, stage = _unpaid(facts, row)
    home = address(wallet.key) if wallet.stage != "closed" else f"operator:{wallet.issuer}:suspense"
    parts = [(asset, units) for asset, units in ((ECNY, row.ecny), (CNY, row.cny)) if units]
    postings = [
        Posting(f"operator:{biller.issuer}:fees", common.due(biller.key), asset, units)
        for asset, units in take(row.fee, parts)[0]
    ]
    postings += [Posting(common.due(biller.key), home, asset, units) for asset, units in parts]
    facts_of = {"payment": row.key, "amount": common.yuan(row.ecny + row.cny)}
    return Plan(
        postings=postings, changes=[*changes, Change("bills_payment", row.key, {"stage": "refunded"})],
        notices=[Notice(wallet.person, "bills.refunded", facts_of)] if wallet.person else [],
        receipt=Refunded(row.key, _said(parts), stage),
    )  # fmt: skip


def _unpaid(facts: Facts, row: Any) -> tuple[list[Change], str]:
    """The bill and the household's number without this payment."""
    number = facts.must("bills_number", common.household(row.biller, row.number))
    if number.ahead < row.ahead:  # what was paid ahead has been used for a bill since
        raise Refusal("refund.payee_short")
    fields: dict[str, Any] = {"ahead": number.ahead - row.ahead}
    changes, stage = [], ""
    if row.bill:
        bill = facts.must("bills_bill", row.bill)
        paid = bill.paid - (row.ecny + row.cny - row.ahead)
        assert paid >= 0, "a bill was paid less than its payments"
        stage = step(common.STAGES, bill.stage, "refund")
        if paid and stage != "overdue":
            stage = "part_paid"
        changes.append(Change("bills_bill", bill.key, {"paid": paid, "stage": stage}))
        if stage in common.OPEN:
            fields |= common.listed(number, add=bill.key).fields
    return [*changes, Change("bills_number", number.key, fields)], stage


class SaveNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household's number, one's own or a parent's; `keep` false forgets it."""

    biller: Serial
    number: Serial
    keep: bool = True


class Saved(msgspec.Struct, frozen=True):
    """All numbers the person keeps."""

    numbers: list[str]


def save_number(facts: Facts, ask: SaveNumber) -> Plan:
    """The number stands in the person's household, or no more; whether it exists is not said."""
    person = own_person(facts)
    row = facts.record("bills_household", person.key)
    one = common.household(ask.biller, ask.number)
    numbers = [number for number in words(row.numbers if row is not None else "") if number != one]
    if ask.keep:
        numbers.append(one)
    if len(numbers) > NUMBERS_MAX:
        raise Refusal("request.field_invalid", fields=[f"number: at most {NUMBERS_MAX} are kept"])
    change = Change("bills_household", person.key, {"numbers": " ".join(numbers)}, new=row is None)
    return Plan(changes=[change], receipt=Saved(numbers))


# -- where the money comes from ------------------------------------------------------------------------------------


def _paid(facts: Facts, wallet: Any, biller: Any, amount: Amount) -> tuple[Plan, Parts]:
    """The postings of a payment: pockets in the order of the terms, the operator's fee in the same transfer."""
    payer, payee = address(wallet.key), common.due(biller.key)
    parts = from_pockets(facts, payer, amount, own_pockets(facts, amount.asset))
    fees, _ = take(_fee(biller, amount.units), sorted(parts, reverse=True))  # e-CNY first, as a refund takes it back
    postings = [Posting(payer, payee, asset, units) for asset, units in parts]
    postings += [Posting(payee, f"operator:{biller.issuer}:fees", asset, units) for asset, units in fees]
    return Plan(postings=postings, payment=Payment(payer, payee, amount.asset, amount.units)), parts


def _fee(biller: Any, units: int) -> int:
    return Rate(common.agreed(biller).fee, FEE_OF).of(units, round="down") if biller.issuer else 0


def _payment(facts: Facts, wallet: Any, biller: Any, parts: Parts, fields: dict[str, Any]) -> Change:
    own = dict(parts)
    money = {"ecny": own.get(ECNY, 0), "cny": own.get(CNY, 0), "fee": _fee(biller, sum(own.values()))}
    who = {"biller": biller.key, "wallet": wallet.key, "since": facts.now}
    return Change("bills_payment", facts.id, {**who, **money, **fields}, new=True)


def _said(parts: Parts) -> list[str]:
    return [show(asset, units) for asset, units in parts]
