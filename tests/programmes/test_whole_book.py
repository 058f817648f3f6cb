"""What holds over the accounts of all programmes together, and the public figures of payments in shops."""

from __future__ import annotations

from typing import Any

import paytown as t
from paytown import at, do, done, give

from saxaul import app
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
