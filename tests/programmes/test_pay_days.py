"""What days bring to a shop: orders settled with their window, and printed codes to which nobody pays any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import book
import paytown as t
import pytest
from paytown import at, do, done, give, has
from test_cash_bank import ECNY, OURS, House, fill

from saxaul.engine.followers import Pages, step, tick
from saxaul.kernel import times
from saxaul.ledger.facts import Proof
from saxaul.programmes.cash import files
from saxaul.programmes.cash.iso20022 import Party
from saxaul.programmes.pay import dues, settled
from saxaul.sim.bank import Manners

BAKERY = f"merchant:{at('bakery')}"


class Trade(House):
    """The house and a bakery whose bank account is good or closed, with money in Zhang's and Li's wallets."""

    def __init__(self, dsn: str, clock: book.Clock, account: str = "GOODBREAD") -> None:
        super().__init__(dsn, clock, Manners(reject={"BADBREAD": "AC04"}))
        self.account, self.places = account, {}
        give(
            self.clerk,
            people_organisation={at("bakery"): {
                "kind": "merchant", "name": "Bakery", "name_en": "Bakery", "category": "5462", "issuer": "icbc",
                "bank_account": account,
            }},
            people_credential={
                at("mei"): {
                    "kind": "session", "person": at("sun"), "organisation": at("bakery"), "roles": "manager",
                },
            },
        )  # fmt: skip
        fill(self, 5000_00)

    def pays(self, units: int, who: str = "zhang") -> str:
        made = done(self.clerk, "pay.order", {"amount": f"{units // 100}.{units % 100:02} CNY"}, "mei")
        done(self.clerk, "pay.scan", {"code": made["code"]}, who)
        order: str = made["order"]
        return order

    def night(self) -> None:
        """Midnight, the cut, the bank's day, and what follows from it."""
        self.later()
        self.tick(), self.tick()
        self.bank_day()

    def bank_day(self) -> None:
        for operator, orders in files.waiting(self.clerk.store):
            data, act = files.write(
                self.clerk.store, operator, orders, made=self.clock(), execution=self.day, payer=OURS,
                party=lambda order: Party("Bakery", self.account, "ABOCCNBJ"),
            )  # fmt: skip
            self.clerk.turn([act])
            self.take(self.bank.take(data, now=self.clock()))
        self.notice()
        self.follow()

    def follow(self) -> None:
        (follower,) = settled.FOLLOWERS
        while step(follower, Pages(self.clerk.store), self.clerk.turn, self.places):
            pass

    def stage(self, order: str) -> str:
        stage: str = self.clerk.records("pay_order", [order])[0].stage
        return stage

    def window(self) -> str:
        return self.clerk.store.query("SELECT stage FROM cash_window ORDER BY day DESC LIMIT 1")[0][0]


@pytest.fixture
def trade(dsn: str, clock: book.Clock) -> Iterator[Trade]:
    one = Trade(dsn, clock)
    yield one
    one.clerk.close(checkpoint=False)


def test_an_order_is_settled_with_its_window_and_not_before(trade: Trade) -> None:
    first = trade.pays(10_00)
    trade.later()
    trade.tick()
    trade.follow()
    late = trade.pays(20_00)  # after the cut: the next window's
    assert (trade.window(), trade.stage(first), trade.stage(late)) == ("paying", "captured", "captured")
    trade.bank_day()
    assert (trade.stage(first), trade.stage(late)) == ("settled", "captured")
    trade.night()
    assert trade.stage(late) == "settled"
    trade.checked()


def test_a_settled_order_is_refunded_as_the_table_says_and_reversed_no_more(trade: Trade) -> None:
    order = trade.pays(10_00)
    trade.night()
    trade.pays(50_00, "li")
    assert do(trade.clerk, "pay.reverse", {"order": order}, "mei").code == "request.stage_wrong"
    back = done(trade.clerk, "pay.refund", {"order": order, "amount": "4.00 CNY"}, "mei")
    assert back["stage"] == "part_refunded"
    assert done(trade.clerk, "pay.refund", {"order": order, "amount": "6.00 CNY"}, "mei")["stage"] == "refunded"
    assert has(trade.clerk, f"wallet:{at('zhang_wallet')}") == 5000_00
    trade.checked()


def test_what_was_refunded_before_its_window_was_paid_keeps_its_stage(trade: Trade) -> None:
    order = trade.pays(10_00)
    done(trade.clerk, "pay.refund", {"order": order, "amount": "4.00 CNY"}, "mei")
    trade.night()
    assert trade.stage(order) == "part_refunded"


def test_orders_of_a_window_the_bank_rejected_are_settled_with_the_next(dsn: str, clock: book.Clock) -> None:
    trade = Trade(dsn, clock, "BADBREAD")
    order = trade.pays(10_00)
    trade.night()
    assert (trade.window(), trade.stage(order)) == ("rejected", "captured")
    trade.account = "GOODBREAD"
    trade.night()
    assert (trade.window(), trade.stage(order)) == ("settled", "settled")
    trade.checked()
    trade.clerk.close(checkpoint=False)


def test_a_window_that_is_still_on_its_way_keeps_its_orders_when_a_later_one_is_paid(trade: Trade) -> None:
    first = trade.pays(10_00)
    trade.later()
    trade.tick()  # cut, and the bank hears nothing of it
    (key,) = [row[0] for row in trade.clerk.store.query("SELECT key FROM cash_window WHERE stage = 'paying'")]
    second = trade.pays(20_00)
    trade.later()
    done(trade.clerk, "cash.cut_window", {"kind": "merchant", "organisation": at("bakery"), "day": "2022-06-02"},
         "system")  # fmt: skip
    give(trade.clerk, cash_window={f"{BAKERY}:2022-06-02": {"stage": "settled"}})
    assert settled.orders(trade.clerk.store, f"{BAKERY}:2022-06-02") == [second]
    give(trade.clerk, cash_window={key: {"stage": "settled"}})
    assert settled.orders(trade.clerk.store, key) == [first]


def test_a_large_window_is_marked_in_portions_and_a_killed_follower_ends_where_no_kill_ends(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settled, "PORTION", 3)
    monkeypatch.setattr(settled, "PORTIONS", 2)
    orders = [trade.pays(1_00) for _ in range(20)]
    trade.night()
    assert {trade.stage(order) for order in orders} == {"settled"}
    before = trade.clerk.state.n
    trade.places = {}
    trade.clerk.turn([])  # a second follower reads everything again from the kept cursor
    trade.follow()
    marked = trade.clerk.store.query("SELECT answer FROM entry WHERE act = 'pay.mark_settled' AND n > ?", (before,))
    assert all('"orders":0' in answer for (answer,) in marked)
    trade.checked()


# ---- codes on walls --------------------------------------------------------------------------------------------------


def pay_code(clerk: Any, text: str, who: str = "zhang") -> None:
    until = clerk.clock() + t.MINUTE
    proof = Proof("pin", at(who), f"{BAKERY}:due", ECNY, 100, until)
    done(clerk, "pay.scan", {"code": text, "amount": "1.00 ECNY"}, who, proofs=(proof,))


def told(clerk: Any) -> list[dict[str, Any]]:
    from saxaul.ledger import journal

    found = [one for entry in journal.read(clerk.store, 0, 10**6) for one in entry.changes.notices]
    return [{"person": person, **facts} for person, kind, facts in found if kind == "pay.code_silent"]


def ticks(clerk: Any, clock: book.Clock, hours: int) -> None:
    for _ in range(hours):
        clock.set(clock() + times.HOUR)
        tick(dues.DUES, clerk.store, clerk.turn, clock())


def test_a_code_that_falls_silent_is_told_once_within_a_day(clerk: Any, clock: book.Clock) -> None:
    t.town(clerk)
    text = t.sticker(clerk)
    for _ in range(3):
        pay_code(clerk, text)
        pay_code(clerk, text, "li")
        ticks(clerk, clock, 24)
    assert told(clerk) == [], "it is noon of a day on which nobody paid yet: that is no silence"
    ticks(clerk, clock, 12)
    (one,) = told(clerk)
    assert one["person"] == at("mei") and one["last"] == "2022-06-03", "midnight of the first day without a payment"
    ticks(clerk, clock, 48)
    assert len(told(clerk)) == 1
    pay_code(clerk, text)
    ticks(clerk, clock, 48)
    assert len(told(clerk)) == 2, "a second silence is another one"
    t.agrees(clerk)


def test_nobody_is_told_of_codes_that_were_never_in_use_or_were_withdrawn(clerk: Any, clock: book.Clock) -> None:
    t.town(clerk)
    seldom, gone, unused = t.sticker(clerk), t.sticker(clerk, amount="1.00 CNY"), t.sticker(clerk, "fang")
    pay_code(clerk, seldom)
    for _ in range(3):
        pay_code(clerk, gone)
        clock.set(clock() + times.DAY)
    key = clerk.store.query("SELECT key FROM pay_code WHERE units = 100")[0][0]
    done(clerk, "pay.withdraw_static_code", {"key": key}, "mei")
    ticks(clerk, clock, 72)
    assert told(clerk) == [] and unused


def test_a_payment_writes_to_its_code_once_a_day(sqlite_clerk: Any, clock: book.Clock) -> None:
    t.town(sqlite_clerk)
    text = t.sticker(sqlite_clerk)
    for _ in range(5):
        pay_code(sqlite_clerk, text)
    marked = "SELECT COUNT(*) FROM entry WHERE act = 'pay.scan' AND changes LIKE '%paid_day%'"
    assert sqlite_clerk.store.query(marked) == [(1,)]
