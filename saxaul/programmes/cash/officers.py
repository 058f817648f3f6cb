"""What two officers of an operator do: keep its account, buy e-CNY, find waiting money its owner, rule on silence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, HoldOpen, Id, Payment, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.wallets import address
from saxaul.programmes.cash import common
from saxaul.programmes.cash.common import Done, Key

CENTRAL = "issuer:central"


class OpenBank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator's code, a name for the mirror of this account (one account, one name), and our account number."""

    operator: Annotated[str, Meta(pattern="^[a-zA-Z0-9._-]{1,64}$")]
    bank: Annotated[str, Meta(pattern="^[a-z0-9._-]{1,64}$")]
    account: Annotated[str, Meta(pattern="^[A-Z0-9]{1,34}$")]


class Opened(msgspec.Struct, frozen=True):
    """Where the bank's book about us is mirrored."""

    mirror: str


def open_bank(facts: Facts, ask: OpenBank) -> Plan:
    """The operator has an account through which money comes and goes; another one only once this has been emptied."""
    row, index = facts.record("cash_bank", ask.operator), f"bank:{ask.bank}"
    other = facts.record("people_index", index)
    if other is not None and other.target != ask.operator:
        raise Refusal("request.field_invalid", fields=["bank: another operator's mirror has this name"])
    if row is not None and row.bank != ask.bank and facts.balance(common.mirror(row), CNY)[0]:
        raise Refusal("request.stage_wrong", stage="open", ways=["cash.redeem"])
    fields = {"bank": ask.bank, "account": ask.account, "since": facts.now}
    if row is None or row.account != ask.account:
        fields |= {"sequence": 0, "closing": 0}
    changes = [
        Change("cash_bank", ask.operator, fields, new=row is None),
        Change("people_index", index, {"target": ask.operator, "since": facts.now}, new=other is None),
    ]
    return Plan(changes=changes, receipt=Opened(f"issuer:bank:{ask.bank}"))


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much e-CNY the operator buys or gives back."""

    operator: Code
    amount: Amount


class Exchanged(msgspec.Struct, frozen=True):
    """What the operator's vault holds now."""

    vault: str


def issue(facts: Facts, ask: Exchange) -> Plan:
    """The operator has bought e-CNY from the central issuer with yuan of its reserve, one for one."""
    units = common.ecny(ask.amount)
    common.bank_of(facts, ask.operator)
    postings = [
        Posting(common.reserve(ask.operator), CENTRAL, CNY, units),
        Posting(CENTRAL, common.vault(ask.operator), ECNY, units),
    ]
    return _exchanged(facts, ask, postings, units)


def redeem(facts: Facts, ask: Exchange) -> Plan:
    """The operator has given e-CNY of its vault back and has the yuan again, one for one."""
    units = common.ecny(ask.amount)
    common.bank_of(facts, ask.operator)
    postings = [
        Posting(common.vault(ask.operator), CENTRAL, ECNY, units),
        Posting(CENTRAL, common.reserve(ask.operator), CNY, units),
    ]
    return _exchanged(facts, ask, postings, -units)


def _exchanged(facts: Facts, ask: Exchange, postings: list[Posting], more: int) -> Plan:
    now = facts.balance(common.vault(ask.operator), ECNY)[0] + more
    return Plan(postings=postings, receipt=Exchanged(show(ECNY, now)))


class AssignSuspense(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The open item, and whose its money is: a wallet (its id), `own` (the operator), `back` (where it came from)."""

    item: Key
    to: Annotated[str, Meta(pattern="^([0-9a-f]{32}|own|back)$")]


def assign_suspense(facts: Facts, ask: AssignSuspense) -> Plan:
    """Waiting money has an owner: a wallet has it as e-CNY, the operator as its own, or the bank takes it back."""
    item = _item(facts, ask.item)
    if item.kind != "suspense":
        raise Refusal("request.stage_wrong", stage=item.kind, ways=["cash.close_item"])
    operator, asset, units = item.operator, item.asset, item.units
    bank, waits = common.bank_of(facts, operator), common.suspense(operator)
    change = Change("cash_open_item", item.key, {"stage": "closed", "reason": f"to {ask.to}"})
    if ask.to == "back":
        return _sent_back(facts, item, bank, change)
    if ask.to == "own":
        to = common.vault(operator) if asset == ECNY else common.reserve(operator)
        return Plan(postings=[Posting(waits, to, asset, units)], changes=[change], receipt=Done("own"))
    wallet = facts.record("people_wallet", ask.to)
    if wallet is None or wallet.stage == "closed" or wallet.issuer != operator:
        raise Refusal("payee.account_missing")
    to = address(wallet.key)
    postings = [Posting(waits, to, ECNY, units)]
    if asset == CNY:
        postings = [
            Posting(waits, common.reserve(operator), CNY, units), Posting(common.vault(operator), to, ECNY, units)
        ]  # fmt: skip
    return Plan(
        postings=postings, changes=[change], payment=Payment(waits, to, ECNY, units, kind="top_up", own=True),
        notices=common.tell(wallet, "cash.received", units), receipt=Done("assigned"),
    )  # fmt: skip


def _sent_back(facts: Facts, item: Any, bank: Any, change: Change) -> Plan:
    """Held until the bank says that it took it, as any order; the bank knows from whom it came."""
    if item.asset != CNY:
        raise Refusal("request.field_invalid", fields=["to: e-CNY did not come from a bank"])
    fields = {
        "kind": "back", "operator": item.operator, "bank": bank.bank, "party": item.key, "cny": item.units,
        "stage": step(common.STAGES, "", "send_back"), "day": facts.day, "since": facts.now,
        "answer_by": facts.now + facts.term("cash.answer_days") * times.DAY,
    }  # fmt: skip
    hold = HoldOpen(facts.id, [Posting(common.suspense(item.operator), common.mirror(bank), CNY, item.units)])
    return Plan(
        opens=[hold], changes=[change, Change("cash_order", facts.id, fields, new=True)], receipt=Done("back", facts.id)
    )


class NoteSuspense(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The act that put money on an operator's suspense account, and how much."""

    operator: Code
    act: Id
    amount: Amount
    reason: Code


def note_suspense(facts: Facts, ask: NoteSuspense) -> Plan:
    """Money that another programme put on suspense is an open item, so somebody looks for its owner."""
    asset, units = ask.amount.asset, ask.amount.units
    if facts.balance(common.suspense(ask.operator), asset)[0] < units:
        raise Refusal("request.object_missing")
    about = f"{ask.act}:{asset.partition('/')[0]}"
    changes = common.item(facts, "suspense", ask.operator, about, asset=asset, units=units, reason=ask.reason)
    return Plan(changes=changes, receipt=Done("open", "suspense"))


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order the bank never answered, what happened to it, and why we believe so (a code or case number)."""

    order: Id
    verdict: Literal["done", "rejected"]
    reason: Code


def rule(facts: Facts, ask: Rule) -> Plan:
    """The order is as if the bank had said so; only one that the bank left unanswered can be ruled on."""
    order = facts.must("cash_order", ask.order)
    stage = step(common.STAGES, order.stage, f"rule_{ask.verdict}")
    plan = Plan(receipt=Done(stage))
    if ask.verdict == "rejected":
        common.undone(facts, order, plan, ask.reason)
    elif common.finished(facts, order, plan) == "reserve_short":
        raise Refusal("wallet.funds_short", need=show(CNY, order.ecny), free=show(CNY, _reserve(facts, order)))
    changes = common.after(order, stage, reason=ask.reason)
    for kind in ("unanswered", "reserve_short"):
        changes += common.closed(facts, kind, order.operator, order.key, ask.reason)
    plan.changes = [*plan.changes, *changes]
    return plan


def _reserve(facts: Facts, order: Any) -> int:
    return facts.free(common.reserve(order.operator), CNY)


class CloseItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An open item that was explained, and how (a code or case number). `paid`: what the bank took, to be booked."""

    item: Key
    reason: Code
    paid: Amount | None = None


def close_item(facts: Facts, ask: CloseItem) -> Plan:
    """The item is open no more; what the bank took for itself, or by mistake, has left the operator's own reserve."""
    item = _item(facts, ask.item)
    if item.kind in ("suspense", "unanswered"):
        raise Refusal("request.stage_wrong", stage=item.kind, ways=["cash.assign_suspense", "cash.rule"])
    postings = []
    if ask.paid is not None:
        if ask.paid.asset != CNY or ask.paid.units <= 0:
            raise Refusal("request.field_invalid", fields=["paid: above zero, in CNY"])
        bank = common.bank_of(facts, item.operator)
        postings = [Posting(common.reserve(item.operator), common.mirror(bank), CNY, ask.paid.units)]
    change = Change("cash_open_item", item.key, {"stage": "closed", "reason": ask.reason})
    return Plan(postings=postings, changes=[change], receipt=Done("closed"))


def _item(facts: Facts, key: str) -> Any:
    row = facts.must("cash_open_item", key)
    if row.stage != "open":
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    return row
