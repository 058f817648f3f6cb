"""Records of forests: projects and parcels, certificates, teams, orders with their inspections, and evidence.

A unique rule is a key: a project is its code, a parcel `<project>:<n>`, a certificate its number, an order
`<project>:<n>`, an inspection `<order>:<year>`, a picture the digest of its pixels. Holders are natural persons' ids.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Project(Record):
    """One species (or one protected place) on named parcels in one season, with one quota."""

    kind = models.TextField()  # tree or land
    name = models.TextField()
    name_en = models.TextField(default="")
    species = models.TextField(default="")
    place = models.TextField()
    place_en = models.TextField(default="")
    starts = models.BigIntegerField()
    ends = models.BigIntegerField()
    energy = models.BigIntegerField()  # grams for one tree or one share of land
    energy_source = models.TextField()  # who says so
    price = models.BigIntegerField()  # fen the sponsor pays for one
    quota = models.BigIntegerField()  # trees or shares
    share = models.BigIntegerField(default=1)  # units of the asset in one: 1 tree, or so many dm2
    area = models.BigIntegerField(default=0)  # dm2 of all parcels
    sponsor = models.TextField()
    charity = models.TextField()
    joint = models.BigIntegerField(default=0)  # 1: opens when the whole pledge is there
    pledged = models.BigIntegerField(default=0)  # fen put into the pool so far
    parcels = models.TextField()
    survival_1 = models.BigIntegerField()  # percent that must live after one year
    survival_3 = models.BigIntegerField()
    ordered = models.BigIntegerField(default=0)  # the last number that is ordered
    withdrawn = models.BigIntegerField(default=0)  # withdrawn numbers after that
    orders = models.BigIntegerField(default=0)
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_project"
        indexes = [models.Index(fields=["stage", "ends"], name="forest_project_stage")]


class Parcel(Record):
    """A piece of land that belongs to one project only; `taken` counts where a project has several."""

    project = models.TextField()
    ring = models.TextField()  # east,north in millionths of a degree, with a blank between
    area = models.BigIntegerField()  # dm2
    room = models.BigIntegerField()  # trees or shares
    taken = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_parcel"
        indexes = [models.Index(fields=["project"], name="forest_parcel_project")]


class Cell(Record):
    """A square of the map and the parcels in it, so that an overlap is found by key."""

    parcels = models.TextField()

    class Meta:
        app_label = "forest"
        db_table = "forest_cell"


class Certificate(Record):
    """One tree or one share of land; key: its number. The stage of planting stands in the order that covers it."""

    project = models.TextField()
    serial = models.BigIntegerField()
    holder = models.TextField()  # natural person, or the team
    team = models.TextField(default="")
    shares = models.TextField(default="")  # of a team: natural:grams, the largest first
    energy = models.BigIntegerField()
    parcel = models.TextField()
    named = models.BigIntegerField(default=0)  # 1: the holder wants the name to be shown
    stage = models.TextField(default="issued")
    transfer = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_certificate"
        indexes = [models.Index(fields=["holder"], name="forest_certificate_holder")]


class Team(Record):
    """People who grow one tree together; `members` are naturals with a blank between, the first opened it."""

    project = models.TextField()
    kind = models.TextField()
    members = models.TextField()
    certificate = models.TextField(default="")
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_team"


class Share(Record):
    """What one member gave to the team's tree; key `<team>:<natural>`."""

    team = models.TextField()
    member = models.TextField()
    grams = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_share"
        indexes = [models.Index(fields=["member"], name="forest_share_member")]


class Order(Record):
    """Trees that the charity plants together: certificates `first` to `last` of one project."""

    project = models.TextField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    trees = models.BigIntegerField()
    money = models.BigIntegerField()  # fen in escrow for it when it was made
    paid = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)  # fen kept back until the debt is planted
    debt = models.BigIntegerField(default=0)  # trees to plant again
    version = models.BigIntegerField(default=1)  # counts up when trees are planted again
    planter = models.TextField(default="")  # natural person who reported the planting
    planted = models.BigIntegerField(default=0)
    stage = models.TextField(default="ordered")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_order"
        indexes = [models.Index(fields=["project", "last"], name="forest_order_project")]


class Inspection(Record):
    """What an inspector found: a sample, how many of it live, and what follows for the whole order."""

    order = models.TextField()
    year = models.BigIntegerField()  # 0, 1 or 3
    inspector = models.TextField()  # natural person
    sample = models.BigIntegerField()
    alive = models.BigIntegerField()
    living = models.BigIntegerField()  # of the whole order, rounded down
    low = models.BigIntegerField()  # thousandths that live, at least and at most, with 95 % confidence
    high = models.BigIntegerField()
    needed = models.BigIntegerField()  # by the contract
    document = models.TextField()  # digest of the report with its photographs
    paid = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_inspection"
        indexes = [models.Index(fields=["order"], name="forest_inspection_order")]


class Picture(Record):
    """A satellite picture by the digest of its pixels (or of its file): it has one date for ever."""

    day = models.TextField()
    scene = models.TextField()

    class Meta:
        app_label = "forest"
        db_table = "forest_picture"


class Evidence(Record):
    """What two pictures of the same season say about a parcel, with every number that decided it."""

    parcel = models.TextField()
    project = models.TextField()
    scene = models.TextField()
    day = models.TextField()
    base_scene = models.TextField()
    base_day = models.TextField()
    valid = models.BigIntegerField()  # percent of the parcel's pixels that can be used
    pixels = models.BigIntegerField()
    index = models.BigIntegerField()  # thousandths of NDVI, median of the parcel
    base_index = models.BigIntegerField()
    control = models.BigIntegerField()  # change of the control area, thousandths
    spread = models.BigIntegerField()  # of earlier medians in the same season
    verdict = models.TextField()
    statement = models.TextField()  # the whole comparison with the digests of its inputs, as the tool signed it
    signature = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "forest"
        db_table = "forest_evidence"
        indexes = [models.Index(fields=["project", "day"], name="forest_evidence_project")]
