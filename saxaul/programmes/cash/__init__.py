"""Cash: e-CNY bought by operators, money in and out by the bank, settlement of merchants and billers, bank files."""

from saxaul.engine import AccountClass, Act, Due, Follower, Programme
from saxaul.programmes.cash import followers, models, officers, own, settlement, word

CITIZEN, OWNER, COURIER, ITSELF = ("citizen",), ("citizen", "manager"), ("service", "system"), ("system",)
OFFICER, SETTLES = ("officer", "system"), ("manager", "biller", "officer", "system")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
SECOND, SHORT, PAYEE = ("actor.second_missing",), ("wallet.funds_short",), ("payee.account_missing",)
LIMITS = ("tier.payment_exceeded", "tier.day_exceeded")
FULL, CLOSED = ("tier.balance_exceeded",), ("wallet.stage_closed",)

o, m, w, s = officers, own, word, settlement


def _office(name: str, ask: type, plan: object, receipt: type, *refuses: str) -> Act:
    """An act of two officers."""
    return Act(name, ask, plan, receipt, OFFICER, SECOND + refuses, two_officers=True)  # type: ignore[arg-type]


# fmt: off
PROGRAMME = Programme(name="cash", title="Money in and out, settlement, bank files", acts=(
    _office("cash.open_bank", o.OpenBank, o.open_bank, o.Opened, *STAGE, *FIELD),
    _office("cash.issue", o.Exchange, o.issue, o.Exchanged, *MISSING, *SHORT, *FIELD),
    _office("cash.redeem", o.Exchange, o.redeem, o.Exchanged, *MISSING, *SHORT, *FIELD),
    _office("cash.assign_suspense", o.AssignSuspense, o.assign_suspense, w.Done,
            *MISSING, *STAGE, *SHORT, *PAYEE, *FIELD),
    _office("cash.rule", o.Rule, o.rule, w.Done, *MISSING, *STAGE, *SHORT),
    _office("cash.close_item", o.CloseItem, o.close_item, w.Done, *MISSING, *STAGE, *SHORT, *FIELD),
    Act("cash.note_suspense", o.NoteSuspense, o.note_suspense, w.Done, ITSELF, MISSING),
    Act("cash.link_account", m.LinkAccount, m.link_account, m.Linked, CITIZEN, ("actor.login_missing",)),
    Act("cash.top_up", m.Move, m.top_up, m.Asked, OWNER, MISSING + STAGE + LIMITS + FULL + CLOSED + FIELD),
    Act("cash.cash_out", m.Move, m.cash_out, m.Asked, OWNER, MISSING + STAGE + LIMITS + SHORT + CLOSED + FIELD),
    Act("cash.exchange", m.Move, m.exchange, m.Exchanged, OWNER, MISSING + SHORT + FULL + CLOSED + FIELD),
    Act("cash.credit", w.Credit, w.credit, w.Done, COURIER, MISSING + FIELD),
    Act("cash.accepted", w.Said, w.accepted, w.Done, COURIER, MISSING),
    Act("cash.booked", w.Said, w.booked, w.Done, COURIER, MISSING),
    Act("cash.rejected", w.Said, w.rejected, w.Done, COURIER, MISSING),
    Act("cash.returned", w.Said, w.returned, w.Done, COURIER, MISSING),
    Act("cash.apply_file", w.ApplyFile, w.apply_file, w.Applied, COURIER, MISSING + ("bill.file_refused",)),
    Act("cash.unanswered", w.Named, w.unanswered, w.Done, ITSELF, MISSING + STAGE),
    Act("cash.cut_window", s.CutWindow, s.cut_window, s.Cut, OFFICER, MISSING + STAGE + ("settlement.window_closed",)),
    Act("cash.settle", s.Settle, s.settle, s.Settled, SETTLES, MISSING + STAGE + PAYEE),
    Act("cash.write_file", s.WriteFile, s.write_file, s.Written, COURIER, MISSING + STAGE + FIELD),
    Act("cash.deliver_file", s.DeliverFile, s.deliver_file, w.Done, COURIER, MISSING + STAGE),
), accounts=(
    AccountClass("issuer:bank:$bank", ("CNY",), floor=None, side="assets", why="a bank's book about us, by its word"),
    AccountClass("operator:$code:vault", ("ECNY",), why="e-CNY bought and not in circulation"),
    AccountClass("operator:$code:reserve", ("CNY",), why="an operator's yuan"),
    AccountClass("operator:$code:suspense", ("ECNY", "CNY"), why="what cannot be assigned yet"),
    AccountClass("operator:$code:fees", ("ECNY", "CNY"), side="income", short="refund.payee_short",
                 why="what billers agreed to pay"),
), records=(
    models.Bank, models.Linked, models.Order, models.Payee, models.Window, models.File, models.Line, models.Item,
), followers=(
    Follower("cash.suspense", followers.note),
), dues=(
    Due("cash.unanswered", followers.find_silent),
    Due("cash.cut_window", followers.find_uncut),
    Due("cash.settle", followers.find_cut),
))
