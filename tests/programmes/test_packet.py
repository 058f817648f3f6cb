"""Lucky packets: exact sums, equal chances for every place, one part a person, and the rest back once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import paytown as t
import pytest
import vouchertown as v
from hypothesis import given
from hypothesis import strategies as st
from paytown import asked, at, do, done, give

from saxaul.kernel import times
from saxaul.kernel.chance import below, numbers, shuffled
from saxaul.programmes.packet.parts import METHODS, divide, seed_of

RUNS, PEOPLE = 100_000, 10
CRITICAL = 27.877  # chi-square of 9 degrees of freedom is above this with p = 0.001


@pytest.fixture
def town(clerk: Any) -> Any:
    t.town(clerk, tier=2)
    return clerk


@pytest.fixture
def small(sqlite_clerk: Any) -> Any:
    t.town(sqlite_clerk, tier=2)
    return sqlite_clerk


def given_to(clerk: Any, amount: str, people: int, **more: Any) -> str:
    return str(done(clerk, "packet.give", {"amount": amount, "people": people, **more}, "zhang")["packet"])


# ---- parts -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 100), st.integers(0, 2_000), st.sampled_from(METHODS), st.text(max_size=8))
def test_parts_are_whole_fen_none_below_one_and_exact_in_sum(people: int, more: int, method: str, seed: str) -> None:
    found = divide(people + more, people, method=method, seed=seed)
    assert len(found) == people and sum(found) == people + more and min(found) >= 1
    assert found == divide(people + more, people, method=method, seed=seed)
    if method == "fixed":
        assert max(found) - min(found) <= 1


def test_the_published_rule_gives_these_parts() -> None:
    seed = seed_of("0181206e5c007000800000000000000a")
    assert seed == "379b5754277a41788b384935b0ec33b0700b76d8a7733b3eae528282e60e5b74"
    assert divide(1_000, 5, method="exchangeable", seed=seed) == [228, 383, 213, 148, 28]
    assert divide(1_000, 5, method="double_mean", seed=seed) == [383, 228, 213, 148, 28]
    assert divide(1_000, 5, method="cuts", seed=seed) == [102, 269, 169, 320, 140]


def places_of_the_best(method: str, runs: int) -> tuple[Counter[int], list[int]]:
    """How often each place has the best part, and what each place has in all."""
    best: Counter[int] = Counter()
    sums = [0] * PEOPLE
    for run in range(runs):
        found = divide(10_000, PEOPLE, method=method, seed=f"run {run}")
        best[found.index(max(found))] += 1
        sums = [one + part for one, part in zip(sums, found, strict=True)]
    return best, sums


def chi_square(counts: Counter[int], runs: int) -> int:
    """Chi-square against equal chances, in thousandths, counted in whole numbers."""
    mean = runs // PEOPLE
    return sum((counts[place] - mean) ** 2 * 1_000 // mean for place in range(PEOPLE))


@pytest.mark.parametrize("method", ["exchangeable", "cuts"])
def test_every_place_has_the_same_chance_of_the_best(method: str) -> None:
    best, sums = places_of_the_best(method, RUNS if method == "exchangeable" else RUNS // 4)
    runs = sum(best.values())
    assert chi_square(best, runs) < CRITICAL * 1_000
    assert all(abs(one - runs * 1_000) < runs * 30 for one in sums)  # the mean of each place is ten yuan, to 30 fen


def test_double_mean_alone_favours_the_last_which_is_why_it_is_not_the_default() -> None:
    best, sums = places_of_the_best("double_mean", 20_000)
    assert chi_square(best, 20_000) > 2 * CRITICAL * 1_000
    assert best.most_common(1)[0][0] == PEOPLE - 1
    assert all(abs(one - 20_000 * 1_000) < 20_000 * 30 for one in sums)


def test_numbers_below_n_are_even_and_orders_are_permutations() -> None:
    source = numbers("any seed")
    counts = Counter(below(source, 6) for _ in range(60_000))
    assert sum((counts[n] - 10_000) ** 2 for n in range(6)) // 10_000 < 20  # 5 degrees: p = 0.001 at 20.5
    assert sorted(shuffled(source, range(100))) == list(range(100))
    fixed = iter([2**64 - 1, 7])
    assert below(fixed, 10) == 7  # the last few of 64 bits would favour small results, so they are passed over


# ---- in the book -----------------------------------------------------------------------------------------------------


def test_fifty_people_open_a_packet_for_ten(town: Any) -> None:
    packet = given_to(town, "88.88 ECNY", 10)
    people = v.crowd(town, 50)
    answers = town.turn([asked(town, "packet.take", {"packet": packet}, who) for who in people])
    assert Counter(one.code for one in answers) == {"": 10, "packet.parts_short": 40}
    got = [t.has(town, t.wallet(who)) for who in people]
    assert sum(got) == 8_888 and sum(units > 0 for units in got) == 10
    assert got[:10] == divide(8_888, 10, method="exchangeable", seed=seed_of(packet))  # next of the list
    assert t.has(town, f"packet:{packet}") == 0
    assert town.records("packet_packet", [packet])[0].stage == "emptied"
    t.agrees(town)


def test_one_person_opens_it_once_with_whatever_telephone(town: Any) -> None:
    give(
        town, people_person={at("li_again"): {"natural": at("li"), "wallets": at("second_wallet")}},
        people_wallet={at("second_wallet"): {"person": at("li_again"), "issuer": "WEBANK", "tier": 4}},
        people_credential={at("li_again"): {"kind": "session", "person": at("li_again"), "roles": "citizen"}},
    )  # fmt: skip
    packet = given_to(town, "10.00 ECNY", 5)
    asks = [asked(town, "packet.take", {"packet": packet}, who) for who in ["li", "li_again"] * 32]
    assert Counter(one.code for one in town.turn(asks)) == {"": 1, "award.claim_done": 63}
    t.agrees(town)


def test_the_rest_is_back_after_a_day_exactly_once(town: Any, clock: Any) -> None:
    packet = given_to(town, "9.00 ECNY", 3, method="fixed")
    done(town, "packet.take", {"packet": packet}, "li")
    clock.now += times.DAY - 1
    assert v.tick(town) == 0
    done(town, "packet.take", {"packet": packet}, "wu")
    clock.now += 1
    assert do(town, "packet.take", {"packet": packet}, "zhang").code == "packet.time_ended"
    due = list(v.packet.PROGRAMME.dues[0].find(town.store, clock.now))
    assert [len(due), v.tick(town), v.tick(town)] == [1, 1, 0]
    assert town.turn(due)[0].hit  # the same due act again is the same answer
    assert t.has(town, t.wallet("zhang")) == 500_000 - 600 and t.has(town, f"packet:{packet}") == 0
    t.agrees(town)


def test_an_empty_packet_sends_nothing_back(small: Any, clock: Any) -> None:
    packet = given_to(small, "0.02 ECNY", 2)
    for who in ("li", "wu"):
        assert done(small, "packet.take", {"packet": packet}, who)["amount"] == "0.01 ECNY"
    clock.now += 2 * times.DAY
    assert v.tick(small) == 0


def test_a_packet_is_a_payment_its_tier_and_proof_count(small: Any) -> None:
    more = {"amount": "1000.01 ECNY", "people": 5}
    missing = do(small, "packet.give", more, "zhang")
    assert missing.code == "actor.step_missing"  # above the no-PIN limit the giver proves who they are
    give(small, people_wallet={at("zhang_wallet"): {"person": at("zhang"), "issuer": "WEBANK", "tier": 4}})
    large = {"amount": "2000.01 ECNY", "people": 5}
    assert do(small, "packet.give", large, "zhang").code == "tier.payment_exceeded"
    give(small, people_wallet={at("zhang_wallet"): {"person": at("zhang"), "issuer": "WEBANK", "tier": 2,
                                                    "stage": "frozen"}})  # fmt: skip
    assert do(small, "packet.give", {"amount": "9.00 ECNY", "people": 5}, "zhang").code == "wallet.stage_frozen"


def test_whose_wallet_is_full_is_told_so_and_the_part_stays_for_others(small: Any) -> None:
    packet = given_to(small, "900.00 ECNY", 1, method="fixed")
    give(small, {f"{t.wallet('li')} ECNY/2": "5000.00 ECNY"},
         people_wallet={at("li_wallet"): {"person": at("li"), "issuer": "WEBANK", "tier": 4}})  # fmt: skip
    assert do(small, "packet.take", {"packet": packet}, "li").code == "tier.balance_exceeded"
    assert done(small, "packet.take", {"packet": packet}, "wu")["amount"] == "900.00 ECNY"
    t.agrees(small)
