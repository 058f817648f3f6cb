"""The life of a contract as a table; what an act does beside its name (last, cooling) stands after a blank."""

from __future__ import annotations

from saxaul.engine import Stages

STAGES: Stages = {
    ("", "prepaid.draft"): "draft",
    ("draft", "prepaid.sign"): "draft",
    ("draft", "prepaid.sign second"): "signed",
    ("draft", "prepaid.withdraw"): "cancelled",
    ("signed", "prepaid.withdraw"): "cancelled",
    ("signed", "prepaid.fund"): "funded",
    ("funded", "prepaid.check_in"): "active",
    ("funded", "prepaid.check_in last"): "completed",
    ("active", "prepaid.check_in"): "active",
    ("active", "prepaid.check_in last"): "completed",
    ("suspended", "prepaid.check_in"): "suspended",
    ("funded", "prepaid.refund part"): "funded",
    ("funded", "prepaid.refund cooling"): "cooled_off",
    ("funded", "prepaid.refund"): "refunded",
    ("active", "prepaid.refund part"): "active",
    ("active", "prepaid.refund"): "refunded",
    ("suspended", "prepaid.refund part"): "suspended",
    ("suspended", "prepaid.refund"): "suspended",
    ("funded", "prepaid.dispute"): "suspended",
    ("active", "prepaid.dispute"): "suspended",
    ("suspended", "prepaid.dispute"): "suspended",
    ("suspended", "prepaid.rule"): "suspended",
    ("suspended", "prepaid.rule last"): "active",
    ("suspended", "prepaid.rule completed"): "completed",
    ("suspended", "prepaid.rule refunded"): "refunded",
    ("suspended", "prepaid.rule ended"): "ended",
    ("suspended", "prepaid.rule merchant_closed"): "merchant_closed",
    ("draft", "prepaid.expire"): "expired",
    ("signed", "prepaid.expire"): "expired",
    ("funded", "prepaid.expire"): "ended",
    ("active", "prepaid.expire"): "ended",
    ("suspended", "prepaid.expire"): "suspended",
    ("draft", "prepaid.return_closed"): "merchant_closed",
    ("signed", "prepaid.return_closed"): "merchant_closed",
    ("funded", "prepaid.return_closed"): "merchant_closed",
    ("active", "prepaid.return_closed"): "merchant_closed",
    ("suspended", "prepaid.return_closed"): "suspended",
}

UNFUNDED = ("draft", "signed")
OPEN = ("funded", "active", "suspended")
GONE = ("cancelled", "expired", "completed", "cooled_off", "refunded", "ended", "merchant_closed")
