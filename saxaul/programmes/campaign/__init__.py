"""Campaigns: red packets by a draw anybody can check, and purpose money of any sponsor, closed to the fen."""

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.campaign import awards, chance, common, draft, dues, ending, followers, models, signup

CITIZEN, OFFICER, ITSELF = ("citizen",), ("officer", "system"), ("system",)
SPONSOR = ("manager", "service")
RUNS, SIDES = (*OFFICER, *SPONSOR), ("officer", "auditor", "manager", "service")
MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
KNOWN, CREATOR = MISSING + STAGE, ("actor.role_missing",)
TICKETS, SEED, SHORT = ("draw.tickets_changed",), ("draw.seed_mismatch",), ("campaign.escrow_short",)
LATE = ("campaign.signup_early", "campaign.signup_closed")
ENTRY = ("campaign.person_entered", "campaign.region_mismatch", "tier.grade_low")
AWARD = ("award.award_missing", "award.holder_mismatch", "award.claim_done", "award.claim_expired")

d, u, c, a, e, n = draft, signup, chance, awards, ending, common


def _office(name: str, ask: type, plan: object, *refuses: str) -> Act:
    """An act of two officers."""
    second = ("actor.second_missing", *refuses)
    return Act(name, ask, plan, n.Staged, OFFICER, second, two_officers=True)  # type: ignore[arg-type]


# fmt: off
PROGRAMME = Programme(name="campaign", title="Red packets, draws and money bound to a purpose", acts=(
    Act("campaign.draft", d.Draft, d.draft, n.Staged, OFFICER, STAGE + FIELD),
    Act("campaign.list_merchants", d.ListMerchants, d.list_merchants, d.Listed, RUNS, KNOWN),
    _office("campaign.approve", n.Named, d.approve, *KNOWN),
    Act("campaign.create_purpose", d.CreatePurpose, d.create_purpose, n.Staged, SPONSOR, STAGE + FIELD),
    Act("campaign.fund", d.Fund, d.fund, d.Funded, RUNS, KNOWN + FIELD + ("wallet.funds_short",)),
    Act("campaign.open", n.Named, d.open_signup, n.Staged, OFFICER, KNOWN + SHORT + LATE[:1]),
    _office("campaign.cancel", n.Named, d.cancel, *KNOWN),
    Act("campaign.burn", d.Burn, d.burn, n.Staged, ITSELF, KNOWN),
    Act("campaign.sign_up", u.SignUp, u.sign_up, u.SignedUp, CITIZEN, MISSING + FIELD + LATE + ENTRY,
        touches=u.touches),
    Act("campaign.close_list", u.CloseList, u.close_list, u.ListClosed, ITSELF, KNOWN + TICKETS),
    _office("campaign.name_beacon", c.NameBeacon, c.name_beacon, *KNOWN, *FIELD),
    Act("campaign.commit", c.Commit, c.commit, n.Staged, SIDES, KNOWN),
    Act("campaign.reveal", c.Reveal, c.reveal, n.Staged, SIDES, KNOWN + SEED),
    Act("campaign.note_beacon", c.NoteBeacon, c.note_beacon, n.Staged, OFFICER, KNOWN),
    Act("campaign.forfeit", n.Named, c.forfeit, n.Staged, ITSELF, KNOWN),
    Act("campaign.draw", a.Draw, a.draw_slice, a.Drawn, ITSELF, KNOWN + TICKETS),
    Act("campaign.tell_lost", a.TellLost, a.tell_lost, a.Drawn, ITSELF, KNOWN),
    Act("campaign.publish", n.Named, a.publish, n.Staged, ITSELF, KNOWN),
    Act("campaign.claim", a.Claim, a.claim, a.Claimed, CITIZEN, MISSING + AWARD, touches=a.touches),
    Act("campaign.release", a.Release, a.release, a.Released, ITSELF, KNOWN),
    Act("campaign.close_claims", n.Named, a.close_claims, n.Staged, ITSELF, KNOWN),
    Act("campaign.grant", e.Grant, e.grant, e.Granted, SPONSOR, KNOWN + FIELD + CREATOR + SHORT),
    Act("campaign.expire", n.Named, e.expire, n.Staged, ITSELF, KNOWN),
    Act("campaign.write_off", e.WriteOff, e.write_off, e.WrittenOff, ITSELF, KNOWN),
    Act("campaign.take_back", e.TakeBack, e.take_back, e.WrittenOff, SPONSOR, KNOWN + CREATOR),
    Act("campaign.reconcile", n.Named, e.reconcile, e.Reconciled, RUNS, KNOWN),
    _office("campaign.close", n.Named, e.close, *KNOWN),
    Act("campaign.count", e.Count, e.count, e.Counted, ITSELF),
    Act("campaign.mark_shops", e.MarkShops, e.mark_shops, e.Marked, ITSELF, MISSING),
    Act("campaign.judge_mark", e.Judge, e.judge_mark, n.Staged, ("officer",), KNOWN),
), accounts=(
    AccountClass("issuer:campaign:$id", ("VOUCHER", "COUPON", "TICKET"), floor=None, side="equity",
                 why="mints what belongs to a campaign"),
    AccountClass("campaign:$id:award:$slice", ("VOUCHER",), short="campaign.escrow_short",
                 why="awards of one slice of the draw, held for their winners"),
    AccountClass("person:$id:tickets", ("TICKET",), short="draw.tickets_changed", passing=True,
                 why="places in draws, one a campaign"),
), records=(models.Campaign, models.Ticket, models.Taken, models.Mark), followers=followers.FOLLOWERS, dues=dues.DUES)
