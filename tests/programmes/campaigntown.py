"""A town for the tests of campaigns: a district pays, a notary witnesses, people with wallets of the city sign up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import book
import paytown as t
from paytown import at, do, done

from saxaul import app
from saxaul.engine import followers
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.campaign import draw, dues, report
from saxaul.programmes.campaign.followers import FOLLOWERS

BEGIN = book.NOON  # 2022-06-01 12:00 in the city
HOUR, DAY = times.HOUR, times.DAY
KEY = "spring-2022"
VOUCHER = f"VOUCHER.{KEY}/2"
ESCROW = f"campaign:{KEY}:escrow"


def place(clerk: Any, people: int = 12, *, money: str = "500.00 ECNY", sponsor: str = "100000.00 ECNY") -> None:
    """Officers, district, notary, three shops, and `people` with a verified name and a wallet each."""
    organisations = {
        at("district"): {"kind": "agency", "name": "District"},
        at("notary"): {"kind": "agency", "name": "Notary"},
        at("bakery"): {"kind": "merchant", "name": "Bakery", "category": "5462", "region": "440303"},
        at("florist"): {"kind": "merchant", "name": "Florist", "category": "5992", "region": "440304"},
        at("cards"): {"kind": "merchant", "name": "Gift cards", "category": "6540", "region": "440303"},
    }
    staff = {
        at("wang"): ("", "officer"), at("zhao"): ("", "officer"), at("sun"): (at("district"), "manager"),
        at("qin"): (at("notary"), "manager"), at("mei"): (at("bakery"), "manager"),
        at("fang"): (at("florist"), "manager"), at("card_seller"): (at("cards"), "manager"),
    }  # fmt: skip
    people_rows = {id: {"natural": id} for id in staff}
    session = {"kind": "session"}
    t.give(
        clerk, {f"sponsor:{at('district')} ECNY/2": sponsor}, people_organisation=organisations,
        people_person=people_rows,
        people_credential={
            id: {**session, "person": id, "organisation": org, "roles": roles} for id, (org, roles) in staff.items()
        },
    )  # fmt: skip
    names = [f"p{n}" for n in range(people)]
    for start in range(0, people, 60):
        some = names[start : start + 60]
        t.give(
            clerk, {f"wallet:{at(f'{p}_wallet')} ECNY/2": money for p in some},
            people_person={at(p): person(p) for p in some},
            people_wallet={at(f"{p}_wallet"): wallet(p) for p in some},
            people_credential={at(p): {**session, "person": at(p), "roles": "citizen"} for p in some},
        )  # fmt: skip


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"natural": at(name), "verified": 1, "phone": f"phone-{name}", "wallets": at(f"{name}_wallet"), **more}


def wallet(name: str, **more: Any) -> dict[str, Any]:
    return {"person": at(name), "issuer": "WEBANK", "tier": 2, "region": "440303", **more}


def text(us: int) -> str:
    return times.text(us)


def drafted(**more: Any) -> dict[str, Any]:
    """A round of three awards of 200 with one reserve: sign-up a day, beacon an hour later, a week to spend."""
    return {
        "campaign": KEY, "name": "Spring packets", "sponsor": at("district"), "witness": at("notary"),
        "each": "200.00 ECNY", "awards": 3, "reserves": 1, "reserve_days": 1, "region": "440300",
        "signup_from": text(BEGIN + HOUR), "signup_until": text(BEGIN + DAY), "beacon_name": "drand round 1000",
        "beacon_at": text(BEGIN + DAY + HOUR), "claim_until": text(BEGIN + 3 * DAY),
        "spend_from": text(BEGIN + DAY), "spend_until": text(BEGIN + 10 * DAY), **more,
    }  # fmt: skip


def tick(clerk: Any) -> int:
    """What the time now brings, then what follows from the journal."""
    made = followers.tick(dues.DUES, clerk.store, clerk.turn, clerk.clock())
    follow(clerk)
    return made


def follow(clerk: Any) -> None:
    places: dict[str, int] = {}
    while followers.step(FOLLOWERS[0], followers.Pages(clerk.store), clerk.turn, places):
        pass


def row(clerk: Any, key: str = KEY) -> Any:
    return clerk.records("campaign_campaign", [key])[0]


def ticket(clerk: Any, name: str, key: str = KEY) -> Any:
    return clerk.records("campaign_ticket", [f"{key}:{at(name)}"])[0]


def funded(clerk: Any, **more: Any) -> dict[str, Any]:
    """The campaign approved by two officers and paid for."""
    ask = drafted(**more)
    done(clerk, "campaign.draft", ask, "wang")
    made = done(clerk, "desk.propose", {"act": "campaign.approve", "ask": {"campaign": ask["campaign"]},
                                        "reason": "round-1"}, "wang")  # fmt: skip
    done(clerk, "desk.approve", {"proposal": made["proposal"]}, "zhao")
    total = t.parse(ask["each"]).units * ask["awards"]
    asset = ask["each"].split()[1]
    amount = f"{total // 100}.{total % 100:02d} {asset}"
    done(clerk, "campaign.fund", {"campaign": ask["campaign"], "amount": amount}, "sun")
    return ask


def enter(clerk: Any, names: list[str], key: str = KEY) -> None:
    asked = [t.asked(clerk, "campaign.sign_up", {"campaign": key, "wallet": at(f"{p}_wallet")}, p) for p in names]
    for start in range(0, len(asked), 256):
        answers = clerk.turn(asked[start : start + 256])
        assert not [answer for answer in answers if answer.code], answers[0]


def revealed(clerk: Any, clock: Any, key: str = KEY) -> None:
    """From the end of sign-up to the seed."""
    found = row(clerk, key)
    clock.set(max(clock.now, found.signup_until))
    tick(clerk)
    secrets = {"wang": "operator-secret", "qin": "witness-secret"}
    for who, secret in secrets.items():
        done(clerk, "campaign.commit", {"campaign": key, "commitment": draw.commitment(secret)}, who)
    clock.set(found.beacon_at)
    done(clerk, "campaign.note_beacon", {"campaign": key, "beacon": "beacon-1000"}, "wang")
    for who, secret in secrets.items():
        done(clerk, "campaign.reveal", {"campaign": key, "secret": secret}, who)
    assert row(clerk, key).stage == "revealed"


def claiming(clerk: Any, clock: Any, people: int = 12, **more: Any) -> list[str]:
    """A campaign whose draw is public; returns the winners by name, in order of the draw."""
    place(clerk, people)
    ask = funded(clerk, **more)
    clock.set(BEGIN + HOUR)
    tick(clerk)
    enter(clerk, [f"p{n}" for n in range(people)], ask["campaign"])
    revealed(clerk, clock, ask["campaign"])
    tick(clerk)
    assert row(clerk, ask["campaign"]).stage == "claiming"
    return winners(clerk, people, ask["campaign"])


def winners(clerk: Any, people: int, key: str = KEY) -> list[str]:
    names = [f"p{n}" for n in range(people)]
    drawn = [(ticket(clerk, name, key), name) for name in names]
    won = sorted((one.rank, name) for one, name in drawn if one.stage in ("awarded", "claimed"))
    return [name for _, name in won]


def packet(clerk: Any, name: str, key: str = KEY) -> int:
    return t.has(clerk, t.wallet(name), f"VOUCHER.{key}/2")


def buys(clerk: Any, name: str, amount: str, *, merchant: str = "mei", **more: Any) -> Any:
    """The answer to a purchase at a shop by an order of its own."""
    made = done(clerk, "pay.order", {"amount": amount}, merchant)
    return do(clerk, "pay.scan", {"order": made["order"], **more}, name)


def whole(clerk: Any) -> None:
    """The journal folded again says what the book says, and what must always be true of balances is."""
    declared = clerk.declarations
    found = check(clerk.store, declared.chart, declared.tables, invariants=app.invariants())
    assert not [one for one in found.findings if "were issued for" not in one], found.findings


def closes(clerk: Any, key: str = KEY) -> dict[str, int]:
    """issued = spent + returned, escrow = outstanding, and the report by days adds up to what was spent."""
    asset = f"VOUCHER.{key}/2"
    issued = -t.has(clerk, f"issuer:campaign:{key}", asset)
    spent = t.has(clerk, f"campaign:{key}:spent", asset)
    returned = t.has(clerk, f"campaign:{key}:returned", asset)
    behind = row(clerk, key).behind
    assert t.has(clerk, f"campaign:{key}:escrow", behind) == issued - spent - returned
    follow(clerk)
    assert sum(line.kept for line in report.lines(clerk.store, key)) == spent
    return {"issued": issued, "spent": spent, "returned": returned}


def steps(clerk: Any) -> Iterator[Any]:
    """Everything that is due now, one act at a time: for a town that is killed between any two of them."""
    for one in dues.DUES:
        yield from one.find(clerk.store, clerk.clock())
