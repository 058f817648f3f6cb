"""What merchants and billers are owed: cut by business day, then paid to their bank or moved to their wallet.

The cut is an entry: what was received before it is in the window, what comes after is in the next, and the entry's
hold keeps the money together until the bank has booked it. A window that the bank rejects frees its money for the next.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, HoldEnd, HoldOpen, Id, Plan, Posting, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.wallets import address
from saxaul.programmes.cash import common
from saxaul.programmes.cash.common import Day, Digest, Done, Key
from saxaul.programmes.cash.iso20022 import out

ORDERS_MAX = 200  # of one file: each changes a record, and an act has a maximum of those

STAGES = {("cut", "settle"): "paying", ("cut", "keep"): "settled", ("empty", "settle"): "empty"}


class CutWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The organisation and the business day that is over."""

    kind: Literal["merchant", "biller"]
    organisation: Id
    day: Day


class Cut(msgspec.Struct, frozen=True):
    """The window and what it holds; `window` names it in `cash.settle`."""

    window: str
    ecny: str
    cny: str
    stage: str


def cut_window(facts: Facts, ask: CutWindow) -> Plan:
    """What was received until now is this day's window, held for it; a day that was cut takes nothing more."""
    row = facts.must("people_organisation", ask.organisation)
    if row.kind != ask.kind:
        raise Refusal("request.object_missing")
    who, due = f"{ask.kind}:{ask.organisation}", f"{ask.kind}:{ask.organisation}:due"
    payee = facts.record("cash_payee", who)
    if payee is not None and ask.day <= payee.day:
        raise Refusal("settlement.window_closed", day=ask.day)
    if ask.day >= times.day(facts.now, facts.zone):
        raise Refusal("request.stage_wrong", stage="open", ways=[])
    bank, key = common.bank_of(facts, row.issuer), f"{who}:{ask.day}"
    ecny, cny = facts.free(due, ECNY), facts.free(due, CNY)
    fields = {
        "kind": ask.kind, "organisation": ask.organisation, "operator": row.issuer, "day": ask.day, "cut": facts.id,
        "ecny": ecny, "cny": cny, "stage": "cut" if ecny or cny else "empty", "since": facts.now,
    }  # fmt: skip
    postings = [Posting(due, common.vault(row.issuer), ECNY, ecny)] if ecny else []
    postings += [Posting(due, common.mirror(bank), CNY, cny)] if cny else []
    changes = [
        Change("cash_window", key, fields, new=True), Change("cash_payee", who, {"day": ask.day}, new=payee is None)
    ]  # fmt: skip
    receipt = Cut(key, show(ECNY, ecny), show(CNY, cny), fields["stage"])
    return Plan(opens=[HoldOpen(facts.id, postings)] if postings else [], changes=changes, receipt=receipt)


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window, and where its money goes; empty: as agreed (`settle` in the organisation's terms), else its bank."""

    window: Key
    to: Literal["", "bank", "wallet"] = ""


class Settled(msgspec.Struct, frozen=True):
    """The window's stage, and the order to the bank where there is one."""

    window: str
    stage: str
    order: str


def settle(facts: Facts, ask: Settle) -> Plan:
    """The window's money is ordered to the organisation's bank, or stands in its wallet and can be spent at once."""
    row = facts.must("cash_window", ask.window)
    actor = facts.actor
    if not actor.roles & {"officer", "system"} and actor.organisation != row.organisation:
        raise Refusal("request.object_missing")
    organisation = facts.must("people_organisation", row.organisation)
    to = ask.to or msgspec.json.decode(organisation.terms).get("settle", "bank")
    stage = step(STAGES, row.stage, "keep" if to == "wallet" and row.stage == "cut" else "settle")
    who = f"{row.kind}:{row.organisation}"
    changes = [Change("cash_window", row.key, {"stage": stage})]
    if stage == "empty":
        return Plan(receipt=Settled(row.key, stage, ""))
    if to == "wallet":
        if not organisation.wallet:
            raise Refusal("payee.account_missing")
        money = [(ECNY, row.ecny), (CNY, row.cny)]
        kept = [Posting(f"{who}:due", address(organisation.wallet), asset, units) for asset, units in money if units]
        ends = [HoldEnd(row.cut, "capture")]
        return Plan(postings=kept, ends=ends, changes=changes, receipt=Settled(row.key, stage, ""))
    if not organisation.bank_account:
        raise Refusal("payee.account_missing")
    bank = common.bank_of(facts, row.operator)
    fields = {
        "kind": "payout", "operator": row.operator, "bank": bank.bank, "party": who, "window": row.key,
        "ecny": row.ecny, "cny": row.cny, "stage": step(common.STAGES, "", "settle"), "day": facts.day,
        "since": facts.now,
    }  # fmt: skip
    changes.append(Change("cash_order", row.cut, fields, new=True))
    return Plan(changes=changes, receipt=Settled(row.key, stage, row.cut))


class WriteFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a courier made of these orders: its message id, the digest of its bytes, and what it was made from.

    `made` (microseconds) and `execution` (a day) with the orders give the same bytes again.
    """

    operator: Code
    message: Annotated[str, Meta(pattern="^[A-Za-z0-9._-]{1,35}$")]
    digest: Digest
    orders: Annotated[list[Id], Meta(min_length=1, max_length=ORDERS_MAX)]
    made: Annotated[int, Meta(ge=0)]
    execution: Day


class Written(msgspec.Struct, frozen=True):
    """The file, and what it asks the bank to pay."""

    message: str
    orders: int
    total: str


def write_file(facts: Facts, ask: WriteFile) -> Plan:
    """The orders are sent: this file, and no other, carries them to the bank."""
    assert ORDERS_MAX <= out.LINES_MAX
    common.bank_of(facts, ask.operator)
    changes, units = [], 0
    answer_by = facts.now + facts.term("cash.answer_days") * times.DAY
    if facts.record("cash_file", ask.message) is not None or len(set(ask.orders)) < len(ask.orders):
        raise Refusal("request.field_invalid", fields=["message, orders: each once"])
    for order in facts.records("cash_order", ask.orders):
        if order is None or order.operator != ask.operator:
            raise Refusal("request.object_missing")
        stage = step(common.STAGES, order.stage, "write_file")
        units += order.ecny + order.cny
        fields = {"stage": stage, "file": ask.message, "answer_by": answer_by}
        changes.append(Change("cash_order", order.key, fields))
    fields = {
        "operator": ask.operator, "kind": out.MESSAGE, "message": ask.message, "digest": ask.digest,
        "lines": len(ask.orders), "units": units, "execution": ask.execution, "made": ask.made, "stage": "written",
        "since": facts.now,
    }  # fmt: skip
    changes.append(Change("cash_file", ask.message, fields, new=True))
    return Plan(changes=changes, receipt=Written(ask.message, len(ask.orders), show(CNY, units)))


class DeliverFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that the bank has taken from us."""

    message: Key


def deliver_file(facts: Facts, ask: DeliverFile) -> Plan:
    """The file is with the bank; until then a courier sends the same bytes again."""
    row = facts.must("cash_file", ask.message)
    if row.stage not in ("written", "delivered"):
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    return Plan(changes=[Change("cash_file", row.key, {"stage": "delivered"})], receipt=Done("delivered"))
