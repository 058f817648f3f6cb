"""One contract for every store: what the ledger promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from typing import Any

import pytest
from ledger.plain import BANK, M, V, W, ask, clerk_of, codes, declared, pay

from saxaul.engine import Bound, HoldEnd, HoldOpen, Limit, Use
from saxaul.engine.clerk import ClerkGone
from saxaul.ledger.check import check
from saxaul.ledger.store import open_store

DAY = "2022-06-01"


@pytest.fixture
def books(dsn: str, clock: Any) -> Any:
    clerk = clerk_of(dsn, clock)
    clerk.turn([ask(1, clock, postings=[pay(BANK, W, 10_000)])])
    yield clerk
    if clerk.alive:
        clerk.close()
    report = check(open_store(dsn, read_only=True), clerk.declarations.chart, clerk.declarations.tables)
    assert report.findings == []


def balance(clerk: Any, address: str) -> tuple[int, int]:
    return clerk.look([(address, "ECNY/2")])[address, "ECNY/2"]


def test_it_works(books: Any, clock: Any) -> None:
    (answer,) = books.turn([ask(2, clock, postings=[pay(W, M, 250)])])
    assert not answer.code and answer.entry == 2
    assert balance(books, W) == (9_750, 0) and balance(books, M) == (250, 0)


def test_same_id_and_same_ask_give_the_same_answer_also_after_a_restart(books: Any, clock: Any, dsn: str) -> None:
    (first,) = books.turn([ask(2, clock, postings=[pay(W, M, 250)])])
    (again,) = books.turn([ask(2, clock, postings=[pay(W, M, 250)])])
    assert again.text == first.text and again.hit and not first.hit
    books.close(checkpoint=False)
    later = clerk_of(dsn, clock)
    (third,) = later.turn([ask(2, clock, postings=[pay(W, M, 250)])])
    assert third.text == first.text and balance(later, W) == (9_750, 0)
    later.close()


def test_same_id_and_other_ask_is_refused(books: Any, clock: Any) -> None:
    books.turn([ask(2, clock, postings=[pay(W, M, 250)])])
    (other,) = books.turn([ask(2, clock, postings=[pay(W, M, 251)])])
    assert other.code == "request.id_reused" and balance(books, M) == (250, 0)


@pytest.mark.parametrize("apart", [False, True])
def test_sixty_four_asks_of_one_id_have_one_effect(books: Any, clock: Any, apart: bool) -> None:
    asks = [ask(2, clock, postings=[pay(W, M, 250)]) for _ in range(64)]
    answers = [books.turn([one])[0] for one in asks] if apart else books.turn(asks)
    assert len({answer.text for answer in answers}) == 1 and sum(not answer.hit for answer in answers) == 1
    assert balance(books, M) == (250, 0)


def test_a_late_duplicate_of_a_refused_payment_stays_refused(books: Any, clock: Any) -> None:
    (short,) = books.turn([ask(2, clock, postings=[pay(V, M, 1)])])
    assert short.code == "wallet.funds_short" and short.facts["free"] == "0.00 ECNY"
    books.turn([ask(3, clock, postings=[pay(BANK, V, 500)])])
    (late,) = books.turn([ask(2, clock, postings=[pay(V, M, 1)])])
    assert late.code == "wallet.funds_short" and late.hit and balance(books, V) == (500, 0)
    (new,) = books.turn([ask(4, clock, postings=[pay(V, M, 1)])])
    assert not new.code


def test_a_refused_ask_moves_nothing_and_spoils_nobody_in_its_batch(books: Any, clock: Any) -> None:
    answers = books.turn(
        [
            ask(2, clock, postings=[pay(W, M, 100)]),
            ask(3, clock, postings=[pay(W, M, 1), pay(V, M, 1)]),
            ask(4, clock, fault=True),
            ask(5, clock, postings=[pay(W, M, 100)]),
        ]
    )
    assert codes(answers) == ["", "wallet.funds_short", "store.ask_dropped", ""]
    assert balance(books, M) == (200, 0)
    (mended,) = books.turn([ask(4, clock, postings=[pay(W, M, 1)])])
    assert not mended.code, "a dropped ask is not remembered under its id"


def test_held_money_is_not_free(books: Any, clock: Any) -> None:
    hold = "d" * 32
    books.turn([ask(2, clock, opens=[HoldOpen(hold, [pay(W, M, 9_000)], clock() + 60_000_000)])])
    (short,) = books.turn([ask(3, clock, postings=[pay(W, M, 2_000)])])
    assert short.code == "wallet.funds_short" and short.facts == {
        "need": "20.00 ECNY", "free": "10.00 ECNY", "held": "90.00 ECNY",
    }  # fmt: skip
    (captured,) = books.turn([ask(4, clock, ends=[HoldEnd(hold, "capture")], postings=[pay(W, M, 8_500)])])
    assert not captured.code and balance(books, W) == (1_500, 0)
    (twice,) = books.turn([ask(5, clock, ends=[HoldEnd(hold, "capture")], postings=[pay(W, M, 1)])])
    assert twice.code == "hold.stage_ended"


def test_a_hold_whose_end_has_passed_binds_nothing_before_anybody_sweeps(books: Any, clock: Any) -> None:
    hold = "d" * 32
    books.turn([ask(2, clock, opens=[HoldOpen(hold, [pay(W, M, 9_000)], clock() + 60_000_000)])])
    clock.now += 60_000_000
    (late,) = books.turn([ask(3, clock, ends=[HoldEnd(hold, "capture")], postings=[pay(W, M, 9_000)])])
    assert late.code == "hold.stage_ended"
    (spent,) = books.turn([ask(4, clock, postings=[pay(W, M, 10_000)])])
    assert not spent.code and balance(books, W) == (0, 0)


def test_a_capture_takes_no_more_than_was_held_however_much_is_free(books: Any, clock: Any) -> None:
    hold, other = "d" * 32, "e" * 32
    opened = [HoldOpen(hold, [pay(W, M, 3_000)]), HoldOpen(other, [pay(W, M, 2_000)])]
    books.turn([ask(2, clock, opens=opened)])
    capture = [HoldEnd(hold, "capture")]
    tries = [[pay(W, M, 3_001)], [pay(W, M, 3_000), pay(W, V, 1)], [pay(W, V, 1_500), pay(W, V, 1_501)]]
    refused = books.turn([ask(3 + n, clock, ends=capture, postings=some) for n, some in enumerate(tries)])
    assert codes(refused) == ["hold.amount_exceeded"] * 3
    assert refused[0].facts == {"asked": "30.01 ECNY", "held": "30.00 ECNY"}
    both = [HoldEnd(other, "capture"), *capture]  # two at once: what was held by both
    more, all_of_it = books.turn(
        [ask(7, clock, ends=both, postings=[pay(W, M, 5_001)]), ask(8, clock, ends=both, postings=[pay(W, M, 5_000)])]
    )
    assert more.code == "hold.amount_exceeded" and not all_of_it.code and balance(books, W) == (5_000, 0)


def test_a_hold_counts_usage_and_gives_it_back_when_released(books: Any, clock: Any) -> None:
    hold, use = "d" * 32, [Use(W, "pay", DAY, 3_000, 1)]
    limit = [Limit(W, "pay", DAY, "units", 5_000, "tier.day_exceeded")]
    books.turn([ask(2, clock, opens=[HoldOpen(hold, [pay(W, M, 3_000)])], uses=use, limits=limit)])
    (second,) = books.turn([ask(3, clock, postings=[pay(W, M, 3_000)], uses=use, limits=limit)])
    assert second.code == "tier.day_exceeded" and second.facts["left"] == "20.00 ECNY"
    books.turn([ask(4, clock, ends=[HoldEnd(hold, "release")])])
    (third,) = books.turn([ask(5, clock, postings=[pay(W, M, 3_000)], uses=use, limits=limit)])
    assert not third.code


def test_fifty_payments_of_200_against_5000_a_day_are_exactly_25(books: Any, clock: Any) -> None:
    books.turn([ask(2, clock, postings=[pay(BANK, W, 10_000_000)])])
    use, limit = [Use(W, "pay", DAY, 20_000, 1)], [Limit(W, "pay", DAY, "units", 500_000, "tier.day_exceeded")]
    answers = books.turn([ask(10 + n, clock, postings=[pay(W, M, 20_000)], uses=use, limits=limit) for n in range(50)])
    assert codes(answers).count("") == 25 and codes(answers).count("tier.day_exceeded") == 25


def test_twenty_refunds_of_10_on_100_are_exactly_10(books: Any, clock: Any) -> None:
    books.turn([ask(2, clock, postings=[pay(W, M, 10_000)])])
    answers = books.turn([ask(10 + n, clock, postings=[pay(M, W, 1_000)]) for n in range(20)])
    assert codes(answers).count("") == 10 and codes(answers).count("refund.payee_short") == 10


def test_a_bound_is_judged_on_what_is_true_after_the_plan(books: Any, clock: Any) -> None:
    bound = [Bound(V, "ECNY/2", "tier.balance_exceeded", at_most=100)]
    answers = books.turn([ask(10 + n, clock, postings=[pay(W, V, 40)], bounds=bound) for n in range(4)])
    assert codes(answers) == ["", "", "tier.balance_exceeded", "tier.balance_exceeded"]


def test_a_clerk_that_starts_anew_knows_what_the_old_one_knew(books: Any, clock: Any, dsn: str) -> None:
    hold = "d" * 32
    books.turn([ask(2, clock, opens=[HoldOpen(hold, [pay(W, M, 400)])], uses=[Use(W, "pay", DAY, 400, 1)])])
    books.rest()
    books.turn([ask(3, clock, postings=[pay(W, V, 100)], uses=[Use(W, "pay", DAY, 100, 1)])])
    head = books.state.hash
    books.close(checkpoint=False)
    later = clerk_of(dsn, clock)
    assert later.folded >= 1 and later.state.hash == head
    assert balance(later, W) == (9_900, 400) and later.state.usage[f"{W}|pay|{DAY}"] == (500, 2)
    assert later.state.holds[hold].postings[0].units == 400
    later.turn([ask(4, clock, ends=[HoldEnd(hold, "release")])])
    assert balance(later, W) == (9_900, 0)
    later.close()


def test_an_older_clerk_can_never_write_again(books: Any, clock: Any, dsn: str) -> None:
    books.store.query("SELECT 1")
    connection = books.store.reader().connection if books.store.name == "postgresql" else None
    del connection
    fence = books.store.fence
    books.store.fence = fence - 1  # what a paused clerk believes after a newer one took the lease
    with pytest.raises(ClerkGone):
        books.turn([ask(2, clock, postings=[pay(W, M, 1)])])
    books.store.fence = fence
    assert not books.alive


def test_entered_never_goes_back_whatever_the_clock_does(books: Any, clock: Any) -> None:
    clock.now += 10_000_000
    books.turn([ask(2, clock, postings=[pay(W, M, 1)])])
    after = books.state.entered
    clock.now -= 3_600_000_000
    books.turn([ask(3, clock, postings=[pay(W, M, 1)])])
    assert books.state.entered == after


def test_a_fault_behind_a_request_that_lacks_rows_costs_itself_alone(books: Any, clock: Any, dsn: str) -> None:
    """Those behind it are asked what they read: one stumbles at that, one names half, and all the others are done."""
    books.close()
    clerk = clerk_of(dsn, clock)  # nothing is in memory
    asked = [
        ask(2, clock, postings=[pay(W, V, 10)]), ask(3, clock, fault=True), ask(4, clock, postings=[pay(W, M, 20)]),
        ask(5, clock, postings=[pay(V, M, 10)]),
    ]  # fmt: skip
    assert codes(clerk.turn(asked)) == ["", "store.ask_dropped", "", ""]
    assert clerk.look([(W, "ECNY/2"), (V, "ECNY/2"), (M, "ECNY/2")]) == {
        (W, "ECNY/2"): (9_970, 0), (V, "ECNY/2"): (0, 0), (M, "ECNY/2"): (30, 0),
    }  # fmt: skip
    clerk.close()


def test_declarations_fit_the_chart() -> None:
    assert "plain.move" in declared().acts
