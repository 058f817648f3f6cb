"""Forests for the town: a company, a planting charity, an agency that looks, six projects, trees, a debt, pictures.

Energy is given from where all energy comes from, since walking for it is another room's story; the company's money
comes by the bank's word. Everything else is done by the acts that people use.
"""

from __future__ import annotations

from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from saxaul.engine import AccountClass, Act, Facts, Plan, Posting
from saxaul.engine.cases import Give, Given
from saxaul.kernel import times
from saxaul.ledger.chart import Chart
from saxaul.programmes.forest import evidence
from saxaul.surfaces.web.forest import proof

GRAMS = {"zhang": 183_790, "wang": 60_000, "li": 9_000, "chen": 20 * 17_900}
PLACES = {
    "p101": ("阿拉善新梭梭林", "New Saxauls of Alxa", "阿拉善", "Alxa", "saxaul", 1_000, 102_500_000, 38_900_000),
    "p102": ("通辽松林", "Pines of Tongliao", "通辽", "Tongliao", "scots_pine", 300, 122_200_000, 43_600_000),
    "p103": ("库布其沙柳", "Willows of Kubuqi", "鄂尔多斯", "Ordos", "sand_willow", 500, 109_000_000, 40_300_000),
    "p104": ("第六号共同林", "Joint Forest No. 6", "阿拉善", "Alxa", "saxaul", 217, 101_000_000, 39_900_000),
    "p107": ("民勤梭梭林", "Saxauls of Minqin", "民勤", "Minqin", "saxaul", 20, 103_100_000, 38_600_000),
    "l106": ("野骆驼保护地", "Land of Wild Camels", "阿拉善", "Alxa", "", 400, 104_600_000, 41_000_000),
}  # fmt: skip


def _give(facts: Facts, ask: Give) -> Plan:
    """Energy out of the game's issuer, money out of the bank's account."""
    origin = {"GREEN/0": "issuer:green", "CNY/2": "issuer:bank:icbc-main"}
    return Plan(postings=[Posting(origin[asset], to, asset, units) for to, asset, units in ask.have], receipt=Given())


def _do(town: Any, act: str, who: str = "system", /, **ask: Any) -> dict[str, Any]:
    """One act a moment after the one before: forty of them with the town's pace would end in the future."""
    town.now -= 20 * times.SECOND - times.SECOND // 10
    return dict(town.do(act, who, **ask))


def _make_ready(town: Any) -> None:
    clerk = town.house.clerk
    act = Act("town.give", Give, _give, Given, ("system",))
    clerk.performer.acts["town.give"] = town.house.declarations.acts["town.give"] = act
    classes = clerk.state.chart.classes
    if not any(one.pattern == "issuer:green" for one in classes):
        energy = AccountClass("issuer:green", ("GREEN",), floor=None, why="energy in the game")
        clerk.state.chart = Chart((*classes, energy))


def season(town: Any, code: str) -> str:
    """The project's code in the season of today."""
    return f"{code}-{times.day(town.now)[:4]}a"


def _project(town: Any, code: str, *, sponsor: str, charity: str, **more: Any) -> str:
    name, name_en, place, place_en, species, room, east, north = PLACES[code]
    start = times.day(town.now - 20 * times.DAY)
    side = 6_000 if room > 400 else 3_500
    ring = [[east, north], [east + side, north + 400], [east + side - 700, north + side], [east + 500, north + side]]
    ask = {
        "project": season(town, code), "kind": "tree" if species else "land", "name": name, "name_en": name_en,
        "place": place, "place_en": place_en, "species": species, "sponsor": sponsor, "charity": charity,
        "price": "4.52 CNY", "budget": f"{room * 452 // 100}.{room * 452 % 100:02} CNY", "starts": start,
        "ends": times.day(town.now + 40 * times.DAY), "parcels": [{"ring": ring, "room": room}],
    } | more  # fmt: skip
    _do(town, "forest.open_project", **ask)
    return str(ask["project"])


def _key(town: Any) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(town.house.secrets.key(proof.PURPOSE))


def _picture(day: str, digit: str, index: int, valid: int) -> dict[str, Any]:
    box = [[103_000_000, 38_500_000], [103_300_000, 38_500_000], [103_300_000, 38_800_000], [103_000_000, 38_800_000]]
    return {
        "scene": f"S2A_SYNTHETIC_{digit}", "day": day, "level": "L2A", "offset": -1_000, "footprint": box,
        "file": digit * 64, "pixels_digest": digit * 63 + "0", "valid": valid, "pixels": 900, "index": index,
        "control": 80,
    }  # fmt: skip


def furnish(town: Any) -> None:
    """Six projects; twenty trees planted and looked at; a couple that begins."""
    _make_ready(town)
    told = town.told
    made = {}
    for kind, zh, en in (("sponsor", "蓝天羊毛", "Blue Sky Wool"), ("charity", "绿洲植树会", "Oasis Planters"),
                         ("agency", "林业站", "Forestry Office")):  # fmt: skip
        made[kind] = _do(town, "desk.add_organisation", kind=kind, name=zh, name_en=en)["organisation"]
    desks = {}
    for who, kind in (("zhao", "charity"), ("li", "agency"), ("chen", "sponsor")):
        desks[kind] = _do(town, "desk.issue_credential", organisation=made[kind], roles=["manager"], kind="session",
                              person=told[who]["person"])["credential"]  # fmt: skip
    naturals = {who: town.house.clerk.records("people_person", [told[who]["person"]])[0].natural for who in GRAMS}
    have = [(f"person:{naturals[who]}:green", "GREEN/0", grams) for who, grams in GRAMS.items()]
    _do(town, "town.give", have=[*have, (f"sponsor:{made['sponsor']}", "CNY/2", 500_000_00)], records=[])
    parties = {"sponsor": made["sponsor"], "charity": made["charity"]}
    codes = {code: _project(town, code, **parties) for code in ("p101", "p102", "p103", "p107")}
    codes["p104"] = _project(town, "p104", **parties, joint=True, budget="500.00 CNY")
    land = {"energy": 2_000, "energy_source": "minute 4 of the office", "share": 100, "price": "0.30 CNY"}
    codes["l106"] = _project(town, "l106", **parties, **land)
    for _tree in range(20):
        _do(town, "forest.plant", told["chen"]["credential"], project=codes["p107"])
    order = _do(town, "forest.order", project=codes["p107"])["order"]
    _do(town, "forest.report_planted", desks["charity"], order=order)
    _do(town, "forest.inspect", desks["agency"], order=order, year=0, sample=20, alive=18, document="a" * 64)
    _do(town, "forest.pay_tranche", order=order, year=0)
    year = int(times.day(town.now)[:4])
    base = _picture(f"{year - 1}-10-20", "2", 100, 96)
    for day, digit, index, valid in ((f"{year}-10-12", "3", 0, 0), (f"{year}-10-24", "4", 118, 95)):
        seen = {"parcel": f"{codes['p107']}:1", "now": _picture(day, digit, index, valid), "base": base,
                "spread": 12, "tool": "saxaul-satellite-1", "signature": ""}  # fmt: skip
        stated = evidence.statement(msgspec.convert(seen, evidence.RecordEvidence))
        _do(town, "forest.record_evidence", **{**seen, "signature": proof.signature(_key(town), stated)})
    _do(town, "forest.plant", told["wang"]["credential"], project=codes["p101"])
    _do(town, "forest.order", project=codes["p101"])
    team = _do(town, "forest.open_team", told["wang"]["credential"], project=codes["p101"], kind="couple")["team"]
    _do(town, "forest.add_energy", told["wang"]["credential"], team=team, grams=4_000)
    told["forest"] = {**codes, "team": team, "order": order}
