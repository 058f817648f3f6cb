"""Lessons: shown by the guardian's phone or the pupil's card, checked in at the school's device, disputed, ruled.

A lesson is paid out only when both parties were there. The phone shows digits for one lesson, good for some minutes; a
card is always the same, so it counts only so many lessons a day.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Id, Limit, Notice, Plan, Refusal, Use, step
from saxaul.kernel import times
from saxaul.people.wallets import open_merchant
from saxaul.programmes.prepaid import common
from saxaul.programmes.prepaid.common import DISPUTED, RELEASED, RETURNED, UNUSED, Number, Staged
from saxaul.programmes.prepaid.stages import STAGES

Lesson = Annotated[int, Meta(ge=0, le=common.LESSONS_MAX, description="0: the next unused one")]
Shown = Annotated[str, Meta(max_length=64, description="what the phone or card shows; empty: the school is alone")]
MaybeId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]


class ShowToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`token`: the key (`token_key`) of the digits which the surface made and shows; the book never has them."""

    contract: Id
    token: Id
    lesson: Lesson = 0


class TokenShown(msgspec.Struct, frozen=True):
    """For which lesson, and until when it can be used."""

    contract: str
    lesson: int
    ends: str


def show_token(facts: Facts, ask: ShowToken) -> Plan:
    """The school may check this one lesson in with the digits within the next minutes."""
    row = common.guardians(facts, ask.contract)
    number = _open_lesson(facts, row, ask.lesson)
    if facts.record("prepaid_token", ask.token) is not None:
        raise Refusal("request.field_invalid", fields=["token: in use already; make other digits"])
    ends = facts.now + facts.term("prepaid.token_seconds") * times.SECOND
    change = Change("prepaid_token", ask.token, {"contract": row.key, "number": number, "ends": ends}, new=True)
    return Plan(changes=[change], receipt=TokenShown(row.key, number, times.text(ends)))


class SetCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`card`: the key (`token_key`) of what the pupil's card says; empty: none any more."""

    contract: Id
    card: MaybeId = ""


def set_card(facts: Facts, ask: SetCard) -> Plan:
    """The pupil's card counts as the guardian's side at check-in, a few lessons a day; an older card no longer does."""
    row = common.guardians(facts, ask.contract)
    common.running(facts, row, "prepaid.check_in")
    return Plan(changes=[common.kept(row, card=ask.card)], receipt=Staged(row.key, row.stage, row.text))


class CheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the phone or card shows; `contract`: needed with a card, and where nothing is shown."""

    code: Shown = ""
    contract: MaybeId = ""
    lesson: Lesson = 0


class CheckedIn(msgspec.Struct, frozen=True):
    """The lesson, what the school was paid for it, and how many are left."""

    contract: str
    lesson: int
    price: str
    left: int
    stage: str
    text: str


def check_in(facts: Facts, ask: CheckIn) -> Plan:
    """The lesson is written off and the school has its price; asked by the school alone it is refused."""
    key = common.token_key(ask.code)
    token = facts.record("prepaid_token", key) if ask.code else None
    contract = ask.contract or (token.contract if token is not None else "")
    if not contract:
        raise Refusal("contract.checkin_missing")
    row = facts.must("prepaid_contract", contract)
    if common.party(facts, row) != "school":
        raise Refusal("request.object_missing")
    common.not_closed(facts, row.merchant)
    open_merchant(facts, row.merchant)
    if token is not None and token.contract != row.key:
        token = None
    number = _open_lesson(facts, row, ask.lesson or (token.number if token is not None else 0))
    proof = "token" if token is not None and token.number == number and token.ends > facts.now else ""
    if not proof and ask.code and row.card == key:
        proof = "card"
    if not proof:
        raise Refusal("contract.checkin_missing")
    plan = _released(facts, row, number, proof=proof)
    if proof == "card":
        subject, most = f"prepaid:card:{row.card}", facts.term("prepaid.card_lessons_day")
        plan.uses = [Use(subject, "lessons", facts.day, 1, 1, 1)]
        plan.limits = [
            Limit(subject, "lessons", facts.day, "times", most, "contract.checkin_missing", common.LESSON, quiet=True)
        ]
    return plan


def _open_lesson(facts: Facts, row: Any, number: int) -> int:
    """The lesson that may be given; refuses what became of it: released, in dispute, or the contract is over."""
    letter = row.states[number - 1] if 0 < number <= row.lessons else ""
    if letter == RELEASED:
        raise Refusal("contract.lesson_released")
    if letter == DISPUTED:
        lesson = facts.record("prepaid_lesson", f"{row.key}:{number}")
        raise Refusal("contract.lesson_disputed", until=times.text(lesson.until))
    common.running(facts, row, "prepaid.check_in")
    left = common.unused(row)
    if letter == RETURNED or not left:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=[])
    if number > row.lessons:
        raise Refusal("request.field_invalid", fields=[f"lesson: at most {row.lessons}"])
    return number or left[0]


def _released(facts: Facts, row: Any, number: int, *, proof: str) -> Plan:
    postings, price = common.to_school(facts, row, number)
    states = common.marked(row.states, [number], RELEASED)
    left = states.count(UNUSED)
    last = not left and not row.disputed
    stage = step(STAGES, row.stage, "prepaid.check_in last" if last else "prepaid.check_in")
    written = {
        "contract": row.key, "number": number, "price": price, "stage": "released", "proof": proof,
        "device": facts.actor.terminal or facts.actor.credential, "at": facts.at,
    }  # fmt: skip
    told = {"contract": row.key, "merchant": row.merchant, "lesson": number, "amount": common.yuan(price)}
    return Plan(
        postings=postings,
        changes=[
            common.kept(row, states=states, released=row.released + price, stage=stage, last=facts.at),
            Change("prepaid_lesson", f"{row.key}:{number}", written, new=True),
        ],
        notices=[Notice(row.guardian, "prepaid.released", told)],
        receipt=CheckedIn(row.key, number, common.yuan(price), left, stage, row.text),
    )


class Dispute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lesson about which guardian and school do not agree whether it was given."""

    contract: Id
    lesson: Number


class Disputed(msgspec.Struct, frozen=True):
    """Until when somebody may rule; without a ruling the money goes back to the payer."""

    contract: str
    lesson: int
    until: str
    stage: str
    text: str


def dispute(facts: Facts, ask: Dispute) -> Plan:
    """The lesson's money stays where it is until an officer rules or the deadline passes."""
    row = common.own_contract(facts, ask.contract)
    number = _open_lesson(facts, row, ask.lesson)
    if row.disputed >= facts.term("prepaid.disputes_max"):  # nobody holds back all the money by disputing everything
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["prepaid.rule"])
    stage = step(STAGES, row.stage, "prepaid.dispute")
    until = facts.now + row.dispute_days * times.DAY
    side = common.party(facts, row)
    price = common.worth(row, [number])
    written = {
        "contract": row.key, "number": number, "price": price, "stage": "disputed", "raised": side, "until": until,
        "at": facts.at,
    }  # fmt: skip
    told = {"contract": row.key, "lesson": number, "amount": common.yuan(price), "until": times.text(until)}
    return Plan(
        changes=[
            common.kept(
                row, states=common.marked(row.states, [number], DISPUTED), disputed=row.disputed + 1, stage=stage
            ),
            Change("prepaid_lesson", f"{row.key}:{number}", written, new=True),
        ],
        notices=[Notice(row.guardian, "prepaid.disputed", told)],
        receipt=Disputed(row.key, number, times.text(until), stage, row.text),
    )


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The disputed lesson, who is right, and why (a code or case number)."""

    contract: Id
    lesson: Number
    to: Literal["school", "payer"]
    reason: Code


class Ruled(msgspec.Struct, frozen=True):
    """Where the lesson's money went."""

    contract: str
    lesson: int
    to: str
    amount: str
    stage: str
    text: str


def rule(facts: Facts, ask: Rule) -> Plan:
    """The dispute is over: the lesson counts as given, or its money is back."""
    return _ruled(facts, ask.contract, ask.lesson, to=ask.to, reason=ask.reason)


class Lapse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dispute nobody ruled in time."""

    contract: Id
    lesson: Number


def lapse(facts: Facts, ask: Lapse) -> Plan:
    """Without a ruling by its deadline, the lesson's money is back with the payer."""
    lesson = facts.must("prepaid_lesson", f"{ask.contract}:{ask.lesson}")
    if lesson.until > facts.now:
        raise Refusal("contract.lesson_disputed", until=times.text(lesson.until))
    return _ruled(facts, ask.contract, ask.lesson, to="payer", reason="deadline")


def _ruled(facts: Facts, contract: str, number: int, *, to: str, reason: str) -> Plan:
    row = facts.must("prepaid_contract", contract)
    if number > row.lessons:
        raise Refusal("request.object_missing")
    letter = row.states[number - 1]
    if letter != DISPUTED:
        stage = "released" if letter == RELEASED else row.stage
        raise Refusal("request.stage_wrong", stage=stage, ways=["prepaid.dispute"] if letter == UNUSED else [])
    price = common.worth(row, [number])
    changes: list[Change] = []
    if to == "school":
        postings, _ = common.to_school(facts, row, number)
        moved: dict[str, Any] = {"released": row.released + price}
    else:
        postings, changes, _ = common.to_payer(facts, row, [number])
        moved = {"returned": row.returned + price}
    states = common.marked(row.states, [number], RELEASED if to == "school" else RETURNED)
    stage = step(STAGES, row.stage, _after(row, states))
    written = {
        "stage": "released" if to == "school" else "returned", "proof": "ruling", "reason": reason, "at": facts.at
    }  # fmt: skip
    told = {"contract": row.key, "lesson": number, "amount": common.yuan(price), "to": to}
    return Plan(
        postings=postings,
        changes=[
            common.kept(row, states=states, disputed=row.disputed - 1, stage=stage, **moved),
            Change("prepaid_lesson", f"{row.key}:{number}", written), *changes,
        ],
        notices=[Notice(row.guardian, "prepaid.ruled", told)],
        receipt=Ruled(row.key, number, to, common.yuan(price), stage, row.text),
    )  # fmt: skip


def _after(row: Any, states: str) -> str:
    """Which way on a ruling takes: more disputes wait, lessons are left, or it was the last thing."""
    if row.disputed > 1:
        return "prepaid.rule"
    if UNUSED in states:
        return "prepaid.rule last"
    return f"prepaid.rule {row.ends_as or 'completed'}"
