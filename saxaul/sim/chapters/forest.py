"""One project with stock and a company's money; whoever has the energy plants; the charity plants what was ordered.

A company's yuan come to its own account only when a round that it paid for is called off (see `_funded`): no act brings
them there from its wallet.
"""

from __future__ import annotations

from saxaul.kernel import times
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

PLANTS, WORKS = 1_200, 1_310
SIDE = 6_000  # millionths of a degree


def found(scene: Scene) -> None:
    """The project is open, opened by two officers."""
    own = scene.texts["forest"]
    _funded(scene, own["price"], own["room"], own["budget"])
    east, north = own["east"], own["north"]
    ring = [[east, north], [east + SIDE, north + 400], [east + SIDE - 700, north + SIDE], [east + 500, north + SIDE]]
    scene.told["project"] = f"{own['project']}-{scene.day()[:4]}a"
    scene.signed(
        "forest.open_project", project=scene.told["project"], kind="tree", name=own["name"]["zh"],
        name_en=own["name"]["en"], place=own["place"]["zh"], place_en=own["place"]["en"], species=own["species"],
        sponsor=scene.told["company"], charity=scene.told["charity"], price=own["price"], budget=own["budget"],
        starts=scene.day(-1), ends=scene.day(60), parcels=[{"ring": ring, "room": own["room"]}],
    )  # fmt: skip


def _funded(scene: Scene, each: str, awards: int, budget: str) -> None:
    """A round that the company paid for is called off, and its yuan are on the company's account."""
    key = "called-off-2022"
    scene.do(
        "campaign.draft", scene.told["officers"][0], campaign=key, name="取消的活动", name_en="A round called off",
        sponsor=scene.told["company"], witness=scene.told["notary"], each=each, awards=awards,
        signup_from=scene.text(times.DAY), signup_until=scene.text(2 * times.DAY), beacon_name="none",
        beacon_at=scene.text(3 * times.DAY), claim_until=scene.text(5 * times.DAY),
        spend_from=scene.text(4 * times.DAY), spend_until=scene.text(9 * times.DAY),
    )  # fmt: skip
    scene.signed("campaign.approve", campaign=key)
    scene.do("campaign.fund", scene.told["company.key"], campaign=key, amount=budget)
    scene.signed("campaign.cancel", campaign=key)


def plant(scene: Scene, day: int) -> None:
    """Everybody with the energy of a tree plants it."""
    project = scene.row("forest_project", scene.told["project"])
    naturals = {**scene.told["naturals"], **scene.told.get("players", {})}
    places = [(f"person:{natural}:green", "GREEN/0") for natural in naturals]
    found = scene.days.clerk.look(places)
    rich = [n for place, n in zip(places, naturals.values(), strict=True) if _free(found[place]) >= project.energy]
    scene.many(scene.ask("forest.plant", scene.citizen(n), project=project.key) for n in rich)


def _free(found: object) -> int:
    posted, held = found  # type: ignore[misc]
    return int(posted - held)


def work(scene: Scene, day: int) -> None:
    """The trees of the first day are ordered, planted on the second, looked at and paid on the third."""
    project = scene.row("forest_project", scene.told["project"])
    if day == 0:
        team = {"project": project.key, "kind": "couple"}
        scene.many([scene.ask("forest.open_team", scene.citizen(FIRST), **team)])
        scene.told["order"] = scene.do("forest.order", project=project.key)["order"]
    elif day == 1:
        scene.do("forest.report_planted", scene.told["charity.key"], order=scene.told["order"])
    elif day == 2:
        trees = scene.row("forest_order", scene.told["order"]).trees
        alive = trees * scene.texts["forest"]["survives"] // 1_000
        scene.do("forest.inspect", scene.told["notary.key"], order=scene.told["order"], year=0, sample=trees,
                 alive=alive, document="a" * 64)  # fmt: skip
        scene.do("forest.pay_tranche", order=scene.told["order"], year=0)


MOMENTS = ((PLANTS, plant), (WORKS, work))
