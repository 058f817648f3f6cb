"""The book's tables, declared once for every database; read and written by named SQL, never through the ORM.

No index but the act id stands beside the entry number: a B-tree on account in the commit path decays as the book
grows, so an account's history is a projection of a follower's.
"""

from __future__ import annotations

from typing import Any

from django.db import models


class Number(models.BigIntegerField):
    """64 bits as a key. SQLite makes a key the row's own address only when its type reads `integer`."""

    def db_type(self, connection: Any) -> str:
        """`integer` on SQLite, `bigint` elsewhere."""
        return "integer" if connection.vendor == "sqlite" else "bigint"


class Entry(models.Model):
    """One line of the journal: who did what when, all it changed, and the hash that chains it to the line before."""

    n = Number(primary_key=True)
    id = models.BinaryField(max_length=16)
    act = models.TextField()
    actor = models.TextField()
    behalf = models.TextField()
    at = models.BigIntegerField()
    entered = models.BigIntegerField()
    versions = models.TextField()
    fingerprint = models.BinaryField(max_length=16)
    refused = models.TextField()
    reverses = models.TextField()
    changes = models.TextField()
    answer = models.TextField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "ledger"
        db_table = "entry"
        constraints = [models.UniqueConstraint(fields=["id"], name="entry_id")]


class Posting(models.Model):
    """One debit and credit of an entry; `n` is the entry's number times 64 plus its place."""

    n = Number(primary_key=True)
    debit = models.TextField()
    credit = models.TextField()
    asset = models.TextField()
    units = models.BigIntegerField()
    debit_after = models.BigIntegerField()
    credit_after = models.BigIntegerField()

    class Meta:
        app_label = "ledger"
        db_table = "posting"


class Balance(models.Model):
    """Checkpoint of one account and asset, true at entry `n`."""

    account = models.TextField(primary_key=True)
    posted = models.BigIntegerField()
    held = models.BigIntegerField()
    n = models.BigIntegerField()

    class Meta:
        app_label = "ledger"
        db_table = "balance"


class Usage(models.Model):
    """Checkpoint of one counter in one window, true at entry `n`."""

    counter = models.TextField(primary_key=True)
    units = models.BigIntegerField()
    times = models.BigIntegerField()
    n = models.BigIntegerField()

    class Meta:
        app_label = "ledger"
        db_table = "usage"


class Hold(models.Model):
    """Checkpoint of the holds that are open at entry `n`: an open hold lives in memory, so this table is short."""

    id = models.TextField(primary_key=True)
    body = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        app_label = "ledger"
        db_table = "hold"


class Mark(models.Model):
    """Single values of the book: the entry the checkpoint covers, the fencing number, the schema's version."""

    name = models.TextField(primary_key=True)
    value = models.BigIntegerField()
    text = models.TextField(default="")

    class Meta:
        app_label = "ledger"
        db_table = "mark"
