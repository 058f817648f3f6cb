"""Forests: last trees, gapless numbers, teams, charities that are paid for what lives, and land that is sold once."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

import book
import pytest
from foresttown import PRICE, certificates, project, square, sums, town, whole
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paytown import asked, at, do, done, give, has

from saxaul.engine.followers import tick
from saxaul.kernel import times
from saxaul.programmes.forest import certificates as numbers
from saxaul.programmes.forest import common, geometry, orders

SAXAUL = 17_900
DAY = times.DAY
PLANT = {"project": "p006-2022s"}


def test_the_energy_of_seed_004_plants_a_willow_a_pine_and_a_saxaul(clerk: Any) -> None:
    town(clerk, ("guo",), energy=183_790)
    for place, species in enumerate(("sand_willow", "scots_pine", "saxaul")):
        done(clerk, "forest.open_project", project(f"p00{place + 1}-2022s", place=place, species=species), "system")
    left = [done(clerk, "forest.plant", {"project": f"p00{n}-2022s"}, "guo")["left"] for n in (1, 2, 3)]
    assert left == ["164110 GREEN", "17900 GREEN", "0 GREEN"]
    answer = do(clerk, "forest.plant", {"project": "p003-2022s"}, "guo")
    assert (answer.code, answer.facts) == ("green.energy_short", {"need": "17900 GREEN", "free": "0 GREEN"})
    assert [certificates(clerk, f"p00{n}-2022s")[0][0] for n in (1, 2, 3)] == [
        numbers.number(f"p00{n}-2022s", 1) for n in (1, 2, 3)
    ]
    assert [sums(clerk, f"p00{n}-2022s")["escrow"] for n in (1, 2, 3)] == [PRICE] * 3
    assert [has(clerk, f"person:{at('guo')}:trees", f"TREE.p00{n}-2022s/0") for n in (1, 2, 3)] == [1, 1, 1]
    whole(clerk)


def test_forest_no_6_is_4340_mu_of_50_trees_each(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    clock.set(times.start_of_day("2018-03-20"))
    town(clerk)
    side = 16_980  # millionths of a degree north; the land of the forest is 1,885 by 1,535 metres and so on
    ring = [[103_000_000, 38_000_000], [103_017_516, 38_000_000], [103_017_516, 38_000_000 + side],
            [103_000_000, 38_000_000 + side]]  # fmt: skip
    mu_tenths = geometry.area(tuple(map(tuple, ring))) * 30 // 200_000
    assert 43_400 <= mu_tenths <= 43_500
    ask = project("p006-2018s", room=217_000, parcels=[{"ring": ring, "room": 217_000}], starts="2018-03-01",
                  ends="2018-06-01")  # fmt: skip
    assert done(clerk, "forest.open_project", ask, "system")["quota"] == 217_000 == 4_340 * 50
    assert 217_000 * SAXAUL == 3_884_300_000
    assert numbers.number("p006-2018s", 1) == "P006-2018S-0000001-Z"
    assert numbers.number("p006-2018s", 217_000) == "P006-2018S-0217000-A"
    dense = project(
        "p007-2018s", parcels=[{"ring": square(3), "room": 200_000}], starts="2018-03-01", ends="2018-06-01"
    )
    assert do(clerk, "forest.open_project", dense, "system").code == "request.field_invalid"


def test_two_who_want_the_last_tree_are_one_planter(clerk: Any) -> None:
    town(clerk)
    done(clerk, "forest.open_project", project(room=1), "system")
    codes = [
        answer.code for answer in clerk.turn([asked(clerk, "forest.plant", PLANT, who) for who in ("zhang", "li")])
    ]
    assert codes == ["", "tree.stock_exhausted"]
    assert [has(clerk, f"person:{at(who)}:green", "GREEN/0") for who in ("zhang", "li")] == [20_000 - SAXAUL, 20_000]
    assert sums(clerk) == {"stock": 0, "issued": 1, "spent": SAXAUL, "pool": 0, "escrow": PRICE, "opened": 1}
    whole(clerk)


def test_a_joint_forest_ends_exactly_at_its_quota_with_300_at_the_gate(clerk: Any) -> None:
    people = tuple(f"p{n}" for n in range(300))
    town(clerk, people)
    done(clerk, "forest.open_project", project(room=217, joint=True, budget="0.00 CNY"), "system")
    assert do(clerk, "forest.plant", PLANT, "p0").code == "tree.pool_suspended"
    assert done(clerk, "forest.pledge", {"project": "p006-2022s", "amount": "980.83 CNY"}, "bo")["stage"] == "waiting"
    assert do(clerk, "forest.plant", PLANT, "p0").code == "tree.pool_suspended"
    assert done(clerk, "forest.pledge", {"project": "p006-2022s", "amount": "0.01 CNY"}, "bo")["stage"] == "open"
    asks = [asked(clerk, "forest.plant", PLANT, who) for who in people]
    codes = [answer.code for answer in clerk.turn(asks)]
    assert (codes.count(""), codes.count("tree.stock_exhausted")) == (217, 83)
    assert [answer.code for answer in clerk.turn(asks)] == codes  # asked again, all answers stay
    rows = certificates(clerk)
    assert [row[1] for row in rows] == list(range(1, 218)) and rows[-1][0] == numbers.number("p006-2022s", 217)
    green = [has(clerk, f"person:{at(who)}:green", "GREEN/0") for who in people]
    assert sorted(green) == [20_000 - SAXAUL] * 217 + [20_000] * 83
    assert sums(clerk)["spent"] == 217 * SAXAUL and sums(clerk)["escrow"] == 217 * PRICE
    whole(clerk)


def test_the_sponsors_last_money_is_for_one_tree(clerk: Any) -> None:
    town(clerk)
    done(clerk, "forest.open_project", project(budget="9.03 CNY"), "system")  # one price and a fen less than another
    asks = [asked(clerk, "forest.plant", PLANT, who) for who in ("zhang", "li", "wu")]
    assert [answer.code for answer in clerk.turn(asks)] == ["", "tree.pool_exhausted", "tree.pool_exhausted"]
    assert sums(clerk)["pool"] == 451
    whole(clerk)


def test_a_last_drop_and_a_dissolution_have_one_winner(clerk: Any) -> None:
    town(clerk)
    done(clerk, "forest.open_project", project(), "system")
    for first in ("drop", "end"):
        team = done(clerk, "forest.open_team", PLANT | {"kind": "couple"}, "zhang")["team"]
        done(clerk, "forest.join_team", {"team": team}, "li")
        give(clerk, {f"team:{team}:green GREEN/0": "12900 GREEN"}, forest_share={
            f"{team}:{at('zhang')}": {"team": team, "member": at("zhang"), "grams": 12_900}
        })  # fmt: skip
        drop = asked(clerk, "forest.add_energy", {"team": team, "grams": 5_000}, "li")
        end = asked(clerk, "forest.dissolve_team", {"team": team}, "zhang")
        both = [drop, end] if first == "drop" else [end, drop]
        codes = {one.act: answer.code for one, answer in zip(both, clerk.turn(both), strict=True)}
        if first == "drop":
            assert codes == {"forest.add_energy": "", "forest.dissolve_team": "tree.team_complete"}
            assert has(clerk, f"team:{team}:trees", "TREE.p006-2022s/0") == 1
            (row,) = clerk.records("forest_certificate", [numbers.number("p006-2022s", 1)])
            assert row.shares == f"{at('zhang')}:12900 {at('li')}:5000"
        else:
            assert codes == {"forest.add_energy": "request.stage_wrong", "forest.dissolve_team": ""}
            assert has(clerk, f"person:{at('li')}:green", "GREEN/0") == 15_000
        assert has(clerk, f"team:{team}:green", "GREEN/0") == 0
    whole(clerk)


def test_a_member_gives_a_days_part_and_has_it_back_when_leaving(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    done(clerk, "forest.open_project", project(), "system")
    team = done(clerk, "forest.open_team", PLANT | {"kind": "family"}, "zhang")["team"]
    done(clerk, "forest.join_team", {"team": team}, "li")
    done(clerk, "forest.add_energy", {"team": team, "grams": 3_000}, "li")
    answer = do(clerk, "forest.add_energy", {"team": team, "grams": 2_001}, "li")
    assert (answer.code, answer.facts["left"]) == ("tree.day_exceeded", "2000 GREEN")
    clock.set(clock() + DAY)
    done(clerk, "forest.add_energy", {"team": team, "grams": 4_000}, "li")
    assert done(clerk, "forest.leave_team", {"team": team}, "li")["gathered"] == "0 GREEN"
    assert has(clerk, f"person:{at('li')}:green", "GREEN/0") == 20_000
    assert do(clerk, "forest.add_energy", {"team": team, "grams": 1}, "li").code == "tree.member_missing"
    assert done(clerk, "forest.leave_team", {"team": team}, "zhang")["stage"] == "dissolved"
    whole(clerk)


def test_two_officers_open_a_project_and_one_alone_does_not(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    ask = {"act": "forest.open_project", "ask": project(), "reason": "contract-6"}
    proposal = done(clerk, "desk.propose", ask, "wang")["proposal"]
    assert do(clerk, "desk.approve", {"proposal": proposal}, "wang").code == "actor.approver_same"
    assert done(clerk, "desk.approve", {"proposal": proposal}, "chen")["done"]["quota"] == 10
    again = done(clerk, "desk.propose", ask | {"ask": project("p007-2022s")}, "chen")["proposal"]  # the same land
    assert do(clerk, "desk.approve", {"proposal": again}, "wang").code == "tree.parcel_overlaps"
    whole(clerk)


def test_after_the_season_the_rest_goes_back_once(clerk: Any, clock: book.Clock) -> None:
    town(clerk)
    done(clerk, "forest.open_project", project(), "system")
    done(clerk, "forest.plant", PLANT, "zhang")
    clock.set(times.start_of_day("2022-11-01") - 1)
    done(clerk, "forest.plant", PLANT, "li")
    clock.set(times.start_of_day("2022-11-01"))
    assert do(clerk, "forest.plant", PLANT, "wu").code == "tree.season_closed"
    before = has(clerk, f"sponsor:{at('company')}", "CNY/2")
    dues = [one for one in clerk.declarations.programmes if one.name == "forest"][0].dues
    assert tick(dues, clerk.store, clerk.turn, clock()) == 1
    assert tick(dues, clerk.store, clerk.turn, clock()) == 0
    assert has(clerk, f"sponsor:{at('company')}", "CNY/2") == before + 8 * PRICE
    assert sums(clerk) == {"stock": 0, "issued": 2, "spent": 2 * SAXAUL, "pool": 0, "escrow": 2 * PRICE, "opened": 2}
    whole(clerk)


def look(order: str, year: int, sample: int, alive: int) -> dict[str, Any]:
    return {"order": order, "year": year, "sample": sample, "alive": alive, "document": "d" * 64}


def test_a_charity_is_paid_for_what_lives_and_plants_again_what_died(clerk: Any, clock: book.Clock) -> None:
    people = tuple(f"p{n}" for n in range(40))
    town(clerk, people)
    done(clerk, "forest.open_project", project(room=40), "system")
    clerk.turn([asked(clerk, "forest.plant", PLANT, who) for who in people])
    done(clerk, "forest.withdraw_certificate", {"certificate": numbers.number("p006-2022s", 7)}, "p6")
    order = done(clerk, "forest.order", PLANT, "wang")
    assert (order["first"], order["last"], order["trees"], order["money"]) == (1, 40, 39, "176.28 CNY")
    key = order["order"]
    late = {"certificate": numbers.number("p006-2022s", 8)}
    assert do(clerk, "forest.withdraw_certificate", late, "p7").code == "request.stage_wrong"
    assert do(clerk, "forest.pay_tranche", {"order": key, "year": 0}, "wang").code == "tree.inspection_missing"
    done(clerk, "forest.report_planted", {"order": key}, "mei")
    assert do(clerk, "forest.inspect", look(key, 0, 39, 39), "mei").code == "actor.approver_same"
    done(clerk, "forest.inspect", look(key, 0, 39, 39), "sun")
    assert done(clerk, "forest.pay_tranche", {"order": key, "year": 0}, "wang")["paid"] == "88.15 CNY"
    assert do(clerk, "forest.inspect", look(key, 1, 20, 15), "sun").code == "request.stage_wrong"
    clock.set(clock() + 365 * DAY)
    found = done(clerk, "forest.inspect", look(key, 1, 20, 15), "sun")
    assert (found["living"], found["needed"], found["missing"]) == (29, 34, 5)
    paid = done(clerk, "forest.pay_tranche", {"order": key, "year": 1}, "wang")
    assert paid["replant"] == 5 and has(clerk, f"charity:{at('planters')}:replant", "REPLANT.p006-2022s/0") == 5
    done(clerk, "forest.replanted", {"order": key, "trees": 2, "document": "e" * 64}, "sun")
    assert done(clerk, "forest.replanted", {"order": key, "trees": 3, "document": "e" * 64}, "sun")["replant"] == 0
    clock.set(clock() + 730 * DAY)
    done(clerk, "forest.inspect", look(key, 3, 39, 39), "sun")
    done(clerk, "forest.pay_tranche", {"order": key, "year": 3}, "wang")
    assert has(clerk, f"charity:{at('planters')}", "CNY/2") == 39 * PRICE and sums(clerk)["escrow"] == 0
    (row,) = clerk.records("forest_order", [key])
    assert (row.stage, row.paid, row.kept, row.debt, row.version) == ("year_3", 39 * PRICE, 0, 0, 3)
    whole(clerk)


@pytest.mark.parametrize("graph", [common.PROJECT, common.ORDER, common.CERTIFICATE, common.TEAM])
def test_a_life_begins_at_the_start_and_every_stage_is_reached(graph: dict[tuple[str, str], str]) -> None:
    reached = {""}
    for _ in graph:
        reached |= {after for (before, _act), after in graph.items() if before in reached}
    assert reached >= {before for before, _ in graph} | set(graph.values())


def test_an_order_goes_its_way_step_by_step_and_no_other(sqlite_clerk: Any, clock: book.Clock) -> None:
    clerk = sqlite_clerk
    town(clerk)
    done(clerk, "forest.open_project", project(), "system")
    done(clerk, "forest.plant", PLANT, "zhang")
    key = done(clerk, "forest.order", PLANT, "wang")["order"]
    steps = {
        "forest.report_planted": ({"order": key}, "mei"), "forest.inspect 0": (look(key, 0, 1, 1), "sun"),
        "forest.inspect 1": (look(key, 1, 1, 1), "sun"), "forest.inspect 3": (look(key, 3, 1, 1), "sun"),
    }  # fmt: skip
    for right in steps:
        clock.set(clock() + 1_100 * DAY)
        for wrong, (ask, who) in steps.items():
            if wrong != right:
                assert do(clerk, wrong.partition(" ")[0], ask, who).code == "request.stage_wrong", (right, wrong)
        ask, who = steps[right]
        done(clerk, right.partition(" ")[0], ask, who)
    whole(clerk)


def test_land_is_protected_in_shares_and_never_more_than_there_is(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk)
    ring = square(side=30)  # some nine square metres
    area = geometry.area(tuple(map(tuple, ring)))
    room = area // 100
    land = project("l001-2022s", kind="land", species="", energy=2_000, energy_source="minute 4", share=100,
                   parcels=[{"ring": ring, "room": room + 1}])  # fmt: skip
    assert do(clerk, "forest.open_project", land, "system").code == "request.field_invalid"
    land["parcels"] = [{"ring": ring, "room": room}]
    done(clerk, "forest.open_project", land, "system")
    give(
        clerk, {f"person:{at('zhang')}:green GREEN/0": "1000000 GREEN", "campaign:l001-2022s:pool CNY/2": "500.00 CNY"}
    )
    codes = [do(clerk, "forest.protect", {"project": "l001-2022s"}, "zhang").code for _ in range(room + 1)]
    assert codes == [""] * room + ["tree.stock_exhausted"]
    assert has(clerk, f"person:{at('zhang')}:trees", "LAND.l001-2022s/0") == room * 100 <= area
    whole(clerk)


def test_trees_of_several_parcels_stand_where_there_is_room(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    town(clerk, energy=200_000)
    parcels = [{"ring": square(0), "room": 2}, {"ring": square(1), "room": 1}]
    done(clerk, "forest.open_project", project(room=3, parcels=parcels), "system")
    made = [done(clerk, "forest.plant", PLANT, "zhang")["certificate"] for _ in range(3)]
    done(clerk, "forest.withdraw_certificate", {"certificate": made[0]}, "zhang")
    made.append(done(clerk, "forest.plant", PLANT, "li")["certificate"])
    rows = clerk.records("forest_certificate", made)
    assert [row.parcel for row in rows] == ["p006-2022s:1", "p006-2022s:1", "p006-2022s:2", "p006-2022s:1"]
    assert [row.serial for row in rows] == [1, 2, 3, 4]
    whole(clerk)


MOVES = st.sampled_from(
    ["plant", "plant", "plant", "withdraw", "team", "drop", "drop", "drop", "leave", "end", "order", "crash", "again"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.tuples(MOVES, st.integers(0, 5), st.integers(0, 5)), min_size=8, max_size=60))
def test_whatever_people_do_and_wherever_the_clerk_dies_the_sums_hold(moves: list[tuple[str, int, int]]) -> None:
    people = ("zhang", "li", "wu", "a", "b", "c")
    with tempfile.TemporaryDirectory() as folder:
        dsn, clock = book.sqlite_dsn(Path(folder)), book.Clock()
        clerk = book.open_clerk(dsn, clock)
        town(clerk, people, energy=60_000)
        done(clerk, "forest.open_project", project(room=7), "system")
        teams = [done(clerk, "forest.open_team", PLANT | {"kind": "family"}, "zhang")["team"]]
        last: list[Any] = []
        for move, one, two in moves:
            clock.set(clock() + DAY // 2)
            who, team = people[one], {"team": teams[two % len(teams)]}
            if move == "crash":
                clerk.close(checkpoint=bool(two % 2))
                clerk = book.open_clerk(dsn, clock)
            elif move == "again" and last:
                assert all(answer.hit or not answer.entry for answer in clerk.turn(last))
            elif move == "team":
                answer = do(clerk, "forest.open_team", PLANT | {"kind": "family"}, who)
                teams += [answer.receipt["team"]] if not answer.code else []
            else:
                last = _asks(clerk, move, who, team, certificates(clerk), two)
                clerk.turn(last)
            _sums_hold(clerk, people)
        whole(clerk)
        clerk.close()


def _asks(clerk: Any, move: str, who: str, team: dict[str, str], known: list[Any], two: int) -> list[Any]:
    if move == "plant":
        return [asked(clerk, "forest.plant", PLANT, who) for _ in range(2)]
    if move == "withdraw":
        numbered = [{"certificate": known[two % len(known)][0]}] if known else []
        return [asked(clerk, "forest.withdraw_certificate", one, who) for one in numbered * 2]
    if move == "drop":
        return [asked(clerk, "forest.join_team", team, who),
                asked(clerk, "forest.add_energy", team | {"grams": 900 + 1_000 * two}, who)]  # fmt: skip
    if move == "order":
        return [asked(clerk, "forest.order", PLANT, "wang")]
    return [asked(clerk, {"leave": "forest.leave_team", "end": "forest.dissolve_team"}.get(move, "forest.plant"),
                  team if move in ("leave", "end") else PLANT, who)]  # fmt: skip


def _sums_hold(clerk: Any, people: tuple[str, ...]) -> None:
    found, rows = sums(clerk), certificates(clerk)
    living = [row for row in rows if row[3] != "withdrawn"]
    assert found["stock"] + len(living) == 7 == found["opened"]
    assert [row[1] for row in rows] == list(range(1, found["issued"] + 1))
    assert found["spent"] == SAXAUL * len(living)
    assert found["pool"] + found["escrow"] == 7 * PRICE and found["escrow"] == len(living) * PRICE
    teams = [row[0] for row in clerk.store.query("SELECT key FROM forest_team")]
    given_up = sum(has(clerk, f"team:{key}:green", "GREEN/0") for key in teams)
    kept = sum(has(clerk, f"person:{at(who)}:green", "GREEN/0") for who in people)
    assert found["spent"] + given_up + kept == 60_000 * len(people)
    shares = clerk.store.query(
        "SELECT COALESCE(SUM(s.grams), 0) FROM forest_share s JOIN forest_team t ON t.key = s.team "
        "WHERE t.stage = 'open'"
    )[0][0]
    assert shares == given_up


# ---------------------------------------------------------------------------------------------------- numbers and land


def test_the_published_example_of_the_check_character_and_every_wrong_letter() -> None:
    assert numbers.check_character("A12425GABC1234002") == "M"
    right = "P006-2018S-0217000-A"
    assert numbers.read(right.lower().replace("-", "")) == right
    for place, letter in enumerate(right):
        for other in numbers.ALPHABET if letter != "-" else "":
            if other != letter:
                assert numbers.read(right[:place] + other + right[place + 1 :]) == "", (place, other)


small = st.integers(0, 8)


@settings(max_examples=150, deadline=None)
@given(one=st.lists(st.tuples(small, small), min_size=3, max_size=6, unique=True),
       other=st.lists(st.tuples(small, small), min_size=3, max_size=6, unique=True))  # fmt: skip
def test_parcels_overlap_exactly_where_a_fine_grid_finds_common_ground(one: Any, other: Any) -> None:
    ours, theirs = tuple(one), tuple(other)
    if geometry.fault(ours) or geometry.fault(theirs):
        return
    assert geometry.overlaps(ours, theirs) == geometry.overlaps(theirs, ours)
    fine = [(2 * x + 1, 2 * y + 1) for x, y in itertools.product(range(64), repeat=2)]  # sixteenths, off all corners
    scaled = [tuple((16 * x, 16 * y) for x, y in ring) for ring in (ours, theirs)]
    common_ground = any(all(_inside(ring, point) for ring in scaled) for point in fine)
    if common_ground:
        assert geometry.overlaps(ours, theirs)
    area = sum(abs(geometry.doubled(part)) for part in geometry.triangles(ours))
    assert area == abs(geometry.doubled(ours))


def _inside(ring: Any, point: tuple[int, int]) -> bool:
    """By counting edges to the east: another way than the one that is tested."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (ay > y) != (by > y) and (x - ax) * abs(by - ay) < (bx - ax) * (y - ay) * (1 if by > ay else -1):
            inside = not inside
    return inside


def test_a_square_kilometre_in_the_desert_is_measured_on_the_ellipsoid() -> None:
    """Metres of a degree at 38 north by the published series of geodesy: 110,995.6 north, 87,832.4 east."""
    ring = tuple(map(tuple, square(side=10_000)))
    middle = 38.005  # degrees
    assert abs(geometry.area(ring) / 100 - 1_109.96 * 878.30) < 60, middle


def test_what_the_sample_says_of_the_whole_is_the_interval_of_wilson() -> None:
    assert orders.interval(60, 80) == (645, 832)  # 64.5 % to 83.2 %, as the textbook formula gives
    assert orders.interval(0, 10) == (0, 278) and orders.interval(10, 10) == (722, 1_000)
