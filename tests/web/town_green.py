"""What the room of green energy shows: Zhang's bubbles of the last days, Wang asks to be friends, two factors."""

from __future__ import annotations

import os
from typing import Any

import msgspec

from saxaul.engine.request import Request, decode_value, fingerprint
from saxaul.kernel import ids, times

FILE = "a" * 64


def _seen(town: Any, who: str, behaviour: str, origin: str, hours: int, **more: Any) -> str:
    """A behaviour of some hours ago, as the bus company tells it; the bubble's key."""
    town.now += times.SECOND
    ask = {"behaviour": behaviour, "origin": origin, "person": town.told[who]["person"], "source": "citybus",
           "evidence": "ride", **more}  # fmt: skip
    body = msgspec.convert(ask, town.house.declarations.acts["green.record"].ask, dec_hook=decode_value)
    at = town.now - hours * times.HOUR
    mark = fingerprint("green.record", "system", body)
    made = Request(ids.fresh(town.now, os.urandom(10)), "green.record", body, "system", mark, at)
    (answer,) = town.house.clerk.turn([made])
    assert not answer.code, (answer.code, answer.facts)
    return str(answer.receipt["grants"][0]["lot"])


def furnish(town: Any) -> None:
    """Zhang, Wang and Li agreed; Zhang has ripe bubbles, is Li's friend, and Wang asks."""
    for who in ("zhang", "wang", "li"):
        town.do("desk.give_consent", town.told[who]["credential"], purpose="green", version="2022-06")
    zhang, li, wang = (town.told[who] for who in ("zhang", "li", "wang"))
    town.do("green.befriend", zhang["credential"], person=li["person"])
    town.do("green.answer", li["credential"], person=zhang["person"], yes=True)
    town.do("green.befriend", wang["credential"], person=zhang["person"])
    # 31 hours later it is past the next day's seven o'clock at whatever time of the day this runs, so those are ripe
    rides = (("metro_ride", 32, 9_000), ("bus_ride", 33, 6_000), ("metro_ride", 3, 7_500), ("walk", 36, 11_000),
             ("train_booking", 40, 0), ("own_cup", 34, 0))  # fmt: skip
    zhang["lots"] = [
        _seen(town, "zhang", behaviour, f"z-{place}", hours, activity=activity)
        for place, (behaviour, hours, activity) in enumerate(rides)
    ]
    li["lots"] = [_seen(town, "li", "metro_ride", "l-1", 33), _seen(town, "li", "hospital_visit", "l-2", 2)]
    _seen(town, "wang", "bus_ride", "w-1", 26)  # without a distance: its emission waits
    town.do("green.collect", li["credential"], lots=li["lots"][:1])
    again = _seen(town, "li", "train_booking", "l-3", 38)
    li["lots"].append(again)
    town.do(
        "green.publish_factor", behaviour="metro_ride", region="CN-TJ", starts="2022-01-01", mg=41_000, per="km",
        conf="B", basis="CO2", source="An example of a local method, for tests only",
    )  # fmt: skip
