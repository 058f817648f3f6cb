"""The district's side: which schools may take prepaid contracts, what kinds there are, and what happens on closure.

A kind of contract is a row that two officers set: its names and standard texts in five languages and its rules. No code
knows tuition from a gym.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Code, Facts, Id, Plan, Refusal, Stages, Text, step
from saxaul.people.wallets import organisation
from saxaul.programmes.prepaid.common import LESSONS_MAX

Language = Literal["zh", "hi", "ru", "fr", "en"]
LANGUAGES = frozenset({"zh", "hi", "ru", "fr", "en"})
Words = Annotated[str, Meta(min_length=1, max_length=1_200)]
Days = Annotated[int, Meta(ge=0, le=366)]

SCHOOL: Stages = {
    ("", "list"): "listed", ("listed", "list"): "listed", ("paused", "list"): "listed", ("listed", "pause"): "paused",
    ("paused", "pause"): "paused", ("listed", "close"): "closed", ("paused", "close"): "closed",
}  # fmt: skip


class SetTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of contract: names and texts in five languages, who may offer it (`categories`), and its rules.

    `returns`: `own_first` gives back in reverse order of the sources, `sponsor_first` the subsidised share first, to
    its sponsor. `active` off: no new contracts of this kind.
    """

    template: Code
    titles: dict[Language, Text]
    texts: dict[Language, Words]
    lessons_max: Annotated[int, Meta(ge=1, le=LESSONS_MAX)]
    valid_days_max: Annotated[int, Meta(ge=1, le=1_100)]
    cooling_days: Days
    dispute_days: Annotated[int, Meta(ge=1, le=366)]
    source: Text
    returns: Literal["own_first", "sponsor_first"] = "own_first"
    categories: Annotated[list[Annotated[str, Meta(pattern="^[0-9]{4}$")]], Meta(max_length=16)] = []
    active: bool = True


class TemplateSet(msgspec.Struct, frozen=True):
    """The kind and whether new contracts of it may be drawn up."""

    template: str
    stage: str


def set_template(facts: Facts, ask: SetTemplate) -> Plan:
    """By two officers: new contracts of this kind have these rules; those that exist keep theirs."""
    if ask.titles.keys() != LANGUAGES or ask.texts.keys() != LANGUAGES:
        raise Refusal("request.field_invalid", fields=["titles, texts: in all five languages"])
    stage = "active" if ask.active else "withdrawn"
    fields = {
        "titles": msgspec.json.encode(ask.titles, order="deterministic").decode(),
        "texts": msgspec.json.encode(ask.texts, order="deterministic").decode(),
        "category": " ".join(ask.categories), "lessons_max": ask.lessons_max, "valid_days_max": ask.valid_days_max,
        "cooling_days": ask.cooling_days, "dispute_days": ask.dispute_days, "returns": ask.returns, "stage": stage,
        "source": ask.source, "since": facts.now,
    }  # fmt: skip
    new = facts.record("prepaid_template", ask.template) is None
    change = Change("prepaid_template", ask.template, fields, new=new)
    return Plan(changes=[change], receipt=TemplateSet(ask.template, stage))


class ListSchool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A merchant, its district (a region's code), and whether it may draw up new contracts."""

    merchant: Id
    district: Code
    listed: bool = True


class SchoolStaged(msgspec.Struct, frozen=True):
    """The school and its stage on the district's list."""

    merchant: str
    stage: str


def list_school(facts: Facts, ask: ListSchool) -> Plan:
    """The merchant stands on the district's list; paused, it takes no new contracts and goes on with its old ones."""
    row = organisation(facts, ask.merchant, "merchant")
    school = facts.record("prepaid_school", row.key)
    stage = step(SCHOOL, school.stage if school is not None else "", "list" if ask.listed else "pause")
    fields = {"district": ask.district, "stage": stage, "since": facts.now}
    change = Change("prepaid_school", row.key, fields, new=school is None)
    return Plan(changes=[change], receipt=SchoolStaged(row.key, stage))


class CloseSchool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The school that closed, and why (a code or case number)."""

    merchant: Id
    reason: Code


def close_school(facts: Facts, ask: CloseSchool) -> Plan:
    """By two officers: this school checks no lesson in any more, and each contract's rest goes back by itself."""
    school = facts.must("prepaid_school", ask.merchant)
    stage = step(SCHOOL, school.stage, "close")
    change = Change("prepaid_school", school.key, {"stage": stage, "closed": facts.now})
    return Plan(changes=[change], receipt=SchoolStaged(school.key, stage))
