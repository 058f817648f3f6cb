"""The quiz challenge: a bank that two others have read, a hundred right answers in a row, judged by the server."""

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.quiz import bank, campaigns, followers, models, play, rewards

CITIZEN, OFFICER, READER, ITSELF = ("citizen",), ("officer", "system"), ("officer", "approver"), ("system",)
SPONSOR, PASSER = ("manager", "system"), ("citizen", "system")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
REVIEW, FOREIGN, TRIES = ("quiz.review_missing",), ("quiz.attempt_foreign",), ("quiz.tries_exhausted",)
ANSWER = ("quiz.token_stale", "quiz.time_passed", *FOREIGN)
EMPTY, FUNDS, SAME = ("quiz.reward_exhausted",), ("wallet.funds_short",), ("actor.approver_same",)
b, c, p, r = bank, campaigns, play, rewards

# fmt: off
PROGRAMME = Programme(name="quiz", title="The quiz challenge", acts=(
    Act("quiz.write", b.Write, b.write, b.Told, OFFICER, FIELD + STAGE),
    Act("quiz.review", b.Named, b.review, b.Told, READER, SAME + STAGE + MISSING),
    Act("quiz.publish", b.Named, b.publish, b.Told, OFFICER, REVIEW + STAGE + MISSING),
    Act("quiz.withdraw", b.Named, b.withdraw, b.Told, OFFICER, STAGE + MISSING),
    Act("quiz.open", c.Open, c.open, c.Opened, OFFICER, ("actor.second_missing",) + FIELD + MISSING, two_officers=True),
    Act("quiz.pledge", c.Pledge, c.pledge, c.Pledged, SPONSOR, FUNDS + FIELD + STAGE + MISSING),
    Act("quiz.close", c.Named, c.close, c.Closed, OFFICER, STAGE + MISSING),
    Act("quiz.start", p.Start, p.start, p.Started, CITIZEN, TRIES + STAGE + MISSING),
    Act("quiz.answer", p.Give, p.answer, p.Answered, CITIZEN, ANSWER + STAGE + MISSING),
    Act("quiz.revive", p.Revive, p.revive, p.Revived, CITIZEN, ("quiz.card_used",) + FOREIGN + STAGE + MISSING),
    Act("quiz.share", p.Share, p.share, p.Shared, CITIZEN, TRIES + STAGE + MISSING),
    Act("quiz.pass", r.Pass, r.pass_level, r.Passed, PASSER, FOREIGN + STAGE + MISSING),
    Act("quiz.take_reward", r.Named, r.take_reward, r.Staged, CITIZEN, EMPTY + STAGE + MISSING),
    Act("quiz.appeal", r.Named, r.appeal, r.Staged, CITIZEN, STAGE + MISSING),
    Act("quiz.decide", r.Decide, r.decide, r.Staged, OFFICER, SAME + STAGE + MISSING),
), accounts=(
    AccountClass("issuer:quiz", ("TRY", "REVIVAL", "PASS", "POINT", "GREEN"), floor=None, side="equity",
                 why="tries, cards, passes and quiz rewards in the world"),
    AccountClass("person:$id:tries", ("TRY",), short="quiz.tries_exhausted", why="tries that were earned"),
    AccountClass("person:$id:revivals", ("REVIVAL",), short="quiz.card_used", why="revival cards"),
    AccountClass("person:$id:passes", ("PASS",), why="badges of campaigns that were passed"),
    AccountClass("campaign:$id:energy", ("GREEN",), short="quiz.reward_exhausted", why="energy a quiz may still give"),
), records=(
    models.Bank, models.Question, models.Campaign, models.Player, models.Attempt, models.Result, models.Seen,
), followers=followers.FOLLOWERS, dues=followers.DUES)
