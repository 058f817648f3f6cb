"""The town's low-carbon programme: a tea house that takes part, points of several days, coupons, receipts, a table."""

from __future__ import annotations

import json

from saxaul import app
from saxaul.kernel import times

MENU = (
    ("green_tea", "绿茶", "Green tea", "18.00 CNY", None),
    ("own_cup_tea", "自带杯绿茶", "Green tea in your own cup", "16.00 CNY", "own_cup"),
    ("cake", "桂花糕", "Osmanthus cake", "12.00 CNY", None),
)


def furnish(town) -> None:
    """Everything the pages of the room show, by acts."""
    town.now = max(town.now, app.clock() - times.HOUR)
    tea, told = town.told["tea"], town.told
    organisation = tea["organisation"]
    opens = {"name": "低碳生活", "name_en": "Low-carbon life", "points": 100_000, "ecny": True}
    programme = town.do("merchant.open_programme", **opens)["programme"]
    _sponsor(town, programme)
    joins = {"behaviours": ["own_cup", "no_bag", "e_coupon"], "evidence": ["order_line", "till_flag", "staff_scan"]}
    town.do("merchant.join", tea["till"], programme=programme, **joins)
    shop = town.do("desk.add_shop", organisation=organisation, name="分店", place="和平区 码头路 3 号")["shop"]
    told["merchant"] = {"programme": programme, "shop": shop}
    _points(town, programme)
    _benefits(town, programme, organisation)
    _table(town, organisation)
    _documents(town)
    things = {}
    for name, kind, price in (("bank", "power_bank", "99.00 CNY"), ("umbrella", "umbrella", "39.00 CNY")):
        things[name] = town.do("merchant.set_thing", tea["till"], kind=kind, shop=shop, price=price)["id"]
    told["merchant"] |= things
    guest = town.do("desk.sign_up", phone="13900000099", language="zh", issuer="icbc", region="120000")
    told["guest"] = {**guest, "phone": "13900000099"}
    town.credit(guest["wallet"], 20_000, "guest:first")


def _sponsor(town, programme: str) -> None:
    made = town.do("desk.add_organisation", kind="sponsor", name="绿色基金", name_en="Green Fund", issuer="icbc")
    key = town.do("desk.issue_credential", organisation=made["organisation"], roles=["manager"], kind="key")
    town.credit(made["wallet"], 100_000, "fund:first")
    town.do("merchant.fund_programme", key["credential"], programme=programme, amount="800.00 ECNY")


def bought(town, who: str, amount: str = "16.00 CNY") -> str:
    """An order of the tea house, paid."""
    order = town.do("pay.order", town.told["tea"]["till"], amount=amount)["order"]
    town.do("pay.scan", town.told[who]["credential"], order=order)
    return order


def _points(town, programme: str) -> None:
    for who in ("wang", "li", "zhao"):
        for behaviour in ("own_cup", "own_cup", "no_bag"):
            order = bought(town, who, "6.00 CNY")
            town.do("merchant.grant", town.told["tea"]["till"], programme=programme, behaviour=behaviour, order=order)


def _benefits(town, programme: str, merchant: str) -> None:
    till = town.told["tea"]["till"]
    offers = {
        "cup": {"title": "一杯绿茶", "title_en": "A cup of green tea", "cost": 10, "stock": 20},
        "pot": {"title": "一壶龙井", "title_en": "A pot of Dragon Well", "cost": 60, "stock": 5},
    }
    for name, offer in offers.items():
        town.told["merchant"][name] = town.do("merchant.offer", till, programme=programme, **offer)["benefit"]
    paid = town.do("merchant.open_benefit", programme=programme, merchant=merchant, title="五元茶券",
                   title_en="Five yuan for tea", cost=5, stock=50, value="5.00 CNY")["benefit"]  # fmt: skip
    town.told["merchant"]["paid"] = paid
    own = town.do("merchant.take_benefit", town.told["wang"]["credential"], benefit=paid)
    town.told["merchant"]["coupon"] = own["coupon"]
    coupon = town.do("merchant.take_benefit", town.told["li"]["credential"], benefit=paid)
    town.do("merchant.reserve_coupon", till, code=coupon["code"])
    town.do("merchant.use_coupon", till, code=coupon["code"], order=bought(town, "li"))


def _table(town, merchant: str) -> None:
    till = town.told["tea"]["till"]
    for item, name, name_en, price, behaviour in MENU:
        town.do("merchant.set_item", till, item=item, name=name, name_en=name_en, price=price, behaviour=behaviour)
    ask = {"organisation": merchant, "roles": ["cashier"], "kind": "terminal"}
    machine = town.do("desk.issue_credential", till, **ask)["credential"]
    town.told["merchant"]["table"] = town.do("merchant.set_table", till, label="7", till=machine)["id"]


def _documents(town) -> None:
    till = town.told["tea"]["till"]
    kept = []
    for number in ("20220601-17", "20220601-18"):
        text = json.dumps({"no": number, "tea": "2 × 8.00", "total": "16.00"}, ensure_ascii=False)
        order = bought(town, "wang")
        kept.append(town.do("merchant.keep_document", till, kind="receipt", document=text, order=order)["id"])
    invoice = json.dumps({"no": "FP-0042", "total": "16.00"})
    town.do("merchant.keep_document", till, kind="invoice", document=invoice, order=bought(town, "wang"))
    back = json.dumps({"no": "R-20220601-18", "total": "-16.00"})
    town.do("merchant.keep_document", till, kind="return", document=back, sale=kept[1])
    town.told["merchant"]["sale"] = kept[1]
