"""Awards: held for their winners in slices, claimed once, passed on to reserves in order or back to the sponsor.

A slice of the draw has an account of its own between pool and wallets, so that sixty holds lie on it and not a million:
whatever touches the account stays cheap, and after the claims' end one act settles the slice.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, HoldEnd, HoldOpen, Id, Notice, Peek, Plan, Posting, Refusal, step
from saxaul.guards.purpose import bound_to
from saxaul.kernel import ids, times
from saxaul.kernel.amounts import show
from saxaul.people.persons import ahead, own_person
from saxaul.people.wallets import own_wallet
from saxaul.programmes.campaign.common import (
    SLICE,
    Key,
    Named,
    Naturals,
    Staged,
    campaign_of,
    home,
    issuer,
    not_before,
    pool,
    slice_of,
    ticket_key,
    tickets,
    voucher,
)  # fmt: skip
from saxaul.programmes.campaign.draft import burnt
from saxaul.programmes.campaign.signup import Hash
from saxaul.programmes.campaign.stages import STAGES, TICKETS

Count = Annotated[int, Meta(ge=0)]


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The next slice of the order that the seed gives: these natural persons, in this order, of this list."""

    campaign: Key
    slice: Count
    naturals: Naturals
    root: Hash


class Drawn(msgspec.Struct, frozen=True):
    """How many places are drawn now."""

    campaign: str
    stage: str
    drawn: int


def places(row: Any) -> int:
    """How many tickets are drawn: winners and reserves, as far as there are tickets."""
    count: int = min(row.tickets, row.awards + row.reserves)
    return count


def draw_slice(facts: Facts, ask: Draw) -> Plan:
    """The winners of the slice have their awards held for them until claims end; the reserves know their place."""
    row = campaign_of(facts, ask.campaign, "draw")
    first, last = ask.slice * SLICE + 1, min(places(row), (ask.slice + 1) * SLICE)
    stage = step(STAGES, row.stage, "campaign.draw all" if last == places(row) else "campaign.draw")
    if ask.root != row.root:
        raise Refusal("draw.tickets_changed", campaign=row.key)
    if ask.slice != row.slices or len(ask.naturals) != last - first + 1:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.draw"])
    ends = _claim_ends(row, facts.now)
    moved = {"stage": stage, "slices": row.slices + 1, "claim_ends": ends}
    plan = Plan(changes=[Change("campaign_campaign", row.key, moved)])
    found = facts.records("campaign_ticket", [ticket_key(row.key, one) for one in ask.naturals])
    for rank, ticket in enumerate(found, first):
        if ticket is None:
            raise Refusal("draw.tickets_changed", campaign=row.key)
        won = rank <= row.awards
        after = step(TICKETS, ticket.stage, "campaign.draw" if won else "campaign.draw reserve")
        fields = {"stage": after, "rank": rank, "slice": ask.slice}
        plan.postings.append(burnt(row.key, ticket.natural))
        if won:
            _award(plan, row, ticket, fields, ask.slice, ends, row.signup_until)
        else:
            plan.changes.append(Change("campaign_ticket", ticket.key, fields))
            plan.notices.append(Notice(ticket.person, "campaign.reserve", {"campaign": row.key, "place": rank}))
    if plan.opens:
        held = row.each * len(plan.opens)
        plan.postings.append(Posting(pool(row.key), slice_of(row.key, ask.slice), voucher(row.key), held))
    plan.receipt = Drawn(row.key, stage, last)
    return plan


def _claim_ends(row: Any, now: int) -> int:
    """When claims end: as drafted, or, where the draw comes later than that, as long after it as was drafted."""
    ends: int = row.claim_ends
    if now < ends:
        return ends
    return max(min(now + ends - row.beacon_at, row.spend_until), now + times.HOUR)


def _award(plan: Plan, row: Any, ticket: Any, fields: dict[str, Any], slice: int, ends: int, since: int) -> None:
    """Adds the award: a hold until `ends`, under an id made of campaign and person, and the word to the winner."""
    hold = ids.derived(since, f"draw:{row.key}:{ticket.natural}")
    waits = Posting(slice_of(row.key, slice), f"wallet:{ticket.wallet}", voucher(row.key), row.each)
    plan.opens.append(HoldOpen(hold, [waits], ends))
    plan.changes.append(Change("campaign_ticket", ticket.key, {**fields, "slice": slice, "hold": hold}))
    told = {"campaign": row.key, "amount": show(row.behind, row.each), "until": times.text(ends)}
    plan.notices.append(Notice(ticket.person, "campaign.awarded", told))


class TellLost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slice of those who were not drawn."""

    campaign: Key
    slice: Count
    naturals: Naturals


def tell_lost(facts: Facts, ask: TellLost) -> Plan:
    """They know that they won nothing this time; their tickets are used up."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.tell_lost")
    if row.told != ask.slice:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.tell_lost"])
    plan = Plan(changes=[Change("campaign_campaign", row.key, {"told": row.told + 1})])
    for ticket in facts.records("campaign_ticket", [ticket_key(row.key, one) for one in ask.naturals]):
        after = step(TICKETS, ticket.stage, "campaign.tell_lost")
        plan.changes.append(Change("campaign_ticket", ticket.key, {"stage": after}))
        plan.postings.append(burnt(row.key, ticket.natural))
        plan.notices.append(Notice(ticket.person, "campaign.lost", {"campaign": row.key}))
    plan.receipt = Drawn(row.key, stage, places(row))
    return plan


def publish(facts: Facts, ask: Named) -> Plan:
    """Every ticket has its result, so the draw is public and winners claim."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.publish")
    if facts.balance(issuer(row.key), tickets(row.key))[0]:  # a ticket that is not used up has no result yet
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.tell_lost"])
    return _to(row, stage)


def _to(row: Any, stage: str, **fields: Any) -> Plan:
    change = Change("campaign_campaign", row.key, {"stage": stage, **fields})
    return Plan(changes=[change], receipt=Staged(row.key, stage))


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign; `wallet`: another own one at the issuer that was chosen at sign-up."""

    campaign: Key
    wallet: Id | None = None


class Claimed(msgspec.Struct, frozen=True):
    """What stands in the wallet now, and from when until when it can be spent."""

    campaign: str
    wallet: str
    amount: str
    spend_from: str
    spend_until: str


def claim(facts: Facts, ask: Claim) -> Plan:
    """The award stands in the winner's wallet, once, whatever is asked at the same moment."""
    row = campaign_of(facts, ask.campaign, "draw")
    person = own_person(facts)
    ticket = facts.record("campaign_ticket", ticket_key(row.key, person.natural))
    _claimable(facts, row, ticket)
    if person.phone != ticket.phone or (person.key != ticket.person and ask.wallet is None):
        raise Refusal("award.holder_mismatch")
    wallet = own_wallet(facts, ask.wallet or ticket.wallet)
    if wallet.issuer != ticket.issuer or wallet.stage == "closed":
        raise Refusal("award.holder_mismatch")
    asset = voucher(row.key)
    fields = {
        "stage": step(TICKETS, ticket.stage, "campaign.claim"), "wallet": wallet.key, "hold": "", "since": facts.now
    }  # fmt: skip
    return Plan(
        ends=[HoldEnd(ticket.hold, "capture")],
        postings=[Posting(slice_of(row.key, ticket.slice), f"wallet:{wallet.key}", asset, row.each)],
        changes=[Change("campaign_ticket", ticket.key, fields), *bound_to(facts, wallet.key, row.key)],
        receipt=Claimed(
            row.key, wallet.key, show(row.behind, row.each), times.text(row.spend_from), times.text(row.spend_until)
        ),
    )


def touches(peek: Peek, who: str, ask: Claim) -> list[tuple[str, Any]]:
    """The rows that a claim reads: at an opening everybody comes at once, each for the first time."""
    found, person = ahead(peek, who)
    if person is None:
        return found
    key = ticket_key(ask.campaign, person.natural)
    ticket = peek("campaign_ticket", key)
    if ticket is None:
        return [("campaign_ticket", key)]
    wallet = ask.wallet or ticket.wallet
    asset = voucher(ask.campaign)
    return [("people_wallet", wallet), ("pay_bound", wallet), ("balance", (f"wallet:{wallet}", asset))]


def _claimable(facts: Facts, row: Any, ticket: Any) -> None:
    """Refuses `award.award_missing`, `award.claim_done` and `award.claim_expired`."""
    if ticket is None or ticket.stage in ("entered", "reserve", "lost", "burnt"):
        raise Refusal("award.award_missing")
    if ticket.stage not in ("awarded", "unclaimed"):
        raise Refusal("award.claim_done")
    if ticket.stage == "unclaimed" or facts.at >= row.claim_ends:
        raise Refusal("award.claim_expired", end=times.text(row.claim_ends))
    step(STAGES, row.stage, "campaign.claim")


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slice after the end of a round of claims: who did not claim, and the reserves who are next."""

    campaign: Key
    round: Count
    slice: Count
    unclaimed: Naturals
    reserves: Naturals = []


class Released(msgspec.Struct, frozen=True):
    """What went on to reserves, and what is with the sponsor again."""

    campaign: str
    passed: int
    returned: str


def next_end(row: Any, now: int) -> int:
    """When the next round of claims ends, one instant for all unless this one was settled late; 0: there is none."""
    ends: int = row.next_ends
    if ends <= now:
        ends = min(now + row.reserve_days * times.DAY, row.spend_until)
    return ends if ends > now else 0


def release(facts: Facts, ask: Release) -> Plan:
    """What nobody claimed is held for the next reserves in their order; what is left over is with the sponsor."""
    row = campaign_of(facts, ask.campaign, "draw")
    step(STAGES, row.stage, "campaign.release")
    not_before(facts, row, row.claim_ends, "campaign.claim")
    if (row.round, row.released) != (ask.round, ask.slice) or len(ask.reserves) > len(ask.unclaimed):
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.release"])
    plan, ends = Plan(), next_end(row, facts.now)
    if ask.reserves and not ends:  # spending ended meanwhile, so no round of claims follows
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.release"])
    for ticket in facts.records("campaign_ticket", [ticket_key(row.key, one) for one in ask.unclaimed]):
        assert ticket.slice == ask.slice, "the ticket lies in another slice"
        after = step(TICKETS, ticket.stage, "campaign.release")
        if facts.held(ticket.hold) is not None:
            plan.ends.append(HoldEnd(ticket.hold, "expire"))
        plan.changes.append(Change("campaign_ticket", ticket.key, {"stage": after, "hold": ""}))
        plan.notices.append(Notice(ticket.person, "campaign.unclaimed", {"campaign": row.key}))
    moved = facts.records("campaign_ticket", [ticket_key(row.key, one) for one in ask.reserves])
    for rank, ticket in enumerate(moved, row.awards + row.used + 1):
        assert ticket.rank == rank, "reserves move up in their order"
        after = step(TICKETS, ticket.stage, "campaign.release")
        _award(plan, row, ticket, {"stage": after, "since": facts.now}, ask.slice, ends, row.claim_ends)
    there = slice_of(row.key, ask.slice)
    assert facts.balance(there, voucher(row.key))[0] == row.each * len(ask.unclaimed), "all that is unclaimed is named"
    left = row.each * (len(ask.unclaimed) - len(ask.reserves))
    plan.postings = home(row, there, left)
    fields = {
        "released": row.released + 1, "passed": row.passed + len(ask.reserves), "used": row.used + len(ask.reserves),
        "unclaimed": row.unclaimed + left, "next_ends": ends,
    }  # fmt: skip
    plan.changes.append(Change("campaign_campaign", row.key, fields))
    plan.receipt = Released(row.key, len(ask.reserves), show(row.behind, left))
    return plan


def close_claims(facts: Facts, ask: Named) -> Plan:
    """Where reserves moved up, they may claim now; else claims are over and what was never awarded is returned."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.close_claims" if row.passed else "campaign.close_claims all")
    not_before(facts, row, row.claim_ends, "campaign.claim")
    if row.released < row.slices:
        raise Refusal("request.stage_wrong", stage=row.stage, ways=["campaign.release"])
    if row.passed:
        return _to(row, stage, claim_ends=row.next_ends, round=row.round + 1, released=0, passed=0, next_ends=0)
    left = facts.balance(pool(row.key), voucher(row.key))[0]
    plan = _to(row, stage, unclaimed=row.unclaimed + left)
    plan.postings = home(row, pool(row.key), left)
    return plan
