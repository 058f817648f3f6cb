"""The graph of an order, ten thousand random walks through it, and the pockets that pay and are paid back."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any

import book
import paytown as t
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paytown import at, do, done

from saxaul.engine import Refusal
from saxaul.engine.stages import drawn
from saxaul.kernel import times
from saxaul.programmes.pay import dues, pockets
from saxaul.programmes.pay.emvco import payer_code, payer_code_key
from saxaul.programmes.pay.pockets import Part
from saxaul.programmes.pay.stages import GONE, OPEN, PAID, STAGES, after

WALKS, STEPS = 10_000, 7
_numbers = itertools.count(10**6)


# ---- the graph ---------------------------------------------------------------------------------------------------


def test_every_stage_is_reached_and_only_final_ones_have_no_way_on() -> None:
    reached = {""}
    for _ in STAGES:
        reached |= {to for (start, _), to in STAGES.items() if start in reached}
    starts = {start for start, _ in STAGES}
    assert reached | {"settled"} == starts | set(STAGES.values())
    assert {stage for stage in reached if stage not in starts} == GONE | {"refunded"}
    assert set(OPEN) & set(GONE) == set() and set(PAID) & (set(OPEN) | set(GONE)) == set()
    assert "captured --> reversed: pay.reverse" in drawn(STAGES)


@pytest.mark.parametrize("stage", sorted({stage for stage, _ in STAGES} | set(STAGES.values()) - {""}))
def test_whatever_is_not_in_the_graph_is_refused_by_name(stage: str) -> None:
    row: Any = type("Row", (), {"stage": stage, "key": "0" * 32})
    for act in {act for _, act in STAGES}:
        if (stage, act) in STAGES:
            assert after(row, act) == STAGES[stage, act]
            continue
        with pytest.raises(Refusal) as caught:
            after(row, act)
        assert caught.value.code in ("request.stage_wrong", "order.stage_paid", "order.stage_closed")


# ---- walks -------------------------------------------------------------------------------------------------------

MERCHANT = (
    "pay.revise", "pay.close", "pay.capture", "pay.release", "pay.reverse", "pay.refund", "pay.refund", "pay.by_code",
)  # fmt: skip
PAYER = ("pay.scan", "pay.hold", "pay.hold", "pay.confirm", "pay.decline")


class Walk:
    """One order on its way: its number, its payer and how much is meant to be paid."""

    def __init__(self, place: int, chance: random.Random) -> None:
        self.place, self.chance = place, chance
        self.number, self.payer = f"W{place}", chance.choice(t.PEOPLE)
        self.price = chance.choice((1, 50, 2000, 150_000))
        self.key = ""

    def first(self, clerk: Any) -> Any:
        if self.chance.random() < 0.02:
            return t.asked(clerk, "pay.reverse", {"number": self.number}, "mei")
        return t.asked(clerk, "pay.order", {"amount": self.text(self.price), "number": self.number}, "mei")

    def text(self, units: int) -> str:
        return f"{units // 100}.{units % 100:02d} CNY"

    def next(self, clerk: Any, shown: list[Any]) -> Any:
        act = self.chance.choice(MERCHANT + PAYER)
        some = self.text(self.chance.randint(1, self.price))
        ask: dict[str, Any] = {"order": self.key}
        if act in ("pay.revise", "pay.refund", "pay.capture"):
            ask["amount"] = some
        if act == "pay.by_code":
            digits = payer_code(b"w" * 32, wallet=self.payer, number=next(_numbers))
            code = {"code": payer_code_key(digits)}
            shown.append(t.asked(clerk, "pay.show_code", code, self.payer))
            ask["code"] = digits
        proofs = ()
        if act in PAYER:
            price = t.order(clerk, self.key).units
            proofs = t.proof(self.payer, "bakery", self.text(price), until=2**62)
        return t.asked(clerk, act, ask, self.payer if act in PAYER else "mei", proofs=proofs)


def test_ten_thousand_walks_leave_balanced_books(sqlite_clerk: Any, clock: Any) -> None:
    t.town(sqlite_clerk, money="90000000.00 ECNY", tier=1)
    walks = [Walk(place, random.Random(place)) for place in range(WALKS)]
    answered: Counter[str] = Counter()
    for group in (walks[start : start + 500] for start in range(0, WALKS, 500)):
        for walk, answer in zip(group, sqlite_clerk.turn([walk.first(sqlite_clerk) for walk in group]), strict=True):
            walk.key = answer.receipt["order"]
        for step in range(STEPS):
            clock.now += 20 * times.SECOND
            shown: list[Any] = []
            asks = [walk.next(sqlite_clerk, shown) for walk in group]
            for start in range(0, len(shown), 500):
                sqlite_clerk.turn(shown[start : start + 500])
            answers = sqlite_clerk.turn(asks)
            answered.update(answer.code or ask.act for ask, answer in zip(asks, answers, strict=True))
            if step % 3 == 2:
                late = list(dues.orders(sqlite_clerk.store, clock.now))
                for start in range(0, len(late), 500):
                    answered.update(one.code or "pay.expire" for one in sqlite_clerk.turn(late[start : start + 500]))
    assert {code for code in answered if not code.startswith("pay.")} <= {
        "request.stage_wrong", "order.stage_paid", "order.stage_closed", "hold.stage_ended", "refund.sum_exceeded",
        "hold.amount_exceeded", "request.object_missing",
    }  # fmt: skip
    walked = {act for _, act in STAGES if " " not in act} - {"pay.mark_settled"}  # windows: test_pay_days
    assert walked <= {*answered, "pay.order"}
    _balanced(sqlite_clerk, walks)


def _balanced(clerk: Any, walks: list[Walk]) -> None:
    """Takings, wallets and holds, added up from the orders, are what the ledger says; and the journal agrees."""
    rows = clerk.records("pay_order", [walk.key for walk in walks])
    kept = [row.captured - row.refunded if row.stage in PAID else 0 for row in rows]
    assert all(0 <= units <= row.captured for units, row in zip(kept, rows, strict=True))
    assert t.has(clerk, t.takings()) == sum(kept)
    for who in t.PEOPLE:
        mine = [place for place, row in enumerate(rows) if row.payer == at(f"{who}_wallet")]
        held = sum(rows[place].units for place in mine if rows[place].stage in ("held", "confirming"))
        assert clerk.look([(t.wallet(who), "ECNY/2")])[t.wallet(who), "ECNY/2"] == (
            9_000_000_000 - sum(kept[place] for place in mine), held
        )  # fmt: skip
    t.agrees(clerk)


# ---- pockets -----------------------------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Any, clock: Any) -> Any:
    """A town with money bound to campaigns: the spring voucher, a coupon of five yuan, city points of a fen each."""
    clerk = book.open_clerk(book.sqlite_dsn(tmp_path), clock)
    t.town(clerk, money="50.00 ECNY", tier=1)
    soon = clock.now + times.DAY
    zhang = t.wallet("zhang")
    t.give(
        clerk,
        {
            f"{zhang} VOUCHER.spring/2": "20.00 VOUCHER.spring", "campaign:spring:escrow ECNY/2": "20.00 ECNY",
            f"{zhang} COUPON.five/0": "2 COUPON.five", "campaign:five:escrow ECNY/2": "10.00 ECNY",
            f"{zhang} POINT.city/0": "300 POINT.city", "campaign:city:escrow CNY/2": "3.00 CNY",
            f"{zhang} CNY/2": "10.00 CNY",
        },
        pay_purpose={
            "spring": {"asset": "VOUCHER.spring/2", "until": soon, "sponsor": at("sponsor")},
            "five": {"asset": "COUPON.five/0", "face": 500, "until": soon},
            "city": {"asset": "POINT.city/0", "behind": "CNY/2"},
        },
        pay_bound={at("zhang_wallet"): {"purposes": "spring five city"}},
    )  # fmt: skip
    yield clerk
    clerk.close(checkpoint=False)


def paid(clerk: Any, amount: str, **more: Any) -> dict[str, Any]:
    made = done(clerk, "pay.order", {"amount": amount}, "mei")
    return done(clerk, "pay.scan", {"order": made["order"], **more}, "zhang")


def test_pockets_pay_in_the_order_of_the_terms(town: Any) -> None:
    assert paid(town, "3.00 CNY")["pockets"] == ["1 COUPON.five"]  # nothing payable is below zero
    assert paid(town, "85.00 CNY")["pockets"] == [
        "1 COUPON.five", "20.00 VOUCHER.spring", "50.00 ECNY", "10.00 CNY"
    ]  # fmt: skip
    short = do(town, "pay.scan", {"order": done(town, "pay.order", {"amount": "3.01 CNY"}, "mei")["order"]}, "zhang")
    assert short.code == "wallet.funds_short" and short.facts == {"need": "3.01 CNY", "free": "3.00 CNY"}
    assert paid(town, "3.00 CNY")["pockets"] == ["300 POINT.city"]
    assert (t.has(town, t.takings()), t.has(town, t.takings(), "CNY/2")) == (7800, 1300)
    assert t.has(town, "campaign:five:escrow") == 200  # of two faces of five, three yuan and five were used
    t.agrees(town)


def test_a_payer_may_choose(town: Any) -> None:
    assert paid(town, "30.00 CNY", vouchers=[])["pockets"] == ["30.00 ECNY"]
    assert paid(town, "15.00 CNY", vouchers=["spring"])["pockets"] == ["15.00 VOUCHER.spring"]
    assert paid(town, "5.00 ECNY", vouchers=[])["pockets"] == ["5.00 ECNY"]


def test_a_refund_follows_the_split_own_money_first(town: Any) -> None:
    key = paid(town, "30.00 CNY", vouchers=["spring", "five"])["order"]  # coupon 5, voucher 20, own 5
    first = done(town, "pay.refund", {"order": key, "amount": "7.00 CNY"}, "mei")
    assert first["pockets"] == ["5.00 ECNY", "2.00 VOUCHER.spring"]
    second = done(town, "pay.refund", {"order": key, "amount": "22.99 CNY"}, "mei")
    assert second["pockets"] == ["18.00 VOUCHER.spring", "0 COUPON.five"]
    last = done(town, "pay.refund", {"order": key, "amount": "0.01 CNY"}, "mei")
    assert last["pockets"] == ["1 COUPON.five"] and last["stage"] == "refunded"
    assert t.has(town, t.takings()) == 0 and t.has(town, t.wallet("zhang")) == 5000
    assert t.has(town, "campaign:spring:escrow") == 2000 and t.has(town, "campaign:five:escrow") == 1000
    t.agrees(town)


def test_what_came_back_too_late_goes_to_the_sponsor(town: Any, clock: Any) -> None:
    key = paid(town, "25.00 CNY", vouchers=["spring"])["order"]
    clock.now += 2 * times.DAY
    done(town, "pay.refund", {"order": key, "amount": "25.00 CNY"}, "mei")
    assert t.has(town, f"sponsor:{at('sponsor')}") == 2000
    assert t.has(town, "campaign:spring:returned", "VOUCHER.spring/2") == 2000
    assert t.has(town, t.wallet("zhang")) == 5000


def test_a_capture_of_less_keeps_vouchers_first(town: Any) -> None:
    made = done(town, "pay.order", {"amount": "30.00 CNY"}, "mei")
    done(town, "pay.hold", {"order": made["order"], "vouchers": ["spring"]}, "zhang")
    got = done(town, "pay.capture", {"order": made["order"], "amount": "22.00 CNY"}, "mei")
    assert got["pockets"] == ["20.00 VOUCHER.spring", "2.00 ECNY"]
    assert town.look([(t.wallet("zhang"), "ECNY/2")])[t.wallet("zhang"), "ECNY/2"] == (4800, 0)
    t.agrees(town)


def test_vouchers_are_not_sent(town: Any) -> None:
    ask = {"payee": at("li_wallet"), "amount": "1.00 VOUCHER.spring"}
    assert do(town, "pay.send", ask, "zhang").code == "voucher.transfer_barred"


_PARTS = st.lists(
    st.tuples(st.sampled_from(("VOUCHER.a/2", "COUPON.b/0", "ECNY/2", "CNY/2", "POINT.c/0")), st.integers(1, 5000)),
    min_size=1, max_size=5, unique_by=lambda pair: pair[0],
)  # fmt: skip


@given(_PARTS, st.lists(st.integers(1, 2000), min_size=1, max_size=8))
def test_refunds_of_any_size_give_back_exactly_what_was_paid(given_: list[tuple[str, int]], sizes: list[int]) -> None:
    parts = []
    for asset, units in given_:
        bound = "" if asset in ("ECNY/2", "CNY/2") else "ECNY/2"
        parts.append(Part(asset, 1 if asset.startswith("COUPON") else units, units, bound))
    split, total = pockets.written(parts), sum(part.units for part in parts)
    assert pockets.read(split) == parts
    money: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    refunded = 0
    for size in [*sizes, total]:
        units = min(size, total - refunded)
        if not units:
            continue
        back = pockets.returned(split, refunded=refunded, units=units)
        assert sum(part.units for part in back) == units
        for part in back:
            money[part.asset] += part.units
            counts[part.asset] += part.count
        refunded += units
    assert {part.asset: part.units for part in parts} == dict(money)
    assert {part.asset: part.count for part in parts} == dict(counts)


@given(_PARTS, st.integers(1, 20_000))
def test_a_cut_takes_no_more_than_is_there(given_: list[tuple[str, int]], units: int) -> None:
    parts = [Part(asset, 1 if asset.startswith("COUPON") else units, units) for asset, units in given_]
    kept = pockets.cut(parts, units)
    assert sum(part.units for part in kept) == min(units, sum(part.units for part in parts))
    assert all(0 < part.count <= whole.count for part, whole in zip(kept, parts))
