"""Those of two wallets, one at each bank: the Wu, whose second is without e-CNY yet, and Zhao."""

from __future__ import annotations

from typing import Any


def furnish(town: Any) -> None:
    """Both open a second wallet at the other bank, which has money of its own."""
    for key in ("wu", "zhao"):
        made = town.do("desk.open_wallet", town.told[key]["credential"], issuer="ccb", region="120000")
        town.told[key]["second"] = made["wallet"]
        town.do("cash.credit", operator="ccb", key=f"{key}:second", amount="5000.00 CNY", wallet=made["wallet"],
                reference=f"{key}:second")  # fmt: skip
