"""Money out and back by the bank: a paper bank that rejects, returns late, is silent, mute, or leaves a line out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import book
import pytest
from paytown import asked, at, do, done, give

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.ledger.check import check
from saxaul.programmes.cash import files, report
from saxaul.programmes.cash.invariants import INVARIANTS, circulation
from saxaul.programmes.cash.iso20022 import Party
from saxaul.sim.bank import Manners, PaperBank

CNY, ECNY = "CNY/2", "ECNY/2"
PEOPLE = ("zhang", "li", "wu", "chen", "sun", "qian")
MANNERS = Manners(
    reject={"ACCLI": "AC04"}, send_back={"ACCWU": (2, "AC04")}, silent=frozenset({"ACCCHEN"}),
    mute=frozenset({"ACCSUN"}), gap=frozenset({"ACCQIAN"}),
)  # fmt: skip
OURS = Party("Operator", "1001", "ICBKCNBJ")


def wallet(name: str) -> str:
    return f"wallet:{at(name + '_wallet')}"


class House:
    """An operator with e-CNY it paid for, people with linked accounts, and their bank."""

    def __init__(self, dsn: str, clock: book.Clock, manners: Manners | None = None) -> None:
        self.dsn, self.clock = dsn, clock
        self.clerk = book.open_clerk(dsn, clock)
        self.bank = PaperBank(account="1001", bank="ICBKCNBJ", opening=Amount(CNY, 0), manners=manners)
        give(
            self.clerk,
            people_person={at(p): {"natural": at(p), "wallets": at(f"{p}_wallet")} for p in PEOPLE},
            people_wallet={at(f"{p}_wallet"): {"person": at(p), "issuer": "icbc", "tier": 2} for p in PEOPLE},
            people_credential={at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in PEOPLE},
            cash_linked={at(p): {"mark": at(f"{p}_account"), "bank": "ABOCCNBJ"} for p in PEOPLE},
        )
        done(self.clerk, "cash.open_bank", {"operator": "icbc", "bank": "icbc-main", "account": "1001"}, "system")
        self.bank.receive(Amount(CNY, 100_000_00), day=self.day, remittance="capital")
        self.notice()
        ((item,),) = self.clerk.store.query("SELECT key FROM cash_open_item")
        done(self.clerk, "cash.assign_suspense", {"item": item, "to": "own"}, "system")
        done(self.clerk, "cash.issue", {"operator": "icbc", "amount": "100000.00 ECNY"}, "system")

    @property
    def day(self) -> str:
        return times.day(self.clock())

    def later(self, days: int = 1) -> None:
        self.clock.set(self.clock() + days * times.DAY)

    def take(self, data: bytes | None, *, upto: int | None = None) -> list[Any]:
        """Hand a file of the bank in; `upto`: the process dies after so many acts."""
        if data is None:
            return []
        return [self.clerk.turn([one])[0] for one in files.requests(self.clerk.store, "icbc", data)[:upto]]

    def notice(self) -> None:
        assert all(not answer.code for answer in self.take(self.bank.notice(self.day, now=self.clock())))

    def statement(self) -> list[Any]:
        return self.take(self.bank.statement(self.day, now=self.clock()))

    def send(self) -> list[bytes]:
        """The courier's round: write what is held, give it to the bank, take its answer in."""
        sent = []
        for operator, orders in files.waiting(self.clerk.store):
            data, act = files.write(
                self.clerk.store, operator, orders, made=self.clock(), execution=self.day, payer=OURS, party=party
            )
            (answer,) = self.clerk.turn([act])
            assert not answer.code, answer
            answered = self.bank.take(data, now=self.clock())
            self.clerk.turn([files.delivered(answer.receipt["message"])])
            self.take(answered)
            sent.append(data)
        return sent

    def tick(self) -> None:
        from saxaul.engine.followers import tick

        for programme in self.clerk.declarations.programmes:
            tick(programme.dues, self.clerk.store, self.clerk.turn, self.clock())

    def free(self, name: str, asset: str = ECNY) -> int:
        posted, held = self.clerk.look([(wallet(name), asset)])[wallet(name), asset]
        return posted - held

    def stages(self) -> dict[str, str]:
        names = {wallet(name): name for name in PEOPLE}
        rows = self.clerk.store.query("SELECT party, stage FROM cash_order")
        return {names[party]: stage for party, stage in rows if party in names}

    def mirror(self) -> int:
        return -self.clerk.look([("issuer:bank:icbc-main", CNY)])["issuer:bank:icbc-main", CNY][0]

    def checked(self) -> None:
        """The books are whole, and money in two tiers is as it must be."""
        declared = self.clerk.declarations
        rules = [lambda found, rule=rule: rule([(a, s, u) for (a, s), u in found.items()]) for _, rule in INVARIANTS]
        result = check(self.clerk.store, declared.chart, declared.tables, invariants=rules)
        assert result.whole, result.findings

    def restart(self) -> None:
        self.clerk.close(checkpoint=False)
        self.clerk = book.open_clerk(self.dsn, self.clock)


def party(order: files.Order) -> Party:
    """What the vault would say: everybody's account is named after them."""
    names = {wallet(name): name for name in PEOPLE}
    return Party("A Person", f"ACC{names[order.party].upper()}", "ABOCCNBJ")


@pytest.fixture
def house(tmp_path: Path, clock: book.Clock) -> Iterator[House]:
    one = House(book.sqlite_dsn(tmp_path), clock, MANNERS)
    yield one
    one.clerk.close(checkpoint=False)


def fill(house: House, units: int = 1000_00) -> None:
    for name in PEOPLE:
        house.bank.receive(Amount(CNY, units), day=house.day, remittance=f"for wa_{at(name + '_wallet')} thanks")
    house.notice()


def out(house: House, name: str, amount: str = "400.00 ECNY") -> str:
    return str(done(house.clerk, "cash.cash_out", {"amount": amount}, name)["order"])


def test_money_goes_round_with_a_bank_that_has_every_bad_manner(house: House) -> None:
    fill(house)
    for name in PEOPLE:
        out(house, name)
    assert {house.free(name) for name in PEOPLE} == {600_00}
    house.send()
    assert house.stages()["li"] == "rejected" and house.free("li") == 1000_00
    house.notice()
    assert house.stages() == {
        "zhang": "done", "li": "rejected", "wu": "done", "chen": "sent", "sun": "sent", "qian": "done"
    }  # fmt: skip
    (answer, *_) = house.statement()
    assert answer.receipt["gaps"] == [f"PB-S-{house.day}: -400.00 CNY moved without a line"]
    assert house.stages()["sun"] == "done", "only the statement said so"
    house.later(2)
    house.take(house.bank.returns(house.day, now=house.clock()))
    assert house.stages()["wu"] == "returned" and house.free("wu") == 1000_00
    house.notice()
    house.statement()
    house.later(2)
    house.tick()
    assert house.stages()["chen"] == "unanswered" and house.free("chen") == 600_00, "the money may have left"
    lines = list(report.mismatches(house.clerk.store, "icbc"))
    assert [line.split(" · ")[0] for line in lines] == ["gap", "unanswered"]
    assert house.mirror() == house.bank.balance.units
    house.checked()


def test_a_gap_is_exactly_one_open_item_and_its_line_can_be_named(house: House) -> None:
    fill(house)
    order, day = out(house, "qian"), house.day
    house.send()
    house.notice()
    house.statement()
    house.statement()
    assert list(report.mismatches(house.clerk.store, "icbc")) == [f"gap · PB-S-{day} · -400.00 CNY"]
    (line,) = report.unlisted(house.clerk.store, "icbc", day)
    assert "debit · 400.00 CNY" in line and house.clerk.records("cash_order", [order])[0].stage == "done"


def test_every_file_a_second_time_changes_nothing(house: House) -> None:
    fill(house)
    out(house, "zhang")
    house.send()
    notice = house.bank.notice(house.day, now=house.clock())
    house.take(notice)
    house.statement()
    last, mirror = house.clerk.state.n, house.mirror()
    assert all(answer.hit for answer in house.take(notice))
    assert all(answer.hit for answer in house.statement())
    assert (house.clerk.state.n, house.mirror()) == (last, mirror)


def test_the_same_message_in_other_bytes_changes_nothing_and_leaves_nothing_unfinished(house: House) -> None:
    fill(house)
    out(house, "zhang")
    house.send()
    house.notice()
    house.statement()
    before = [house.free(name) for name in PEOPLE]
    house.clock.set(house.clock() + times.MINUTE)
    assert not any(answer.hit or answer.code for answer in house.statement())
    assert [house.free(name) for name in PEOPLE] == before
    assert list(report.mismatches(house.clerk.store, "icbc")) == []
    house.checked()


@pytest.mark.parametrize("died", range(1, 8))
def test_a_courier_killed_in_the_middle_of_a_file_ends_where_no_kill_ends(tmp_path: Path, died: int) -> None:
    ended = []
    for upto in (None, died):
        folder = tmp_path / str(upto)
        folder.mkdir()
        house = House(book.sqlite_dsn(folder), book.Clock(), MANNERS)
        for name in PEOPLE:
            house.bank.receive(Amount(CNY, 1000_00), day=house.day, remittance=at(f"{name}_wallet"))
        data = house.bank.notice(house.day, now=house.clock())
        if upto is not None:
            house.take(data, upto=upto)
            unfinished = list(report.mismatches(house.clerk.store, "icbc"))
            assert len(unfinished) == (1 if upto < 7 else 0), unfinished
            house.restart()
        house.take(data)
        assert list(report.mismatches(house.clerk.store, "icbc")) == []
        ended.append([house.free(name) for name in PEOPLE] + [house.mirror(), house.clerk.state.n])
        house.checked()
        house.clerk.close(checkpoint=False)
    assert ended[0] == ended[1]


def test_a_file_the_bank_has_already_is_no_rejection_of_its_payments(house: House) -> None:
    fill(house)
    out(house, "zhang")
    (data,) = house.send()
    answer = house.bank.take(data, now=house.clock())
    assert answer is not None and b"AM05" in answer
    house.take(answer)
    assert house.stages()["zhang"] == "accepted" and house.free("zhang") == 600_00


def test_a_file_refused_whole_frees_every_payment_in_it(tmp_path: Path, clock: book.Clock) -> None:
    house = House(book.sqlite_dsn(tmp_path), clock, Manners(refuse_files="FF01"))
    fill(house)
    out(house, "zhang"), out(house, "li")
    house.send()
    assert house.stages() == {"zhang": "rejected", "li": "rejected"} and house.free("zhang") == 1000_00
    house.checked()
    house.clerk.close(checkpoint=False)


def test_a_file_written_before_a_crash_is_made_again_byte_for_byte(house: House) -> None:
    fill(house)
    out(house, "zhang"), out(house, "li")
    ((operator, orders),) = files.waiting(house.clerk.store)
    how = {"made": house.clock(), "execution": house.day, "payer": OURS, "party": party}
    data, act = files.write(house.clerk.store, operator, orders, **how)
    house.clerk.turn([act])
    house.restart()
    assert files.waiting(house.clerk.store) == []
    (row,) = files.unsent(house.clerk.store)
    assert files.again(house.clerk.store, row, payer=OURS, party=party) == data
    assert row[2] == hashlib.sha256(data).hexdigest()


def test_a_missing_statement_is_open_until_it_comes(house: House) -> None:
    house.statement()
    house.later()
    missing = house.bank.statement(house.day, now=house.clock())
    house.later()
    house.statement()
    assert list(report.mismatches(house.clerk.store, "icbc")) == ["statement_missing · 2"]
    house.take(missing)
    assert list(report.mismatches(house.clerk.store, "icbc")) == []


def test_two_officers_rule_on_a_silent_bank_and_a_late_word_stays_open(house: House) -> None:
    fill(house)
    order = out(house, "chen")
    house.send()
    house.later(3)
    house.tick()
    done(house.clerk, "cash.rule", {"order": order, "verdict": "rejected", "reason": "CASE-1"}, "system")
    assert house.free("chen") == 1000_00
    late = {"operator": "icbc", "order": order, "key": "N9/1", "amount": "400.00 CNY", "direction": "debit",
            "reference": "PB-E-9", "booked": house.day}  # fmt: skip
    assert done(house.clerk, "cash.booked", late, "system")["item"] == "word_unexpected"
    again = {**late, "key": "S9/1"}
    done(house.clerk, "cash.booked", again, "system")
    assert len(list(report.mismatches(house.clerk.store, "icbc"))) == 1
    house.checked()


def test_what_nobody_can_be_given_waits_with_a_notice_and_finds_its_owner(house: House) -> None:
    house.bank.receive(Amount(CNY, 50_00), day=house.day, remittance="for grandmother")
    house.notice()
    (line,) = report.suspense(house.clerk.store, "icbc", house.clock())
    item = line.split(" · ")[0]
    assert "50.00 CNY · unknown · 0 days" in line
    done(house.clerk, "cash.assign_suspense", {"item": item, "to": at("zhang_wallet")}, "system")
    assert house.free("zhang") == 50_00 and list(report.suspense(house.clerk.store, "icbc", house.clock())) == []
    house.checked()


def test_fifty_cash_outs_at_one_moment_never_pass_what_is_free(house: House) -> None:
    fill(house)
    asks = [asked(house.clerk, "cash.cash_out", {"amount": "40.00 ECNY"}, "zhang") for _ in range(50)]
    codes = [answer.code for answer in house.clerk.turn(asks)]
    assert codes.count("") == 25 and codes.count("wallet.funds_short") == 25
    assert house.free("zhang") == 0


def test_cash_out_limits_do_not_count_payments_and_come_back_with_a_rejection(house: House) -> None:
    house.bank.receive(Amount(CNY, 60_000_00), day=house.day, remittance=at("li_wallet"))
    house.notice()
    subject = wallet("li")
    out(house, "li", "900.00 ECNY")
    assert house.clerk.state.usage[f"{subject}|cash_out|{house.day}"] == (900_00, 1)
    house.send()
    assert house.stages()["li"] == "rejected"
    assert house.clerk.state.usage[f"{subject}|cash_out|{house.day}"] == (0, 0)
    assert f"{subject}|pay|{house.day}" not in house.clerk.state.usage


def test_ten_years_credit_no_interest(house: House) -> None:
    """Every act that ever credits e-CNY is in a closed list, none of them an accrual."""
    credits = {
        "cash.credit", "cash.booked", "cash.returned", "cash.issue", "cash.redeem", "cash.exchange", "cash.rule",
        "cash.assign_suspense", "cash.settle",
    }  # fmt: skip
    fill(house)
    before = {name: house.free(name) for name in PEOPLE}
    for _ in range(120):
        house.later(30)
        house.take(house.bank.statement(house.day, now=house.clock()))
        house.tick()
    assert {name: house.free(name) for name in PEOPLE} == before
    acts = {act for (act,) in house.clerk.store.query(
        "SELECT DISTINCT e.act FROM posting p JOIN entry e ON e.n = p.n / 64 WHERE p.asset = ?", (ECNY,))}  # fmt: skip
    assert acts <= credits, acts - credits
    declared = house.clerk.declarations.acts
    assert not [name for name in declared if any(word in name for word in ("interest", "accru", "yield"))]
    found = circulation([(a, s, u) for (a, s), (u, _) in house.clerk.state.balances.items()])
    assert found["issued"] == 100_000_00 == found["vaults"] + found["wallet"] + found.get("operator", 0)
    house.checked()


def test_a_person_pays_no_fee_in_or_out(house: House) -> None:
    fill(house)
    out(house, "zhang", "1000.00 ECNY")
    house.send()
    house.notice()
    assert house.free("zhang") == 0
    rows = house.clerk.store.query("SELECT COUNT(*) FROM posting WHERE credit LIKE 'operator:%:fees'")
    assert rows == [(0,)]


def test_two_natural_persons_buy_e_cny_and_one_with_two_logins_does_not(house: House) -> None:
    people = {"boss": "boss", "second": "second", "boss_again": "boss"}
    give(
        house.clerk,
        people_person={at(p): {"natural": at(natural)} for p, natural in people.items()},
        people_credential={at(f"{p}_here"): {"kind": "session", "person": at(p), "roles": "officer"} for p in people},
    )
    done(house.clerk, "cash.redeem", {"operator": "icbc", "amount": "1.00 ECNY"}, "system")
    wanted = {"act": "cash.issue", "ask": {"operator": "icbc", "amount": "1.00 ECNY"}, "reason": "STOCK"}
    proposal = done(house.clerk, "desk.propose", wanted, "boss_here")["proposal"]
    for who in ("boss_here", "boss_again_here"):
        assert do(house.clerk, "desk.approve", {"proposal": proposal}, who).code == "actor.approver_same"
    assert done(house.clerk, "desk.approve", {"proposal": proposal}, "second_here")["act"] == "cash.issue"
    house.checked()


def test_every_list_is_read_on_both_stores(dsn: str, clock: book.Clock) -> None:
    house = House(dsn, clock, MANNERS)
    fill(house)
    out(house, "zhang")
    house.send(), house.notice(), house.statement()
    house.later()
    house.tick()
    assert list(report.mismatches(house.clerk.store, "icbc")) == []
    assert list(report.suspense(house.clerk.store, "icbc", house.clock())) == []
    assert list(report.unlisted(house.clerk.store, "icbc", house.day)) == []
    assert files.unsent(house.clerk.store) == []
    house.checked()
    house.clerk.close(checkpoint=False)


def test_one_officer_alone_never_moves_the_operators_money(house: House) -> None:
    give(house.clerk, people_credential={at("boss"): {"kind": "session", "person": at("zhang"), "roles": "officer"}})
    asks = {
        "cash.issue": {"operator": "icbc", "amount": "1.00 ECNY"},
        "cash.redeem": {"operator": "icbc", "amount": "1.00 ECNY"},
        "cash.assign_suspense": {"item": "suspense:icbc:x", "to": "own"},
        "cash.rule": {"order": at("zhang"), "verdict": "done", "reason": "X"},
        "cash.close_item": {"item": "gap:icbc:x", "reason": "X"},
        "cash.open_bank": {"operator": "icbc", "bank": "x", "account": "1"},
    }
    assert {do(house.clerk, act, ask, "boss").code for act, ask in asks.items()} == {"actor.second_missing"}
