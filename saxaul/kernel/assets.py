"""Everything countable is an asset, and its code carries its scale.

`CNY/2` counts fen, `STEP/0` steps, `VOUCHER.spring/2` the fen of one campaign's purpose money. A scale inside the
code means that no table has to be asked, and no two rooms can disagree, how many decimals an amount has.
"""

from __future__ import annotations

import re
from functools import lru_cache

CNY = "CNY/2"
ECNY = "ECNY/2"

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,15}(\.[A-Za-z0-9_-]{1,48})?/[0-9]")


def is_asset(code: str) -> bool:
    """Whether `code` is written as an asset: KIND, or KIND.of, then / and one digit of scale."""
    return _CODE.fullmatch(code) is not None


def scale(asset: str) -> int:
    """Decimals of one unit: `CNY/2` -> 2."""
    return ord(asset[-1]) - 48


def name(asset: str) -> str:
    """The asset as people and JSON write it, without its scale: `CNY/2` -> `CNY`."""
    return asset[:-2]


@lru_cache(maxsize=65_536)
def kind(asset: str) -> str:
    """The family of the asset: `VOUCHER.spring/2` -> `VOUCHER`."""
    return asset[:-2].partition(".")[0]


def of(asset: str) -> str:
    """What the asset belongs to: `VOUCHER.spring/2` -> `spring`, `CNY/2` -> ``."""
    return asset[:-2].partition(".")[2]


# The scale of each family: text such as "12.50 CNY" names the family only, so reading it needs this table.
SCALES = {
    "CNY": 2, "ECNY": 2, "VOUCHER": 2, "DEBT": 2, "LINE": 2,
    "TICKET": 0, "GREEN": 0, "CO2E": 0, "STEP": 0, "TREE": 0, "LAND": 0, "SERIAL": 0, "REPLANT": 0, "DUE": 0,
    "CHICKEN": 0, "POINT": 0, "BENEFIT": 0, "COUPON": 0, "LESSON": 0, "POLICY": 0, "TRY": 0, "REVIVAL": 0,
    "PASS": 0, "EPSILON": 3,
}  # fmt: skip


@lru_cache(maxsize=65_536)
def named(text: str) -> str | None:
    """The asset written as `text` ("CNY", "VOUCHER.spring"), or None where no such family exists."""
    places = SCALES.get(text.partition(".")[0])
    if places is None:
        return None
    code = f"{text}/{places}"
    return code if is_asset(code) else None
