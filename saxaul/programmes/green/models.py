"""Records of green energy: grants (one behaviour each), who is friends with whom, factors, what carriers reported.

A unique rule is a key: a grant's key is made of behaviour, source and the source's own id, so a behaviour that two acts
report under one id is one grant. Persons here are natural persons: a second telephone gives no second cap.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Grant(Record):
    """One behaviour, counted once: its energy (a bubble, if any), its estimate of CO2e, and what became of both."""

    person = models.TextField()  # natural
    behaviour = models.TextField()
    source = models.TextField()
    origin = models.TextField(default="")  # the source's own id of it
    day = models.TextField()
    at = models.BigIntegerField()
    activity = models.BigIntegerField(default=0)  # steps, metres, sheets
    region = models.TextField(default="")
    grams = models.BigIntegerField(default=0)  # the full bubble
    gathered = models.BigIntegerField(default=0)  # by its owner, revived parts too
    taken = models.BigIntegerField(default=0)  # by friends
    rest = models.BigIntegerField(default=0)  # what expired and may be revived
    takers = models.TextField(default="")  # natural persons with a blank between
    ripe_at = models.BigIntegerField(default=0)
    expires_at = models.BigIntegerField(default=0)
    stage = models.TextField(default="open")  # open, gathered, expired, revived, reversed; none: 0 g
    co2e = models.BigIntegerField(default=0)  # mg
    factor = models.TextField(default="")
    conf = models.TextField(default="")
    parked = models.BigIntegerField(default=0)  # 1: no factor for place and day yet
    seen = models.BigIntegerField(default=0)  # version of the factors when it was last looked at

    class Meta:
        app_label = "green"
        db_table = "green_grant"
        indexes = [
            models.Index(fields=["person", "expires_at"], name="green_grant_person"),
            models.Index(fields=["expires_at"], name="green_grant_open", condition=models.Q(stage="open")),
            models.Index(fields=["behaviour", "region"], name="green_grant_parked", condition=models.Q(parked=1)),
        ]


class Source(Record):
    """What one thing at a source was counted as; key is made of both: its reversal finds every grant."""

    grants = models.TextField(default="")  # keys with a blank between
    stage = models.TextField(default="counted")

    class Meta:
        app_label = "green"
        db_table = "green_source"


class Rides(Record):
    """Rides of a person by one means on one day, so that two sources count no ride twice; `<person>:<means>:<day>`."""

    rides = models.TextField(default="[]")  # JSON: [at, source, line]

    class Meta:
        app_label = "green"
        db_table = "green_rides"


class Person(Record):
    """A natural person's forest: what was gathered, and what they chose."""

    person = models.TextField()  # a record of theirs, for the name
    harvested = models.BigIntegerField(default=0)
    ranked = models.BigIntegerField(default=1)  # 0: absent from rankings
    shared = models.BigIntegerField(default=1)  # 0: friends collect nothing
    shield_until = models.BigIntegerField(default=0)
    circle = models.TextField(default="")  # a company's or school's code, chosen freely

    class Meta:
        app_label = "green"
        db_table = "green_person"


class Tally(Record):
    """What a person gathered in a month of the city; key `<person>:<month>`."""

    person = models.TextField()
    month = models.TextField()
    harvested = models.BigIntegerField(default=0)

    class Meta:
        app_label = "green"
        db_table = "green_tally"
        indexes = [models.Index(fields=["month", "harvested"], name="green_tally_month")]


class Friend(Record):
    """Two natural persons; key: both ids in order with a colon between."""

    low = models.TextField()
    high = models.TextField()
    low_person = models.TextField()
    high_person = models.TextField()
    stage = models.TextField()
    asked_by = models.TextField(default="")
    closed_by = models.TextField(default="")  # who lets the other collect nothing; ids with a blank between
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "green"
        db_table = "green_friend"
        indexes = [
            models.Index(fields=["low"], name="green_friend_low"),
            models.Index(fields=["high"], name="green_friend_high"),
        ]


class Pace(Record):
    """How a person collects from friends (key natural): what a robot's timer looks like, and the pause it led to."""

    day = models.TextField(default="")
    takes = models.BigIntegerField(default=0)
    quick = models.BigIntegerField(default=0)  # within seconds of ripening
    last = models.TextField(default="")  # the last day that looked like a timer
    streak = models.BigIntegerField(default=0)  # such days in a row
    paused_until = models.BigIntegerField(default=0)
    stage = models.TextField(default="free")  # free, paused, appealed
    why = models.TextField(default="")  # numbers of the rule, for the person
    trusted_until = models.BigIntegerField(default=0)

    class Meta:
        app_label = "green"
        db_table = "green_pace"


class Factor(Record):
    """A published factor; key `<behaviour>@<region>#<version>`. Never changed: a correction is a later version."""

    behaviour = models.TextField()
    region = models.TextField()
    version = models.BigIntegerField()
    starts = models.TextField()
    mg = models.BigIntegerField()
    per = models.TextField()
    conf = models.TextField()
    basis = models.TextField()
    baseline = models.TextField(default="")
    source = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "green"
        db_table = "green_factor"


class Series(Record):
    """The factors of a behaviour in a region, in the order of their first days; key `<behaviour>@<region>`."""

    version = models.BigIntegerField(default=0)
    rows = models.TextField(default="[]")  # JSON: [starts, mg, per, conf, factor]

    class Meta:
        app_label = "green"
        db_table = "green_series"


class Report(Record):
    """A part of a carrier's file; key `<source>:<file>:<part>`. Its rows become behaviours one by one."""

    source = models.TextField()
    rows = models.TextField()  # JSON
    count = models.BigIntegerField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "green"
        db_table = "green_report"
