"""Records of campaigns: the campaign, one ticket of each natural person, what merchants took each day, marked shops.

Keys: a campaign is found by the code its money carries (`VOUCHER.<key>/2`); a ticket by campaign and natural person, so
that a second one meets the first. Where the money may be spent stands in `pay_purpose`, which payments read.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Campaign(Record):
    """One run of money bound to a purpose: given by a draw, or granted by the sponsor."""

    kind = models.TextField()  # draw, grant
    stage = models.TextField()
    name = models.TextField()
    name_en = models.TextField(default="")
    sponsor = models.TextField()  # organisation: pays, is paid back, alone takes back
    behind = models.TextField(default="ECNY/2")  # the money in the escrow
    each = models.BigIntegerField(default=0)
    awards = models.BigIntegerField(default=0)
    reserves = models.BigIntegerField(default=0)
    region = models.TextField(default="")  # of who may sign up; empty: everybody
    issuers = models.TextField(default="")  # codes with a blank between; empty: all
    signup_from = models.BigIntegerField(default=0)
    signup_until = models.BigIntegerField(default=0)
    claim_ends = models.BigIntegerField(default=0)  # of the present round of claims
    next_ends = models.BigIntegerField(default=0)  # of the round that follows, while this one is settled
    reserve_days = models.BigIntegerField(default=0)  # how long reserves may claim; 0: unclaimed awards go back
    spend_from = models.BigIntegerField(default=0)
    spend_until = models.BigIntegerField(default=0)
    witness = models.TextField(default="")  # organisation
    salt = models.TextField(default="")
    beacon_name = models.TextField(default="")  # whose number, and which one
    beacon_at = models.BigIntegerField(default=0)
    reveal_until = models.BigIntegerField(default=0)  # then who has not told their secret forfeits
    operator_commitment = models.TextField(default="")
    witness_commitment = models.TextField(default="")
    operator_secret = models.TextField(default="")
    witness_secret = models.TextField(default="")
    beacon = models.TextField(default="")
    root = models.TextField(default="")
    tickets = models.BigIntegerField(default=0)
    seed = models.TextField(default="")
    slices = models.BigIntegerField(default=0)  # of the draw that are done
    told = models.BigIntegerField(default=0)  # slices of those who won nothing that are done
    round = models.BigIntegerField(default=0)  # of claims
    released = models.BigIntegerField(default=0)  # slices whose unclaimed awards were passed on in this round
    passed = models.BigIntegerField(default=0)  # awards that went to reserves in this round
    used = models.BigIntegerField(default=0)  # reserves that were given an award
    swept = models.BigIntegerField(default=0)  # slices of the write-off, or of burnt tickets, that are done
    funded = models.BigIntegerField(default=0)
    unclaimed = models.BigIntegerField(default=0)  # units that nobody claimed
    written_off = models.BigIntegerField(default=0)  # units that lay in wallets at the end
    looked = models.TextField(default="")  # day of the last look for shops that pay themselves
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "campaign"
        db_table = "campaign_campaign"


class Ticket(Record):
    """A natural person's place in a campaign, from sign-up to the last fen; of a grant, the wallet that was given."""

    campaign = models.TextField()
    person = models.TextField()
    natural = models.TextField()
    wallet = models.TextField()
    issuer = models.TextField(default="")
    phone = models.TextField(default="")  # HMAC of the telephone at sign-up
    line = models.TextField(default="")  # the published hash
    stage = models.TextField()
    rank = models.BigIntegerField(default=0)  # place in the draw from 1; 0: not drawn
    slice = models.BigIntegerField(default=0)
    hold = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "campaign"
        db_table = "campaign_ticket"
        indexes = [models.Index(fields=["campaign"], name="campaign_ticket_of")]


class Taken(Record):
    """What one merchant took of a campaign on one day, and gave back; key `<campaign>:<merchant>:<day>`."""

    campaign = models.TextField()
    merchant = models.TextField()
    day = models.TextField()
    spent = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    times = models.BigIntegerField(default=0)

    class Meta:
        app_label = "campaign"
        db_table = "campaign_taken"


class Mark(Record):
    """A shop that looks as if it paid itself; an officer looks. Key `<campaign>:<merchant>`."""

    campaign = models.TextField()
    merchant = models.TextField()
    reason = models.TextField()  # ring, staff, whole_packets
    payments = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    stage = models.TextField(default="marked")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "campaign"
        db_table = "campaign_mark"
