"""The quiz: a hundred in a row, one card, the last reward, machines that wait, and figures that come out exactly."""

from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace
from typing import Any

import book
import pytest
import quiztown as t
from hypothesis import given, settings
from hypothesis import strategies as st
from paytown import asked, at, do, done, has

from saxaul.engine.stages import drawn
from saxaul.kernel import times
from saxaul.programmes.quiz import common, draws, figures, flags

POINTS = "POINT.low/0"


# ---- the streak --------------------------------------------------------------------------------------------------


def test_a_hundred_in_a_row_pass_and_no_question_comes_twice(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, questions=130)
    key = t.campaign(clerk, levels=[{"streak": 20}, {"streak": 100}])
    player = t.Player(clerk, "p0", key)
    player.start()
    seen, pauses = [], random.Random(3)
    for number in range(1, 101):
        seen.append(t.row(clerk, "quiz_attempt", player.told["attempt"]).question)
        told = player.answer(after=pauses.randrange(2, 25) * times.SECOND)
        assert told["streak"] == number and told["level"] == {20: 1, 100: 2}.get(number, 0)
    assert (told["stage"], told["token"]) == ("passed", "") and len(set(seen)) == 100
    t.follow(clerk)
    assert has(clerk, f"person:{at('p0')}:passes", f"PASS.{key}/0") == 1
    t.follow(clerk)  # reading the same entries again changes nothing
    assert has(clerk, f"person:{at('p0')}:passes", f"PASS.{key}/0") == 1
    t.agrees(clerk)


def test_wrong_at_57_ends_and_one_card_goes_on_at_57(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, questions=130)
    key = t.campaign(clerk, levels=[{"streak": 100}])
    player = t.Player(clerk, "p0", key)
    player.start()
    player.run(57)
    told = player.answer(right=False)
    assert (told["streak"], told["stage"], told["token"]) == (57, "failed", "")
    old = t.row(clerk, "quiz_attempt", told["attempt"])
    assert do(clerk, "quiz.answer", {"token": _token(clerk, old), "choice": 1}, "p0_here").code == "quiz.token_stale"
    assert player.revive().receipt["streak"] == 57
    assert player.run(43)["stage"] == "passed"
    other = t.Player(clerk, "p1", key)
    other.start()
    other.answer(right=False)
    assert not other.revive().code
    other.answer(right=False)
    assert other.revive().code == "quiz.card_used"
    t.agrees(clerk)


def _token(clerk: Any, attempt: Any) -> str:
    seed = t.row(clerk, "quiz_campaign", attempt.campaign).seed
    return draws.token(seed, attempt.key, attempt.number, attempt.asked)


def test_the_last_microsecond_counts_and_the_end_does_not(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    key = t.campaign(clerk, days=21)
    ends = t.row(clerk, "quiz_campaign", key).ends
    assert ends - t.row(clerk, "quiz_campaign", key).opens == 21 * times.DAY
    player, late = t.Player(clerk, "p0", key), t.Player(clerk, "p1", key)
    clock.set(ends - 10 * times.SECOND)
    player.start()
    late.start()
    assert player.answer(after=10 * times.SECOND - 1)["right"]
    clock.set(ends)
    assert clerk.turn([late.ask()])[0].code == "request.stage_wrong"
    assert do(clerk, "quiz.start", {"campaign": key}, "p2_here").code == "request.stage_wrong"


def test_the_servers_clock_decides_and_a_card_helps_after_it_too(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    player = t.Player(clerk, "p0", t.campaign(clerk))
    player.start()
    player.answer(after=30 * times.SECOND)  # the whole time is the player's
    clock.set(clock() + 90 * times.SECOND + 1)
    assert clerk.turn([player.ask()])[0].code == "quiz.time_passed"
    assert player.revive().receipt["streak"] == 1
    player.answer()
    clock.set(clock() + 40 * times.MINUTE)
    assert do(clerk, "quiz.revive", {"attempt": player.told["attempt"]}, "p0_here").code == "quiz.card_used"
    player.start()


def test_who_reads_large_letters_has_four_times_as_long(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    done(clerk, "cases.give", {"records": [("people_person", at("p0"), {"elder": 1})]}, "system")
    player = t.Player(clerk, "p0", t.campaign(clerk))
    player.start()
    player.answer(after=120 * times.SECOND)
    player.answer(after=360 * times.SECOND)


# ---- races -------------------------------------------------------------------------------------------------------


def test_two_devices_with_one_card_are_one_revival(clerk: Any) -> None:
    t.town(clerk)
    key = t.campaign(clerk)
    player = t.Player(clerk, "p0", key)
    player.start()
    player.answer(right=False)
    ask = {"attempt": player.told["attempt"]}
    codes = [one.code for one in clerk.turn([asked(clerk, "quiz.revive", ask, "p0_here") for _ in range(2)])]
    assert codes == ["", "quiz.card_used"]
    assert has(clerk, f"person:{at('p0')}:revivals", f"REVIVAL.{key}/0") == 0
    assert has(clerk, f"campaign:{key}:used", f"REVIVAL.{key}/0") == 1
    t.agrees(clerk)


def test_two_devices_with_one_question_are_one_answer_and_with_one_start_one_attempt(clerk: Any) -> None:
    t.town(clerk)
    key = t.campaign(clerk)
    codes = [one.code for one in clerk.turn([asked(clerk, "quiz.start", {"campaign": key}, "p0_here")] * 1 + [
        asked(clerk, "quiz.start", {"campaign": key}, "p0_here") for _ in range(4)
    ])]  # fmt: skip
    assert Counter(codes) == {"": 1, "request.stage_wrong": 4}
    player = t.Player(clerk, "p1", key)
    player.start()
    codes = [one.code for one in clerk.turn([player.ask(right=place % 2 == 0) for place in range(6)])]
    assert codes == ["", *["quiz.token_stale"] * 5]
    t.agrees(clerk)


def test_the_last_reward_is_one_and_thirty_have_their_badge(clerk: Any) -> None:
    t.town(clerk, players=30)
    key = t.campaign(clerk, levels=[{"streak": 1, "reward": "10 POINT.low"}], budgets=["19 POINT.low"])
    players = [t.Player(clerk, f"p{n}", key) for n in range(30)]
    for player in players:
        assert player.start()["rewards"] == [True]
        player.answer()
    attempts = [player.told["attempt"] for player in players]
    asks = [
        asked(clerk, "quiz.pass", {"attempt": attempt, "level": 1}, who.who)
        for who, attempt in zip(players, attempts, strict=True)
    ]  # fmt: skip
    answers = clerk.turn(asks)
    assert Counter(answer.receipt["stage"] for answer in answers) == {"rewarded": 1, "badge": 29}
    assert sum('"quiz.reward_exhausted"' in answer.text for answer in answers) == 29
    assert has(clerk, f"campaign:{key}:pool", POINTS) == 9
    assert sum(has(clerk, f"person:{at(f'p{n}')}:passes", f"PASS.{key}/0") for n in range(30)) == 30
    takes = [asked(clerk, "quiz.take_reward", {"campaign": key, "level": 1}, who.who) for who in players[1:]]
    assert {answer.code for answer in clerk.turn(takes)} == {"quiz.reward_exhausted"}
    t.follow(clerk)  # who follows the journal finds everything done
    assert has(clerk, f"campaign:{key}:pool", POINTS) == 9
    t.agrees(clerk)


def test_a_reward_is_once_for_a_person_with_two_telephones(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    records = [
        ("people_person", at("again"), {"natural": at("p0")}),
        ("people_credential", at("again_here"), {"kind": "session", "person": at("again"), "roles": "citizen"}),
    ]
    done(clerk, "cases.give", {"records": records}, "system")
    levels = [{"streak": 1, "reward": "500 GREEN"}, {"streak": 3}]
    key = t.campaign(clerk, levels=levels, budgets=["2000 GREEN"])
    for name in ("p0", "again"):
        player = t.Player(clerk, name, key)
        player.start()
        player.answer()
        player.answer(right=False)
        t.follow(clerk)
    assert has(clerk, f"person:{at('p0')}:green", "GREEN/0") == 500
    assert has(clerk, f"campaign:{key}:energy", "GREEN/0") == 1500
    t.agrees(clerk)


def test_what_was_not_given_goes_back_when_nobody_waits_any_more(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    key = t.campaign(clerk, levels=[{"streak": 1, "reward": "2.00 ECNY"}], sponsor=at("soap"), charity=at("trees"))
    done(clerk, "quiz.pledge", {"campaign": key, "amount": "9.00 ECNY"}, "mei_here")
    player = t.Player(clerk, "p0", key)
    player.start()
    player.answer()
    t.follow(clerk)
    assert has(clerk, f"charity:{at('trees')}") == 200
    clock.set(t.row(clerk, "quiz_campaign", key).closes - 1)
    assert t.due(clerk) == 0
    clock.set(clock() + 1)
    assert t.due(clerk) == 1 and t.due(clerk) == 0
    assert has(clerk, f"sponsor:{at('soap')}") == 1000_00 - 2_00 and has(clerk, f"campaign:{key}:pool") == 0
    t.agrees(clerk)


# ---- what nobody may learn -----------------------------------------------------------------------------------------


def test_what_is_told_before_an_answer_does_not_depend_on_which_option_is_right(tmp_path: Any) -> None:
    """Two towns that differ in nothing but the right options: every body before an answer is the same."""
    told = []
    for name, right in (("one", 0), ("two", 3)):
        folder = tmp_path / name
        folder.mkdir()
        clerk = book.open_clerk(book.sqlite_dsn(folder), book.Clock())
        t.town(clerk, right=lambda n, right=right: right)
        key = _same_campaign(clerk)
        start = asked(clerk, "quiz.start", {"campaign": key}, "p0_here", id=f"018120{'0' * 6}7{'0' * 3}8{'0' * 15}")
        clerk.clock.set(1_654_056_000_000_000)
        (answer,) = clerk.turn([start])
        told.append(answer.receipt)
        clerk.close(checkpoint=False)
    assert told[0] == told[1] and told[0]["token"]


def _same_campaign(clerk: Any) -> str:
    fields = {
        "bank": "sums", "titles": '{"en":"x"}', "opens": 0, "ends": 2**52, "closes": 2**52, "streak": 5,
        "levels": "[[5]]", "questions": " ".join(f"s{n}" for n in range(12)), "seed": t.SEED,
    }  # fmt: skip
    done(clerk, "cases.give", {"records": [("quiz_campaign", at("same"), fields)]}, "system")
    return at("same")


def test_options_are_dealt_evenly_and_anew_for_every_attempt() -> None:
    first = Counter(draws.dealt(t.SEED, f"{n:032x}", 1, 4)[0] for n in range(4_000))
    assert all(900 < first[option] < 1_100 for option in range(4))


@given(count=st.integers(1, 400), person=st.integers(0, 2**64))
def test_everybody_meets_every_question_once_before_one_comes_again(count: int, person: int) -> None:
    order = [draws.drawn(t.SEED, f"{person:032x}", place, count) for place in range(count)]
    assert sorted(order) == list(range(count))


# ---- machines ------------------------------------------------------------------------------------------------------

TERMS = book.terms().values(book.NOON)
RIGHT = 100
Pace = Any


def _reason(tenths: list[int]) -> str:
    """Why a run with these pauses would wait, judged answer by answer as the act does."""
    fields: dict[str, Any] = {"times": "", "total": 0, "squares": 0, "reason": ""}
    for number, pause in enumerate(tenths, 1):
        attempt = SimpleNamespace(asked=0, number=number, **fields)
        known: Any = SimpleNamespace(term=TERMS.__getitem__, now=pause * 100_000)
        fields |= flags.counted(known, attempt)
    return str(fields["reason"])


def _honest(chance: random.Random) -> list[int]:
    """A person: two taps and two pages take a second, reading and thinking a time of their own, now more, now less."""
    middle = chance.lognormvariate(1.5, 0.45)  # about 4.5 s of reading; the quickest of a thousand read in about one
    return [10 + round(10 * middle * chance.lognormvariate(0, 0.55)) for _ in range(RIGHT)]


def test_honest_players_are_held_in_at_most_one_case_of_two_hundred() -> None:
    chance, players = random.Random(20220615), 2_000
    held = Counter(_reason(_honest(chance)) for _ in range(players))
    assert players - held[""] <= players // 200, held


@pytest.mark.parametrize(("kind", "pace", "reason"), [
    ("at once", lambda c: c.randrange(2, 9), "answers_fast"),
    ("every two seconds", lambda c: 20 + c.randrange(0, 3), "timing_even"),
    ("two to four seconds", lambda c: c.randrange(20, 41), "timing_even"),
    ("five seconds, a little more or less", lambda c: round(c.gauss(50, 6)), "timing_even"),
])  # fmt: skip
def test_a_machine_that_knows_all_answers_is_flagged(kind: str, pace: Pace, reason: str) -> None:
    chance = random.Random(kind)
    found = Counter(_reason([pace(chance) for _ in range(RIGHT)]) for _ in range(200))
    assert found[reason] >= 198, (kind, found)


def test_a_machines_reward_waits_is_appealed_and_decided(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, players=6, questions=40)
    key = t.campaign(clerk, levels=[{"streak": 20, "reward": "10 POINT.low"}], budgets=["100 POINT.low"])
    player = t.Player(clerk, "p0", key)
    player.start()
    player.run(20, pace=lambda n: times.SECOND // 2)
    t.follow(clerk)
    result = t.row(clerk, "quiz_result", f"{key}:{at('p0')}:1")
    assert (result.stage, result.reason) == ("held", "answers_fast")
    assert has(clerk, f"person:{at('p0')}:passes", f"PASS.{key}/0") == 1  # the play went on, and the badge is there
    done(clerk, "quiz.appeal", {"campaign": key, "level": 1}, "p0_here")
    ask = {"campaign": key, "natural": at("p0"), "level": 1, "give": True}
    done(clerk, "quiz.decide", ask, "wang_here")
    assert has(clerk, f"person:{at('p0')}:points:20220601", POINTS) == 10
    assert do(clerk, "quiz.decide", ask, "sun_here").code == "request.stage_wrong"
    t.agrees(clerk)


def test_three_accounts_with_one_timing_and_four_on_one_device_wait(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, players=8, questions=40)
    key = t.campaign(clerk, levels=[{"streak": 20, "reward": "10 POINT.low"}], budgets=["1000 POINT.low"])
    reasons = []
    for name in ("p0", "p1", "p2"):
        player = t.Player(clerk, name, key)
        player.start()
        player.run(20, pace=lambda n: (30 + n * 7 % 60) * times.SECOND // 10)
        t.follow(clerk)
        reasons.append(t.row(clerk, "quiz_result", f"{key}:{at(name)}:1").reason)
    assert reasons == ["", "", "timing_shared"]
    reasons = []
    for place, name in enumerate(("p3", "p4", "p5", "p6")):
        player = t.Player(clerk, name, key)
        player.start(device="ab" * 16)
        player.run(20, pace=lambda n, place=place: (25 + n * (7 + place) % 53) * times.SECOND // 10)
        t.follow(clerk)
        reasons.append(t.row(clerk, "quiz_result", f"{key}:{at(name)}:1").reason)
    assert reasons == ["", "", "", "device_shared"]
    t.agrees(clerk)


# ---- figures -------------------------------------------------------------------------------------------------------

PLAYERS, ANSWERS = 600, 5_000  # the three days of June 2022 at 1:1,000


def test_six_hundred_players_and_five_thousand_answers_come_out_exactly(sqlite_clerk: Any, clock: book.Clock) -> None:
    """As many as the first three days at 1:1,000, in rounds of all who still play; counted again by another route."""
    clerk = sqlite_clerk
    t.town(clerk, players=PLAYERS, questions=60)
    key = t.campaign(clerk, levels=[{"streak": 3}, {"streak": 16}], cards=0)
    chance, mine = random.Random(5), {"answers": 0, "right": 0, "attempts": 0}
    asked_of, right_of, ends = Counter[str](), Counter[str](), Counter[int]()
    players = [t.Player(clerk, f"p{n}", key) for n in range(PLAYERS)]
    passed: set[str] = set()
    while mine["answers"] < ANSWERS:
        idle = [one for one in players if not one.told.get("token") and one.who not in passed]
        for start in range(0, len(idle), 500):
            some = idle[start : start + 500]
            for one, answer in zip(
                some, clerk.turn([asked(clerk, "quiz.start", {"campaign": key}, one.who) for one in some]), strict=True
            ):
                one.told = answer.receipt
                mine["attempts"] += not answer.code
        clock.set(clock() + chance.randrange(20, 90) * times.SECOND // 10)
        playing = [one for one in players if one.told.get("token")][: ANSWERS - mine["answers"]]
        if not playing:
            clock.set(times.start_of_day(times.next_day(times.day(clock()))))
        for start in range(0, len(playing), 500):
            some = playing[start : start + 500]
            rights = [chance.random() < 0.82 for _ in some]
            questions = [t.row(clerk, "quiz_attempt", one.told["attempt"]).question for one in some]
            asks = [one.ask(right=right) for one, right in zip(some, rights, strict=True)]
            for one, right, question, answer in zip(some, rights, questions, clerk.turn(asks), strict=True):
                assert not answer.code, answer.code
                one.told = answer.receipt
                mine["answers"] += 1
                mine["right"] += right
                asked_of[question] += 1
                right_of[question] += right
                if not right:
                    ends[one.told["streak"]] += 1
                if one.told["stage"] == "passed":
                    passed.add(one.who)
    t.follow(clerk)
    fold = figures.Fold().all(clerk.store)
    found = fold.of(key)
    assert (found.players, found.answers) == (PLAYERS, ANSWERS)
    assert (found.right, found.attempts, found.passes) == (mine["right"], mine["attempts"], len(passed))
    assert {code: one.answers for code, one in found.questions.items()} == dict(asked_of)
    assert {code: one.right for code, one in found.questions.items()} == {code: right_of[code] for code in asked_of}
    assert found.ends == dict(ends)
    assert found.hash() == figures.Fold().all(clerk.store).of(key).hash()
    assert len(passed) == sum(has(clerk, one.natural and f"person:{one.natural}:passes", f"PASS.{key}/0")
                              for one in players)  # fmt: skip
    t.agrees(clerk)


def test_an_answer_is_one_small_change_and_no_posting(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, questions=60)
    player = t.Player(clerk, "p0", t.campaign(clerk, levels=[{"streak": 50}]))
    player.start()
    before = clerk.state.n
    player.run(19)
    rows = clerk.store.query("SELECT changes, answer FROM entry WHERE n > ?", (before,))
    assert not list(clerk.store.read_postings(before + 1, clerk.state.n))
    assert all(row[0].count('"quiz_') == 1 for row in rows)
    assert max(len(row[0]) + len(row[1]) for row in rows) < 800


# ---- the bank --------------------------------------------------------------------------------------------------------


def test_a_question_needs_two_readers_a_source_and_a_last_day(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    words = {"en": {"question": "Which one?", "options": ["this", "that"]}}
    one = {"code": "which", "texts": words, "answer": 0, "source": "the seed", "valid_until": "2022-12-31"}

    def write(**change: Any) -> None:
        done(clerk, "quiz.write", {"bank": "new", "questions": [{**one, **change}]}, "wang_here")

    named = {"bank": "new", "codes": ["which"]}
    write()
    done(clerk, "quiz.review", named, "sun_here")
    done(clerk, "quiz.review", named, "sun_here")  # reading it twice is one reader
    assert do(clerk, "quiz.publish", named, "wang_here").code == "quiz.review_missing"
    records = [("people_credential", at("p0_office"), {"kind": "session", "person": at("p0"), "roles": "approver"})]
    done(clerk, "cases.give", {"records": records}, "system")
    done(clerk, "quiz.review", named, "p0_office")
    write()  # a new version, which nobody has read
    assert do(clerk, "quiz.publish", named, "wang_here").code == "quiz.review_missing"
    for change in ({"source": ""}, {"valid_until": ""}, {"valid_until": "2022-05-31"}, {}):
        write(**change)
        for who in ("sun_here", "p0_office"):
            done(clerk, "quiz.review", named, who)
        assert do(clerk, "quiz.publish", named, "wang_here").code == ("quiz.review_missing" if change else "")
    assert t.row(clerk, "quiz_bank", "new").questions == "which"


def test_a_withdrawn_question_is_asked_no_more_in_a_campaign_that_runs(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, questions=10)
    player = t.Player(clerk, "p0", t.campaign(clerk, levels=[{"streak": 8}]))
    player.start()
    gone = {"bank": "sums", "codes": [f"s{n}" for n in range(9)]}
    done(clerk, "quiz.withdraw", gone, "wang_here")
    player.answer()
    assert t.row(clerk, "quiz_attempt", player.told["attempt"]).question == "sums:s9"


# ---- any life ------------------------------------------------------------------------------------------------------


def test_every_stage_of_attempts_results_and_questions_is_reached() -> None:
    for stages in (common.STAGES, common.RESULTS, common.QUESTIONS):
        reached = {"", "late"}
        for _ in stages:
            reached |= {to for (start, _), to in stages.items() if start in reached}
        assert reached >= {start for start, _ in stages}
        assert drawn(stages).startswith("stateDiagram")


WAYS = ("start", "start", "right", "right", "right", "right", "wrong", "late", "revive", "share", "pass", "appeal",
        "take", "decide", "restart", "withdraw", "day")  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_nothing_is_given_twice_and_a_restart_changes_nothing(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:  # fmt: skip
    chance, clock = random.Random(seed), book.Clock()
    dsn = book.sqlite_dsn(tmp_path_factory.mktemp("life"))
    clerk = book.open_clerk(dsn, clock)
    t.town(clerk, players=4, questions=14)
    levels = [{"streak": 2, "reward": "10 POINT.low"}, {"streak": 4, "reward": "1.00 ECNY"}]
    key = t.campaign(clerk, levels=levels, budgets=["45 POINT.low"], sponsor=at("soap"), charity=at("trees"))
    done(clerk, "quiz.pledge", {"campaign": key, "amount": "2.50 ECNY"}, "mei_here")
    players = [t.Player(clerk, f"p{n}", key) for n in range(4)]
    for _ in range(120):
        way, player = chance.choice(WAYS), chance.choice(players)
        clock.set(clock() + chance.randrange(1, 200) * times.SECOND // 10)
        if way == "restart":
            clerk.close(checkpoint=chance.random() < 0.5)
            clerk = book.open_clerk(dsn, clock)
            for one in players:
                one.clerk = clerk
        else:
            _lives(clerk, clock, chance, key, way, player)
    t.follow(clerk)
    given_out = sum(
        has(clerk, f"person:{one.natural}:points:{day.replace('-', '')}", POINTS)
        for one in players
        for day in _days(clock)
    )
    assert given_out + has(clerk, f"campaign:{key}:pool", POINTS) == 45 and given_out <= 40
    assert has(clerk, f"campaign:{key}:pool") + has(clerk, f"charity:{at('trees')}") == 250
    t.agrees(clerk)
    clerk.close(checkpoint=False)


def _lives(clerk: Any, clock: book.Clock, chance: random.Random, key: str, way: str, player: t.Player) -> None:
    """One step of somebody's life; a refusal is an answer too, but only one of the closed list."""
    attempt = player.told.get("attempt", at("none"))
    if way in ("right", "wrong"):
        if player.told.get("token"):
            (answer,) = clerk.turn([player.ask(right=way == "right")])
            player.told = answer.receipt or {**player.told, "token": ""}
        return
    if way == "late":
        clock.set(clock() + 200 * times.SECOND)
        return
    if way == "day":
        clock.set(clock() + 6 * times.HOUR)
        return
    level, natural = chance.randrange(1, 3), player.natural
    asks = {
        "start": ("quiz.start", {"campaign": key, "device": "ab" * 8}, player.who),
        "revive": ("quiz.revive", {"attempt": attempt}, player.who),
        "share": ("quiz.share", {"campaign": key}, player.who),
        "pass": ("quiz.pass", {"attempt": attempt, "level": level}, player.who),
        "appeal": ("quiz.appeal", {"campaign": key, "level": level}, player.who),
        "take": ("quiz.take_reward", {"campaign": key, "level": level}, player.who),
        "decide": ("quiz.decide", {"campaign": key, "natural": natural, "level": level, "give": chance.random() < 0.5},
                   "wang_here"),
        "withdraw": ("quiz.withdraw", {"bank": "sums", "codes": [f"s{chance.randrange(3)}"]}, "sun_here"),
    }  # fmt: skip
    answer = do(clerk, *asks[way])
    if way in ("start", "revive") and not answer.code:
        player.told = answer.receipt


def _days(clock: book.Clock) -> list[str]:
    days = ["2022-06-01"]
    while days[-1] < times.day(clock()):
        days.append(times.next_day(days[-1]))
    return days
