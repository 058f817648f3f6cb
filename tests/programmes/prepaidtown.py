"""A district for the tests of prepaid contracts: a music school and a canteen, two families, a sponsor's subsidy."""

from __future__ import annotations

import itertools
from typing import Any

import book
from paytown import asked, at, do, done, fresh, give, has

from saxaul.engine.followers import tick
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.ledger.check import check
from saxaul.programmes.prepaid import common, lists
from saxaul.programmes.prepaid.invariants import INVARIANTS
from saxaul.programmes.prepaid.packs import templates

__all__ = ["asked", "at", "do", "done", "fresh", "give", "has"]
PACK = book.ROOT / "packs/prepaid/templates.toml"
DISTRICT = "440304"
FAMILIES = ("zhang", "li")
_digits = itertools.count(100_000_000_000)


def town(clerk: Any, *, money: str = "20000.00 ECNY", tier: int = 1, **school: Any) -> None:
    """Families have e-CNY and some yuan; Li has 300.00 of a subsidy; the district lists music school and canteen."""
    wallets = {at(f"{p}_wallet"): {"person": at(p), "issuer": "icbc", "tier": tier} for p in FAMILIES}
    have = {f"wallet:{key} ECNY/2": money for key in wallets}
    have |= {f"wallet:{key} CNY/2": "300.00 CNY" for key in wallets}
    have |= {
        f"wallet:{at('li_wallet')} VOUCHER.sub/2": "300.00 VOUCHER.sub", "campaign:sub:escrow ECNY/2": "300.00 ECNY"
    }  # fmt: skip
    give(
        clerk, have,
        people_person={at(p): {"natural": at(p), "wallets": at(f"{p}_wallet")} for p in (*FAMILIES, "mei", "wang")},
        people_wallet=wallets,
        people_organisation={
            at("music"): {"kind": "merchant", "name": "Music", "category": "8299", "issuer": "icbc", **school},
            at("canteen"): {"kind": "merchant", "name": "Canteen", "category": "8211", "issuer": "icbc"},
        },
        people_credential={
            **{at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in FAMILIES},
            at("mei"): {"kind": "session", "person": at("mei"), "organisation": at("music"), "roles": "manager"},
            at("door"): {"kind": "key", "organisation": at("music"), "roles": "cashier"},
            at("cook"): {"kind": "key", "organisation": at("canteen"), "roles": "cashier manager"},
            at("wang"): {"kind": "session", "person": at("wang"), "roles": "officer"},
        },
        pay_purpose={"sub": {"asset": "VOUCHER.sub/2", "sponsor": at("fund")}},
        pay_bound={at("li_wallet"): {"purposes": "sub"}},
    )  # fmt: skip
    clerk.turn([asked_template(clerk, one) for one in templates(PACK.read_text("utf-8"))])
    for merchant in ("music", "canteen"):
        done(clerk, "prepaid.list_school", {"merchant": at(merchant), "district": DISTRICT}, "wang")


def asked_template(clerk: Any, template: Any) -> Request:
    from saxaul.engine.request import request

    return request("prepaid.set_template", template, id=fresh(clerk))


def drafted(clerk: Any, who: str = "zhang", *, lessons: int = 20, units: int = 199_999, **more: Any) -> dict[str, Any]:
    """The receipt of a contract drawn up for a family."""
    school = more.pop("school", "mei")
    ask = {
        "template": "tuition", "wallet": at(f"{who}_wallet"), "lessons": lessons, "price": show(CNY, units),
        "last_day": "2022-12-31", "body": "Piano, an hour each", **more,
    }  # fmt: skip
    return done(clerk, "prepaid.draft", ask, school)


def signed(clerk: Any, who: str = "zhang", **more: Any) -> str:
    """A contract that both sides signed."""
    made = drafted(clerk, who, **more)
    for signer in (who, more.get("school", "mei")):
        done(clerk, "prepaid.sign", {"contract": made["contract"], "text": made["text"]}, signer)
    return str(made["contract"])


def funded(clerk: Any, who: str = "zhang", **more: Any) -> str:
    """A contract that is paid."""
    contract = signed(clerk, who, **more)
    units = row(clerk, contract).units
    merchant = row(clerk, contract).merchant
    done(clerk, "prepaid.fund", {"contract": contract}, who, proofs=proofs(clerk, who, merchant, units))
    return contract


def proofs(clerk: Any, who: str, merchant: str, units: int) -> Any:
    from saxaul.ledger.facts import Proof

    return (Proof("pin", at(who), f"merchant:{merchant}:due", CNY, units, clerk.clock() + times.HOUR),)


def token(clerk: Any, contract: str, who: str = "zhang", lesson: int = 0) -> str:
    """Digits that the guardian's phone shows now."""
    digits = str(next(_digits))
    ask = {"contract": contract, "token": common.token_key(digits), "lesson": lesson}
    done(clerk, "prepaid.show_token", ask, who)
    return digits


def check_in(clerk: Any, contract: str, who: str = "zhang", device: str = "door", lesson: int = 0) -> dict[str, Any]:
    """One lesson given with both parties there."""
    return done(clerk, "prepaid.check_in", {"code": token(clerk, contract, who, lesson)}, device)


def row(clerk: Any, contract: str) -> Any:
    return clerk.records("prepaid_contract", [contract])[0]


def wallet(who: str) -> str:
    return f"wallet:{at(f'{who}_wallet')}"


def earned(clerk: Any, merchant: str = "music") -> int:
    return sum(has(clerk, f"merchant:{at(merchant)}:due", asset) for asset in ("ECNY/2", "CNY/2"))


def dues(clerk: Any, submit: Any = None) -> int:
    """What the date brings to prepaid contracts."""
    mine = next(one for one in clerk.declarations.programmes if one.name == "prepaid").dues
    return tick(mine, clerk.store, submit or clerk.turn, clerk.clock())


def rows(clerk: Any) -> list[Any]:
    keys = [key for (key,) in clerk.store.query("SELECT key FROM prepaid_contract ORDER BY key")]
    return list(clerk.records("prepaid_contract", keys))


def views_agree(clerk: Any) -> None:
    """Guardians', schools' and the district's view say what stands in the escrows, and that is what lessons cost."""
    all_rows = rows(clerk)
    assert list(lists.differences(all_rows, clerk.look)) == []
    stood = {
        one.key: sum(has(clerk, common.escrow(one.key), asset) for asset in ("ECNY/2", "CNY/2", "VOUCHER.sub/2"))
        for one in all_rows
    }  # fmt: skip
    families = [view for who in FAMILIES for view in lists.of_guardian(clerk.store, at(who))]
    schools = [
        view for merchant in ("music", "canteen") for view in lists.of_school(clerk.store, at(merchant), limit=200)
    ]
    for views in (families, schools):
        assert {view["contract"]: view["left"] for view in views} == stood
    district = lists.of_district(clerk.store, DISTRICT, stale_before=0)
    assert sum(one["left"] for one in district) == sum(stood.values())
    for one in district:
        assert one["paid"] == one["released"] + one["returned"] + one["left"]


def views_agree_on(clerk: Any, *, sample: int) -> None:
    """The same of some of many contracts, whatever else is under way."""
    assert list(lists.differences(rows(clerk)[:: max(1, 1000 // sample)], clerk.look)) == []


def whole(clerk: Any) -> None:
    """The journal folded again says what the book says, and what must hold of contracts holds."""
    rules = [
        lambda balances, rule=rule: rule([(address, asset, posted) for (address, asset), posted in balances.items()])
        for _, rule in INVARIANTS
    ]
    found = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables, invariants=rules).findings
    assert not found, found


def reopened(clerk: Any, dsn: str, clock: Any) -> Any:
    """The clerk after its process was killed: nothing was written at the end, a new one folds the tail."""
    clerk.close(checkpoint=False)
    return book.open_clerk(dsn, clock)
