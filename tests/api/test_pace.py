"""Pace: who asks too fast waits, honest traffic never does, and nobody waits for the clerk for ever."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import town
from asking import Api

from saxaul.engine.request import Answer
from saxaul.surfaces.api.pace import Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_works() -> None:
    pace = Pace(100, Clock())
    waits = [pace.wait("zhang") for _ in range(200)]
    assert waits[:99] == [0] * 99 and 100 <= waits.index(next(w for w in waits if w)) + 1 <= 110
    assert all(1 <= wait <= 60 for wait in waits[120:]) and pace.wait("li") == 0


def test_who_asks_less_than_ten_times_a_second_is_never_booked() -> None:
    clock = Clock()
    pace = Pace(20, clock)
    for _ in range(5_000):
        clock.now += 0.12
        assert pace.wait("zhang") == 0


def test_who_was_blocked_may_go_on_after_the_time_it_was_told() -> None:
    clock = Clock()
    pace = Pace(10_000, clock)
    while not (told := pace.wait("zhang")):
        pass
    clock.now += told - 0.5
    assert pace.wait("zhang")
    pace._limiter.clear(pace._item, "zhang")  # the library keeps a clock of its own
    clock.now += 1.5
    assert pace.wait("zhang") == 0


def test_too_fast_is_told_with_retry_after_and_nothing_is_remembered(tmp_path: Path) -> None:
    api = Api(town.open_town(tmp_path, pace_credential=20))
    id = town.fresh()
    replies = [api.get("/v1/me") for _ in range(60)]
    late = replies[-1]
    assert (late.status, late.code) == (429, "request.pace_exceeded") and int(late.headers["retry-after"]) >= 1
    refused = api.post("pay.scan", {"code": "x"}, id=id)
    assert refused.status == 429 and api.get("/v1/me", role="stranger").status == 200
    assert api.house.clerk.ask(id) is None
    api.close()


def test_an_address_is_paced_before_anybody_looks_at_its_login(tmp_path: Path) -> None:
    api = Api(town.open_town(tmp_path, pace_address=20))
    asked = [api.get("/v1/me", role="", client="203.0.113.9").status for _ in range(60)]
    assert asked[0] == 401 and asked[-1] == 429
    assert api.get("/v1/me", role="", client="127.0.0.1").status == 401, "this machine is not paced"
    api.close()


@pytest.mark.parametrize("settings", [{"demo": True}, {"pace_credential": 0, "pace_address": 0}])
def test_pace_is_off_in_a_demo_and_by_setting(tmp_path: Path, settings: dict[str, object]) -> None:
    api = Api(town.open_town(tmp_path, **settings))
    assert api.server.front.pace is None and api.server.front.address_pace is None
    api.close()


def test_who_waited_too_long_is_told_that_the_outcome_is_unknown(tmp_path: Path) -> None:
    api = Api(town.open_town(tmp_path, wait_seconds=1))
    clerk = api.house.clerk
    free, began = threading.Event(), threading.Event()
    commit = clerk.store.commit

    def slow() -> None:
        began.set()
        free.wait(20)
        commit()

    clerk.store.commit = slow
    first, second = town.fresh(), town.fresh()
    asks = [
        asyncio.run_coroutine_threadsafe(_post(api, id), api.loop) for id in (first,)
    ]  # fmt: skip
    began.wait(5)
    asks.append(asyncio.run_coroutine_threadsafe(_post(api, second), api.loop))
    codes = [ask.result(10).code for ask in asks]
    assert codes == ["store.deadline_passed"] * 2
    assert api.get(f"/v1/acts/{first}").code == "request.id_running"
    assert api.get(f"/v1/acts/{first}", role="stranger").code == "request.object_missing"
    free.set()
    clerk.store.commit = commit
    again = api.post("desk.set_preferences", {"language": "fr"}, id=first)
    assert again.status == 200 and again.headers["idempotency-hit"] == "true", "the unit went on"
    never = api.post("desk.set_preferences", {"language": "fr"}, id=second)
    assert never.status == 200 and "idempotency-hit" not in never.headers, "what left the queue was not done"
    api.close()


async def _post(api: Api, id: str) -> Answer:
    front = api.server.front
    route = front.routes["/v1/desk/set-preferences"]
    headers = [(b"authorization", f"Bearer {api.token('citizen')}".encode()), (b"idempotency-key", id.encode())]
    return await front.drive.submit_one(front.request(route, {"headers": headers}, b'{"language":"fr"}'))
