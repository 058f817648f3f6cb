"""Records of vouchers: the campaign with its rules, and who holds some of it.

Where a voucher may be spent stands in the records of payments (`pay_purpose`), written here when a campaign opens. A
holding is one record per campaign and wallet, so that the end of the campaign can be swept in slices.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record

GIVING = ("running", "paused")
OVER = ("closed", "cancelled")


class Campaign(Record):
    """What is given to whom until when; fixed once it is open, but for pausing and more merchants."""

    sponsor = models.TextField()  # organisation whose money it is
    name = models.TextField()
    name_en = models.TextField(default="")
    benefit = models.TextField(default="")  # exchange: what the coupon is good for
    benefit_en = models.TextField(default="")
    kind = models.TextField()  # threshold, discount, random, exchange
    stage = models.TextField(default="draft")
    total = models.BigIntegerField()  # how many are given at most
    face = models.BigIntegerField(default=0)  # fen of one; for a discount the most it takes off
    percent = models.BigIntegerField(default=0)  # discount: of the price, in hundredths
    minimum = models.BigIntegerField(default=0)  # least price of the purchase, in fen
    per_person = models.BigIntegerField(default=1)  # of one natural person, in all
    per_day = models.BigIntegerField(default=0)  # of one natural person in a day; 0: as many as in all
    day_stock = models.BigIntegerField(default=0)  # how many are given in a day; 0: no such limit
    day = models.TextField(default="")  # the city's day whose stock was filled last
    values = models.TextField(default="")  # random: `<fen>:<how many>` with a blank between, published
    left = models.TextField(default="")  # random: how many of each value are left, in the same order
    drawn = models.BigIntegerField(default=0)  # random: how many were drawn
    seed = models.TextField(default="")  # random: what the values are drawn from; shown when the campaign is over
    comes_back = models.BigIntegerField(default=1)  # 1: a full refund before the end gives the coupon back; 0: ends it
    listed = models.BigIntegerField(default=0)  # 1: only at merchants of its list
    categories = models.TextField(default="")
    claim_from = models.BigIntegerField()
    claim_until = models.BigIntegerField()
    spend_until = models.BigIntegerField()
    until = models.BigIntegerField()  # when its end is looked at next
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "voucher"
        db_table = "voucher_campaign"
        indexes = [
            models.Index(fields=["until"], name="voucher_campaign_open", condition=~models.Q(stage__in=OVER)),
        ]


class Holding(Record):
    """What one wallet got of one campaign; key `<campaign>:<wallet>`."""

    campaign = models.TextField()
    wallet = models.TextField()
    natural = models.TextField()
    times = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)  # coupons, or fen where the value is drawn
    stage = models.TextField(default="held")  # held, spent, written_off
    until = models.BigIntegerField()  # when the sweep looks at it

    class Meta:
        app_label = "voucher"
        db_table = "voucher_holding"
        indexes = [
            models.Index(fields=["until"], name="voucher_holding_held", condition=models.Q(stage="held")),
        ]


class Cart(Record):
    """A discount reckoned for one purchase: good at this merchant from this price on, for a few minutes.

    Its key is a purpose of its own (`pay_purpose`), so that the pockets of payments find it like any coupon.
    """

    campaign = models.TextField()
    wallet = models.TextField()
    merchant = models.TextField()
    price = models.BigIntegerField()
    units = models.BigIntegerField()  # what it takes off
    stage = models.TextField(default="open")  # open, used, given_back
    until = models.BigIntegerField()

    class Meta:
        app_label = "voucher"
        db_table = "voucher_cart"
        indexes = [
            models.Index(fields=["until"], name="voucher_cart_open", condition=models.Q(stage="open")),
            models.Index(fields=["campaign"], name="voucher_cart_campaign"),
        ]
