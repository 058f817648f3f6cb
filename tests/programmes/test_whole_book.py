"""What holds over the accounts of all programmes together, and the public figures of payments in shops."""

from __future__ import annotations

from typing import Any

import paytown as t
from paytown import at, do, done, give

from saxaul import app
from saxaul.engine import Act, HoldOpen, Plan, Posting
from saxaul.engine.cases import Given
from saxaul.engine.request import request
from saxaul.ledger.chart import AccountClass
from saxaul.programmes.cash.invariants import HOLDERS, issued_is_held
from saxaul.surfaces.web.port_shop import FIGURES


def test_every_account_that_may_hold_e_cny_is_of_a_kind_that_is_counted() -> None:
    chart = app.declarations().chart
    holding = {one.pattern.partition(":")[0] for one in chart.classes if one.fits("ECNY/2")}
    assert holding <= HOLDERS, f"{holding - HOLDERS} hold e-CNY and nobody counts them"


def test_the_central_issuer_alone_may_be_below_zero_in_e_cny() -> None:
    below = [one.pattern for one in app.declarations().chart.classes if one.fits("ECNY/2") and one.floor is None]
    assert below == ["issuer:central"]


def test_e_cny_that_nobody_issued_is_found_on_an_account_of_any_programme() -> None:
    patterns: list[AccountClass] = [one for one in app.declarations().chart.classes if one.fits("ECNY/2")]
    for one in patterns:
        address = ":".join("x" if part.startswith("$") else part for part in one.pattern.split(":"))
        book = [("issuer:central", "ECNY/2", -100), ("wallet:y", "ECNY/2", 100), (address, "ECNY/2", 1)]
        assert list(issued_is_held(book)), one.pattern


TWO = sorted(name for name, act in app.declarations().acts.items() if act.two_officers)


def test_no_act_of_two_officers_is_done_by_one_alone_whatever_office_and_ask_they_have(sqlite_clerk: Any) -> None:
    """Freezing, joined persons, terms and issue are among them; a new one is judged as soon as it is declared."""
    t.town(sqlite_clerk)
    named = {"desk.freeze", "desk.join_persons", "desk.set_terms", "desk.appoint", "cash.issue", "cash.assign_suspense"}
    assert named <= set(TWO)
    acts = sqlite_clerk.declarations.acts
    offices = {at(f"office_{place}"): {"kind": "session", "person": at("wu"), "organisation": at("bakery"),
                                       "roles": " ".join({*acts[name].roles, "officer", "approver"} - {"system"})}
               for place, name in enumerate(TWO)}  # fmt: skip
    give(sqlite_clerk, people_credential=offices)
    found = {}
    for credential, name in zip(offices, TWO, strict=True):
        one = request(name, None, id=t.fresh(sqlite_clerk), credential=credential)  # refused before anybody reads it
        found[name] = sqlite_clerk.turn([one])[0].code
    assert found == dict.fromkeys(TWO, "actor.second_missing")


def test_a_refund_without_money_frees_its_number_for_the_next_try(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    key = done(sqlite_clerk, "pay.scan", {"code": t.sticker(sqlite_clerk), "amount": "5.00 CNY"}, "zhang")["order"]
    ends = [HoldOpen("d" * 32, [Posting(t.takings(), t.wallet("li"), "ECNY/2", 500)])]
    sqlite_clerk.declarations.acts["cases.hold"] = Act(
        "cases.hold", Given, lambda facts, ask: Plan(opens=ends, receipt=ask), Given, ("system",)
    )  # fmt: skip
    sqlite_clerk.turn([request("cases.hold", Given(), id=t.fresh(sqlite_clerk))])  # as a settlement window holds it
    ask = {"order": key, "amount": "5.00 CNY", "refund": "R-1"}
    assert do(sqlite_clerk, "pay.refund", ask, "mei").code == "refund.payee_short"
    assert t.order(sqlite_clerk, key).refunded == 0 and t.order(sqlite_clerk, key).stage == "captured"
    give(sqlite_clerk, {f"{t.takings()} ECNY/2": "10.00 ECNY"})
    first, again = (done(sqlite_clerk, "pay.refund", ask, "mei") for _ in range(2))
    assert first == again and t.order(sqlite_clerk, key).refunds == 1
    assert t.has(sqlite_clerk, t.wallet("zhang")) == 500_000


def figure(clerk: Any, name: str) -> int:
    return int(clerk.store.query(FIGURES[name])[0][0])


def test_shops_that_take_e_cny_are_open_ones_of_merchants_that_do(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    assert figure(sqlite_clerk, "shops") == 3
    give(sqlite_clerk, people_shop={at("station"): {"stage": "closed"}})
    assert figure(sqlite_clerk, "shops") == 2
    give(sqlite_clerk, people_organisation={at("florist"): {"accepts_ecny": 0}})
    assert figure(sqlite_clerk, "shops") == 1
    give(sqlite_clerk, people_organisation={at("bakery"): {"stage": "suspended"}})
    assert figure(sqlite_clerk, "shops") == 0


def test_a_payment_that_was_undone_is_in_no_figure(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    kept, undone = (done(sqlite_clerk, "pay.order", {"amount": "10.00 CNY"}, "mei") for _ in range(2))
    for one in (kept, undone):
        done(sqlite_clerk, "pay.scan", {"code": one["code"]}, "zhang")
    assert (figure(sqlite_clerk, "payments"), figure(sqlite_clerk, "amount")) == (2, 20_00)
    assert not do(sqlite_clerk, "pay.reverse", {"order": undone["order"]}, "mei").code
    done(sqlite_clerk, "pay.refund", {"order": kept["order"], "amount": "4.00 CNY"}, "mei")
    assert (figure(sqlite_clerk, "payments"), figure(sqlite_clerk, "amount")) == (1, 6_00)
