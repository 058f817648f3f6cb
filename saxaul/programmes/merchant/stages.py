"""Lives of a habit, a coupon and a rental as tables; whatever is not in them is refused with the stage named."""

from __future__ import annotations

from saxaul.engine import Stages

HABIT: Stages = {
    ("", "record"): "granted", ("", "record held"): "held", ("", "record photo"): "badge",
    ("held", "judge"): "granted", ("held", "judge no"): "refused",
    ("granted", "order returned"): "reversed", ("held", "order returned"): "reversed",
}  # fmt: skip

COUPON: Stages = {
    ("", "take"): "open", ("open", "reserve"): "reserved", ("reserved", "release"): "open", ("reserved", "use"): "used",
    ("open", "end"): "ended", ("reserved", "end"): "ended",
    ("used", "order returned"): "open", ("used", "order returned late"): "ended",
}  # fmt: skip

# "created, doing, done" as on the card of the rental; charged: it is back, and the fee is still owed.
RENTAL: Stages = {
    ("", "rent"): "created", ("created", "confirm"): "doing", ("created", "withdraw"): "withdrawn",
    ("doing", "return"): "done", ("doing", "return short"): "charged", ("doing", "sell"): "done",
    ("doing", "sell short"): "charged", ("charged", "pay"): "done", ("charged", "pay short"): "charged",
}  # fmt: skip
