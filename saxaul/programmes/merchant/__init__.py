"""Low-carbon merchants: points for habits, benefits and coupons, ordering at the table, e-receipts, things to rent."""

from typing import Any

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.merchant import documents, habits, join, lots, models, rental, shop, tables, till
from saxaul.programmes.merchant.asks import Staged
from saxaul.programmes.merchant.dues import DUES
from saxaul.programmes.merchant.followers import FOLLOWERS

CITIZEN, OFFICER, SYSTEM, MANAGER = ("citizen",), ("officer", "system"), ("system",), ("manager",)
TILL, KEEPER = ("cashier", "manager", "service"), ("cashier", "manager", "service", "biller")
MISSING, STAGE, TWO = ("request.object_missing",), ("request.stage_wrong",), dict[str, Any](two_officers=True)
SUSPENDED, SECOND, FIELD = ("merchant.stage_suspended",), ("actor.second_missing",), ("request.field_invalid",)
ORDER, POOL, SEEN = ("behaviour.order_missing",), ("points.pool_exhausted",), ("photo.image_seen",)
CODE = ("qr.code_unknown", "qr.code_used", "qr.code_expired")
SHORT = ("benefit.stock_exhausted", "points.balance_short", "points.lot_expired")
USED, ENDED, HOLD = ("coupon.stage_used",), ("coupon.time_ended",), ("hold.stage_ended",)
ESCROW, REVISION, SOLD = ("campaign.escrow_short",), ("order.revision_changed",), ("menu.line_sold",)
SCORE, FUNDS, PAYEE = ("rental.score_low",), ("wallet.funds_short",), ("payee.account_missing",)
p, h, s, c, t, d, r = join, habits, shop, till, tables, documents, rental

# fmt: off
PROGRAMME = Programme(name="merchant", title="Low-carbon trade with merchants", acts=(
    Act("merchant.open_programme", p.OpenProgramme, p.open_programme, p.Opened, OFFICER, SECOND + FIELD, **TWO),
    Act("merchant.fund_programme", p.Fund, p.fund_programme, p.Funded, MANAGER, MISSING + STAGE + SUSPENDED + FUNDS),
    Act("merchant.close_programme", p.NameProgramme, p.close_programme, Staged, OFFICER, SECOND + MISSING + STAGE,
        **TWO),
    Act("merchant.join", p.Join, p.join, Staged, MANAGER, MISSING + STAGE + SUSPENDED),
    Act("merchant.leave", p.NameProgramme, p.leave, Staged, MANAGER, MISSING + STAGE),
    Act("merchant.sign_up", p.NameProgramme, p.sign_up, p.SignedUp, CITIZEN, MISSING + STAGE),
    Act("merchant.show_code", h.ShowCode, h.show_code, h.CodeShown, CITIZEN, ("qr.code_used",)),
    Act("merchant.record_habit", h.RecordHabit, h.record_habit, h.Recorded, CITIZEN,
        MISSING + STAGE + ORDER + POOL + SEEN),
    Act("merchant.grant", h.Grant, h.grant, h.Recorded, TILL, MISSING + STAGE + SUSPENDED + ORDER + POOL + CODE),
    Act("merchant.judge_grant", h.Judge, h.judge_grant, h.Recorded, OFFICER,
        MISSING + STAGE + HOLD + ("actor.approver_same",)),
    Act("merchant.note_lot", lots.NameLot, lots.note_lot, lots.Noted, SYSTEM),
    Act("merchant.lapse_points", lots.Lapse, lots.lapse_points, lots.Lapsed, SYSTEM, MISSING),
    Act("merchant.offer", s.Offer, s.offer, s.Offered, MANAGER, MISSING + STAGE + SUSPENDED),
    Act("merchant.open_benefit", s.OpenBenefit, s.open_benefit, s.Offered, OFFICER, SECOND + MISSING + STAGE + ESCROW,
        **TWO),
    Act("merchant.close_benefit", s.NameBenefit, s.close_benefit, Staged, MANAGER + OFFICER, MISSING + STAGE),
    Act("merchant.take_benefit", s.NameBenefit, s.take_benefit, s.Taken, CITIZEN, MISSING + ENDED + SHORT),
    Act("merchant.reserve_coupon", c.NameCoupon, c.reserve_coupon, c.Reserved, TILL,
        MISSING + SUSPENDED + USED + ENDED),
    Act("merchant.use_coupon", c.NameCoupon, c.use_coupon, c.Used, TILL,
        MISSING + SUSPENDED + USED + ENDED + HOLD + ORDER),
    Act("merchant.release_coupon", c.NameCoupon, c.release_coupon, Staged, CITIZEN + TILL, MISSING + STAGE),
    Act("merchant.end_coupon", c.EndCoupon, c.end_coupon, Staged, SYSTEM, MISSING),
    Act("merchant.order_returned", c.NameOrder, c.order_returned, c.Returned, SYSTEM),
    Act("merchant.pay_week", c.PayWeek, c.pay_week, c.WeekPaid, SYSTEM),
    Act("merchant.set_item", t.SetItem, t.set_item, Staged, MANAGER, MISSING + SUSPENDED),
    Act("merchant.set_table", t.SetTable, t.set_table, Staged, MANAGER, MISSING + SUSPENDED),
    Act("merchant.add_to_bill", t.Add, t.add_to_bill, t.Billed, CITIZEN, MISSING + STAGE + SUSPENDED + SOLD + PAYEE),
    Act("merchant.send_bill", t.Send, t.send_bill, t.Billed, CITIZEN,
        MISSING + STAGE + SUSPENDED + SOLD + PAYEE + REVISION),
    Act("merchant.call_back_bill", t.NameTable, t.call_back_bill, t.Billed, CITIZEN,
        MISSING + STAGE + SUSPENDED + PAYEE),
    Act("merchant.keep_document", d.Keep, d.keep_document, d.Kept, KEEPER, MISSING + STAGE + SUSPENDED + CODE),
    Act("merchant.end_document", d.NameDocument, d.end_document, Staged, SYSTEM, MISSING),
    Act("merchant.set_thing", r.SetThing, r.set_thing, Staged, MANAGER, MISSING + STAGE + SUSPENDED),
    Act("merchant.rent", r.Rent, r.rent, r.Rented, CITIZEN, MISSING + STAGE + SUSPENDED + SCORE + PAYEE),
    Act("merchant.confirm_rental", r.NameRental, r.confirm_rental, Staged, CITIZEN,
        MISSING + STAGE + SUSPENDED + SCORE + FUNDS + PAYEE),
    Act("merchant.withdraw_rental", r.NameRental, r.withdraw_rental, Staged, CITIZEN + TILL, MISSING + STAGE),
    Act("merchant.return_thing", r.Return, r.return_thing, r.Ended, TILL, MISSING + STAGE + SUSPENDED),
    Act("merchant.charge_rental", r.NameRental, r.charge_rental, r.Ended, SYSTEM, MISSING),
), accounts=(
    AccountClass("issuer:merchant:$id", ("POINT", "BENEFIT"), floor=None, side="equity", why="points, benefits opened"),
    AccountClass("campaign:$id:redeemed", ("POINT",), why="points that were exchanged for benefits"),
    AccountClass("campaign:$id:lapsed", ("POINT",), why="points whose lot ended"),
    AccountClass("campaign:$id:stock", ("BENEFIT",), short="benefit.stock_exhausted", why="benefits nobody took yet"),
    AccountClass("person:$id:benefits", ("BENEFIT",), short="coupon.stage_used", why="coupons a person has"),
    AccountClass("merchant:$id:earned", ("ECNY", "CNY"), short="refund.payee_short", why="used coupons, week not paid"),
    AccountClass("issuer:line:rental", ("LINE",), floor=None, side="equity", why="promises to bring things back"),
    AccountClass("person:$id:line", ("LINE",), short="rental.score_low", why="how much a person may have out"),
), records=(
    models.Programme, models.Member, models.Participant, models.Habit, models.Lots, models.Pace, models.ScanCode,
    models.Band, models.Paid, models.Benefit, models.Coupon, models.CouponCode, models.Payee, models.Statement,
    models.Item, models.Menu, models.Table, models.TableBill, models.Document, models.DocumentText, models.Thing,
    models.Renter, models.Rental,
), followers=FOLLOWERS, dues=DUES)
