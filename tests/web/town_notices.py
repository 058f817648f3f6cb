"""Things to hear of, for everybody in the town: money back, a request, a friend, a contract; after the red packets."""

from __future__ import annotations

from typing import Any

from town_prepaid import drawn_up

PLAYERS = ("wang", "zhang", "li", "zhao", "chen", "wu")


def furnish(town: Any) -> None:
    """Sun asks each of them for dinner and to be friends, the tea house gives money back, a school draws up."""
    sun = town.told["sun"]
    town.do("desk.give_consent", sun["credential"], purpose="green", version="2022-06")
    for who in PLAYERS:
        made = town.told[who]
        paid = town.do("pay.scan", made["credential"], code=town.told["tea"]["code"], amount="12.00 CNY")
        town.do("pay.refund", town.told["tea"]["till"], order=paid["order"], number="back", amount="3.50 CNY")
        town.do("pay.request", sun["credential"], payer=made["person"], amount="43.20 ECNY")
        town.do("pay.send", sun["credential"], payee=made["wallet"], amount="6.00 ECNY")
        town.do("desk.give_consent", made["credential"], purpose="green", version="2022-06")
        town.do("green.befriend", sun["credential"], person=made["person"])
        made["contract"] = drawn_up(town, who, "music", lessons=4, price="320.00 CNY", pupil=f"2022-{who}")
