"""A threshold voucher with stock left, and a lucky packet each evening among friends."""

from __future__ import annotations

from saxaul.kernel import times
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene
from saxaul.sim.people import circle

GIVER, MORNING, EVENING = 10, 590, 1_290


def found(scene: Scene) -> None:
    """The district's money stands behind every voucher, and the campaign is open."""
    own, desk = scene.texts["voucher"], scene.told["district.key"]
    made = scene.do(
        "voucher.draft", desk, kind="threshold", name=own["name"], name_en=own["name_en"], total=own["total"],
        face=own["face"], minimum=own["minimum"], claim_from=scene.text(), claim_until=scene.text(31 * times.DAY),
        spend_until=scene.text(60 * times.DAY), per_person=3,
    )  # fmt: skip
    scene.told["voucher"] = made["campaign"]
    scene.do("voucher.fund", desk, campaign=made["campaign"], amount=made["needs"])
    scene.signed("voucher.open", campaign=made["campaign"])


def claim(scene: Scene, day: int) -> None:
    """Some take one each morning; payments that are large enough use it by themselves."""
    takers = scene.some("voucher", scene.texts["voucher"]["share"], day)
    some = sorted({FIRST, *takers}) if day < 2 else [n for n in takers if n != FIRST]
    scene.many(scene.ask("voucher.claim", scene.citizen(n), campaign=scene.told["voucher"]) for n in some)


def give(scene: Scene, day: int) -> None:
    """One gives to a group, and those who look at their telephones open it; the others may, until tomorrow."""
    own = scene.texts["packet"]
    (given,) = scene.many([scene.ask("packet.give", scene.citizen(GIVER), amount=own["amount"], people=own["people"])])
    if given.code:  # nothing is left to give
        return
    friends = [n for n in circle(GIVER, scene.people) if n != FIRST]
    takers = [FIRST, *scene.roll("packet", day).sample(friends, own["takers"] - 1)]
    scene.many(scene.ask("packet.take", scene.citizen(n), packet=given.receipt["packet"]) for n in takers)


MOMENTS = ((MORNING, claim), (EVENING, give))
