"""Random lives of contracts, the clerk killed in between: the escrow is always the price of the unused lessons."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import book
import prepaidtown as t
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prepaidtown import at, do, has

from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.programmes.prepaid import common
from saxaul.programmes.prepaid.stages import OPEN

DO = (
    "draft", "fund", "check_in", "check_in", "check_in", "check_in_again", "alone", "refund", "part", "dispute", "rule",
    "wait", "tick", "kill", "close", "withdraw", "voucher_ends",
)  # fmt: skip
EXPECTED = frozenset({
    "", "request.stage_wrong", "request.field_invalid", "wallet.funds_short", "contract.lesson_released",
    "contract.lesson_disputed", "contract.merchant_closed", "contract.checkin_missing", "contract.signature_missing",
})  # fmt: skip


class Life:
    """A district that lives at random; every step is looked at, and what is checked never comes from the step."""

    def __init__(self, dsn: str) -> None:
        self.dsn, self.clock = dsn, book.Clock()
        self.clerk = book.open_clerk(dsn, self.clock)
        t.town(self.clerk, money="3000.00 ECNY")
        self.contracts: list[tuple[str, str, str, str]] = []  # contract, family, device, what was shown last
        self.released: dict[str, set[int]] = {}
        self.seen: set[str] = set()
        self.all_money = self.money()

    def money(self) -> int:
        """Everything that is or stands for money, wherever a step may put it; vouchers count by what is behind them."""
        keys = [t.wallet(who) for who in t.FAMILIES] + [f"merchant:{at(m)}:due" for m in ("music", "canteen")]
        keys += ["campaign:sub:escrow", f"sponsor:{at('fund')}", "operator:icbc:suspense"]
        keys += [common.escrow(contract) for contract, *_ in self.contracts]
        return sum(has(self.clerk, key, asset) for key in keys for asset in ("ECNY/2", "CNY/2"))

    def step(self, what: str, number: int) -> None:
        """One thing happens, or is refused with one of the codes that it may be refused with."""
        before = self.clerk.state.n
        code = getattr(self, f"_{what}")(number)
        assert code in EXPECTED, (what, code)
        self.seen.add(f"{what}:{code}")
        if self.clerk.state.n != before or what in ("kill", "tick"):
            t.views_agree(self.clerk)
            assert self.money() == self.all_money

    def _pick(self, number: int) -> tuple[str, str, str, str]:
        return self.contracts[number % len(self.contracts)]

    def _do(self, act: str, ask: dict[str, Any], who: str, **more: Any) -> str:
        return do(self.clerk, act, ask, who, **more).code

    def _draft(self, number: int) -> str:
        who, meals = t.FAMILIES[number % 2], number % 3 == 0
        lessons, units = 1 + number % 9, 100 + number % 20_011
        ask = {
            "template": "school-meals" if meals else "tuition", "wallet": at(f"{who}_wallet"), "lessons": lessons,
            "price": show(CNY, units), "last_day": times.day(self.clock() + (1 + number % 40) * times.DAY), "body": "x",
        }  # fmt: skip
        answer = do(self.clerk, "prepaid.draft", ask, "cook" if meals else "mei")
        if not answer.code:
            contract = answer.receipt["contract"]
            self.contracts.append((contract, who, "cook" if meals else "door", ""))
            sign = {"contract": contract, "text": answer.receipt["text"]}
            for signer in (who, "cook" if meals else "mei")[: 1 if number % 7 == 0 else 2]:
                self._do("prepaid.sign", sign, signer)
        return answer.code

    def _fund(self, number: int) -> str:
        contract, who, *_ = self._pick(number)
        return self._do("prepaid.fund", {"contract": contract}, who)

    def _check_in(self, number: int) -> str:
        place = number % len(self.contracts)
        contract, who, device, _ = self.contracts[place]
        lesson = number % 5 and 1 + number % max(1, t.row(self.clerk, contract).lessons)
        digits = f"{number}-{self.clerk.state.n}"
        ask = {"contract": contract, "token": common.token_key(digits), "lesson": lesson}
        code = self._do("prepaid.show_token", ask, who)
        if code:
            return code
        self.contracts[place] = (contract, who, device, digits)
        return self._given(contract, digits, device)

    def _given(self, contract: str, digits: str, device: str) -> str:
        answer = do(self.clerk, "prepaid.check_in", {"code": digits}, device)
        if not answer.code:
            lesson = answer.receipt["lesson"]
            assert lesson not in self.released.setdefault(contract, set()), "a lesson was released twice"
            self.released[contract].add(lesson)
        return answer.code

    def _check_in_again(self, number: int) -> str:
        contract, _who, device, digits = self._pick(number)
        code = self._given(contract, digits, device) if digits else ""
        assert code or not digits, "digits that were used opened another lesson"
        return code

    def _alone(self, number: int) -> str:
        contract, _who, device, _digits = self._pick(number)
        code = self._do("prepaid.check_in", {"contract": contract}, device)
        assert code, "the school alone was paid"
        return code

    def _refund(self, number: int) -> str:
        contract, who, *_ = self._pick(number)
        return self._do("prepaid.refund", {"contract": contract}, who)

    def _part(self, number: int) -> str:
        contract, who, *_ = self._pick(number)
        return self._do("prepaid.refund", {"contract": contract, "lessons": 1 + number % 4}, who)

    def _dispute(self, number: int) -> str:
        contract, who, *_ = self._pick(number)
        return self._do("prepaid.dispute", {"contract": contract, "lesson": 1 + number % 5}, who)

    def _rule(self, number: int) -> str:
        disputed = [row for row in t.rows(self.clerk) if row.disputed]
        if not disputed:
            return ""
        row = disputed[number % len(disputed)]
        to = ("school", "payer")[number % 2]
        ask = {"contract": row.key, "lesson": row.states.index("d") + 1, "to": to, "reason": "case-1"}
        return self._do("prepaid.rule", ask, "wang")

    def _wait(self, number: int) -> str:
        self.clock.set(self.clock() + number % 9 * times.DAY + number)
        return ""

    def _tick(self, number: int) -> str:
        t.dues(self.clerk)
        late = [
            row for row in t.rows(self.clerk) if row.stage in OPEN and not row.ends_as and row.until <= self.clock()
        ]
        assert not late, "the tick left a contract behind"
        assert not [row for row in t.rows(self.clerk) if row.stage == "suspended" and not row.disputed]
        return ""

    def _kill(self, number: int) -> str:
        self.clerk = t.reopened(self.clerk, self.dsn, self.clock)
        return ""

    def _close(self, number: int) -> str:
        if number % 11:  # seldom, or nothing would be left to live
            return ""
        self._do("prepaid.close_school", {"merchant": at("canteen"), "reason": "case-2"}, "system")
        return ""

    def _withdraw(self, number: int) -> str:
        contract, who, *_ = self._pick(number)
        return self._do("prepaid.withdraw", {"contract": contract}, who) if number % 3 == 0 else ""

    def _voucher_ends(self, number: int) -> str:
        if number % 13 == 0:
            t.give(self.clerk, pay_purpose={"sub": {"until": self.clock() + 1}})
        return ""

    def end(self) -> None:
        """All validity is over, all disputes lapsed: no escrow holds anything, and the journal agrees."""
        for _ in range(3):
            self.clock.set(self.clock() + 60 * times.DAY)
            t.dues(self.clerk)
        t.views_agree(self.clerk)
        for contract, *_ in self.contracts:
            row = t.row(self.clerk, contract)
            assert has(self.clerk, common.lessons_of(contract), "LESSON/0") == 0
            assert row.stage not in (*OPEN, "draft", "signed"), row
            counted = {place for place, letter in enumerate(row.states, 1) if letter == "r"}
            assert self.released.get(contract, set()) <= counted, "a lesson that was given is not paid"
        assert self.money() == self.all_money
        t.whole(self.clerk)
        self.clerk.close(checkpoint=False)


steps = st.lists(st.tuples(st.sampled_from(DO), st.integers(0, 10**6)), min_size=20, max_size=60)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(steps)
def test_in_any_life_the_escrow_is_the_price_of_the_unused_lessons(chosen: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory(prefix="saxaul-life-") as folder:
        life = Life(book.sqlite_dsn(Path(folder)))
        for number in (1, 2, 3):
            life.step("draft", number)
            life.step("fund", number - 1)
        for what, number in chosen:
            life.step(what, number)
        life.end()


@pytest.mark.parametrize("seed", range(2))
def test_a_long_life_on_either_store_meets_every_refusal_and_loses_no_fen(dsn: str, seed: int) -> None:
    chance, life = random.Random(seed), Life(dsn)
    for number in (1, 2, 3, 4, 6, 7):
        life.step("draft", number)
    for _ in range(250):
        what = chance.choice([one for one in DO if one != "wait" or chance.random() < 0.3])
        life.step(what, chance.randrange(10**6))
    life.end()
    met = {one.split(":")[1] for one in life.seen}
    assert met >= {"", "request.stage_wrong", "contract.lesson_released", "contract.checkin_missing"}, met
