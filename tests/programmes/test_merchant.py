"""Low-carbon merchants: stock that runs out, points by their own end, coupons at the till, tables, things to rent."""

from __future__ import annotations

from typing import Any

import book
import merchanttown as m
import pytest
from hypothesis import given
from hypothesis import strategies as st
from merchanttown import benefit, follow, granted, ordered, ticked, town, whole
from paytown import MINUTE, asked, at, do, done, give, has

from saxaul.engine import Refusal, step
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.merchant import photos, stages
from saxaul.programmes.merchant.lots import LOTS_MAX

FIFTY = tuple(f"p{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(50))


def coupon(clerk: Any, which: str, who: str = "zhang") -> dict[str, Any]:
    return done(clerk, "merchant.take_benefit", {"benefit": which}, who)


def row(clerk: Any, table: str, key: str) -> Any:
    return clerk.records(table, [key])[0]


def points(clerk: Any, programme: str, who: str, *days: str) -> list[int]:
    return [has(clerk, *m.lot(who, day, programme)) for day in days]


# ---- points and benefits -------------------------------------------------------------------------------------------


def test_fifty_who_want_the_last_one_are_one_and_forty_nine_with_their_points(clerk: Any) -> None:
    programme = town(clerk, people=FIFTY, points=100_000)
    last = benefit(clerk, programme, stock=1)
    for who in FIFTY:
        m.gave(clerk, programme, who, _20220501=10)
    answers = clerk.turn([asked(clerk, "merchant.take_benefit", {"benefit": last}, who) for who in FIFTY])
    codes = [answer.code for answer in answers]
    assert codes.count("") == 1 and codes.count("benefit.stock_exhausted") == 49
    kept = [points(clerk, programme, who, "20220501")[0] for who in FIFTY]
    assert sorted(kept) == [0] + [10] * 49 and kept[codes.index("")] == 0
    whole(clerk)


def test_the_oldest_lots_go_first_to_the_unit(sqlite_clerk: Any) -> None:
    programme = town(sqlite_clerk)
    m.gave(sqlite_clerk, programme, "zhang", _20220301=7, _20220401=11, _20220515=100)
    which = benefit(sqlite_clerk, programme, cost=17)
    coupon(sqlite_clerk, which)
    assert points(sqlite_clerk, programme, "zhang", "20220301", "20220401", "20220515") == [0, 1, 100]
    coupon(sqlite_clerk, which)
    assert points(sqlite_clerk, programme, "zhang", "20220301", "20220401", "20220515") == [0, 0, 84]
    whole(sqlite_clerk)


def test_a_lot_counts_until_its_last_instant_and_lapses_alone(sqlite_clerk: Any, clock: book.Clock) -> None:
    programme = town(sqlite_clerk)
    m.gave(sqlite_clerk, programme, "zhang", _20211202=30, _20220515=10)  # ends with 31 May
    m.gave(sqlite_clerk, programme, "li", _20211203=30, _20220515=10)  # ends with 1 June
    which = benefit(sqlite_clerk, programme, cost=40)
    assert do(sqlite_clerk, "merchant.take_benefit", {"benefit": which}, "zhang").code == "points.lot_expired"
    clock.set(times.start_of_day("2022-06-02") - 1)
    coupon(sqlite_clerk, which, "li")
    clock.set(times.start_of_day("2022-06-02"))
    assert ticked(sqlite_clerk) >= 1
    assert points(sqlite_clerk, programme, "zhang", "20211202", "20220515") == [0, 10]
    assert has(sqlite_clerk, f"campaign:{programme}:lapsed", f"POINT.{programme}/0") == 30
    assert do(sqlite_clerk, "merchant.take_benefit", {"benefit": which}, "zhang").code == "points.balance_short"
    assert ticked(sqlite_clerk) == 0
    whole(sqlite_clerk)


def test_a_person_who_collects_every_day_for_months_can_still_spend_it_all_at_once(
    sqlite_clerk: Any, clock: book.Clock
) -> None:
    programme = town(sqlite_clerk, points=10_000)
    for _day in range(LOTS_MAX + 20):
        granted(sqlite_clerk, programme)
        clock.set(clock() + m.DAY)
    which = benefit(sqlite_clerk, programme, cost=10 * (LOTS_MAX + 20))
    assert coupon(sqlite_clerk, which)["points"] == 10 * (LOTS_MAX + 20)
    whole(sqlite_clerk)


def test_points_that_a_quiz_gave_are_spent_like_the_others(sqlite_clerk: Any) -> None:
    programme = town(sqlite_clerk)
    give(sqlite_clerk, {" ".join(m.lot("zhang", "quiz", programme)): f"25 POINT.{programme}"})
    which = benefit(sqlite_clerk, programme, cost=25)
    assert do(sqlite_clerk, "merchant.take_benefit", {"benefit": which}, "zhang").code == "points.balance_short"
    follow(sqlite_clerk)
    coupon(sqlite_clerk, which)
    follow(sqlite_clerk)
    whole(sqlite_clerk)


# ---- who grants what to whom ---------------------------------------------------------------------------------------


def test_staff_who_grant_to_themselves_wait_for_an_officer(clerk: Any, clock: book.Clock) -> None:
    programme = town(clerk)
    asset = f"POINT.{programme}/0"
    order = ordered(clerk, "ning_home")
    ask = {"programme": programme, "behaviour": "own_cup", "order": order}
    answer = do(clerk, "merchant.grant", ask, "ning")
    assert answer.receipt["stage"] == "held" and '"notes":["merchant.grant_held"]' in answer.text
    assert clerk.look([(f"campaign:{programme}:pool", asset)]).popitem()[1] == (1_000, 10)
    done(clerk, "merchant.judge_grant", {"habit": answer.receipt["habit"], "grant": True}, "officer")
    assert points(clerk, programme, "ning", "20220601") == [10]
    second = do(clerk, "merchant.grant", {**ask, "behaviour": "no_bag"}, "ning").receipt
    clock.set(clock() + 14 * m.DAY)
    late = do(clerk, "merchant.judge_grant", {"habit": second["habit"], "grant": True}, "officer")
    assert late.code == "hold.stage_ended"
    whole(clerk)


def test_more_grants_an_hour_to_one_person_than_is_likely_wait_too(sqlite_clerk: Any, clock: book.Clock) -> None:
    programme = town(sqlite_clerk)
    found = [granted(sqlite_clerk, programme, "zhang", b)["stage"] for b in ("own_cup", "own_cup", "no_bag", "no_bag")]
    assert found == ["granted", "granted", "granted", "held"]
    assert granted(sqlite_clerk, programme, "li")["stage"] == "granted"
    clock.set(clock() + times.HOUR)
    assert granted(sqlite_clerk, programme, "zhang", "no_bag")["stage"] == "granted"
    whole(sqlite_clerk)


def test_a_third_cup_of_the_day_counts_without_points_and_a_second_phone_gives_none_more(sqlite_clerk: Any) -> None:
    programme = town(sqlite_clerk)
    give(
        sqlite_clerk, {f"wallet:{at('zhang_second')} CNY/2": "50.00 CNY"},
        people_person={at("zhang_again"): {"natural": at("zhang"), "wallets": at("zhang_second")}},
        people_wallet={at("zhang_second"): {"person": at("zhang_again"), "issuer": "WEBANK", "tier": 2}},
        people_credential={at("zhang_again"): {"kind": "session", "person": at("zhang_again"), "roles": "citizen"}},
    )  # fmt: skip
    given_now = [granted(sqlite_clerk, programme, who) for who in ("zhang", "zhang_again", "zhang_again")]
    assert [one["points"] for one in given_now] == [10, 10, 0] and given_now[2]["capped"]
    participant = row(sqlite_clerk, "merchant_participant", f"{programme}:{at('zhang')}")
    assert participant.times == 3 and participant.first == book.NOON
    whole(sqlite_clerk)


def test_sign_ups_and_first_completions_are_two_figures(sqlite_clerk: Any) -> None:
    programme = town(sqlite_clerk)
    for who in ("zhang", "li", "li"):
        done(sqlite_clerk, "merchant.sign_up", {"programme": programme}, who)
    granted(sqlite_clerk, programme, "zhang")
    granted(sqlite_clerk, programme, "wu")
    counted = "SELECT COUNT(*), SUM(CASE WHEN first > 0 THEN 1 ELSE 0 END) FROM merchant_participant"
    assert sqlite_clerk.store.query(counted) == [(3, 2)]


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=16))
def test_a_photo_within_seven_bits_meets_the_other_under_one_of_its_keys(photo: int, flipped: set[int]) -> None:
    other = photo
    for bit in flipped:
        other ^= 1 << bit
    meets = set(photos.near(f"{photo:016x}")) & set(photos.bands(f"{other:016x}"))
    assert meets or len(flipped) > 7


# ---- at the till ---------------------------------------------------------------------------------------------------


def test_a_coupon_is_used_once_however_many_tills_ask(clerk: Any) -> None:
    programme = town(clerk)
    which = benefit(clerk, programme)
    m.gave(clerk, programme, "zhang", _20220501=10)
    code = {"code": coupon(clerk, which)["code"]}
    done(clerk, "merchant.reserve_coupon", code, "ning")
    answers = clerk.turn([asked(clerk, "merchant.use_coupon", code, "ning") for _ in range(20)])
    codes = [answer.code for answer in answers]
    assert codes.count("") == 1 and codes.count("coupon.stage_used") == 19
    assert has(clerk, f"merchant:{at('bakery')}:earned", "CNY/2") == 5_00
    assert do(clerk, "merchant.reserve_coupon", code, "ning").code == "coupon.stage_used"
    whole(clerk)


def test_a_reserved_coupon_is_free_again_after_fifteen_minutes(clerk: Any, clock: book.Clock) -> None:
    programme = town(clerk)
    which = benefit(clerk, programme)
    m.gave(clerk, programme, "zhang", _20220501=10)
    code = {"code": coupon(clerk, which)["code"]}
    done(clerk, "merchant.reserve_coupon", code, "ning")
    account = (f"person:{at('zhang')}:benefits", f"BENEFIT.{which}/0")
    clock.set(clock() + 15 * MINUTE - 1)
    assert clerk.look([account])[account] == (1, 1)
    clock.set(clock() + 1)
    assert do(clerk, "merchant.use_coupon", code, "ning").code == "hold.stage_ended"
    done(clerk, "merchant.reserve_coupon", code, "mei")
    done(clerk, "merchant.use_coupon", code, "mei")
    assert clerk.look([account])[account] == (0, 0)
    whole(clerk)


def test_a_coupon_that_nobody_used_is_anothers_again(sqlite_clerk: Any, clock: book.Clock) -> None:
    programme = town(sqlite_clerk)
    which = benefit(sqlite_clerk, programme, stock=1, coupon_days=7)
    m.gave(sqlite_clerk, programme, "zhang", _20220501=10)
    m.gave(sqlite_clerk, programme, "li", _20220501=10)
    code = coupon(sqlite_clerk, which)["code"]
    clock.set(clock() + 7 * m.DAY)
    assert do(sqlite_clerk, "merchant.reserve_coupon", {"code": code}, "ning").code == "coupon.time_ended"
    ticked(sqlite_clerk)
    coupon(sqlite_clerk, which, "li")
    whole(sqlite_clerk)


def used_with(clerk: Any, programme: str, **more: Any) -> tuple[str, str]:
    """(order, coupon): a coupon of 5.00 used with a paid order, and points granted for its own cup."""
    which = benefit(clerk, programme, **more)
    m.gave(clerk, programme, "zhang", _20220501=10)
    taken = coupon(clerk, which)
    order = ordered(clerk)
    done(clerk, "merchant.reserve_coupon", {"code": taken["code"]}, "ning")
    done(clerk, "merchant.use_coupon", {"code": taken["code"], "order": order}, "ning")
    done(clerk, "merchant.grant", {"programme": programme, "behaviour": "own_cup", "order": order}, "ning")
    done(clerk, "merchant.record_habit", {"programme": programme, "behaviour": "e_coupon", "order": order}, "zhang")
    return order, str(taken["coupon"])


def test_an_order_that_comes_back_takes_its_points_and_restores_its_coupon(clerk: Any) -> None:
    programme = town(clerk)
    order, taken = used_with(clerk, programme)
    assert points(clerk, programme, "zhang", "20220601") == [13]
    done(clerk, "pay.refund", {"order": order, "amount": "8.00 CNY"}, "mei")
    follow(clerk)
    assert row(clerk, "merchant_coupon", taken).stage == "used"
    done(clerk, "pay.refund", {"order": order, "amount": "10.00 CNY"}, "mei")
    for _twice in range(2):
        follow(clerk)
        assert points(clerk, programme, "zhang", "20220601") == [0]
        assert row(clerk, "merchant_coupon", taken).stage == "open"
        assert has(clerk, f"campaign:{programme}:pool", "CNY/2") == 100_00
    whole(clerk)


def test_a_coupon_whose_terms_say_so_ends_with_its_order(sqlite_clerk: Any) -> None:
    programme = town(sqlite_clerk)
    order, taken = used_with(sqlite_clerk, programme, returns="end")
    done(sqlite_clerk, "pay.reverse", {"order": order}, "mei")
    follow(sqlite_clerk)
    assert row(sqlite_clerk, "merchant_coupon", taken).stage == "ended"
    assert has(sqlite_clerk, f"campaign:{programme}:pool", "CNY/2") == 100_00
    whole(sqlite_clerk)


def test_a_coupon_waits_for_the_merchants_money_and_then_comes_back(sqlite_clerk: Any, clock: book.Clock) -> None:
    programme = town(sqlite_clerk)
    order, taken = used_with(sqlite_clerk, programme)
    clock.set(clock() + 7 * m.DAY)
    ticked(sqlite_clerk)  # the week is paid, and then the bank has it all
    due = f"merchant:{at('bakery')}:due"
    done(sqlite_clerk, "pay.refund", {"order": order, "amount": "18.00 CNY"}, "mei")
    left = has(sqlite_clerk, due, "CNY/2")
    sink(sqlite_clerk, due, left)
    follow(sqlite_clerk)
    assert row(sqlite_clerk, "merchant_coupon", taken).stage == "used"
    clock.set(clock() + m.DAY)
    ticked(sqlite_clerk)
    assert row(sqlite_clerk, "merchant_coupon", taken).stage == "used"
    ordered(sqlite_clerk, "li")
    clock.set(clock() + m.DAY)
    ticked(sqlite_clerk)
    assert row(sqlite_clerk, "merchant_coupon", taken).stage == "open"
    whole(sqlite_clerk)


def sink(clerk: Any, address: str, units: int) -> None:
    """The merchant's money leaves the book, as a settlement makes it."""
    from saxaul.engine.cases import Give, Given
    from saxaul.engine.declare import Act
    from saxaul.engine.request import request
    from saxaul.ledger.plan import Plan, Posting

    posting = Posting(address, "issuer:central", "CNY/2", units)
    paid_out = Act("cases.sink", Give, lambda facts, ask: Plan(postings=[posting], receipt=Given()), Given, ("system",))
    clerk.performer.acts["cases.sink"] = paid_out
    (answer,) = clerk.turn([request("cases.sink", Give(), id=m.t.fresh(clerk))])
    assert not answer.code, answer


def test_a_week_is_paid_net_and_its_statement_is_its_postings(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    programme = town(clerk)
    order, _taken = used_with(clerk, programme)
    used_with(clerk, programme)
    used_with(clerk, programme)
    done(clerk, "pay.refund", {"order": order, "amount": "18.00 CNY"}, "mei")
    follow(clerk)
    assert ticked(clerk) == 0  # the week is not over
    clock.set(times.start_of_day("2022-06-06"))
    assert ticked(clerk) == 1 and ticked(clerk) == 0
    statement = row(clerk, "merchant_statement", f"{at('bakery')}:2022-06-06")
    earned = f"merchant:{at('bakery')}:earned"
    lines = clerk.store.query(
        "SELECT debit, credit, units FROM posting WHERE debit = ? OR credit = ?", (earned, earned)
    )
    net = sum(units if credit == earned else -units for debit, credit, units in lines if "due" not in credit)
    assert statement.cny == net == 10_00 and len(lines) == 5
    assert has(clerk, earned, "CNY/2") == 0
    whole(clerk)


# ---- at the table --------------------------------------------------------------------------------------------------


def table(clerk: Any) -> str:
    items = (("tea", "18.00 CNY", -1, None), ("cake", "22.50 CNY", 2, None), ("own_cup", "15.00 CNY", -1, "own_cup"))
    for item, price, left, behaviour in items:
        ask = {"item": item, "name": item, "price": price, "left": left, "behaviour": behaviour}
        done(clerk, "merchant.set_item", ask, "mei")
    return str(done(clerk, "merchant.set_table", {"label": "7", "till": at("table_till")}, "mei")["id"])


def test_two_phones_at_a_table_share_one_bill_that_is_paid_once(clerk: Any) -> None:
    town(clerk)
    seven = table(clerk)
    adds = [("zhang", "tea", 2), ("li", "cake", 1), ("li", "own_cup", 1), ("zhang", "tea", -1)]
    for who, item, count in adds:
        bill = done(clerk, "merchant.add_to_bill", {"table": seven, "item": item, "count": count}, who)
    assert bill["amount"] == "55.50 CNY"
    sent = [asked(clerk, "merchant.send_bill", {"table": seven, "revision": 4}, who) for who in ("zhang", "li")]
    first, second = [answer.receipt for answer in clerk.turn(sent)]
    assert first == second and row(clerk, "merchant_item", f"{at('bakery')}:cake").left == 1
    order = {"amount": first["amount"], "number": first["number"]}
    made = clerk.turn([asked(clerk, "pay.order", order, "table_till") for _ in range(2)])
    assert {answer.receipt["order"] for answer in made} == {first["order"]}
    paid = clerk.turn([asked(clerk, "pay.scan", {"order": first["order"]}, who) for who in ("zhang", "li")])
    assert [answer.code for answer in paid] == ["", "order.stage_paid"]
    after = done(clerk, "merchant.add_to_bill", {"table": seven, "item": "tea", "count": 1}, "li")
    assert after["bill"] != first["bill"] and after["amount"] == "18.00 CNY"
    check_whole(clerk)


def check_whole(clerk: Any) -> None:
    report = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables)
    assert not report.findings, report.findings


def test_the_last_cake_goes_to_the_bill_that_was_sent_first_and_comes_back_with_it(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    one, two = table(clerk), table(clerk)
    for place in (one, two):
        done(clerk, "merchant.add_to_bill", {"table": place, "item": "cake", "count": 2}, "zhang")
    sends = [asked(clerk, "merchant.send_bill", {"table": place, "revision": 1}, "zhang") for place in (one, two)]
    answers = clerk.turn(sends)
    assert [answer.code for answer in answers] == ["", "menu.line_sold"]
    order = {"amount": "45.00 CNY", "number": answers[0].receipt["number"]}
    assert do(clerk, "merchant.call_back_bill", {"table": one}, "zhang").code == "request.stage_wrong"
    done(clerk, "pay.order", order, "table_till")
    assert do(clerk, "merchant.call_back_bill", {"table": one}, "zhang").code == "request.stage_wrong"
    done(clerk, "pay.close", {"number": order["number"]}, "table_till")
    done(clerk, "merchant.call_back_bill", {"table": one}, "zhang")
    assert do(clerk, "pay.scan", {"order": answers[0].receipt["order"]}, "zhang").code == "order.stage_closed"
    done(clerk, "merchant.send_bill", {"table": two, "revision": 1}, "zhang")
    check_whole(clerk)


def test_a_line_that_says_own_cup_gives_its_payer_the_points(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    programme = town(clerk)
    seven = table(clerk)
    done(clerk, "merchant.add_to_bill", {"table": seven, "item": "own_cup", "count": 1}, "zhang")
    bill = done(clerk, "merchant.send_bill", {"table": seven, "revision": 1}, "zhang")
    habit = {"programme": programme, "behaviour": "own_cup", "order": bill["order"]}
    assert do(clerk, "merchant.record_habit", habit, "zhang").code == "behaviour.order_missing"
    done(clerk, "pay.order", {"amount": bill["amount"], "number": bill["number"]}, "table_till")
    done(clerk, "pay.scan", {"order": bill["order"]}, "zhang")
    assert do(clerk, "merchant.record_habit", habit, "li").code == "behaviour.order_missing"
    assert done(clerk, "merchant.record_habit", habit, "zhang")["points"] == 10
    whole(clerk)


# ---- documents -----------------------------------------------------------------------------------------------------


def test_a_receipt_is_kept_by_its_bytes_and_a_return_names_its_sale(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    ask = {"kind": "receipt", "document": '{"no":"1"}', "order": ordered(clerk)}
    sale = done(clerk, "merchant.keep_document", ask, "ning")
    assert done(clerk, "merchant.keep_document", ask, "mei") == sale
    found = row(clerk, "merchant_document", sale["id"])
    assert (found.person, found.printed, found.stage) == (at("zhang"), 0, "kept")
    back = {"kind": "return", "document": '{"of":"1"}', "sale": sale["id"]}
    done(clerk, "merchant.keep_document", back, "ning")
    assert row(clerk, "merchant_document", sale["id"]).stage == "returned"
    assert clerk.store.query("SELECT reverses FROM entry ORDER BY n DESC LIMIT 1") == [(found.act,)]
    assert not [one for (one,) in clerk.store.query("SELECT changes FROM entry") if '"no"' in str(one)]
    clock.set(found.ends)
    ticked(clerk)
    assert row(clerk, "merchant_document_text", sale["id"]).text == ""
    check_whole(clerk)


def test_what_a_document_says_goes_with_its_person(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    kept = {}
    for who in ("zhang", "li"):
        ask = {"kind": "receipt", "document": f'{{"for":"{who}"}}', "order": ordered(clerk, who)}
        kept[who] = done(clerk, "merchant.keep_document", ask, "ning")["id"]
    gone = {"natural": at("zhang"), "wallets": at("zhang_wallet"), "stage": "erased"}
    give(clerk, {}, people_person={at("zhang"): gone})
    ticked(clerk)
    texts = {who: row(clerk, "merchant_document_text", key).text for who, key in kept.items()}
    assert texts == {"zhang": "", "li": '{"for":"li"}'}
    check_whole(clerk)


# ---- things to rent ------------------------------------------------------------------------------------------------


def rented(clerk: Any, who: str = "zhang", **more: Any) -> tuple[str, str]:
    thing = done(
        clerk, "merchant.set_thing", {"kind": "power_bank", "shop": at("corner"), "price": "99.00 CNY"}, "mei"
    )["id"]
    give(clerk, {}, people_person={at(who): {"natural": at(who), "wallets": at(f"{who}_wallet"), "verified": 1}})
    rental = done(clerk, "merchant.rent", {"thing": thing, **more}, who)["rental"]
    assert do(clerk, "merchant.return_thing", {"thing": thing}, "ning").code == "request.stage_wrong"
    done(clerk, "merchant.confirm_rental", {"rental": rental}, who)
    return thing, rental


def test_two_hours_cost_six_yuan_and_coming_back_twice_costs_nothing_more(clerk: Any, clock: book.Clock) -> None:
    town(clerk)
    thing, _rental = rented(clerk)
    clock.set(clock() + 120 * MINUTE)
    back = {"thing": thing, "shop": at("station")}
    answers = clerk.turn([asked(clerk, "merchant.return_thing", back, "ning") for _ in range(10)])
    assert {answer.receipt["fee"] for answer in answers} == {"6.00 CNY"}
    assert has(clerk, f"wallet:{at('zhang_wallet')}", "CNY/2") == 494_00
    assert row(clerk, "merchant_thing", thing).shop == at("station")
    line = (f"person:{at('zhang')}:line", "LINE.rental/2")
    assert clerk.look([line])[line] == (200_00, 0)
    whole(clerk)


def test_what_never_comes_back_is_sold_at_its_price(clerk: Any, clock: book.Clock) -> None:
    town(clerk)
    thing, rental = rented(clerk)
    until = row(clerk, "merchant_rental", rental).until
    clock.set(until - 1)
    assert ticked(clerk) == 0
    clock.set(until)
    assert ticked(clerk) == 1 and ticked(clerk) == 0
    assert has(clerk, f"wallet:{at('zhang_wallet')}", "CNY/2") == 401_00
    assert row(clerk, "merchant_thing", thing).stage == "sold"
    assert do(clerk, "merchant.return_thing", {"thing": thing}, "ning").receipt["fee"] == "99.00 CNY"
    whole(clerk)


def test_a_fee_that_cannot_be_paid_is_tried_every_day_and_stops_nobody(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    thing, rental = rented(clerk)
    sink(clerk, f"wallet:{at('zhang_wallet')}", 499_00)
    clock.set(clock() + 120 * MINUTE)
    assert done(clerk, "merchant.return_thing", {"thing": thing}, "ning")["stage"] == "charged"
    line = (f"person:{at('zhang')}:line", "LINE.rental/2")
    assert clerk.look([line])[line] == (200_00, 99_00)
    clock.set(clock() + m.DAY)
    ticked(clerk)
    assert row(clerk, "merchant_rental", rental).stage == "charged"
    assert do(clerk, "merchant.rent", {"thing": thing}, "zhang").code == "rental.score_low"
    give(clerk, {f"wallet:{at('zhang_wallet')} CNY/2": "20.00 CNY"})
    clock.set(clock() + m.DAY)
    ticked(clerk)
    assert row(clerk, "merchant_rental", rental).stage == "done"
    assert clerk.look([line])[line] == (200_00, 0)
    assert has(clerk, f"wallet:{at('zhang_wallet')}", "CNY/2") == 15_00
    whole(clerk)


def test_a_deposit_is_held_and_all_but_the_fee_is_free_again(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    wallet = (f"wallet:{at('li_wallet')}", "CNY/2")
    thing, _rental = rented(clerk, "li", deposit=True)
    assert clerk.look([wallet])[wallet] == (500_00, 99_00)
    clock.set(clock() + 31 * MINUTE)
    done(clerk, "merchant.return_thing", {"thing": thing}, "ning")
    assert clerk.look([wallet])[wallet] == (497_00, 0)
    again = done(clerk, "merchant.rent", {"thing": thing, "deposit": True}, "li")["rental"]
    done(clerk, "merchant.confirm_rental", {"rental": again}, "li")
    clock.set(clock() + 5 * MINUTE)
    done(clerk, "merchant.return_thing", {"thing": thing}, "ning")
    assert clerk.look([wallet])[wallet] == (497_00, 0)
    whole(clerk)


@pytest.mark.parametrize("graph", [stages.HABIT, stages.COUPON, stages.RENTAL], ids=["habit", "coupon", "rental"])
def test_every_stage_is_reached_and_what_is_not_in_the_graph_is_refused(graph: dict[tuple[str, str], str]) -> None:
    reached, acts = {""}, {act for _, act in graph}
    for _ in graph:
        reached |= {to for (start, _), to in graph.items() if start in reached}
    assert reached == {start for start, _ in graph} | set(graph.values())
    for stage in reached:
        for act in acts:
            if (stage, act) not in graph:
                with pytest.raises(Refusal, match="request.stage_wrong"):
                    step(graph, stage, act)


def test_nobody_opens_a_programme_alone(sqlite_clerk: Any) -> None:
    town(sqlite_clerk)
    second = {"kind": "session", "person": at("mei"), "roles": "officer approver"}
    give(sqlite_clerk, {}, people_credential={at("second"): second})
    ask = {"act": "merchant.open_programme", "ask": {"name": "Streets", "points": 10}, "reason": "case-1", "hours": 24}
    proposal = {"proposal": done(sqlite_clerk, "desk.propose", ask, "officer")["proposal"]}
    assert do(sqlite_clerk, "desk.approve", proposal, "officer").code == "actor.approver_same"
    made = done(sqlite_clerk, "desk.approve", proposal, "second")["done"]["programme"]
    assert has(sqlite_clerk, f"campaign:{made}:pool", f"POINT.{made}/0") == 10
    whole(sqlite_clerk)
