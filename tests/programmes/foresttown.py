"""A town with land for trees: people with energy, a company that pays, a charity that plants, an agency that looks."""

from __future__ import annotations

from typing import Any

from paytown import at, give, has

from saxaul.ledger.check import check
from saxaul.programmes.forest.invariants import INVARIANTS

DESERT = 103_000_000, 38_000_000
PRICE = 452
WHOLE_SEASON = {"starts": "2022-03-01", "ends": "2022-11-01"}


def square(place: int = 0, *, side: int = 10_000) -> list[list[int]]:
    """A square of land; each place has its own, some kilometres from the next."""
    east, north = DESERT[0] + place * 20_000, DESERT[1]
    return [[east, north], [east + side, north], [east + side, north + side], [east, north + side]]


def town(clerk: Any, people: tuple[str, ...] = ("zhang", "li", "wu"), *, energy: int = 20_000) -> None:
    """Everybody has so much energy; the company has ten million yuan."""
    staff = {"mei": ("planters", "manager"), "bo": ("company", "manager"), "sun": ("agency", "manager"),
             "wang": ("", "officer approver"), "chen": ("", "officer approver")}  # fmt: skip
    for start in range(0, len(people), 50):
        some = people[start : start + 50]
        give(
            clerk,
            {f"person:{at(who)}:green GREEN/0": f"{energy} GREEN" for who in some if energy},
            people_person={at(who): {"natural": at(who)} for who in some},
            people_credential={at(who): {"kind": "session", "person": at(who), "roles": "citizen"} for who in some},
        )
    give(
        clerk,
        {f"sponsor:{at('company')} CNY/2": "10000000.00 CNY"},
        people_person={at(who): {"natural": at(who)} for who in staff},
        people_organisation={
            at("company"): {"kind": "sponsor", "name": "Wool Works"},
            at("planters"): {"kind": "charity", "name": "Green Desert"},
            at("agency"): {"kind": "agency", "name": "Forestry Office"},
        },
        people_credential={
            at(who): {"kind": "session", "person": at(who), "organisation": at(of) if of else "", "roles": roles}
            for who, (of, roles) in staff.items()
        },
    )


def project(code: str = "p006-2022s", *, room: int = 10, place: int = 0, **more: Any) -> dict[str, Any]:
    """What two officers ask to open a project of saxauls, fully paid."""
    budget = room * PRICE
    ask = {
        "project": code, "kind": "tree", "name": "梭梭林", "name_en": "Saxauls", "place": "阿拉善", "place_en": "Alxa",
        "species": "saxaul", "sponsor": at("company"), "charity": at("planters"), "price": "4.52 CNY",
        "budget": f"{budget // 100}.{budget % 100:02} CNY", **WHOLE_SEASON,
        "parcels": [{"ring": square(place), "room": room}],
    }  # fmt: skip
    return ask | more


def sums(clerk: Any, code: str = "p006-2022s") -> dict[str, int]:
    """Where everything of a project stands, added up over all accounts."""
    found: dict[str, int] = {"stock": has(clerk, f"project:{code}:stock", f"TREE.{code}/0")}
    found["issued"] = has(clerk, f"project:{code}:issued", f"SERIAL.{code}/0")
    found["spent"] = has(clerk, f"project:{code}:green", "GREEN/0")
    found["pool"] = has(clerk, f"campaign:{code}:pool", "CNY/2")
    found["escrow"] = has(clerk, f"charity:{at('planters')}:escrow:{code}", "CNY/2")
    found["opened"] = -has(clerk, "issuer:project", f"TREE.{code}/0")
    return found


def certificates(clerk: Any, code: str = "p006-2022s") -> list[tuple[Any, ...]]:
    """(number, serial, holder, stage) of every certificate ever given, in order."""
    asked = "SELECT key, serial, holder, stage FROM forest_certificate WHERE project = ? ORDER BY serial"
    return clerk.store.query(asked, (code,))


def whole(clerk: Any) -> None:
    """The journal folded again says what the book says, and what must hold of forests holds."""
    declared = clerk.declarations
    report = check(clerk.store, declared.chart, declared.tables)
    lines = [(address, asset, posted) for (address, asset), posted in report.balances.items()]
    found = [*report.findings, *(said for _, rule in INVARIANTS for said in rule(lines))]
    assert not found, found
