"""Programmes that know nothing of each other meet in the journal: what a shop or a day of steps says becomes energy."""

from __future__ import annotations

from typing import Any

import merchanttown as m
import pytest
from paytown import at, done, has

from saxaul.engine.followers import Pages, step

GREEN = "GREEN/0"


@pytest.fixture
def shop(sqlite_clerk: Any) -> tuple[Any, str]:
    """The bakery's programme; Zhang lets payments and habits count as green."""
    programme = m.town(sqlite_clerk)
    for purpose in ("green",):
        done(sqlite_clerk, "desk.give_consent", {"purpose": purpose, "version": "1"}, "zhang")
    return sqlite_clerk, programme


def follow(clerk: Any) -> None:
    """All followers of all programmes, until nothing more follows."""
    places: dict[str, int] = {}
    every = [one for programme in clerk.declarations.programmes for one in programme.followers]
    while sum(step(one, Pages(clerk.store), clerk.turn, places) for one in every):
        pass


def energy(clerk: Any) -> dict[str, int]:
    """Grams by behaviour that wait in Zhang's bubbles."""
    rows = clerk.store.query("SELECT key, behaviour FROM green_grant WHERE person = ?", (at("zhang"),))
    found: dict[str, int] = {}
    for key, behaviour in rows:
        units = has(clerk, f"person:{at('zhang')}:bubble:{key}", GREEN)
        found[behaviour] = found.get(behaviour, 0) + units
    return found


@pytest.mark.parametrize(("habit", "grams", "milligrams"), [("no_bag", 12, 12_870), ("own_cup", 0, 21_188)])
def test_a_habit_with_an_order_earns_points_and_what_its_tariff_says_once(
    shop: Any, habit: str, grams: int, milligrams: int
) -> None:
    """No energy is published for an own cup, yet what it avoids is known: 0 g and 21,188 mg."""
    clerk, programme = shop
    order = m.ordered(clerk)
    ask = {"programme": programme, "behaviour": habit, "order": order}
    assert done(clerk, "merchant.grant", ask, "ning")["points"] > 0
    follow(clerk)
    found = energy(clerk)
    assert found[habit] == grams and found["pay_qr"] > 0, found
    assert has(clerk, f"person:{at('zhang')}:avoided", "CO2E/0") == milligrams
    follow(clerk)
    assert energy(clerk) == found, "what was read twice counts once"


def test_a_receipt_kept_without_paper_earns_energy(shop: Any) -> None:
    clerk, _programme = shop
    order = m.ordered(clerk)
    ask = {"order": order, "kind": "receipt", "document": "{}"}
    done(clerk, "merchant.keep_document", ask, "ning")
    follow(clerk)
    assert energy(clerk).get("e_invoice", 0) > 0, energy(clerk)
