"""The life of a campaign and of a ticket as tables. After a blank stands which way an act took."""

from __future__ import annotations

from saxaul.engine import Stages

# "all": nothing of the step is left to do. A grant has no draw: it begins in `spending`.
STAGES: Stages = {
    ("", "campaign.draft"): "draft",
    ("", "campaign.create_purpose"): "spending",
    ("draft", "campaign.draft"): "draft",
    ("draft", "campaign.list_merchants"): "draft",
    ("draft", "campaign.approve"): "approved",
    ("draft", "campaign.cancel"): "cancelled",
    ("approved", "campaign.fund"): "approved",
    ("approved", "campaign.fund all"): "funded",
    ("approved", "campaign.cancel"): "cancelled",
    ("funded", "campaign.open"): "sign_up",
    ("funded", "campaign.cancel"): "cancelled",
    ("sign_up", "campaign.close_list"): "signed_up",
    ("sign_up", "campaign.cancel"): "cancelled",
    ("signed_up", "campaign.name_beacon"): "signed_up",
    ("signed_up", "campaign.commit"): "signed_up",
    ("signed_up", "campaign.commit all"): "committed",
    ("signed_up", "campaign.cancel"): "cancelled",
    ("committed", "campaign.reveal"): "committed",
    ("committed", "campaign.reveal all"): "revealed",
    ("committed", "campaign.note_beacon"): "committed",
    ("committed", "campaign.note_beacon all"): "revealed",
    ("committed", "campaign.forfeit"): "revealed",
    ("committed", "campaign.cancel"): "cancelled",
    ("revealed", "campaign.cancel"): "cancelled",
    ("revealed", "campaign.draw"): "revealed",
    ("revealed", "campaign.draw all"): "drawn",
    ("drawn", "campaign.tell_lost"): "drawn",
    ("drawn", "campaign.publish"): "claiming",
    ("claiming", "campaign.claim"): "claiming",
    ("claiming", "campaign.release"): "claiming",
    ("claiming", "campaign.close_claims"): "claiming",
    ("claiming", "campaign.close_claims all"): "spending",
    ("spending", "campaign.fund"): "spending",
    ("spending", "campaign.list_merchants"): "spending",
    ("spending", "campaign.grant"): "spending",
    ("spending", "campaign.expire"): "expired",
    ("expired", "campaign.write_off"): "expired",
    ("expired", "campaign.take_back"): "expired",
    ("expired", "campaign.reconcile"): "reconciled",
    ("reconciled", "campaign.close"): "closed",
    ("cancelled", "campaign.burn"): "cancelled",
}

TICKETS: Stages = {
    ("", "campaign.sign_up"): "entered",
    ("", "campaign.grant"): "claimed",
    ("entered", "campaign.draw"): "awarded",
    ("entered", "campaign.draw reserve"): "reserve",
    ("entered", "campaign.tell_lost"): "lost",
    ("entered", "campaign.burn"): "burnt",
    ("awarded", "campaign.claim"): "claimed",
    ("awarded", "campaign.release"): "unclaimed",
    ("reserve", "campaign.release"): "awarded",
    ("claimed", "campaign.write_off"): "spent",
    ("claimed", "campaign.write_off rest"): "written_off",
    ("claimed", "campaign.take_back"): "spent",
    ("claimed", "campaign.take_back rest"): "written_off",
}

BEFORE_SIGNUP = ("draft", "approved", "funded")
"""Stages in which nobody has signed up yet."""
