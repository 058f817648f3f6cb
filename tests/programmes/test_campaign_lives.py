"""Random lives of campaigns, kills anywhere, the rounds that were really held, and shops that pay themselves."""

from __future__ import annotations

import random
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import book
import campaigntown as c
import paytown as t
import pytest
from campaigntown import BEGIN, DAY, HOUR, KEY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paytown import at, do, done

from saxaul.kernel import times
from saxaul.programmes.campaign import dues, invariants, publication, rings
from saxaul.programmes.campaign.ending import MarkShops, Measured, _reason

PACKS = sorted((Path(__file__).parent.parent.parent / "packs" / "campaigns").glob("*.toml"))


def outstanding(clerk: Any, key: str = KEY) -> None:
    """Escrow = outstanding, by the ledger's balances and by adding up every account that has some."""
    asset = f"VOUCHER.{key}/2"
    held = {k: v for k, v in clerk.state.balances.items() if k[1] == asset and v[0]}
    there = sum(posted for (address, _), (posted, _) in held.items() if address.split(":")[0] != "issuer")
    gone = sum(posted for (address, _), (posted, _) in held.items() if address.endswith((":spent", ":returned")))
    assert t.has(clerk, f"campaign:{key}:escrow", c.row(clerk, key).behind) == there - gone
    assert not there + held.get((f"issuer:campaign:{key}", asset), (0, 0))[0], "each unit was minted"


def reopened(clerk: Any, dsn: str, clock: Any) -> Any:
    """The clerk was killed and another one took the book."""
    clerk.close(checkpoint=False)
    return book.open_clerk(dsn, clock)


def killed_tick(clerk: Any, dsn: str, clock: Any, chance: random.Random) -> Any:
    """A tick that is killed after some of its acts; a later one goes on."""
    for one in dues.DUES:
        found = list(one.find(clerk.store, clerk.clock()))
        cut = chance.randrange(len(found) + 1)
        clerk.turn(found[:cut])
        if cut < len(found):
            return reopened(clerk, dsn, clock)
    return clerk


STEPS = ("claim", "claim", "buy", "buy", "buy", "refund", "hold", "capture", "day", "hours", "tick", "kill", "restart")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), people=st.integers(1, 90), awards=st.integers(1, 75), reserves=st.integers(0, 9))
def test_in_every_life_of_a_campaign_the_escrow_is_what_is_outstanding(
    tmp_path_factory: Any, seed: int, people: int, awards: int, reserves: int
) -> None:
    chance, clock = random.Random(seed), book.Clock()
    dsn = book.sqlite_dsn(tmp_path_factory.mktemp("life"))
    clerk = book.open_clerk(dsn, clock)
    c.place(clerk, people)
    c.funded(clerk, awards=awards, reserves=reserves, reserve_days=chance.randrange(3))
    clock.set(BEGIN + HOUR)
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(people) if chance.random() < 0.9])
    c.revealed(clerk, clock)
    orders: list[str] = []
    held: list[str] = []
    for _ in range(60):
        name, step = f"p{chance.randrange(people)}", chance.choice(STEPS)
        if step == "claim":
            do(clerk, "campaign.claim", {"campaign": KEY}, name)
        elif step in ("buy", "hold"):
            fen = chance.randrange(1, 30_000)
            made = done(clerk, "pay.order", {"amount": f"{fen // 100}.{fen % 100:02d} CNY", "minutes": 9_000}, "mei")
            answer = do(clerk, "pay.scan" if step == "buy" else "pay.hold", {"order": made["order"]}, name)
            if not answer.code:
                (orders if step == "buy" else held).append(made["order"])
        elif step == "refund" and orders:
            amount = f"{chance.randrange(1, 150)}.{chance.randrange(100):02d} CNY"
            do(clerk, "pay.refund", {"order": chance.choice(orders), "amount": amount}, "mei")
        elif step == "capture" and held:
            do(clerk, "pay.capture", {"order": held.pop(), "amount": f"0.{chance.randrange(1, 100):02d} CNY"}, "mei")
        elif step in ("day", "hours"):
            clock.now += DAY // 2 if step == "day" else chance.randrange(HOUR)
        elif step == "tick":
            c.tick(clerk)
        elif step == "kill":
            clerk = killed_tick(clerk, dsn, clock, chance)
        elif step == "restart":
            clerk = reopened(clerk, dsn, clock)
        outstanding(clerk)
    clock.now = max(clock.now, BEGIN + 10 * DAY)
    for _ in range(5):
        for order in held:
            do(clerk, "pay.release", {"order": order}, "mei")
        c.tick(clerk)
        outstanding(clerk)
        clock.now += DAY
    assert c.row(clerk).stage == "reconciled"
    account = c.closes(clerk)
    assert account["issued"] == 20_000 * awards == account["spent"] + account["returned"]
    c.whole(clerk)
    clerk.close(checkpoint=False)


def test_a_draw_and_a_sweep_killed_after_every_act_end_as_if_nothing_had_been(tmp_path: Path, dsn: str) -> None:
    ends = []
    (tmp_path / "quiet").mkdir()
    for kills in (False, True):
        clock = book.Clock()
        where = dsn if kills else book.sqlite_dsn(tmp_path / "quiet")
        clerk = book.open_clerk(where, clock)
        c.place(clerk, 190)
        c.funded(clerk, awards=125, reserves=30)
        clock.set(BEGIN + HOUR)
        c.tick(clerk)
        c.enter(clerk, [f"p{n}" for n in range(190)])
        c.revealed(clerk, clock)
        for day in (1, 3, 4, 10, 11):
            clock.set(max(clock.now, BEGIN + day * DAY))
            clerk = _killed_to_the_end(clerk, where, clock) if kills else clerk
            c.tick(clerk)
            if day == 1:
                won = c.winners(clerk, 190)
                assert len(won) == 125
                for name in won[::2]:
                    done(clerk, "campaign.claim", {"campaign": KEY}, name)
        row = c.row(clerk)
        ends.append((row.stage, row.tickets, row.slices, row.used, row.unclaimed, row.written_off, c.closes(clerk)))
        c.whole(clerk)
        clerk.close(checkpoint=False)
    assert ends[0] == ends[1] and ends[0][0] == "reconciled"


def _killed_to_the_end(clerk: Any, dsn: str, clock: Any) -> Any:
    """The next act that is due and not done, asked twice, and the clerk killed after it; until none is left."""
    while True:
        for request in (found for one in dues.DUES[:6] for found in list(one.find(clerk.store, clerk.clock()))):
            if not clerk.turn([request])[0].hit:
                assert clerk.turn([request])[0].hit
                break
        else:
            return clerk
        clerk = reopened(clerk, dsn, clock)


@pytest.mark.parametrize("path", PACKS, ids=[path.stem for path in PACKS])
def test_a_round_that_was_held_closes_to_the_fen(path: Path, sqlite_clerk: Any, clock: Any) -> None:
    pack, clerk = tomllib.loads(path.read_text()), sqlite_clerk
    ask = {**pack["draft"], **pack["where"]}
    each, key = t.parse(ask["each"]).units, ask["campaign"]
    if pack["total"]:
        assert each * ask["awards"] == pack["total"], "the published total, in whole packets"
    ask["awards"], ask["reserves"] = ask["awards"] // pack["scale"], ask["reserves"] // pack["scale"]
    clock.set(instant(ask["signup_from"]) - DAY)
    people = ask["awards"] + ask["awards"] // 2
    issuer, region = (ask.get("issuers") or ["WEBANK"])[0], (ask.get("regions") or [ask["region"]])[0]
    c.place(clerk, 0, sponsor=f"{each * ask['awards'] // 100}.{each * ask['awards'] % 100:02d} ECNY")
    _settle(clerk, people, issuer=issuer, region=ask["region"], shops=region)
    c.funded(clerk, **{**ask, "sponsor": at("district"), "witness": at("notary")})
    clock.set(instant(ask["signup_from"]))
    c.tick(clerk)
    c.enter(clerk, [f"p{n}" for n in range(people)], key)
    c.revealed(clerk, clock, key)
    c.tick(clerk)
    won = c.winners(clerk, people, key)
    assert len(won) == ask["awards"]
    for name in won[: -len(won) // 10]:
        done(clerk, "campaign.claim", {"campaign": key}, name)
    clock.set(instant(ask["spend_from"]))
    chance = random.Random(key)
    for n, name in enumerate(won):
        order = c.buys(clerk, name, f"{chance.randrange(1, each // 60)}.{chance.randrange(100):02d} CNY").receipt
        if n % 7 == 0:
            do(clerk, "pay.refund", {"order": order["order"], "amount": "0.50 CNY"}, "mei")
        clock.now += HOUR // 10
    for end in (ask["claim_until"], c.text(c.row(clerk, key).spend_until - 1), ask["spend_until"], ask["spend_until"]):
        clock.set(max(clock.now, instant(end)))
        c.tick(clerk)
    assert c.row(clerk, key).stage == "reconciled"
    account = c.closes(clerk, key)
    assert account["issued"] == each * ask["awards"] == account["spent"] + account["returned"]
    assert account["spent"] + t.has(clerk, f"sponsor:{at('district')}") == each * ask["awards"]
    assert publication.verify(publication.of_book(clerk.store, c.row(clerk, key)))
    c.whole(clerk)


def instant(text: str) -> int:
    us = times.read(text)
    assert us is not None
    return us


def _settle(clerk: Any, people: int, *, issuer: str, region: str, shops: str) -> None:
    names = [f"p{n}" for n in range(people)]
    for start in range(0, people, 50):
        some = names[start : start + 50]
        t.give(
            clerk, {f"wallet:{at(f'{p}_wallet')} ECNY/2": "500.00 ECNY" for p in some},
            people_person={at(p): c.person(p) for p in some},
            people_wallet={at(f"{p}_wallet"): c.wallet(p, issuer=issuer, region=region) for p in some},
            people_credential={at(p): {"kind": "session", "person": at(p), "roles": "citizen"} for p in some},
        )  # fmt: skip
    t.give(clerk, people_organisation={
        at("bakery"): {"kind": "merchant", "name": "Bakery", "category": "5462", "region": shops},
    })  # fmt: skip


def test_kunshan_ran_30_days_to_the_instant() -> None:
    draft = next(tomllib.loads(p.read_text())["draft"] for p in PACKS if p.stem == "kunshan-2022")
    length = instant(draft["spend_until"]) - instant(draft["spend_from"])
    assert timedelta(microseconds=length) == timedelta(days=30)


def planted(chance: random.Random, number: int, each: int) -> tuple[list[rings.Paid], dict[str, list[str]], set[str]]:
    """A ring: two to four shops whose people carry packets to one another, with some honest takings mixed in."""
    shops = [f"ring{number}-{n}" for n in range(chance.randrange(1, 5))]
    works_at = {f"mule-{shop}-{n}": [shop] for shop in shops for n in range(8)}
    paid = []
    for n, mule in enumerate(works_at):
        home = works_at[mule][0]
        target = shops[(shops.index(home) + 1) % len(shops)]
        paid.append(rings.Paid(mule, target, each, 0, n * 60_000_000))
    for shop in shops:
        guests = chance.randrange(4)
        paid += [
            rings.Paid(f"guest-{shop}-{n}", shop, chance.randrange(1_000, each), 500, n * HOUR) for n in range(guests)
        ]
    return paid, works_at, set(shops)


def test_rings_of_shops_that_pay_themselves_are_flagged_and_honest_shops_are_not(sqlite_clerk: Any) -> None:
    chance, each = random.Random(7), 20_000
    paid: list[rings.Paid] = []
    works_at: dict[str, list[str]] = {}
    bad: set[str] = set()
    for number in range(40):
        some, staff, shops = planted(chance, number, each)
        paid, works_at, bad = paid + some, {**works_at, **staff}, bad | shops
    for shop in range(10):  # shops that empty bought packets one after the other, by people nobody knows
        bad.add(f"buyer{shop}")
        paid += [rings.Paid(f"x{shop}-{n}", f"buyer{shop}", each, 0, n * 120_000_000) for n in range(12)]
    for shop in range(300):  # honest ones: whole and part packets through the day, now and then their own staff
        works_at[f"honest-staff{shop}"] = [f"honest{shop}"]
        for n in range(chance.randrange(3, 40)):
            who = f"honest-staff{chance.randrange(300)}" if chance.random() < 0.05 else f"person{shop}-{n}"
            units = each if chance.random() < 0.3 else chance.randrange(500, each)
            own = chance.randrange(5_000) if chance.random() < 0.6 else 0
            paid.append(rings.Paid(who, f"honest{shop}", units, own, chance.randrange(12) * HOUR + n * 40_000_000))
    facts = _Terms(sqlite_clerk)
    marked = {
        one.merchant for one in rings.measure(paid, works_at, each)
        if _reason(facts, Measured(one.merchant, one.payments, one.units, one.ring, one.whole, one.shops))
    }  # fmt: skip
    assert len(marked & bad) >= 0.9 * len(bad), f"{len(marked & bad)} of {len(bad)}"
    assert len(marked - bad) <= 6, f"honest ones: {sorted(marked - bad)}"


class _Terms:
    """The terms that ship."""

    def __init__(self, clerk: Any) -> None:
        self.values = clerk.performer.terms.values(book.NOON)

    def term(self, name: str) -> Any:
        return self.values[name]


def test_a_ring_in_the_book_is_marked_by_the_days_look_and_barred_by_an_officer(sqlite_clerk: Any, clock: Any) -> None:
    clerk = sqlite_clerk
    won = c.claiming(clerk, clock, 12, awards=6)
    t.give(clerk, people_credential={  # the winners work for the two shops that they pay
        at(f"job{n}"): {"kind": "session", "person": at(name), "organisation": at(("bakery", "florist")[n % 2]),
                        "roles": "cashier"}
        for n, name in enumerate(won)
    })  # fmt: skip
    for n, name in enumerate(won):
        done(clerk, "campaign.claim", {"campaign": KEY}, name)
        assert not c.buys(clerk, name, "200.00 CNY", merchant=("fang", "mei")[n % 2]).code
    clock.set(BEGIN + 2 * DAY)
    c.tick(clerk)
    marks = clerk.records("campaign_mark", [f"{KEY}:{at('bakery')}", f"{KEY}:{at('florist')}"])
    assert [(one.reason, one.payments, one.units) for one in marks] == [("ring", 3, 60_000)] * 2
    before = clerk.state.n
    c.tick(clerk)
    assert clerk.state.n == before  # one look a day
    done(clerk, "campaign.judge_mark", {"campaign": KEY, "merchant": at("bakery"), "in_order": False}, "wang")
    assert clerk.records("pay_purpose_merchant", [f"{KEY}:{at('bakery')}"])[0].stage == "removed"
    assert MarkShops.__doc__


def test_the_rule_of_the_escrow_finds_a_lost_fen() -> None:
    asset = f"VOUCHER.{KEY}/2"
    sound = [
        (f"issuer:campaign:{KEY}", asset, -500), ("wallet:w", asset, 200), (f"campaign:{KEY}:pool", asset, 100),
        (f"campaign:{KEY}:award:3", asset, 50), (f"campaign:{KEY}:spent", asset, 100),
        (f"campaign:{KEY}:returned", asset, 50), (f"campaign:{KEY}:escrow", "ECNY/2", 350),
    ]  # fmt: skip
    assert not list(invariants.escrow_covers(sound))
    (finding,) = invariants.escrow_covers([*sound, (f"campaign:{KEY}:escrow", "ECNY/2", -1)])
    assert finding == f"campaign {KEY}: 3.50 CNY outstanding, 3.49 CNY in its escrow"
