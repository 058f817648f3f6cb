"""The life of an order as a table, and the refusals that a payer or merchant meets off its paths."""

from __future__ import annotations

from typing import Any

from saxaul.engine import Refusal, Stages, step
from saxaul.kernel import times
from saxaul.kernel.amounts import show

# After a blank stands which way an act took: above the no-PIN limit it waits, a refund of all that is left ends it.
STAGES: Stages = {
    ("", "pay.order"): "created",
    ("", "pay.scan"): "captured",
    ("", "pay.by_code"): "captured",
    ("", "pay.by_code waits"): "confirming",
    ("", "pay.reverse"): "closed",
    ("created", "pay.revise"): "created",
    ("created", "pay.scan"): "captured",
    ("created", "pay.by_code"): "captured",
    ("created", "pay.by_code waits"): "confirming",
    ("created", "pay.hold"): "held",
    ("created", "pay.close"): "closed",
    ("created", "pay.reverse"): "reversed",
    ("created", "pay.expire"): "closed",
    ("confirming", "pay.confirm"): "captured",
    ("confirming", "pay.decline"): "created",
    ("confirming", "pay.close"): "closed",
    ("confirming", "pay.reverse"): "reversed",
    ("confirming", "pay.expire"): "created",
    ("confirming", "pay.expire order"): "closed",
    ("held", "pay.capture"): "captured",
    ("held", "pay.release"): "released",
    ("held", "pay.reverse"): "reversed",
    ("held", "pay.expire"): "expired",
    ("captured", "pay.reverse"): "reversed",
    ("captured", "pay.mark_settled"): "settled",
    ("captured", "pay.refund"): "part_refunded",
    ("captured", "pay.refund all"): "refunded",
    ("settled", "pay.refund"): "part_refunded",
    ("settled", "pay.refund all"): "refunded",
    ("part_refunded", "pay.refund"): "part_refunded",
    ("part_refunded", "pay.refund all"): "refunded",
}

OPEN = frozenset({"created", "confirming", "held"})
PAID = frozenset({"captured", "settled", "part_refunded", "refunded"})
GONE = frozenset({"closed", "reversed", "released", "expired"})

REFUND_STAGES: Stages = {("", "pay.refund"): "done", ("", "pay.refund closed"): "stuck"}

REQUEST_STAGES: Stages = {
    ("", "pay.request"): "asked",
    ("asked", "pay.answer_request"): "paid",
    ("asked", "pay.answer_request no"): "declined",
    ("asked", "pay.cancel_request"): "cancelled",
    ("asked", "pay.expire_request"): "expired",
}


def after(order: Any, act: str) -> str:
    """The order's stage after `act`; refuses `order.stage_paid`, `order.stage_closed` or `request.stage_wrong`."""
    found = STAGES.get((order.stage, act))
    if found is not None:
        return found
    if order.stage in PAID and act != "pay.refund" and act != "pay.reverse":
        raise Refusal("order.stage_paid", order=order.key)
    if order.stage in GONE and not act.startswith("pay.refund"):
        raise Refusal("order.stage_closed", order=order.key, stage=order.stage)
    return step(STAGES, order.stage, act)


def payable(order: Any, now: int) -> None:
    """Returns while an order may be paid; refuses `qr.code_expired`, still saying what it was, once its end passed."""
    if order.ends and order.ends <= now and order.stage not in PAID:
        raise Refusal(
            "qr.code_expired", order=order.key, price=show(order.asset, order.units), end=times.text(order.ends)
        )
