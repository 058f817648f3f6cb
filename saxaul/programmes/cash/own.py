"""What people and organisations ask for: link a bank account, bring money in, take it out, change yuan into e-CNY.

No fee for anybody. In and out have limits of their own, apart from those on payments.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Amount, Change, Code, Facts, HoldOpen, Id, Limit, Payment, Plan, Posting, Refusal, Use, step
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import own_person
from saxaul.people.private import Vaulted, mark
from saxaul.people.wallets import address, unclosed_wallet
from saxaul.programmes.cash import common


class LinkAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The person's own account and the institution that keeps it (a BIC, a clearing number, or its name)."""

    bank_account: Vaulted
    bank: Code


class Linked(msgspec.Struct, frozen=True):
    """The institution; the number is in the vault."""

    bank: str


def link_account(facts: Facts, ask: LinkAccount) -> Plan:
    """Money taken out goes to this account from now on; what is under way goes where it was sent."""
    person = own_person(facts)
    row = facts.record("cash_linked", person.key)
    fields = {"mark": mark(ask.bank_account), "bank": ask.bank, "stage": "linked", "since": facts.now}
    change = Change("cash_linked", person.key, fields, new=row is None)
    return Plan(changes=[change], receipt=Linked(ask.bank))


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own wallet and how much; ECNY or CNY names the pocket."""

    amount: Amount
    wallet: Id | None = None


class Asked(msgspec.Struct, frozen=True):
    """The order (its id goes to the bank and comes back) and its stage."""

    order: str
    stage: str
    amount: str


def top_up(facts: Facts, ask: Move) -> Plan:
    """The bank is asked to collect from the linked account; nothing moves before it says that it has."""
    units, wallet = common.money(ask.amount), unclosed_wallet(facts, ask.wallet)
    bank = common.bank_of(facts, wallet.issuer)
    _linked(facts, wallet)
    if common.full(facts, wallet, ask.amount.asset, units):
        most = facts.term(f"tier.{wallet.tier}.balance_limit")
        raise Refusal("tier.balance_exceeded", limit=show(ask.amount.asset, most))
    uses, limits = _counted(facts, wallet, "cash_in", "cash.in", ask.amount)
    change = _order(facts, "top_up", bank, wallet, ask.amount)
    return Plan(changes=[change], uses=uses, limits=limits, receipt=Asked(facts.id, "asked", str(ask.amount)))


def cash_out(facts: Facts, ask: Move) -> Plan:
    """The money is held without end until the bank has booked or rejected it; then it is gone, or free again."""
    units, wallet = common.money(ask.amount), unclosed_wallet(facts, ask.wallet)
    bank = common.bank_of(facts, wallet.issuer)
    _linked(facts, wallet)
    uses, limits = _counted(facts, wallet, "cash_out", "cash.out", ask.amount)
    asset = ask.amount.asset
    to = common.vault(wallet.issuer) if asset == ECNY else common.mirror(bank)
    hold = HoldOpen(facts.id, [Posting(address(wallet.key), to, asset, units)])
    payment = Payment(address(wallet.key), common.mirror(bank), asset, units, kind="cash_out", counted=True)
    return Plan(
        opens=[hold], changes=[_order(facts, "cash_out", bank, wallet, ask.amount)], uses=uses, limits=limits,
        payment=payment, receipt=Asked(facts.id, "held", str(ask.amount)),
    )  # fmt: skip


class Exchanged(msgspec.Struct, frozen=True):
    """The e-CNY that the wallet has for its yuan, one for one."""

    amount: str


def exchange(facts: Facts, ask: Move) -> Plan:
    """Yuan kept with the operator has become e-CNY, one for one, without a fee."""
    units, wallet = common.ecny(ask.amount), unclosed_wallet(facts, ask.wallet)
    mine, operator = address(wallet.key), wallet.issuer
    common.bank_of(facts, operator)
    if common.full(facts, wallet, ECNY, units):
        most = facts.term(f"tier.{wallet.tier}.balance_limit")
        raise Refusal("tier.balance_exceeded", limit=show(ECNY, most))
    postings = [
        Posting(mine, common.reserve(operator), CNY, units), Posting(common.vault(operator), mine, ECNY, units)
    ]  # fmt: skip
    payment = Payment(mine, common.reserve(operator), CNY, units, kind="exchange", own=True)
    return Plan(postings=postings, payment=payment, receipt=Exchanged(str(ask.amount)))


def _linked(facts: Facts, wallet: Any) -> None:
    """Refuses `request.stage_wrong` where no bank account is known that money could go to or come from."""
    if wallet.organisation:
        known = facts.must("people_organisation", wallet.organisation).bank_account
    else:
        row = facts.record("cash_linked", wallet.person)
        known = row is not None and row.stage == "linked"
    if not known:
        raise Refusal("request.stage_wrong", stage="unlinked", ways=["cash.link_account"])


def _counted(facts: Facts, wallet: Any, counter: str, stem: str, amount: Amount) -> tuple[list[Use], list[Limit]]:
    """Usage and limit of the day; refuses `tier.payment_exceeded` above the limit of one."""
    most, total = facts.term(f"{stem}_payment_limit"), facts.term(f"{stem}_day_limit")
    if most is not None and amount.units > most:
        raise Refusal("tier.payment_exceeded", limit=show(amount.asset, most), asked=str(amount))
    subject, day = address(wallet.key), facts.day
    limits = [] if total is None else [
        Limit(subject, counter, day, "units", total, "tier.day_exceeded", amount.asset)
    ]  # fmt: skip
    return [Use(subject, counter, day, amount.units, 1)], limits


def _order(facts: Facts, kind: str, bank: Any, wallet: Any, amount: Amount) -> Change:
    fields = {
        "kind": kind, "operator": bank.key, "bank": bank.bank, "party": address(wallet.key),
        "stage": step(common.STAGES, "", kind), "day": facts.day, "since": facts.now,
        "ecny" if amount.asset == ECNY else "cny": amount.units,
    }  # fmt: skip
    return Change("cash_order", facts.id, fields, new=True)
