"""Giving: races for a day and a sponsor's last fen, birds that wait, robots and honest people, lives with crashes."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import book
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paytown import asked, at, do, done, give, has

from saxaul.engine.followers import tick
from saxaul.engine.terms import Term
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.giving import dues
from saxaul.programmes.giving.common import DAYS, FLOCKS, GIFTS, POOLS, PROJECTS
from saxaul.programmes.giving.invariants import INVARIANTS

TODAY = "2022-06-01"
MORNING = 1_654_012_800  # 2022-06-01 00:00 in Tianjin, seconds
EIGHT = MORNING + 8 * 3600
HALL = {
    "people_organisation": {
        at("hill"): {"kind": "charity", "name": "Green Hill"}, at("foods"): {"kind": "sponsor", "name": "Foods"},
        at("tea"): {"kind": "sponsor", "name": "Tea"}, at("farm"): {"kind": "merchant", "name": "Farm"},
    },
    "people_credential": {
        at("sun"): {"kind": "session", "person": at("sun"), "organisation": at("hill"), "roles": "manager"},
        at("qian"): {"kind": "session", "person": at("qian"), "organisation": at("hill"), "roles": "manager"},
        at("mei"): {"kind": "session", "person": at("mei"), "organisation": at("foods"), "roles": "manager"},
        at("bo"): {"kind": "session", "person": at("bo"), "organisation": at("tea"), "roles": "manager"},
        at("wang"): {"kind": "session", "person": at("wang"), "roles": "officer"},
        at("wei"): {"kind": "session", "person": at("wei"), "roles": "officer"},
    },
    "people_person": {at(p): {"natural": at(p)} for p in ("sun", "qian", "mei", "bo", "wang", "wei")},
}  # fmt: skip


def town(clerk: Any, people: int = 3, *, sponsor: str = "1000.00 CNY") -> list[str]:
    """A charity, two sponsors, a farm, and `people` who agreed that their steps are counted."""
    names = [f"p{n}" for n in range(people)]
    give(clerk, {f"sponsor:{at('foods')} CNY/2": sponsor, f"sponsor:{at('tea')} CNY/2": sponsor}, **HALL)
    for start in range(0, people, 40):
        some = names[start : start + 40]
        give(
            clerk, {f"wallet:{at(p + 'w')} CNY/2": "50.00 CNY" for p in some},
            people_person={at(p): {"natural": at(p), "wallets": at(p + "w")} for p in some},
            people_wallet={at(p + "w"): {"person": at(p), "issuer": "icbc", "tier": 2} for p in some},
            people_credential={at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in some},
            people_consent={f"{at(p)}:giving": {"person": at(p), "purpose": "giving", "stage": "given"} for p in some},
        )  # fmt: skip
    done(clerk, "giving.admit_charity", {"organisation": at("hill")}, "system")
    return names


def walk(steps: int, begin: int = EIGHT) -> list[list[int]]:
    """An honest walk: records of ten minutes, about a hundred steps a minute."""
    whole, rest = divmod(steps, 1_000)
    parts = [1_000] * whole + ([rest] if rest else [])
    return [[begin + n * 600, begin + n * 600 + 600, part] for n, part in enumerate(parts)]


def counting(steps: int, day: str = TODAY, begin: int = EIGHT, **more: Any) -> dict[str, Any]:
    return {"day": day, "source": "apple", "samples": walk(steps, begin), **more}


def project(clerk: Any, **more: Any) -> str:
    ask = {"title": "Library", "field": "education", **more}
    return str(done(clerk, "giving.open_project", ask, "sun")["project"])


def pledge(clerk: Any, key: str, amount: str, who: str = "mei", **more: Any) -> str:
    ask = {"project": key, "kind": "pledge", "amount": amount, "starts": TODAY, **more}
    return str(done(clerk, "giving.open_pool", ask, who)["pool"])


def flock(clerk: Any, households: int = 3, fund: str = "") -> str:
    ask = {
        "charity": at("hill"), "sponsor": at("foods"), "farm": at("farm"), "title": "Birds", "birds": 50,
        "households": [at(f"h{n}") for n in range(households)], "price": "30.00 CNY", "until": "2022-12-31",
    }  # fmt: skip
    key = str(done(clerk, "giving.open_flock", ask, "system")["flock"])
    if fund:
        done(clerk, "giving.fund_pool", {"pool": key, "amount": fund}, "mei")
    return key


def ticked(clerk: Any, now: int) -> int:
    declared = [one for one in clerk.declarations.programmes if one.name == "giving"][0].dues
    return tick(declared, clerk.store, clerk.turn, now)


def whole(clerk: Any) -> None:
    declared = clerk.declarations
    found = check(clerk.store, declared.chart, declared.tables, invariants=[]).findings
    balances = [(address, asset, posted) for (address, asset), posted in _balances(clerk).items()]
    found += [line for _says, rule in INVARIANTS for line in rule(balances)]
    assert not found, found


def _balances(clerk: Any) -> Counter[tuple[str, str]]:
    """Added up from the journal's postings by another route than the ledger's own."""
    total: Counter[tuple[str, str]] = Counter()
    for row in clerk.store.query("SELECT debit, credit, asset, units FROM posting"):
        total[row[0], row[2]] -= row[3]
        total[row[1], row[2]] += row[3]
    return total


# -- steps become money ------------------------------------------------------------------------------------------------


def test_twenty_gifts_of_one_day_at_one_moment_are_one(clerk: Any) -> None:
    (zhang, *_) = town(clerk)
    library = project(clerk)
    pool = pledge(clerk, library, "100.00 CNY")
    done(clerk, "giving.count_steps", counting(12_345), zhang)
    asks = [asked(clerk, "giving.give_steps", {"day": TODAY, "project": library}, zhang) for _ in range(20)]
    codes = Counter(answer.code for answer in clerk.turn(asks))
    assert codes == {"": 1, "giving.day_given": 19}
    assert has(clerk, f"charity:{at('hill')}:project:{library}", "CNY/2") == 123
    assert has(clerk, f"campaign:{pool}:pool", "CNY/2") == 10_000 - 123
    assert do(clerk, "giving.count_steps", counting(15_000), zhang).code == "step.day_closed"
    whole(clerk)


def test_two_hundred_last_gifts_leave_exactly_nothing(clerk: Any) -> None:
    people = town(clerk, 200)
    library = project(clerk)
    pool = pledge(clerk, library, "100.30 CNY")
    for start in range(0, 200, 50):
        clerk.turn([asked(clerk, "giving.count_steps", counting(11_000), p) for p in people[start : start + 50]])
    ask = {"day": TODAY, "project": library, "least": "0.01 CNY"}
    answers = clerk.turn([asked(clerk, "giving.give_steps", ask, p) for p in people])
    codes = Counter(answer.code for answer in answers)
    assert codes == {"": 92, "giving.sponsor_spent": 108}  # 91 of 1.10, one of the last 0.20
    assert [a.receipt["money"] for a in answers if not a.code][-1] == "0.20 CNY"
    assert has(clerk, f"campaign:{pool}:pool", "CNY/2") == 0
    assert has(clerk, f"charity:{at('hill')}:project:{library}", "CNY/2") == 100_30
    refused = next(p for p, a in zip(people, answers, strict=True) if a.code)
    assert has(clerk, f"person:{at(refused)}:steps:{TODAY}", "STEP/0") == 11_000  # whole, for another project
    whole(clerk)


@pytest.mark.parametrize("included", [True, False])
def test_ten_thousand_steps_are_enough_or_not_by_the_terms(sqlite_clerk: Any, included: bool) -> None:
    clerk = sqlite_clerk
    people = town(clerk)
    if not included:
        row = Term("giving.least_included", "", TODAY, False, "yes or no", "assumed", "test", "test", "")
        clerk.performer.terms = clerk.performer.terms.amended([row])
    library = project(clerk)
    pledge(clerk, library, "100.00 CNY")
    codes = []
    for person, steps in zip(people, (9_999, 10_000, 10_001), strict=True):
        done(clerk, "giving.count_steps", counting(steps), person)
        codes.append(do(clerk, "giving.give_steps", {"day": TODAY, "project": library}, person).code)
    assert codes == ["giving.steps_few", "" if included else "giving.steps_few", ""]
    whole(clerk)


def test_the_reference_case_of_three_gifts_and_a_fourth(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    people = town(clerk, 4)
    library = project(clerk)
    pool = pledge(clerk, library, "3.00 CNY")
    told = []
    for person, steps in zip(people, (12_000, 15_000, 20_000, 11_000), strict=True):
        done(clerk, "giving.count_steps", counting(steps), person)
        answer = do(clerk, "giving.give_steps", {"day": TODAY, "project": library, "least": "0.01 CNY"}, person)
        told.append(answer.code or answer.receipt["money"])
    assert told == ["1.20 CNY", "1.50 CNY", "0.30 CNY", "giving.sponsor_spent"]
    assert has(clerk, f"campaign:{pool}:pool", "CNY/2") == 0
    assert has(clerk, f"person:{at(people[3])}:steps:{TODAY}", "STEP/0") == 11_000
    whole(clerk)


def test_thirty_fen_for_a_gift_of_fifty_are_shown_before_or_refused(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    a, b, c = town(clerk)
    half = project(clerk, rate=50, rate_of=10_000)
    strict = project(clerk, rate=50, rate_of=10_000, policy="refuse")
    pledge(clerk, half, "0.30 CNY")
    pledge(clerk, strict, "0.30 CNY")
    for person in (a, b, c):
        done(clerk, "giving.count_steps", counting(10_000), person)
    assert do(clerk, "giving.give_steps", {"day": TODAY, "project": half}, a).code == "giving.sponsor_spent"
    late = {"day": TODAY, "project": half, "least": "0.40 CNY"}
    assert do(clerk, "giving.give_steps", late, a).code == "giving.sponsor_spent"  # less than what was shown
    got = done(clerk, "giving.give_steps", {"day": TODAY, "project": half, "least": "0.30 CNY"}, b)
    assert (got["money"], got["missing"]) == ("0.30 CNY", "0.20 CNY")
    asked_for = {"day": TODAY, "project": strict, "least": "0.30 CNY"}
    assert do(clerk, "giving.give_steps", asked_for, c).code == "giving.sponsor_spent"
    whole(clerk)


def test_caps_of_a_sponsor_per_gift_and_day_hold(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    a, b, c = town(clerk)
    library = project(clerk)
    first = pledge(clerk, library, "50.00 CNY", gift_max=50, day_max=80)
    second = pledge(clerk, library, "50.00 CNY", "bo")
    ask = {"day": TODAY, "project": library}
    for person in (a, b, c):
        done(clerk, "giving.count_steps", counting(12_000), person)
    parts = [
        {part["pool"]: part["amount"] for part in done(clerk, "giving.give_steps", ask, who)["parts"]}
        for who in (a, b, c)
    ]
    assert parts == [
        {first: "0.50 CNY", second: "0.70 CNY"}, {first: "0.30 CNY", second: "0.90 CNY"}, {second: "1.20 CNY"},
    ]  # fmt: skip
    whole(clerk)


def test_a_gift_taken_back_nets_out_in_every_figure(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    (zhang, *_) = town(clerk)
    library = project(clerk)
    pool = pledge(clerk, library, "5.00 CNY")
    done(clerk, "giving.count_steps", counting(12_000), zhang)
    walked = done(clerk, "giving.give_steps", {"day": TODAY, "project": library}, zhang)["gift"]
    page = done(clerk, "giving.open_appeal", {"project": library, "goal": "9.00 CNY", "until": "2022-06-30"}, zhang)
    ask = {"project": library, "amount": "7.00 CNY", "appeal": page["key"]}
    first = done(clerk, "giving.give_money", ask, zhang)
    clock.set(clock() + 24 * times.HOUR - 1)
    for gift in (walked, first["gift"]):
        asks = [asked(clerk, "giving.return_gift", {"gift": gift}, zhang) for _ in range(5)]
        assert Counter(answer.code for answer in clerk.turn(asks)) == {"": 1, "request.stage_wrong": 4}
    assert (
        has(clerk, f"campaign:{pool}:pool", "CNY/2") == 500 and has(clerk, f"wallet:{at(zhang + 'w')}", "CNY/2") == 5000
    )
    (row,) = clerk.records("giving_project", [library])
    (page_row,) = clerk.records("giving_appeal", [page["key"]])
    (giver,) = clerk.records("giving_giver", [at(zhang)])
    assert (row.received, row.gifts, row.steps, page_row.raised) == (0, 0, 0, 0)
    assert (giver.gifts, giver.steps, giver.sponsored, giver.own) == (0, 0, 0, 0)
    second = done(clerk, "giving.give_money", {"project": library, "amount": "1.00 CNY"}, zhang)
    assert (first["number"], second["number"]) == ("2022-000001", "2022-000002")  # a number is never given twice
    whole(clerk)


def test_money_leaves_a_project_only_by_two_and_against_line_and_document(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    (zhang, *_) = town(clerk)
    library = project(clerk)
    done(clerk, "giving.give_money", {"project": library, "amount": "10.00 CNY"}, zhang)
    done(
        clerk, "giving.set_budget", {"project": library, "line": "books", "title": "Books", "amount": "8.00 CNY"}, "sun"
    )
    pay = {"project": library, "line": "books", "amount": "5.00 CNY", "merchant": at("farm"), "document": "ab" * 32}
    assert do(clerk, "giving.pay_out", pay, "sun").code == "actor.second_missing"

    def twice(ask: dict[str, Any]) -> str:
        wish = {"act": "giving.pay_out", "ask": ask, "reason": "invoice"}
        proposal = done(clerk, "desk.propose", wish, "sun")["proposal"]
        assert do(clerk, "desk.approve", {"proposal": proposal}, "sun").code == "actor.approver_same"
        return do(clerk, "desk.approve", {"proposal": proposal}, "qian").code

    assert [twice(pay), twice(pay), twice({**pay, "document": ""})] == [
        "",
        "giving.budget_missing",
        "giving.budget_missing",
    ]
    assert has(clerk, f"merchant:{at('farm')}:due", "CNY/2") == 500
    (quarter,) = clerk.records("giving_quarter", [f"{library}:2022-Q2"])
    assert (quarter.received, quarter.paid) == (1_000, 500)  # 5.00 unspent
    whole(clerk)


def test_a_drive_is_funded_first_and_its_rest_returns(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    a, b, _c = town(clerk)
    library = project(clerk)
    ask = {"project": library, "kind": "drive", "amount": "3.00 CNY", "starts": TODAY, "until": TODAY, "title": "Walk",
           "place": "Chengdu", "goal": 100_000}  # fmt: skip
    drive = done(clerk, "giving.open_pool", ask, "mei")["pool"]
    done(clerk, "giving.count_steps", counting(12_000), a)
    done(clerk, "giving.count_steps", counting(12_000), b)
    assert do(clerk, "giving.give_steps", {"day": TODAY, "project": library}, a).code == "giving.sponsor_spent"
    done(clerk, "giving.give_steps", {"day": TODAY, "project": library, "drive": drive}, a)
    (row,) = clerk.records("giving_pool", [drive])
    assert (row.given, row.steps, row.gifts) == (120, 12_000, 1)
    two = (MORNING + 26 * 3600) * times.SECOND
    clock.set(two - 1)
    assert ticked(clerk, clock()) == 0  # the day of the drive is still open
    clock.set(two)
    assert (
        do(clerk, "giving.give_steps", {"day": TODAY, "project": library, "drive": drive}, b).code == "step.day_closed"
    )
    assert ticked(clerk, clock()) == 2 and ticked(clerk, clock()) == 0  # b's day, and the drive
    assert has(clerk, f"sponsor:{at('foods')}", "CNY/2") == 1000_00 - 120
    assert has(clerk, "giving:expired", "STEP/0") == 12_000
    whole(clerk)


# -- chickens ----------------------------------------------------------------------------------------------------------


def sent(clerk: Any, key: str, person: str, steps: int) -> None:
    """Steps straight into the flock: more than a day of one person brings."""
    where = f"person:{at(person)}:steps:{TODAY}"
    day = {"natural": at(person), "person": at(person), "day": TODAY, "steps": steps, "verified": steps, "ends": 2**53}
    give(clerk, {f"{where} STEP/0": f"{steps} STEP"}, giving_day={f"{at(person)}:{TODAY}": day})
    done(clerk, "giving.send_steps", {"flock": key, "day": TODAY}, person)


def test_ninety_nine_thousand_steps_are_no_bird_and_a_quarter_million_are_two(clerk: Any, clock: book.Clock) -> None:
    a, b, c = town(clerk)
    one, two = flock(clerk, fund="900.00 CNY"), flock(clerk)
    sent(clerk, one, a, 99_999)
    assert ticked(clerk, clock()) == 0
    sent(clerk, two, b, 250_000)
    assert ticked(clerk, clock()) == 0  # the second flock's sponsor has not paid: queued, the steps are kept
    assert has(clerk, f"flock:{two}:steps", "STEP/0") == 250_000
    done(clerk, "giving.fund_pool", {"pool": two, "amount": "60.00 CNY"}, "mei")
    assert ticked(clerk, clock()) == 2 and ticked(clerk, clock()) == 0
    assert has(clerk, f"flock:{two}:steps", "STEP/0") == 50_000
    assert has(clerk, f"flock:{two}:spent", "STEP/0") == 200_000
    assert has(clerk, f"merchant:{at('farm')}:due", "CNY/2") == 60_00
    assert [has(clerk, f"person:{at(f'h{n}')}:birds", f"CHICKEN.{two}/0") for n in range(3)] == [1, 1, 0]
    sent(clerk, two, c, 49_999)
    assert ticked(clerk, clock()) == 0  # 99,999 carried, and no money either
    whole(clerk)


def test_nobody_has_a_second_bird_before_all_have_one(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    (a, *_) = town(clerk)
    key = flock(clerk, fund="300.00 CNY")
    sent(clerk, key, a, 700_000)
    done(clerk, "giving.hand_over", {"flock": key, "number": 1, "household": at("h2")}, "wang")
    again = {"flock": key, "number": 2, "household": at("h2")}
    assert do(clerk, "giving.hand_over", again, "wang").code == "chicken.household_served"
    ticked(clerk, clock())
    assert [has(clerk, f"person:{at(f'h{n}')}:birds", f"CHICKEN.{key}/0") for n in range(3)] == [3, 2, 2]
    whole(clerk)


def test_an_ended_flock_takes_no_steps_and_gives_the_rest_back(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    a, b, _c = town(clerk)
    key = flock(clerk, fund="90.00 CNY")
    sent(clerk, key, a, 130_000)
    end = times.start_of_day("2023-01-01")
    clock.set(end)
    day = {"natural": at(b), "person": at(b), "day": TODAY, "verified": 5, "ends": 2**53}
    give(clerk, {f"person:{at(b)}:steps:{TODAY} STEP/0": "5 STEP"}, giving_day={f"{at(b)}:{TODAY}": day})
    assert do(clerk, "giving.send_steps", {"flock": key, "day": TODAY}, b).code == "chicken.flock_closed"
    assert ticked(clerk, clock()) == 1  # what was earned is still handed over
    clock.set(end + 30 * times.DAY)
    assert ticked(clerk, clock()) == 1
    assert has(clerk, f"sponsor:{at('foods')}", "CNY/2") == 1000_00 - 30_00
    assert has(clerk, "giving:expired", "STEP/0") == 30_000
    whole(clerk)


# -- verdicts ----------------------------------------------------------------------------------------------------------


def lived(clerk: Any, clock: book.Clock, person: str, days: int, made: Any) -> list[dict[str, Any]]:
    """So many evenings of one person's readings; the receipts."""
    told = []
    for n in range(days):
        begin = MORNING + n * 86_400
        clock.set((begin + 21 * 3600) * times.SECOND)
        day = times.day(clock())
        told.append(done(clerk, "giving.count_steps", {"day": day, **made(n, begin)}, person))
    return told


def test_the_public_robot_is_held_on_its_third_day_with_reason_and_appeal(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    (robot, *_) = town(clerk)
    chance = random.Random(3)

    def jump(_n: int, begin: int) -> dict[str, Any]:
        return {
            "source": "health_connect",
            "samples": [[begin + 6 * 3600, begin + 9 * 3600, chance.randint(22_000, 24_000)]],
        }

    told = lived(clerk, clock, robot, 5, jump)
    assert [one["stage"] for one in told] == ["open", "open", "held", "held", "held"]
    assert told[2]["reasons"] == ["band"] and "at once" in told[2]["said"][0]
    library = project(clerk)
    pledge(clerk, library, "9.00 CNY")
    day = told[4]["day"]
    refused = do(clerk, "giving.give_steps", {"day": day, "project": library}, robot)
    assert refused.code == "step.day_held" and refused.facts["reason"] == "band"
    done(clerk, "giving.appeal_day", {"day": day, "why": "walked"}, robot)
    done(clerk, "giving.judge_day", {"key": f"{at(robot)}:{day}", "accept": True, "why": "seen"}, "wang")
    done(clerk, "giving.give_steps", {"day": day, "project": library}, robot)
    whole(clerk)


def test_a_robot_of_day_totals_is_held_too_and_one_with_another_base_by_its_jumps(
    sqlite_clerk: Any, clock: book.Clock
) -> None:
    clerk = sqlite_clerk
    a, b, _c = town(clerk)
    chance = random.Random(4)

    def total(_n: int, begin: int) -> dict[str, Any]:
        steps = chance.randint(22_000, 24_000)
        return {"source": "werun", "samples": [[begin, begin + 86_400, steps]], "read_at": clock()}

    def elsewhere(_n: int, begin: int) -> dict[str, Any]:
        return {
            "source": "health_connect",
            "samples": [[begin + 6 * 3600, begin + 9 * 3600, chance.randint(15_000, 17_000)]],
        }

    assert [one["stage"] for one in lived(clerk, clock, a, 4, total)] == ["open", "open", "held", "held"]
    clock.set(clock() + times.DAY * 30)
    start = times.start_of_day(times.day(clock())) // times.SECOND
    shifted = [elsewhere(n, start + n * 86_400) for n in range(4)]
    stages = []
    for n, made in enumerate(shifted):
        clock.set((start + n * 86_400 + 21 * 3600) * times.SECOND)
        stages.append(done(clerk, "giving.count_steps", {"day": times.day(clock()), **made}, b)["stage"])
    assert stages == ["open", "open", "held", "held"]
    whole(clerk)


def test_a_device_that_counts_for_a_fourth_account_holds_it(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    people = town(clerk, 4)
    stages = [done(clerk, "giving.count_steps", counting(8_000, device="ab" * 16), p)["stage"] for p in people]
    assert stages == ["open", "open", "open", "held"]
    whole(clerk)


def test_honest_people_are_left_alone(sqlite_clerk: Any, clock: book.Clock) -> None:
    """400 people, two weeks, some with sums only, some who walk far and run: at most one in two hundred is held."""
    clerk = sqlite_clerk
    people = town(clerk, 400)
    chance = random.Random(11)
    means = [int(chance.lognormvariate(9.0, 0.55)) for _ in people]
    sums_only = [chance.random() < 0.4 for _ in people]
    held = set()
    for n in range(14):
        begin = MORNING + n * 86_400
        clock.set((begin + 86_399) * times.SECOND)
        day, asks = times.day(clock()), []
        for person, mean, plain in zip(people, means, sums_only, strict=True):
            steps = max(200, int(chance.gauss(mean, mean * 0.3)))
            if plain:
                made = [[begin, begin + 86_400, steps]]
            else:
                hours = sorted(chance.sample(range(6, 19), 5))
                cuts = sorted(chance.randrange(steps + 1) for _ in range(4))
                parts = [b - a for a, b in zip([0, *cuts], [*cuts, steps], strict=True)]
                made = [
                    [begin + h * 3600, begin + h * 3600 + max(60, p * 60 // 120), p]
                    for h, p in zip(hours, parts, strict=True)
                ]
            asks.append(asked(clerk, "giving.count_steps", {"day": day, "source": "apple", "samples": made}, person))
        for person, answer in zip(people, clerk.turn(asks), strict=True):
            assert not answer.code, answer
            if answer.receipt["stage"] == "held":
                held.add(person)
    assert len(held) * 200 <= len(people), f"{len(held)} of {len(people)} were held"
    whole(clerk)


def test_hours_of_a_day_stand_outside_the_journal_and_are_wiped_when_it_closes(
    sqlite_clerk: Any, clock: book.Clock
) -> None:
    clerk = sqlite_clerk
    (zhang, *_) = town(clerk)
    done(clerk, "giving.count_steps", counting(7_777), zhang)
    rows = clerk.store.query("SELECT shown FROM giving_hours")
    assert sum(int(word) for word in rows[0][0].split()) == 7_777
    assert not [row for row in clerk.store.query("SELECT changes FROM entry") if "giving_hours" in row[0]]
    clock.set((MORNING + 26 * 3600) * times.SECOND)
    ticked(clerk, clock())
    assert clerk.store.query("SELECT shown FROM giving_hours") == [("",)]
    whole(clerk)


# -- lives with crashes ------------------------------------------------------------------------------------------------

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["count", "give", "drive", "flock", "money", "back", "tick", "fund", "close", "crash", "pay"]),
        st.integers(0, 3), st.integers(1, 40_000),
    ),
    min_size=4, max_size=22,
)  # fmt: skip


class Model:
    """What the books must come to, kept beside them in plain numbers."""

    def __init__(self) -> None:
        self.counted = self.given = self.flocks = self.expired = 0
        self.open: dict[tuple[str, str], int] = {}
        self.gifts: list[tuple[str, str]] = []


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
def test_any_life_with_crashes_keeps_every_step_and_every_fen(
    moves: list[tuple[str, int, int]], tmp_path_factory: Any
) -> None:
    folder: Path = tmp_path_factory.mktemp("life")
    dsn, clock = book.sqlite_dsn(folder), book.Clock((MORNING + 12 * 3600) * times.SECOND)
    clerk = book.open_clerk(dsn, clock)
    people = town(clerk, 4)
    library = project(clerk)
    pool = pledge(clerk, library, "4.00 CNY")
    ask = {"project": library, "kind": "drive", "amount": "2.00 CNY", "starts": TODAY, "until": "2022-06-04"}
    drive = done(clerk, "giving.open_pool", {**ask, "title": "W"}, "bo")["pool"]
    key = flock(clerk, fund="60.00 CNY")
    done(clerk, "giving.set_budget", {"project": library, "line": "a", "title": "A", "amount": "90.00 CNY"}, "sun")
    model = Model()
    for kind, who, number in moves:
        clerk = _move(clerk, dsn, clock, model, (people[who], kind, number), (library, pool, drive, key))
    _agrees(clerk, model, library, (pool, drive, key))
    whole(clerk)
    clerk.close(checkpoint=False)


def _move(clerk: Any, dsn: str, clock: book.Clock, model: Model, move: Any, made: Any) -> Any:
    (person, kind, number), (library, pool, drive, key) = move, made
    clock.set(clock() + (number % 7) * times.HOUR)
    day = times.day(clock())
    begin = times.start_of_day(day) // times.SECOND
    place = (person, day)
    if kind == "count":
        ask = {"day": day, "source": "apple", "samples": [[begin, begin + 86_400, number]]}
        answer = do(clerk, "giving.count_steps", ask, person)
        if not answer.code:
            model.counted += answer.receipt["added"]
            model.open[place] = model.open.get(place, 0) + answer.receipt["added"]
    elif kind in ("give", "drive"):
        ask = {"day": day, "project": library, "least": "0.01 CNY", **({"drive": drive} if kind == "drive" else {})}
        answer = do(clerk, "giving.give_steps", ask, person)
        if not answer.code:
            assert answer.receipt["steps"] == model.open[place]
            model.given += model.open.pop(place)
            model.gifts.append((person, answer.receipt["gift"]))
    elif kind == "flock":
        answer = do(clerk, "giving.send_steps", {"flock": key, "day": day}, person)
        if not answer.code:
            model.flocks += model.open.pop(place)
    elif kind == "money":
        answer = do(clerk, "giving.give_money", {"project": library, "amount": f"{number % 9 + 1}.00 CNY"}, person)
        if not answer.code:
            model.gifts.append((person, answer.receipt["gift"]))
    elif kind == "back" and model.gifts:
        giver, gift = model.gifts[number % len(model.gifts)]
        do(clerk, "giving.return_gift", {"gift": gift}, giver)
    elif kind == "pay":
        ask = {"project": library, "line": "a", "amount": f"{number % 5}.50 CNY", "document": "ab" * 32,
               "merchant": at("farm")}  # fmt: skip
        do(clerk, "giving.pay_out", ask, "system")
    elif kind == "fund":
        do(clerk, "giving.fund_pool", {"pool": (pool, key)[number % 2], "amount": "30.00 CNY"}, "mei")
    elif kind == "close":
        do(clerk, "giving.close_pool", {"pool": pool}, "mei")
    elif kind == "tick":
        rows = clerk.store.query(
            "SELECT natural, day FROM giving_day WHERE stage IN ('open', 'held') AND ends <= ?", (clock(),)
        )
        for natural, closed in rows:
            name = next((p, d) for p, d in model.open if (at(p), d) == (natural, closed)) if model.open else None
            model.expired += model.open.pop(name, 0) if name else 0
        ticked(clerk, clock())
    elif kind == "crash":
        clerk.close(checkpoint=False)
        return book.open_clerk(dsn, clock)
    return clerk


def _agrees(clerk: Any, model: Model, library: str, pools: tuple[str, ...]) -> None:
    totals = _balances(clerk)
    spent = sum(units for (where, asset), units in totals.items() if asset == "STEP/0" and where.startswith("flock:"))
    assert (
        -totals["issuer:steps", "STEP/0"]
        == model.counted
        == model.given + model.flocks + model.expired + sum(model.open.values())
    )
    assert (totals["giving:spent", "STEP/0"], spent, totals["giving:expired", "STEP/0"]) == (
        model.given,
        model.flocks,
        model.expired,
    )
    for row in clerk.records("giving_pool", list(pools)):
        left = totals[f"campaign:{row.key}:pool", "CNY/2"]
        assert row.funded == left + row.given + row.returned, row  # budget = left + paid + returned
    (row,) = clerk.records("giving_project", [library])
    assert row.received - row.paid == totals[f"charity:{at('hill')}:project:{library}", "CNY/2"]
    gifts = clerk.store.query("SELECT SUM(units), COUNT(*) FROM giving_gift WHERE stage = 'given'")
    assert (row.received, row.gifts) == (gifts[0][0] or 0, gifts[0][1])


@pytest.mark.parametrize("stages", [DAYS, POOLS, PROJECTS, GIFTS, FLOCKS])
def test_every_life_cycle_ends_and_every_stage_but_the_first_is_reached(stages: Any) -> None:
    reached = {"open", "given"} | set(stages.values())
    assert {before for before, _act in stages} <= reached
    assert any(not [act for before, act in stages if before == after] for after in stages.values())


def test_days_that_fell_due_are_found_in_their_order(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    a, b, _c = town(clerk)
    done(clerk, "giving.count_steps", counting(5_000), a)
    clock.set(clock() + times.DAY)
    done(clerk, "giving.count_steps", counting(5_000, "2022-06-02", EIGHT + 86_400), b)
    found = list(dues.find_days(clerk.store, clock() + 2 * times.DAY))
    assert [one.ask.key for one in found] == [f"{at(a)}:{TODAY}", f"{at(b)}:2022-06-02"]


def test_what_the_pages_read_is_understood_by_both_stores(clerk: Any) -> None:
    from saxaul.surfaces.web.giving import reading

    found = {name: text for name, text in vars(reading).items() if str(text).startswith("SELECT")}
    assert len(found) >= 12
    for name, text in found.items():
        value = clerk.clock() if name == "_DRIVES" else at("zhang")
        clerk.store.query(text, (value,) * text.count("?"))
