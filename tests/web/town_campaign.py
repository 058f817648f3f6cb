"""Rounds of red packets in the town: one drawn, that all have won; one where two won; one open for sign-up; a grant."""

from __future__ import annotations

from typing import Any

from saxaul import app
from saxaul.engine import followers
from saxaul.kernel import times
from saxaul.programmes.campaign import draw, dues

DRAWN, SMALL, OPEN = "ferry-2022", "tea-2022", "river-2022"
NAMES = {DRAWN: ("渡口红包", "Ferry packets"), SMALL: ("早茶红包", "Tea packets"), OPEN: ("海河红包", "River packets")}
PLAYERS = ("wang", "zhang", "li", "zhao", "chen", "sun", "wu")
DAYS = times.DAY


def furnish(town: Any) -> None:
    """The district pays, the notary witnesses, everybody signs up for the first two rounds."""
    place = {"issuer": "icbc", "region": "120000"}
    district = town.do("desk.add_organisation", kind="agency", name="滨海新区", name_en="Binhai district", **place)
    notary = town.do("desk.add_organisation", kind="agency", name="公证处", name_en="Notary")
    town.credit(district["wallet"], 5_000_000, "district:budget")
    keys = {
        who: town.do("desk.issue_credential", organisation=made["organisation"], roles=["manager"], kind="session",
                     person=town.told[person]["person"])["credential"]
        for who, made, person in (("sponsor", district, "sun"), ("witness", notary, "wu"))
    }  # fmt: skip
    town.told["campaign"] = {**keys, "district": district["organisation"], "notary": notary["organisation"]}
    for key, awards, reserves in ((DRAWN, 20, 0), (SMALL, 2, 2)):
        _drawn(town, key, awards=awards, reserves=reserves)
    _opened(town, OPEN, minutes=2 * 24 * 60, awards=100, minimum="20.00 CNY", opens=480, shuts=1320)
    _spent(town)
    _granted(town)


def _opened(town: Any, key: str, *, minutes: int, awards: int, **more: Any) -> None:
    now, zh, en = town.now, *NAMES[key]
    end = now + minutes * times.MINUTE
    town.do(
        "campaign.draft", town.told["sun"]["office"], campaign=key, name=zh, name_en=en, each="50.00 ECNY",
        sponsor=town.told["campaign"]["district"], witness=town.told["campaign"]["notary"], awards=awards,
        region="120000", signup_from=times.text(now), signup_until=times.text(end), reserve_days=1,
        beacon_name="drand 4242", beacon_at=times.text(end + times.MINUTE), claim_until=times.text(now + 7 * DAYS),
        spend_from=times.text(now), spend_until=times.text(now + 30 * DAYS), **more,
    )  # fmt: skip
    asked = town.do("desk.propose", town.told["sun"]["office"], act="campaign.approve", ask={"campaign": key},
                    reason="round", hours=72)  # fmt: skip
    town.do("desk.approve", town.told["wu"]["office"], proposal=asked["proposal"])
    town.do("campaign.fund", town.told["campaign"]["sponsor"], campaign=key, amount=f"{50 * awards}.00 ECNY")
    tick(town)


def tick(town: Any) -> None:
    """What is due, then what follows."""
    clerk = town.house.clerk
    followers.tick(dues.DUES, clerk.store, clerk.turn, town.now)


def _drawn(town: Any, key: str, *, awards: int, reserves: int) -> None:
    _opened(town, key, minutes=8, awards=awards, reserves=reserves)
    for who in PLAYERS:
        made = town.told[who]
        town.do("campaign.sign_up", made["credential"], campaign=key, wallet=made["wallet"])
    sides = ((town.told["sun"]["office"], "operator-secret"), (town.told["campaign"]["witness"], "witness-secret"))
    row = town.house.clerk.records("campaign_campaign", [key])[0]
    town.now = row.signup_until
    tick(town)
    for who, secret in sides:
        town.do("campaign.commit", who, campaign=key, commitment=draw.commitment(secret))
    town.now = row.beacon_at
    town.do("campaign.note_beacon", town.told["sun"]["office"], campaign=key, beacon="beacon-4242")
    for who, secret in sides:
        town.do("campaign.reveal", who, campaign=key, secret=secret)
    tick(town)


def _spent(town: Any) -> None:
    """Sun has taken the packet and a part of it is spent at two shops already."""
    sun = town.told["sun"]["credential"]
    town.do("campaign.claim", sun, campaign=DRAWN)
    for shop, amount in (("tea", "12.00 CNY"), ("books", "18.50 CNY")):
        town.do("pay.scan", sun, code=town.told[shop]["code"], amount=amount)
    follow(town)


def follow(town: Any) -> None:
    """The report has what was spent."""
    from saxaul.programmes.campaign.followers import FOLLOWERS

    places: dict[str, int] = {}
    while followers.step(FOLLOWERS[0], followers.Pages(town.house.clerk.store), town.house.clerk.turn, places):
        pass


def _granted(town: Any) -> None:
    """The district gives Zhao thirty yuan for books."""
    sponsor = town.told["campaign"]["sponsor"]
    town.do("campaign.create_purpose", sponsor, campaign="books-2022", name="书香补贴", name_en="Money for books",
            spend_from=times.text(town.now), spend_until=times.text(app.clock() + 20 * DAYS),
            categories=["5942"])  # fmt: skip
    town.do("campaign.fund", sponsor, campaign="books-2022", amount="100.00 ECNY")
    town.do("campaign.grant", sponsor, campaign="books-2022",
            grants=[{"wallet": town.told["zhao"]["wallet"], "amount": "30.00 VOUCHER.books-2022"}])  # fmt: skip
