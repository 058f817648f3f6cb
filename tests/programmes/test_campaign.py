"""Red packets from draft to report: what a district and its people rely on, and many hands at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import campaigntown as c
import paytown as t
import prepaidtown as school
import pytest
from campaigntown import BEGIN, DAY, ESCROW, HOUR, KEY, VOUCHER
from paytown import at, do, done

from saxaul.programmes.campaign import draw, dues, publication, report


def codes(answers: list[Any]) -> Counter[str]:
    return Counter(answer.code or "done" for answer in answers)


def test_it_works_from_draft_to_report(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    won = c.claiming(clerk, clock)
    assert len(won) == 3
    for name in won[:2]:
        assert done(clerk, "campaign.claim", {"campaign": KEY}, name)["amount"] == "200.00 ECNY"
    paid = c.buys(clerk, won[0], "300.00 CNY").receipt
    assert paid["pockets"] == [f"200.00 VOUCHER.{KEY}", "100.00 ECNY"]
    assert t.has(clerk, t.takings()) == 30_000  # the shop has plain e-CNY at once
    c.buys(clerk, won[1], "50.00 CNY")
    clock.set(BEGIN + 3 * DAY)
    c.tick(clerk)  # the third did not claim: the reserve may
    assert c.row(clerk).stage == "claiming"
    clock.set(BEGIN + 4 * DAY)
    c.tick(clerk)  # nor did the reserve
    assert c.row(clerk).stage == "spending"
    clock.set(BEGIN + 10 * DAY)
    c.tick(clerk)
    c.tick(clerk)
    assert c.row(clerk).stage == "reconciled"
    assert c.closes(clerk) == {"issued": 60_000, "spent": 25_000, "returned": 35_000}
    row = c.row(clerk)
    assert (row.unclaimed, row.written_off) == (20_000, 15_000)
    assert t.has(clerk, ESCROW) == 0 and t.has(clerk, f"sponsor:{at('district')}") == 10_000_000 - 25_000
    made = done(clerk, "desk.propose", {"act": "campaign.close", "ask": {"campaign": KEY}, "reason": "r"}, "wang")
    assert do(clerk, "desk.approve", {"proposal": made["proposal"]}, "wang").code == "actor.approver_same"
    done(clerk, "desk.approve", {"proposal": made["proposal"]}, "zhao")
    assert c.row(clerk).stage == "closed"
    stages = Counter(c.ticket(clerk, f"p{n}").stage for n in range(12))
    assert stages == {"lost": 8, "unclaimed": 2, "spent": 1, "written_off": 1}
    c.whole(clerk)


def test_nothing_opens_before_the_money_for_every_award_is_there(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    done(clerk, "campaign.draft", c.drafted(), "wang")
    made = done(clerk, "desk.propose", {"act": "campaign.approve", "ask": {"campaign": KEY}, "reason": "r"}, "wang")
    done(clerk, "desk.approve", {"proposal": made["proposal"]}, "zhao")
    done(clerk, "campaign.fund", {"campaign": KEY, "amount": "599.99 ECNY"}, "sun")
    clock.set(BEGIN + HOUR)
    assert c.tick(clerk) == 0
    assert do(clerk, "campaign.open", {"campaign": KEY}, "wang").code == "campaign.escrow_short"
    ask = {"campaign": KEY, "wallet": at("p0_wallet")}
    assert do(clerk, "campaign.sign_up", ask, "p0").code == "campaign.signup_early"
    done(clerk, "campaign.fund", {"campaign": KEY, "amount": "0.01 ECNY"}, "sun")
    c.tick(clerk)
    assert done(clerk, "campaign.sign_up", ask, "p0")["campaign"] == KEY


def test_a_round_is_called_off_until_the_first_slice_is_drawn(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk, 130)
    c.funded(clerk, awards=70)
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(130)])
    c.revealed(clerk, clock)
    first, *_ = dues.draws(clerk.store, clock.now)
    clerk.turn([first])
    assert do(clerk, "campaign.cancel", {"campaign": KEY}, "system").code == "request.stage_wrong"
    c.tick(clerk)
    assert len(c.winners(clerk, 130)) == 70
    c.whole(clerk)


def test_called_off_before_the_draw_all_money_is_back_and_all_tickets_are_burnt(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk, 130)
    c.funded(clerk)
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(130)])
    c.revealed(clerk, clock)
    made = done(clerk, "desk.propose", {"act": "campaign.cancel", "ask": {"campaign": KEY}, "reason": "r"}, "wang")
    done(clerk, "desk.approve", {"proposal": made["proposal"]}, "zhao")
    assert t.has(clerk, f"sponsor:{at('district')}") == 10_000_000 and t.has(clerk, ESCROW) == 0
    assert c.tick(clerk) == 3 and c.tick(clerk) == 0
    assert t.has(clerk, f"issuer:campaign:{KEY}", f"TICKET.{KEY}/0") == 0
    assert {c.ticket(clerk, f"p{n}").stage for n in range(130)} == {"burnt"}
    assert c.closes(clerk) == {"issued": 60_000, "spent": 0, "returned": 60_000}
    c.whole(clerk)


@pytest.mark.parametrize("together", [True, False])
def test_64_sign_ups_at_the_same_moment_give_one_ticket(clerk: Any, clock: Any, together: bool) -> None:
    c.place(clerk, 1)
    c.funded(clerk)
    t.give(  # the same human under a second telephone, with a wallet of its own
        clerk, people_person={at("again"): {**c.person("again"), "natural": at("p0")}},
        people_wallet={at("again_wallet"): c.wallet("again")},
        people_credential={at("again"): {"kind": "session", "person": at("again"), "roles": "citizen"}},
    )  # fmt: skip
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    asked = [
        t.asked(clerk, "campaign.sign_up", {"campaign": KEY, "wallet": at(f"{who}_wallet")}, who)
        for who in ("p0", "again") for _ in range(32)
    ]  # fmt: skip
    answers = clerk.turn(asked) if together else [clerk.turn([one])[0] for one in asked]
    assert codes(answers) == {"done": 1, "campaign.person_entered": 63}
    assert t.has(clerk, f"person:{at('p0')}:tickets", f"TICKET.{KEY}/0") == 1


@pytest.mark.parametrize("together", [True, False])
def test_64_claims_at_the_same_moment_give_one_packet(clerk: Any, clock: Any, together: bool) -> None:
    (winner, *_) = c.claiming(clerk, clock)
    asked = [t.asked(clerk, "campaign.claim", {"campaign": KEY}, winner) for _ in range(64)]
    answers = clerk.turn(asked) if together else [clerk.turn([one])[0] for one in asked]
    assert codes(answers) == {"done": 1, "award.claim_done": 63}
    assert c.packet(clerk, winner) == 20_000
    assert clerk.turn([asked[0]])[0].hit and clerk.turn([asked[63]])[0].code == "award.claim_done"
    c.whole(clerk)


def test_sign_up_ends_at_24_00_to_the_instant(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    c.funded(clerk)
    ask = {"campaign": KEY, "wallet": at("p0_wallet")}
    clock.set(BEGIN + HOUR - 1)
    assert do(clerk, "campaign.sign_up", ask, "p0").code == "campaign.signup_early"
    clock.set(BEGIN + DAY - 1)
    assert not do(clerk, "campaign.sign_up", ask, "p0").code
    clock.set(BEGIN + DAY)
    late = do(clerk, "campaign.sign_up", {"campaign": KEY, "wallet": at("p1_wallet")}, "p1")
    assert late.code == "campaign.signup_closed" and late.facts == {"end": c.text(BEGIN + DAY)}


def test_a_claim_ends_at_24_00_to_the_instant(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, two, _ = c.claiming(clerk, clock)
    clock.set(BEGIN + 3 * DAY - 1)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    clock.set(BEGIN + 3 * DAY)
    assert do(clerk, "campaign.claim", {"campaign": KEY}, two).code == "award.claim_expired"
    c.tick(clerk)
    assert do(clerk, "campaign.claim", {"campaign": KEY}, two).code == "award.claim_expired"


def test_another_telephone_or_issuer_claims_nothing_and_the_award_stays(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    winner, *_ = c.claiming(clerk, clock)
    t.give(clerk, people_person={at(winner): c.person(winner, phone="another")})
    assert do(clerk, "campaign.claim", {"campaign": KEY}, winner).code == "award.holder_mismatch"
    t.give(
        clerk, people_person={at(winner): c.person(winner)},
        people_wallet={at("icbc_wallet"): {**c.wallet(winner), "issuer": "ICBC"}},
    )  # fmt: skip
    other = {"campaign": KEY, "wallet": at("icbc_wallet")}
    assert do(clerk, "campaign.claim", other, winner).code == "award.holder_mismatch"
    done(clerk, "campaign.claim", {"campaign": KEY}, winner)


def test_reserves_follow_in_their_order_when_winners_do_not_claim(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    won = c.claiming(clerk, clock, 200, awards=70, reserves=20, reserve_days=2)
    reserves = sorted((c.ticket(clerk, f"p{n}").rank, f"p{n}") for n in range(200))
    waiting = [name for rank, name in reserves if rank > 70]
    assert len(waiting) == 20
    for name in won[:40] + won[45:]:  # five of the first slice do not claim
        done(clerk, "campaign.claim", {"campaign": KEY}, name)
    clock.set(BEGIN + 3 * DAY)
    c.tick(clerk)
    assert [c.ticket(clerk, name).stage for name in waiting[:6]] == ["awarded"] * 5 + ["reserve"]
    done(clerk, "campaign.claim", {"campaign": KEY}, waiting[0])
    assert do(clerk, "campaign.claim", {"campaign": KEY}, won[40]).code == "award.claim_expired"
    assert do(clerk, "campaign.claim", {"campaign": KEY}, waiting[5]).code == "award.award_missing"
    clock.set(BEGIN + 5 * DAY)
    c.tick(clerk)  # four reserves did not come either: the next four
    assert [c.ticket(clerk, name).stage for name in waiting[5:10]] == ["awarded"] * 4 + ["reserve"]
    clock.set(BEGIN + 9 * DAY)
    c.tick(clerk)
    c.closes(clerk)
    c.whole(clerk)


def test_own_money_goes_back_first(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, two, _ = c.claiming(clerk, clock)
    for name in (one, two):
        done(clerk, "campaign.claim", {"campaign": KEY}, name)
    order = c.buys(clerk, one, "300.00 CNY").receipt["order"]
    back = done(clerk, "pay.refund", {"order": order, "amount": "150.00 CNY"}, "mei")
    assert back["pockets"] == ["100.00 ECNY", f"50.00 VOUCHER.{KEY}"]
    assert c.packet(clerk, one) == 5_000 and t.has(clerk, ESCROW) == 60_000 - 15_000
    order = c.buys(clerk, two, "300.00 CNY").receipt["order"]
    backs = [done(clerk, "pay.refund", {"order": order, "amount": "40.00 CNY"}, "mei")["pockets"] for _ in range(3)]
    assert backs == [["40.00 ECNY"], ["40.00 ECNY"], ["20.00 ECNY", f"20.00 VOUCHER.{KEY}"]]
    c.closes(clerk)
    c.whole(clerk)


def test_after_expiry_the_packets_part_of_a_refund_ends_with_the_sponsor(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, *_ = c.claiming(clerk, clock)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    order = c.buys(clerk, one, "300.00 CNY").receipt["order"]
    for day in (3, 4, 10):
        clock.set(BEGIN + day * DAY)
        c.tick(clerk)
    c.tick(clerk)
    assert c.row(clerk).stage == "reconciled"
    sponsor, own = t.has(clerk, f"sponsor:{at('district')}"), t.has(clerk, t.wallet(one))
    made = do(clerk, "pay.refund", {"order": order, "amount": "150.00 CNY"}, "mei")
    assert not made.code
    assert t.has(clerk, t.wallet(one)) == own + 10_000 and c.packet(clerk, one) == 0
    assert t.has(clerk, f"sponsor:{at('district')}") == sponsor + 5_000
    shown = [(p[1], p[2]) for p in clerk.store.read_postings(made.entry, made.entry) if p[3] == VOUCHER]
    mine = t.wallet(one)  # the statement shows the line in and the line out
    assert shown == [(f"campaign:{KEY}:spent", mine), (mine, f"campaign:{KEY}:returned")]
    assert c.closes(clerk) == {"issued": 60_000, "spent": 15_000, "returned": 45_000}
    c.whole(clerk)


def test_a_packet_is_spent_where_and_when_it_may_be(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    place = {"regions": ["440303"], "opens": 540, "shuts": 1260, "share": 50, "minimum": "20.00 CNY"}
    one, two, _ = c.claiming(clerk, clock, **place)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    named = {"vouchers": [KEY]}
    assert c.buys(clerk, one, "30.00 CNY", merchant="fang").receipt["pockets"] == ["30.00 ECNY"]
    assert c.buys(clerk, one, "30.00 CNY", merchant="fang", **named).code == "purpose.use_mismatch"
    assert c.buys(clerk, one, "30.00 CNY", merchant="card_seller").receipt["pockets"] == ["30.00 ECNY"]
    assert c.buys(clerk, one, "30.00 CNY", merchant="card_seller", **named).code == "voucher.transfer_barred"
    assert c.buys(clerk, one, "19.99 CNY", **named).code == "voucher.spend_under"
    assert c.buys(clerk, one, "30.00 CNY").receipt["pockets"] == [f"15.00 VOUCHER.{KEY}", "15.00 ECNY"]
    clock.set(BEGIN + DAY + 9 * HOUR)  # 21:00 in the city
    assert c.buys(clerk, one, "30.00 CNY").receipt["pockets"] == ["30.00 ECNY"]
    clock.set(BEGIN + 2 * DAY)
    done(clerk, "campaign.list_merchants", {"campaign": KEY, "remove": [at("bakery")]}, "sun")
    assert c.buys(clerk, one, "30.00 CNY", **named).code == "purpose.use_mismatch"
    send = {"payee": at(f"{two}_wallet"), "amount": f"1.00 VOUCHER.{KEY}"}
    assert do(clerk, "pay.send", send, one).code == "voucher.transfer_barred"
    c.whole(clerk)


def test_the_last_instant_of_spending_is_before_24_00(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, *_ = c.claiming(clerk, clock)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    clock.set(BEGIN + 10 * DAY - 1)
    assert c.buys(clerk, one, "10.00 CNY").receipt["pockets"] == [f"10.00 VOUCHER.{KEY}"]
    clock.set(BEGIN + 10 * DAY)
    assert c.buys(clerk, one, "10.00 CNY").receipt["pockets"] == ["10.00 ECNY"]


def test_what_a_payment_holds_is_written_off_when_the_payment_is_over(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, *_ = c.claiming(clerk, clock)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    clock.set(BEGIN + 4 * DAY)
    c.tick(clerk)
    clock.set(BEGIN + 10 * DAY - HOUR)
    made = done(clerk, "pay.order", {"amount": "60.00 CNY", "minutes": 10_000}, "mei")
    done(clerk, "pay.hold", {"order": made["order"]}, one)
    clock.set(BEGIN + 10 * DAY)
    c.tick(clerk)
    c.tick(clerk)
    assert c.row(clerk).stage == "expired" and c.packet(clerk, one) == 20_000
    done(clerk, "pay.capture", {"order": made["order"], "amount": "45.00 CNY"}, "mei")
    c.tick(clerk)
    c.tick(clerk)
    assert c.row(clerk).stage == "reconciled" and c.packet(clerk, one) == 0
    assert c.closes(clerk) == {"issued": 60_000, "spent": 4_500, "returned": 55_500}
    c.whole(clerk)


def test_the_published_draw_is_the_one_that_was_held(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    won = c.claiming(clerk, clock)
    found = publication.of_book(clerk.store, c.row(clerk))
    assert len(publication.verify(found)) == 4
    assert found["winners.txt"].split() == [c.ticket(clerk, name).line for name in won]
    assert not any(at(f"p{n}") in "".join(found.values()) for n in range(12))


def test_a_list_changed_after_it_was_published_is_not_drawn(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    c.funded(clerk)
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(12)])
    c.revealed(clerk, clock)
    other = draw.ticket("salt", "somebody else")
    ticket = c.ticket(clerk, "p3")
    t.give(clerk, campaign_ticket={ticket.key: {"line": other}})
    answers = clerk.turn(list(dues.draws(clerk.store, clock.now)))
    assert codes(answers) == {"draw.tickets_changed": 1}
    assert c.row(clerk).stage == "revealed"
    t.give(clerk, campaign_ticket={ticket.key: {"line": ticket.line}})
    c.tick(clerk)
    assert c.row(clerk).stage == "claiming"


def test_who_keeps_a_secret_back_forfeits_and_the_draw_goes_on(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    c.funded(clerk)
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(12)])
    clock.set(BEGIN + DAY)
    c.tick(clerk)
    for who, secret in (("wang", "operator-secret"), ("qin", "witness-secret")):
        done(clerk, "campaign.commit", {"campaign": KEY, "commitment": draw.commitment(secret)}, who)
    early = do(clerk, "campaign.reveal", {"campaign": KEY, "secret": "operator-secret"}, "wang")
    assert early.code == "request.stage_wrong"  # a secret told before the beacon falls would help whoever makes it
    clock.set(BEGIN + DAY + HOUR)
    done(clerk, "campaign.note_beacon", {"campaign": KEY, "beacon": "beacon-1000"}, "wang")
    done(clerk, "campaign.reveal", {"campaign": KEY, "secret": "witness-secret"}, "qin")
    clock.set(BEGIN + 2 * DAY + HOUR)
    c.tick(clerk)
    c.tick(clerk)
    row = c.row(clerk)
    assert row.stage == "claiming" and row.seed == draw.seed(row.root, ["witness-secret"], "beacon-1000")
    said = publication.verify(publication.of_book(clerk.store, row))
    assert "The operator did not tell a secret and has no part in it." in said


def test_a_draw_that_comes_late_leaves_as_long_to_claim(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    c.funded(clerk)
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(12)])
    c.revealed(clerk, clock)
    clock.set(BEGIN + 5 * DAY)  # the house was closed for some days
    c.tick(clerk)
    assert c.row(clerk).claim_ends == BEGIN + 5 * DAY + 2 * DAY - HOUR
    for name in c.winners(clerk, 12):
        done(clerk, "campaign.claim", {"campaign": KEY}, name)
    c.whole(clerk)


def test_fewer_people_than_awards_win_all_and_the_rest_goes_back(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    assert len(c.claiming(clerk, clock, 2)) == 2
    clock.set(BEGIN + 3 * DAY)
    c.tick(clerk)
    assert c.row(clerk).stage == "spending" and c.row(clerk).unclaimed == 60_000
    assert t.has(clerk, f"sponsor:{at('district')}") == 10_000_000
    c.whole(clerk)


def test_a_round_nobody_signs_up_for_closes_too(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    assert c.claiming(clerk, clock, 0) == []
    for day in (3, 10, 10):
        clock.set(BEGIN + day * DAY)
        c.tick(clerk)
    assert c.row(clerk).stage == "reconciled"
    assert c.closes(clerk) == {"issued": 60_000, "spent": 0, "returned": 60_000}


def test_the_report_adds_up_by_merchant_category_and_day(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, two, _ = c.claiming(clerk, clock)
    for name in (one, two):
        done(clerk, "campaign.claim", {"campaign": KEY}, name)
    order = c.buys(clerk, one, "120.00 CNY").receipt["order"]
    c.buys(clerk, two, "30.00 CNY", merchant="fang")
    clock.set(BEGIN + 2 * DAY + HOUR)
    c.buys(clerk, two, "20.00 CNY")
    done(clerk, "pay.refund", {"order": order, "amount": "20.00 CNY"}, "mei")
    c.closes(clerk)
    rows = report.lines(clerk.store, KEY)
    assert report.by(rows, "merchant") == [(at("bakery"), 12_000), (at("florist"), 3_000)]
    assert report.by(rows, "category") == [("5462", 12_000), ("5992", 3_000)]
    assert report.by(rows, "day") == [("2022-06-02", 15_000), ("2022-06-03", 0)]
    assert report.text(rows, "ECNY/2").splitlines()[-1] == "total,,,,3,170.00,20.00,150.00"
    before = clerk.state.n
    c.follow(clerk)
    assert clerk.state.n == before  # the follower read it once


def test_only_the_sponsor_grants_and_takes_back_its_purpose_money(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    make = {"campaign": "lessons", "name": "Lessons", "spend_from": c.text(BEGIN), "spend_until": c.text(BEGIN + DAY)}
    done(clerk, "campaign.create_purpose", {**make, "listed": True}, "sun")
    give = {"campaign": "lessons", "grants": [{"wallet": at("p0_wallet"), "amount": "30.00 VOUCHER.lessons"}]}
    assert do(clerk, "campaign.grant", give, "sun").code == "campaign.escrow_short"  # nothing is minted without money
    done(clerk, "campaign.fund", {"campaign": "lessons", "amount": "50.00 ECNY"}, "sun")
    assert do(clerk, "campaign.grant", give, "qin").code == "actor.role_missing"
    done(clerk, "campaign.grant", give, "sun")
    assert c.buys(clerk, "p0", "10.00 CNY").receipt["pockets"] == ["10.00 ECNY"]  # the bakery is not on the list
    add = {"campaign": "lessons", "add": [at("bakery")]}
    done(clerk, "campaign.list_merchants", add, "sun")
    assert c.buys(clerk, "p0", "10.00 CNY").receipt["pockets"] == ["10.00 VOUCHER.lessons"]
    back = {"campaign": "lessons", "wallets": [at("p0_wallet")]}
    assert do(clerk, "campaign.take_back", back, "sun").code == "request.stage_wrong"
    clock.set(BEGIN + DAY)
    c.tick(clerk)
    assert do(clerk, "campaign.take_back", back, "qin").code == "actor.role_missing"
    assert done(clerk, "campaign.take_back", back, "sun")["returned"] == "20.00 ECNY"
    assert done(clerk, "campaign.take_back", {"campaign": "lessons"}, "sun")["returned"] == "20.00 ECNY"
    account = done(clerk, "campaign.reconcile", {"campaign": "lessons"}, "sun")
    assert (account["issued"], account["spent"], account["returned"]) == ("50.00 ECNY", "10.00 ECNY", "40.00 ECNY")
    c.closes(clerk, "lessons")
    c.whole(clerk)


def test_one_bad_grant_of_a_batch_gives_nobody_anything(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    make = {"campaign": "lessons", "name": "L", "spend_from": c.text(BEGIN), "spend_until": c.text(BEGIN + DAY)}
    done(clerk, "campaign.create_purpose", make, "sun")
    done(clerk, "campaign.fund", {"campaign": "lessons", "amount": "50.00 ECNY"}, "sun")
    grants = [{"wallet": at(f"p{n}_wallet"), "amount": "1.00 VOUCHER.lessons"} for n in range(8)]
    bad = {"campaign": "lessons", "grants": [*grants, {"wallet": at("nobody"), "amount": "1.00 VOUCHER.lessons"}]}
    assert do(clerk, "campaign.grant", bad, "sun").code == "request.object_missing"
    assert t.has(clerk, "campaign:lessons:pool", "VOUCHER.lessons/2") == 5_000


def test_a_wallet_without_bound_money_pays_nothing_for_it(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    c.claiming(clerk, clock)
    lost = next(f"p{n}" for n in range(12) if c.ticket(clerk, f"p{n}").stage == "lost")
    clerk.state.records["pay_purpose"].clear()
    clerk.state.records["pay_purpose_merchant"].clear()
    assert not c.buys(clerk, lost, "10.00 ECNY").code
    assert not clerk.state.records["pay_purpose"] and not clerk.state.records["pay_purpose_merchant"]


def test_a_campaign_waits_for_its_money_in_prepaid_lessons_and_closes_with_their_contract(
    sqlite_clerk: Any, clock: Any
) -> None:
    clerk = sqlite_clerk
    c.place(clerk)
    school.town(clerk)
    lessons = {"campaign": "lessons"}
    make = {**lessons, "name": "Lessons", "spend_from": c.text(BEGIN), "spend_until": c.text(BEGIN + DAY)}
    done(clerk, "campaign.create_purpose", make, "sun")
    done(clerk, "campaign.fund", {**lessons, "amount": "600.00 ECNY"}, "sun")
    grants = [{"wallet": at("zhang_wallet"), "amount": "600.00 VOUCHER.lessons"}]
    done(clerk, "campaign.grant", {**lessons, "grants": grants}, "sun")
    contract = school.funded(clerk, "zhang", lessons=10, units=50_000, last_day="2022-06-30")
    clock.set(BEGIN + DAY)
    c.tick(clerk)
    back = done(clerk, "campaign.take_back", {**lessons, "wallets": [at("zhang_wallet")]}, "sun")
    assert back["returned"] == "100.00 ECNY"
    school.check_in(clerk, contract)  # what was put into the contract in time pays its lessons after the end
    waits = do(clerk, "campaign.reconcile", lessons, "sun")
    assert waits.code == "request.stage_wrong" and waits.facts["left"] == "450.00 ECNY"
    assert c.closes(clerk, "lessons") == {"issued": 60_000, "spent": 5_000, "returned": 10_000}
    sponsor = t.has(clerk, f"sponsor:{at('district')}")
    clock.set(school.row(clerk, contract).until)
    school.dues(clerk)
    assert t.has(clerk, f"sponsor:{at('district')}") == sponsor + 45_000 and c.packet(clerk, "zhang", "lessons") == 0
    account = done(clerk, "campaign.reconcile", lessons, "sun")
    assert (account["issued"], account["spent"], account["returned"]) == ("600.00 ECNY", "50.00 ECNY", "550.00 ECNY")
    c.closes(clerk, "lessons")
    c.whole(clerk)


def test_a_draw_waits_too_until_lessons_paid_with_a_packet_are_over(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    one, *_ = c.claiming(clerk, clock)
    school.town(clerk)
    done(clerk, "campaign.claim", {"campaign": KEY}, one)
    made = school.drafted(clerk, lessons=4, units=20_000, last_day="2022-06-30", wallet=at(f"{one}_wallet"))
    for who in (one, "mei"):
        done(clerk, "prepaid.sign", {"contract": made["contract"], "text": made["text"]}, who)
    proof = school.proofs(clerk, one, at("music"), 20_000)
    done(clerk, "prepaid.fund", {"contract": made["contract"]}, one, proofs=proof)
    for day in (4, 10, 11, 12):
        clock.set(BEGIN + day * DAY)
        c.tick(clerk)
    assert c.row(clerk).stage == "expired" and t.has(clerk, ESCROW) == 20_000
    clock.set(school.row(clerk, made["contract"]).until)
    school.dues(clerk)
    c.tick(clerk)
    assert c.row(clerk).stage == "reconciled" and t.has(clerk, ESCROW) == 0
    assert c.closes(clerk) == {"issued": 60_000, "spent": 0, "returned": 60_000}
    c.whole(clerk)
