"""Records of payments: orders, refunds, codes, requests for money, and what money bound to a purpose may buy.

Keys: an order of a merchant with a number of its own is keyed by merchant and number, so a second order under that
number, or a reversal that arrives first, meets the first one. Ids, codes and amounts only.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record

OPEN = ("created", "confirming", "held")


class Order(Record):
    """One purchase at one merchant, from its price to the last refund."""

    merchant = models.TextField()
    number = models.TextField(default="")  # the merchant's own number, unique with the merchant
    shop = models.TextField(default="")
    terminal = models.TextField(default="")
    asset = models.TextField()  # CNY/2: any pocket; ECNY/2: e-CNY only
    units = models.BigIntegerField()
    revision = models.BigIntegerField(default=1)
    stage = models.TextField()
    code = models.TextField(default="")  # digest of the dynamic code that shows this revision
    payer = models.TextField(default="")  # wallet
    split = models.TextField(default="")  # what each pocket gave, see pockets.py
    captured = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    refunds = models.BigIntegerField(default=0)
    hold = models.TextField(default="")
    fixed = models.BigIntegerField(default=0)  # 1: paid to a printed code
    paid = models.TextField(default="")  # act that captured it; empty: the order's key is that act
    paid_at = models.BigIntegerField(default=0)
    ends = models.BigIntegerField(default=0)  # when the order's own time is over
    until = models.BigIntegerField(default=0)  # when the present stage is over

    class Meta:
        app_label = "pay"
        db_table = "pay_order"
        indexes = [
            models.Index(fields=["until"], name="pay_order_open", condition=models.Q(stage__in=OPEN)),
            models.Index(fields=["merchant", "entry"], name="pay_order_captured", condition=models.Q(stage="captured")),
        ]


class Refund(Record):
    """One refund, found by the merchant's number of it, so that a retry is the same refund."""

    paid_order = models.TextField()
    units = models.BigIntegerField()
    returned = models.TextField()  # what went back to each pocket
    stage = models.TextField(default="done")
    at = models.BigIntegerField()

    class Meta:
        app_label = "pay"
        db_table = "pay_refund"


class Code(Record):
    """A printed code of a merchant or a one-time code of a payer; the key is a hash, never what could be spent."""

    kind = models.TextField()  # static, payer
    merchant = models.TextField(default="")
    shop = models.TextField(default="")
    terminal = models.TextField(default="")
    units = models.BigIntegerField(default=0)  # a fixed price, 0: asked for
    wallet = models.TextField(default="")
    stage = models.TextField(default="open")
    paid_order = models.TextField(default="")  # what it paid
    ends = models.BigIntegerField(default=0)
    issued = models.TextField(default="")  # a printed code: the act whose receipt has its text
    paid_day = models.TextField(default="")  # a printed code: the last day on which somebody paid to it
    paid_days = models.BigIntegerField(default=0)  # and on how many days that was
    told_day = models.TextField(default="")  # `paid_day` of the silence its merchant was told of

    class Meta:
        app_label = "pay"
        db_table = "pay_code"
        indexes = [
            models.Index(fields=["paid_day"], name="pay_code_paid", condition=models.Q(kind="static", stage="open")),
        ]


class Request(Record):
    """Money one person asks of another."""

    payee = models.TextField()  # wallet
    payer = models.TextField()  # person
    asset = models.TextField()
    units = models.BigIntegerField()
    stage = models.TextField(default="asked")
    bill = models.TextField(default="")  # the shared bill it is a share of
    paid = models.TextField(default="")
    ends = models.BigIntegerField()

    class Meta:
        app_label = "pay"
        db_table = "pay_request"
        indexes = [
            models.Index(fields=["ends"], name="pay_request_open", condition=models.Q(stage="asked")),
        ]


class Purpose(Record):
    """Where money bound to a campaign may be spent; key is the campaign. Written by whoever runs campaigns."""

    asset = models.TextField()  # VOUCHER.spring/2, COUPON.spring/0, POINT.city/0
    name = models.TextField(default="")  # what its owner reads on the wallet page; public
    name_en = models.TextField(default="")
    behind = models.TextField(default="ECNY/2")  # the money in the campaign's escrow
    face = models.BigIntegerField(default=1)  # money units behind one unit
    listed = models.BigIntegerField(default=0)  # 1: only merchants with a row in pay_purpose_merchant
    categories = models.TextField(default="")  # ISO 18245 codes with a blank between; empty: all
    starts = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)  # exclusive; 0 is open end
    minimum = models.BigIntegerField(default=0)  # least price of the purchase
    regions = models.TextField(default="")  # codes of regions with a blank between; empty: all
    opens = models.BigIntegerField(default=0)  # minute of the city's day; the same as `shuts`: at any hour
    shuts = models.BigIntegerField(default=0)  # exclusive; before `opens`: past midnight
    share = models.BigIntegerField(default=0)  # most of a price in percent; 0: all of it
    sponsor = models.TextField(default="")

    class Meta:
        app_label = "pay"
        db_table = "pay_purpose"


class PurposeMerchant(Record):
    """A merchant where a campaign's money may be spent, or no longer may; key `<campaign>:<merchant>`."""

    stage = models.TextField(default="active")

    class Meta:
        app_label = "pay"
        db_table = "pay_purpose_merchant"


class Bound(Record):
    """The campaigns whose money a wallet was given; key is the wallet: what a payment must list is a record."""

    purposes = models.TextField(default="")  # campaign ids with a blank between

    class Meta:
        app_label = "pay"
        db_table = "pay_bound"
