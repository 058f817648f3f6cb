"""The Wu of two wallets: one at each bank, the second without e-CNY yet."""

from __future__ import annotations

from typing import Any


def furnish(town: Any) -> None:
    """Wu opens a second wallet and has switched e-CNY on in none."""
    wu = town.told["wu"]
    made = town.do("desk.open_wallet", wu["credential"], issuer="ccb", region="120000")
    wu["second"] = made["wallet"]
