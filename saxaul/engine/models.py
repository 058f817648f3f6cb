"""Records of the engine: how far followers have read, and what officers proposed."""

from __future__ import annotations

from django.db import models


class Cursor(models.Model):
    """How far a follower has read the journal; moved in the same unit of work as what follows."""

    key = models.TextField(primary_key=True)
    n = models.BigIntegerField()
    entry = models.BigIntegerField()

    class Meta:
        app_label = "engine"
        db_table = "engine_cursor"


class Proposal(models.Model):
    """An act that waits for a second officer: its ask (which names nobody), reason, who proposed it, and until when."""

    key = models.TextField(primary_key=True)
    act = models.TextField()
    ask = models.TextField()
    reason = models.TextField(default="")
    person = models.TextField()
    credential = models.TextField(default="")
    organisation = models.TextField(default="")
    stage = models.TextField(default="proposed")
    approver = models.TextField(default="")
    ends = models.BigIntegerField()
    since = models.BigIntegerField(default=0)
    entry = models.BigIntegerField()

    class Meta:
        app_label = "engine"
        db_table = "engine_proposal"
