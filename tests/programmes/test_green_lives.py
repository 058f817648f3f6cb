"""Random lives of a small town with its clerk killed in the middle, and robots beside honest people."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import book
import pytest
from greentown import DAY, HOUR, at, befriended, bubble, done, follow, lot_of, paid_bill, recording, swept, town
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paytown import asked, do

from saxaul.engine.followers import Pages
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.green import figures, robots
from saxaul.programmes.green.invariants import INVARIANTS
from saxaul.programmes.green.robots import Rule

PEOPLE = ("zhang", "li", "wu")
EARNED = {"train_booking": 136, "metro_ride": 52, "utility_bill": 262, "hospital_visit": 277, "no_bag": 12}
CAPS = {"train_booking": 10, "metro_ride": 5, "utility_bill": 10, "hospital_visit": 5}
START = times.start_of_day("2022-06-01")
RULE = Rule(seconds=2, least=5, percent=50, days=2, pause_hours=24)

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ("act", "act", "act", "collect", "take", "water", "revive", "reverse", "wait", "sweep", "kill", "walk")
        ),
        st.sampled_from(PEOPLE), st.sampled_from(sorted(EARNED)), st.integers(0, 60),
    ),
    min_size=8, max_size=45,
)  # fmt: skip


class Life:
    """One life: what was done, and who should have avoided how much by a count of our own."""

    def __init__(self, folder: Path) -> None:
        self.dsn, self.clock = book.sqlite_dsn(folder), book.Clock()
        self.clerk = book.open_clerk(self.dsn, self.clock)
        self.lots: list[tuple[str, str, str]] = []  # owner, lot, origin
        self.avoided = dict.fromkeys(PEOPLE, 0)
        town(self.clerk)
        for one, two in (("zhang", "li"), ("li", "wu"), ("wu", "zhang")):
            befriended(self.clerk, one, two)

    def live(self, what: str, who: str, behaviour: str, number: int) -> None:
        if what == "act":
            self.record(who, behaviour, number)
        elif what == "walk":
            lot = lot_of(self.clerk, who, "walk", f"w{len(self.lots)}", activity=number * 500)
            self.lots.append((who, lot, f"w{len(self.lots)}"))
        elif what == "wait":
            self.clock.now += number * HOUR
        elif what == "sweep":
            swept(self.clerk)
        elif what == "kill":
            self.clerk.store.close()
            self.clerk = book.open_clerk(self.dsn, self.clock)
        elif what == "water":
            sizes = (10, 18, 33, 66)
            other = PEOPLE[(PEOPLE.index(who) + 1) % 3]
            do(self.clerk, "green.water", {"person": at(other), "grams": sizes[number % 4]}, who)
        elif self.lots:
            self.use(what, who, number)

    def record(self, who: str, behaviour: str, number: int) -> None:
        origin = f"o{len(self.lots)}"
        asks = recording(self.clerk, who, behaviour, origin, activity=number * 100)
        (first,) = self.clerk.turn([asks])
        assert not first.code, first
        (grant,) = first.receipt["grants"]
        self.avoided[who] += int(grant["co2e"].split()[0])
        self.lots.append((who, grant["lot"], origin))
        again = self.clerk.turn([recording(self.clerk, who, behaviour, origin, activity=number * 100)])
        assert again[0].receipt == first.receipt

    def use(self, what: str, who: str, number: int) -> None:
        owner, lot, origin = self.lots[number % len(self.lots)]
        if what == "collect":
            do(self.clerk, "green.collect", {"lots": [lot]}, owner)
        elif what == "take":
            do(self.clerk, "green.collect_friend", {"lot": lot}, who)
        elif what == "revive":
            do(self.clerk, "green.revive", {"lot": lot}, who)
        elif what == "reverse":
            (row,) = self.clerk.records("green_grant", [lot])
            answer = do(self.clerk, "green.reverse", {"origin": row.origin, "source": "journal"}, "system")
            if not answer.code and answer.receipt["lots"]:
                self.avoided[owner] -= int(answer.receipt["co2e"].split()[0])

    def holds(self) -> None:
        """What must always be true, each by another route than the acts."""
        store, owned = self.clerk.store, {}
        for debit, credit, asset, units in store.query("SELECT debit, credit, asset, units FROM posting"):
            owned[debit, asset] = owned.get((debit, asset), 0) - units
            owned[credit, asset] = owned.get((credit, asset), 0) + units
        for (address, asset), units in owned.items():
            assert units >= 0 or address.startswith("issuer:"), f"{address} has {units} of {asset}"
        for asset in {asset for _, asset in owned}:
            assert sum(units for (_, kind), units in owned.items() if kind == asset) == 0
        lines = [(address, asset, units) for (address, asset), units in owned.items()]
        for name, rule in INVARIANTS:
            assert not list(rule(lines)), name
        for who in PEOPLE:
            assert owned.get((f"person:{at(who)}:avoided", "CO2E/0"), 0) == self.avoided[who]
        published = sum(row.mg for row in figures.avoided(store))
        assert published == -owned.get(("issuer:co2e", "CO2E/0"), 0) == sum(self.avoided.values())
        self.lots_are_pending(owned)
        self.caps_hold()

    def lots_are_pending(self, owned: dict[tuple[str, str], int]) -> None:
        pending = {address.split(":")[3]: units for (address, _), units in owned.items() if ":bubble:" in address}
        fields = "key, grams, gathered, taken, rest, stage, expires_at"
        for key, grams, gathered, taken, _rest, stage, ends in self.clerk.store.query(
            f"SELECT {fields} FROM green_grant"
        ):
            left = pending.get(key, 0)
            assert stage == "open" or not left, f"{stage} and {left} g"
            if stage == "open":
                assert left == grams - taken and left >= -(-grams * 60 // 100)
                assert self.clock.now < ends or swept_later(self.clerk, key)
            assert gathered + taken <= grams

    def caps_hold(self) -> None:
        rows = self.clerk.store.query("SELECT person, behaviour, day, grams FROM green_grant WHERE grams > 0")
        counted: dict[tuple[str, str, str], list[int]] = {}
        for person, behaviour, day, grams in rows:
            window = day if behaviour in ("metro_ride", "walk") else day[:7]
            counted.setdefault((person, behaviour, window), []).append(grams)
        for (_, behaviour, _), grams in counted.items():
            if behaviour == "walk":
                assert sum(grams) <= 296
            elif behaviour in CAPS:
                assert len(grams) <= CAPS[behaviour] and set(grams) == {EARNED[behaviour]}


def swept_later(clerk: Any, key: str) -> bool:
    """Whether a bubble that is over can still be found by the sweep."""
    from saxaul.programmes.green.followers import find_expired

    return any(one.ask.lot == key for one in find_expired(clerk.store, clerk.clock()))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=steps)
def test_whatever_happens_and_whenever_the_clerk_dies_the_books_of_energy_hold(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str, int]]
) -> None:
    life = Life(tmp_path_factory.mktemp("life"))
    try:
        for step in steps:
            life.live(*step)
        life.holds()
        life.clock.now += 30 * DAY
        swept(life.clerk)
        life.holds()
        found = check(life.clerk.store, life.clerk.declarations.chart, life.clerk.declarations.tables).findings
        assert not found, found
    finally:
        life.clerk.close(checkpoint=False)


# ------------------------------------------------------------------------------------------------------------- robots


def _paused(takes: list[tuple[int, int]], days: int) -> bool:
    """Whether somebody who took at these instants (take, ripe) was ever paused."""
    row: dict[str, Any] = {}
    for now, ripe in sorted(takes):
        day = times.day(now)
        wave = START + (ripe - START) // DAY * DAY + 7 * HOUR
        row = robots.noted(row, RULE, now=now, ripe_at=ripe, day=day, wave=wave)
        if row["paused_until"] > now:
            return True
    return False


def _bubbles(chance: random.Random, day: int, friends: int) -> list[int]:
    """When friends' bubbles ripen: a third in the morning wave, the others when yesterday's acts were."""
    start = START + day * DAY
    found = []
    for _ in range(friends * 3):
        spread = start + 7 * HOUR + int(chance.gauss(5.5, 3) * HOUR)
        found.append(start + 7 * HOUR if chance.random() < 0.33 else max(start + 7 * HOUR + 1, spread))
    return found


def _honest(chance: random.Random, days: int) -> list[tuple[int, int]]:
    """Opens the page some times a day, takes what is ripe, one bubble every two seconds; some stay and stare."""
    takes, eager = [], chance.random()
    for day in range(days):
        ripe, start = _bubbles(chance, day, chance.randrange(3, 40)), START + day * DAY
        opened = [start + 7 * HOUR + chance.randrange(900) * times.SECOND] if eager > 0.6 else []
        opened += [start + int(chance.uniform(7, 23) * HOUR) for _ in range(chance.randrange(1, 4 + int(eager * 16)))]
        for moment in sorted(opened):
            stay = moment + chance.randrange(30, 600 if eager < 0.9 else 3_600) * times.SECOND
            now = moment
            for one in sorted(ripe):
                if one > stay:
                    break
                now = max(now + chance.randrange(1_500_000, 4_000_000), one + chance.randrange(600_000, 9_000_000))
                takes.append((now, one))
            ripe = [one for one in ripe if one > stay]
    return takes


def _robot(chance: random.Random, days: int) -> list[tuple[int, int]]:
    """A timer for the instant each bubble ripens, as the public tool sets it."""
    return [
        (ripe + chance.randrange(50_000, 1_500_000), ripe)
        for day in range(days)
        for ripe in _bubbles(chance, day, chance.randrange(5, 60))
    ]


def test_the_public_robot_is_recognised_and_honest_people_are_left_alone() -> None:
    chance, days = random.Random(20_180_513), 10
    honest = sum(_paused(_honest(chance, days), days) for _ in range(2_000))
    caught = sum(_paused(_robot(chance, days), days) for _ in range(200))
    assert honest * 1_000 <= 5 * 2_000, f"{honest} of 2,000 honest people were paused"
    assert caught >= 198, f"{caught} of 200 robots were paused"


def test_a_robot_is_paused_told_why_and_may_appeal_and_its_own_bubbles_stay_its_own(sqlite_clerk: Any) -> None:
    clerk, clock = sqlite_clerk, sqlite_clerk.clock
    town(clerk)
    befriended(clerk, "zhang", "li")
    codes = []
    for day in range(3):
        start = times.start_of_day("2022-06-03") + day * DAY + (10 + day) * HOUR
        lots = []
        for n in range(6):
            clock.now = start + n * times.MINUTE
            lots.append(lot_of(clerk, "zhang", "no_bag", f"{day}-{n}"))
        for n, lot in enumerate(lots):
            clock.now = start + DAY + n * times.MINUTE + times.SECOND
            codes.append(do(clerk, "green.collect_friend", {"lot": lot}, "li").code)
    assert set(codes[:11]) == {""} and codes[-1] == "request.pace_exceeded"
    (row,) = clerk.records("green_pace", [at("li")])
    assert row.stage == "paused" and row.why.split()[:1] == ["5"] and row.paused_until > clock.now
    own = lot_of(clerk, "li", "no_bag", "own", when=start)
    assert not do(clerk, "green.collect", {"lots": [own]}, "li").code
    done(clerk, "green.appeal", {}, "li")
    done(clerk, "green.judge", {"person": at("li")}, "office")
    lot = lot_of(clerk, "zhang", "no_bag", "after")
    clock.now += DAY + HOUR
    assert not do(clerk, "green.collect_friend", {"lot": lot}, "li").code


def test_an_entry_read_by_two_followers_and_a_killed_one_counts_once(tmp_path: Path) -> None:
    clock = book.Clock()
    dsn = book.sqlite_dsn(tmp_path)
    clerk = book.open_clerk(dsn, clock)
    town(clerk)
    for n in range(3):
        paid_bill(clerk, str(n))
    follow(clerk)
    before = clerk.state.n
    clerk.store.close()
    clerk = book.open_clerk(dsn, clock)
    from saxaul.ledger import journal
    from saxaul.programmes.green.followers import take_in

    again = [one for entry in journal.read(clerk.store, 0, 4_096) for one in take_in(entry, clerk.store)]
    answers = clerk.turn(again)
    assert len(again) == 3 and all(answer.hit for answer in answers) and clerk.state.n == before
    assert sum(bubble(clerk, "zhang", a.receipt["grants"][0]["lot"]) for a in answers) == 3 * 262
    assert asked(clerk, "green.collect", {"lots": [answers[0].receipt["grants"][0]["lot"]]}, "zhang").id
    clerk.close(checkpoint=False)


def test_who_agreed_to_nothing_pays_and_nothing_follows(tmp_path) -> None:
    clerk = book.open_clerk(book.sqlite_dsn(tmp_path), book.Clock())
    town(clerk, agreed=False)
    follow(clerk)
    paid_bill(clerk, "1")
    before = clerk.state.n
    follow(clerk)
    assert clerk.state.n == before, "a refusal for every payment of the town is kept by nobody"


def test_followers_that_go_in_step_read_one_page(tmp_path) -> None:
    clerk = book.open_clerk(book.sqlite_dsn(tmp_path), book.Clock())
    town(clerk)
    pages = Pages(clerk.store)
    first = pages.at(0)
    assert pages.at(0) is first and pages.at(first.upto - 1) is first
    assert first.entry(0) is first.entry(0), "an entry is decoded once, whoever wants it"
    behind = pages.at(first.upto)
    assert behind is not first and not behind.rows
    paid_bill(clerk, "1")
    assert [row[0] for row, _ in pages.at(first.upto).rows] == list(range(first.upto + 1, clerk.state.n + 1))
