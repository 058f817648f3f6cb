"""The desk under many hands at once, and what may never be found in the journal."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import book
import msgspec
import pytest

from saxaul.engine.cases import Give, named
from saxaul.engine.request import Answer, Request, decode_value, request
from saxaul.kernel import ids, times
from saxaul.ledger import journal
from saxaul.people.persons import made
from saxaul.people.sealing import Sealer
from saxaul.surfaces.drive import Loop

PEPPER, MASTER = b"p" * 32, b"m" * 32
ISSUER = {"list": "issuer", "code": "WEBANK", "name": "WeBank"}
REGION = {"list": "region", "code": "120000", "name": "Tianjin"}


def fresh(clerk: Any) -> str:
    return ids.fresh(clerk.clock(), os.urandom(10))


def asked(clerk: Any, act: str, ask: dict[str, Any], who: str = "system", *, id: str = "", **more: Any) -> Request:
    """The request of one act; `who` is a credential or the name of one."""
    body = msgspec.convert(ask, clerk.performer.acts[act].ask, dec_hook=decode_value)
    credential = who if who in ("", "system") or len(who) == 32 else named(who)
    return request(act, body, id=id or fresh(clerk), credential=credential, **more)


def do(clerk: Any, act: str, ask: dict[str, Any], who: str = "system", **more: Any) -> Answer:
    (answer,) = clerk.turn([asked(clerk, act, ask, who, **more)])
    return answer


def given(clerk: Any, **tables: dict[str, dict[str, Any]]) -> None:
    """Records that stand before the test begins; names of rows become ids."""
    rows = [
        (f"people_{table}", key if ":" in key else named(key), row)
        for table, all in tables.items()
        for key, row in all.items()
    ]
    (answer,) = clerk.turn([request("cases.give", Give(records=rows), id=fresh(clerk))])
    assert not answer.code


def directories(clerk: Any) -> None:
    given(clerk, directory={"issuer:WEBANK": ISSUER, "issuer:ICBC": ISSUER | {"code": "ICBC"}, "region:120000": REGION})


def citizen(clerk: Any, name: str) -> tuple[str, str]:
    """(person, credential) of somebody who signed up."""
    receipt = do(clerk, "desk.sign_up", {"phone": named(f"{name} phone")}).receipt
    return receipt["person"], receipt["credential"]


def officer(clerk: Any, name: str) -> str:
    person, _ = citizen(clerk, name)
    return do(clerk, "desk.appoint", {"person": person, "roles": ["officer"]}).receipt["credential"]


# -- three ways to arrive at one moment --------------------------------------------------------------------------------


def in_one_turn(clerk: Any, requests: Sequence[Request]) -> list[Answer]:
    return clerk.turn(requests)


def in_turns(clerk: Any, requests: Sequence[Request]) -> list[Answer]:
    return [clerk.turn([one])[0] for one in requests]


def in_threads(clerk: Any, requests: Sequence[Request]) -> list[Answer]:
    """Each request from a thread of its own, all started together, through the loop that drives the clerk."""
    ready: list[Loop] = []
    started, ended = threading.Event(), threading.Event()

    async def drive() -> None:
        ready.append(Loop(clerk, gone=lambda: None))
        started.set()
        while not ended.is_set():
            await asyncio.sleep(0.001)

    thread = threading.Thread(target=lambda: asyncio.run(drive()))
    thread.start()
    started.wait()
    gate = threading.Barrier(len(requests))

    def one(request: Request) -> Answer:
        gate.wait()
        return ready[0].submit([request])[0]

    try:
        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(one, requests))
    finally:
        ended.set()
        thread.join()


Arrive = Callable[[Any, Sequence[Request]], list[Answer]]


@pytest.fixture(params=[in_one_turn, in_turns, in_threads], ids=lambda way: way.__name__)
def arrive(request: pytest.FixtureRequest) -> Iterator[Arrive]:
    yield request.param


def codes(answers: Sequence[Answer]) -> Counter[str]:
    return Counter(answer.code for answer in answers)


def test_twenty_openings_at_one_moment_make_one_wallet(clerk: Any, arrive: Arrive) -> None:
    directories(clerk)
    person, who = citizen(clerk, "zhang")
    ask = {"issuer": "WEBANK", "region": "120000"}
    answers = arrive(clerk, [asked(clerk, "desk.open_wallet", ask, who) for _ in range(20)])
    assert codes(answers) == {"": 1, "wallet.phone_taken": 19}
    (row,) = clerk.records("people_person", [person])
    assert len(row.wallets.split()) == 1


def test_twenty_sign_ups_of_one_telephone_make_one_person(clerk: Any, arrive: Arrive) -> None:
    answers = arrive(clerk, [asked(clerk, "desk.sign_up", {"phone": named("zhang phone")}) for _ in range(20)])
    assert codes(answers) == {"": 20}
    assert len({answer.receipt["person"] for answer in answers}) == 1
    assert sum(answer.receipt["new"] for answer in answers) == 1
    assert len({answer.receipt["credential"] for answer in answers}) == 20


def test_twenty_approvals_at_one_moment_do_the_act_once(clerk: Any, arrive: Arrive) -> None:
    wang, chen = officer(clerk, "wang"), officer(clerk, "chen")
    row = {"list": "issuer", "code": "ICBC", "name": "ICBC", "open_from": "2020-04-01", "source": "letter 1"}
    proposal = do(clerk, "desk.propose", {"act": "desk.set_row", "ask": row, "reason": "letter/1"}, wang).id
    answers = arrive(clerk, [asked(clerk, "desk.approve", {"proposal": proposal}, chen) for _ in range(20)])
    assert codes(answers) == {"": 1, "request.stage_wrong": 19}


def test_fifty_wrong_pins_at_one_moment_are_five_tries(clerk: Any, arrive: Arrive) -> None:
    person, who = citizen(clerk, "zhang")
    do(clerk, "desk.set_pin", {"pin": named("pin")}, who)
    answers = arrive(clerk, [asked(clerk, "desk.try_pin", {"person": person, "right": False}) for _ in range(50)])
    assert codes(answers) == {"": 5, "actor.pin_locked": 45}


def test_fifty_names_at_one_moment_are_five_guesses(clerk: Any, arrive: Arrive) -> None:
    directories(clerk)
    _, who = citizen(clerk, "zhang")
    wallet = do(clerk, "desk.open_wallet", {"issuer": "WEBANK", "region": "120000"}, who).receipt["wallet"]
    asks = [{"wallet": wallet, "phone": named("zhang phone"), "name": named(f"guess {n}")} for n in range(50)]
    answers = arrive(clerk, [asked(clerk, "desk.try_identity", ask, who) for ask in asks])
    assert codes(answers) == {"": 5, "identity.name_locked": 45}


# -- ids and retries ---------------------------------------------------------------------------------------------------


def test_a_sign_up_sent_again_gives_the_same_answer_byte_for_byte(clerk: Any) -> None:
    one = asked(clerk, "desk.sign_up", {"phone": named("zhang phone")})
    first, second = clerk.turn([one])[0], clerk.turn([one])[0]
    assert first.text == second.text and second.hit


def test_the_same_id_for_another_telephone_is_refused(clerk: Any) -> None:
    id = fresh(clerk)
    do(clerk, "desk.sign_up", {"phone": named("zhang phone")}, id=id)
    assert do(clerk, "desk.sign_up", {"phone": named("li phone")}, id=id).code == "request.id_reused"


def test_the_pages_enrol_a_login_once_for_ever(clerk: Any) -> None:
    id = ids.derived(0, "desk.enrol:login 7")
    first = do(clerk, "desk.enrol", {"phone": named("zhang phone")}, id=id)
    again = do(clerk, "desk.enrol", {"phone": named("zhang phone")}, id=id)
    assert again.hit and again.receipt["credential"] == first.receipt["credential"]


# -- identity ----------------------------------------------------------------------------------------------------------


def test_five_wrong_names_lock_for_a_day_and_no_longer(clerk: Any, clock: book.Clock) -> None:
    directories(clerk)
    person, who = citizen(clerk, "zhang")
    do(clerk, "desk.verify", {"person": person, "name": named("right"), "document": named("paper")})
    wallet = do(clerk, "desk.open_wallet", {"issuer": "WEBANK", "region": "120000"}, who).receipt["wallet"]
    wrong = {"wallet": wallet, "phone": named("zhang phone"), "name": named("wrong")}
    lefts = [do(clerk, "desk.try_identity", wrong, who).receipt["left"] for _ in range(5)]
    assert lefts == [4, 3, 2, 1, 0]
    locked_at = clock.now
    right = wrong | {"name": named("right")}
    for after in (0, times.DAY - 1):
        clock.set(locked_at + after)
        assert do(clerk, "desk.try_identity", right, who).code == "identity.name_locked"
        assert do(clerk, "desk.activate", {"wallet": wallet}, who).code == "identity.name_locked"
    clock.set(locked_at + times.DAY)
    assert do(clerk, "desk.try_identity", right, who).receipt == {"verdict": "same", "left": 5}
    assert do(clerk, "desk.activate", {"wallet": wallet}, who).receipt["activated"]


def test_a_new_telephone_suspends_and_activating_again_resumes(clerk: Any) -> None:
    directories(clerk)
    person, who = citizen(clerk, "zhang")
    do(clerk, "desk.verify", {"person": person, "name": named("n"), "document": named("paper")})
    wallet = do(clerk, "desk.open_wallet", {"issuer": "WEBANK", "region": "120000"}, who).receipt["wallet"]
    same = {"wallet": wallet, "phone": named("zhang phone"), "name": named("n")}
    do(clerk, "desk.try_identity", same, who)
    assert not do(clerk, "desk.activate", {"wallet": wallet}, who).code
    changed = do(clerk, "desk.change_phone", {"person": person, "phone": named("new phone")})
    assert changed.receipt["suspended"] == [wallet]
    assert do(clerk, "desk.try_identity", same, who).receipt["verdict"] == "identity.phone_mismatch"
    do(clerk, "desk.try_identity", same | {"phone": named("new phone")}, who)
    assert do(clerk, "desk.activate", {"wallet": wallet}, who).receipt["activated"]
    assert do(clerk, "desk.sign_in", {"phone": named("zhang phone")}).code == "request.object_missing"
    assert do(clerk, "desk.sign_in", {"phone": named("new phone")}).receipt["person"] == person


def test_three_accounts_of_one_document_are_one_natural_person(clerk: Any) -> None:
    people = [citizen(clerk, name)[0] for name in ("one", "two", "three")]
    for person in people:
        do(clerk, "desk.verify", {"person": person, "name": named("n"), "document": named("paper")})
    rows = clerk.records("people_person", people)
    assert {row.natural for row in rows} == {people[0]}
    (group,) = clerk.records("people_natural", [people[0]])
    assert sorted(group.persons.split()) == sorted(people)


def test_joining_takes_two_and_a_wrong_joining_is_split_with_its_history_left(clerk: Any) -> None:
    wang, chen = officer(clerk, "wang"), officer(clerk, "chen")
    (one, _), (two, _), (three, _) = (citizen(clerk, name) for name in ("one", "two", "three"))

    def together(act: str, ask: dict[str, Any]) -> dict[str, Any]:
        proposal = do(clerk, "desk.propose", {"act": act, "ask": ask, "reason": "case/1"}, wang).id
        answer = do(clerk, "desk.approve", {"proposal": proposal}, chen)
        assert not answer.code, answer
        done: dict[str, Any] = answer.receipt["done"]
        return done

    first = together("desk.join_persons", {"keep": two, "other": three, "reason": "case/1"})["join"]
    second = together("desk.join_persons", {"keep": one, "other": two, "reason": "case/1"})["join"]
    assert {row.natural for row in clerk.records("people_person", [one, two, three])} == {one}
    together("desk.split_persons", {"join": second, "reason": "appeal/1"})
    assert [row.natural for row in clerk.records("people_person", [one, two, three])] == [one, two, two]
    together("desk.split_persons", {"join": first, "reason": "appeal/2"})
    assert [row.natural for row in clerk.records("people_person", [one, two, three])] == [one, two, three]
    assert [row.persons for row in clerk.records("people_natural", [one, two, three])] == [one, two, three]
    acts = [entry.act for entry in journal.read(clerk.store, 0, 1000)]
    assert acts.count("desk.approve") == 4, "four entries tell what was joined and split"


# -- two officers ------------------------------------------------------------------------------------------------------


def test_one_officer_alone_fails_in_every_one_of_a_hundred_tries(clerk: Any) -> None:
    wang = officer(clerk, "wang")
    twice = [do(clerk, "desk.sign_in", {"phone": named("wang phone")}).receipt["credential"] for _ in range(2)]
    assert all(twice)
    row = {"list": "issuer", "code": "MINE", "name": "Mine", "open_from": "2020-04-01", "source": "me"}
    for _ in range(50):
        assert do(clerk, "desk.set_row", row, wang).code == "actor.second_missing"
        proposal = do(clerk, "desk.propose", {"act": "desk.set_row", "ask": row, "reason": "me"}, wang).id
        assert do(clerk, "desk.approve", {"proposal": proposal}, wang).code == "actor.approver_same"
    assert clerk.records("people_directory", ["issuer:MINE"]) == [None]


def test_a_proposal_of_a_proposal_is_refused(clerk: Any) -> None:
    wang, chen = officer(clerk, "wang"), officer(clerk, "chen")
    row = {"list": "issuer", "code": "ICBC", "name": "ICBC", "open_from": "2020-04-01", "source": "letter 1"}
    inner = {"act": "desk.set_row", "ask": row, "reason": "letter/1"}
    proposal = do(clerk, "desk.propose", {"act": "desk.propose", "ask": inner, "reason": "x"}, wang).id
    assert do(clerk, "desk.approve", {"proposal": proposal}, chen).code == "request.field_invalid"


def test_what_a_proposal_makes_has_an_id_made_of_the_proposals(clerk: Any) -> None:
    wang, chen = officer(clerk, "wang"), officer(clerk, "chen")
    (one, _), (two, _) = citizen(clerk, "one"), citizen(clerk, "two")
    ask = {"keep": one, "other": two, "reason": "case/1"}
    proposal = do(clerk, "desk.propose", {"act": "desk.join_persons", "ask": ask, "reason": "case/1"}, wang).id
    answer = do(clerk, "desk.approve", {"proposal": proposal}, chen)
    assert answer.receipt["done"]["join"] == made(proposal, "join")


def test_a_hundred_foreign_ids_answer_as_unknown_ones_do(clerk: Any) -> None:
    directories(clerk)
    _, zhang = citizen(clerk, "zhang")
    _, li = citizen(clerk, "li")
    wallet = do(clerk, "desk.open_wallet", {"issuer": "WEBANK", "region": "120000"}, zhang).receipt["wallet"]
    asks = {
        "desk.close_wallet": {}, "desk.report_loss": {}, "desk.activate": {}, "desk.deactivate": {},
        "desk.change_tier": {"tier": 4}, "desk.try_identity": {"phone": named("p"), "name": named("n")},
    }  # fmt: skip
    for act, rest in asks.items():
        foreign = do(clerk, act, {"wallet": wallet, **rest}, li)
        unknown = do(clerk, act, {"wallet": named("no wallet"), **rest}, li)
        assert (foreign.code, foreign.text) == (unknown.code, unknown.text) == ("request.object_missing", unknown.text)


# -- privacy -----------------------------------------------------------------------------------------------------------

MARKED = {
    "phone": "13812345678", "name": "张三丰", "document": "resident_id:11010519491231002X", "pin": "739154",
}  # fmt: skip


def test_no_name_telephone_document_or_pin_reaches_the_journal(clerk: Any) -> None:
    sealer = Sealer(master=MASTER, pepper=PEPPER, chance=os.urandom, book=clerk)
    directories(clerk)

    def sealed(act: str, ask: dict[str, Any], who: str = "system") -> Answer:
        id = fresh(clerk)
        kind = clerk.performer.acts[act].ask
        body, asides = sealer.seal(kind, msgspec.json.encode(ask), credential=who, id=id)
        return do(clerk, act, msgspec.json.decode(body), who, id=id, asides=asides)

    signed = sealed("desk.sign_up", {"phone": MARKED["phone"], "issuer": "WEBANK", "region": "120000"}).receipt
    person, who = signed["person"], signed["credential"]
    papers = {"person": person, "name": MARKED["name"], "document": MARKED["document"]}
    assert sealed("desk.verify", papers).receipt["tier"] == 3
    tried = {"wallet": signed["wallet"], "phone": "+86 138 1234 5678", "name": " 张 三丰"}
    assert sealed("desk.try_identity", tried, who).receipt["verdict"] == "same"
    assert not sealed("desk.set_pin", {"pin": MARKED["pin"]}, who).code
    everything = repr(list(journal.rows(clerk.store, 0, clerk.state.n)))
    for what, text in MARKED.items():
        for part in {text, text.rpartition(":")[2], "+86" + text}:
            assert part not in everything, f"the {what} stands in the journal"
            assert part.encode().hex() not in everything
    assert sealer.open(person, ("name", "phone", "document")) == {
        "name": "张三丰", "phone": "+8613812345678", "document": MARKED["document"]
    }  # fmt: skip
    assert sealer.pin_right(person, "739154") and not sealer.pin_right(person, "739155")


def test_signing_up_again_leaves_no_second_vault_behind(clerk: Any) -> None:
    sealer = Sealer(master=MASTER, pepper=PEPPER, chance=os.urandom, book=clerk)
    kind = clerk.performer.acts["desk.sign_up"].ask
    made_of = []
    for _ in range(2):
        id = fresh(clerk)
        ask, asides = sealer.seal_fields(kind, {"phone": MARKED["phone"]}, credential="", id=id)
        do(clerk, "desk.sign_up", ask, id=id, asides=asides)
        made_of.append(made(id, "person"))
    assert clerk.records("people_vault_key", made_of)[1] is None
    assert sealer.open(made_of[0]) == {"phone": "+8613812345678"}


def test_an_erased_person_is_noise_in_the_vault_and_a_number_in_the_books(clerk: Any) -> None:
    sealer = Sealer(master=MASTER, pepper=PEPPER, chance=os.urandom, book=clerk)
    kind = clerk.performer.acts["desk.sign_up"].ask
    id = fresh(clerk)
    ask, asides = sealer.seal_fields(kind, {"phone": MARKED["phone"]}, credential="", id=id)
    signed = do(clerk, "desk.sign_up", ask, id=id, asides=asides).receipt
    assert sealer.open(signed["person"]) == {"phone": "+8613812345678"}
    assert not do(clerk, "desk.erase_person", {}, signed["credential"]).code
    assert sealer.open(signed["person"]) == {}
    assert do(clerk, "desk.sign_out", {}, signed["credential"]).code == "actor.login_missing"
    again = do(clerk, "desk.sign_up", ask).receipt
    assert again["new"] and again["person"] != signed["person"]


def test_an_unsealed_name_is_dropped_and_nothing_is_written(clerk: Any) -> None:
    before = clerk.state.n
    assert do(clerk, "desk.sign_up", {"phone": MARKED["phone"]}).code == "store.ask_dropped"
    assert clerk.state.n == before


def test_a_frozen_wallet_is_frozen_for_the_guard_too(clerk: Any) -> None:
    from saxaul.guards import freeze
    from saxaul.kernel.refusal import Refusal
    from saxaul.ledger.facts import Facts
    from saxaul.ledger.plan import Payment, Plan
    from saxaul.ledger.unit import Unit

    given(
        clerk, wallet={"cold": {"issuer": "X", "stage": "frozen"}, "warm": {"issuer": "X"}},
        organisation={"shut": {"kind": "merchant", "name": "s", "stage": "suspended"}},
    )  # fmt: skip
    clerk.records("people_organisation", [named("shut")])
    clerk.records("people_wallet", [named("cold"), named("warm")])
    now = clerk.clock()
    terms = book.terms()
    facts = Facts(Unit(clerk.state, now), id=fresh(clerk), at=now, actor=None, terms=terms)  # type: ignore[arg-type]

    def judged(payer: str, merchant: str = "") -> str:
        try:
            freeze.guard(
                facts, "x", Plan(payment=Payment(f"wallet:{named(payer)}", "b", "CNY/2", 1, merchant=merchant))
            )
        except Refusal as refusal:
            return refusal.code
        return ""

    assert [judged("cold"), judged("warm"), judged("warm", named("shut"))] == [
        "wallet.stage_frozen", "", "merchant.stage_suspended"
    ]  # fmt: skip
