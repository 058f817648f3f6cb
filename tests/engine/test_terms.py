"""Terms: the value in force at an instant, to the microsecond of the city's midnight, and nothing without a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import book
import pytest

from saxaul.engine.terms import Term, Terms, TermsFaulty
from saxaul.kernel import times
from saxaul.kernel.amounts import Rate

CHANGE = times.start_of_day("2021-06-11")
GOOD = """
[tier.4.payment_limit]
says = "Most that one payment may be."
unit = "ECNY/2"
2020-08-29 = { value = 50_000, status = "published", source = "a report" }
2021-06-11 = { value = 200_000, status = "published", source = "another report" }
"""


def load(folder: Path, *bodies: str) -> Terms:
    paths = []
    for place, body in enumerate(bodies):
        paths.append(folder / f"{place}.toml")
        paths[-1].write_text(body, "utf-8")
    return Terms.load(paths)


def faults(folder: Path, *bodies: str) -> str:
    with pytest.raises(TermsFaulty) as raised:
        load(folder, *bodies)
    return "\n".join(raised.value.faults)


def test_it_works(tmp_path: Path) -> None:
    terms = load(tmp_path, GOOD)
    assert terms.at("tier.4.payment_limit", times.start_of_day("2022-01-01")) == 200_000
    assert terms.names() == ["tier.4.payment_limit"]


def test_a_new_value_holds_from_midnight_in_the_city_and_not_a_microsecond_before(tmp_path: Path) -> None:
    terms = load(tmp_path, GOOD)
    assert times.text(CHANGE) == "2021-06-10T16:00:00.000000Z"
    assert terms.at("tier.4.payment_limit", CHANGE - 1) == 50_000
    assert terms.at("tier.4.payment_limit", CHANGE) == 200_000
    assert terms.at("tier.4.payment_limit", CHANGE - 1) == 50_000, "asking for later leaves the earlier as it was"


def test_before_its_first_day_a_term_has_no_value(tmp_path: Path) -> None:
    terms = load(tmp_path, GOOD)
    start = times.start_of_day("2020-08-29")
    assert terms.at("tier.4.payment_limit", start - 1) is None
    assert terms.at("tier.4.payment_limit", start) == 50_000


def test_a_value_can_end(tmp_path: Path) -> None:
    ended = '2022-01-01 = { none = true, status = "not_published", source = "a report" }\n'
    terms = load(tmp_path, GOOD + ended)
    assert terms.at("tier.4.payment_limit", times.start_of_day("2022-01-01") - 1) == 200_000
    assert terms.at("tier.4.payment_limit", times.start_of_day("2022-01-01")) is None


def test_a_city_adds_a_later_value_in_a_file_of_its_own(tmp_path: Path) -> None:
    own = """
    [tier.4.payment_limit]
    says = "Most that one payment may be."
    unit = "ECNY/2"
    2023-01-01 = { value = 100_000, status = "assumed", source = "our city" }
    """
    terms = load(tmp_path, GOOD, own)
    assert terms.at("tier.4.payment_limit", times.start_of_day("2022-12-31")) == 200_000
    assert terms.at("tier.4.payment_limit", times.start_of_day("2023-01-01")) == 100_000


def test_what_two_officers_set_counts_from_its_day_and_leaves_the_shipped_terms_alone(tmp_path: Path) -> None:
    shipped = load(tmp_path, GOOD)
    row = Term("tier.4.payment_limit", "", "2022-07-01", 150_000, "ECNY/2", "published", "an order", "", "")
    amended, start = shipped.amended([row]), times.start_of_day("2022-07-01")
    assert amended.at("tier.4.payment_limit", start - 1) == 200_000
    assert amended.at("tier.4.payment_limit", start) == 150_000
    assert shipped.at("tier.4.payment_limit", start) == 200_000
    assert amended.version(start) != shipped.version(start) and amended.version(CHANGE) == shipped.version(CHANGE)


def test_the_version_changes_with_a_value_and_only_then(tmp_path: Path) -> None:
    terms = load(tmp_path, GOOD)
    first, second = terms.version(CHANGE - 1), terms.version(CHANGE)
    assert first != second and len(first) == 12
    assert terms.version(CHANGE + 400 * times.DAY) == second
    (tmp_path / "again").mkdir()
    assert load(tmp_path / "again", GOOD).version(CHANGE) == second
    (tmp_path / "other").mkdir()
    assert load(tmp_path / "other", GOOD.replace("200_000", "200_001")).version(CHANGE) != second


def test_kinds_of_values(tmp_path: Path) -> None:
    terms = load(
        tmp_path,
        """
        [fee.rate]
        says = "Of a payment."
        unit = "CNY/2"
        2022-01-01 = { value = 6, of = 1000, status = "assumed", source = "ours" }
        [fee.names]
        says = "Who pays none."
        unit = "list"
        2022-01-01 = { value = ["a", "b"], status = "assumed", source = "ours" }
        """,
    )
    assert terms.at("fee.rate", book.NOON) == Rate(6, 1000)
    assert terms.at("fee.names", book.NOON) == ("a", "b")


def test_a_name_nobody_wrote_is_a_fault_of_the_program(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="pay.nothing"):
        load(tmp_path, GOOD).at("pay.nothing", book.NOON)


REFUSED = {
    "no day": ('x = { value = 1, status = "assumed", source = "ours" }', "x is no day"),
    "no such day": ('2021-02-30 = { value = 1, status = "assumed", source = "ours" }', "2021-02-30 is no day"),
    "no source": ('2021-01-01 = { value = 1, status = "assumed" }', "has no source"),
    "empty source": ('2021-01-01 = { value = 1, status = "assumed", source = "" }', "has no source"),
    "no status": ('2021-01-01 = { value = 1, source = "ours" }', "has no status"),
    "our word published": ('2021-01-01 = { value = 1, status = "published", source = "ours" }', "our own word"),
    "a fraction": ('2021-01-01 = { value = 0.5, status = "assumed", source = "ours" }', "not a whole number"),
    "both": ('2021-01-01 = { value = 1, none = true, status = "assumed", source = "ours" }', "needs either"),
    "neither": ('2021-01-01 = { status = "assumed", source = "ours" }', "needs either"),
    "no rate": ('2021-01-01 = { value = 1, of = 0, status = "assumed", source = "ours" }', "is no rate"),
    "a slip": ('2021-01-01 = { value = 1, sorce = "x", status = "assumed", source = "ours" }', "sorce, which nobody"),
    "nothing": ("", "has no dated value"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_count_stops_the_start(tmp_path: Path, name: str) -> None:
    row, sentence = REFUSED[name]
    assert sentence in faults(tmp_path, f'[a.b]\nsays = "A number."\nunit = "days"\n{row}\n')


def test_a_term_needs_a_sentence_and_a_unit(tmp_path: Path) -> None:
    told = faults(tmp_path, '[a.b]\n2021-01-01 = { value = 1, status = "assumed", source = "ours" }\n')
    assert "needs `says`" in told and "has no unit" in told


def test_a_source_that_the_file_does_not_describe_is_a_slip(tmp_path: Path) -> None:
    told = faults(tmp_path, '[source.x]\ntitle = "X"\nwhere = "there"\n' + GOOD)
    assert "names the source a report, which this file does not describe" in told


def test_two_files_may_not_say_different_things_of_one_day(tmp_path: Path) -> None:
    assert "has a value from 2020-08-29 in another file already" in faults(tmp_path, GOOD, GOOD)


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    told = faults(tmp_path, "this is not TOML", GOOD.replace('"a report"', '""'), GOOD.replace("says", "say"))
    assert "0.toml: not TOML" in told and "1.toml: tier.4.payment_limit from 2020-08-29 has no source" in told
    assert "2.toml: tier.4.payment_limit needs `says`" in told


PUBLISHED: dict[str, dict[int, tuple[Any, Any, Any, Any]]] = {
    "2020-08-29": {
        1: (50_000_000, 5_000_000, 10_000_000, 50_000_000), 2: (1_000_000, 500_000, 1_000_000, 30_000_000),
        3: (200_000, 200_000, 200_000, 5_000_000), 4: (100_000, 50_000, 100_000, 1_000_000),
    },
    "2021-06-11": {
        1: (None, None, None, None), 2: (50_000_000, 5_000_000, 10_000_000, None),
        3: (2_000_000, 500_000, 1_000_000, None), 4: (1_000_000, 200_000, 500_000, 5_000_000),
    },
}  # fmt: skip


@pytest.mark.parametrize("day", PUBLISHED)
@pytest.mark.parametrize("tier", [1, 2, 3, 4])
def test_the_limits_that_ship_are_those_of_both_generations(day: str, tier: int) -> None:
    terms = book.terms()
    names = ("balance_limit", "payment_limit", "day_total_limit", "year_total_limit")
    found = tuple(terms.at(f"tier.{tier}.{name}", times.start_of_day(day)) for name in names)
    assert found == PUBLISHED[day][tier]


def test_every_limit_of_a_wallet_that_has_no_source_is_marked() -> None:
    ours = {row.name for row in book.terms().table() if row.status == "assumed" and row.in_force == "2021-06-11"}
    third = ("balance", "payment", "day_total", "year_total")
    assert {name for name in ours if name.startswith("tier.")} == {f"tier.3.{name}_limit" for name in third}
