"""Green energy: counted once, capped, ripe and gone by the clock, shared under a floor, owed after a reversal."""

from __future__ import annotations

from typing import Any

import book
import pytest
from greentown import (
    DAY,
    HOUR,
    avoided,
    befriended,
    bubble,
    energy,
    follow,
    instant,
    lot_of,
    owes,
    paid_bill,
    recorded,
    recording,
    swept,
    town,
    whole,
)
from paytown import asked, at, do, done, give, showing

from saxaul.programmes.green.common import grant_key

SHEET = 4_596  # mg of one A4 sheet, the factor of a paper bill


def test_ten_bills_are_2620_grams_and_the_eleventh_is_none(clerk: Any) -> None:
    town(clerk)
    payments = [paid_bill(clerk, f"100{n}") for n in range(11)]
    follow(clerk)
    lots = [grant_key("utility_bill", "journal", payment) for payment in payments]
    assert [bubble(clerk, "zhang", lot) for lot in lots] == [262] * 10 + [0]
    assert avoided(clerk, "zhang") == 11 * SHEET, "the eleventh is an act all the same"
    clerk.clock.now += 26 * HOUR
    assert done(clerk, "green.collect", {"lots": lots[:10]}, "zhang")["arrived"] == "2620 GREEN"
    whole(clerk)


def test_the_same_number_again_and_a_bill_of_99_fen_earn_nothing(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    first, again, small = paid_bill(clerk, "7"), paid_bill(clerk, "7"), paid_bill(clerk, "8", "0.99 CNY")
    club = paid_bill(clerk, "9", desk="club_desk")
    follow(clerk)
    lots = [grant_key("utility_bill", "journal", payment) for payment in (first, again, small)]
    assert [bubble(clerk, "zhang", lot) for lot in lots] == [262, 0, 0]
    assert clerk.records("green_grant", [grant_key("utility_bill", "journal", club)]) == [None], "a club is no utility"
    follow(clerk)
    assert bubble(clerk, "zhang", lots[0]) == 262, "reading the journal twice counts nothing twice"
    whole(clerk)


def test_the_tenth_and_the_eleventh_bill_at_one_moment_are_one_grant_of_energy(clerk: Any) -> None:
    town(clerk)
    for n in range(9):
        lot_of(clerk, "zhang", "show_booking", f"o{n}")
    answers = clerk.turn([recording(clerk, "zhang", "show_booking", f"o{n}") for n in (9, 10)])
    energies = [answer.receipt["grants"][0]["energy"] for answer in answers]
    assert energies == ["180 GREEN", "0 GREEN"]
    bills = [paid_bill(clerk, f"{n}") for n in range(9)]
    follow(clerk)
    late = [paid_bill(clerk, f"late-{n}") for n in range(2)]
    follow(clerk)
    lots = [grant_key("utility_bill", "journal", payment) for payment in (*bills, *late)]
    assert sorted(bubble(clerk, "zhang", lot) for lot in lots) == [0] + [262] * 10
    whole(clerk)


def test_a_cap_says_so_and_opens_again_next_month(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    answers = [recorded(clerk, "zhang", "hospital_visit", f"v{n}") for n in range(6)]
    assert '"notes":["green.cap_reached"]' in answers[5].text and '"notes"' not in answers[4].text
    clerk.clock.now += 31 * DAY
    assert recorded(clerk, "zhang", "hospital_visit", "v6").receipt["grants"][0]["energy"] == "277 GREEN"


@pytest.mark.parametrize(("steps", "grams"), [(14_800, 296), (14_799, 295), (30_000, 296), (49, 0)])
def test_walking_earns_by_the_step_up_to_296_grams_a_day(sqlite_clerk: Any, steps: int, grams: int) -> None:
    town(sqlite_clerk)
    lot = lot_of(sqlite_clerk, "zhang", "walk", "day-1", activity=steps)
    assert bubble(sqlite_clerk, "zhang", lot) == grams
    assert avoided(sqlite_clerk, "zhang") == 0, "no sourced factor: zero is the conservative estimate"


def test_a_ride_of_13_september_is_ripe_on_the_14th_and_gone_on_the_17th_to_the_second(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    clerk.clock.now = instant("2018-09-13T22:12:23+08:00")
    town(clerk)
    befriended(clerk, "zhang", "li")
    befriended(clerk, "zhang", "wu")
    lot, twin = (lot_of(clerk, "zhang", "metro_ride", name, activity=9_000) for name in ("a", "b"))
    clerk.clock.now = instant("2018-09-14T22:12:22+08:00")
    assert do(clerk, "green.collect", {"lots": [lot]}, "zhang").code == "green.lot_unripe"
    clerk.clock.now = instant("2018-09-14T22:12:23+08:00")
    taken = done(clerk, "green.collect_friend", {"lot": lot}, "li")
    assert (taken["energy"], taken["left"]) == ("20 GREEN", "32 GREEN")
    assert do(clerk, "green.collect_friend", {"lot": lot}, "wu").code == "green.share_exhausted"
    assert done(clerk, "green.collect", {"lots": [lot]}, "zhang")["arrived"] == "32 GREEN"
    clerk.clock.now = instant("2018-09-17T22:12:23+08:00")
    assert do(clerk, "green.collect", {"lots": [twin]}, "zhang").code == "green.lot_expired", "before any sweep"
    assert bubble(clerk, "zhang", twin) == 52
    assert swept(clerk) == 1
    assert (bubble(clerk, "zhang", twin), energy(clerk, "zhang"), energy(clerk, "li")) == (0, 32, 20)
    whole(clerk)


def test_one_second_before_its_end_a_bubble_can_still_be_collected(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    clerk.clock.now = instant("2018-09-13T22:12:23+08:00")
    town(clerk)
    lot = lot_of(clerk, "zhang", "metro_ride", "a")
    clerk.clock.now = instant("2018-09-17T22:12:22+08:00")
    assert done(clerk, "green.collect", {"lots": [lot]}, "zhang")["arrived"] == "52 GREEN"
    clerk.clock.now += 2_000_000
    assert swept(clerk) == 0


def test_a_bubble_never_ripens_before_its_entry_and_early_birds_wait_for_seven(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    clerk.clock.now = instant("2018-09-20T12:00:00+08:00")
    town(clerk)
    early = recorded(clerk, "zhang", "train_booking", "a", when=instant("2018-09-20T03:00:00+08:00"))
    assert early.receipt["grants"][0]["ripe_at"] == "2018-09-20T23:00:00.000000Z"  # 07:00 of the 21st
    late = recorded(clerk, "zhang", "train_booking", "b", when=instant("2018-09-13T03:00:00+08:00"))
    assert late.receipt["grants"][0]["ripe_at"] == "2018-09-20T04:00:00.000000Z"


def test_two_devices_collect_one_bubble_once_and_the_sum_is_exact(clerk: Any) -> None:
    town(clerk)
    lots = [lot_of(clerk, "zhang", "train_booking", f"t{n}") for n in range(3)]
    clerk.clock.now += 25 * HOUR
    answers = clerk.turn([
        asked(clerk, "green.collect", {"lots": lots}, "zhang"),
        asked(clerk, "green.collect", {"lots": lots[:1]}, "zhang"),
        asked(clerk, "green.collect", {"lots": lots[1:]}, "zhang"),
    ])  # fmt: skip
    assert [answer.code for answer in answers] == ["", "green.lot_collected", "green.lot_collected"]
    assert energy(clerk, "zhang") == 3 * 136
    whole(clerk)


def test_fifty_friends_at_one_moment_never_pass_the_owners_floor(clerk: Any) -> None:
    friends = [f"friend{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50)]
    town(clerk, *friends)
    for friend in friends:
        befriended(clerk, "zhang", friend)
    lot = lot_of(clerk, "zhang", "hospital_visit", "v")
    clerk.clock.now += 25 * HOUR
    answers = clerk.turn([asked(clerk, "green.collect_friend", {"lot": lot}, friend) for friend in friends])
    codes = [answer.code for answer in answers]
    assert codes.count("") == 1 and codes.count("green.share_exhausted") == 49
    assert bubble(clerk, "zhang", lot) == 167 == -(-277 * 60 // 100)
    assert sum(energy(clerk, friend) for friend in friends) == 277 - 167
    whole(clerk)


def test_where_a_friend_may_take_ten_grams_eleven_of_fifty_do_and_the_floor_stands(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    friends = [f"friend{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50)]
    town(clerk, *friends)
    clerk.performer.terms = _with(clerk, "green.friend_take_max", 10)
    for friend in friends:
        befriended(clerk, "zhang", friend)
    lot = lot_of(clerk, "zhang", "hospital_visit", "v")
    clerk.clock.now += 25 * HOUR
    answers = clerk.turn([asked(clerk, "green.collect_friend", {"lot": lot}, friend) for friend in friends])
    assert [answer.code for answer in answers].count("") == 11
    assert bubble(clerk, "zhang", lot) == 167
    assert do(clerk, "green.collect_friend", {"lot": lot}, friends[0]).code == "green.share_taken"


def _with(clerk: Any, name: str, value: Any) -> Any:
    from saxaul.engine.terms import Term

    return clerk.performer.terms.amended([Term(name, "", "2015-01-02", value, "g", "assumed", "ours", "", "")])


def test_a_refunded_seat_takes_what_is_left_and_the_rest_is_owed_and_paid_first(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    befriended(clerk, "zhang", "li")
    digits = showing(clerk)
    order = done(clerk, "pay.by_code", {"code": digits, "amount": "54.50 CNY", "number": "T-1"}, "trains_till")["order"]
    follow(clerk)
    lot = grant_key("train_booking", "journal", order)
    assert bubble(clerk, "zhang", lot) == 136
    clerk.clock.now += 25 * HOUR
    done(clerk, "green.collect", {"lots": [lot]}, "zhang")
    done(clerk, "green.water", {"person": at("li"), "grams": 18}, "zhang")
    done(clerk, "green.water", {"person": at("li"), "grams": 18}, "zhang")
    assert energy(clerk, "zhang") == 100
    done(clerk, "pay.refund", {"order": order, "amount": "54.50 CNY", "refund": "r-1"}, "trains_till")
    follow(clerk)
    assert (energy(clerk, "zhang"), owes(clerk, "zhang")) == (0, 36)
    again = do(clerk, "green.reverse", {"origin": order, "source": "journal"}, "system")
    assert again.code == "green.lot_reversed"
    walk = lot_of(clerk, "zhang", "walk", "w", activity=2_500)
    clerk.clock.now += 25 * HOUR
    got = done(clerk, "green.collect", {"lots": [walk]}, "zhang")
    assert (got["energy"], got["repaid"], got["arrived"]) == ("50 GREEN", "36 GREEN", "14 GREEN")
    assert (energy(clerk, "zhang"), owes(clerk, "zhang"), energy(clerk, "li")) == (14, 0, 36)
    whole(clerk)


def test_a_reversal_takes_back_an_open_bubble_and_all_of_the_emission_but_no_cap(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    payments = [paid_bill(clerk, f"{n}") for n in range(10)]
    follow(clerk)
    done(clerk, "bills.refund", {"payment": payments[0]}, "mei")
    follow(clerk)
    lot = grant_key("utility_bill", "journal", payments[0])
    assert (bubble(clerk, "zhang", lot), avoided(clerk, "zhang")) == (0, 9 * SHEET)
    clerk.clock.now += 25 * HOUR
    assert do(clerk, "green.collect", {"lots": [lot]}, "zhang").code == "green.lot_reversed"
    more = paid_bill(clerk, "another")
    follow(clerk)
    assert bubble(clerk, "zhang", grant_key("utility_bill", "journal", more)) == 0, "a refund opens no cap again"
    whole(clerk)


def test_what_a_merchants_terms_and_a_tills_flags_say_decides_the_behaviour(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    fare = {"code": showing(clerk), "amount": "2.00 CNY"}
    ride = done(clerk, "pay.by_code", fare, "ferry_till")["order"]
    shop = {"code": showing(clerk), "amount": "9.00 CNY", "number": "A-17|no_bag|free_tea"}
    bread = done(clerk, "pay.by_code", shop, "bakery_till")["order"]
    follow(clerk)
    assert bubble(clerk, "zhang", grant_key("bus_ride", "journal", ride)) == 80
    assert bubble(clerk, "zhang", grant_key("pay_qr", "journal", bread)) == 5
    assert bubble(clerk, "zhang", grant_key("no_bag", "journal", bread)) == 12
    assert avoided(clerk, "zhang") == 12_870, "one bag; the ride has no distance, so its emission waits"
    (row,) = clerk.records("green_grant", [grant_key("bus_ride", "journal", ride)])
    assert row.parked == 1


def _file(clerk: Any, *rows: tuple[str, str, str, int], digit: str = "a") -> None:
    lines = [
        {"id": id, "person": at("zhang"), "behaviour": means, "at": when, "metres": metres}
        for id, means, when, metres in rows
    ]
    done(clerk, "green.report", {"file": digit * 64, "rows": lines}, "bus_key")
    follow(clerk)


def test_the_same_ride_from_payment_and_carrier_is_one_and_two_rides_of_one_source_are_two(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    clerk.clock.now = instant("2022-06-01T12:00:00+08:00")
    town(clerk)
    ride = done(clerk, "pay.by_code", {"code": showing(clerk), "amount": "2.00 CNY"}, "ferry_till")["order"]
    follow(clerk)
    clerk.clock.now += 5 * HOUR
    near, far, pair = "2022-06-01T12:04:00+08:00", "2022-06-01T13:30:00+08:00", "2022-06-01T13:34:00+08:00"
    _file(clerk, ("r1", "bus_ride", near, 5_000), ("r2", "bus_ride", far, 5_000), ("r3", "bus_ride", pair, 4_000))
    grants = [grant_key("bus_ride", at("bus"), name) for name in ("r1", "r2", "r3")]
    found = clerk.records("green_grant", grants)
    assert found[0] is None and [row.grams for row in found[1:]] == [80, 80]
    assert [row.co2e for row in found[1:]] == [5_000 * 26_900 // 1_000, 4_000 * 26_900 // 1_000]
    assert bubble(clerk, "zhang", grant_key("bus_ride", "journal", ride)) == 80
    _file(clerk, ("r1", "bus_ride", near, 5_000), ("r2", "bus_ride", far, 5_000), digit="b")
    assert avoided(clerk, "zhang") == 9_000 * 26_900 // 1_000, "the same lines in another file are the same rides"
    whole(clerk)


def test_a_ride_around_midnight_is_the_same_ride(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    clerk.clock.now = instant("2022-06-02T06:00:00+08:00")
    town(clerk)
    lot_of(clerk, "zhang", "bus_ride", "paid", when=instant("2022-06-01T23:58:00+08:00"))
    when = instant("2022-06-02T00:03:00+08:00")
    assert recorded(clerk, "zhang", "bus_ride", "c", when=when, source="carrier", evidence="ride").code == (
        "green.act_duplicate"
    )
    later = instant("2022-06-02T00:09:00+08:00")
    assert not recorded(clerk, "zhang", "bus_ride", "d", when=later, source="carrier", evidence="ride").code


def test_nothing_is_taken_in_from_a_source_that_was_not_agreed_to(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk, agreed=False)
    assert recorded(clerk, "zhang", "walk", "1", activity=9_000).code == "consent.source_missing"
    done(clerk, "green.agree", {"source": "steps", "agreed": True, "version": "1"}, "zhang")
    assert not recorded(clerk, "zhang", "walk", "2", activity=9_000).code
    assert recorded(clerk, "zhang", "metro_ride", "3").code == "consent.source_missing"
    done(clerk, "desk.give_consent", {"purpose": "green", "version": "1"}, "zhang")
    done(clerk, "green.agree", {"source": "metro", "agreed": False, "version": "1"}, "zhang")
    assert recorded(clerk, "zhang", "metro_ride", "4").code == "consent.source_missing"
    assert not recorded(clerk, "zhang", "bus_ride", "5").code
    clerk.clock.now += HOUR
    done(clerk, "desk.withdraw_consent", {"purpose": "green"}, "zhang")
    assert recorded(clerk, "zhang", "walk", "6", activity=9_000).code == "consent.source_missing"


def test_a_missing_factor_parks_the_emission_until_one_of_its_own_day_is_published(clerk: Any) -> None:
    clerk.clock.now = instant("2018-09-13T12:00:00+08:00")  # before any factor that ships
    town(clerk)
    answer = recorded(clerk, "zhang", "metro_ride", "m", activity=8_000)
    assert '"notes":["green.factor_missing"]' in answer.text and answer.receipt["grants"][0]["energy"] == "52 GREEN"
    clerk.clock.now = instant("2020-06-01T12:00:00+08:00")
    assert swept(clerk) == 1  # the bubble has long expired
    _published(clerk, "metro_ride", "2018-09-14", 40_000)
    assert swept(clerk) == 1 and avoided(clerk, "zhang") == 0, "the factor begins a day too late"
    assert swept(clerk) == 0
    _published(clerk, "metro_ride", "2018-01-01", 30_000)
    assert swept(clerk) == 1 and avoided(clerk, "zhang") == 8_000 * 30
    assert swept(clerk) == 0
    whole(clerk)


def _published(clerk: Any, behaviour: str, starts: str, mg: int) -> str:
    ask = {
        "behaviour": behaviour, "region": "CN-TJ", "starts": starts, "mg": mg, "per": "km", "conf": "B", "basis": "CO2",
        "source": "a method",
    }  # fmt: skip
    proposal = {"act": "green.publish_factor", "ask": ask, "reason": "method-1"}
    proposed = done(clerk, "desk.propose", proposal, "office")["proposal"]
    return done(clerk, "desk.approve", {"proposal": proposed}, "office2")["done"]["factor"]


def test_a_new_factor_changes_no_grant_and_its_difference_is_a_report(clerk: Any) -> None:
    from saxaul.programmes.green import figures

    clerk.clock.now = instant("2022-06-01T12:00:00+08:00")
    town(clerk)
    for n in range(3):
        lot_of(clerk, "zhang", "metro_ride", f"m{n}", activity=10_000)
    assert avoided(clerk, "zhang") == 3 * 467_000
    factor = _published(clerk, "metro_ride", "2022-01-01", 40_000)
    swept(clerk)
    assert avoided(clerk, "zhang") == 3 * 467_000
    rows = figures.difference(
        clerk.store, behaviour="metro_ride", region="CN-TJ", starts="2022-01-01", mg=40_000, per="km", factor=factor
    )
    assert rows == [("2022-06", 3, 1_401_000, 1_200_000)]
    lot_of(clerk, "zhang", "metro_ride", "m9", activity=10_000)
    assert avoided(clerk, "zhang") == 1_401_000 + 400_000
    months = {(row.month, row.conf): row.mg for row in figures.avoided(clerk.store)}
    assert months == {("2022-06", "B"): 400_000, ("2022-06", "D"): 1_401_000}


def test_watering_has_sizes_and_limits_and_moves_no_emission(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    give(clerk, {f"person:{at('zhang')}:green GREEN/0": "200 GREEN"})
    lot_of(clerk, "zhang", "no_bag", "b")
    befriended(clerk, "zhang", "li")
    before = avoided(clerk, "zhang"), avoided(clerk, "li")
    for size in (66, 33, 66):
        done(clerk, "green.water", {"person": at("li"), "grams": size}, "zhang")
    assert do(clerk, "green.water", {"person": at("li"), "grams": 10}, "zhang").code == "green.watering_exceeded"
    befriended(clerk, "zhang", "wu")
    assert do(clerk, "green.water", {"person": at("wu"), "grams": 66}, "zhang").code == "green.energy_short"
    assert do(clerk, "green.water", {"person": at("zhang"), "grams": 10}, "zhang").code == "green.friend_missing"
    assert (energy(clerk, "zhang"), energy(clerk, "li")) == (35, 165)
    assert (avoided(clerk, "zhang"), avoided(clerk, "li")) == before == (12_870, 0)


def test_a_friend_brings_back_what_expired_once_within_a_day_and_six_a_day(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    befriended(clerk, "zhang", "li")
    befriended(clerk, "zhang", "wu")
    lots = [lot_of(clerk, "zhang", "train_booking", f"t{n}") for n in range(9)]
    clerk.clock.now += (24 + 72) * HOUR
    assert done(clerk, "green.revive", {"lot": lots[0]}, "li")["energy"] == "136 GREEN", "the sweep had not come yet"
    assert swept(clerk) == 8
    assert do(clerk, "green.revive", {"lot": lots[0]}, "wu").code == "green.lot_expired", "once for each bubble"
    for lot in lots[1:6]:
        done(clerk, "green.revive", {"lot": lot}, "li")
    assert do(clerk, "green.revive", {"lot": lots[6]}, "li").code == "green.revival_exceeded"
    done(clerk, "green.revive", {"lot": lots[6]}, "wu")
    clerk.clock.now += 24 * HOUR
    assert do(clerk, "green.revive", {"lot": lots[7]}, "wu").code == "green.lot_expired", "a day and no second more"
    assert energy(clerk, "zhang") == 7 * 136 and energy(clerk, "li") == 0
    whole(clerk)


def test_a_shield_and_a_no_look_the_same_to_friends(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    befriended(clerk, "zhang", "li")
    lot = lot_of(clerk, "zhang", "train_booking", "t")
    clerk.clock.now += 25 * HOUR
    seen = []
    for on, off in (({"shared": False}, {"shared": True}), ({"shared": False, "person": at("li")},
                    {"shared": True, "person": at("li")}), ({"shield": True}, {})):  # fmt: skip
        done(clerk, "green.choose", on, "zhang")
        answer = do(clerk, "green.collect_friend", {"lot": lot}, "li")
        seen.append((answer.code, answer.facts))
        done(clerk, "green.choose", off, "zhang")
    assert seen == [("green.lot_shielded", {})] * 3
    clerk.clock.now += 24 * HOUR
    assert done(clerk, "green.collect_friend", {"lot": lot}, "li")["energy"] == "54 GREEN"


def test_rankings_leave_out_who_opted_out_and_order_equals_the_same_way_each_time(clerk: Any) -> None:
    from saxaul.programmes.green import figures

    town(clerk, "sun", "qian")
    for who in ("zhang", "li", "wu", "qian"):
        lot = lot_of(clerk, who, "train_booking", who)
        clerk.clock.now += 25 * HOUR
        done(clerk, "green.collect", {"lots": [lot]}, who)
    more = lot_of(clerk, "li", "metro_ride", "m")
    clerk.clock.now += 25 * HOUR
    done(clerk, "green.collect", {"lots": [more]}, "li")
    done(clerk, "green.choose", {"ranked": False}, "qian")
    done(clerk, "green.choose", {"circle": "mill-7"}, "wu")
    rows = figures.ranking(clerk.store, "2022-06")
    assert [(units, place) for _, units, place in rows] == [(188, 1), (136, 2), (136, 2)]
    assert rows == figures.ranking(clerk.store, "2022-06") and at("qian") not in [person for person, _, _ in rows]
    assert [row[0] for row in rows[1:]] == sorted((at("zhang"), at("wu")))
    assert [row[0] for row in figures.ranking(clerk.store, "2022-06", circle="mill-7")] == [at("wu")]
    assert [row[0] for row in figures.ranking(clerk.store, "2022-06", among=[at("zhang")])] == [at("zhang")]
    gathered: dict[str, int] = {}
    for posting in clerk.store.query("SELECT credit, units FROM posting WHERE asset = 'GREEN/0'"):
        if str(posting[0]).endswith(":green"):
            gathered[posting[0]] = gathered.get(posting[0], 0) + posting[1]
    assert {f"person:{person}:green": units for person, units, _ in rows}.items() <= gathered.items()


def test_tariffs_and_factors_are_those_of_the_pack_with_their_days_and_marks() -> None:
    import tomllib

    from saxaul.kernel.amounts import Rate
    from saxaul.programmes.green.behaviours import KINDS
    from saxaul.programmes.green.factors import told

    pack = book.ROOT / "packs" / "green"
    tariffs, factors = (tomllib.loads((pack / f"{name}.toml").read_text("utf-8")) for name in ("tariffs", "factors"))
    terms = {(row.name, row.in_force): row for row in book.terms().table() if row.name.startswith("green.")}
    caps = {"cap_day": "cap_day", "cap_month": "cap_month", "cap_week": "cap_week", "least_fen": "least_fen",
            "cap_number_month": "cap_number_month"}  # fmt: skip
    for name in KINDS.keys() & tariffs.keys():
        for day, row in tariffs[name]["grams"].items():
            term = terms[f"green.grams.{name}", day]
            assert term.value == Rate(row["value"], row["of"]) and row["source"] == term.source
            assert term.note.startswith(f"mark {row['conf']}")
        for cap in caps.keys() & tariffs[name].keys():
            ours = "cap_grams_day" if name == "walk" else caps[cap]
            for day, row in tariffs[name][cap].items():
                assert terms[f"green.{ours}.{name}", day].value == row["value"], (name, cap)
    for name in tariffs["bubble"].keys() - {"opens_at"}:
        for day, row in tariffs["bubble"][name].items():
            assert terms[f"green.{name}", day].value == row["value"], name
    for name, chosen in factors["default"]["CN-TJ"].items():
        for day, row in ((day, row) for day, row in factors[chosen["factor"]].items() if day != "about"):
            (region, used), *_others = told(terms[f"green.factor.{name}", day].value)
            assert (region, used.conf, used.name) == ("CN-TJ", chosen["conf"], chosen["factor"])
            assert used.mg == row["value"] * chosen.get("percent_max", 100) // 100
    assert {name for name, kind in KINDS.items() if not kind.co2e} == set(factors["no_co2e"]["behaviours"])


def test_more_bubbles_than_an_entry_holds_are_collected_in_slices_and_a_debt_fits_in_each(sqlite_clerk: Any) -> None:
    from saxaul.programmes.green.common import LOTS_MAX

    clerk = sqlite_clerk
    town(clerk)
    give(clerk, {f"person:{at('zhang')}:due DUE.green/0": "700 DUE.green"})
    lots = [lot_of(clerk, "zhang", "no_bag", f"b{n}") for n in range(LOTS_MAX + 10)]
    clerk.clock.now += 25 * HOUR
    first = done(clerk, "green.collect", {"lots": lots[:LOTS_MAX]}, "zhang")
    second = done(clerk, "green.collect", {"lots": lots[LOTS_MAX:]}, "zhang")
    assert (first["energy"], first["repaid"]) == (f"{LOTS_MAX * 12} GREEN", f"{LOTS_MAX * 12} GREEN")
    assert (second["repaid"], second["arrived"]) == ("28 GREEN", "92 GREEN")
    assert (energy(clerk, "zhang"), owes(clerk, "zhang")) == (92, 0)


def test_a_clerk_that_knows_nothing_yet_needs_few_readings_however_many_bubbles_and_flags(tmp_path: Any) -> None:
    from saxaul.programmes.green.common import LOTS_MAX

    dsn, clock = book.sqlite_dsn(tmp_path), book.Clock()
    clerk = book.open_clerk(dsn, clock)

    def cold(one: Any) -> Any:
        one.close()
        again = book.open_clerk(dsn, clock)
        again.state.records.update({table: {} for table in again.state.records})
        return again

    town(clerk)
    befriended(clerk, "zhang", "li")
    lots = [lot_of(clerk, "zhang", "no_bag", f"b{n}") for n in range(LOTS_MAX)]
    flags = "A|no_bag|own_cup|no_cutlery|e_invoice|paper_receipt_declined"
    shop = {"code": showing(clerk), "amount": "9.00 CNY", "number": flags}
    order = done(clerk, "pay.by_code", shop, "bakery_till")["order"]
    clerk = cold(clerk)
    ask = {"behaviour": "pay_qr", "origin": order, "document": f"pay_order:{order}"}
    assert len(done(clerk, "green.record", ask, "system")["grants"]) == 6
    clock.now += 25 * HOUR
    clerk = cold(clerk)
    taken = done(clerk, "green.collect_friend", {"lot": lots[0]}, "li")
    clerk = cold(clerk)
    assert done(clerk, "green.collect", {"lots": lots}, "zhang")["arrived"] == f"{LOTS_MAX * 12 - 4} GREEN"
    clerk = cold(clerk)
    assert len(done(clerk, "green.reverse", {"origin": order, "source": "journal"}, "system")["lots"]) == 6
    clerk = cold(clerk)
    assert done(clerk, "green.water", {"person": at("li"), "grams": 10}, "zhang") and taken["energy"] == "4 GREEN"
    whole(clerk)
    clerk.close(checkpoint=False)
