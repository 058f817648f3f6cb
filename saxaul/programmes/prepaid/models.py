"""Records of prepaid contracts: templates, the district's schools, contracts, lessons, check-in tokens.

A contract's lessons stand in one field, a letter each, so that a check-in reads and writes one row. The full text both
sides signed stands beside the chain; its hash, which covers every number of the contract too, is in each entry.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record

OPEN = ("funded", "active", "suspended")


class Template(Record):
    """One kind of contract as a row; key is its code. A contract copies the rules, so a change binds new ones only."""

    titles = models.TextField()  # JSON: language -> name of the kind, such as tuition
    texts = models.TextField()  # JSON: language -> the standard text
    category = models.TextField(default="")  # ISO 18245 codes with a blank between; empty: any merchant
    lessons_max = models.BigIntegerField()
    valid_days_max = models.BigIntegerField()
    cooling_days = models.BigIntegerField()
    dispute_days = models.BigIntegerField()
    returns = models.TextField(default="own_first")  # own_first, sponsor_first
    stage = models.TextField(default="active")
    source = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_template"


class School(Record):
    """A merchant on the district's list; key is the organisation."""

    district = models.TextField()
    stage = models.TextField(default="listed")  # listed, paused (no new contracts), closed
    closed = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_school"


class Contract(Record):
    """One prepaid contract. `states`: a letter for each lesson, see common.py. Money in fen."""

    merchant = models.TextField()
    district = models.TextField()
    template = models.TextField()
    guardian = models.TextField()  # person who signs and pays
    pupil = models.TextField(default="")  # the school's own number for the pupil, never a name
    lessons = models.BigIntegerField()
    units = models.BigIntegerField()  # price of all lessons
    text = models.TextField()  # SHA-256 of the text and of every number above and below
    cooling_days = models.BigIntegerField()
    dispute_days = models.BigIntegerField()
    returns = models.TextField()
    until = models.BigIntegerField()  # exclusive end of validity
    school_signed = models.TextField(default="")  # the act that signed
    guardian_signed = models.TextField(default="")
    signer = models.TextField(default="")  # natural person behind the first signature
    wallet = models.TextField(default="")  # paid from, and where the rest goes back
    sources = models.TextField(default="")  # assets in the order in which lessons use them
    states = models.TextField(default="")
    released = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)  # lessons in dispute
    card = models.TextField(default="")  # key of the pupil's card
    stage = models.TextField()
    ends_as = models.TextField(default="")  # what it becomes when the last dispute is ruled
    funded_at = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)  # when it was funded or a lesson was last checked in
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_contract"
        indexes = [
            models.Index(fields=["guardian"], name="prepaid_contract_guardian"),
            models.Index(fields=["merchant"], name="prepaid_contract_merchant"),
            models.Index(
                fields=["until"], name="prepaid_contract_until",
                condition=models.Q(stage__in=("draft", "signed", *OPEN)),
            ),
        ]  # fmt: skip


class Body(Record):
    """The text both sides sign; key is the contract. Outside the chain, which holds its hash."""

    outside_chain = True
    body = models.TextField()

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_body"


class Lesson(Record):
    """One lesson that was released, disputed or ruled; key `<contract>:<number>`."""

    contract = models.TextField()
    number = models.BigIntegerField()
    price = models.BigIntegerField()
    stage = models.TextField()  # released, disputed, returned
    proof = models.TextField(default="")  # token, card, ruling
    device = models.TextField(default="")  # credential at the school
    raised = models.TextField(default="")  # who disputed: school, guardian
    reason = models.TextField(default="")  # of the ruling
    until = models.BigIntegerField(default=0)  # a dispute without ruling ends here
    at = models.BigIntegerField(default=0)

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_lesson"
        indexes = [
            models.Index(fields=["contract"], name="prepaid_lesson_contract"),
            models.Index(fields=["until"], name="prepaid_lesson_until", condition=models.Q(stage="disputed")),
        ]


class Token(Record):
    """What the guardian's phone shows for one lesson; the key is a hash, never what could be used."""

    contract = models.TextField()
    number = models.BigIntegerField()
    ends = models.BigIntegerField()

    class Meta:
        app_label = "prepaid"
        db_table = "prepaid_token"
