"""Prepaid contracts: the money stays the payer's until the lesson is given; what is unused goes back."""

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.prepaid import back, common, contracts, dues, lessons, models, office

CITIZEN, ITSELF, OFFICER = ("citizen",), ("system",), ("officer", "system")
SCHOOL, DEVICE = ("manager", "service"), ("cashier", "manager", "service")
BOTH = ("citizen", "manager", "service")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
SECOND, CLOSED = ("actor.second_missing",), ("contract.merchant_closed",)
PAYEE = ("payee.account_missing", "merchant.stage_suspended")
GIVEN = ("contract.lesson_released", "contract.lesson_disputed")
BOUND = ("purpose.use_mismatch", "voucher.spend_under", "voucher.transfer_barred")

o, c, ln, b, r = office, contracts, lessons, back, common

# fmt: off
PROGRAMME = Programme(name="prepaid", title="Prepaid contracts: one lesson, one write-off", acts=(
    Act("prepaid.set_template", o.SetTemplate, o.set_template, o.TemplateSet, OFFICER, SECOND, two_officers=True),
    Act("prepaid.list_school", o.ListSchool, o.list_school, o.SchoolStaged, OFFICER, MISSING + STAGE),
    Act("prepaid.close_school", o.CloseSchool, o.close_school, o.SchoolStaged, OFFICER, SECOND + MISSING + STAGE,
        two_officers=True),
    Act("prepaid.draft", c.Draft, c.draft, r.Staged, SCHOOL, MISSING + PAYEE + CLOSED + FIELD),
    Act("prepaid.sign", c.Sign, c.sign, r.Staged, BOTH, MISSING + STAGE + CLOSED + FIELD + ("actor.approver_same",)),
    Act("prepaid.withdraw", c.Named, c.withdraw, r.Staged, BOTH, MISSING + STAGE),
    Act("prepaid.fund", c.Fund, c.fund, c.Funded, CITIZEN,
        MISSING + STAGE + CLOSED + PAYEE + BOUND + ("contract.signature_missing", "wallet.funds_short")),
    Act("prepaid.show_token", ln.ShowToken, ln.show_token, ln.TokenShown, CITIZEN, MISSING + STAGE + GIVEN + FIELD),
    Act("prepaid.set_card", ln.SetCard, ln.set_card, r.Staged, CITIZEN, MISSING + STAGE),
    Act("prepaid.check_in", ln.CheckIn, ln.check_in, ln.CheckedIn, DEVICE,
        MISSING + STAGE + CLOSED + PAYEE + GIVEN + FIELD + ("contract.checkin_missing",)),
    Act("prepaid.dispute", ln.Dispute, ln.dispute, ln.Disputed, BOTH, MISSING + STAGE + GIVEN + FIELD),
    Act("prepaid.rule", ln.Rule, ln.rule, ln.Ruled, OFFICER, MISSING + STAGE),
    Act("prepaid.lapse", ln.Lapse, ln.lapse, ln.Ruled, ITSELF, MISSING + STAGE + ("contract.lesson_disputed",)),
    Act("prepaid.refund", b.Refund, b.refund, r.Returned, BOTH,
        MISSING + STAGE + FIELD + ("contract.lesson_released",)),
    Act("prepaid.expire", c.Named, b.expire, r.Returned, ITSELF, MISSING + STAGE),
    Act("prepaid.return_closed", c.Named, b.return_closed, r.Returned, ITSELF, MISSING + STAGE),
), accounts=(
    AccountClass("issuer:contract", ("LESSON",), floor=None, side="equity", why="lessons paid for and not given"),
    AccountClass("contract:$id:escrow", ("ECNY", "CNY", "VOUCHER"), why="money of a contract, still its payer's"),
    AccountClass("contract:$id:units", ("LESSON",), why="a contract's unused lessons"),
), records=(
    models.Template, models.School, models.Contract, models.Body, models.Lesson, models.Token,
), dues=dues.DUES)
