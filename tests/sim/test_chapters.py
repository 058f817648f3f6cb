"""The town lives two days with all its programmes: what each of them did stands in the book, the same for one seed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import book
import pytest

from saxaul import app
from saxaul.kernel import times
from saxaul.ledger.check import Report, check
from saxaul.ledger.store import open_store
from saxaul.people.sealing import Sealer
from saxaul.sim import pack as packs
from saxaul.sim.chapters import Story
from saxaul.sim.days import Clock, Days
from saxaul.sim.town import Town

PEOPLE, DAYS = 36, 2
PACK = book.ROOT / "packs/tianjin"
ROUND = "futian-2022"


def lived_in(folder: Path) -> tuple[Days, str]:
    """A town with all its chapters on a book of its own."""
    folder.mkdir(exist_ok=True)
    dsn, clock, town = book.sqlite_dsn(folder), Clock(), Town(packs.read(PACK), PEOPLE)
    clock.set(times.start_of_day(town.pack.begins, town.pack.zone) - 2 * times.DAY)
    clerk = book.open_clerk(dsn, clock, declared=app.declarations())
    sealer = Sealer(master=bytes(32), pepper=b"pepper" * 6, chance=random.Random(1).randbytes, book=clerk)
    days = Days(town, clerk, sealer, clock, Story(PACK))
    days.found()
    days.live(DAYS)
    return days, dsn


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Days, str]:
    return lived_in(tmp_path_factory.mktemp("chapters"))


@pytest.fixture(scope="module")
def books(lived: tuple[Days, str]) -> Report:
    days, dsn = lived
    declared = days.clerk.declarations
    return check(open_store(dsn, read_only=True), declared.chart, declared.tables, invariants=app.invariants())


def rows(lived: tuple[Days, str], what: str, *values: Any) -> list[Any]:
    """Rows of the book, past all programmes."""
    return list(lived[0].reader.query(what, values))


def total(books: Report, first: str, asset: str, last: str = "") -> int:
    """Units on all accounts whose address begins and ends so."""
    return sum(
        units for (address, one), units in books.balances.items()
        if address.startswith(first) and address.endswith(last) and one.startswith(asset)
    )  # fmt: skip


def test_it_works(lived: tuple[Days, str], books: Report) -> None:
    assert lived[0].life.whole() == []
    assert [one for one in books.findings if not one.startswith("people_vault")] == []
    acts = Counter(act.partition(".")[0] for (act,) in rows(lived, "SELECT act FROM entry WHERE refused = ''"))
    programmes = {"campaign", "voucher", "packet", "prepaid", "green", "forest", "giving", "quiz", "merchant"}
    assert programmes <= acts.keys()


def test_a_round_was_drawn_and_its_packets_are_covered_to_the_fen(lived: tuple[Days, str], books: Report) -> None:
    ((stage, funded),) = rows(lived, "SELECT stage, funded FROM campaign_campaign WHERE key = ?", ROUND)
    assert stage == "claiming"
    won = rows(lived, "SELECT person FROM campaign_ticket WHERE campaign = ? AND stage = 'claimed'", ROUND)
    assert lived[0].life.known.values["citizen:0.person"] in {person for (person,) in won} and len(won) > 5
    voucher = f"VOUCHER.{ROUND}"
    wallets, pool, spent = (
        total(books, "wallet:", voucher), total(books, f"campaign:{ROUND}:", voucher),
        total(books, f"campaign:{ROUND}:spent", voucher),
    )  # fmt: skip
    assert wallets > 0 and spent > 0 and wallets + pool == funded
    assert total(books, f"campaign:{ROUND}:escrow", "ECNY") == funded - spent
    mine = lived[0].life.known.values["citizen:0.wallet"]
    assert 0 < total(books, f"wallet:{mine}", voucher) < 15_000
    assert rows(lived, "SELECT stage FROM campaign_campaign WHERE key = 'river-2022'") == [("sign_up",)]


def test_every_tree_has_a_certificate_and_its_price_waits_or_was_paid(lived: tuple[Days, str], books: Report) -> None:
    ((certificates,),) = rows(lived, "SELECT count(*) FROM forest_certificate")
    trees = total(books, "person:", "TREE.", ":trees")
    assert trees == certificates > 0
    ((price,),) = rows(lived, "SELECT price FROM forest_project")
    ((budget,),) = rows(lived, "SELECT pledged FROM forest_project")
    ((project,),) = rows(lived, "SELECT key FROM forest_project")
    assert total(books, f"campaign:{project}:pool", "CNY") == budget - trees * price
    assert total(books, "charity:", "CNY", f":escrow:{project}") == trees * price, "nothing is inspected yet"
    assert -total(books, "issuer:project", "TREE.") == total(books, "project:", "TREE.", ":stock") + trees


def test_steps_that_were_given_are_the_sponsors_money(lived: tuple[Days, str], books: Report) -> None:
    gifts = rows(lived, "SELECT steps, units FROM giving_gift WHERE kind = 'steps'")
    assert len(gifts) > 5
    ((pools,),) = rows(lived, "SELECT sum(given) FROM giving_pool WHERE kind IN ('pledge', 'drive')")
    assert sum(units for _, units in gifts) == pools
    money = sum(units for (units,) in rows(lived, "SELECT units FROM giving_gift WHERE kind = 'money'"))
    paid = sum(units for (units,) in rows(lived, "SELECT units FROM giving_payout"))
    assert total(books, "charity:", "ECNY") == pools + money - paid, "what was given is bound to the projects"
    assert total(books, "giving:spent", "STEP") == sum(steps for steps, _ in gifts)
    assert rows(lived, "SELECT handed FROM giving_flock")[0][0] == total(books, "person:", "CHICKEN.", ":birds") > 0


def test_vouchers_packets_and_lessons_are_covered(lived: tuple[Days, str], books: Report) -> None:
    ((key, face),) = rows(lived, "SELECT key, face FROM voucher_campaign")
    coupons = -total(books, f"issuer:voucher:{key}", "COUPON") - total(books, f"campaign:{key}:spent", "COUPON")
    assert total(books, "wallet:", f"COUPON.{key}") > 0
    assert total(books, f"campaign:{key}:escrow", "ECNY") == coupons * face
    packets = sum(units for (units,) in rows(lived, "SELECT units FROM packet_packet WHERE stage = 'open'"))
    opened = rows(
        lived, "SELECT sum(t.units) FROM packet_part t JOIN packet_packet p ON p.key = t.packet WHERE p.stage = 'open'"
    )
    assert total(books, "packet:", "ECNY") == packets - opened[0][0] > 0
    assert sorted(stage for (stage,) in rows(lived, "SELECT stage FROM prepaid_contract")) == ["active", "draft"]
    assert total(books, "contract:", "LESSON") == 18


def test_energy_points_and_challenges_are_alive(lived: tuple[Days, str], books: Report) -> None:
    me = lived[0].life.known.values["citizen:0.person"]
    ((natural,),) = rows(lived, 'SELECT "natural" FROM people_person WHERE key = ?', me)
    ripe = rows(lived, "SELECT count(*) FROM green_grant WHERE person = ? AND stage = 'open' AND grams > 0", natural)
    assert ripe[0][0] > 3
    behaviours = {one for (one,) in rows(lived, "SELECT behaviour FROM green_grant")}
    assert {"pay_qr", "metro_ride", "bus_ride"} <= behaviours
    assert len(rows(lived, "SELECT key FROM quiz_result WHERE stage = 'rewarded' AND level = 2")) > 0
    assert rows(lived, "SELECT stage FROM merchant_coupon WHERE person = ?", natural) == [("open",)]
    granted = -total(books, "issuer:merchant:", "POINT") - total(books, "campaign:", "POINT", ":pool")
    assert granted == total(books, "person:", "POINT.") + total(books, "campaign:", "POINT", ":redeemed") > 0


def test_the_round_ends_with_every_fen_accounted_for(lived: tuple[Days, str], books: Report) -> None:
    """Last, since it lives on: a month later what nobody spent is the district's again."""
    days, _ = lived
    days.clock.set(days.clock() + 45 * times.DAY)
    days.rounds()
    days.rounds()
    ((stage,),) = rows(lived, "SELECT stage FROM campaign_campaign WHERE key = ?", ROUND)
    assert stage == "reconciled"
    days.story.scene.signed("campaign.close", campaign=ROUND)
    left = days.clerk.look([(f"campaign:{ROUND}:escrow", "ECNY/2"), (f"campaign:{ROUND}:pool", f"VOUCHER.{ROUND}/2")])
    assert {posted for posted, _ in left.values()} == {0}
    assert days.life.whole() == []


def test_the_same_seed_writes_the_same_book(books: Report, tmp_path: Path) -> None:
    again, _ = lived_in(tmp_path / "again")
    assert again.clerk.state.hash == books.head
