"""Giving: steps from real phones that sponsors turn into money, charities and their budgets, drives, chickens."""

from saxaul.engine import AccountClass, Act, Due, Programme
from saxaul.programmes.giving import charities, chickens, common, dues, gifts, models, sponsors, steps

CITIZEN, OFFICER, ITSELF = ("citizen",), ("officer", "system"), ("system",)
COUNTS, SPONSOR, CHARITY = ("citizen", "service", "system"), ("manager", "citizen"), ("manager", "officer", "system")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
UNLISTED, SHORT, SECOND = ("giving.charity_unlisted",), ("wallet.funds_short",), ("actor.second_missing",)
DAY = ("step.day_held", "step.day_closed", "giving.day_given", "giving.steps_few")

s, g, p, c, f = steps, gifts, sponsors, charities, chickens
STAGED = common.Staged

# fmt: off
PROGRAMME = Programme(name="giving", title="Steps and giving", acts=(
    Act("giving.count_steps", s.CountSteps, s.count_steps, s.Counted, COUNTS,
        ("step.sample_future", "step.payload_stale", "step.day_closed", "consent.purpose_missing") + MISSING + FIELD),
    Act("giving.close_day", s.NameDay, s.close_day, STAGED, ITSELF, MISSING + STAGE),
    Act("giving.appeal_day", s.AppealDay, s.appeal_day, STAGED, CITIZEN, MISSING + STAGE),
    Act("giving.judge_day", s.JudgeDay, s.judge_day, STAGED, OFFICER, MISSING + STAGE),
    Act("giving.give_steps", g.GiveSteps, g.give_steps, g.Given, CITIZEN,
        DAY + ("giving.sponsor_spent",) + UNLISTED + MISSING + STAGE),
    Act("giving.give_money", g.GiveMoney, g.give_money, g.Received, CITIZEN,
        SHORT + UNLISTED + MISSING + STAGE + FIELD),
    Act("giving.return_gift", g.NameGift, g.return_gift, g.Returned, CITIZEN,
        ("refund.window_closed", "refund.payee_short") + MISSING + STAGE),
    Act("giving.open_appeal", g.OpenAppeal, g.open_appeal, g.Opened, CITIZEN, UNLISTED + MISSING + STAGE + FIELD),
    Act("giving.open_pool", p.OpenPool, p.open_pool, p.Funded, SPONSOR, SHORT + UNLISTED + MISSING + STAGE + FIELD),
    Act("giving.fund_pool", p.FundPool, p.fund_pool, p.Funded, SPONSOR, SHORT + MISSING + STAGE + FIELD),
    Act("giving.close_pool", p.NamePool, p.close_pool, STAGED, (*SPONSOR, *OFFICER), MISSING + STAGE),
    Act("giving.admit_charity", c.AdmitCharity, c.admit_charity, STAGED, OFFICER, MISSING + SECOND,
        two_officers=True),
    Act("giving.open_project", c.OpenProject, c.open_project, c.Opened, CHARITY, UNLISTED + FIELD),
    Act("giving.close_project", c.NameProject, c.close_project, STAGED, CHARITY, MISSING + STAGE),
    Act("giving.set_budget", c.SetBudget, c.set_budget, c.Budgeted, CHARITY,
        ("giving.budget_missing",) + UNLISTED + MISSING + FIELD),
    Act("giving.pay_out", c.PayOut, c.pay_out, c.PaidOut, CHARITY,
        ("giving.budget_missing", "payee.account_missing", "merchant.stage_suspended")
        + UNLISTED + SHORT + MISSING + SECOND + FIELD, two_officers=True),
    Act("giving.open_flock", f.OpenFlock, f.open_flock, f.FlockOpened, OFFICER, UNLISTED + MISSING + SECOND + FIELD,
        two_officers=True),
    Act("giving.send_steps", f.SendSteps, f.send_steps, f.Sent, CITIZEN, DAY + ("chicken.flock_closed",) + MISSING),
    Act("giving.hand_over", f.HandOver, f.hand_over, f.HandedOver, OFFICER,
        ("chicken.household_served", "campaign.escrow_short") + MISSING + STAGE),
    Act("giving.close_flock", f.NameFlock, f.close_flock, STAGED, OFFICER, MISSING + STAGE),
), accounts=(
    AccountClass("issuer:steps", ("STEP",), floor=None, side="equity", why="verified steps in the world"),
    AccountClass("issuer:flock", ("CHICKEN",), floor=None, side="equity", why="birds that flocks were opened with"),
    AccountClass("person:$id:steps:$day", ("STEP",), short="giving.steps_few", passing=True,
                 why="verified steps of a day that may still be given"),
    AccountClass("giving:spent", ("STEP",), why="steps that became gifts"),
    AccountClass("giving:expired", ("STEP",), why="steps whose day closed"),
    AccountClass("charity:$id:project:$project", ("ECNY", "CNY"), short="refund.payee_short",
                 why="money bound to a charity's project"),
    AccountClass("flock:$id:steps", ("STEP",), why="steps on their way to the next bird"),
    AccountClass("flock:$id:spent", ("STEP",), why="steps that became birds"),
    AccountClass("flock:$id:stock", ("CHICKEN",), short="campaign.escrow_short", why="birds not yet handed over"),
    AccountClass("person:$id:birds", ("CHICKEN",), why="birds of a household"),
), records=(
    models.Day, models.Hours, models.Device, models.Charity, models.Project, models.Line, models.Payout,
    models.Quarter, models.Pool, models.Gift, models.Giver, models.Serial, models.Appeal, models.Flock, models.Bird,
), dues=(
    Due("giving.close_day", dues.find_days),
    Due("giving.hand_over", dues.find_birds),
    Due("giving.close_pool", dues.find_pools),
    Due("giving.close_flock", dues.find_flocks),
))
