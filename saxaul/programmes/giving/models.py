"""Records of giving: a person's day, devices, gifts, projects with budget lines, sponsors' pools, flocks, appeals.

A unique rule is a key: one day of a natural person is `<natural>:<day>`, a budget line `<project>:<line>`, a project's
quarter `<project>:<quarter>`, the receipt counter `<charity>:<year>`. Single readings are never kept; the hours of an
open day stand outside the chain and are wiped when the day closes.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Day(Record):
    """A natural person's day: its sum, what may be given of it, the verdict, and what it was used for."""

    natural = models.TextField()
    person = models.TextField()
    day = models.TextField()
    steps = models.BigIntegerField(default=0)
    verified = models.BigIntegerField(default=0)
    shape = models.TextField(default="")  # curve, jump or total: how the sum came about
    source = models.TextField(default="")
    verdict = models.TextField(default="")  # empty, review, held, accepted, refused
    reason = models.TextField(default="")  # the rules that spoke, with a blank between
    said = models.TextField(default="")  # what each rule saw, in figures
    appeal = models.TextField(default="")  # why the person disagrees, a word of a list
    stage = models.TextField(default="open")
    used = models.TextField(default="")  # the gift or flock it went to
    ends = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_day"
        indexes = [models.Index(fields=["stage", "ends"], name="giving_day_ends")]


class Hours(Record):
    """The 24 hourly sums of an open day, for its person's page and an appeal. Outside the chain, wiped at the close."""

    outside_chain = True
    shown = models.TextField()

    class Meta:
        app_label = "giving"
        db_table = "giving_hours"


class Device(Record):
    """Which natural persons a device counted for; key: its mark, made by the surface with the book's pepper."""

    persons = models.TextField()

    class Meta:
        app_label = "giving"
        db_table = "giving_device"


class Charity(Record):
    """A charity that two officers admitted; key: the organisation."""

    stage = models.TextField(default="admitted")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_charity"


class Project(Record):
    """What money is given for. `rate` fen for `rate_of` steps; `pools`: sponsors behind it, in order."""

    charity = models.TextField()
    title = models.TextField()
    title_en = models.TextField(default="")
    field = models.TextField()  # environment, education, health
    goal = models.BigIntegerField(default=0)
    rate = models.BigIntegerField()
    rate_of = models.BigIntegerField()
    split = models.TextField(default="order")  # order or share
    policy = models.TextField(default="partial")  # partial or refuse, when the sponsors hold less than the gift
    pools = models.TextField(default="")
    received = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    gifts = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_project"


class Line(Record):
    """A line of a project's budget: what for, how much at most, how much was paid."""

    project = models.TextField()
    line = models.TextField()
    title = models.TextField()
    units = models.BigIntegerField()
    paid = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_line"
        indexes = [models.Index(fields=["project"], name="giving_line_project")]


class Payout(Record):
    """Money that left a project (key: the act's id), with the digest of the document it was paid against."""

    project = models.TextField()
    line = models.TextField()
    document = models.TextField()
    payee = models.TextField()
    units = models.BigIntegerField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_payout"
        indexes = [models.Index(fields=["project"], name="giving_payout_project")]


class Quarter(Record):
    """What a project received and paid in one quarter; what was unspent at its end is their running difference."""

    project = models.TextField()
    quarter = models.TextField()
    received = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_quarter"
        indexes = [models.Index(fields=["project"], name="giving_quarter_project")]


class Pool(Record):
    """A sponsor's money that may still be given stands on `campaign:<key>:pool`; this is what was agreed about it.

    `kind`: pledge (behind a project), drive (a day and a place), flock. `origin`: where the rest returns to.
    """

    kind = models.TextField()
    project = models.TextField(default="")
    organisation = models.TextField(default="")
    person = models.TextField(default="")
    origin = models.TextField()
    asset = models.TextField()
    title = models.TextField(default="")
    title_en = models.TextField(default="")
    place = models.TextField(default="")
    goal = models.BigIntegerField(default=0)  # steps a drive hopes for
    share = models.BigIntegerField(default=1)
    gift_max = models.BigIntegerField(default=0)  # 0: no cap
    day_max = models.BigIntegerField(default=0)
    funded = models.BigIntegerField(default=0)
    given = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    gifts = models.BigIntegerField(default=0)
    starts = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)
    closes = models.BigIntegerField(default=0)  # a drive's last day may still be given until that day closes
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_pool"
        indexes = [models.Index(fields=["stage", "closes"], name="giving_pool_closes")]


class Gift(Record):
    """One gift (key: the act's id): steps that sponsors turned into money, or own money with a receipt number."""

    kind = models.TextField()  # steps or money
    person = models.TextField()
    natural = models.TextField()
    project = models.TextField()
    charity = models.TextField()
    day = models.TextField(default="")
    steps = models.BigIntegerField(default=0)
    units = models.BigIntegerField()
    parts = models.TextField(default="")  # `<pool>=<units>` or `<asset>=<units>` with a blank between
    wallet = models.TextField(default="")
    appeal = models.TextField(default="")
    number = models.TextField(default="")
    stage = models.TextField(default="given")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_gift"
        indexes = [models.Index(fields=["person"], name="giving_gift_person")]


class Giver(Record):
    """What a natural person gave so far; key: the natural person."""

    gifts = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    sponsored = models.BigIntegerField(default=0)
    own = models.BigIntegerField(default=0)
    flock_steps = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_giver"


class Serial(Record):
    """The last receipt number a charity gave in a year."""

    n = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_serial"


class Appeal(Record):
    """Somebody asks others to give to a project, up to a goal. No free text: what it is for is the project's word."""

    project = models.TextField()
    person = models.TextField()
    goal = models.BigIntegerField()
    raised = models.BigIntegerField(default=0)
    gifts = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_appeal"
        indexes = [models.Index(fields=["project"], name="giving_appeal_project")]


class Flock(Record):
    """Birds for households, paid by the sponsor's pool of the same key. `waiting`: not yet served in this round."""

    charity = models.TextField()
    title = models.TextField()
    title_en = models.TextField(default="")
    farm = models.TextField()
    price = models.BigIntegerField()
    birds = models.BigIntegerField()
    steps_each = models.BigIntegerField()  # for one bird
    households = models.TextField()
    waiting = models.TextField()
    received = models.BigIntegerField(default=0)
    givers = models.BigIntegerField(default=0)
    handed = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    closes = models.BigIntegerField()  # a while later: then the rest returns
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_flock"


class Bird(Record):
    """A bird on its way to its household; key `<flock>:<n>`."""

    flock = models.TextField()
    household = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "giving"
        db_table = "giving_bird"
        indexes = [models.Index(fields=["flock"], name="giving_bird_flock")]
