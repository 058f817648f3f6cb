"""Webhooks: signed so that the public library believes them, at least once, in order per order, over days."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import town
from receiver import Receiver, listening
from standardwebhooks import Webhook

from saxaul.engine.cases import Give
from saxaul.engine.courier import Courier
from saxaul.engine.request import request
from saxaul.kernel import times
from saxaul.surfaces.courier import Sender, open_courier


class Trade:
    """The bakery with a webhook: it makes orders, Zhang pays them, the courier carries."""

    def __init__(self, folder: Path, target: str) -> None:
        self.house = town.open_town(folder, money=100_000_000)
        self.reader = self.house.clerk.store.reader()
        self.courier: Courier = open_courier(self.house.settings, self.house.secrets)
        self.set_target(target)
        self.send = Sender(inside=True)

    def set_target(self, target: str) -> None:
        """What no act does yet: the bakery's webhook stands in the book."""
        row = {"kind": "merchant", "name": "Bakery", "category": "5462", "webhook": target}
        self.turn("cases.give", Give(records=[("people_organisation", town.BAKERY, row)]), "system")

    def turn(self, act: str, ask: Any, credential: str) -> Any:
        kind = self.house.declarations.acts[act].ask
        body = ask if isinstance(ask, Give) else town.asked(kind, ask)
        who = credential if credential == "system" else town.named(credential)
        (answer,) = self.house.clerk.turn([request(act, body, id=town.fresh(), credential=who)])
        assert not answer.code, (answer.code, answer.facts)
        return answer.receipt

    def order(self, number: str) -> str:
        """An order that is made, revised and paid: three events."""
        made = self.turn("pay.order", {"amount": "3.00 CNY", "number": number}, "mei_here")
        revised = self.turn("pay.revise", {"amount": "0.02 CNY", "number": number}, "mei_here")
        self.turn("pay.scan", {"code": revised["code"]}, "zhang_here")
        order: str = made["order"]
        return order

    def carry(self, now: int, rounds: int = 50) -> None:
        """Rounds until nothing passes."""
        for _ in range(rounds):
            if not self.courier.round(self.reader, self.send, now):
                return

    def close(self) -> None:
        self.reader.close()
        self.house.clerk.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


@pytest.fixture
def trade(tmp_path: Path, receiver: Receiver) -> Iterator[Trade]:
    one = Trade(tmp_path, receiver.target)
    yield one
    one.close()


def by_order(receiver: Receiver) -> dict[str, list[int]]:
    """The sequence numbers heard of each order, without what came twice."""
    found: dict[str, list[int]] = {}
    for _, body in receiver.heard:
        event = json.loads(body)
        numbers = found.setdefault(event["subject"], [])
        if int(event["sequence"]) not in numbers:
            numbers.append(int(event["sequence"]))
    return found


def test_it_works(trade: Trade, receiver: Receiver) -> None:
    order = trade.order("A-1")
    trade.carry(trade.house.clerk.clock())
    kinds = [json.loads(body)["type"] for _, body in receiver.heard]
    assert kinds == ["saxaul.order.created", "saxaul.order.changed", "saxaul.order.captured"]
    event = json.loads(receiver.heard[-1][1])
    assert event["subject"] == event["data"]["order"] == order and event["data"]["number"] == "A-1"
    assert event["data"]["captured"] == "0.02 CNY"


def test_the_first_webhook_of_a_running_house_is_heard_of(trade: Trade, receiver: Receiver) -> None:
    """As long as nobody listens the courier decodes nothing; from the entry that names a target on, it does."""
    trade.set_target("")
    trade.order("A-1")
    trade.carry(trade.house.clerk.clock())
    assert not receiver.heard and trade.courier.listened is False
    trade.set_target(receiver.target)
    order = trade.order("A-2")
    trade.carry(trade.house.clerk.clock())
    assert {json.loads(body)["subject"] for _, body in receiver.heard} == {order}


def test_the_public_library_believes_every_delivery_and_no_changed_one(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    trade.carry(trade.house.clerk.clock())
    known = trade.courier.secrets(town.BAKERY, 0)[0][0]
    for headers, body in receiver.heard:
        assert Webhook(known).verify(body, headers)
        with pytest.raises(Exception, match="signature"):
            Webhook(known).verify(body.replace("order", "ordre"), headers)


def test_events_name_nobody_and_not_the_payers_pockets(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    trade.carry(trade.house.clerk.clock())
    for _, body in receiver.heard:
        assert town.ZHANG not in body and town.ZHANG_WALLET not in body and "split" not in body


def test_a_server_that_is_down_for_three_days_gets_everything_in_order(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    trade = Trade(tmp_path, f"http://127.0.0.1:{port}/hook?shop=1")
    now = start = trade.house.clerk.clock()
    for number in range(20):
        trade.order(f"A-{number}")
        trade.carry(now)
    tries = 0
    while now < start + 3 * times.DAY:
        now += 10 * times.MINUTE
        trade.carry(now)
        tries = trade.courier.standing(town.BAKERY)[1]
    waiting = trade.courier.standing(town.BAKERY)[0]
    assert waiting == 60 and 5 <= tries <= 12, "it knocks, and ever more seldom"
    with listening(port) as receiver:
        while now < start + 5 * times.DAY and trade.courier.standing(town.BAKERY)[0]:
            now += 10 * times.MINUTE
            trade.carry(now)
        heard = by_order(receiver)
    assert len(heard) == 20 and all(len(numbers) == 3 for numbers in heard.values())
    assert all(numbers == sorted(numbers) for numbers in heard.values())
    assert trade.courier.standing(town.BAKERY) == (0, 0, 0, "", 0)
    trade.close()


def test_an_event_that_the_server_will_not_take_delays_only_its_own_order(trade: Trade, receiver: Receiver) -> None:
    poison = trade.order("A-1")
    others = [trade.order(f"B-{number}") for number in range(5)]
    receiver.answer = lambda body: 400 if poison in body else 204
    now = trade.house.clerk.clock()
    trade.carry(now)
    assert all(len(by_order(receiver)[order]) == 3 for order in others)
    assert len(by_order(receiver)[poison]) == 1, "what follows waits behind it"
    receiver.answer = lambda body: 204
    trade.carry(now + times.HOUR)
    assert by_order(receiver)[poison] == sorted(by_order(receiver)[poison]) and len(by_order(receiver)[poison]) == 3


def test_a_fault_of_the_server_for_one_order_does_not_hold_up_the_others(trade: Trade, receiver: Receiver) -> None:
    poison = trade.order("A-1")
    other = trade.order("B-1")
    receiver.answer = lambda body: 500 if poison in body else 204
    now = trade.house.clerk.clock()
    for _ in range(40):
        trade.carry(now)
        now += 5 * times.MINUTE
    assert len(by_order(receiver)[other]) == 3


def test_a_killed_courier_tells_again_and_loses_nothing(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    now = trade.house.clerk.clock()
    trade.courier.fill(trade.reader)
    trade.send(trade.courier.due(trade.reader, now))  # sent, and killed before it was kept
    trade.courier = open_courier(trade.house.settings, trade.house.secrets)
    trade.carry(now)
    bodies = [body for _, body in receiver.heard]
    assert bodies[0] == bodies[1] and len(set(bodies)) == 3, "the same bytes under the same id"


def test_a_lost_file_is_filled_again_with_the_same_events(trade: Trade, receiver: Receiver, tmp_path: Path) -> None:
    trade.order("A-1")
    trade.carry(trade.house.clerk.clock())
    first = [(headers["webhook-id"], body) for headers, body in receiver.heard]
    trade.courier.connection.close()
    for path in tmp_path.glob("courier.db*"):
        path.unlink()
    trade.courier = open_courier(trade.house.settings, trade.house.secrets)
    trade.carry(trade.house.clerk.clock())
    assert [(headers["webhook-id"], body) for headers, body in receiver.heard] == first * 2


def test_secrets_rotate_with_overlap(trade: Trade, receiver: Receiver) -> None:
    now = trade.house.clerk.clock()
    (old, _), *rest = trade.courier.secrets(town.BAKERY, now)
    new = trade.courier.rotate(town.BAKERY, now)
    assert not rest and old != new and trade.courier.rotate(town.BAKERY, now) == new, "never three at a time"
    trade.order("A-1")
    trade.carry(now)
    for headers, body in receiver.heard:
        assert Webhook(old).verify(body, headers) and Webhook(new).verify(body, headers)
    assert [text for text, _ in trade.courier.secrets(town.BAKERY, now + 8 * times.DAY)] == [new]


def test_no_redirect_is_followed(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    receiver.answer, receiver.more = lambda body: 307, {"location": receiver.target + "&again"}
    trade.carry(trade.house.clerk.clock(), rounds=1)
    assert len(receiver.heard) == 1 and trade.courier.standing(town.BAKERY)[0] == 3


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"])
def test_an_address_inside_is_never_called(trade: Trade, receiver: Receiver, address: str) -> None:
    trade.order("A-1")
    trade.courier.fill(trade.reader)
    trade.set_target(f"http://merchant.example:{receiver.port}/")
    (delivery,) = trade.courier.due(trade.reader, trade.house.clerk.clock())
    tried = Sender(resolve=lambda host, port: ["93.184.215.14", address]).one(delivery)
    assert not tried.taken and "webhook.target_refused" in tried.why and not receiver.heard


def test_the_checked_address_is_the_one_that_is_called(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    trade.set_target(f"http://merchant.example:{receiver.port}/x")
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    trade.send = Sender(inside=True, resolve=resolve)
    trade.carry(trade.house.clerk.clock())
    assert asked == ["merchant.example"] * 3, "one look-up a try, and no second one when connecting"
    assert receiver.heard[0][0]["host"] == f"merchant.example:{receiver.port}"


def test_who_wants_to_hear_nothing_any_more_hears_nothing(trade: Trade, receiver: Receiver) -> None:
    trade.order("A-1")
    trade.courier.fill(trade.reader)
    trade.set_target("")
    trade.carry(trade.house.clerk.clock())
    assert not receiver.heard and trade.courier.standing(town.BAKERY)[0] == 0


def test_the_ladder_outlasts_three_days() -> None:
    from saxaul.engine.courier_webhook import LADDER

    assert sum(LADDER) >= 3 * 86_400
