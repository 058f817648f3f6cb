"""SMS by a gateway: signed, at least once, in order for each person, and nothing about anybody where it waits."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import town
from receiver import Receiver, listening
from standardwebhooks import Webhook

from saxaul.engine.courier import GATEWAY, Courier
from saxaul.engine.request import request
from saxaul.kernel import times
from saxaul.kernel.settings import SettingsFault, load
from saxaul.ledger.plan import Aside
from saxaul.people import vault
from saxaul.surfaces.courier import Sender, open_courier
from saxaul.surfaces.letters import Codes, Letters

PHONES = {town.ZHANG: "+8613800138000", town.LI: "+8613900139000"}


class City:
    """The town with telephones in the vault and a gateway."""

    def __init__(self, folder: Path, target: str) -> None:
        self.house = town.open_town(folder, sms=target, demo=True)
        for person, phone in PHONES.items():
            key = bytes([len(phone)]) * 32
            sealed = vault.seal_key(self.house.secrets.key("master"), key, person=person)
            rows = (
                Aside("people_vault_key", person, {"sealed": sealed}),
                Aside("people_vault", f"{person}:phone", {
                    "person": person, "sealed": vault.seal(key, phone, person=person, field="phone"),
                }),
            )  # fmt: skip
            self.turn("cases.give", {}, "system", asides=rows)
        self.reader = self.house.clerk.store.reader()
        self.courier: Courier = self.opened()
        self.send = Sender(inside=True)

    def opened(self) -> Courier:
        return open_courier(self.house.settings, self.house.secrets, Letters(self.house.secrets, self.reader))

    def turn(self, act: str, ask: dict[str, Any], who: str, **more: Any) -> Any:
        body = town.asked(self.house.declarations.acts[act].ask, ask)
        credential = who if who == "system" else town.named(who)
        (answer,) = self.house.clerk.turn([request(act, body, id=town.fresh(), credential=credential, **more)])
        assert not answer.code, (answer.code, answer.facts)
        return answer.receipt

    def notice(self, fen: int) -> None:
        """Zhang sends Li money, so Li has a notice."""
        self.turn("pay.send", {"payee": town.LI_WALLET, "amount": f"0.{fen:02} ECNY"}, "zhang_here")

    def carry(self, now: int, rounds: int = 50) -> None:
        for _ in range(rounds):
            if not self.courier.round(self.reader, self.send, now):
                return

    @property
    def now(self) -> int:
        return self.house.clerk.clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


@pytest.fixture
def city(tmp_path: Path, receiver: Receiver) -> Iterator[City]:
    one = City(tmp_path, receiver.target)
    yield one
    one.reader.close()
    one.house.clerk.close()


def data(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body)["data"] for _, body in receiver.heard]


def test_it_works(city: City, receiver: Receiver) -> None:
    for fen in (1, 2, 3):
        city.notice(fen)
    city.carry(city.now)
    assert [one["facts"]["amount"] for one in data(receiver)] == ["0.01 ECNY", "0.02 ECNY", "0.03 ECNY"]
    one = data(receiver)[0]
    assert (one["to"], one["kind"], one["language"]) == (PHONES[town.LI], "pay.received", "zh")
    assert "0.01" not in one["text"] and "http" not in one["text"] and "钱包" in one["text"]
    ((known, _),) = city.courier.secrets(GATEWAY, city.now)
    for headers, body in receiver.heard:
        assert Webhook(known).verify(body, headers)


def test_a_gateway_that_is_down_gets_every_notice_in_order_and_what_waits_names_no_telephone(
    city: City, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.answer = lambda body: 503
    now = city.now
    for fen in range(1, 6):
        city.notice(fen)
    city.carry(now)
    assert city.courier.standing(GATEWAY)[0] == 5
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("courier.db*"))
    assert not any(phone[3:].encode() in kept for phone in PHONES.values())
    receiver.heard.clear()
    receiver.answer = lambda body: 204
    city.courier = city.opened()  # killed meanwhile
    for hour in range(1, 4):
        city.carry(now + hour * times.HOUR)
    assert [one["facts"]["amount"] for one in data(receiver)] == [f"0.0{fen} ECNY" for fen in range(1, 6)]


def test_who_was_erased_meanwhile_is_told_nothing_and_holds_up_nobody(city: City, receiver: Receiver) -> None:
    city.notice(1)
    city.courier.fill(city.reader, city.now)
    city.turn("cases.give", {}, "system", asides=(Aside("people_vault_key", town.LI, {"sealed": ""}),))
    city.carry(city.now)
    assert not receiver.heard and city.courier.standing(GATEWAY)[0] == 0


def test_a_lost_file_does_not_wake_up_the_city_with_old_news(city: City, receiver: Receiver) -> None:
    city.notice(1)
    city.carry(city.now + 4 * times.DAY)
    assert not receiver.heard and city.courier.standing(GATEWAY)[0] == 0


def test_a_code_is_signed_sent_again_and_never_written_down(city: City, receiver: Receiver, tmp_path: Path) -> None:
    answers = iter([500, 503, 204])
    receiver.answer = lambda body: next(answers)
    codes = Codes(city.house.settings, city.house.secrets, Sender(inside=True).one, wait=lambda seconds: None)
    codes("+8613800138000", "135790", "fr")
    codes.hands.shutdown(wait=True)
    (one, *again), ((headers, body), *_) = data(receiver), receiver.heard
    assert len(again) == 2 and again == [one, one] and len({h["webhook-id"] for h, _ in receiver.heard}) == 1
    assert one["to"] == "+8613800138000" and one["facts"] == {"code": "135790"} and "135790 est" in one["text"]
    ((known, _),) = city.courier.secrets(GATEWAY, city.now)
    assert Webhook(known).verify(body, headers)
    assert not any(b"135790" in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_a_newer_code_ends_the_tries_for_an_older_one(city: City, receiver: Receiver) -> None:
    first, second = threading.Event(), threading.Event()

    def answer(body: str) -> int:
        first.set()
        return 503 if "111111" in body else 204

    receiver.answer = answer
    codes = Codes(
        city.house.settings, city.house.secrets, Sender(inside=True).one, wait=lambda seconds: second.wait(30)
    )  # fmt: skip
    codes("+8613800138000", "111111", "en")
    assert first.wait(30)
    codes("+8613800138000", "222222", "en")
    second.set()
    codes.hands.shutdown(wait=True)
    assert [one["facts"]["code"] for one in data(receiver)][-1] == "222222" and codes.newest == {}
    assert sum(one["facts"]["code"] == "111111" for one in data(receiver)) <= 2


def test_a_code_is_not_sent_when_it_has_ended(city: City, receiver: Receiver) -> None:
    receiver.answer = lambda body: 503
    clock = [city.now]

    def wait(seconds: float) -> None:
        clock[0] += times.MINUTE

    codes = Codes(
        city.house.settings, city.house.secrets, Sender(inside=True).one, now=lambda: clock[0], wait=wait
    )  # fmt: skip
    codes("+8613800138000", "111111", "en")
    codes.hands.shutdown(wait=True)
    assert len(receiver.heard) == 3, "three minutes, a try in each"


def test_an_address_inside_is_called_in_a_demo_only(city: City, receiver: Receiver, tmp_path: Path) -> None:
    city.notice(1)
    city.courier.fill(city.reader, city.now)
    (delivery,) = city.courier.due(city.reader, city.now)
    tried = Sender().one(delivery)
    assert not tried.taken and "webhook.target_refused" in tried.why and not receiver.heard
    with pytest.raises(SettingsFault, match="neither console nor an https address"):
        load(tmp_path / "none.toml", {"SAXAUL_SMS": receiver.target})
    assert load(tmp_path / "none.toml", {"SAXAUL_SMS": receiver.target, "SAXAUL_DEMO": "true"}).sms == receiver.target


def test_without_a_gateway_nothing_waits_for_one(tmp_path: Path) -> None:
    one = City(tmp_path, "console")
    one.notice(1)
    one.courier.fill(one.reader, one.now)
    assert one.courier.standing(GATEWAY)[0] == 0
    one.reader.close()
    one.house.clerk.close()
