"""Bills: races, files that were interrupted, owners that cannot be listed, money that comes back to who paid."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import book
import pytest
from paytown import asked, at, do, done, fresh, give

from saxaul.engine.followers import tick
from saxaul.engine.request import request
from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.check import check
from saxaul.programmes.bills import files, lists
from saxaul.programmes.bills.common import STAGES

PEOPLE = ("zhang", "li", "wu")
OWNER = "欧阳***"


def town(clerk: Any) -> None:
    """Three people with 1,000 yuan each, the waterworks (parts, money ahead) and the power company (neither)."""
    give(
        clerk, {f"wallet:{at(f'{p}_wallet')} ECNY/2": "1000.00 ECNY" for p in PEOPLE},
        people_person={at(p): {"natural": at(p), "wallets": at(f"{p}_wallet")} for p in (*PEOPLE, "mei", "bo")},
        people_wallet={at(f"{p}_wallet"): {"person": at(p), "issuer": "icbc", "tier": 2} for p in PEOPLE},
        people_organisation={
            at("water"): {"kind": "biller", "name": "Water", "issuer": "icbc",
                          "terms": '{"part":true,"least":500,"over":true,"most_over":20000,"fee":20}'},
            at("power"): {"kind": "biller", "name": "Power", "issuer": "icbc"},
        },
        people_credential={
            **{at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in PEOPLE},
            at("mei"): {"kind": "session", "person": at("mei"), "organisation": at("water"), "roles": "biller"},
            at("bo"): {"kind": "session", "person": at("bo"), "organisation": at("power"), "roles": "biller"},
        },
    )  # fmt: skip


def issued(clerk: Any, bill: str = "w-1", number: str = "100", amount: str = "80.00 CNY", who: str = "mei") -> str:
    ask = {"bill": bill, "number": number, "amount": amount, "due": "2022-06-25", "month": "2022-05", "owner": OWNER}
    return str(done(clerk, "bills.issue", ask, who)["bill"])


def paying(bill: str, amount: str, revision: int = 1) -> dict[str, Any]:
    return {"bill": bill, "revision": revision, "amount": amount}


def whole(clerk: Any) -> None:
    declared = clerk.declarations
    found = check(clerk.store, declared.chart, declared.tables).findings
    assert not found, found


def csv_file(count: int, *, start: int = 0, **spoil: str) -> bytes:
    rows = ["bill,number,amount,due,month,owner"]
    for place in range(start, start + count):
        row = {"bill": f"f-{place}", "number": str(5000 + place), "amount": "12.34", "due": "2022-06-25",
               "month": "2022-05", "owner": OWNER}  # fmt: skip
        if place == start + count - 1:
            row |= spoil
        rows.append(",".join(row.values()))
    return "\n".join(rows).encode()


def acts(data: bytes, who: str = "mei") -> list[Any]:
    return list(files.requests(files.read(data), file=files.digest(data), credential=at(who)))


def test_thirty_who_pay_one_bill_at_one_moment_are_one_payment(clerk: Any) -> None:
    town(clerk)
    bill = issued(clerk, who="bo")
    asks = [asked(clerk, "bills.pay", paying(bill, "80.00 CNY"), PEOPLE[n % 3]) for n in range(30)]
    codes = [answer.code for answer in clerk.turn(asks)]
    assert codes.count("") == 1 and codes.count("bill.stage_paid") == 29
    assert clerk.look([(f"biller:{at('power')}:due", "ECNY/2")]).popitem()[1] == (80_00, 0)
    whole(clerk)


def test_ten_refunds_at_one_moment_are_one_even_if_the_bill_was_issued_anew(clerk: Any) -> None:
    town(clerk)
    bill = issued(clerk)
    payment = done(clerk, "bills.pay", paying(bill, "80.00 CNY"), "zhang")["payment"]
    issued(clerk, "w-2", "101", "90.00 CNY")
    done(clerk, "bills.pay", paying(f"{at('water')}:w-2", "90.00 CNY"), "li")
    asks = [asked(clerk, "bills.refund", {"payment": payment}, "mei") for _ in range(10)]
    codes = [answer.code for answer in clerk.turn(asks)]
    assert codes.count("") == 1 and codes.count("request.stage_wrong") == 9
    assert clerk.look([(f"wallet:{at('zhang_wallet')}", "ECNY/2")]).popitem()[1] == (1000_00, 0)
    done(clerk, "bills.revise", {"bill": bill, "revision": 1, "amount": "70.00 CNY", "due": "2022-07-01"}, "mei")
    assert do(clerk, "bills.pay", paying(bill, "80.00 CNY"), "zhang").code == "bill.revision_changed"
    done(clerk, "bills.pay", paying(bill, "70.00 CNY", 2), "zhang")
    whole(clerk)


def test_parts_add_up_to_the_bill_and_the_last_one_closes_it(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill, chance, left = issued(clerk, amount="777.77 CNY"), random.Random(7), 777_77
    while left:
        part = min(left, chance.randrange(5_00, 90_00))
        paid = done(clerk, "bills.pay", paying(bill, f"{part // 100}.{part % 100:02} CNY"), chance.choice(PEOPLE))
        left -= part
        assert paid["rest"] == f"{left // 100}.{left % 100:02} CNY"
    (row,) = clerk.records("bills_bill", [bill])
    assert (row.paid, row.stage) == (777_77, "paid")
    whole(clerk)


def test_owners_cannot_be_listed(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    issued(clerk)
    asks = [asked(clerk, "bills.find", {"biller": at("water"), "number": str(n)}, "zhang") for n in range(1, 41)]
    answers = clerk.turn(asks)
    assert [answer.receipt["verdict"] for answer in answers[:10]] == ["bill.key_missing"] * 10
    assert {answer.code for answer in answers[10:]} == {"request.pace_exceeded"}
    assert do(clerk, "bills.find", {"biller": at("water"), "number": "100"}, "zhang").code == "request.pace_exceeded"
    assert done(clerk, "bills.find", {"biller": at("water"), "number": "100"}, "li")["verdict"] == ""
    clock.set(clock() + times.HOUR)
    assert len(done(clerk, "bills.find", {"biller": at("water"), "number": "100"}, "zhang")["bills"]) == 1


def test_no_name_reaches_the_journal_and_the_page_still_shows_it_masked(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill = issued(clerk)
    done(clerk, "bills.find", {"biller": at("water"), "number": "100"}, "zhang")
    done(clerk, "bills.pay", paying(bill, "80.00 CNY"), "zhang")
    written = clerk.store.query("SELECT changes, answer FROM entry")
    assert not [row for row in written if "欧阳" in row[0] or "欧阳" in row[1]]
    assert [row["owner"] for row in lists.by_key(clerk.store, [bill])] == [OWNER]
    whole(clerk)


def test_a_biller_sees_its_own_bills_only(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill = issued(clerk)
    payment = done(clerk, "bills.pay", paying(bill, "10.00 CNY"), "zhang")["payment"]
    asks = {
        "bills.revise": {"bill": bill, "revision": 1, "amount": "70.00 CNY", "due": "2022-07-01"},
        "bills.cancel": {"bill": bill}, "bills.refund": {"payment": payment},
        "bills.issue": {"bill": "x", "number": "1", "amount": "1.00 CNY", "due": "2022-07-01", "biller": at("water")},
    }  # fmt: skip
    assert {do(clerk, act, ask, "bo").code for act, ask in asks.items()} == {"request.object_missing"}
    assert lists.of_biller(clerk.store, at("power"), stage="part_paid") == []
    assert [row["bill"] for row in lists.of_biller(clerk.store, at("water"), stage="part_paid")] == [bill]


def test_a_large_file_is_invisible_until_all_of_it_is_there(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    *parts, opens = acts(csv_file(250))
    assert len(parts) == 3
    for part in parts:
        assert not clerk.turn([part])[0].code
        assert done(clerk, "bills.find", {"biller": at("water"), "number": "5000"}, "zhang")["verdict"]
    assert do(clerk, "bills.pay", paying(f"{at('water')}:f-1", "12.34 CNY"), "zhang").code == "bill.key_missing"
    assert clerk.turn([opens])[0].receipt["total"] == "3085.00 CNY"
    assert len(done(clerk, "bills.find", {"biller": at("water"), "number": "5249"}, "zhang")["bills"]) == 1
    done(clerk, "bills.pay", paying(f"{at('water')}:f-1", "12.34 CNY"), "zhang")
    whole(clerk)


def test_a_number_in_two_files_is_known_as_soon_as_one_of_them_is_open(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    one, other = acts(csv_file(150)), acts(csv_file(150).replace(b"f-", b"g-"))
    for act in (*one[:2], *other[:2], one[2]):
        assert not clerk.turn([act])[0].code
    for _ in range(2):
        (bill,) = done(clerk, "bills.find", {"biller": at("water"), "number": "5000"}, "zhang")["bills"]
        assert bill["bill"] == f"{at('water')}:f-0"
        clerk.turn([files.drop(file=files.digest(csv_file(150).replace(b"f-", b"g-")), credential=at("mei"))])
    done(clerk, "bills.pay", paying(bill["bill"], "12.34 CNY"), "zhang")
    assert done(clerk, "bills.find", {"biller": at("water"), "number": "5000"}, "zhang")["verdict"] == ""
    whole(clerk)


def test_every_list_and_due_is_read_on_both_stores(clerk: Any, clock: book.Clock) -> None:
    town(clerk)
    bill = issued(clerk)
    done(clerk, "bills.save_number", {"biller": at("water"), "number": "100"}, "zhang")
    assert [row["bill"] for row in lists.of_household(clerk.store, at("zhang"))] == [bill]
    assert [row["owner"] for row in lists.of_biller(clerk.store, at("water"), stage="issued")] == [OWNER]
    done(clerk, "bills.pay", paying(bill, "100.00 CNY"), "zhang")
    issued(clerk, "w-2")
    clock.set(clock() + 60 * times.DAY)
    tick(_dues(clerk), clerk.store, clerk.turn, clock())
    (row,) = clerk.records("bills_bill", [f"{at('water')}:w-2"])
    assert (row.stage, row.paid) == ("part_paid", 20_00)
    tick(_dues(clerk), clerk.store, clerk.turn, clock())
    assert clerk.records("bills_bill", [f"{at('water')}:w-2"])[0].stage == "overdue"


@pytest.mark.parametrize("died", range(5))
def test_a_file_that_was_interrupted_is_handed_in_again(tmp_path: Path, clock: book.Clock, died: int) -> None:
    dsn = book.sqlite_dsn(tmp_path)
    clerk = book.open_clerk(dsn, clock)
    town(clerk)
    data = csv_file(250)
    for one in acts(data)[:died]:
        clerk.turn([one])
    clerk.close(checkpoint=False)
    clerk = book.open_clerk(dsn, clock)
    answers = [clerk.turn([one])[0] for one in acts(data)]
    assert [answer.hit for answer in answers] == [n < died for n in range(4)]
    assert clerk.store.query("SELECT COUNT(*) FROM bills_bill") == [(250,)]
    assert clerk.records("bills_file", [f"{at('water')}:{files.digest(data)}"])[0].stage == "open"
    last = clerk.state.n
    assert all(clerk.turn([one])[0].hit for one in acts(data)) and clerk.state.n == last
    whole(clerk)
    clerk.close(checkpoint=False)


def test_one_bad_line_refuses_the_whole_file_and_the_mended_one_is_taken(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    issued(clerk, "f-149", "1")
    data = csv_file(150)
    codes = [clerk.turn([one])[0] for one in acts(data)]
    assert [answer.code for answer in codes] == ["", "bill.file_refused", "bill.file_refused"]
    assert codes[1].facts["lines"] == ["line 150: bill: issued before; revise it"]
    assert done(clerk, "bills.find", {"biller": at("water"), "number": "5000"}, "zhang")["verdict"]
    clerk.turn([files.drop(file=files.digest(data), credential=at("mei"))])
    mended = csv_file(149)
    assert [clerk.turn([one])[0].code for one in acts(mended)] == ["", "", ""]
    assert len(done(clerk, "bills.find", {"biller": at("water"), "number": "5000"}, "zhang")["bills"]) == 1
    whole(clerk)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"amount": "12.345"}, "line 3"), ({"amount": "-1"}, "line 3"), ({"due": "June"}, "line 3"),
        ({"bill": "f-0"}, "line 3: the bill stands there twice"), ({"number": "a b"}, "line 3"),
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_named(spoil: dict[str, str], says: str) -> None:
    with pytest.raises(Refusal) as refused:
        files.read(csv_file(3, **spoil))
    assert refused.value.code == "bill.file_refused"
    assert [line.startswith(says) for line in refused.value.facts["lines"]] == [True]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2\n", b"bill,number,amount,due\n"])
def test_a_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal, match="bill.file_refused"):
        files.read(data)


def test_late_is_the_day_after_and_the_tick_says_so_once(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill = issued(clerk)
    for now, stage in (("2022-06-25T15:59:59Z", "issued"), ("2022-06-25T16:00:00Z", "overdue")):
        clock.set(times.read(now) or 0)
        tick(_dues(clerk), clerk.store, clerk.turn, clock())
        assert clerk.records("bills_bill", [bill])[0].stage == stage
    last = clerk.state.n
    tick(_dues(clerk), clerk.store, clerk.turn, clock())
    assert clerk.state.n == last
    paid = done(clerk, "bills.pay", paying(bill, "80.00 CNY"), "zhang")
    assert paid["stage"] == "paid"


def _dues(clerk: Any) -> list[Any]:
    return [due for programme in clerk.declarations.programmes if programme.name == "bills" for due in programme.dues]


def test_what_was_paid_ahead_goes_into_the_next_bills_by_itself(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill = issued(clerk)
    done(clerk, "bills.pay", paying(bill, "200.00 CNY"), "zhang")
    for name, amount in (("w-2", "80.00 CNY"), ("w-3", "80.00 CNY")):
        issued(clerk, name, amount=amount)
    tick(_dues(clerk), clerk.store, clerk.turn, clock())
    tick(_dues(clerk), clerk.store, clerk.turn, clock())
    rows = clerk.records("bills_bill", [f"{at('water')}:w-2", f"{at('water')}:w-3"])
    assert sorted((row.paid, row.stage) for row in rows) == [(40_00, "part_paid"), (80_00, "paid")]
    due = clerk.look([(f"biller:{at('water')}:due", "ECNY/2")]).popitem()[1][0]
    assert due == 200_00 - 40, "two in a thousand are the operator's"
    whole(clerk)


def test_saved_numbers_show_what_is_open(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    bill = issued(clerk)
    assert lists.of_household(clerk.store, at("zhang")) == []
    done(clerk, "bills.save_number", {"biller": at("water"), "number": "100"}, "zhang")
    (row,) = lists.of_household(clerk.store, at("zhang"))
    assert (row["bill"], row["amount"], row["owner"]) == (bill, 80_00, OWNER)
    done(clerk, "bills.pay", paying(bill, "80.00 CNY"), "li")
    assert lists.of_household(clerk.store, at("zhang")) == []


def test_the_same_id_pays_once_and_the_same_answer_comes_back(clerk: Any) -> None:
    town(clerk)
    bill = issued(clerk)
    one = asked(clerk, "bills.pay", paying(bill, "80.00 CNY"), "zhang")
    first, second = clerk.turn([one, one])
    assert first.text == second.text and clerk.turn([one])[0].text == first.text
    other = request("bills.pay", asked(clerk, "bills.pay", paying(bill, "70.00 CNY"), "zhang").ask, id=one.id,
                    credential=at("zhang"))  # fmt: skip
    assert clerk.turn([other])[0].code == "request.id_reused"
    assert fresh(clerk) != one.id


def test_no_stage_leads_nowhere_but_the_last_ones() -> None:
    reached = set(STAGES.values())
    ways = {stage for stage, _ in STAGES}
    assert reached - ways == {"cancelled"}
