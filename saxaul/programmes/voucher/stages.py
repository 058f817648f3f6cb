"""The life of a voucher campaign as a table; what is not in it is refused with the stage named."""

from __future__ import annotations

from saxaul.engine import Stages

STAGES: Stages = {
    ("", "voucher.draft"): "draft",
    ("draft", "voucher.fund"): "draft",
    ("draft", "voucher.list_merchants"): "draft",
    ("draft", "voucher.open"): "running",
    ("draft", "voucher.cancel"): "cancelled",
    ("running", "voucher.list_merchants"): "running",
    ("running", "voucher.pause"): "paused",
    ("running", "voucher.stop"): "stopped",
    ("paused", "voucher.list_merchants"): "paused",
    ("paused", "voucher.resume"): "running",
    ("paused", "voucher.stop"): "stopped",
    ("stopped", "voucher.list_merchants"): "stopped",
    ("draft", "voucher.close"): "closed",
    ("running", "voucher.close"): "closed",
    ("paused", "voucher.close"): "closed",
    ("stopped", "voucher.close"): "closed",
}

HOLDING_STAGES: Stages = {
    ("", "voucher.claim"): "held",
    ("held", "voucher.claim"): "held",
    ("held", "voucher.write_off"): "written_off",
    ("held", "voucher.write_off nothing left"): "spent",
}

CART_STAGES: Stages = {
    ("", "voucher.apply"): "open",
    ("open", "voucher.end_cart used"): "used",
    ("open", "voucher.end_cart"): "given_back",
}
