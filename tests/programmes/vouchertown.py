"""A town whose district gives vouchers: campaigns through their real acts, crowds of people, and the tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import paytown as t
from paytown import asked, at, done, give

from saxaul.engine import followers
from saxaul.kernel import times
from saxaul.programmes import packet, voucher

DUES = (*voucher.PROGRAMME.dues, *packet.PROGRAMME.dues)
SLICE = 80


def town(clerk: Any, *, money: str = "5000.00 ECNY") -> None:
    """The town of payments, and a district with a hundred thousand yuan."""
    t.town(clerk, money=money, tier=1)
    give(
        clerk, {f"sponsor:{at('district')} ECNY/2": "100000.00 ECNY"},
        people_organisation={at("district"): {"kind": "sponsor", "name": "区政府", "name_en": "District"}},
        people_credential={
            at("deng"): {"kind": "key", "organisation": at("district"), "roles": "manager"},
            at("fang_terminal"): {"kind": "key", "organisation": at("florist"), "roles": "manager"},
        },
    )  # fmt: skip


def crowd(clerk: Any, count: int) -> list[str]:
    """So many people with a wallet each; their credentials."""
    names = [f"c{n}" for n in range(count)]
    for start in range(0, count, SLICE):
        part = names[start : start + SLICE]
        give(
            clerk,
            people_person={at(n): {"natural": at(n), "wallets": at(f"{n}_wallet")} for n in part},
            people_wallet={at(f"{n}_wallet"): {"person": at(n), "issuer": "WEBANK", "tier": 4} for n in part},
            people_credential={at(n): {"kind": "session", "person": at(n), "roles": "citizen"} for n in part},
        )  # fmt: skip
    return names


def instant(us: int) -> str:
    return times.text(us)


def rules(clerk: Any, kind: str = "threshold", *, days: int = 10, **more: Any) -> dict[str, Any]:
    """The ask of a draft that gives from now on for so many days."""
    now = clerk.clock()
    ask: dict[str, Any] = {
        "name": "春日券", "kind": kind, "claim_from": instant(now), "claim_until": instant(now + days * times.DAY),
        "spend_until": instant(now + days * times.DAY),
    }  # fmt: skip
    if kind != "random":
        ask |= {"total": 100, "face": "20.00 ECNY"}
    if kind == "discount":
        ask["percent"] = 10
    if kind == "exchange":
        ask["benefit"] = "一杯咖啡"
    return ask | more


def opened(clerk: Any, kind: str = "threshold", merchants: Iterable[str] = (), **more: Any) -> str:
    """A campaign that was drafted, funded and opened."""
    made = done(clerk, "voucher.draft", rules(clerk, kind, **more), "deng")
    campaign = made["campaign"]
    done(clerk, "voucher.fund", {"campaign": campaign, "amount": made["needs"]}, "deng")
    if merchants:
        ask = {"campaign": campaign, "merchants": [at(one) for one in merchants]}
        done(clerk, "voucher.list_merchants", ask, "deng")
    done(clerk, "voucher.open", {"campaign": campaign}, "system")
    return str(campaign)


def claim(clerk: Any, campaign: str, who: str = "zhang", **more: Any) -> dict[str, Any]:
    return done(clerk, "voucher.claim", {"campaign": campaign, **more}, who)


def claims(clerk: Any, campaign: str, people: list[str]) -> list[str]:
    """The answers' codes of all of them asking at one moment; empty: has it."""
    requests = [asked(clerk, "voucher.claim", {"campaign": campaign}, who) for who in people]
    found = []
    for start in range(0, len(requests), 512):
        found += [answer.code for answer in clerk.turn(requests[start : start + 512])]
    return found


def pay(clerk: Any, amount: str, who: str = "zhang", *, at_shop: str = "mei", **more: Any) -> dict[str, Any]:
    """A payment of an order; the receipt."""
    made = done(clerk, "pay.order", {"amount": amount}, at_shop)
    return done(clerk, "pay.scan", {"order": made["order"], **more}, who)


def tick(clerk: Any) -> int:
    """What the date brings, until nothing is due any more; holds first, as the server does."""
    late = [followers.expiry(id, ends) for id, ends in clerk.overdue()]
    if late:
        clerk.turn(late)
    return followers.tick(DUES, clerk.store, clerk.turn, clerk.clock())


def has(clerk: Any, address: str, asset: str = "ECNY/2") -> int:
    return t.has(clerk, address, asset)


def coupons(clerk: Any, campaign: str, place: str) -> int:
    """Coupons of the campaign: in its `pool`, `today`, `spent`, `returned`, or in somebody's wallet."""
    own = place in ("pool", "today", "spent", "returned")
    return has(clerk, f"campaign:{campaign}:{place}" if own else t.wallet(place), f"COUPON.{campaign}/0")
