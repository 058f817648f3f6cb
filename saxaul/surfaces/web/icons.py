"""The icons of `icons.toml` by name, and which kind of payment or bill wears which."""

from __future__ import annotations

import tomllib
from importlib.resources import files

ICONS: dict[str, str] = tomllib.loads(files(__package__).joinpath("icons.toml").read_text(encoding="utf-8"))

KINDS = {
    "paid": "shop", "received": "receive", "sent": "send", "bill": "bill", "refund": "refund", "topup": "receive",
    "cashout": "send", "request": "ask", "order": "shop",
    "electricity": "power", "gas": "gas", "heating": "heat", "cable_tv": "tv", "water": "water",
}  # fmt: skip
