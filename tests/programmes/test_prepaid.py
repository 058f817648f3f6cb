"""Prepaid contracts: one lesson, one write-off; unused money back; races, closures that were killed, guards, dates."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import book
import prepaidtown as t
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prepaidtown import asked, at, do, done, has

from saxaul.engine import Refusal, step
from saxaul.engine.stages import drawn
from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.programmes.prepaid import common, lists
from saxaul.programmes.prepaid.invariants import every_lesson_was_paid_for, money_and_lessons
from saxaul.programmes.prepaid.packs import templates
from saxaul.programmes.prepaid.stages import GONE, OPEN, STAGES, UNFUNDED

# ---- one lesson, one write-off; unused money back ------------------------------------------------------------------


def test_after_seven_of_twenty_the_money_of_thirteen_comes_back_to_the_fen(clerk: Any) -> None:
    t.town(clerk)
    contract = t.funded(clerk, units=199_999)  # 100.00 each for nineteen lessons, 99.99 for the last
    assert has(clerk, common.escrow(contract)) == 199_999 and t.earned(clerk) == 0
    for _ in range(7):
        t.check_in(clerk, contract)
    before = has(clerk, t.wallet("zhang"))
    assert t.earned(clerk) == 7 * 100_00
    back = done(clerk, "prepaid.refund", {"contract": contract}, "zhang")
    assert (back["lessons"], back["amount"], back["stage"]) == (13, "1299.99 CNY", "refunded")
    assert has(clerk, t.wallet("zhang")) - before == 1299_99
    assert t.earned(clerk) == 7 * 100_00, "the school's balance is not touched by a refund"
    assert has(clerk, common.escrow(contract)) == 0 and has(clerk, common.lessons_of(contract), "LESSON/0") == 0
    t.views_agree(clerk)
    t.whole(clerk)


@given(st.integers(1, common.LESSONS_MAX), st.integers(0, 10**9))
def test_the_prices_of_all_lessons_are_the_price_of_the_contract(lessons: int, more: int) -> None:
    row: Any = type("Row", (), {"units": lessons + more, "lessons": lessons})
    each = common.prices(row)
    assert len(each) == lessons and sum(each) == lessons + more and 0 <= max(each) - min(each) <= 1 <= min(each)


def test_the_last_lesson_empties_the_escrow_whatever_paid_it(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, money="200.03 ECNY")
    contract = t.funded(clerk, "li", lessons=7, units=70_001)  # subsidy, e-CNY and yuan, 100.01 and 100.00 a lesson
    assert t.row(clerk, contract).sources == "VOUCHER.sub/2 ECNY/2 CNY/2"
    for place in range(7):
        given_now = t.check_in(clerk, contract, "li")
        assert given_now["lesson"] == place + 1
        t.views_agree(clerk)
    assert given_now["stage"] == "completed" and t.earned(clerk) == 70_001
    assert has(clerk, "campaign:sub:escrow") == 0 and has(clerk, "campaign:sub:spent", "VOUCHER.sub/2") == 300_00
    t.whole(clerk)


def test_a_check_in_and_a_refund_of_the_last_lesson_race_and_one_wins(clerk: Any) -> None:
    t.town(clerk)
    chance = random.Random(20)
    for lucky in range(6):
        contract = t.funded(clerk, lessons=1, units=101 + lucky)
        codes = [t.token(clerk, contract) for _ in range(10)]
        asks = [asked(clerk, "prepaid.check_in", {"code": code}, "door") for code in codes]
        asks += [asked(clerk, "prepaid.refund", {"contract": contract}, "zhang") for _ in range(10)]
        chance.shuffle(asks)
        before = t.earned(clerk), has(clerk, t.wallet("zhang"))
        answers = clerk.turn(asks)
        won = [ask.act for ask, answer in zip(asks, answers, strict=True) if not answer.code]
        assert len(won) == 1 and has(clerk, common.escrow(contract)) == 0
        after = t.earned(clerk), has(clerk, t.wallet("zhang"))
        gained = (101 + lucky, 0) if won == ["prepaid.check_in"] else (0, 101 + lucky)
        assert (after[0] - before[0], after[1] - before[1]) == gained
    t.views_agree(clerk)
    t.whole(clerk)


@pytest.mark.parametrize("first", ["check_in", "refund"])
def test_a_refund_of_what_was_shown_and_a_check_in_race_and_one_wins(clerk: Any, first: str) -> None:
    t.town(clerk)
    contract = t.funded(clerk, lessons=20, units=199_999)
    code = t.token(clerk, contract)
    asks = [
        asked(clerk, "prepaid.check_in", {"code": code}, "door"),
        asked(clerk, "prepaid.refund", {"contract": contract, "amount": "1999.99 CNY"}, "zhang"),
    ]
    answers = clerk.turn(asks if first == "check_in" else asks[::-1])
    wanted = ["", "contract.lesson_released"] if first == "check_in" else ["", "request.stage_wrong"]
    assert [answer.code for answer in answers] == wanted
    assert t.earned(clerk) == (100_00 if first == "check_in" else 0)
    t.views_agree(clerk)


def test_one_lesson_checked_in_by_twenty_devices_at_once_is_one_release(clerk: Any) -> None:
    t.town(clerk)
    contract = t.funded(clerk)
    code = t.token(clerk, contract)
    asks = [asked(clerk, "prepaid.check_in", {"code": code}, "door") for _ in range(20)]
    answers = clerk.turn(asks)
    assert [answer.code for answer in answers] == [""] + ["contract.lesson_released"] * 19
    assert t.earned(clerk) == 100_00 and t.row(clerk, contract).states == "r" + "." * 19
    assert clerk.turn([asks[0]])[0].text == answers[0].text, "the same ask again has the same receipt"
    assert clerk.turn([asks[5]])[0].code == "contract.lesson_released"
    t.whole(clerk)


def test_digits_of_one_lesson_open_no_other_lesson_and_no_other_contract(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    one, other = t.funded(clerk, lessons=3, units=300), t.funded(clerk, lessons=3, units=300)
    code = t.token(clerk, one, lesson=2)
    for ask in ({"code": code, "lesson": 3}, {"code": code, "contract": other}, {"code": code[::-1], "contract": one}):
        assert do(clerk, "prepaid.check_in", ask, "door").code == "contract.checkin_missing"
    assert do(clerk, "prepaid.check_in", {"code": code}, "cook").code == "request.object_missing"
    assert done(clerk, "prepaid.check_in", {"code": code}, "door")["lesson"] == 2
    assert t.row(clerk, one).states == ".r."


def test_a_pupils_card_counts_a_few_lessons_a_day(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=20, units=2_000)
    done(clerk, "prepaid.set_card", {"contract": contract, "card": common.token_key("card of the pupil")}, "zhang")
    ask = {"code": "card of the pupil", "contract": contract}
    codes = [answer.code for answer in clerk.turn([asked(clerk, "prepaid.check_in", ask, "door") for _ in range(9)])]
    assert codes == [""] * 4 + ["contract.checkin_missing"] * 5
    clock.set(clock() + times.DAY)
    assert done(clerk, "prepaid.check_in", ask, "door")["lesson"] == 5
    done(clerk, "prepaid.set_card", {"contract": contract}, "zhang")
    assert do(clerk, "prepaid.check_in", ask, "door").code == "contract.checkin_missing"


# ---- subsidies -----------------------------------------------------------------------------------------------------


def test_a_subsidised_share_goes_back_to_its_sponsor_first_where_the_template_says_so(clerk: Any) -> None:
    t.town(clerk)
    meals = {"template": "school-meals", "school": "cook", "lessons": 10, "units": 50_003}
    contract = t.funded(clerk, "li", **meals)
    t.check_in(clerk, contract, "li", "cook")  # 50.01 of the subsidy
    own = has(clerk, t.wallet("li"))
    part = done(clerk, "prepaid.refund", {"contract": contract, "lessons": 5}, "li")
    assert part["parts"] == ["249.99 VOUCHER.sub", "0.01 ECNY"]
    assert has(clerk, f"sponsor:{at('fund')}") == 249_99 and has(clerk, t.wallet("li")) == own + 1
    done(clerk, "prepaid.refund", {"contract": contract}, "li")
    assert has(clerk, f"sponsor:{at('fund')}") == 249_99 and has(clerk, t.wallet("li"), "VOUCHER.sub/2") == 0
    assert has(clerk, "campaign:sub:escrow") == 0 and t.earned(clerk, "canteen") == 50_01
    t.views_agree(clerk)
    t.whole(clerk)


def test_otherwise_it_comes_back_last_and_can_be_spent_again(clerk: Any) -> None:
    t.town(clerk)
    contract = t.funded(clerk, "li", lessons=10, units=50_000)
    part = done(clerk, "prepaid.refund", {"contract": contract, "lessons": 5}, "li")
    assert part["parts"] == ["200.00 ECNY", "50.00 VOUCHER.sub"]
    done(clerk, "prepaid.refund", {"contract": contract}, "li")
    assert has(clerk, t.wallet("li"), "VOUCHER.sub/2") == 300_00 and has(clerk, "campaign:sub:escrow") == 300_00
    assert t.row(clerk, t.funded(clerk, "li", lessons=1, units=30_000)).sources == "VOUCHER.sub/2"
    t.whole(clerk)


def test_a_subsidy_that_ended_goes_to_its_sponsor_and_a_lesson_still_uses_it(
    sqlite_clerk: Any, clock: book.Clock
) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, "li", lessons=10, units=50_000)
    t.give(clerk, pay_purpose={"sub": {"until": clock() + 1}})
    clock.set(clock() + times.HOUR)
    t.check_in(clerk, contract, "li")
    assert has(clerk, "campaign:sub:spent", "VOUCHER.sub/2") == 50_00
    done(clerk, "prepaid.refund", {"contract": contract}, "li")
    assert has(clerk, f"sponsor:{at('fund')}") == 250_00 and has(clerk, t.wallet("li"), "VOUCHER.sub/2") == 0
    t.whole(clerk)


def test_without_a_sponsor_it_may_be_given_again_and_a_closed_wallet_loses_nothing(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, "li", lessons=10, units=50_000)
    t.give(clerk, pay_purpose={"sub": {"sponsor": ""}}, people_wallet={at("li_wallet"): {"stage": "closed"}})
    done(clerk, "prepaid.refund", {"contract": contract}, "li")
    assert has(clerk, "campaign:sub:pool", "VOUCHER.sub/2") == 300_00 == has(clerk, "campaign:sub:escrow")
    assert has(clerk, "operator:icbc:suspense") == 200_00
    t.whole(clerk)


# ---- closure and disputes ------------------------------------------------------------------------------------------


class Killed(Exception):
    """The process is gone."""


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_closure_of_a_thousand_contracts_killed_in_the_middle_goes_on_and_doubles_nothing(
    dsn: str, clock: book.Clock, dies: str
) -> None:
    clerk = book.open_clerk(dsn, clock)
    t.town(clerk, money="300000.00 ECNY")
    paid = _thousand(clerk)
    officers = {"merchant": at("music"), "reason": "case-31"}
    assert do(clerk, "prepaid.close_school", officers, "wang").code == "actor.second_missing"
    done(clerk, "prepaid.close_school", officers, "system")
    earned, slices = t.earned(clerk), 0

    def submit(requests: Any) -> Any:
        nonlocal slices
        slices += 1
        if slices == 3 and dies == "before":
            raise Killed
        answers = clerk.turn(requests)
        if slices == 3:
            raise Killed
        return answers

    with pytest.raises(Killed):
        t.dues(clerk, submit)
    closed = [row for row in t.rows(clerk) if row.stage == "merchant_closed"]
    assert len(closed) == (512 if dies == "before" else 768), "it was killed in the middle"
    t.views_agree_on(clerk, sample=20)
    clerk = t.reopened(clerk, dsn, clock)
    assert t.dues(clerk) == 1000 - len(closed)
    last = clerk.state.n
    assert t.dues(clerk) == 0 and clerk.state.n == last
    rows = t.rows(clerk)
    assert {row.stage for row in rows} == {"merchant_closed"} and len(rows) == 1000
    assert sum(row.returned for row in rows) + sum(row.released for row in rows) == paid
    assert t.earned(clerk) == earned == sum(row.released for row in rows)
    assert has(clerk, t.wallet("zhang")) == 300_000_00 - earned
    (returns,) = clerk.store.query("SELECT COUNT(*) FROM entry WHERE act = 'prepaid.return_closed'")
    assert returns == (1000,)
    answer = do(clerk, "prepaid.check_in", {"contract": rows[0].key, "code": "1"}, "door")
    assert answer.code == "contract.merchant_closed"
    t.whole(clerk)
    clerk.close(checkpoint=False)


def _thousand(clerk: Any) -> int:
    """A thousand contracts of Zhang, paid; a lesson of every tenth is given. Returns what was paid."""
    ask = {"template": "tuition", "wallet": at("zhang_wallet"), "last_day": "2022-12-31", "body": "Piano"}
    asks = [{**ask, "lessons": 3 + n % 5, "price": show(CNY, 10_000 + n)} for n in range(1000)]
    made = _all(clerk, [("prepaid.draft", one, "mei") for one in asks])
    for who in ("zhang", "mei"):
        _all(clerk, [("prepaid.sign", {"contract": one["contract"], "text": one["text"]}, who) for one in made])
    _all(clerk, [("prepaid.fund", {"contract": one["contract"]}, "zhang") for one in made])
    for one in made[::10]:
        t.check_in(clerk, one["contract"])
    return sum(10_000 + n for n in range(1000))


def _all(clerk: Any, wanted: list[tuple[str, dict[str, Any], str]]) -> list[dict[str, Any]]:
    found = []
    for start in range(0, len(wanted), 500):
        answers = clerk.turn([asked(clerk, *one) for one in wanted[start : start + 500]])
        assert not {answer.code for answer in answers} - {""}, [answer.code for answer in answers if answer.code][:3]
        found += [answer.receipt for answer in answers]
    return found


def test_a_lesson_in_dispute_outlives_the_closure_and_nothing_is_lost(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=4, units=10_001)
    t.check_in(clerk, contract)
    done(clerk, "prepaid.dispute", {"contract": contract, "lesson": 2}, "mei")
    done(clerk, "prepaid.close_school", {"merchant": at("music"), "reason": "case-31"}, "system")
    assert t.dues(clerk) == 1 and t.dues(clerk) == 0
    row = t.row(clerk, contract)
    assert (row.stage, row.released, row.returned, row.states) == ("suspended", 2501, 5000, "rdbb")
    assert has(clerk, common.escrow(contract)) == 2500
    assert do(clerk, "prepaid.refund", {"contract": contract}, "zhang").code == "request.stage_wrong"
    ruling = {"contract": contract, "lesson": 2, "to": "school", "reason": "case-32"}
    assert done(clerk, "prepaid.rule", ruling, "wang")["stage"] == "merchant_closed"
    assert t.earned(clerk) == 5001
    t.views_agree(clerk)
    t.whole(clerk)


def test_nobody_holds_back_all_the_money_by_disputing_everything(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=10, units=1_000)
    asks = [asked(clerk, "prepaid.dispute", {"contract": contract, "lesson": n}, "mei") for n in range(1, 11)]
    assert [answer.code for answer in clerk.turn(asks)] == [""] * 3 + ["request.stage_wrong"] * 7
    assert done(clerk, "prepaid.refund", {"contract": contract}, "zhang")["lessons"] == 7
    t.views_agree(clerk)


def test_a_school_closes_by_two_officers_who_are_two_people(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    t.give(clerk, people_credential={
        at("wang_again"): {"kind": "session", "person": at("wang"), "roles": "officer approver"},
        at("sun_office"): {"kind": "session", "person": at("li"), "roles": "officer approver"},
    })  # fmt: skip
    contract = t.funded(clerk, lessons=3, units=1_000)
    ask = {"act": "prepaid.close_school", "ask": {"merchant": at("music"), "reason": "case-5"}, "reason": "case-5"}
    proposal = done(clerk, "desk.propose", ask, "wang")["proposal"]
    assert do(clerk, "desk.approve", {"proposal": proposal}, "wang_again").code == "actor.approver_same"
    assert t.dues(clerk) == 0
    done(clerk, "desk.approve", {"proposal": proposal}, "sun_office")
    assert t.dues(clerk) == 1 and t.row(clerk, contract).stage == "merchant_closed"


def test_a_school_gives_back_what_it_will_not_give(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=3, units=1_000)
    t.check_in(clerk, contract)
    assert done(clerk, "prepaid.refund", {"contract": contract}, "mei")["amount"] == "6.66 CNY"
    assert t.earned(clerk) == 334
    assert do(clerk, "prepaid.refund", {"contract": contract}, "cook").code == "request.object_missing"


def test_a_dispute_without_a_ruling_goes_back_on_its_day_and_not_before(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=2, units=1_001)
    until = times.read(done(clerk, "prepaid.dispute", {"contract": contract, "lesson": 1}, "zhang")["until"]) or 0
    assert until == clock() + 15 * times.DAY
    code = t.token(clerk, contract)
    assert done(clerk, "prepaid.check_in", {"code": code}, "door")["lesson"] == 2, "other lessons go on"
    for now, done_now in ((until - 1, 0), (until, 1), (until + 1, 0)):
        clock.set(now)
        assert t.dues(clerk) == done_now
    assert t.row(clerk, contract).stage == "completed" and has(clerk, common.escrow(contract)) == 0
    t.views_agree(clerk)
    t.whole(clerk)


def test_validity_ends_with_its_last_day(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract, never_paid = t.funded(clerk, lessons=3, units=1_000), t.signed(clerk, lessons=3, units=1_000)
    end = times.read("2022-12-31T16:00:00Z") or 0
    clock.set(end - 1)
    assert t.dues(clerk) == 0
    t.check_in(clerk, contract)
    clock.set(end - 1)
    late = t.token(clerk, contract)
    clock.set(end)
    assert do(clerk, "prepaid.check_in", {"code": late}, "door").code == "request.stage_wrong"
    assert t.dues(clerk) == 2 and t.dues(clerk) == 0
    assert [t.row(clerk, one).stage for one in (contract, never_paid)] == ["ended", "expired"]
    assert t.row(clerk, contract).returned == 666 and t.earned(clerk) == 334
    t.whole(clerk)


@pytest.mark.parametrize(("after", "stage"), [(-1, "cooled_off"), (0, "refunded"), (1, "refunded")])
def test_cooling_off_ends_to_the_microsecond(sqlite_clerk: Any, clock: book.Clock, after: int, stage: str) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk)
    clock.set(clock() + 7 * times.DAY + after)
    back = done(clerk, "prepaid.refund", {"contract": contract}, "zhang")
    assert (back["stage"], back["amount"]) == (stage, "1999.99 CNY")


# ---- guards, signatures, texts --------------------------------------------------------------------------------------


def test_paying_a_contract_passes_the_guards_of_any_payment(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk, receives=150_000)
    contract = t.signed(clerk, units=100_001)
    assert do(clerk, "prepaid.fund", {"contract": contract}, "zhang").code == "actor.step_missing"
    proofs = t.proofs(clerk, "zhang", at("music"), 100_001)
    t.give(clerk, people_wallet={at("zhang_wallet"): {"stage": "frozen"}})
    ask = {"contract": contract}
    assert do(clerk, "prepaid.fund", ask, "zhang", proofs=proofs).code == "wallet.stage_frozen"
    t.give(clerk, people_wallet={at("zhang_wallet"): {"stage": "open", "tier": 4}})
    assert do(clerk, "prepaid.fund", ask, "zhang", proofs=proofs).code == ""
    second = t.signed(clerk, units=60_000)
    assert do(clerk, "prepaid.fund", {"contract": second}, "zhang").code == "payee.limit_exceeded"
    t.give(clerk, people_organisation={at("music"): {"receives": 0}})
    dear = t.signed(clerk, units=200_001)
    proofs = t.proofs(clerk, "zhang", at("music"), 200_001)
    assert do(clerk, "prepaid.fund", {"contract": dear}, "zhang", proofs=proofs).code == "tier.payment_exceeded"


def test_the_hash_both_signed_is_in_every_entry_and_the_text_is_in_none(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, "li", lessons=3, units=1_000)
    t.check_in(clerk, contract, "li")
    done(clerk, "prepaid.dispute", {"contract": contract, "lesson": 2}, "mei")
    done(clerk, "prepaid.rule", {"contract": contract, "lesson": 2, "to": "payer", "reason": "case-1"}, "wang")
    done(clerk, "prepaid.refund", {"contract": contract}, "li")
    row = t.row(clerk, contract)
    (body,) = clerk.store.query("SELECT body FROM prepaid_body WHERE key = ?", (contract,))
    assert common.digest_of(row, body[0]) == row.text
    assert common.digest_of(row, body[0] + " ") != row.text
    written = clerk.store.query("SELECT act, changes FROM entry")
    mine = [(act, changes) for act, changes in written if contract in changes and "prepaid_contract" in changes]
    assert [act for act, _ in mine] == [f"prepaid.{act}" for act in (
        "draft", "sign", "sign", "fund", "check_in", "dispute", "rule", "refund")]  # fmt: skip
    assert all(row.text in changes for _, changes in mine)
    assert not any("an hour each" in changes for _, changes in written)


def test_a_signature_binds_price_and_lessons_and_not_the_words_alone(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    one, other = t.drafted(clerk, units=100_000), t.drafted(clerk, units=100_001)
    assert one["text"] != other["text"]
    swapped = {"contract": one["contract"], "text": other["text"]}
    assert do(clerk, "prepaid.sign", swapped, "zhang").code == "request.field_invalid"
    assert do(clerk, "prepaid.fund", {"contract": one["contract"]}, "zhang").code == "contract.signature_missing"


def test_every_kind_of_contract_is_a_row_and_no_code_knows_one(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    kinds = templates(t.PACK.read_text("utf-8"))
    assert {kind.template for kind in kinds} == {"tuition", "school-fees", "school-meals", "gym", "hairdresser"}
    folder = Path(common.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    named = re.findall(r"[\"'](tuition|school-fees|school-meals|gym|hairdresser)[\"']", code)
    assert not named
    for kind in kinds:
        category = (kind.categories or ["8299"])[0]
        t.give(clerk, people_organisation={at("music"): {"category": category}})
        contract = t.funded(clerk, template=kind.template, lessons=3, units=1_000)
        t.check_in(clerk, contract)
        assert done(clerk, "prepaid.refund", {"contract": contract}, "zhang")["amount"] == "6.66 CNY"
    t.views_agree(clerk)


def test_rules_of_a_template_changed_later_do_not_bind_what_was_signed_before(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk)
    t.give(clerk, prepaid_template={"tuition": {"cooling_days": 0, "lessons_max": 1, "stage": "withdrawn"}})
    assert done(clerk, "prepaid.refund", {"contract": contract}, "zhang")["stage"] == "cooled_off"


def test_the_district_sees_who_is_quiet_and_nobody_sees_another_schools_contracts(
    clerk: Any, clock: book.Clock
) -> None:
    t.town(clerk)
    quiet, lively = t.funded(clerk, lessons=4, units=1_000), t.funded(clerk, "li", lessons=4, units=1_000)
    clock.set(clock() + 61 * times.DAY)
    t.check_in(clerk, lively, "li")
    before = clock() - 60 * times.DAY
    assert [row["contract"] for row in lists.stale(clerk.store, t.DISTRICT, before=before)] == [quiet]
    (music,) = lists.of_district(clerk.store, t.DISTRICT, stale_before=before)
    assert (music["contracts"], music["open"], music["stale"], music["left"]) == (2, 2, 1, 1_750)
    assert lists.of_school(clerk.store, at("canteen")) == []
    assert {row["contract"] for row in lists.of_school(clerk.store, at("music"))} == {quiet, lively}
    (lesson,) = lists.lessons_of(clerk.store, lively)
    assert (lesson["number"], lesson["price"], lesson["stage"], lesson["proof"]) == (1, 250, "released", "token")


# ---- the graph and what must hold -----------------------------------------------------------------------------------


def test_every_stage_is_reached_and_only_the_last_ones_lead_nowhere() -> None:
    reached = {""}
    for _ in STAGES:
        reached |= {to for (start, _), to in STAGES.items() if start in reached}
    starts = {start for start, _ in STAGES}
    assert {stage for stage in reached if stage not in starts} == set(GONE)
    assert starts == {"", *UNFUNDED, *OPEN}
    assert "signed --> funded: prepaid.fund" in drawn(STAGES)


@pytest.mark.parametrize("stage", sorted({stage for stage, _ in STAGES} | set(STAGES.values())))
def test_whatever_is_not_in_the_graph_is_refused_by_name(stage: str) -> None:
    for act in {act for _, act in STAGES}:
        if (stage, act) not in STAGES:
            with pytest.raises(Refusal, match=r"request\.stage_wrong"):
                step(STAGES, stage, act)


@pytest.mark.parametrize(
    ("money", "lessons", "found"),
    [(500, 3, 0), (500, 0, 1), (0, 3, 1), (2, 3, 1), (-1, 0, 1)],
)  # fmt: skip
def test_money_without_lessons_or_lessons_without_money_is_found(money: int, lessons: int, found: int) -> None:
    balances = [("contract:a:escrow", "ECNY/2", money), ("contract:a:units", "LESSON/0", lessons),
                ("issuer:contract", "LESSON/0", -lessons)]  # fmt: skip
    assert (len(list(money_and_lessons(balances))) > 0) == bool(found)
    assert list(every_lesson_was_paid_for(balances)) == []
    assert len(list(every_lesson_was_paid_for([*balances, ("contract:b:units", "LESSON/0", 1)]))) == 1


def test_a_book_in_which_an_escrow_lost_a_fen_is_found_out(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.funded(clerk, lessons=3, units=1_000)
    real = clerk.look

    def short(keys: Any) -> Any:
        return {key: (found[0] - (key[0] == common.escrow(contract)), found[1]) for key, found in real(keys).items()}

    assert list(lists.differences(t.rows(clerk), real)) == []
    assert len(list(lists.differences(t.rows(clerk), short))) == 2


def test_the_receipt_says_what_the_hash_covers(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    contract = t.signed(clerk, lessons=3, units=1_000)
    answer = do(clerk, "prepaid.fund", {"contract": contract}, "zhang")
    assert json.loads(answer.text)["receipt"]["text"] == t.row(clerk, contract).text
