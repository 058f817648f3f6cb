"""Sign-up: one ticket for each natural person, by telephone, verified name, chosen issuer and region."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Bound, Change, Facts, Id, Peek, Plan, Posting, Refusal, step
from saxaul.guards.purpose import inside
from saxaul.kernel import times
from saxaul.people.persons import ahead, own_person
from saxaul.people.wallets import own_wallet
from saxaul.programmes.campaign import draw
from saxaul.programmes.campaign.common import Key, campaign_of, issuer, not_before, ticket_key, tickets
from saxaul.programmes.campaign.stages import BEFORE_SIGNUP, STAGES, TICKETS

VERIFIED = 1  # a document: the real name is known
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class SignUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The campaign, and the own wallet into which an award would come: it says issuer and region."""

    campaign: Key
    wallet: Id


class SignedUp(msgspec.Struct, frozen=True):
    """The ticket's line, as it will be published; nobody but its owner can tell whose it is."""

    campaign: str
    line: str
    ends: str


def sign_up(facts: Facts, ask: SignUp) -> Plan:
    """The person has a ticket of the campaign; a second one is refused, whichever telephone or wallet asks."""
    row = campaign_of(facts, ask.campaign, "draw")
    _in_time(facts, row)
    person = own_person(facts)
    if person.verified < VERIFIED:
        raise Refusal("tier.grade_low", tier=3)
    wallet = own_wallet(facts, ask.wallet)
    if wallet.stage != "open" or not wallet.person:
        raise Refusal("request.object_missing")
    if row.issuers and wallet.issuer not in row.issuers.split():
        raise Refusal("request.field_invalid", fields=[f"wallet: of one of the issuers {row.issuers}"])
    if row.region and not inside(wallet.region, row.region):
        raise Refusal("campaign.region_mismatch", region=row.region)
    natural, key = person.natural, ticket_key(row.key, person.natural)
    if facts.record("campaign_ticket", key) is not None:
        raise Refusal("campaign.person_entered")
    account, asset = f"person:{natural}:tickets", tickets(row.key)
    line = draw.ticket(row.salt, natural)
    fields = {
        "campaign": row.key, "person": person.key, "natural": natural, "wallet": wallet.key, "issuer": wallet.issuer,
        "phone": person.phone, "line": line, "stage": step(TICKETS, "", "campaign.sign_up"), "since": facts.now,
    }  # fmt: skip
    return Plan(
        postings=[Posting(issuer(row.key), account, asset, 1)],
        bounds=[Bound(account, asset, "campaign.person_entered", at_most=1)],
        changes=[Change("campaign_ticket", key, fields, new=True)],
        receipt=SignedUp(row.key, line, times.text(row.signup_until)),
    )


def touches(peek: Peek, who: str, ask: SignUp) -> list[tuple[str, Any]]:
    """The rows that a sign-up reads: thousands arrive in one minute, each of somebody else."""
    found, person = ahead(peek, who)
    if person is None:
        return [*found, ("people_wallet", ask.wallet)]
    account = (f"person:{person.natural}:tickets", tickets(ask.campaign))
    return [("campaign_ticket", ticket_key(ask.campaign, person.natural)), ("balance", account)]


def _in_time(facts: Facts, row: Any) -> None:
    """Returns while sign-up runs: from its first instant on, until just before its last."""
    if row.stage in ("draft", "cancelled"):
        raise Refusal("request.object_missing")
    if facts.at < row.signup_from or row.stage == "approved":
        raise Refusal("campaign.signup_early", start=times.text(row.signup_from))
    if facts.at >= row.signup_until or row.stage not in ("sign_up", *BEFORE_SIGNUP):
        raise Refusal("campaign.signup_closed", end=times.text(row.signup_until))


class CloseList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The root of all tickets, computed from the records; its count is compared with the tickets in the ledger."""

    campaign: Key
    root: Hash
    tickets: Annotated[int, Meta(ge=0)]


class ListClosed(msgspec.Struct, frozen=True):
    """The published root of the list, to which the draw is bound from now on."""

    campaign: str
    stage: str
    root: str
    tickets: int


def close_list(facts: Facts, ask: CloseList) -> Plan:
    """Sign-up is over; one ticket more or less from here on gives another root."""
    row = campaign_of(facts, ask.campaign, "draw")
    stage = step(STAGES, row.stage, "campaign.close_list")
    not_before(facts, row, row.signup_until, "campaign.sign_up")
    if -facts.balance(issuer(row.key), tickets(row.key))[0] != ask.tickets:
        raise Refusal("draw.tickets_changed", count=ask.tickets)
    change = Change("campaign_campaign", row.key, {"stage": stage, "root": ask.root, "tickets": ask.tickets})
    return Plan(changes=[change], receipt=ListClosed(row.key, stage, ask.root, ask.tickets))
