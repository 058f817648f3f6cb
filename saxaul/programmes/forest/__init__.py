"""Forests: energy becomes trees and protected land, with certificates, planting charities and honest evidence."""

from typing import Any

from saxaul.engine import AccountClass, Act, Due, Programme
from saxaul.programmes.forest import dues, evidence, models, orders, planting, projects, teams

CITIZEN, OFFICER, SPONSOR = ("citizen",), ("officer", "system"), ("manager",)
CHARITY, INSPECTOR, TOOL = ("manager",), ("officer", "manager"), ("officer", "service", "system")

MISSING, STAGE, FIELD = ("request.object_missing",), ("request.stage_wrong",), ("request.field_invalid",)
CLOSED = ("tree.season_closed", "tree.pool_suspended", "tree.stock_exhausted", "tree.pool_exhausted")
ENERGY, PROOF, SAME = ("green.energy_short",), ("certificate.proof_wrong",), ("actor.approver_same",)
MEMBER, COMPLETE = ("tree.member_missing",), ("tree.team_complete",)
PICTURES = ("evidence.parcel_outside", "evidence.pixels_same", "evidence.scale_mismatch", "evidence.season_mismatch")
TWO = dict[str, Any](two_officers=True)

p, t, o, w = projects, teams, orders, planting

# fmt: off
PROGRAMME = Programme(name="forest", title="Trees, protected land and their certificates", acts=(
    Act("forest.open_project", p.OpenProject, p.open_project, p.Opened, OFFICER,
        ("actor.second_missing", "campaign.escrow_short", "tree.parcel_overlaps") + MISSING + STAGE + FIELD, **TWO),
    Act("forest.pledge", p.Pledge, p.pledge, p.Staged, SPONSOR, ("wallet.funds_short",) + MISSING + STAGE + FIELD),
    Act("forest.suspend_project", p.Named, p.suspend_project, p.Staged, OFFICER, MISSING + STAGE),
    Act("forest.resume_project", p.Named, p.resume_project, p.Staged, OFFICER, MISSING + STAGE),
    Act("forest.close_project", p.Named, p.close_project, p.Closed, OFFICER, MISSING + STAGE),
    Act("forest.plant", w.Plant, w.plant, w.Planted, CITIZEN, CLOSED + ENERGY + MISSING),
    Act("forest.protect", w.Plant, w.protect, w.Planted, CITIZEN, CLOSED + ENERGY + MISSING),
    Act("forest.withdraw_certificate", w.Certified, w.withdraw_certificate, w.Withdrawn, CITIZEN,
        PROOF + MISSING + STAGE),
    Act("forest.show_name", w.ShowName, w.show_name, w.NameShown, CITIZEN,
        ("consent.purpose_missing",) + PROOF + MISSING),
    Act("forest.open_team", t.OpenTeam, t.open_team, t.TeamShown, CITIZEN, CLOSED + MISSING),
    Act("forest.join_team", t.Teamed, t.join_team, t.TeamShown, CITIZEN, COMPLETE + MISSING + STAGE),
    Act("forest.add_energy", t.AddEnergy, t.add_energy, t.TeamShown, CITIZEN,
        ("tree.day_exceeded",) + MEMBER + COMPLETE + CLOSED + ENERGY + MISSING + STAGE),
    Act("forest.leave_team", t.Teamed, t.leave_team, t.TeamShown, CITIZEN, MEMBER + COMPLETE + MISSING + STAGE),
    Act("forest.dissolve_team", t.Teamed, t.dissolve_team, t.TeamShown, CITIZEN, MEMBER + COMPLETE + MISSING + STAGE),
    Act("forest.order", o.OrderTrees, o.order, o.Ordered, OFFICER, MISSING + STAGE),
    Act("forest.report_planted", o.Reported, o.report_planted, o.Staged, CHARITY, MISSING + STAGE),
    Act("forest.inspect", o.Inspect, o.inspect, o.Inspected, INSPECTOR, SAME + MISSING + STAGE + FIELD),
    Act("forest.pay_tranche", o.PayTranche, o.pay_tranche, o.TranchePaid, OFFICER,
        ("tree.inspection_missing",) + SAME + MISSING + STAGE),
    Act("forest.replanted", o.Replant, o.replanted, o.TranchePaid, INSPECTOR,
        ("tree.inspection_missing",) + SAME + MISSING + FIELD),
    Act("forest.record_evidence", evidence.RecordEvidence, evidence.record_evidence, evidence.Recorded, TOOL,
        PICTURES + MISSING),
), accounts=(
    AccountClass("issuer:project", ("TREE", "LAND", "SERIAL", "REPLANT"), floor=None, side="equity",
                 why="trees, land, numbers and debts of trees in the world"),
    AccountClass("project:$id:stock", ("TREE", "LAND"), short="tree.stock_exhausted", why="what may be planted"),
    AccountClass("project:$id:issued", ("SERIAL",), why="the last certificate number that was given"),
    AccountClass("project:$id:green", ("GREEN",), why="energy that became trees"),
    AccountClass("person:$id:trees", ("TREE", "LAND"), why="a person's trees and land"),
    AccountClass("team:$id:trees", ("TREE", "LAND"), why="a tree that a team planted together"),
    AccountClass("team:$id:green", ("GREEN",), short="tree.team_complete", why="energy gathered for one tree"),
    AccountClass("charity:$id:escrow:$project", ("CNY",), why="money for trees that are not inspected yet"),
    AccountClass("charity:$id:replant", ("REPLANT",), why="trees that have to be planted again"),
), records=(
    models.Project, models.Parcel, models.Cell, models.Certificate, models.Team, models.Share, models.Order,
    models.Inspection, models.Picture, models.Evidence,
), dues=(
    Due("forest.close_project", dues.find_over),
))
