"""What giving adds to the town: a charity with projects and budget, sponsors, a drive, a flock, steps."""

from __future__ import annotations

import random
from typing import Any

from saxaul import app
from saxaul.kernel import times

HOUSEHOLDS = 12
DEVICE = "ab" * 16  # one phone in too many hands
STEPS = {"zhang": 12_480, "wang": 3_150, "chen": 20_320, "sun": 58_000, "wu": 39_000, "li": 11_200}
PROJECTS = (
    ("library", "乡村图书室", "Village library", "education", "600.00 CNY"),
    ("sand", "治沙补植", "Holding the sand", "environment", "400.00 CNY"),
    ("clinic", "流动诊所", "Travelling clinic", "health", "900.00 CNY"),
)
PLEDGES = (
    ("library", "foods", "300.00 ECNY", {"gift_max": 60}), ("library", "express", "200.00 ECNY", {}),
    ("sand", "express", "150.00 ECNY", {}), ("clinic", "foods", "0.30 ECNY", {}),
)  # fmt: skip
ORGANISATIONS = (
    ("hill", "charity", "青山公益基金会", "Green Hill Foundation"), ("foods", "sponsor", "河畔食品", "Riverside Foods"),
    ("express", "sponsor", "渤海快递", "Bohai Express"), ("farm", "merchant", "武邑养殖场", "Wuyi Farm"),
)  # fmt: skip


def readings(day: str, now: int, steps: int) -> list[list[int]]:
    """A day's walk until now in pieces; its sum alone where the day is too young for that many steps."""
    start, second = times.start_of_day(day) // times.SECOND, now // times.SECOND
    if second - start < steps * 60 // 90 + 3_600:
        return [[start, start + 86_400, steps]]
    chance, made, at = random.Random(steps), [], second - 600 - steps * 60 // 90
    while steps > 0:
        part = min(steps, chance.randrange(400, 900))
        made.append([at, at + part * 60 // 95, part])
        at, steps = at + part * 60 // 90, steps - part
    return made


def furnish(town: Any) -> None:
    """One day of giving: today."""
    town.now = max(town.now, app.clock() - 40 * times.MINUTE)
    org = {"issuer": "icbc", "region": "120000"}
    made = {
        key: town.do("desk.add_organisation", kind=kind, name=zh, name_en=en, **org)
        for key, kind, zh, en in ORGANISATIONS
    }
    for key in ("foods", "express"):
        town.credit(made[key]["wallet"], 5_000_00, f"giving:{key}")
    keys = {
        key: town.do("desk.issue_credential", organisation=made[key]["organisation"], person=town.told[who]["person"],
                     roles=["manager"], kind="session")["credential"]
        for key, who in (("hill", "zhao"), ("foods", "wu"), ("express", "sun"))
    }  # fmt: skip
    town.do("giving.admit_charity", organisation=made["hill"]["organisation"])
    told: dict[str, Any] = {"hill": made["hill"]["organisation"], "day": times.day(town.now)}
    for key, zh, en, field, goal in PROJECTS:
        ask = {"title": zh, "title_en": en, "field": field, "goal": goal}
        told[key] = town.do("giving.open_project", keys["hill"], **ask)["project"]
    for key, sponsor, amount, extra in PLEDGES:
        ask = {"project": told[key], "kind": "pledge", "amount": amount, "starts": told["day"], **extra}
        town.do("giving.open_pool", keys[sponsor], wallet=made[sponsor]["wallet"], **ask)
    _drive_and_flock(town, told, made, keys)
    _steps(town, told)
    _money(town, told, keys)
    town.told["giving"] = told


def _drive_and_flock(town: Any, told: dict[str, Any], made: dict[str, Any], keys: dict[str, str]) -> None:
    drive = {
        "project": told["sand"], "kind": "drive", "amount": "100.00 ECNY", "starts": told["day"],
        "until": times.day(town.now + 5 * times.DAY), "title": "行走即善",
        "title_en": "Walking is doing good", "place": "成都 · 望江路", "goal": 200_000,
        "wallet": made["foods"]["wallet"],
    }  # fmt: skip
    told["drive"] = town.do("giving.open_pool", keys["foods"], **drive)["pool"]
    flock = {
        "charity": told["hill"], "sponsor": made["express"]["organisation"], "farm": made["farm"]["organisation"],
        "price": "45.00 ECNY", "birds": 100, "until": times.day(town.now + 60 * times.DAY), "title": "武邑跑步鸡",
        "title_en": "Running chickens of Wuyi", "households": [f"{n:032x}" for n in range(1, HOUSEHOLDS + 1)],
    }  # fmt: skip
    told["flock"] = town.do("giving.open_flock", **flock)["flock"]
    ask = {"pool": told["flock"], "amount": "450.00 ECNY", "wallet": made["express"]["wallet"]}
    town.do("giving.fund_pool", keys["express"], **ask)


def _steps(town: Any, told: dict[str, Any]) -> None:
    """Everybody walks; one telephone counts for four of them; three give their day."""
    for who, steps in STEPS.items():
        credential = town.told[who]["credential"]
        town.do("desk.give_consent", credential, purpose="giving", version="2022-06")
        device = DEVICE if who in ("chen", "sun", "wu", "li") else ""
        ask = {"day": told["day"], "source": "health_connect", "samples": readings(told["day"], town.now, steps)}
        town.do("giving.count_steps", credential, device=device, **ask)
    chen, sun, wu = (town.told[who]["credential"] for who in ("chen", "sun", "wu"))
    town.do("giving.give_steps", chen, day=told["day"], project=told["sand"], drive=told["drive"])
    town.do("giving.send_steps", sun, day=told["day"], flock=told["flock"])
    town.do("giving.send_steps", wu, day=told["day"], flock=told["flock"])


def _money(town: Any, told: dict[str, Any], keys: dict[str, str]) -> None:
    ask = {"project": told["library"], "amount": "26.00 CNY"}
    town.do("giving.give_money", town.told["zhang"]["credential"], **ask)
    for line, title, amount in (("books", "图书", "40.00 CNY"), ("shelves", "书架", "25.00 CNY")):
        town.do("giving.set_budget", keys["hill"], project=told["library"], line=line, title=title, amount=amount)
    town.do("giving.pay_out", project=told["library"], line="books", amount="12.50 CNY", document="5a" * 32,
            merchant=town.told["books"]["organisation"])  # fmt: skip
