"""The town of the pages of vouchers: a district gives four kinds of them, and a shop has a coffee to exchange."""

from __future__ import annotations

from typing import Any

from saxaul import app
from saxaul.kernel import times


def furnish(town: Any) -> None:
    """The district with its money, campaigns in different stages, some taken and one spent."""
    town.now = max(town.now, app.clock() - 50 * times.MINUTE)
    made = town.do("desk.add_organisation", kind="sponsor", name="南开区商务局", name_en="Nankai Commerce Office",
                   issuer="icbc", region="120000")  # fmt: skip
    town.credit(made["wallet"], 5_000_000, "district")
    desk = town.do("desk.issue_credential", organisation=made["organisation"], roles=["manager"], kind="session",
                   person=town.told["wu"]["person"])  # fmt: skip
    town.told["district"] = {**made, "desk": desk["credential"]}
    _campaigns(town)
    _lives(town)


def _campaign(town: Any, key: str, *, merchants: tuple[str, ...] = (), opens: bool = True, **rules: Any) -> str:
    today = times.start_of_day(times.day(app.clock()))
    ask = {"claim_from": times.text(today - times.DAY), "claim_until": times.text(today + 10 * times.DAY),
           "spend_until": times.text(today + 30 * times.DAY), **rules}  # fmt: skip
    desk = town.told["district"]["desk"]
    made = town.do("voucher.draft", desk, **ask)
    town.do("voucher.fund", desk, campaign=made["campaign"], amount=made["needs"])
    if merchants:
        town.do("voucher.list_merchants", desk, campaign=made["campaign"],
                merchants=[town.told[one]["organisation"] for one in merchants])  # fmt: skip
    if opens:
        town.do("voucher.open", campaign=made["campaign"])
    town.told[key] = {"campaign": made["campaign"]}
    return str(made["campaign"])


def _campaigns(town: Any) -> None:
    _campaign(town, "spring", kind="threshold", name="春日消费券", name_en="Spring voucher", total=200,
              face="20.00 ECNY", minimum="50.00 ECNY", per_person=2)  # fmt: skip
    _campaign(town, "tenth", kind="discount", name="书香折扣", name_en="Book discount", total=100, face="15.00 ECNY",
              percent=20, listed=True, merchants=("books", "tea"))  # fmt: skip
    values = [{"worth": "5.00 ECNY", "count": 60}, {"worth": "18.00 ECNY", "count": 30},
              {"worth": "88.00 ECNY", "count": 2}]  # fmt: skip
    _campaign(town, "luck", kind="random", name="惊喜红券", name_en="Surprise voucher", values=values)
    _campaign(town, "coffee", kind="exchange", name="请喝茶", name_en="A cup of tea", benefit="一杯盖碗茶",
              benefit_en="One cup of tea with lid", total=50, face="12.00 ECNY", listed=True,
              merchants=("tea",))  # fmt: skip
    _campaign(town, "daily", kind="threshold", name="每日早餐券", name_en="Breakfast voucher", total=300,
              face="5.00 ECNY", day_stock=3, per_person=10, per_day=1)  # fmt: skip
    paused = _campaign(town, "paused", kind="threshold", name="夜市券", name_en="Night market voucher", total=40,
                       face="10.00 ECNY", minimum="30.00 ECNY")  # fmt: skip
    town.do("voucher.pause", town.told["district"]["desk"], campaign=paused)


def _lives(town: Any) -> None:
    """Neighbours take and spend: the shop's page and the district's are not empty."""
    spring = town.told["spring"]["campaign"]
    for who in ("zhang", "li", "chen"):
        town.do("voucher.claim", town.told[who]["credential"], campaign=spring)
        town.do("voucher.claim", town.told[who]["credential"], campaign=town.told["daily"]["campaign"])
    for who, shop, amount in (("zhang", "tea", "66.00 CNY"), ("li", "market", "120.00 CNY")):
        town.do("pay.scan", town.told[who]["credential"], code=town.told[shop]["code"], amount=amount)
    town.do("packet.give", town.told["zhang"]["credential"], amount="20.00 ECNY", people=4)
