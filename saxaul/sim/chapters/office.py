"""Who has a second task in the town: a keeper, two officers, and the people behind its organisations."""

from __future__ import annotations

from typing import Any

from saxaul.sim.chapters.scene import Scene
from saxaul.sim.people import citizen

FIRST, KEEPER, OFFICERS = 0, 1, (2, 3)
BEHIND = {"district": 4, "notary": 5, "company": 6, "charity": 7, "music": 8, "reading": 9}
MOMENTS: tuple[Any, ...] = ()


def found(scene: Scene) -> None:
    """Officers are appointed, a shop has its keeper, organisations have money, and somebody who acts for them."""
    pack = scene.days.town.pack
    shop = pack.merchants[0].shops[0]
    scene.told["keeper"] = scene.do(
        "desk.issue_credential", organisation=scene.known(f"merchant:{shop.merchant}.merchant"),
        roles=["manager", "cashier"], person=scene.citizen(KEEPER, "person"),
        shop=scene.known(f"shop:{shop.code}.shop"),
    )["credential"]  # fmt: skip
    roles = ["officer", "approver", "auditor"]
    scene.told["officers"] = [
        scene.do("desk.appoint", roles=roles, person=scene.citizen(number, "person"))["credential"]
        for number in OFFICERS
    ]
    one = citizen(pack, FIRST)
    if not one.proved:
        person = scene.citizen(FIRST, "person")
        scene.do("desk.verify", person=person, name=one.name, document=one.document, how="bank")
    for key, row in scene.texts["organisations"].items():
        _organisation(scene, key, row)


def _organisation(scene: Scene, key: str, row: dict[str, Any]) -> None:
    about = {word: row[word] for word in ("kind", "category", "issuer") if word in row}
    if "issuer" in row:
        about["region"] = scene.days.town.pack.region
    made = scene.do("desk.add_organisation", name=row["name"]["zh"], name_en=row["name"]["en"], **about)
    scene.told[key] = made["organisation"]
    scene.told[f"{key}.wallet"] = made["wallet"]
    for pocket in ("ecny", "cny"):
        if row.get(pocket):
            fen, name = row[pocket], f"{key}:{pocket}"
            scene.do("cash.credit", operator=row["issuer"], key=name, reference=name, wallet=made["wallet"],
                     amount=f"{fen // 100}.{fen % 100:02} CNY", pocket=pocket.upper())  # fmt: skip
    if key in BEHIND:
        more: dict[str, Any] = {"roles": ["manager"]}
        if row["kind"] == "merchant":
            shop = scene.do("desk.add_shop", organisation=made["organisation"], name="总店", place="和平区 琴台路 3 号")
            more = {"roles": ["manager", "cashier"], "shop": shop["shop"]}
        person = scene.citizen(BEHIND[key], "person")
        ask = {"organisation": made["organisation"], "person": person, "kind": "session", **more}
        scene.told[f"{key}.key"] = scene.do("desk.issue_credential", **ask)["credential"]
