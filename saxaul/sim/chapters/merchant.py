"""Two merchants with low-carbon habits: points, benefits, a coupon of citizen 0, things to rent, a menu on a table."""

from __future__ import annotations

import json

from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

BEHAVIOURS = ("own_cup", "no_bag", "no_cutlery")
BUYS, RENTS = 1_020, 1_080


def found(scene: Scene) -> None:
    """The programme is paid for, both merchants take part, benefits can be taken, things stand at the station."""
    own, told = scene.texts["merchant"], scene.told
    names = {"name": own["name"], "name_en": own["name_en"]}
    told["programme"] = scene.do("merchant.open_programme", points=own["points"], ecny=True, **names)["programme"]
    scene.do("merchant.fund_programme", told["company.key"], programme=told["programme"], amount=own["fund"])
    evidence = ["order_line", "till_flag", "staff_scan"]
    for code in own["members"]:
        manager = scene.known(f"manager:{code}.credential")
        joins = {"behaviours": list(BEHAVIOURS), "evidence": evidence}
        scene.do("merchant.join", manager, programme=told["programme"], **joins)
    greens, tables = own["members"]
    keeper = scene.known(f"manager:{greens}.credential")
    scene.do("merchant.offer", keeper, programme=told["programme"], **own["offer"])
    merchant = scene.known(f"merchant:{greens}.merchant")
    ask = {"programme": told["programme"], "merchant": merchant, **own["benefit"]}
    told["benefit"] = scene.do("merchant.open_benefit", **ask)["benefit"]
    shop = scene.known(f"shop:{greens}-1.shop")
    told["things"] = [
        scene.do("merchant.set_thing", keeper, kind=kind, shop=shop, price=price)["id"]
        for kind, price in own["things"].items()
    ]
    _tables(scene, tables)


def _tables(scene: Scene, code: str) -> None:
    own, manager = scene.texts["merchant"], scene.known(f"manager:{code}.credential")
    for row in own["menu"]:
        scene.do("merchant.set_item", manager, **{"behaviour": None, **row})
    till = scene.known(f"till:{code}-1-1.credential")
    scene.told["table"] = scene.do("merchant.set_table", manager, label=own["table"], till=till)["id"]


def buy(scene: Scene, day: int) -> None:
    """Some bring their own bag: an order, paid, and points for it; citizen 0 takes a coupon."""
    own, told = scene.texts["merchant"], scene.told
    buyers = sorted({FIRST, *scene.some("habit", own["share"], day)})
    for number in buyers:
        code = own["members"][number % 2]
        till = scene.known(f"till:{code}-1-1.credential")
        order = scene.do("pay.order", till, amount=own["price"])
        paid = scene.many([scene.ask("pay.scan", scene.citizen(number), code=order["code"])])[0]
        if paid.code or paid.receipt.get("stage") != "captured":
            continue
        behaviour = BEHAVIOURS[(number + day) % len(BEHAVIOURS)]
        ask = {"programme": told["programme"], "behaviour": behaviour, "order": order["order"]}
        scene.many([scene.ask("merchant.grant", till, **ask)])
        if number == FIRST:
            bill = json.dumps({"no": f"{scene.day()}-1", "total": own["price"]})
            scene.do("merchant.keep_document", till, kind="receipt", document=bill, order=order["order"])
    if day == 0:
        scene.many([scene.ask("merchant.take_benefit", scene.citizen(FIRST), benefit=told["benefit"])])


def rent(scene: Scene, day: int) -> None:
    """An umbrella is out for an hour on the first day."""
    if day == 0:
        who = scene.citizen(1)
        made = scene.do("merchant.rent", who, thing=scene.told["things"][1])
        scene.do("merchant.confirm_rental", who, rental=made["rental"])


def bring_back(scene: Scene, day: int) -> None:
    """It is back."""
    if day == 0:
        till = scene.known(f"till:{scene.texts['merchant']['members'][0]}-1-1.credential")
        scene.do("merchant.return_thing", till, thing=scene.told["things"][1])


MOMENTS = ((BUYS, buy), (RENTS, rent), (RENTS + 60, bring_back))
