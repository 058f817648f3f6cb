"""Types that the asks and receipts of merchants share."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MaybeId = Annotated[str, Meta(pattern="^([0-9a-f]{32})?$")]
Day = Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", description="its last day, such as 2022-06-30")]
MaybeText = Annotated[str, Meta(max_length=256)]
Behaviour = Literal["own_cup", "no_bag", "no_cutlery", "e_coupon"]
Evidence = Literal["order_line", "till_flag", "staff_scan"]


class Staged(msgspec.Struct, frozen=True):
    """What it is and the stage it is in now."""

    id: str
    stage: str
