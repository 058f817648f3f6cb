"""Records of bills: the bill, the household's number, files being taken in, payments, look-ups that missed, households.

A unique rule is a key: a bill is `<biller>:<the biller's own number for it>`, a household's number `<biller>:<number>`,
a file `<biller>:<digest of its bytes>`. The owner's masked name stands in a table outside the chain.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Bill(Record):
    """What a biller asks for, in fen. Only the current revision stands here; the journal keeps the others."""

    biller = models.TextField()
    number = models.TextField()  # the household's number with this biller
    revision = models.BigIntegerField(default=1)
    amount = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    due = models.TextField()  # the last day, of the city, on which it is not late
    month = models.TextField(default="")
    stage = models.TextField(default="issued")
    file = models.TextField(default="")  # invisible until this file is open; empty: issued alone
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bills"
        db_table = "bills_bill"
        indexes = [models.Index(fields=["stage", "due"], name="bills_bill_due")]


class Number(Record):
    """A household's number with a biller: what an act must list is a record, so its open bills stand here."""

    bills = models.TextField(default="")  # keys of bills not paid, with a blank between
    ahead = models.BigIntegerField(default=0)  # fen paid ahead, used for the next bills
    file = models.TextField(default="")  # as in Bill: the file that first named this number
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bills"
        db_table = "bills_number"
        indexes = [models.Index(fields=["ahead"], name="bills_number_ahead", condition=models.Q(ahead__gt=0))]


class Owner(Record):
    """In whose name a number is, masked (a family name and stars). Outside the chain: the journal holds no name."""

    outside_chain = True
    shown = models.TextField()

    class Meta:
        app_label = "bills"
        db_table = "bills_owner"


class File(Record):
    """A biller's file: staged part by part, invisible; open: its bills can be found; dropped: they never will."""

    biller = models.TextField()
    parts = models.BigIntegerField(default=0)
    lines = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    stage = models.TextField(default="staged")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bills"
        db_table = "bills_file"


class Part(Record):
    """One part of a file that is in the book; key `<file>:<part>`."""

    lines = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        app_label = "bills"
        db_table = "bills_part"


class Payment(Record):
    """One payment of a bill (key: the id of the act): its refund finds the payer whatever became of the bill."""

    biller = models.TextField()
    bill = models.TextField(default="")  # empty: paid ahead
    number = models.TextField()
    revision = models.BigIntegerField(default=0)
    wallet = models.TextField()
    ecny = models.BigIntegerField(default=0)
    cny = models.BigIntegerField(default=0)
    ahead = models.BigIntegerField(default=0)  # the part of it that was more than the bill
    fee = models.BigIntegerField(default=0)
    stage = models.TextField(default="paid")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bills"
        db_table = "bills_payment"


class Lookup(Record):
    """How often a person (or a credential without one) asked for numbers that do not exist, since when."""

    misses = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "bills"
        db_table = "bills_lookup"


class Household(Record):
    """The numbers a person keeps (key: the person): `<biller>:<number>` with a blank between."""

    numbers = models.TextField(default="")

    class Meta:
        app_label = "bills"
        db_table = "bills_household"
