"""The bank of questions: written, read by two others, published, and withdrawn when no longer true.

A question that is written again is a new version, and nobody has read that one yet.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Plan, Refusal, step
from saxaul.kernel import times
from saxaul.kernel.maxima import MAXIMA
from saxaul.programmes.quiz.common import LANGUAGES, QUESTIONS, QUESTIONS_MAX, Slug, Words

WRITTEN_MAX = 20  # questions in one act: five languages of them fit into one body
_pack = msgspec.json.Encoder(order="deterministic").encode


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question: its code within the bank, words by language, the place of the right option (from 0), who says so."""

    code: Slug
    texts: dict[str, Words]
    answer: Annotated[int, Meta(ge=0, le=5)]
    topic: Annotated[str, Meta(max_length=40, pattern="^[a-z0-9_-]*$")] = ""
    source: Annotated[str, Meta(max_length=256)] = ""
    valid_until: Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""


class Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions for a bank; one that is known already becomes a new version."""

    bank: Slug
    questions: Annotated[list[Question], Meta(min_length=1, max_length=WRITTEN_MAX)]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions of a bank by their codes."""

    bank: Slug
    codes: Annotated[list[Slug], Meta(min_length=1, max_length=MAXIMA.list_items)]


class Told(msgspec.Struct, frozen=True):
    """How many questions the act changed."""

    bank: str
    questions: int


def faults(question: Question) -> list[str]:
    """Sentences on what is wrong with a question; what a reviewer must find out by reading is not among them."""
    found = []
    if not question.texts or not set(question.texts) <= set(LANGUAGES):
        found.append(f"{question.code}: the languages are {', '.join(LANGUAGES)}")
    counts = {len(words.options) for words in question.texts.values()}
    if len(counts) > 1:
        found.append(f"{question.code}: every language has the same number of options")
    if any(question.answer >= count for count in counts):
        found.append(f"{question.code}: the right answer is not among the options")
    for language, words in sorted(question.texts.items()):
        if len({one.strip().casefold() for one in words.options}) < len(words.options):
            found.append(f"{question.code}: two options are the same in {language}")
    if question.valid_until and not times.is_day(question.valid_until):
        found.append(f"{question.code}: valid_until is no day")
    return found


def write(facts: Facts, ask: Write) -> Plan:
    """The questions stand in the bank and wait for two readers."""
    wrong = [fault for question in ask.questions for fault in faults(question)]
    codes = [question.code for question in ask.questions]
    if len(set(codes)) < len(codes):
        wrong.append("questions: a code stands there twice")
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong[: MAXIMA.faults_listed])
    known = facts.records("quiz_question", [f"{ask.bank}:{code}" for code in codes])
    changes = []
    for question, row in zip(ask.questions, known, strict=True):
        step(QUESTIONS, row.stage if row is not None else "", "quiz.write")
        fields = {
            "bank": ask.bank, "code": question.code, "topic": question.topic, "texts": _pack(question.texts).decode(),
            "options": len(next(iter(question.texts.values())).options), "answer": question.answer,
            "source": question.source, "valid_until": question.valid_until, "author": _reader(facts), "reviewers": "",
            "version": 1 if row is None else row.version + 1, "stage": "written", "since": facts.now,
        }  # fmt: skip
        changes.append(Change("quiz_question", f"{ask.bank}:{question.code}", fields, new=row is None))
    return Plan(changes=changes, receipt=Told(ask.bank, len(changes)))


def _reader(facts: Facts) -> str:
    """The natural person at the desk; empty for the book itself."""
    person = facts.record("people_person", facts.actor.person) if facts.actor.person else None
    return str(person.natural) if person is not None else ""


def _rows(facts: Facts, ask: Named) -> list[Any]:
    rows = facts.records("quiz_question", [f"{ask.bank}:{code}" for code in dict.fromkeys(ask.codes)])
    if any(row is None for row in rows):
        raise Refusal("request.object_missing")
    return rows


def review(facts: Facts, ask: Named) -> Plan:
    """The reader vouches for these questions as they stand; who wrote a question does not review it."""
    reader, changes = _reader(facts), []
    for row in _rows(facts, ask):
        if row.stage != "written":
            raise Refusal("request.stage_wrong", stage=row.stage, ways=["quiz.write"])
        if not reader or reader == row.author:
            raise Refusal("actor.approver_same")
        if reader not in row.reviewers.split():
            fields = {"reviewers": " ".join([*row.reviewers.split(), reader])}
            changes.append(Change("quiz_question", row.key, fields))
    return Plan(changes=changes, receipt=Told(ask.bank, len(changes)))


def publish(facts: Facts, ask: Named) -> Plan:
    """The questions may be drawn by campaigns opened from now on."""
    rows = _rows(facts, ask)
    for row in rows:
        enough = len(row.reviewers.split()) >= facts.term("quiz.reviewers_min")
        if not enough or not row.source or not row.valid_until or row.valid_until < facts.day:
            raise Refusal("quiz.review_missing", question=row.code)
        step(QUESTIONS, row.stage, "quiz.publish")
    changes = [Change("quiz_question", row.key, {"stage": "published", "since": facts.now}) for row in rows]
    return Plan(
        changes=[*changes, _listed(facts, ask.bank, add=[row.code for row in rows])],
        receipt=Told(ask.bank, len(rows)),
    )  # fmt: skip


def withdraw(facts: Facts, ask: Named) -> Plan:
    """The questions are asked no more, also in campaigns that run."""
    rows = _rows(facts, ask)
    for row in rows:
        step(QUESTIONS, row.stage, "quiz.withdraw")
    changes = [Change("quiz_question", row.key, {"stage": "withdrawn", "since": facts.now}) for row in rows]
    return Plan(
        changes=[*changes, _listed(facts, ask.bank, drop=[row.code for row in rows])],
        receipt=Told(ask.bank, len(rows)),
    )  # fmt: skip


def _listed(facts: Facts, bank: str, *, add: list[str] | None = None, drop: list[str] | None = None) -> Change:
    row = facts.record("quiz_bank", bank)
    gone = {*(add or ()), *(drop or ())}
    codes = [code for code in (row.questions.split() if row is not None else []) if code not in gone] + (add or [])
    if len(codes) > QUESTIONS_MAX:
        raise Refusal("request.field_invalid", fields=[f"codes: a bank holds at most {QUESTIONS_MAX} questions"])
    return Change("quiz_bank", bank, {"questions": " ".join(codes), "since": facts.now}, new=row is None)
