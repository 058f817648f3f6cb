"""Green energy: behaviours counted once become bubbles that ripen, are collected, shared, watered, and expire."""

from saxaul.engine import AccountClass, Act, Due, Follower, Peek, Programme
from saxaul.programmes.green import behaviours, bubbles, factors, followers, friends, models, record, robots

CITIZEN, ITSELF, OFFICER = ("citizen",), ("system",), ("officer", "system")
SEES = ("service", "system")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
FRIEND, REVERSED, GONE = ("green.friend_missing",), ("green.lot_reversed",), ("green.lot_expired",)
LOT = ("green.lot_unripe", "green.lot_collected", *GONE, *REVERSED)

r, b, f, p, t = record, bubbles, friends, factors, robots


def _lot(peek: Peek, who: str, ask: b.OneLot) -> list[tuple[str, str]]:
    return [("green_grant", ask.lot)]


def _lots(peek: Peek, who: str, ask: b.Collect) -> list[tuple[str, str]]:
    return [("green_grant", lot) for lot in ask.lots]


def _document(peek: Peek, who: str, ask: r.Record) -> list[tuple[str, str]]:
    table, _, key = ask.document.partition(":")
    return [(table, key)] if key else [("people_person", ask.person)]


# fmt: off
PROGRAMME = Programme(name="green", title="Green energy of everyday behaviour", acts=(
    Act("green.record", r.Record, r.record, r.Recorded, SEES,
        ("green.act_duplicate", "consent.source_missing", "actor.role_missing") + MISSING + FIELD, upload=True,
        touches=_document),
    Act("green.report", r.Report, r.report, r.ReportTaken, ("service",), ("bill.file_refused",) + MISSING),
    Act("green.count", r.Count, r.count_parked, r.Counted, ITSELF, MISSING, upload=True),
    Act("green.reverse", r.Reverse, r.reverse, r.Reversed, SEES, MISSING + REVERSED, upload=True),
    Act("green.publish_factor", p.PublishFactor, p.publish_factor, p.FactorPublished, OFFICER,
        ("actor.second_missing",) + FIELD, two_officers=True),
    Act("green.collect", b.Collect, b.collect, b.Collected, CITIZEN, LOT + MISSING + FIELD, touches=_lots),
    Act("green.expire", b.OneLot, b.expire, b.Expired, ITSELF, MISSING, touches=_lot),
    Act("green.collect_friend", f.OneLot, f.collect_friend, f.Taken, CITIZEN, LOT + FRIEND + MISSING
        + ("green.lot_shielded", "green.share_exhausted", "green.share_taken", "request.pace_exceeded"),
        touches=_lot),
    Act("green.revive", f.OneLot, f.revive, f.Revived, CITIZEN,
        ("green.revival_exceeded", "green.lot_collected") + GONE + REVERSED + FRIEND + MISSING + STAGE, touches=_lot),
    Act("green.water", f.Water, f.water, f.Watered, CITIZEN,
        ("green.watering_exceeded", "green.energy_short") + FRIEND + MISSING + FIELD),
    Act("green.befriend", f.OneFriend, f.befriend, f.Friendship, CITIZEN, ("payee.party_same",) + MISSING + STAGE),
    Act("green.answer", f.Answer, f.answer, f.Friendship, CITIZEN, MISSING + STAGE),
    Act("green.unfriend", f.OneFriend, f.unfriend, f.Friendship, CITIZEN, MISSING + STAGE),
    Act("green.choose", f.Choose, f.choose, f.Chosen, CITIZEN, FRIEND + MISSING),
    Act("green.agree", f.Agree, f.agree, f.Agreed, CITIZEN, MISSING),
    Act("green.appeal", t.Nothing, t.appeal, t.PauseStands, CITIZEN, STAGE),
    Act("green.judge", t.Judge, t.judge, t.PauseStands, OFFICER, MISSING + STAGE),
), accounts=(
    AccountClass("issuer:green", ("GREEN", "DUE"), floor=None, side="equity", why="energy in the game"),
    AccountClass("issuer:co2e", ("CO2E",), floor=None, side="equity", why="avoided emission that was counted"),
    AccountClass("person:$id:bubble:$lot", ("GREEN",), short="green.lot_collected", passing=True,
                 why="energy of one behaviour, until it is collected or expires"),
    AccountClass("person:$id:due", ("DUE",), short="green.energy_short", why="energy to be given back"),
    AccountClass("person:$id:avoided", ("CO2E",), short="green.lot_reversed", why="emission a person avoided"),
    AccountClass("green:expired", ("GREEN",), short="green.lot_expired", why="energy nobody collected"),
), records=(
    models.Grant, models.Source, models.Rides, models.Person, models.Tally, models.Friend, models.Pace, models.Factor,
    models.Series, models.Report,
), followers=(
    Follower("green.intake", followers.take_in, behaviours.ACTS, looks=True),
    Follower("green.report", followers.read_report, ("green.report",)),
), dues=(
    Due("green.expire", followers.find_expired),
    Due("green.parked", followers.find_parked),
))
