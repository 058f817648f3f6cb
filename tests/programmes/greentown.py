"""A town for the tests of green energy: people with wallets, two utilities, a shop, a bus company that reports."""

from __future__ import annotations

from typing import Any

import msgspec
from paytown import asked, at, done, fresh, give

from saxaul.engine.followers import Pages, step, tick
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.green import PROGRAMME
from saxaul.programmes.green.common import grant_key

PEOPLE = ("zhang", "li", "wu")
HOUR, DAY = times.HOUR, times.DAY


def instant(text: str) -> int:
    found = times.read(text)
    assert found is not None
    return found


def town(clerk: Any, *more: str, agreed: bool = True) -> None:
    """Everybody has 5,000 yuan and agreed to green energy; Mei issues bills, the bus company has a service's key."""
    people = (*PEOPLE, *more)
    utility = {"kind": "biller", "name": "Power", "issuer": "icbc", "terms": '{"kind":"electricity"}'}
    for start in range(0, len(people), 50):
        some = people[start : start + 50]
        give(
            clerk, {f"wallet:{at(f'{p}_wallet')} ECNY/2": "5000.00 ECNY" for p in some},
            people_person={at(p): {"natural": at(p), "wallets": at(f"{p}_wallet")} for p in some},
            people_wallet={at(f"{p}_wallet"): {"person": at(p), "issuer": "icbc", "tier": 2} for p in some},
            people_credential={at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in some},
        )  # fmt: skip
        if agreed:
            rows = {f"{at(p)}:green": {"person": at(p), "purpose": "green", "stage": "given"} for p in some}
            give(clerk, people_consent=rows)
    give(
        clerk,
        people_person={at("mei"): {"natural": at("mei")}, at("sun"): {"natural": at("sun")}},
        people_organisation={
            at("power"): utility,
            at("club"): {**utility, "terms": '{"kind":"club"}'},
            at("bakery"): {"kind": "merchant", "name": "Bakery", "category": "5462"},
            at("ferry"): {"kind": "merchant", "name": "Ferry", "category": "4111", "terms": '{"green":"bus_ride"}'},
            at("trains"): {"kind": "merchant", "name": "T", "category": "4112", "terms": '{"green":"train_booking"}'},
            at("bus"): {"kind": "agency", "name": "City Bus"},
        },
        people_shop={at(f"{m}_shop"): {"organisation": at(m), "name": m} for m in ("bakery", "ferry", "trains")},
        people_credential={
            **{
                at(f"{m}_till"): {
                    "kind": "terminal", "organisation": at(m), "roles": "cashier manager", "shop": at(f"{m}_shop")
                }
                for m in ("bakery", "ferry", "trains")
            },
            at("mei"): {"kind": "session", "person": at("mei"), "organisation": at("power"), "roles": "biller"},
            at("club_desk"): {"kind": "key", "organisation": at("club"), "roles": "biller"},
            at("bus_key"): {"kind": "key", "organisation": at("bus"), "roles": "service"},
            at("office"): {"kind": "session", "person": at("sun"), "roles": "officer approver"},
            at("office2"): {"kind": "session", "person": at("mei"), "roles": "officer approver"},
        },
    )  # fmt: skip


def recording(clerk: Any, who: str, behaviour: str, origin: str, *, when: int = 0, **more: Any) -> Request:
    ask = {"behaviour": behaviour, "origin": origin, "person": at(who), "source": "journal", **more}
    return msgspec.structs.replace(asked(clerk, "green.record", ask, "system"), at=when or clerk.clock())


def recorded(clerk: Any, who: str, behaviour: str, origin: str, *, when: int = 0, **more: Any) -> Any:
    (answer,) = clerk.turn([recording(clerk, who, behaviour, origin, when=when, **more)])
    return answer


def lot_of(clerk: Any, who: str, behaviour: str, origin: str, *, when: int = 0, **more: Any) -> str:
    answer = recorded(clerk, who, behaviour, origin, when=when, **more)
    assert not answer.code, (answer.code, answer.facts)
    return grant_key(behaviour, "journal", origin)


def follow(clerk: Any) -> None:
    """What follows from the journal has followed."""
    for follower in PROGRAMME.followers:
        places: dict[str, int] = {}
        while step(follower, Pages(clerk.store), clerk.turn, places):
            pass


def swept(clerk: Any) -> int:
    """What the date brings was done."""
    return tick(PROGRAMME.dues, clerk.store, clerk.turn, clerk.clock())


def befriended(clerk: Any, one: str, two: str) -> None:
    done(clerk, "green.befriend", {"person": at(two)}, one)
    done(clerk, "green.answer", {"person": at(one), "yes": True}, two)


def has(clerk: Any, address: str, asset: str = "GREEN/0") -> int:
    return clerk.look([(address, asset)])[address, asset][0]


def energy(clerk: Any, who: str) -> int:
    return has(clerk, f"person:{at(who)}:green")


def bubble(clerk: Any, who: str, lot: str) -> int:
    return has(clerk, f"person:{at(who)}:bubble:{lot}")


def avoided(clerk: Any, who: str) -> int:
    return has(clerk, f"person:{at(who)}:avoided", "CO2E/0")


def owes(clerk: Any, who: str) -> int:
    return has(clerk, f"person:{at(who)}:due", "DUE.green/0")


def paid_bill(clerk: Any, number: str, amount: str = "80.00 CNY", *, who: str = "zhang", desk: str = "mei") -> str:
    """A bill of this number, issued and paid; returns the payment."""
    ask = {"bill": fresh(clerk)[-16:], "number": number, "amount": amount, "due": "2030-01-01"}
    bill = done(clerk, "bills.issue", ask, desk)["bill"]
    return done(clerk, "bills.pay", {"bill": bill, "revision": 1, "amount": amount}, who)["payment"]


def whole(clerk: Any) -> None:
    """The journal folded again says what the book says."""
    found = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables).findings
    assert not found, found
