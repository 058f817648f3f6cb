"""Bills of utilities and offices: issued by the biller, found by number, paid in full, in part or ahead."""

from saxaul.engine import AccountClass, Act, Due, Programme
from saxaul.programmes.bills import followers, issue, models, pay

CITIZEN, BILLER, ITSELF = ("citizen",), ("biller", "officer", "system"), ("system",)
PAYER = ("citizen", "manager")

KEY, MISSING, STAGE = ("bill.key_missing",), ("request.object_missing",), ("request.stage_wrong",)
FILE, FIELD, REVISION = ("bill.file_refused",), ("request.field_invalid",), ("bill.revision_changed",)
AMOUNT, PAYEE = ("bill.amount_under", "bill.amount_over"), ("payee.account_missing", "merchant.stage_suspended")
FUNDS = ("wallet.funds_short",)

i, p = issue, pay

# fmt: off
PROGRAMME = Programme(name="bills", title="Bills of utilities and offices", acts=(
    Act("bills.issue", i.Issue, i.issue, i.Issued, BILLER, MISSING + FIELD),
    Act("bills.issue_file", i.IssueFile, i.issue_file, i.FileTaken, BILLER, MISSING + FILE),
    Act("bills.open_file", i.OpenFile, i.open_file, i.FileTaken, BILLER, MISSING + FILE),
    Act("bills.drop_file", i.DropFile, i.drop_file, i.FileTaken, BILLER, MISSING + STAGE),
    Act("bills.revise", i.Revise, i.revise, i.Staged, BILLER, MISSING + STAGE + FIELD + REVISION),
    Act("bills.cancel", i.Named, i.cancel, i.Staged, BILLER, MISSING + STAGE),
    Act("bills.overdue", i.Named, i.overdue, i.Staged, ITSELF, KEY + STAGE),
    Act("bills.find", p.Find, p.find, p.Found, PAYER, ("request.pace_exceeded",)),
    Act("bills.pay", p.Pay, p.pay, p.Paid, PAYER,
        ("bill.stage_paid",) + KEY + AMOUNT + PAYEE + FUNDS + REVISION + MISSING + STAGE),
    Act("bills.pay_ahead", p.PayAhead, p.pay_ahead, p.Paid, PAYER, KEY + AMOUNT + PAYEE + FUNDS + MISSING + STAGE),
    Act("bills.use_ahead", p.Named, p.use_ahead, p.Used, ITSELF, KEY + STAGE),
    Act("bills.refund", p.Refund, p.refund, p.Refunded, BILLER,
        ("refund.window_closed", "refund.payee_short") + MISSING + STAGE),
    Act("bills.save_number", p.SaveNumber, p.save_number, p.Saved, CITIZEN, FIELD),
), accounts=(
    AccountClass("biller:$id:due", ("ECNY", "CNY"), short="refund.payee_short", why="received, not paid out"),
), records=(
    models.Bill, models.Number, models.Owner, models.File, models.Part, models.Payment, models.Lookup,
    models.Household,
), dues=(
    Due("bills.overdue", followers.find_late),
    Due("bills.use_ahead", followers.find_ahead),
))
