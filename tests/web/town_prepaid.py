"""A music school and a canteen in the test town: contracts to be signed, running, in dispute; a subsidy for meals."""

from __future__ import annotations

from pathlib import Path

from saxaul.kernel import times
from saxaul.programmes.prepaid.common import token_key
from saxaul.programmes.prepaid.packs import templates

PACK = Path(__file__).parents[2] / "packs/prepaid/templates.toml"
SCHOOLS = {
    "music": ("海河琴行", "Hai River Music School", "8299", "和平区 琴台路 3 号"),
    "canteen": ("渡口小学食堂", "Ferry Primary School Canteen", "8211", "南开区 渡口街 2 号"),
}
TEXT = "每周一课，每课一小时。未上的课的钱随时可以退回。"


def furnish(town) -> None:
    """Zhao keeps the music school's counter; Wang has a contract to sign and one that runs; Zhang's is in dispute."""
    for one in templates(PACK.read_text("utf-8")):
        fields = {name: getattr(one, name) for name in one.__struct_fields__}
        town.do("prepaid.set_template", **fields)
    for key, (zh, en, category, place) in SCHOOLS.items():
        made = town.do("desk.add_organisation", kind="merchant", name=zh, name_en=en, category=category,
                       issuer="icbc", region="120000")  # fmt: skip
        shop = town.do("desk.add_shop", organisation=made["organisation"], name="总店", place=place)["shop"]
        person = {"person": town.told["zhao"]["person"]} if key == "music" else {}
        till = town.do("desk.issue_credential", organisation=made["organisation"], roles=["cashier", "manager"],
                       shop=shop, kind="session" if person else "key", **person)  # fmt: skip
        town.do("prepaid.list_school", merchant=made["organisation"], district="120000")
        town.told[key] = {"till": till["credential"], "name": zh, **made}
    town.told["to_sign"] = drawn_up(town, "wang", "music", lessons=10, price="799.95 CNY")
    running = drawn_up(town, "wang", "music", lessons=20, price="199.99 CNY", pupil="2022-17", signs=True)
    for _ in range(7):
        given(town, running, "wang", "music")
    disputed = drawn_up(town, "zhang", "music", lessons=12, price="360.00 CNY", pupil="2022-18", signs=True)
    given(town, disputed, "zhang", "music")
    town.do("prepaid.dispute", town.told["zhang"]["credential"], contract=disputed, lesson=2)
    meals = drawn_up(town, "li", "canteen", lessons=22, price="330.00 CNY", kind="school-meals", signs=True)
    given(town, meals, "li", "canteen")
    town.told |= {"running": running, "disputed": disputed, "meals": meals}


def drawn_up(
    town, who: str, school: str, *, lessons: int, price: str, kind: str = "tuition", pupil: str = "2022-16",
    signs: bool = False,
) -> str:  # fmt: skip
    """A contract that the school signed; with `signs` the guardian signed and paid it as well."""
    till, guardian = town.told[school]["till"], town.told[who]["credential"]
    made = town.do("prepaid.draft", till, template=kind, wallet=town.told[who]["wallet"], lessons=lessons, price=price,
                   last_day=times.day(town.now + 200 * times.DAY), body=TEXT, pupil=pupil)  # fmt: skip
    town.do("prepaid.sign", till, contract=made["contract"], text=made["text"])
    if signs:
        town.do("prepaid.sign", guardian, contract=made["contract"], text=made["text"])
        town.do("prepaid.fund", guardian, contract=made["contract"])
    return str(made["contract"])


def given(town, contract: str, who: str, school: str) -> None:
    """One lesson, with the guardian's phone and the school's device."""
    digits = f"{town.now}"
    town.do("prepaid.show_token", town.told[who]["credential"], contract=contract, token=token_key(digits))
    town.do("prepaid.check_in", town.told[school]["till"], code=digits)
