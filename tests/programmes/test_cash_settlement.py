"""Settlement: every payment in exactly one window, windows that the bank rejects, billers paid what is theirs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import book
import pytest
from paytown import at, do, done, give
from test_cash_bank import CNY, ECNY, OURS, House, fill, wallet

from saxaul.engine.followers import Pages, step
from saxaul.kernel import times
from saxaul.programmes.cash import files, report
from saxaul.programmes.cash.iso20022 import Party
from saxaul.sim.bank import Manners

MANNERS = Manners(reject={"BADWATER": "AC04"}, send_back={"LATEPOWER": (1, "AC01")})
BILLERS = {"water": "BADWATER", "power": "LATEPOWER", "gas": "GOODGAS"}


def party(order: files.Order) -> Party:
    owners = {f"biller:{at(name)}": account for name, account in BILLERS.items()}
    return Party("A Biller", owners[order.party], "ABOCCNBJ")


class Town(House):
    """The house with three billers whose banks behave differently."""

    def __init__(self, dsn: str, clock: book.Clock) -> None:
        super().__init__(dsn, clock, MANNERS)
        terms = '{"part":true,"least":1,"fee":20}'
        give(
            self.clerk,
            people_organisation={
                at(name): {"kind": "biller", "name": name, "issuer": "icbc", "bank_account": account, "terms": terms,
                           "wallet": at(f"{name}_wallet")}
                for name, account in BILLERS.items()
            },
            people_wallet={
                at(f"{name}_wallet"): {"organisation": at(name), "issuer": "icbc", "tier": 1} for name in BILLERS
            },
            people_credential={
                at(name): {"kind": "session", "person": at("zhang"), "organisation": at(name), "roles": "biller"}
                for name in BILLERS
            },
        )  # fmt: skip
        fill(self, 5000_00)
        for name in BILLERS:
            ask = {"bill": "1", "number": "1", "amount": "90000.00 CNY", "due": "2032-01-01"}
            done(self.clerk, "bills.issue", ask, name)

    def pay(self, biller: str, units: int, who: str = "zhang") -> dict[str, Any]:
        ask = {"bill": f"{at(biller)}:1", "revision": 1, "amount": f"{units // 100}.{units % 100:02} CNY"}
        return done(self.clerk, "bills.pay", ask, who)

    def due(self, biller: str) -> tuple[int, int]:
        key = (f"biller:{at(biller)}:due", ECNY)
        return self.clerk.look([key])[key]

    def send(self) -> list[bytes]:
        sent = []
        for operator, orders in files.waiting(self.clerk.store):
            data, act = files.write(
                self.clerk.store, operator, orders, made=self.clock(), execution=self.day, payer=OURS, party=party
            )
            self.clerk.turn([act])
            self.take(self.bank.take(data, now=self.clock()))
            sent.append(data)
        return sent

    def windows(self, biller: str) -> dict[str, tuple[int, str]]:
        rows = self.clerk.store.query(
            "SELECT day, ecny + cny, stage FROM cash_window WHERE organisation = ? ORDER BY day", (at(biller),)
        )
        return {day: (units, stage) for day, units, stage in rows}


@pytest.fixture
def town(tmp_path: Path, clock: book.Clock) -> Iterator[Town]:
    one = Town(book.sqlite_dsn(tmp_path), clock)
    yield one
    one.clerk.close(checkpoint=False)


def test_a_biller_is_paid_what_was_captured_less_the_fee(town: Town) -> None:
    first = town.day
    town.pay("gas", 100_00)
    town.later()
    town.tick()
    town.tick()
    assert town.windows("gas") == {first: (99_80, "paying")} and town.due("gas") == (99_80, 99_80)
    (data,) = town.send()
    assert b"99.80" in data
    town.notice()
    assert town.windows("gas") == {first: (99_80, "settled")} and town.due("gas") == (0, 0)
    assert town.mirror() == town.bank.balance.units
    town.checked()


def test_a_rejected_window_is_an_open_item_and_its_money_is_in_the_next(town: Town) -> None:
    first = town.day
    town.pay("water", 100_00)
    town.later()
    town.tick(), town.tick(), town.send()
    assert town.windows("water")[first] == (99_80, "rejected") and town.due("water") == (99_80, 0)
    (line,) = report.mismatches(town.clerk.store, "icbc")
    assert line.startswith("payout_rejected") and line.endswith("AC04")
    second = town.day
    town.pay("water", 50_00)
    town.later()
    town.tick()
    assert town.windows("water")[second] == (149_70, "paying")
    town.checked()


def test_a_payout_that_comes_back_is_owed_again(town: Town) -> None:
    first = town.day
    town.pay("power", 100_00)
    town.later()
    town.tick(), town.tick(), town.send(), town.notice()
    assert town.windows("power")[first] == (99_80, "settled")
    town.later()
    town.take(town.bank.returns(town.day, now=town.clock()))
    town.notice(), town.statement()
    assert town.windows("power")[first] == (99_80, "returned") and town.due("power") == (99_80, 0)
    assert town.mirror() == town.bank.balance.units
    town.checked()


def test_a_refund_after_the_cut_never_takes_the_windows_money(town: Town) -> None:
    payment = town.pay("gas", 100_00)["payment"]
    town.later()
    town.tick()
    assert do(town.clerk, "bills.refund", {"payment": payment}, "gas").code == "refund.payee_short"
    town.pay("gas", 100_00, "li")
    done(town.clerk, "bills.refund", {"payment": payment}, "gas")
    assert town.free("zhang") == 5000_00 and town.due("gas") == (99_80, 99_80)
    town.checked()


def test_a_window_kept_as_e_cny_can_be_spent_at_once(town: Town) -> None:
    first = town.day
    town.pay("gas", 100_00)
    town.later()
    cut = {"kind": "biller", "organisation": at("gas"), "day": first}
    window = done(town.clerk, "cash.cut_window", cut, "system")["window"]
    assert done(town.clerk, "cash.settle", {"window": window, "to": "wallet"}, "gas")["stage"] == "settled"
    key = (f"wallet:{at('gas_wallet')}", ECNY)
    assert town.clerk.look([key])[key] == (99_80, 0) and town.due("gas") == (0, 0)
    assert do(town.clerk, "cash.cut_window", cut, "system").code == "settlement.window_closed"
    town.checked()


def test_a_file_of_many_days_pays_each_payment_in_exactly_one_window(town: Town) -> None:
    """Windows are cut by the entry that cut them: between two cuts stands what the window adds, no more, no less."""
    chance, days = random.Random(11), 12
    for _ in range(days):
        for _ in range(chance.randrange(6)):
            town.pay(chance.choice([*BILLERS]), chance.randrange(1_00, 40_00), chance.choice(["zhang", "li", "wu"]))
        town.later()
        town.tick(), town.tick(), town.send(), town.notice()
        town.take(town.bank.returns(town.day, now=town.clock()))
        town.statement()
    store = town.clerk.store
    for name in BILLERS:
        due = f"biller:{at(name)}:due"
        cuts = [n for (n,) in store.query(
            "SELECT e.n FROM cash_window w JOIN entry e ON hex(e.id) = upper(w.cut) WHERE w.organisation = ? "
            "ORDER BY w.day", (at(name),))]  # fmt: skip
        assert len(cuts) == days and cuts == sorted(cuts)
        paid = [n for (n,) in store.query("SELECT n FROM entry WHERE act = 'bills.pay' AND refused = ''")]
        inside = [sum(after < n < cut for after, cut in zip([0, *cuts], cuts)) for n in paid]
        assert set(inside) <= {1}
        earned = store.query("SELECT SUM(ecny) - SUM(fee) FROM bills_payment WHERE biller = ?", (at(name),))[0][0] or 0
        out = sum(units for units, stage in town.windows(name).values() if stage == "settled")
        now = sum(town.clerk.look([(due, asset)])[due, asset][0] for asset in (ECNY, CNY))
        assert earned == out + now
    assert town.mirror() == town.bank.balance.units
    town.checked()


def test_what_a_refund_leaves_for_a_closed_wallet_is_seen_and_assigned(town: Town) -> None:
    payment = town.pay("gas", 100_00, "wu")["payment"]
    give(town.clerk, people_wallet={at("wu_wallet"): {"stage": "closed"}})
    town.pay("gas", 50_00)
    done(town.clerk, "bills.refund", {"payment": payment}, "gas")
    (follower,) = [
        one for p in town.clerk.declarations.programmes for one in p.followers if one.name == "cash.suspense"
    ]
    for places in ({}, {}):  # the second reads from the kept cursor, as after a restart
        while step(follower, Pages(town.clerk.store), town.clerk.turn, places):
            pass
    (line,) = report.suspense(town.clerk.store, "icbc", town.clock())
    assert "100.00 ECNY · bills.refund" in line
    done(town.clerk, "cash.assign_suspense", {"item": line.split(" · ")[0], "to": at("li_wallet")}, "system")
    assert town.free("li") == 5100_00
    town.checked()


def test_a_day_is_cut_once_however_often_the_tick_runs(town: Town) -> None:
    town.pay("gas", 100_00)
    town.later()
    for _ in range(3):
        town.tick()
    last = town.clerk.state.n
    town.tick()
    assert town.clerk.state.n == last
    assert (
        times.day(town.clock() - times.DAY) in town.windows("gas") and wallet("zhang") == f"wallet:{at('zhang_wallet')}"
    )
