"""Records of low-carbon merchants: programmes and their members, habits, lots, benefits and coupons, tables, documents,
things for rent.

A unique rule is a key: one membership is `<programme>:<merchant>`, one habit `<programme>:<order>:<behaviour>`, one
coupon's code is a row of its own, one document is its merchant and its bytes. What an act must list is a record.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record

UNUSED, RUNNING = ("open", "reserved"), ("doing", "charged")


class Programme(Record):
    """A programme of points that merchants of any sector may join; its points and money stand in its pool."""

    name = models.TextField()
    name_en = models.TextField(default="")
    stage = models.TextField(default="open")
    until = models.BigIntegerField(default=0)  # exclusive; 0 is open end
    points = models.BigIntegerField()  # issued into the pool
    lot_days = models.BigIntegerField()
    money = models.TextField(default="CNY/2")
    promised = models.BigIntegerField(default=0)  # of the pool's money: what stands behind stock and coupons
    since = models.BigIntegerField(default=0)


class Member(Record):
    """A merchant in a programme; key `<programme>:<merchant>`. Words with a blank between."""

    programme = models.TextField()
    merchant = models.TextField()
    behaviours = models.TextField()
    evidence = models.TextField()
    stage = models.TextField(default="active")
    since = models.BigIntegerField(default=0)


class Participant(Record):
    """A natural person in a programme; key `<programme>:<person>`. `first`: when the first behaviour was completed."""

    programme = models.TextField()
    first = models.BigIntegerField(default=0)
    times = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)


class Habit(Record):
    """One behaviour of one person: `<programme>:<order>:<behaviour>`, or the act that handed in a photo alone."""

    programme = models.TextField()
    person = models.TextField()
    merchant = models.TextField(default="")
    behaviour = models.TextField()
    evidence = models.TextField()  # order_line, till_flag, staff_scan, photo
    paid_order = models.TextField(default="")
    points = models.BigIntegerField(default=0)
    stage = models.TextField()  # granted, held, badge, refused, reversed
    hold = models.TextField(default="")
    until = models.BigIntegerField(default=0)  # end of the hold
    lost = models.BigIntegerField(default=0)  # points that were spent before the order came back
    since = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["person", "since"], name="merchant_habit_person")]


class Lots(Record):
    """A person's point lots of a programme, key `<programme>:<person>`: `20220601:<end>` with a blank between."""

    programme = models.TextField()
    person = models.TextField()
    lots = models.TextField(default="")
    ends = models.BigIntegerField(default=0)  # the earliest end, 0 without lots

    class Meta:
        indexes = [models.Index(fields=["ends"], name="merchant_lots_ends", condition=models.Q(ends__gt=0))]


class Pace(Record):
    """How often one merchant's staff granted to one person, key `<merchant>:<person>`, since when."""

    times = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)


class ScanCode(Record):
    """A one-time code that a person shows to staff; the key is a hash, never what is shown."""

    person = models.TextField()
    stage = models.TextField(default="open")
    ends = models.BigIntegerField()

    class Meta:
        db_table = "merchant_scan_code"


class Band(Record):
    """Photos by sixteen bits of their fingerprint, key `<band>:<bits>`: whole fingerprints with a blank between."""

    photos = models.TextField(default="")


class Paid(Record):
    """What hangs on an order of payments (key: the order): behaviours on its lines, habits, a coupon.

    `back`: 1 while the order came back and the merchant has not yet the money to give a coupon's value back.
    """

    behaviours = models.TextField(default="")
    habits = models.TextField(default="")
    coupon = models.TextField(default="")
    back = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["back"], name="merchant_paid_back", condition=models.Q(back=1))]


class Benefit(Record):
    """What points are exchanged for. `value`: what the programme pays the merchant when a coupon of it is used."""

    programme = models.TextField()
    merchant = models.TextField()
    title = models.TextField()
    title_en = models.TextField(default="")
    cost = models.BigIntegerField()  # points
    value = models.BigIntegerField(default=0)
    minimum = models.BigIntegerField(default=0)  # least price of the order it is used with; 0: without an order
    stock = models.BigIntegerField()  # opened with
    stage = models.TextField(default="open")
    until = models.BigIntegerField(default=0)  # exclusive; 0 is open end
    coupon_days = models.BigIntegerField()
    returns = models.TextField(default="restore")  # when its order comes back: restore, end
    since = models.BigIntegerField(default=0)


class Coupon(Record):
    """A benefit that a person took; used once, at a till, until its end."""

    benefit = models.TextField()
    programme = models.TextField()
    person = models.TextField()
    code = models.TextField()
    stage = models.TextField(default="open")
    ends = models.BigIntegerField()
    merchant = models.TextField(default="")  # who reserved or took it
    hold = models.TextField(default="")
    until = models.BigIntegerField(default=0)  # end of the reservation
    paid_order = models.TextField(default="")
    value = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)  # when
    since = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "since"], name="merchant_coupon_person"),
            models.Index(fields=["ends"], name="merchant_coupon_ends", condition=models.Q(stage__in=UNUSED)),
        ]  # fmt: skip


class CouponCode(Record):
    """The digits of a coupon (key) and whose they are."""

    coupon = models.TextField()

    class Meta:
        db_table = "merchant_coupon_code"


class Payee(Record):
    """What a merchant earned with coupons and was not paid yet; `week` is the Monday up to which it was."""

    cny = models.BigIntegerField(default=0)
    ecny = models.BigIntegerField(default=0)
    week = models.TextField(default="")


class Statement(Record):
    """One week of a merchant's coupons, key `<merchant>:<Monday it was paid>`: the net since the last."""

    merchant = models.TextField()
    week = models.TextField()
    cny = models.BigIntegerField(default=0)
    ecny = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)


class Item(Record):
    """A line of a menu; key `<merchant>:<item>`."""

    merchant = models.TextField()
    item = models.TextField()
    name = models.TextField()
    name_en = models.TextField(default="")
    price = models.BigIntegerField()
    left = models.BigIntegerField(default=-1)  # -1: not counted
    behaviour = models.TextField(default="")  # what ordering it shows, such as own_cup
    stage = models.TextField(default="on")


class Menu(Record):
    """The items of a merchant (key), in order, with a blank between."""

    items = models.TextField(default="")


class Table(Record):
    """A table with a code. `till`: the merchant's own machine credential under which its orders are made."""

    merchant = models.TextField()
    shop = models.TextField(default="")
    label = models.TextField()
    till = models.TextField()
    bill = models.TextField(default="")  # the one all phones at the table share
    stage = models.TextField(default="on")


class TableBill(Record):
    """What a table ordered: `<item>:<count>:<price>` with a blank between. Paid when its order of payments is."""

    table = models.TextField()
    merchant = models.TextField()
    lines = models.TextField(default="")
    units = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=1)
    stage = models.TextField(default="open")
    number = models.TextField(default="")
    paid_order = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        db_table = "merchant_table_bill"


class Document(Record):
    """An e-receipt, invoice, booking or form, kept by the hash of its bytes for one person."""

    kind = models.TextField()
    merchant = models.TextField()
    person = models.TextField()
    digest = models.TextField()
    paid_order = models.TextField(default="")
    sale = models.TextField(default="")  # a return names what it gives back
    returned = models.TextField(default="")
    act = models.TextField()
    printed = models.BigIntegerField(default=0)
    stage = models.TextField(default="kept")
    ends = models.BigIntegerField()
    since = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "since"], name="merchant_document_person"),
            models.Index(fields=["ends"], name="merchant_document_ends"),
        ]


class DocumentText(Record):
    """The bytes of a document, outside the chain, so that its retention can end."""

    outside_chain = True
    text = models.TextField(default="")

    class Meta:
        db_table = "merchant_document_text"


class Thing(Record):
    """Something to rent, and the station (a shop of the merchant) where it is or was last."""

    merchant = models.TextField()
    kind = models.TextField()
    shop = models.TextField()
    price = models.BigIntegerField()
    stage = models.TextField(default="here")  # here, out, sold
    rental = models.TextField(default="")  # the present or last one


class Renter(Record):
    """A natural person who rents (key): whether the line was opened, and how the rentals ended."""

    line = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    unpaid = models.BigIntegerField(default=0)  # rentals whose fee is still owed


class Rental(Record):
    """One rental with the terms that were shown before it began, in fen and minutes."""

    thing = models.TextField()
    merchant = models.TextField()
    person = models.TextField()
    wallet = models.TextField()
    deposit = models.BigIntegerField(default=0)
    stage = models.TextField(default="created")
    fee = models.BigIntegerField()
    step_minutes = models.BigIntegerField()
    free_minutes = models.BigIntegerField()
    day_cap = models.BigIntegerField()
    price = models.BigIntegerField()
    hold = models.TextField(default="")
    started = models.BigIntegerField(default=0)
    ended = models.BigIntegerField(default=0)
    charged = models.BigIntegerField(default=0)
    shop = models.TextField(default="")  # where it came back
    sold = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)  # when this stage is looked at again
    since = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["person", "since"], name="merchant_rental_person"),
            models.Index(fields=["until"], name="merchant_rental_until", condition=models.Q(stage__in=RUNNING)),
        ]  # fmt: skip
