"""The biller's side: bills one by one and by file, revised, cancelled, and the day after which they are late.

A file is taken whole or not at all. Up to a hundred lines it is one act; a larger one comes in parts that nobody can
see, each under an id made of the file's digest, and one short act opens all of them. Whoever is interrupted sends the
same file again: parts that are in stay as they are.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Aside, Change, Code, Facts, Plan, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.assets import CNY
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.bills import common
from saxaul.programmes.bills.common import Day, Masked, MaybeBiller, MaybeMonth, Serial

LINES_MAX = 100  # two changes a line keep one act within its maximum
PARTS_MAX = MAXIMA.file_lines // LINES_MAX
OPEN_BILLS_MAX = 48  # of one household with one biller: four years of monthly bills
STALE = times.DAY  # a file left unfinished for so long no longer keeps its numbers

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file's bytes")]
Part = Annotated[int, Meta(ge=1, le=PARTS_MAX)]

_MASKED = re.compile(r"[^*\s]{0,2}\*{1,8}")


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One bill as the biller writes it: its own number for the bill, the household's number, amount, last day."""

    bill: Serial
    number: Serial
    amount: Amount
    due: Day
    month: MaybeMonth = ""
    owner: Masked = ""


class Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One bill, as a line of a file says it. `biller`: for officers; a biller's own people leave it empty."""

    bill: Serial
    number: Serial
    amount: Amount
    due: Day
    month: MaybeMonth = ""
    owner: Masked = ""
    biller: MaybeBiller = ""


class Issued(msgspec.Struct, frozen=True):
    """The bill's key, which names it everywhere, and the revision that is shown."""

    bill: str
    revision: int


def issue(facts: Facts, ask: Issue) -> Plan:
    """The household's bill is open and can be found and paid."""
    biller = common.own_biller(facts, ask.biller)
    changes, asides, faults = _taken(facts, biller.key, [ask], "", 1)
    if faults:
        raise Refusal("request.field_invalid", fields=faults)
    return Plan(changes=changes, asides=asides, receipt=Issued(f"{biller.key}:{ask.bill}", 1))


class IssueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of at most a hundred bills, or one part of a larger one (`parts` above 1). `first`: its first line."""

    file: Digest
    lines: Annotated[list[Line], Meta(min_length=1, max_length=LINES_MAX)]
    part: Part = 1
    parts: Part = 1
    first: Annotated[int, Meta(ge=1, le=MAXIMA.file_lines)] = 1
    biller: MaybeBiller = ""


class FileTaken(msgspec.Struct, frozen=True):
    """The file, its stage (open, or staged and invisible), its lines so far; `same`: nothing was new."""

    file: str
    stage: str
    lines: int
    total: str
    same: bool


def issue_file(facts: Facts, ask: IssueFile) -> Plan:
    """All bills of the file are open, or of its part staged; one bad line and nothing of it is in the book."""
    biller = common.own_biller(facts, ask.biller).key
    key = f"{biller}:{ask.file}"
    file, part = facts.record("bills_file", key), facts.record("bills_part", f"{key}:{ask.part}")
    if file is not None and (file.stage == "open" or (part is not None and file.stage == "staged")):
        return Plan(receipt=_receipt(file, same=True))
    if file is not None and file.stage == "dropped":
        raise Refusal("bill.file_refused", lines=["file: it was dropped; mend it, so that it is another file"])
    changes, asides, faults = _taken(facts, biller, ask.lines, key, ask.first)
    if ask.part > ask.parts:
        faults.append(f"file: part {ask.part} of {ask.parts}")
    if faults:
        raise Refusal("bill.file_refused", lines=faults[: MAXIMA.faults_listed])
    units = sum(line.amount.units for line in ask.lines)
    before = (file.parts, file.lines, file.units) if file is not None else (0, 0, 0)
    fields = {
        "biller": biller, "parts": before[0] + 1, "lines": before[1] + len(ask.lines), "units": before[2] + units,
        "stage": "open" if ask.parts == 1 else "staged", "since": facts.now,
    }  # fmt: skip
    counted = {"lines": len(ask.lines), "units": units}
    changes.append(Change("bills_part", f"{key}:{ask.part}", counted, new=True))
    changes.append(Change("bills_file", key, fields, new=file is None))
    receipt = FileTaken(key, fields["stage"], fields["lines"], common.yuan(fields["units"]), False)
    return Plan(changes=changes, asides=asides, receipt=receipt)


def _receipt(file: Any, *, same: bool, stage: str = "") -> FileTaken:
    return FileTaken(file.key, stage or file.stage, file.lines, common.yuan(file.units), same)


def _taken(
    facts: Facts, biller: str, lines: list[Any], file: str, first: int
) -> tuple[list[Change], list[Aside], list[str]]:
    """The lines as changes, their masked owners as rows beside the chain, and every fault with its line."""
    keys = [f"{biller}:{line.bill}" for line in lines]
    homes = [common.household(biller, line.number) for line in lines]
    known = facts.records("bills_bill", keys)
    numbers = dict(zip(homes, facts.records("bills_number", homes), strict=True))
    facts.records("bills_file", {row.file for row in [*known, *numbers.values()] if row is not None and row.file})
    changes, asides, faults = [], [], []
    open_bills: dict[str, list[str]] = {}
    for place, (line, key, home, old) in enumerate(zip(lines, keys, homes, known, strict=True), first):
        wrong = _wrong(facts, line, old, file)
        if key in keys[: place - first]:
            wrong.append("the bill stands there twice")
        bills = open_bills.setdefault(home, _open_bills(facts, numbers[home]))
        if len(bills) >= OPEN_BILLS_MAX:
            wrong.append("the household has too many open bills")
        faults += [f"line {place}: {fault}" for fault in wrong]
        bills.append(key)
        fields = {
            "biller": biller, "number": line.number, "revision": 1, "amount": line.amount.units, "paid": 0,
            "due": line.due, "month": line.month, "stage": "issued", "file": file, "since": facts.now,
        }  # fmt: skip
        changes.append(Change("bills_bill", key, fields, new=old is None))
        if line.owner:
            asides.append(Aside("bills_owner", home, {"shown": line.owner}))
    for home, bills in open_bills.items():
        row = numbers[home]
        fields = {"bills": " ".join(bills)}
        if row is None or not common.is_seen(facts, row.file):
            fields |= {"file": file, "since": facts.now}
        changes.append(Change("bills_number", home, fields, new=row is None))
    return changes, asides, faults


def _wrong(facts: Facts, line: Line | Issue, old: Any, file: str) -> list[str]:
    wrong = []
    if line.amount.asset != CNY or line.amount.units <= 0:
        wrong.append("amount: above zero, in CNY")
    if not times.is_day(line.due) or (line.month and not times.is_day(f"{line.month}-01")):
        wrong.append("due, month: no such day")
    if line.owner and not _MASKED.fullmatch(line.owner):
        wrong.append("owner: a name that is not masked; write at most two characters and stars")
    if old is not None and _keeps(facts, old, file):
        wrong.append("bill: issued before; revise it")
    return wrong


def _keeps(facts: Facts, old: Any, file: str) -> bool:
    """Whether a bill keeps its number; what a dropped or forgotten file staged does not."""
    if not old.file:
        return True
    row = facts.must("bills_file", old.file)
    return row.stage == "open" or (row.stage == "staged" and (row.key == file or facts.now - row.since < STALE))


def _open_bills(facts: Facts, number: Any) -> list[str]:
    """The household's open bills; those of dropped files leave the list here."""
    if number is None:
        return []
    keys = number.bills.split()
    rows = facts.records("bills_bill", keys)
    facts.records("bills_file", {row.file for row in rows if row.file})
    return [row.key for row in rows if not row.file or facts.must("bills_file", row.file).stage != "dropped"]


class OpenFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the whole file should be: how many parts and lines, and their sum."""

    file: Digest
    parts: Part
    lines: Annotated[int, Meta(ge=1, le=MAXIMA.file_lines)]
    total: Amount
    biller: MaybeBiller = ""


def open_file(facts: Facts, ask: OpenFile) -> Plan:
    """All bills of a staged file can be found and paid from this instant; a file that lacks a part stays invisible."""
    file = _file(facts, ask.biller, ask.file)
    if file.stage == "open":
        return Plan(receipt=_receipt(file, same=True))
    faults = []
    for what, have, wanted in (("parts", file.parts, ask.parts), ("lines", file.lines, ask.lines)):
        if have != wanted:
            faults.append(f"file: {have} {what} are in, {wanted} were announced")
    if file.units != ask.total.units or ask.total.asset != CNY:
        faults.append(f"file: its lines come to {common.yuan(file.units)}")
    if file.stage == "dropped":
        faults.append("file: it was dropped")
    if faults:
        raise Refusal("bill.file_refused", lines=faults)
    change = Change("bills_file", file.key, {"stage": "open", "since": facts.now})
    return Plan(changes=[change], receipt=_receipt(file, same=False, stage="open"))


class DropFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was staged in part."""

    file: Digest
    biller: MaybeBiller = ""


def drop_file(facts: Facts, ask: DropFile) -> Plan:
    """What the file staged never shows, and its bills' numbers are free for the mended file."""
    file = _file(facts, ask.biller, ask.file)
    if file.stage == "open":
        raise Refusal("request.stage_wrong", stage="open", ways=["bills.cancel", "bills.revise"])
    change = Change("bills_file", file.key, {"stage": "dropped", "since": facts.now})
    return Plan(changes=[change], receipt=_receipt(file, same=file.stage == "dropped", stage="dropped"))


def _file(facts: Facts, named: str, digest: str) -> Any:
    return facts.must("bills_file", f"{common.own_biller(facts, named).key}:{digest}")


class Revise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bill, the revision it replaces, and what is now asked by when."""

    bill: Code
    revision: Annotated[int, Meta(ge=1)]
    amount: Amount
    due: Day


class Staged(msgspec.Struct, frozen=True):
    """The bill, its revision and its stage."""

    bill: str
    revision: int
    stage: str


def revise(facts: Facts, ask: Revise) -> Plan:
    """The bill asks for the new amount; whoever still looks at the old one is refused and shown the new."""
    bill = common.own_bill(facts, ask.bill)
    stage = step(common.STAGES, bill.stage, "revise")
    if bill.revision != ask.revision:
        shown = common.yuan(bill.amount)
        raise Refusal("bill.revision_changed", price=shown, revision=bill.revision)
    if common.money(ask.amount).asset != CNY or ask.amount.units <= bill.paid or not times.is_day(ask.due):
        raise Refusal("request.field_invalid", fields=["amount: in CNY, above what is paid; due: a day"])
    fields = {
        "revision": bill.revision + 1, "amount": ask.amount.units, "due": ask.due, "since": facts.now,
        "stage": "part_paid" if bill.paid else stage,
    }  # fmt: skip
    number = facts.must("bills_number", common.household(bill.biller, bill.number))
    changes = [Change("bills_bill", bill.key, fields), common.listed(number, add=bill.key)]
    return Plan(changes=changes, receipt=Staged(bill.key, bill.revision + 1, fields["stage"]))


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bill."""

    bill: Code


def cancel(facts: Facts, ask: Named) -> Plan:
    """Nobody can pay the bill any more; one of which something is paid is refunded first."""
    bill = common.own_bill(facts, ask.bill)
    stage = step(common.STAGES, "part_paid" if bill.paid and bill.stage == "overdue" else bill.stage, "cancel")
    number = facts.must("bills_number", common.household(bill.biller, bill.number))
    changes = [Change("bills_bill", bill.key, {"stage": stage}), common.listed(number, drop=bill.key)]
    return Plan(changes=changes, receipt=Staged(bill.key, bill.revision, stage))


def overdue(facts: Facts, ask: Named) -> Plan:
    """The bill is late: its last day is over in the city."""
    bill = common.seen_bill(facts, ask.bill)
    stage = step(common.STAGES, bill.stage, "overdue")
    if times.day(facts.now, facts.zone) <= bill.due:
        raise Refusal("request.stage_wrong", stage=bill.stage, ways=["bills.pay"])
    change = Change("bills_bill", bill.key, {"stage": stage})
    return Plan(changes=[change], receipt=Staged(bill.key, bill.revision, stage))
