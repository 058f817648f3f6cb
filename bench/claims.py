"""A campaign as large as a city: everybody signs up, everybody wins, everybody claims; and the rush of an opening.

Each line asserts that nothing was given twice and nothing beyond the escrow. The rate of payments stands beside it,
measured on the same book. `BENCH_PEOPLE` in the environment makes it smaller.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench import book, rows
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine import Amount
from saxaul.engine.cases import Give, named
from saxaul.engine.clerk import Clerk
from saxaul.engine.followers import tick
from saxaul.engine.request import Request, request
from saxaul.kernel import times
from saxaul.ledger.store import open_store
from saxaul.programmes.campaign import chance, draft, draw, dues
from saxaul.programmes.campaign.awards import Claim
from saxaul.programmes.campaign.common import Named
from saxaul.programmes.campaign.signup import SignUp
from saxaul.programmes.pay.scan import Scan
from saxaul.surfaces.server import calm_memory

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
RUSH, CROWD = 100_000, 200_000
EACH, BATCH, GIVEN = 5_500, 512, 60  # 55.00, as in Shanghai in 2021
OFFICER, SPONSOR, WITNESS = named("officer"), named("sponsor"), named("witness")


class Clock:
    """The real clock, set forward where a campaign has to wait."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return app.clock() + self.ahead

    def wait_until(self, instant: int) -> None:
        """Afterwards it is at least that late."""
        self.ahead = max(self.ahead, instant - app.clock())


def claims(place: Place, stores: Sequence[str], people: int = PEOPLE) -> list[Result]:
    """One campaign with an award for everybody, and a rush on another with one award for ten."""
    found = []
    for store in stores:
        dsn, clock = place.dsn(store), Clock()
        clerk = Clerk(open_store(dsn), book.declared(), app.terms(), clock)
        town = book.plant(clerk, dsn)
        found.append(rows.act_case(clerk, town, BATCH, 15_360, store, "payments of 1,000 payers", row="claims"))
        _settle(clerk, people)
        found.append(_payments(clerk, town, min(people, CROWD), store))
        found += _everybody(clerk, clock, people, store)
        found += _rush(clerk, clock, min(people, RUSH), store)
        clerk.close()
    return found


def _payments(clerk: Clerk, town: book.Town, people: int, store: str) -> Result:
    """The rate of payments as claims come: each of somebody else, who pays for the first time."""
    asked = [
        request("pay.scan", Scan(code=town.codes[n % len(town.codes)], amount=book.ONE_FEN), id=id,
                credential=f"{n:032x}")
        for n, id in enumerate(book.ids_as_asked(app.clock(), people))
    ]  # fmt: skip
    answers, waits, seconds = _turns(clerk, asked)
    assert not any(answer.code for answer in answers), "every payment was accepted"
    case = f"payments of {people:,} payers, one each"
    return result("claims", case, store, n=people, seconds=seconds, waits_ms=waits)


def _fresh(clock: Clock, count: int) -> list[str]:
    return book.ids_as_asked(clock(), count)


def _settle(clerk: Clerk, people: int) -> None:
    """Everybody has a verified name, a wallet and a session; three organisations run the campaigns."""
    staff = [
        ("people_organisation", SPONSOR, {"kind": "agency", "name": "District"}),
        ("people_organisation", WITNESS, {"kind": "agency", "name": "Notary"}),
        ("people_person", OFFICER, {"natural": OFFICER}),
    ]
    for id, organisation, roles in (
        (OFFICER, "", "officer"),
        (SPONSOR, SPONSOR, "manager"),
        (WITNESS, WITNESS, "manager"),
    ):
        staff.append(
            (
                "people_credential",
                id,
                {"kind": "session", "person": OFFICER, "organisation": organisation, "roles": roles},
            )
        )
    money = [(f"sponsor:{SPONSOR}", "ECNY/2", 2 * EACH * people)]
    _must(clerk, [request("cases.give", Give(have=money, records=staff), id=book.fresh())])
    waiting = []
    for start in range(0, people, GIVEN):
        records: list[Any] = []
        for n in range(start, min(people, start + GIVEN)):
            person = f"{n:032x}"
            records.append(
                ("people_person", person, {"natural": person, "verified": 1, "phone": person, "wallets": person})
            )
            records.append(("people_wallet", person, {"person": person, "issuer": "icbc", "region": "310000"}))
            records.append(("people_credential", person, {"kind": "session", "person": person, "roles": "citizen"}))
        have = [(f"wallet:{n:032x}", "ECNY/2", 1) for n in range(start, min(people, start + GIVEN))]
        waiting.append(request("cases.give", Give(have=have, records=records), id=book.fresh()))
        if len(waiting) == 16:
            _must(clerk, waiting)
            waiting = []
    _must(clerk, waiting)


def _must(clerk: Clerk, asked: list[Request]) -> list[Any]:
    answers = clerk.turn(asked) if asked else []
    assert not [answer for answer in answers if answer.code], f"refused: {next(a for a in answers if a.code)}"
    return answers


def _ask(clerk: Clerk, clock: Clock, act: str, ask: Any, who: str = "system") -> None:
    _must(clerk, [request(act, ask, id=_fresh(clock, 1)[0], credential=who)])


def _opened(clerk: Clerk, clock: Clock, key: str, awards: int) -> Any:
    """The campaign, funded and open for sign-up."""
    now = clock()
    day = [times.text(now + n * times.HOUR) for n in range(12)]
    whole = Amount("ECNY/2", EACH * awards)
    drafted = draft.Draft(
        campaign=key, name=key, sponsor=SPONSOR, witness=WITNESS, each=Amount("ECNY/2", EACH), awards=awards,
        signup_from=day[0], signup_until=day[3], beacon_name="drand", beacon_at=day[4], claim_until=day[10],
        spend_from=day[4], spend_until=day[11],
    )  # fmt: skip
    _ask(clerk, clock, "campaign.draft", drafted, OFFICER)
    _ask(clerk, clock, "campaign.approve", Named(key))
    _ask(clerk, clock, "campaign.fund", draft.Fund(key, whole), SPONSOR)
    _tick(clerk, clock)


def _tick(clerk: Clerk, clock: Clock) -> int:
    return tick(dues.DUES[:6], clerk.store, clerk.turn, clock())


def _drawn(clerk: Clerk, clock: Clock, key: str) -> None:
    """From the end of sign-up to the published draw."""
    row = clerk.records("campaign_campaign", [key])[0]
    clock.wait_until(row.signup_until)
    _tick(clerk, clock)
    sides = ((OFFICER, "operator-secret"), (WITNESS, "witness-secret"))
    for who, secret in sides:
        _ask(clerk, clock, "campaign.commit", chance.Commit(key, draw.commitment(secret)), who)
    clock.wait_until(row.beacon_at)
    _ask(clerk, clock, "campaign.note_beacon", chance.NoteBeacon(key, "beacon-1000"), OFFICER)
    for who, secret in sides:
        _ask(clerk, clock, "campaign.reveal", chance.Reveal(key, secret), who)
    _tick(clerk, clock)
    row = clerk.records("campaign_campaign", [key])[0]
    assert row.stage == "claiming", f"the draw is public: {row.stage}"


def _turns(clerk: Clerk, asked: list[Request]) -> tuple[list[Any], list[float], float]:
    """(answers, what each turn took in ms, seconds of all of them)."""
    answers, waits, began = [], [], time.perf_counter()
    for start in range(0, len(asked), BATCH):
        turn = time.perf_counter()
        answers += clerk.turn(asked[start : start + BATCH])
        waits.append((time.perf_counter() - turn) * 1000)
    return answers, waits, time.perf_counter() - began


def _signed_up(clerk: Clerk, clock: Clock, key: str, people: int, store: str) -> Result:
    asked = [
        request("campaign.sign_up", SignUp(key, f"{n:032x}"), id=id, credential=f"{n:032x}")
        for n, id in enumerate(_fresh(clock, people))
    ]
    answers, waits, seconds = _turns(clerk, asked)
    assert not any(answer.code for answer in answers), "everybody has a ticket"
    return result("claims", f"sign-ups, {people:,} people", store, n=people, seconds=seconds, waits_ms=waits)


def _sound(clerk: Clerk, key: str, people: int, claimed: int) -> None:
    """Nobody has more than one award, and all awards together are what was claimed; nothing beyond the escrow."""
    asset = f"VOUCHER.{key}/2"
    given = 0
    for start in range(0, people, 5_000):
        keys = [(f"wallet:{n:032x}", asset) for n in range(start, min(people, start + 5_000))]
        units = [posted for posted, _ in clerk.look(keys).values()]
        assert set(units) <= {0, EACH}, "0 over-issued: an award each at most"
        given += sum(units)
    assert given == claimed * EACH, f"0 over-issued: {given} given, {claimed * EACH} claimed"
    escrow = clerk.look([(f"campaign:{key}:escrow", "ECNY/2")])[f"campaign:{key}:escrow", "ECNY/2"][0]
    assert escrow >= given, "0 over-issued: the money stands in the escrow"


def _everybody(clerk: Clerk, clock: Clock, people: int, store: str) -> list[Result]:
    key = "everybody"
    _opened(clerk, clock, key, people)
    found = [_signed_up(clerk, clock, key, people, store)]
    began = time.perf_counter()
    _drawn(clerk, clock, key)
    seconds = time.perf_counter() - began
    found.append(result("claims", "drawn, held and told", store, n=people, seconds=seconds, waits_ms=[seconds * 1000]))
    asked = [
        request("campaign.claim", Claim(key), id=id, credential=f"{n:032x}")
        for n, id in enumerate(_fresh(clock, people))
    ]
    calm_memory()
    answers, waits, seconds = _turns(clerk, asked)
    assert not any(answer.code for answer in answers), "every claim was granted once"
    _sound(clerk, key, people, people)
    return [*found, result("claims", f"claims, {people:,} on one campaign", store, n=people, seconds=seconds,
                           waits_ms=waits)]  # fmt: skip


def _rush(clerk: Clerk, clock: Clock, people: int, store: str) -> list[Result]:
    """Everybody presses at once, a tenth has won, every third presses twice; the wait counts from the opening."""
    key, awards = "rush", max(1, people // 10)
    _opened(clerk, clock, key, awards)
    _signed_up(clerk, clock, key, people, store)
    _drawn(clerk, clock, key)
    pressed = [*range(people), *range(0, people, 3)]
    asked = [
        request("campaign.claim", Claim(key), id=id, credential=f"{n:032x}")
        for n, id in zip(pressed, _fresh(clock, len(pressed)), strict=True)
    ]
    answers, turns, seconds = _turns(clerk, asked)
    waits, since = [], 0.0
    for place, turn in enumerate(turns):
        since += turn
        waits += [since] * len(asked[place * BATCH : (place + 1) * BATCH])
    codes = Counter(answer.code for answer in answers)
    assert codes[""] == awards and set(codes) <= {"", "award.award_missing", "award.claim_done"}, codes
    _sound(clerk, key, people, awards)
    case = f"opening rush, {len(asked):,} at once, 0 violations"
    return [result("claims", case, store, n=len(asked), seconds=seconds, waits_ms=waits)]
