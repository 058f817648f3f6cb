"""What people do with lucky packets: give one, open one. What is left after its time goes back by itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, Id, Notice, Payment, Plan, Posting, Refusal, Stages, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.persons import own_person
from saxaul.people.wallets import wallet_of
from saxaul.programmes.packet import parts

STAGES: Stages = {
    ("", "packet.give"): "open",
    ("open", "packet.take"): "open",
    ("open", "packet.take last"): "emptied",
    ("open", "packet.expire"): "expired",
}


class Give(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much for how many people. `method`: equal parts (`fixed`), or how parts of chance are drawn."""

    amount: Amount
    people: Annotated[int, Meta(ge=1, le=500)]
    method: Literal["fixed", "exchangeable", "double_mean", "cuts"] = "exchangeable"
    wallet: Id | None = None


class Given(msgspec.Struct, frozen=True):
    """The packet (its link holds this id) and until when it can be opened."""

    packet: str
    amount: str
    people: int
    ends: str


class NamePacket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A packet."""

    packet: Id


class Take(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which packet, into which own wallet."""

    packet: Id
    wallet: Id | None = None


class Taken(msgspec.Struct, frozen=True):
    """What was in it."""

    packet: str
    amount: str
    place: int


class Ended(msgspec.Struct, frozen=True):
    """Where the packet stands, and what went back to its giver."""

    packet: str
    stage: str
    returned: str


def account(packet: str) -> str:
    """Where the money of a packet stands until it is opened."""
    return f"packet:{packet}"


def give(facts: Facts, ask: Give) -> Plan:
    """The money stands in the packet, and all parts are fixed; refuses `packet.parts_short` below a fen for each."""
    amount, most = ask.amount, facts.term("packet.parts_max")
    if amount.asset not in (ECNY, CNY) or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY or ECNY"])
    if ask.people > most:
        raise Refusal("request.field_invalid", fields=[f"people: at most {most}"])
    if amount.units < ask.people:
        raise Refusal("packet.parts_short", asked=str(amount), times=ask.people)
    wallet = wallet_of(facts, ask.wallet).key
    divided = parts.divide(amount.units, ask.people, method=ask.method, seed=parts.seed_of(facts.id))
    ends = facts.now + facts.term("packet.hours") * times.HOUR
    fields = {
        "giver": facts.actor.person, "wallet": wallet, "asset": amount.asset, "units": amount.units,
        "method": ask.method, "parts": " ".join(map(str, divided)), "stage": STAGES["", "packet.give"], "ends": ends,
        "since": facts.now,
    }  # fmt: skip
    payer, home = f"wallet:{wallet}", account(facts.id)
    return Plan(
        postings=[Posting(payer, home, amount.asset, amount.units)],
        payment=Payment(payer, home, amount.asset, amount.units, "send"),
        changes=[Change("packet_packet", facts.id, fields, new=True)],
        receipt=Given(facts.id, str(amount), ask.people, times.text(ends)),
    )


def take(facts: Facts, ask: Take) -> Plan:
    """The person has the next part, once; refuses `packet.time_ended`, and `packet.parts_short` when none is left."""
    row = facts.must("packet_packet", ask.packet)
    natural = own_person(facts).natural
    key = f"{row.key}:{natural}"
    if facts.record("packet_part", key) is not None:
        raise Refusal("award.claim_done")
    if row.stage == "emptied":
        raise Refusal("packet.parts_short", left="0")
    if row.stage == "expired" or facts.now >= row.ends:
        raise Refusal("packet.time_ended", end=times.text(row.ends))
    divided = row.parts.split()
    units, last = int(divided[row.opened]), row.opened + 1 == len(divided)
    stage = step(STAGES, row.stage, "packet.take last" if last else "packet.take")
    wallet = wallet_of(facts, ask.wallet).key
    fields = {
        "packet": row.key, "person": facts.actor.person, "wallet": wallet, "place": row.opened, "units": units,
        "at": facts.at,
    }  # fmt: skip
    payee, told = f"wallet:{wallet}", {"packet": row.key, "amount": show(row.asset, row.units)}
    return Plan(
        postings=[Posting(account(row.key), payee, row.asset, units)],
        # own: the tier's greatest balance counts, but nobody proves with a PIN that they may be given something
        payment=Payment(account(row.key), payee, row.asset, units, "packet", own=True),
        changes=[
            Change("packet_packet", row.key, {"opened": row.opened + 1, "stage": stage}),
            Change("packet_part", key, fields, new=True),
        ],
        notices=[Notice(row.giver, "packet.emptied", told)] if last else [],
        receipt=Taken(row.key, show(row.asset, units), row.opened),
    )


def expire(facts: Facts, ask: NamePacket) -> Plan:
    """What nobody opened in time is the giver's again; a packet that is empty or still open is left alone."""
    row = facts.must("packet_packet", ask.packet)
    if row.stage != "open" or facts.now < row.ends:
        return Plan(receipt=Ended(row.key, row.stage, show(row.asset, 0)))
    stage = step(STAGES, row.stage, "packet.expire")
    rest = facts.free(account(row.key), row.asset)
    wallet = facts.must("people_wallet", row.wallet)
    closed = wallet.stage == "closed"
    home = f"operator:{wallet.issuer}:suspense" if closed else f"wallet:{row.wallet}"
    told = {"packet": row.key, "amount": show(row.asset, rest)}
    return Plan(
        postings=[Posting(account(row.key), home, row.asset, rest)],
        changes=[Change("packet_packet", row.key, {"stage": stage})],
        notices=[Notice(row.giver, "packet.returned", told)],
        receipt=Ended(row.key, stage, show(row.asset, rest)),
    )
