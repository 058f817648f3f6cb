"""The simulated town: the same seed is the same day, in order of time, and everybody lives in it."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import book
import phonenumbers
import pytest

from saxaul.kernel import ids, times
from saxaul.sim import pack as packs
from saxaul.sim.intents import INTENTS, Known
from saxaul.sim.people import account_number, bill, circle, citizen, phone
from saxaul.sim.town import Step, Town

PACK = packs.read(book.ROOT / "packs/tianjin")
DAY = "2022-06-15"
PEOPLE = 400


@pytest.fixture(scope="module")
def lived() -> list[Step]:
    return list(Town(PACK, PEOPLE).day(DAY))


def test_it_works(lived: list[Step]) -> None:
    doing = Counter(step.intent for step in lived)
    assert doing.keys() == {
        "scan", "order", "scan_order", "show_code", "take_code", "refund", "send", "split", "answer", "top_up",
        "bank_books", "cash_out", "bill_pay",
    }  # fmt: skip
    assert PEOPLE < len(lived) < 10 * PEOPLE


def test_the_same_seed_is_the_same_day_and_another_is_not(lived: list[Step]) -> None:
    assert list(Town(PACK, PEOPLE).day(DAY)) == lived
    assert list(Town(replace(PACK, seed=PACK.seed + 1), PEOPLE).day(DAY)) != lived
    assert list(Town(PACK, PEOPLE).day("2022-06-16")) != lived


def test_time_never_goes_back_and_a_day_ends_before_the_next(lived: list[Step]) -> None:
    assert all(one.at <= two.at for one, two in itertools.pairwise(lived))
    for day in ("2022-06-04", "2022-06-05"):
        steps = list(Town(PACK, PEOPLE).day(day))
        assert {times.day(step.at) for step in steps} == {day}


def test_an_id_is_one_ask_but_for_what_is_repeated_on_purpose(lived: list[Step]) -> None:
    first: dict[str, Step] = {}
    for step in lived:
        assert abs(ids.instant(step.id) - step.at) < times.HOUR and ids.version(step.id) == "7"
        old = first.setdefault(step.id, step)
        if old is step:
            assert step.why in ("", "late scan", "too much")
        elif step.why == "reused id":
            assert step.ask != old.ask
        else:
            assert step.why in ("lost answer", "double send", "late duplicate")
            assert (step.act, step.who, step.ask) == (old.act, old.who, old.ask)


def test_every_fault_happens_in_a_week() -> None:
    week = [f"2022-06-{day:02d}" for day in range(6, 13)]
    found = Counter(step.why for day in week for step in Town(PACK, PEOPLE).day(day))
    wanted = {"lost answer", "double send", "late duplicate", "reused id", "late scan", "too much"}
    assert wanted <= found.keys(), wanted - found.keys()


def test_a_town_of_ten_million_begins_its_day_at_once() -> None:
    first = list(itertools.islice(Town(PACK, 10_000_000).day(DAY), 50))
    assert len(first) == 50 and times.text(first[0].at).startswith("2022-06-14T22:00")  # six in the morning there


def test_everybody_pays_each_bill_of_the_month_once() -> None:
    town, paid, issued = Town(PACK, 60), Counter(), {}
    for number in range(1, 31):
        for step in town.day(f"2022-06-{number:02d}"):
            if step.intent == "bill_issue":
                issued[step.keeps["bill"]] = step
            if step.intent == "bill_pay" and not step.why:
                paid[step.ask["bill"][1:]] += 1
                assert issued[step.ask["bill"][1:]].at < step.at, "nobody pays before the biller asks"
    assert paid.keys() == issued.keys() and len(issued) > 120
    assert {name.split(":")[1] for name in issued} == {"power", "gas", "water"}
    assert set(paid.values()) <= {1, 2}


def test_what_is_asked_for_was_learned_before() -> None:
    town, known, missing = Town(PACK, 40), Known(), set()
    days = (town.founding(), town.arrivals(), *(town.day(f"2022-06-{day:02d}") for day in range(1, 8)))
    for step in itertools.chain(*days):
        try:
            known.fill(step.ask)
        except LookupError as name:
            missing.add(str(name))
        assert known.credential(step.who), f"{step.who} has no credential at {step.intent}"
        known.learn(step.keeps, {word: [f"value of {word}"] * 20 for word in step.keeps})
    assert missing == set()


def test_people_are_themselves_whoever_asks_and_can_be_rung_by_nobody() -> None:
    everybody = [citizen(PACK, number) for number in range(500)]
    assert [citizen(PACK, number) for number in reversed(range(500))][::-1] == everybody
    assert len({one.phone for one in everybody}) == 500 and len({one.document for one in everybody}) == 500
    assert len({one.name for one in everybody}) > 300
    for one in everybody:
        number = phonenumbers.parse(one.phone)
        assert phonenumbers.is_possible_number(number) and not phonenumbers.is_valid_number(number)
    assert 0.4 < sum(one.proved != "" for one in everybody) / 500 < 0.65
    assert {one.issuer for one in everybody} == {code for code, _ in PACK.issuers}
    with pytest.raises(AssertionError):
        phone(PACK, 10**8)


def test_friends_know_each_other() -> None:
    for number in range(50):
        for friend in circle(number, 50):
            assert number in circle(friend, 50) and friend != number


def test_account_numbers_of_a_biller_differ() -> None:
    for biller in PACK.billers:
        numbers = {account_number(PACK, biller, number) for number in range(3_000)}
        assert len(numbers) == 3_000 and {len(one) for one in numbers} == {biller.digits}


def test_bills_are_whole_fen_within_the_billers_range_and_only_in_its_months() -> None:
    for biller in PACK.billers:
        for month in range(1, 13):
            owed = [bill(PACK, biller, number, f"2022-{month:02d}") for number in range(50)]
            if month in biller.months:
                assert all(one == 0 or biller.fen[0] <= one <= biller.fen[1] for one in owed) and any(owed)
            else:
                assert not any(owed)


# -- the pack itself -----------------------------------------------------------------------------------------------


def test_the_directories_are_those_of_the_article() -> None:
    may = [row for row in PACK.listed if row.open_on("2022-05-31")]
    regions = [row for row in may if row.list == "region"]
    assert len(regions) == 23 and len({row.province for row in regions}) == 15
    assert len([row for row in may if row.list == "issuer"]) == 10
    assert all(row.source for row in PACK.listed)
    assert len([row for row in PACK.listed if row.list == "region" and row.open_on("2022-12-01")]) == 26
    assert len([row for row in may if row.list == "province"]) == 15
    tianjin = next(row for row in PACK.listed if row.code == "120000")
    assert not tianjin.open_on("2022-04-01") and tianjin.open_on("2022-04-02") and not tianjin.certain


def test_the_shops_and_billers_are_those_that_were_promised() -> None:
    assert len(PACK.merchants) >= 40 and len({one.category for one in PACK.merchants}) == 10
    assert all(len(one.name_en) <= 25 and one.name_en.isascii() and len(one.name) <= 25 for one in PACK.merchants)
    assert {one.kind for one in PACK.billers} == {"electricity", "gas", "heating", "cable_tv", "drinking_water"}


def test_every_intent_fits_its_act() -> None:
    declared = book.declarations()
    rooms = {programme.name for programme in declared.programmes}
    wrong = []
    for name, intent in INTENTS.items():
        if intent.act.partition(".")[0] not in rooms:
            continue  # its programme is not installed
        act = declared.acts.get(intent.act)
        if act is None:
            wrong.append(f"{name}: no act is called {intent.act}")
            continue
        asked = {*intent.fields.values(), *intent.fixed} - {*act.ask.__struct_fields__}
        kept = {*intent.keeps} - {*act.receipt.__struct_fields__}
        wrong += [f"{name}: {intent.act} asks for no {word}" for word in asked]
        wrong += [f"{name}: the receipt of {intent.act} has no {word}" for word in kept]
    assert wrong == []
