"""The bank's word: files are taken in, and each line of them is an act of its own with a derived id.

The same line twice, or told by notice and by statement, changes nothing more. Only a courier that reads the bank's
files performs these acts. What a line says is never refused: what does not fit becomes one open item.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Code, Facts, Id, Plan, Posting, Refusal, step
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.programmes.cash import common
from saxaul.programmes.cash.common import Digest, Done, Key, Maybe, MaybeDay, MaybeDigest, Pocket

STATEMENTS_MAX, MISSING_MAX = 16, 31


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line about an order of ours. `key`: message and entry reference; `reference`: the bank's own, the same in all
    its messages; `told`: the kind of message; `file`: the digest of the file it stands in.
    """

    operator: Code
    order: Id
    key: Key
    amount: Amount | None = None
    direction: Literal["", "credit", "debit"] = ""
    reason: Annotated[str, Meta(max_length=35)] = ""
    reference: Maybe = ""
    booked: MaybeDay = ""
    told: Maybe = ""
    file: MaybeDigest = ""


def accepted(facts: Facts, ask: Said) -> Plan:
    """The bank has taken the order; its money stays held until it is booked."""
    return _answered(facts, ask, "accepted")


def booked(facts: Facts, ask: Said) -> Plan:
    """The bank has paid: the hold is captured and the operator's yuan has left. Or a top-up has come in."""
    return _answered(facts, ask, "booked")


def rejected(facts: Facts, ask: Said) -> Plan:
    """The bank will not pay: what was held is free again, with the reason for its owner."""
    return _answered(facts, ask, "rejected")


def returned(facts: Facts, ask: Said) -> Plan:
    """What was paid came back: the wallet has it even above its limit, a closed one's waits on suspense."""
    return _answered(facts, ask, "returned")


def _answered(facts: Facts, ask: Said, word: str) -> Plan:
    """The order after the bank's word, or an open item where the word does not fit it."""
    bank, order = common.bank_of(facts, ask.operator), facts.record("cash_order", ask.order)
    seen, line = _line(facts, ask.operator, ask, ask.order)
    plan = Plan(changes=[*_filed(facts, ask), *line])
    if order is None or order.operator != ask.operator:
        return _open(facts, plan, ask, "order_unknown", bank, word, seen)
    after = common.STAGES.get((order.stage, word))
    if after is None and order.stage in common.ANSWERED[word] and not _twice(order, ask, word):
        plan.receipt = Done(order.stage)  # told before, by another message
        return plan
    units = order.ecny + order.cny
    expected = "credit" if word == "returned" or order.kind == "top_up" else "debit"
    fetched_back = order.kind == "top_up" and word == "returned"
    if after is None or fetched_back or (word in ("booked", "returned") and ask.direction not in ("", expected)):
        return _open(facts, plan, ask, "word_unexpected", bank, word, seen)
    if ask.amount is not None and (ask.amount.asset, ask.amount.units) != (CNY, units):
        return _open(facts, plan, ask, "amount_differs", bank, word, seen)
    short = _applied(facts, plan, order, bank, word, ask)
    if short == "reserve_short":
        plan.changes = [*plan.changes, *common.item(facts, short, ask.operator, order.key, asset=CNY, units=order.ecny)]
        plan.receipt = Done(order.stage, short)
        return plan
    marked = {"booked_by": ask.reference} if word == "booked" else {}
    plan.changes = [*plan.changes, *common.after(order, after, reason=ask.reason, **marked)]
    for kind in ("unanswered", "reserve_short"):
        plan.changes = [*plan.changes, *common.closed(facts, kind, ask.operator, order.key, word)]
    if order.kind in ("payout", "back") and word in ("rejected", "returned"):
        kind = "suspense" if order.kind == "back" else f"payout_{word}"
        about = common.item(facts, kind, ask.operator, order.key, asset=CNY, units=units, reason=ask.reason)
        plan.changes = [*plan.changes, *about]
    plan.receipt = Done(after, short)
    return plan


def _twice(order: Any, ask: Said, word: str) -> bool:
    """Whether the bank names two movements for one order: it paid twice, and somebody has to ask it why."""
    return word == "booked" and bool(order.booked_by and ask.reference) and ask.reference != order.booked_by


def _applied(facts: Facts, plan: Plan, order: Any, bank: Any, word: str, ask: Said) -> str:
    """What the word moves; returns the kind of open item it leaves, or nothing."""
    if word == "booked":
        return common.finished(facts, order, plan)
    if word == "rejected" or (word == "returned" and order.stage != "done"):  # by our books it never left
        common.undone(facts, order, plan, ask.reason)
    elif word == "returned" and order.kind == "cash_out":
        pocket, wallet = "ECNY" if order.ecny else "CNY", order.party.removeprefix("wallet:")
        units = order.ecny + order.cny
        return common.received(facts, plan, bank, wallet, units, pocket=pocket, how="returned", about=order.key)
    elif word == "returned":
        plan.postings = _given_back(facts, order, bank)
    return ""


def _given_back(facts: Facts, order: Any, bank: Any) -> list[Posting]:
    """A payout that came back stands on the organisation's account again, for its next window."""
    to = common.home(order)
    if not order.ecny or facts.free(common.vault(bank.key), ECNY) < order.ecny:
        return [Posting(common.mirror(bank), to, CNY, order.ecny + order.cny)]
    found = [
        Posting(common.mirror(bank), common.reserve(bank.key), CNY, order.ecny),
        Posting(common.vault(bank.key), to, ECNY, order.ecny),
    ]
    return [*found, Posting(common.mirror(bank), to, CNY, order.cny)] if order.cny else found


def _open(facts: Facts, plan: Plan, ask: Said, kind: str, bank: Any, word: str, seen: bool) -> Plan:
    """The word stays open. Money that came in for it is real and waits on suspense; told again, it adds nothing."""
    units = ask.amount.units if ask.amount is not None and ask.amount.asset == CNY else 0
    if word in ("booked", "returned") and ask.direction == "credit" and units:
        if not seen:
            item = common.item(facts, "suspense", ask.operator, ask.key, asset=CNY, units=units, reason=kind)
            plan.postings = [Posting(common.mirror(bank), common.suspense(bank.key), CNY, units)]
            plan.changes = [*plan.changes, *item]
        plan.receipt = Done("open", "suspense")
        return plan
    found = [] if seen else common.item(facts, kind, ask.operator, ask.key, units=units, reason=f"{word} {ask.order}")
    plan.changes = [*plan.changes, *found]
    plan.receipt = Done("open", kind)
    return plan


class Credit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that came in without an order of ours: the wallet its payer wrote, empty where none could be read."""

    operator: Code
    key: Key
    amount: Amount
    wallet: Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")] = ""
    pocket: Pocket = "ECNY"
    reference: Maybe = ""
    booked: MaybeDay = ""
    told: Maybe = ""
    file: MaybeDigest = ""


def credit(facts: Facts, ask: Credit) -> Plan:
    """The wallet has the money, or it waits on suspense with a notice: nothing bounces and nothing is lost."""
    bank = common.bank_of(facts, ask.operator)
    if ask.amount.asset != CNY or ask.amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY"])
    seen, line = _line(facts, ask.operator, ask, "")
    plan = Plan(changes=[*_filed(facts, ask), *line])
    if seen:
        plan.receipt = Done("told")
    elif ask.told == "camt.053" and not ask.reference:  # it may have been told before: only an officer can know
        found = common.item(facts, "unreferenced", ask.operator, ask.key, asset=CNY, units=ask.amount.units)
        plan.changes = [*plan.changes, *found]
        plan.receipt = Done("open", "unreferenced")
    else:
        units, about = ask.amount.units, ask.reference or ask.key
        kind = common.received(facts, plan, bank, ask.wallet, units, pocket=ask.pocket, how="pushed", about=about)
        plan.receipt = Done("open" if kind else "done", kind)
    return plan


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account's day by the bank's books, in fen (below zero when overdrawn); `moved`: what its lines add up to."""

    id: Key
    account: Key
    sequence: Annotated[int, Meta(ge=0)]
    moved: int
    opening: int | None = None
    closing: int | None = None


class ApplyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the bank as it was read: digest, kind, its own id, how many acts its lines become, its statements."""

    operator: Code
    file: Digest
    kind: Code
    message: Key
    lines: Annotated[int, Meta(ge=0)]
    statements: Annotated[list[Statement], Meta(max_length=STATEMENTS_MAX)] = []


class Applied(msgspec.Struct, frozen=True):
    """`same`: the file was here before. `gaps`: what statements moved beyond their lines, a sentence each."""

    file: str
    same: bool
    gaps: list[str]


def apply_file(facts: Facts, ask: ApplyFile) -> Plan:
    """The file is in the book; a gap in a statement is exactly one open item, and so is a statement that is missing."""
    bank, key = common.bank_of(facts, ask.operator), f"{ask.operator}:{ask.file}"
    if facts.record("cash_file", key) is not None:
        return Plan(receipt=Applied(key, True, []))
    foreign = [one.id for one in ask.statements if one.account != bank.account]
    if foreign:
        raise Refusal("bill.file_refused", lines=[f"statement {id}: not of our account" for id in foreign])
    fields = {
        "operator": ask.operator, "kind": ask.kind, "message": ask.message, "digest": ask.file, "lines": ask.lines,
        "stage": "taken" if ask.lines else "applied", "since": facts.now,
    }  # fmt: skip
    changes, gaps = [Change("cash_file", key, fields, new=True)], []
    sequence, closing = bank.sequence, bank.closing
    for one in sorted(ask.statements, key=lambda one: one.sequence):
        gap = _gap(one)
        if gap:
            gaps.append(f"{one.id}: {show(CNY, gap)} moved without a line")
            changes += common.item(facts, "gap", ask.operator, one.id, asset=CNY, units=gap)
        changes += _in_order(facts, ask.operator, one, sequence, closing)
        if one.sequence > sequence:
            sequence, closing = one.sequence, one.closing if one.closing is not None else closing
    if sequence != bank.sequence:
        changes.append(Change("cash_bank", bank.key, {"sequence": sequence, "closing": closing}))
    return Plan(changes=changes, receipt=Applied(key, False, gaps))


def _gap(one: Statement) -> int:
    """What the balance moved beyond the lines; nothing where the bank tells no balances."""
    return 0 if one.opening is None or one.closing is None else one.closing - one.opening - one.moved


def _in_order(facts: Facts, operator: str, one: Statement, last: int, closing: int) -> list[Change]:
    """Statements follow one another: a number left out is open until it comes, a balance that jumps stays open."""
    if not one.sequence or not last:
        return []
    if one.sequence <= last:
        return common.closed(facts, "statement_missing", operator, str(one.sequence), "it came")
    found = []
    for number in range(last + 1, min(one.sequence, last + 1 + MISSING_MAX)):
        found += common.item(facts, "statement_missing", operator, str(number))
    if one.sequence == last + 1 and one.opening is not None and one.opening != closing:
        jump = one.opening - closing
        found += common.item(facts, "balance_jumps", operator, one.id, asset=CNY, units=jump)
    return found


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order."""

    order: Id


def unanswered(facts: Facts, ask: Named) -> Plan:
    """The bank was silent for too long: a case for the operator. The money stays held, for it may have left."""
    order = facts.must("cash_order", ask.order)
    stage = step(common.STAGES, order.stage, "unanswered")
    if not order.answer_by or facts.now < order.answer_by:
        raise Refusal("request.stage_wrong", stage=order.stage, ways=["cash.booked", "cash.rejected"])
    item = common.item(facts, "unanswered", order.operator, order.key, units=order.ecny + order.cny)
    return Plan(changes=[Change("cash_order", order.key, {"stage": stage}), *item], receipt=Done(stage, "unanswered"))


# -- lines and files -----------------------------------------------------------------------------------------------


def _line(facts: Facts, operator: str, ask: Any, order: str) -> tuple[bool, list[Change]]:
    """Whether this movement was told before, and its row; words without a movement have none."""
    if ask.amount is None:
        return False, []
    key = f"{operator}:{ask.reference or ask.key}"
    row = facts.record("cash_line", key)
    if row is not None:
        told = " ".join([*(word for word in row.told.split() if word != ask.told), ask.told])
        return True, [Change("cash_line", key, {"told": told})]
    fields = {
        "operator": operator, "order": order, "direction": getattr(ask, "direction", "credit"),
        "units": ask.amount.units, "booked": ask.booked, "told": ask.told, "since": facts.now,
    }  # fmt: skip
    return False, [Change("cash_line", key, fields, new=True)]


def _filed(facts: Facts, ask: Any) -> list[Change]:
    """One line more of its file is done: what a file still lacks can be seen."""
    row = facts.record("cash_file", f"{ask.operator}:{ask.file}") if ask.file else None
    if row is None:
        return []
    done = row.done + 1
    return [Change("cash_file", row.key, {"done": done, "stage": "applied" if done >= row.lines else "taken"})]
