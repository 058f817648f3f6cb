"""Two schools on the district's list, and two contracts of citizen 0: one that runs, one that waits for a signature."""

from __future__ import annotations

from typing import Any

from saxaul.programmes.prepaid.common import token_key
from saxaul.programmes.prepaid.packs import templates
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

SCHOOLS = ("music", "reading")
LESSON = 1_050


def found(scene: Scene) -> None:
    """Kinds of contracts stand as the pack has them; the first contract is signed by both and paid."""
    pack = scene.folder.parent / "prepaid" / "templates.toml"
    for one in templates(pack.read_text("utf-8")):
        scene.do("prepaid.set_template", **{name: getattr(one, name) for name in one.__struct_fields__})
    for school in SCHOOLS:
        scene.do("prepaid.list_school", merchant=scene.told[school], district=scene.days.town.pack.region)
    running = _drawn_up(scene, "music", scene.texts["prepaid"]["running"])
    guardian = scene.citizen(FIRST)
    scene.do("prepaid.sign", guardian, contract=running["contract"], text=running["text"])
    scene.do("prepaid.fund", guardian, contract=running["contract"])
    scene.told["lessons"] = running["contract"]
    _drawn_up(scene, "reading", scene.texts["prepaid"]["waiting"])


def _drawn_up(scene: Scene, school: str, row: dict[str, Any]) -> dict[str, Any]:
    made = scene.do(
        "prepaid.draft", scene.told[f"{school}.key"], template="tuition", wallet=scene.citizen(FIRST, "wallet"),
        last_day=scene.day(200), body=scene.texts["prepaid"]["text"], **row,
    )  # fmt: skip
    scene.do("prepaid.sign", scene.told[f"{school}.key"], contract=made["contract"], text=made["text"])
    return made


def lesson(scene: Scene, day: int) -> None:
    """A lesson is given: the guardian's telephone shows a code, the school's device reads it."""
    if day >= scene.texts["prepaid"]["running"]["lessons"]:
        return
    digits = f"{scene.now}"
    scene.do("prepaid.show_token", scene.citizen(FIRST), contract=scene.told["lessons"], token=token_key(digits))
    scene.do("prepaid.check_in", scene.told["music.key"], code=digits)


MOMENTS = ((LESSON, lesson),)
