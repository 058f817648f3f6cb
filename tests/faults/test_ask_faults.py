"""A faulty ask is dropped alone: it leaves no trace in memory, and whoever stands in the same batch is served."""

from __future__ import annotations

from typing import Any

import pytest
from ledger.plain import BANK, M, V, W, ask, clerk_of, codes, declared, pay

from saxaul.engine import Change, HoldOpen, Use
from saxaul.ledger.check import check
from saxaul.ledger.store import open_store

HOLD = "d" * 32


@pytest.fixture
def books(dsn: str, clock: Any) -> Any:
    clerk = clerk_of(dsn, clock)
    clerk.turn([ask(1, clock, postings=[pay(BANK, W, 10_000)])])
    yield clerk
    assert clerk.alive, "one ask ended the clerk"
    clerk.close()
    reader = open_store(dsn, read_only=True)
    report = check(reader, clerk.declarations.chart, clerk.declarations.tables)
    reader.close()
    assert report.findings == []


def balance(clerk: Any, address: str) -> tuple[int, int]:
    return clerk.look([(address, "ECNY/2")])[address, "ECNY/2"]


def test_a_hold_that_is_open_already_leaves_nothing_behind(books: Any, clock: Any) -> None:
    books.turn([ask(2, clock, opens=[HoldOpen(HOLD, [pay(W, M, 1_000)])])])
    answers = books.turn(
        [ask(3, clock, opens=[HoldOpen(HOLD, [pay(W, M, 1_000)])]), ask(4, clock, postings=[pay(W, M, 1)])]
    )
    assert codes(answers) == ["store.ask_dropped", ""] and balance(books, W) == (9_999, 1_000)


def test_a_hold_that_ends_before_it_begins_is_refused(books: Any, clock: Any) -> None:
    late = [HoldOpen(HOLD, [pay(W, M, 1_000)], clock())]
    answers = books.turn([ask(2, clock, opens=late), ask(3, clock, postings=[pay(W, M, 1)])])
    assert codes(answers) == ["hold.stage_ended", ""] and balance(books, W) == (9_999, 0)


@pytest.mark.parametrize(
    "change",
    [
        Change("engine_cursor", "nobody", {"n": 1}),
        Change("engine_cursor", "bus", {"colour": 1}, new=True),
        Change("engine_cursor", "bus", {}, new=True),
    ],
    ids=["never made", "no such field", "field missing"],
)
def test_a_record_that_cannot_be_changed_leaves_nothing_behind(books: Any, clock: Any, change: Change) -> None:
    answers = books.turn(
        [ask(2, clock, postings=[pay(W, M, 1)], changes=[change]), ask(3, clock, postings=[pay(W, M, 1)])]
    )
    assert codes(answers) == ["store.ask_dropped", ""] and balance(books, M) == (1, 0)


def test_a_record_that_must_be_read_first_is_not_paid_for_twice(books: Any, clock: Any, dsn: str) -> None:
    books.turn([ask(2, clock, changes=[Change("engine_cursor", "bus", {"n": 1}, new=True)])])
    books.close(checkpoint=False)
    later = clerk_of(dsn, clock)
    books.store, books.state, books.alive = later.store, later.state, True  # the fixture closes the later one
    (answer,) = books.turn([ask(3, clock, postings=[pay(W, M, 5)], changes=[Change("engine_cursor", "bus", {"n": 2})])])
    assert not answer.code and balance(books, M) == (5, 0) and balance(books, W) == (9_995, 0)


def test_money_does_not_move_from_an_account_to_itself(books: Any, clock: Any) -> None:
    answers = books.turn([ask(2, clock, postings=[pay(W, W, 5)]), ask(3, clock, postings=[pay(W, M, 5)])])
    assert codes(answers) == ["store.ask_dropped", ""]


def test_a_sum_beyond_64_bits_is_dropped_alone(books: Any, clock: Any) -> None:
    most = 2**63 - 1
    asks = [ask(2, clock, postings=[pay(BANK, V, most)]), ask(3, clock, postings=[pay(BANK, V, most)])]
    answers = books.turn([*asks, ask(4, clock, postings=[pay(W, M, 5)])])
    assert codes(answers) == ["", "store.ask_dropped", ""] or codes(answers) == ["store.ask_dropped"] * 2 + [""]
    uses = [Use(W, "pay", "2022-06-01", most, 1)]
    answers = books.turn([ask(5 + n, clock, postings=[pay(W, M, 5)], uses=uses) for n in range(2)])
    assert codes(answers) == ["", "store.ask_dropped"] and balance(books, M) == (10, 0)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"], ids=["nul", "half a character"])
def test_a_text_the_database_cannot_keep_is_dropped_alone(books: Any, clock: Any, text: str) -> None:
    """PostgreSQL keeps no NUL; neither store keeps half a character. Neither may cost the others their payments."""
    poison = ask(3, clock, changes=[Change("engine_cursor", text, {"n": 1}, new=True)]) if "\x00" in text else None
    if poison is None:
        with pytest.raises(UnicodeEncodeError):  # does not even become a request
            ask(3, clock, changes=[Change("engine_cursor", text, {"n": 1}, new=True)])
        return
    answers = books.turn([ask(2, clock, postings=[pay(W, M, 1)]), poison, ask(4, clock, postings=[pay(W, M, 1)])])
    assert codes(answers)[::2] == ["", ""] and balance(books, M) == (2, 0)
    assert answers[1].code in ("", "store.ask_dropped")


def test_a_program_that_stumbles_drops_its_ask_alone(books: Any, clock: Any) -> None:
    from ledger import plain

    def stumble(facts: Any, ask: Any) -> Any:
        return {}["nothing here"] if ask.fault else plain.move(facts, ask)

    act = books.performer.acts["plain.move"]
    import dataclasses

    books.performer.acts["plain.move"] = dataclasses.replace(act, plan=stumble)
    answers = books.turn(
        [ask(2, clock, postings=[pay(W, M, 1)]), ask(3, clock, fault=True), ask(4, clock, postings=[pay(W, M, 1)])]
    )
    assert codes(answers) == ["", "store.ask_dropped", ""] and balance(books, M) == (2, 0)


def test_what_is_in_memory_is_newer_than_the_checkpoint(books: Any, clock: Any) -> None:
    """A month begins: its counter has to be read, the year's is in memory and newer than its checkpoint row."""
    use = lambda day, units: [Use(W, "pay", day, units, 1)]  # noqa: E731
    books.turn([ask(2, clock, postings=[pay(W, M, 1)], uses=use("2022-06-01", 100))])
    books.rest()
    books.turn([ask(3, clock, postings=[pay(W, M, 1)], uses=use("2022-06-01", 10))])
    books.turn([ask(4, clock, postings=[pay(W, M, 1)], uses=use("2022-07-01", 1))])
    assert books.state.usage[f"{W}|pay|2022"] == (111, 3)


def test_declarations_hold_the_accounts_of_these_tests() -> None:
    for address in (W, V, M, BANK):
        assert declared().chart.fit((address, "ECNY/2"))
