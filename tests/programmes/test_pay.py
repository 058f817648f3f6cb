"""Paying by code, orders, holds, refunds and between persons: what a town relies on, and many hands at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import paytown as t
import pytest
from paytown import at, do, done

from saxaul.kernel import times
from saxaul.programmes.pay import dues, emvco
from saxaul.programmes.pay.codes import static_key
from saxaul.programmes.pay.parties import order_key


def ways(clerk: Any, requests: list[Any], *, together: bool) -> Counter[str]:
    """The codes of the answers, in one unit of work or one after the other."""
    answers = clerk.turn(requests) if together else [clerk.turn([one])[0] for one in requests]
    return Counter(answer.code or "done" for answer in answers)


def test_it_works(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    code = t.sticker(sqlite_clerk, shop=at("corner"))
    paid = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "12.50 CNY"}, "zhang")
    assert paid == {
        "order": paid["order"], "stage": "captured", "merchant": at("bakery"), "shop": at("corner"),
        "amount": "12.50 CNY", "pockets": ["12.50 ECNY"],
    }  # fmt: skip
    assert t.has(sqlite_clerk, t.takings()) == 1250
    assert t.has(sqlite_clerk, t.wallet("zhang")) == 498_750


def test_an_order_is_paid_once_at_the_price_that_was_shown(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    made = done(sqlite_clerk, "pay.order", {"amount": "20.00 CNY", "number": "A-1"}, "mei")
    again = done(sqlite_clerk, "pay.order", {"amount": "20.00 CNY", "number": "A-1"}, "mei")
    assert again == made and made["order"] == order_key(at("bakery"), "A-1")
    assert do(sqlite_clerk, "pay.order", {"amount": "21.00 CNY", "number": "A-1"}, "mei").code == "request.id_reused"
    new = done(sqlite_clerk, "pay.revise", {"order": made["order"], "amount": "18.00 CNY"}, "mei")
    stale = do(sqlite_clerk, "pay.scan", {"code": made["code"]}, "zhang")
    assert stale.code == "order.revision_changed"
    assert stale.facts == {"order": made["order"], "price": "18.00 CNY", "shown": "20.00 CNY"}
    assert do(sqlite_clerk, "pay.scan", {"order": made["order"], "revision": 1}, "zhang").code == stale.code
    assert done(sqlite_clerk, "pay.scan", {"code": new["code"]}, "zhang")["amount"] == "18.00 CNY"
    assert do(sqlite_clerk, "pay.scan", {"code": new["code"]}, "li").code == "order.stage_paid"
    assert do(sqlite_clerk, "pay.close", {"number": "A-1"}, "mei").code == "order.stage_paid"


def test_what_is_wrong_with_a_code_is_said(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    code = t.sticker(sqlite_clerk, shop=at("corner"))
    pay = {"amount": "1.00 CNY"}
    flipped = code.replace("BAKERY", "BAKERS").replace("Bakery", "Bakers")
    assert do(sqlite_clerk, "pay.scan", {"code": flipped, **pay}, "zhang").code == "qr.checksum_wrong"
    forged = emvco.encode(replace(emvco.decode(code), merchant=at("florist")))
    assert do(sqlite_clerk, "pay.scan", {"code": forged, **pay}, "zhang").code == "qr.signature_wrong"
    foreign = emvco.encode(replace(emvco.decode(code), network="saxaul.harbin"))
    assert do(sqlite_clerk, "pay.scan", {"code": foreign, **pay}, "zhang").code == "qr.code_unknown"
    made = done(sqlite_clerk, "pay.order", {"amount": "20.00 CNY", "minutes": 5}, "mei")
    clock.now += 5 * t.MINUTE
    late = do(sqlite_clerk, "pay.scan", {"code": made["code"]}, "zhang")
    assert late.code == "qr.code_expired" and late.facts["price"] == "20.00 CNY"
    done(sqlite_clerk, "pay.withdraw_static_code", {"key": static_key(code)}, "mei")
    assert do(sqlite_clerk, "pay.scan", {"code": code, **pay}, "zhang").code == "qr.signature_wrong"


def test_a_thousand_forged_stickers_pay_nobody(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    real = emvco.decode(t.sticker(sqlite_clerk, shop=at("corner")))
    forged = [
        emvco.encode(replace(real, merchant=at(f"thief{n}") if n % 2 else real.merchant, reference=f"f{n}"))
        for n in range(1000)
    ]
    asks = [t.asked(sqlite_clerk, "pay.scan", {"code": code, "amount": "1.00 CNY"}, "zhang") for code in forged]
    answers = [answer for n in range(0, 1000, 500) for answer in sqlite_clerk.turn(asks[n : n + 500])]
    assert {answer.code for answer in answers} == {"qr.signature_wrong"}


def test_a_shown_code_is_used_once_and_lives_a_minute(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    digits = t.showing(sqlite_clerk, "zhang")
    clock.now += 59_999_999
    paid = done(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "8.00 CNY"}, "mei")
    assert paid["stage"] == "captured" and t.has(sqlite_clerk, t.takings()) == 800
    assert do(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "8.00 CNY"}, "fang").code == "qr.code_used"
    late = t.showing(sqlite_clerk, "zhang")
    clock.now += 61 * times.SECOND
    assert do(sqlite_clerk, "pay.by_code", {"code": late, "amount": "8.00 CNY"}, "mei").code == "qr.code_expired"


@pytest.mark.parametrize("together", [True, False])
def test_two_merchants_race_for_one_code(clerk: Any, together: bool) -> None:
    t.town(clerk)
    digits = t.showing(clerk, "zhang")
    asks = [t.asked(clerk, "pay.by_code", {"code": digits, "amount": "8.00 CNY"}, who) for who in ("mei", "fang")]
    assert ways(clerk, asks, together=together) == {"done": 1, "qr.code_used": 1}


def test_above_the_no_pin_limit_the_order_waits_for_its_payer(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    digits = t.showing(sqlite_clerk, "zhang")
    waits = done(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "1000.01 CNY", "number": "B1"}, "mei")
    key = waits["order"]
    assert waits["stage"] == "confirming" and t.has(sqlite_clerk, t.takings()) == 0
    assert sqlite_clerk.look([(t.wallet("zhang"), "ECNY/2")])[t.wallet("zhang"), "ECNY/2"] == (500_000, 100_001)
    assert do(sqlite_clerk, "pay.confirm", {"order": key}, "li").code == "request.object_missing"
    id = t.fresh(sqlite_clerk)
    assert do(sqlite_clerk, "pay.confirm", {"order": key}, "zhang", id=id).code == "actor.step_missing"
    proofs = t.proof("zhang", "bakery", "1000.01 CNY", until=clock.now + t.MINUTE)
    paid = done(sqlite_clerk, "pay.confirm", {"order": key}, "zhang", id=id, proofs=proofs)
    assert paid["stage"] == "captured" and t.has(sqlite_clerk, t.takings()) == 100_001
    assert do(sqlite_clerk, "pay.confirm", {"order": key}, "zhang", proofs=proofs).code == "order.stage_paid"


def test_no_answer_frees_the_money_and_the_payer_is_told(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    digits = t.showing(sqlite_clerk, "zhang")
    key = done(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "2000.00 CNY"}, "mei")["order"]
    clock.now += 45 * times.SECOND
    proofs = t.proof("zhang", "bakery", "2000.00 CNY", until=2**62)
    assert do(sqlite_clerk, "pay.confirm", {"order": key}, "zhang", proofs=proofs).code == "hold.stage_ended"
    (due,) = list(dues.orders(sqlite_clerk.store, clock.now))
    assert due.ask.order == key
    (answer,) = sqlite_clerk.turn([due])
    assert answer.receipt["stage"] == "created"
    assert sqlite_clerk.turn([due])[0].hit
    assert sqlite_clerk.look([(t.wallet("zhang"), "ECNY/2")])[t.wallet("zhang"), "ECNY/2"] == (500_000, 0)
    clock.now += 120 * t.MINUTE
    (due,) = list(dues.orders(sqlite_clerk.store, clock.now))
    assert sqlite_clerk.turn([due])[0].receipt["stage"] == "closed"
    assert not list(dues.orders(sqlite_clerk.store, clock.now))


def test_a_declined_order_can_be_paid_another_way(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    digits = t.showing(sqlite_clerk, "zhang")
    key = done(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "2000.00 CNY", "number": "C"}, "mei")["order"]
    assert done(sqlite_clerk, "pay.decline", {"order": key}, "zhang")["stage"] == "created"
    again = t.showing(sqlite_clerk, "li")
    paid = done(sqlite_clerk, "pay.by_code", {"code": again, "number": "C"}, "mei")
    assert paid["stage"] == "confirming" and paid["order"] == key


def test_a_hold_is_captured_once_and_the_rest_comes_back(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk, tier=2)
    made = done(sqlite_clerk, "pay.order", {"amount": "99.00 CNY"}, "mei")
    held = done(sqlite_clerk, "pay.hold", {"code": made["code"]}, "zhang")
    assert held["stage"] == "held"
    day = f"{t.wallet('zhang')}|pay|2022-06-01"
    sqlite_clerk.state.gather([("usage", day)])
    assert sqlite_clerk.state.usage[day] == (9900, 1)
    over = do(sqlite_clerk, "pay.capture", {"order": made["order"], "amount": "99.01 CNY"}, "mei")
    assert over.code == "hold.amount_exceeded"
    got = done(sqlite_clerk, "pay.capture", {"order": made["order"], "amount": "30.00 CNY"}, "mei")
    assert (got["amount"], got["released"]) == ("30.00 CNY", "69.00 CNY")
    assert sqlite_clerk.state.usage[day] == (3000, 1)
    assert do(sqlite_clerk, "pay.capture", {"order": made["order"]}, "mei").code == "hold.stage_ended"
    assert (
        do(sqlite_clerk, "pay.refund", {"order": made["order"], "amount": "30.01 CNY"}, "mei").code
        == "refund.sum_exceeded"
    )  # noqa: E501
    assert t.has(sqlite_clerk, t.wallet("zhang")) == 497_000


def test_a_released_hold_gives_its_usage_back(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    made = done(sqlite_clerk, "pay.order", {"amount": "99.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.hold", {"order": made["order"]}, "zhang")
    assert done(sqlite_clerk, "pay.release", {"order": made["order"]}, "mei")["stage"] == "released"
    assert sqlite_clerk.state.usage[f"{t.wallet('zhang')}|pay|2022-06-01"] == (0, 0)
    assert do(sqlite_clerk, "pay.release", {"order": made["order"]}, "mei").code == "hold.stage_ended"
    assert do(sqlite_clerk, "pay.scan", {"order": made["order"]}, "zhang").code == "order.stage_closed"


def test_a_hold_nobody_took_expires(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    made = done(sqlite_clerk, "pay.order", {"amount": "99.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.hold", {"order": made["order"]}, "zhang")
    clock.now += 7 * times.DAY
    assert do(sqlite_clerk, "pay.capture", {"order": made["order"]}, "mei").code == "hold.stage_ended"
    (due,) = list(dues.orders(sqlite_clerk.store, clock.now))
    assert sqlite_clerk.turn([due])[0].receipt["stage"] == "expired"


def test_reversing_before_the_payment_arrives_leaves_a_tombstone(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    first = done(sqlite_clerk, "pay.reverse", {"number": "D"}, "mei")
    assert first["stage"] == "closed" and done(sqlite_clerk, "pay.reverse", {"number": "D"}, "mei") == first
    digits = t.showing(sqlite_clerk, "zhang")
    late = do(sqlite_clerk, "pay.by_code", {"code": digits, "amount": "8.00 CNY", "number": "D"}, "mei")
    assert late.code in ("order.stage_closed", "order.revision_changed")
    assert do(sqlite_clerk, "pay.order", {"amount": "8.00 CNY", "number": "D"}, "mei").code == "order.stage_closed"


def test_a_reversed_payment_gives_money_and_usage_back(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk, receives=100_000)
    code = t.sticker(sqlite_clerk)
    one = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "12.50 CNY"}, "zhang")["order"]
    two = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "10.00 CNY"}, "zhang")["order"]
    back = done(sqlite_clerk, "pay.reverse", {"order": one}, "mei")
    assert (back["stage"], back["amount"]) == ("reversed", "12.50 CNY")
    assert done(sqlite_clerk, "pay.reverse", {"order": one}, "mei") == back
    usage = sqlite_clerk.state.usage
    for counter in (f"{t.wallet('zhang')}|pay", f"{t.wallet('zhang')}|static", f"merchant:{at('bakery')}|received"):
        assert usage[f"{counter}|2022-06-01"] == (1000, 1)
    clock.now += times.DAY
    done(sqlite_clerk, "pay.reverse", {"order": two}, "mei")
    assert usage[f"{t.wallet('zhang')}|pay|2022-06-01"] == (1000, 1)
    assert t.has(sqlite_clerk, t.wallet("zhang")) == 500_000


def test_refunds_stay_below_what_was_captured(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    code = t.sticker(sqlite_clerk)
    key = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "100.00 CNY"}, "zhang")["order"]
    ask = {"order": key, "amount": "40.00 CNY", "refund": "R1"}
    first = done(sqlite_clerk, "pay.refund", ask, "mei")
    assert (first["stage"], first["left"], first["pockets"]) == ("part_refunded", "60.00 CNY", ["40.00 ECNY"])
    again = done(sqlite_clerk, "pay.refund", ask, "mei")
    assert again == first and t.has(sqlite_clerk, t.takings()) == 6000
    assert do(sqlite_clerk, "pay.refund", {**ask, "amount": "41.00 CNY"}, "mei").code == "request.id_reused"
    rest = done(sqlite_clerk, "pay.refund", {"order": key, "amount": "60.00 CNY"}, "mei")
    assert rest["stage"] == "refunded"
    assert do(sqlite_clerk, "pay.refund", {"order": key, "amount": "0.01 CNY"}, "mei").code == "refund.sum_exceeded"
    late = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "1.00 CNY"}, "zhang")["order"]
    clock.now += 365 * times.DAY
    assert do(sqlite_clerk, "pay.refund", {"order": late, "amount": "1.00 CNY"}, "mei").code == "refund.window_closed"


def test_the_fifty_first_refund_and_a_merchant_without_money(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    code = t.sticker(sqlite_clerk)
    key = done(sqlite_clerk, "pay.scan", {"code": code, "amount": "1.00 CNY"}, "zhang")["order"]
    asks = [t.asked(sqlite_clerk, "pay.refund", {"order": key, "amount": "0.01 CNY"}, "mei") for _ in range(51)]
    assert ways(sqlite_clerk, asks, together=True) == {"done": 50, "refund.count_exceeded": 1}
    t.give(sqlite_clerk, pay_order={at("old"): {
        "merchant": at("florist"), "asset": "CNY/2", "units": 500, "stage": "captured", "captured": 500,
        "payer": at("zhang_wallet"), "split": "ECNY/2:500:500:", "paid": at("old"), "paid_at": sqlite_clerk.clock(),
    }})  # fmt: skip
    assert (
        do(sqlite_clerk, "pay.refund", {"order": at("old"), "amount": "5.00 CNY"}, "fang").code == "refund.payee_short"
    )  # noqa: E501


@pytest.mark.parametrize("together", [True, False])
def test_twenty_refunds_of_ten_on_a_hundred_are_ten(clerk: Any, together: bool) -> None:
    t.town(clerk)
    key = done(clerk, "pay.scan", {"code": t.sticker(clerk), "amount": "100.00 CNY"}, "zhang")["order"]
    asks = [t.asked(clerk, "pay.refund", {"order": key, "amount": "10.00 CNY"}, "mei") for _ in range(20)]
    assert ways(clerk, asks, together=together) == {"done": 10, "refund.sum_exceeded": 10}
    assert t.has(clerk, t.wallet("zhang")) == 500_000


@pytest.mark.parametrize("together", [True, False])
def test_fifty_payments_of_200_against_a_day_of_5000_are_twenty_five(clerk: Any, together: bool) -> None:
    t.town(clerk, money="10000.00 ECNY", tier=4)
    made = clerk.turn([t.asked(clerk, "pay.order", {"amount": "200.00 CNY"}, "mei") for _ in range(50)])
    asks = [t.asked(clerk, "pay.scan", {"code": one.receipt["code"]}, "zhang") for one in made]
    assert ways(clerk, asks, together=together) == {"done": 25, "tier.day_exceeded": 25}
    assert t.has(clerk, t.takings()) == 500_000


@pytest.mark.parametrize("together", [True, False])
def test_sixty_four_times_the_same_id_is_one_payment(clerk: Any, together: bool) -> None:
    t.town(clerk)
    one = t.asked(clerk, "pay.scan", {"code": t.sticker(clerk), "amount": "5.00 CNY"}, "zhang")
    answers = clerk.turn([one] * 64) if together else [clerk.turn([one])[0] for _ in range(64)]
    assert len({answer.text for answer in answers}) == 1 and t.has(clerk, t.takings()) == 500


def test_static_codes_have_a_day_limit_of_their_own(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    code = t.sticker(sqlite_clerk)
    done(sqlite_clerk, "pay.scan", {"code": code, "amount": "500.00 CNY"}, "zhang")
    assert do(sqlite_clerk, "pay.scan", {"code": code, "amount": "0.01 CNY"}, "zhang").code == "tier.static_exceeded"
    assert do(sqlite_clerk, "pay.scan", {"code": code, "amount": "500.01 CNY"}, "li").code == "tier.static_exceeded"
    made = done(sqlite_clerk, "pay.order", {"amount": "600.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.scan", {"code": made["code"]}, "zhang")


def test_a_merchant_receives_no_more_than_its_limit_and_the_payer_is_not_told_it(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk, receives=1000)
    code = t.sticker(sqlite_clerk)
    done(sqlite_clerk, "pay.scan", {"code": code, "amount": "10.00 CNY"}, "zhang")
    full = do(sqlite_clerk, "pay.scan", {"code": code, "amount": "0.01 CNY"}, "li")
    assert full.code == "payee.limit_exceeded" and full.facts == {}


def test_tills_and_suspended_merchants(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    ask = {"amount": "1.00 CNY", "terminal": at("florist_till")}
    assert do(sqlite_clerk, "pay.order", ask, "mei").code == "merchant.terminal_foreign"
    made = done(sqlite_clerk, "pay.order", {**ask, "terminal": at("till")}, "mei")
    t.give(sqlite_clerk, people_organisation={at("bakery"): {"stage": "suspended"}})
    assert do(sqlite_clerk, "pay.scan", {"code": made["code"]}, "zhang").code == "merchant.stage_suspended"
    assert do(sqlite_clerk, "pay.order", {"amount": "1.00 CNY"}, "mei").code == "merchant.stage_suspended"
    t.give(sqlite_clerk, people_organisation={at("bakery"): {"stage": "closed"}})
    assert do(sqlite_clerk, "pay.scan", {"code": made["code"]}, "zhang").code == "payee.account_missing"


def test_sending_between_persons(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk, tier=4, money="5000.00 ECNY")
    ask = {"payee": at("li_wallet"), "amount": "100.00 ECNY"}
    assert done(sqlite_clerk, "pay.send", ask, "zhang") == {"payee": at("li_wallet"), "amount": "100.00 ECNY"}
    t.give(sqlite_clerk, {f"{t.wallet('li')} ECNY/2": "4899.99 ECNY"})
    full = do(sqlite_clerk, "pay.send", {**ask, "amount": "0.02 ECNY"}, "zhang")
    assert full.code == "tier.balance_exceeded" and full.facts == {}
    assert do(sqlite_clerk, "pay.send", {**ask, "payee": at("zhang_wallet")}, "zhang").code == "payee.party_same"
    assert do(sqlite_clerk, "pay.send", {**ask, "payee": at("nobody")}, "zhang").code == "payee.account_missing"


def test_a_shared_bill_sums_to_the_fen_and_a_request_ends(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk)
    ask = {"payers": [at("li"), at("wu")], "amount": "10.00 CNY"}
    shared = done(sqlite_clerk, "pay.split_bill", ask, "zhang")
    assert (shared["own"], shared["shares"]) == ("3.34 CNY", ["3.33 CNY", "3.33 CNY"])
    t.give(sqlite_clerk, {f"{t.wallet('li')} CNY/2": "10.00 CNY"})
    yes = done(sqlite_clerk, "pay.answer_request", {"request": shared["requests"][0], "pay": True}, "li")
    assert yes["stage"] == "paid" and t.has(sqlite_clerk, t.wallet("zhang"), "CNY/2") == 333
    answer = do(sqlite_clerk, "pay.answer_request", {"request": shared["requests"][0], "pay": True}, "li")
    assert answer.code == "request.stage_wrong"
    clock.now += times.DAY
    late = do(sqlite_clerk, "pay.answer_request", {"request": shared["requests"][1], "pay": True}, "wu")
    assert late.code == "request.stage_wrong" and late.facts["stage"] == "expired"
    (due,) = list(dues.requests(sqlite_clerk.store, clock.now))
    assert sqlite_clerk.turn([due])[0].receipt["stage"] == "expired"


def test_a_refund_to_a_closed_wallet_waits_with_the_operator(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    key = done(sqlite_clerk, "pay.scan", {"code": t.sticker(sqlite_clerk), "amount": "5.00 CNY"}, "zhang")["order"]
    t.give(sqlite_clerk, people_wallet={at("zhang_wallet"): {"stage": "closed"}})
    back = done(sqlite_clerk, "pay.refund", {"order": key, "amount": "5.00 CNY"}, "mei")
    assert (back["refund_stage"], back["stage"]) == ("stuck", "refunded")
    assert t.has(sqlite_clerk, "operator:WEBANK:suspense") == 500


def test_frozen_while_held_is_not_captured(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    made = done(sqlite_clerk, "pay.order", {"amount": "99.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.hold", {"order": made["order"]}, "zhang")
    t.give(sqlite_clerk, people_wallet={at("zhang_wallet"): {"stage": "frozen"}})
    assert do(sqlite_clerk, "pay.capture", {"order": made["order"]}, "mei").code == "wallet.stage_frozen"
    assert done(sqlite_clerk, "pay.release", {"order": made["order"]}, "mei")["stage"] == "released"


def test_books_agree_after_all_of_it(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    made = done(sqlite_clerk, "pay.order", {"amount": "99.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.hold", {"code": made["code"]}, "zhang")
    done(sqlite_clerk, "pay.capture", {"order": made["order"], "amount": "30.00 CNY"}, "mei")
    done(sqlite_clerk, "pay.refund", {"order": made["order"], "amount": "10.00 CNY"}, "mei")
    t.agrees(sqlite_clerk)
