"""What takes two: proposals and approvals; and the dated rows that operators keep by them, directories and terms.

The proposed act is planned when the second signer approves, in the same unit of work and under the proposal's id, with
the guards and terms of that moment. Signers differ as natural persons, whatever logins they use.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Carried, Change, Code, Facts, Id, Plan, Refusal, Text
from saxaul.kernel import times
from saxaul.people.persons import natural_of

ASK_BYTES_MAX = 16_384
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-01")]

# ---------------------------------------------------------------------------------------------------- two signers


class Propose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The act, its ask as it would be asked alone, why (a code or case number), and for how long it may be approved."""

    act: Code
    ask: dict[str, Any]
    reason: Code
    hours: Annotated[int, Meta(ge=1, le=720)] = 72


class Proposed(msgspec.Struct, frozen=True):
    """The proposal and its end; objects that the act makes have ids made of the proposal's."""

    proposal: str
    ends: str


def propose(facts: Facts, ask: Propose) -> Plan:
    """The act waits for another natural person; nothing is done yet."""
    person = _signer(facts)
    body = msgspec.json.encode(ask.ask, order="deterministic")
    if len(body) > ASK_BYTES_MAX:
        raise Refusal("request.field_invalid", fields=[f"ask: longer than {ASK_BYTES_MAX} bytes"])
    ends = facts.now + min(ask.hours, facts.term("desk.proposal_hours_max")) * times.HOUR
    fields = {
        "act": ask.act, "ask": body.decode(), "reason": ask.reason, "person": person,
        "credential": facts.actor.credential, "organisation": facts.actor.organisation, "ends": ends,
        "since": facts.now,
    }  # fmt: skip
    roles = tuple(sorted(facts.actor.roles))
    proposes = Carried(ask.act, body.decode(), person, facts.actor.organisation, facts.id, roles)
    change = Change("engine_proposal", facts.id, fields, new=True)
    return Plan(changes=[change], proposes=proposes, receipt=Proposed(facts.id, times.text(ends)))


def _signer(facts: Facts) -> str:
    """The natural person who signs counts, so a machine's credential cannot sign."""
    if not facts.actor.person:
        raise Refusal("actor.second_missing")
    return facts.actor.person


class Approve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A proposal by somebody else."""

    proposal: Id


class Approved(msgspec.Struct, frozen=True):
    """What was done; `done` in the answer is the act's own receipt."""

    proposal: str
    act: str


def approve(facts: Facts, ask: Approve) -> Plan:
    """The proposed act is done, signed by two natural persons; what it refuses now refuses the approval."""
    row = _open(facts, ask.proposal)
    signer = _signer(facts)
    if natural_of(facts, row.person) == natural_of(facts, signer):
        raise Refusal("actor.approver_same")
    proposer = facts.must("people_credential", row.credential)
    if proposer.stage != "active":
        raise Refusal("actor.second_missing")
    change = Change("engine_proposal", row.key, {"stage": "approved", "approver": signer})
    carried = Carried(row.act, row.ask, row.person, row.organisation, row.key, tuple(proposer.roles.split()))
    return Plan(changes=[change], carries=carried, receipt=Approved(row.key, row.act))


class Rejected(msgspec.Struct, frozen=True):
    """The proposal nobody may approve any more."""

    proposal: str


def reject(facts: Facts, ask: Approve) -> Plan:
    """The proposal has ended; its own proposer may take it back as well."""
    row = _open(facts, ask.proposal)
    change = Change("engine_proposal", row.key, {"stage": "rejected", "approver": _signer(facts)})
    return Plan(changes=[change], receipt=Rejected(row.key))


def _open(facts: Facts, id: str) -> Any:
    """A proposal that waits and is this signer's to judge: the own organisation's, for the operator's officers any."""
    row = facts.must("engine_proposal", id)
    officer = facts.actor.roles & {"officer", "approver"}
    if not officer and (not row.organisation or row.organisation != facts.actor.organisation):
        raise Refusal("request.object_missing")
    stage = "ended" if row.stage == "proposed" and row.ends <= facts.now else row.stage
    if stage != "proposed":
        raise Refusal("request.stage_wrong", stage=stage, ways=["desk.propose"])
    return row


# ---------------------------------------------------------------------------------------------------- dated rows


class SetRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a public list: from which day, until which (exclusive, empty: open), and who says so."""

    list: Literal["issuer", "region", "province"]
    code: Code
    name: Text
    open_from: Day
    source: Text
    name_en: Annotated[str, Meta(max_length=256)] = ""
    province: Annotated[str, Meta(max_length=64)] = ""
    until: Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    certain: bool = False


class RowSet(msgspec.Struct, frozen=True):
    """The row's key and its first instant."""

    row: str
    open_from: str


def set_row(facts: Facts, ask: SetRow) -> Plan:
    """By two officers: the list has this row; what it said before stays in the journal with who changed it."""
    start, end, wrong = _start(facts, ask.open_from), 0, []
    if start is None:
        wrong.append("open_from: no such day")
    if ask.until:
        found = _start(facts, ask.until)
        if found is None or (start is not None and found <= start):
            wrong.append("until: a day after open_from")
        else:
            end = found
    if wrong or start is None:
        raise Refusal("request.field_invalid", fields=wrong)
    key = f"{ask.list}:{ask.code}"
    row = facts.record("people_directory", key)
    fields = {
        "list": ask.list, "code": ask.code, "name": ask.name, "name_en": ask.name_en, "province": ask.province,
        "open_from": start, "until": end, "certain": int(ask.certain), "source": ask.source, "since": facts.now,
    }  # fmt: skip
    change = Change("people_directory", key, fields, new=row is None)
    return Plan(changes=[change], receipt=RowSet(key, times.text(start)))


def _start(facts: Facts, day: str) -> int | None:
    return times.start_of_day(day, facts.zone) if times.is_day(day) else None


class SetTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of the terms: its name, from which city day, the value (null: none; with `of` a rate), who says so."""

    name: Code
    starts: Day
    value: int | bool | str | list[str] | None
    unit: Annotated[str, Meta(min_length=1, max_length=32)]
    source: Text
    says: Annotated[str, Meta(max_length=256)] = ""
    of: Annotated[int, Meta(ge=0)] = 0
    status: Literal["published", "reported", "derived", "not_published", "assumed"] = "published"


class TermsSet(msgspec.Struct, frozen=True):
    """The row's key and the first instant at which the value counts."""

    row: str
    starts: str


def set_terms(facts: Facts, ask: SetTerms) -> Plan:
    """By two officers: the value counts from that day on; a day that has begun stays as it was."""
    start = _start(facts, ask.starts)
    wrong = [] if start is not None and start > facts.now else ["starts: a later day"]
    if ask.of and not (type(ask.value) is int and ask.value >= 0):
        wrong.append("of: a rate needs a whole number as its value")
    if wrong or start is None:
        raise Refusal("request.field_invalid", fields=wrong)
    key = f"{ask.name}@{ask.starts}"
    row = facts.record("desk_term", key)
    fields = {
        "name": ask.name, "in_force": ask.starts, "value": msgspec.json.encode(ask.value).decode(), "per": ask.of,
        "unit": ask.unit, "status": ask.status, "source": ask.source, "says": ask.says, "since": facts.now,
    }  # fmt: skip
    change = Change("desk_term", key, fields, new=row is None)
    return Plan(changes=[change], receipt=TermsSet(key, times.text(start)))
