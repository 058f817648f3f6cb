"""A charity with two projects, a company that turns steps into money, a drive, and chickens for households."""

from __future__ import annotations

from saxaul.kernel import times
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

WALKED, GIVES = 1_260, 1_270
WALKERS = 14  # citizens who always walk, beside a share of the town
SENDERS = range(8, WALKERS)  # those among them whose steps go to the flock


def found(scene: Scene) -> None:
    """The charity is admitted; both projects, pool, drive and flock are open, and their money is set aside."""
    own, charity, company = scene.texts["giving"], scene.told["charity.key"], scene.told["company.key"]
    wallet, told = scene.told["company.wallet"], scene.told
    scene.signed("giving.admit_charity", organisation=told["charity"])
    for key, kind in (("library", "education"), ("sand", "environment")):
        names = {"title": own[key]["zh"], "title_en": own[key]["en"]}
        told[key] = scene.do("giving.open_project", charity, field=kind, goal="600.00 CNY", **names)["project"]
    first = scene.day(1)
    ask = {"project": told["library"], "kind": "pledge", "amount": own["pledge"], "starts": first}
    scene.do("giving.open_pool", company, wallet=wallet, **ask)
    drive = own["drive"]
    told["drive"] = scene.do(
        "giving.open_pool", company, wallet=wallet, project=told["sand"], kind="drive", amount=drive["amount"],
        starts=first, until=scene.day(31), title=drive["zh"], title_en=drive["en"], place=drive["place"],
        goal=drive["goal"],
    )["pool"]  # fmt: skip
    flock = own["flock"]
    told["flock"] = scene.do(
        "giving.open_flock", charity=told["charity"], sponsor=told["company"], farm=told["farm"], price=flock["price"],
        birds=flock["birds"], until=scene.day(60), title=flock["zh"], title_en=flock["en"],
        households=[f"{n:032x}" for n in range(1, flock["households"] + 1)],
    )["flock"]  # fmt: skip
    scene.do("giving.fund_pool", company, pool=told["flock"], amount=flock["fund"], wallet=wallet)
    walkers = sorted({*range(WALKERS), *scene.some("giving", own["share"])})
    told["walkers"] = [n for n in walkers if n < scene.people]
    consents = [
        scene.ask("desk.give_consent", scene.citizen(n), purpose="giving", version="2022-06") for n in told["walkers"]
    ]  # fmt: skip
    scene.many(consents)


def walk(scene: Scene, day: int) -> None:
    """Telephones tell of the day's steps, piece by piece."""
    today, asked = scene.day(), []
    for number in scene.told["walkers"]:
        roll = scene.roll("steps", day, number)
        least, most = (18_000, 26_000) if number in SENDERS else (9_600, 16_000)
        steps = 12_480 if number == FIRST else roll.randrange(least, most)
        ask = {"day": today, "source": "health_connect", "samples": _readings(scene.now, steps, roll)}
        asked.append(scene.ask("giving.count_steps", scene.citizen(number), **ask))
    scene.many(asked)


def _readings(now: int, steps: int, roll: object) -> list[list[int]]:
    """A day's walk until now: intervals of some minutes at a walking pace."""
    made, at = [], now // times.SECOND - 600 - steps * 60 // 90
    while steps > 0:
        part = min(steps, roll.randrange(400, 900))  # type: ignore[attr-defined]
        made.append([at, at + part * 60 // 95, part])
        at, steps = at + part * 60 // 90, steps - part
    return made


def give(scene: Scene, day: int) -> None:
    """Those with enough steps give their day; citizen 0 keeps the last one and gives a little money as well."""
    own, told, today = scene.texts["giving"], scene.told, scene.day()
    asked = []
    for number in told["walkers"]:
        who = scene.citizen(number)
        if number in SENDERS:
            asked.append(scene.ask("giving.send_steps", who, day=today, flock=told["flock"]))
        elif number % 3 == 2:
            ask = {"project": told["sand"], "drive": told["drive"]}
            asked.append(scene.ask("giving.give_steps", who, day=today, **ask))
        elif number != FIRST or day < 2:
            asked.append(scene.ask("giving.give_steps", who, day=today, project=told["library"]))
    scene.many(asked)
    if day == 0:
        scene.do("giving.give_money", scene.citizen(FIRST), project=told["library"], amount=own["gift"])
        books = own["books"]
        scene.do("giving.set_budget", told["charity.key"], project=told["library"], line="books",
                 title=books["title"], amount=books["budget"])  # fmt: skip
    elif day == 1:
        shop = scene.known(f"merchant:{scene.days.town.pack.shops(('5942',))[0].merchant}.merchant")
        scene.signed("giving.pay_out", project=told["library"], line="books", amount=own["books"]["paid"],
                     document="5a" * 32, merchant=shop)  # fmt: skip
    scene.rounds()


MOMENTS = ((WALKED, walk), (GIVES, give))
