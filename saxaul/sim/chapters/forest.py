"""One project with stock and a company's money; whoever has the energy plants; the charity plants what was ordered."""

from __future__ import annotations

from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

PLANTS, WORKS = 1_200, 1_310
SIDE = 6_000  # millionths of a degree


def found(scene: Scene) -> None:
    """The project is open, opened by two officers, and the company's money is there."""
    own = scene.texts["forest"]
    east, north = own["east"], own["north"]
    ring = [[east, north], [east + SIDE, north + 400], [east + SIDE - 700, north + SIDE], [east + 500, north + SIDE]]
    scene.told["project"] = f"{own['project']}-{scene.day()[:4]}a"
    scene.signed(
        "forest.open_project", project=scene.told["project"], kind="tree", name=own["name"]["zh"],
        name_en=own["name"]["en"], place=own["place"]["zh"], place_en=own["place"]["en"], species=own["species"],
        sponsor=scene.told["company"], charity=scene.told["charity"], price=own["price"], budget="0.00 CNY", joint=True,
        starts=scene.day(-1), ends=scene.day(60), parcels=[{"ring": ring, "room": own["room"]}],
    )  # fmt: skip
    scene.do("forest.pledge", scene.told["company.key"], project=scene.told["project"], amount=own["budget"])


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
