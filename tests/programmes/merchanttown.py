"""A town for the tests of merchants: a tea house with a programme, a sponsor, people who bring their own cup."""

from __future__ import annotations

from typing import Any

import paytown as t
from paytown import at, done, give

from saxaul.engine.followers import Pages, step, tick
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.merchant.dues import DUES
from saxaul.programmes.merchant.followers import FOLLOWERS
from saxaul.programmes.merchant.invariants import INVARIANTS

DAY = 24 * 60 * t.MINUTE


def town(clerk: Any, *, people: tuple[str, ...] = t.PEOPLE, points: int = 1_000, money: str = "100.00") -> str:
    """The programme's id; `mei` manages the bakery, `ning` is its cashier, the bakery is a member."""
    t.town(clerk, money="500.00 CNY")
    more = [one for one in people if one not in t.PEOPLE]
    give(
        clerk, {f"sponsor:{at('fund')} CNY/2": f"{money} CNY", f"wallet:{at('ning_wallet')} CNY/2": "50.00 CNY"},
        people_person={at(p): {"natural": at(p), "wallets": at(f"{p}_wallet"), "verified": 1} for p in (*more, "ning")},
        people_wallet={
            at(f"{p}_wallet"): {"person": at(p), "issuer": "WEBANK", "tier": 2} for p in (*more, "ning")
        },
        people_organisation={at("fund"): {"kind": "sponsor", "name": "Green Fund"}},
        people_credential={
            **{at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in more},
            at("ning"): {"kind": "session", "person": at("ning"), "organisation": at("bakery"), "roles": "cashier"},
            at("ning_home"): {"kind": "session", "person": at("ning"), "roles": "citizen"},
            at("sponsor"): {"kind": "session", "person": at("fang"), "organisation": at("fund"), "roles": "manager"},
            at("officer"): {"kind": "session", "person": at("fang"), "roles": "officer"},
            at("table_till"): {"kind": "terminal", "organisation": at("bakery"), "roles": "cashier"},
        },
    )  # fmt: skip
    programme = done(clerk, "merchant.open_programme", {"name": "City", "points": points}, "system")["programme"]
    done(clerk, "merchant.fund_programme", {"programme": programme, "amount": f"{money} CNY"}, "sponsor")
    joins = {
        "programme": programme, "behaviours": ["own_cup", "no_bag", "e_coupon"],
        "evidence": ["order_line", "till_flag", "staff_scan"],
    }  # fmt: skip
    done(clerk, "merchant.join", joins, "mei")
    return str(programme)


def ordered(clerk: Any, who: str = "zhang", amount: str = "18.00 CNY") -> str:
    """An order of the bakery that the person has paid."""
    order = done(clerk, "pay.order", {"amount": amount}, "ning")["order"]
    done(clerk, "pay.scan", {"order": order}, who)
    return str(order)


def granted(clerk: Any, programme: str, who: str = "zhang", behaviour: str = "own_cup") -> dict[str, Any]:
    """Points by the till's flag on a new paid order."""
    ask = {"programme": programme, "behaviour": behaviour, "order": ordered(clerk, who, "1.00 CNY")}
    return done(clerk, "merchant.grant", ask, "ning")


def benefit(clerk: Any, programme: str, *, value: str = "5.00 CNY", **more: Any) -> str:
    """A benefit of the bakery, paid for by the programme unless it is worth nothing."""
    ask = {"programme": programme, "title": "A roll", "cost": 10, "stock": 5, **more}
    if value:
        ask |= {"merchant": at("bakery"), "value": value}
    act = "merchant.open_benefit" if value else "merchant.offer"
    return str(done(clerk, act, ask, "system" if value else "mei")["benefit"])


def lot(person: str, day: str, programme: str) -> tuple[str, str]:
    return f"person:{at(person)}:points:{day}", f"POINT.{programme}/0"


def gave(clerk: Any, programme: str, who: str, **lots: int) -> None:
    """Lots `_20220401=30` in the person's hand, each ending 180 days after its day, out of the pool as if granted."""
    ends = {}
    for name in lots:
        day = f"{name[1:5]}-{name[5:7]}-{name[7:]}"
        ends[name[1:]] = times.start_of_day(times.next_day(day)) + 180 * times.DAY
    have = {" ".join(lot(who, name[1:], programme)): f"{units} POINT.{programme}" for name, units in lots.items()}
    row = {
        "programme": programme, "person": at(who), "lots": " ".join(f"{name}:{end}" for name, end in ends.items()),
        "ends": min(ends.values()),
    }  # fmt: skip
    give(clerk, have, merchant_lots={f"{programme}:{at(who)}": row})


def follow(clerk: Any) -> None:
    """All that follows from the journal so far."""
    places: dict[str, int] = {}
    while sum(step(one, Pages(clerk.store), clerk.turn, places) for one in FOLLOWERS):
        pass


def ticked(clerk: Any) -> int:
    """All that fell due."""
    return tick(DUES, clerk.store, clerk.turn, clerk.clock())


def whole(clerk: Any) -> None:
    """The journal folded again says what the book says, and every point and benefit stands where it may."""
    declared = clerk.declarations
    rules = [lambda all, rule=rule: rule([(a, b, c) for (a, b), c in all.items()]) for _, rule in INVARIANTS]
    found = check(clerk.store, declared.chart, declared.tables, invariants=rules).findings
    assert not found, found
