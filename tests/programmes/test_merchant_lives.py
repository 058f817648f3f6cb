"""Random lives of a programme with restarts in the middle: no point, benefit or promised fen is ever made or lost."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import book
import merchanttown as m
import paytown as t
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from paytown import at

from saxaul.programmes.merchant.invariants import places

BEHAVIOURS = ("own_cup", "no_bag", "e_coupon")
WHO = (*t.PEOPLE, "ning_home")


class Life:
    """One programme: people buy, are granted points, take benefits, use coupons, get refunds; the clerk dies at times.

    `issued` and `opened` are what was opened, written down here and compared with what the book says.
    """

    def __init__(self, dsn: str, chance: random.Random) -> None:
        self.dsn, self.chance, self.clock = dsn, chance, book.Clock()
        self.clerk = book.open_clerk(dsn, self.clock)
        self.issued, self.opened = 300, {}
        self.programme = m.town(self.clerk, points=self.issued, money="60.00")
        self.orders: list[str] = []
        self.coupons: list[str] = []
        self.habits: list[str] = []
        self.done: dict[str, int] = {}

    def do(self, act: str, ask: dict[str, Any], who: str) -> dict[str, Any]:
        """An act that may be refused; one half of a moment's asks is sent twice, as a bad line does."""
        request = t.asked(self.clerk, act, ask, who)
        answers = self.clerk.turn([request] * self.chance.choice((1, 2)))
        assert len({answer.text for answer in answers}) == 1
        assert not answers[0].code.startswith("store."), (act, answers[0])
        self.done[act] = self.done.get(act, 0) + (not answers[0].code)
        return {} if answers[0].code else answers[0].receipt

    def live(self) -> None:
        getattr(self, self.chance.choice([name for name in dir(self) if name.startswith("act_")]))()

    def act_buy(self) -> None:
        made = self.do("pay.order", {"amount": f"{self.chance.choice((1, 5, 9))}.00 CNY"}, "ning")
        if made and self.do("pay.scan", {"order": made["order"]}, self.chance.choice(WHO)):
            self.orders.append(made["order"])

    def act_grant(self) -> None:
        for order in self.orders[-3:]:
            ask = {"programme": self.programme, "behaviour": self.chance.choice(BEHAVIOURS), "order": order}
            done = self.do("merchant.grant", ask, "ning")
            if done.get("stage") == "held":
                self.habits.append(done["habit"])

    act_grant_more = act_grant_again = act_grant
    act_buy_more = act_buy

    def act_judge(self) -> None:
        if self.habits:
            ask = {"habit": self.habits.pop(), "grant": self.chance.random() < 0.5}
            self.do("merchant.judge_grant", ask, "officer")

    def act_offer(self) -> None:
        count = self.chance.randint(1, 4)
        ask = {
            "programme": self.programme,
            "title": "A roll",
            "cost": self.chance.choice((3, 10, 25)),
            "stock": count,
            "coupon_days": self.chance.choice((1, 30)),
            "returns": self.chance.choice(("restore", "end")),
        }
        if self.chance.random() < 0.6:
            more = {"merchant": at("bakery"), "value": f"{self.chance.randint(1, 9)}.00 CNY"}
            found = self.do("merchant.open_benefit", {**ask, **more}, "system")
        else:
            found = self.do("merchant.offer", ask, "mei")
        if found:
            self.opened[found["benefit"]] = count

    def act_take(self) -> None:
        for which in list(self.opened)[-3:]:
            taken = self.do("merchant.take_benefit", {"benefit": which}, self.chance.choice(WHO))
            if taken:
                self.coupons.append(taken["code"])

    act_take_more = act_take

    def act_reserve(self) -> None:
        for code in self.coupons[-3:]:
            self.do("merchant.reserve_coupon", {"code": code}, "ning")
            if self.chance.random() < 0.7:
                order = self.chance.choice([*self.orders[-3:], ""])
                self.do("merchant.use_coupon", {"code": code, "order": order}, "mei")
            elif self.chance.random() < 0.5:
                self.do("merchant.release_coupon", {"code": code}, "ning")

    def act_refund(self) -> None:
        if self.orders:
            order = self.orders.pop(self.chance.randrange(len(self.orders)))
            self.do("pay.reverse", {"order": order}, "mei")

    def act_close(self) -> None:
        if self.opened and self.chance.random() < 0.2:
            which = self.chance.choice(list(self.opened))
            rest = t.has(self.clerk, f"campaign:{which}:stock", f"BENEFIT.{which}/0")
            if self.do("merchant.close_benefit", {"benefit": which}, "mei"):
                self.opened[which] -= rest

    def act_time(self) -> None:
        days = self.chance.choice((0, 0, 1, 3, 8))
        self.clock.set(self.clock() + days * m.DAY + self.chance.randint(1, 20) * t.MINUTE)
        if self.chance.random() < 0.7:
            m.follow(self.clerk)
            m.ticked(self.clerk)

    def act_die(self) -> None:
        self.clerk.close(checkpoint=False)
        self.clerk = book.open_clerk(self.dsn, self.clock)

    def check(self) -> None:
        """What the reference promises, against what was written down here."""
        keys = self.clerk.store.query(
            "SELECT DISTINCT debit, asset FROM posting UNION SELECT credit, asset FROM posting"
        )
        lines = [(address, asset, found[0]) for (address, asset), found in self.clerk.look(keys).items()]
        point = places(lines, "POINT").get(f"POINT.{self.programme}/0", {})
        assert point.pop("issued") == self.issued == sum(point.values()), point
        assert set(point) <= {"pool", "points", "redeemed", "lapsed"}
        for which, count in self.opened.items():
            stands = places(lines, "BENEFIT").get(f"BENEFIT.{which}/0", {})
            closed_back = self.clerk.records("merchant_benefit", [which])[0].stage == "closed"
            issued = stands.pop("issued")
            assert issued == sum(stands.values()) and set(stands) <= {"stock", "benefits", "used"}
            assert issued == count or (closed_back and issued < count), (which, stands, count)
        self.check_promises()
        m.whole(self.clerk)

    def check_promises(self) -> None:
        """The pool has the money for all stock and all coupons that are not used, reserved ones included."""
        programme = self.clerk.records("merchant_programme", [self.programme])[0]
        owed = 0
        for which in self.opened:
            benefit = self.clerk.records("merchant_benefit", [which])[0]
            asset = f"BENEFIT.{which}/0"
            count = sum(t.has(self.clerk, f"person:{at(p)}:benefits", asset) for p in (*t.PEOPLE, "ning"))
            owed += benefit.value * (count + t.has(self.clerk, f"campaign:{which}:stock", asset))
        assert programme.promised == owed <= t.has(self.clerk, f"campaign:{self.programme}:pool", "CNY/2")


def lived(dsn: str, seed: int, steps: int) -> dict[str, int]:
    life = Life(dsn, random.Random(seed))
    try:
        for _step in range(steps):
            life.live()
        life.check()
        m.follow(life.clerk)
        life.clock.set(life.clock() + 400 * m.DAY)
        m.ticked(life.clerk)
        life.check()
    finally:
        life.clerk.close(checkpoint=False)
    return life.done


QUICK = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller seed is no simpler life


@settings(max_examples=12, deadline=None, phases=QUICK, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_no_point_benefit_or_promise_is_made_or_lost_whatever_happens(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lived(book.sqlite_dsn(Path(folder)), seed, 60)


def test_a_long_life_on_both_stores_does_everything_at_least_once(dsn: str) -> None:
    done = lived(dsn, 2, 220)
    idle = [name for name, times in done.items() if not times]
    assert not idle, idle
    assert done["merchant.use_coupon"] > 3 and done["merchant.take_benefit"] > 5


@pytest.mark.slow
def test_a_hundred_lives(tmp_path: Path) -> None:
    for seed in range(100):
        folder = tmp_path / str(seed)
        folder.mkdir()
        lived(book.sqlite_dsn(folder), seed, 80)
