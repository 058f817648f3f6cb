"""Payments: by code in both directions, orders, holds, refunds, reversals, and between persons."""

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.pay import dues, holds, models, orders, persons, refunds, scan, settled, wall

CITIZEN, SYSTEM = ("citizen",), ("system",)
TILL, MANAGER = ("cashier", "manager", "service"), ("manager", "service")
MISSING, STAGE = ("request.object_missing",), ("request.stage_wrong",)
SUSPENDED, SHORT = ("merchant.stage_suspended",), ("wallet.funds_short",)
AT_TILL = ("merchant.terminal_foreign", "request.object_missing", *SUSPENDED)
TAKEN = ("order.stage_paid", "order.stage_closed")
PRICE, ACCOUNT, ENDED = ("order.revision_changed",), ("payee.account_missing",), ("hold.stage_ended",)
PAYABLE = ("qr.code_expired", *PRICE, *ACCOUNT, *SUSPENDED, *TAKEN, *SHORT, *MISSING)
READ = ("qr.checksum_wrong", "qr.code_unknown", "qr.signature_wrong")
BOUND = ("purpose.use_mismatch", "voucher.spend_under", "voucher.transfer_barred")
REFUND = ("refund.sum_exceeded", "refund.count_exceeded", "refund.window_closed", "refund.payee_short")

o, s, h, r, p = orders, scan, holds, refunds, persons

# fmt: off
PROGRAMME = Programme(
    name="pay", title="Payments by code, orders, refunds and between persons", dues=dues.DUES,
    followers=settled.FOLLOWERS,
    acts=(
        Act("pay.order", o.MakeOrder, o.make_order, o.OrderMade, TILL, AT_TILL + TAKEN),
        Act("pay.revise", o.ReviseOrder, o.revise_order, o.OrderMade, TILL, MISSING + SUSPENDED + STAGE + TAKEN),
        Act("pay.close", o.NameOrder, o.close_order, o.Staged, TILL, MISSING + STAGE + TAKEN),
        Act("pay.expire", o.ExpireOrder, o.expire_order, o.Staged, SYSTEM, MISSING),
        Act("pay.issue_static_code", o.IssueCode, o.issue_static_code, o.CodeIssued, MANAGER, AT_TILL),
        Act("pay.withdraw_static_code", o.WithdrawCode, o.withdraw_static_code, o.CodeWithdrawn, MANAGER, MISSING),
        Act("pay.scan", s.Scan, s.scan, s.Paid, CITIZEN, READ + PAYABLE + BOUND, touches=s.touches),
        Act("pay.show_code", s.ShowCode, s.show_code, s.CodeShown, CITIZEN,
            MISSING + ("wallet.stage_frozen", "wallet.stage_closed")),
        Act("pay.by_code", s.ByCode, s.by_code, s.Paid, TILL,
            AT_TILL + TAKEN + PRICE + SHORT + ("qr.code_unknown", "qr.code_used", "qr.code_expired")),
        Act("pay.confirm", s.Confirm, s.confirm, s.Paid, CITIZEN, MISSING + STAGE + ENDED + SUSPENDED + ACCOUNT),
        Act("pay.decline", s.Confirm, s.decline, o.Staged, CITIZEN, MISSING + STAGE),
        Act("pay.hold", h.Hold, h.hold, h.Held, CITIZEN, READ + PAYABLE + BOUND),
        Act("pay.capture", h.Capture, h.capture, h.Captured, TILL,
            MISSING + STAGE + TAKEN + ENDED + SUSPENDED + ACCOUNT + ("hold.amount_exceeded",)),
        Act("pay.release", o.NameOrder, h.release, o.Staged, TILL, MISSING + STAGE + TAKEN + ENDED),
        Act("pay.refund", r.MakeRefund, r.make_refund, r.Refunded, TILL, MISSING + STAGE + REFUND),
        Act("pay.reverse", o.NameOrder, r.reverse, r.Reversed, TILL, MISSING + STAGE + ("refund.payee_short",)),
        Act("pay.mark_settled", settled.MarkSettled, settled.mark_settled, settled.Marked, SYSTEM, MISSING + STAGE),
        Act("pay.warn_silent", wall.WarnSilent, wall.warn_silent, wall.Warned, SYSTEM, MISSING),
        Act("pay.send", p.Send, p.send, p.Sent, CITIZEN, MISSING + ACCOUNT + SHORT),
        Act("pay.request", p.AskMoney, p.request, p.Asked, CITIZEN, MISSING + ("payee.party_same",)),
        Act("pay.split_bill", p.SplitBill, p.split_bill, p.Split, CITIZEN, MISSING),
        Act("pay.answer_request", p.AnswerRequest, p.answer_request, p.Answered, CITIZEN,
            MISSING + STAGE + ACCOUNT + SHORT),
        Act("pay.cancel_request", p.NameRequest, p.cancel_request, p.Answered, CITIZEN, MISSING + STAGE),
        Act("pay.expire_request", p.NameRequest, p.expire_request, p.Answered, SYSTEM, MISSING),
    ),
    accounts=(
        AccountClass("merchant:$id:due", ("ECNY/2", "CNY/2"), short="refund.payee_short", why="received, unsettled"),
    ),
    records=(models.Order, models.Refund, models.Code, models.Request, models.Purpose, models.PurposeMerchant,
             models.Bound),
)
