"""A forest sold out: all trees of one project by many planters, and three hundred more at the gate who get none.

Every planting is four postings over three assets, a gapless number and a certificate, all on one stock: the hottest
account there is. The seed's rate is 217,000 trees in forty minutes, that is ninety a second.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench import book
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine import Amount
from saxaul.engine.cases import Give, named
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import Request, request
from saxaul.kernel import times
from saxaul.programmes.forest.planting import Plant
from saxaul.programmes.forest.projects import OpenProject, ParcelAsked

TREES, PLANTERS, TOO_MANY, TURN, SLICE = 217_000, 1_000, 300, 512, 50
GRAMS, PRICE, RATE_LEAST = 17_900, 452, 90
RING = [(103_000_000, 38_000_000), (103_020_000, 38_000_000), (103_020_000, 38_017_000), (103_000_000, 38_017_000)]


def sellout(place: Place, stores: Sequence[str], trees: int) -> list[Result]:
    """One line a store: the rate at which the forest was sold out, with none too many."""
    found = []
    for store in stores:
        clerk = book.open_clerk(place.dsn(store))
        code = _open(clerk, trees)
        found.append(_sold(clerk, code, trees, store))
        clerk.close()
    return found


def _open(clerk: Clerk, trees: int) -> str:
    """Planters with energy, a company with money, a charity, and the project."""
    each = (trees // PLANTERS + 2) * GRAMS
    for start in range(0, PLANTERS, SLICE):
        some = range(start, start + SLICE)
        records = [("people_person", named(f"p{n}"), {"natural": named(f"p{n}")}) for n in some]
        session = {"kind": "session", "roles": "citizen"}
        records += [("people_credential", named(f"c{n}"), {**session, "person": named(f"p{n}")}) for n in some]
        have = [(f"person:{named(f'p{n}')}:green", "GREEN/0", each) for n in some]
        _must(clerk, request("cases.give", Give(records=records, have=have), id=book.fresh()))
    organisations = [
        ("people_organisation", named(kind), {"kind": kind, "name": kind}) for kind in ("sponsor", "charity")
    ]
    money = [(f"sponsor:{named('sponsor')}", "CNY/2", trees * PRICE)]
    _must(clerk, request("cases.give", Give(records=organisations, have=money), id=book.fresh()))
    today = times.day(clerk.clock())
    code = f"p006-{today[:4]}s"
    ask = OpenProject(
        project=code, kind="tree", name="Forest", place="Alxa", species="saxaul", sponsor=named("sponsor"),
        charity=named("charity"), price=Amount("CNY/2", PRICE), budget=Amount("CNY/2", trees * PRICE), starts=today,
        ends=times.next_day(times.next_day(today)), parcels=[ParcelAsked(RING, trees)],
    )  # fmt: skip
    _must(clerk, request("forest.open_project", ask, id=book.fresh()))
    return code


def _must(clerk: Clerk, asked: Request) -> None:
    (answer,) = clerk.turn([asked])
    assert not answer.code, f"{asked.act} was refused: {answer.code} {answer.facts}"


def _sold(clerk: Clerk, code: str, trees: int, store: str) -> Result:
    count = trees + TOO_MANY
    made = book.ids_as_asked(app.clock(), count)
    asked = [
        request("forest.plant", Plant(code), id=made[n], credential=named(f"c{n * 7 % PLANTERS}"))
        for n in range(count)
    ]  # fmt: skip
    waits: list[float] = []
    codes: dict[str, int] = {}
    began = time.perf_counter()
    for start in range(0, count, TURN):
        turn = time.perf_counter()
        for answer in clerk.turn(asked[start : start + TURN]):
            codes[answer.code] = codes.get(answer.code, 0) + 1
        waits.append((time.perf_counter() - turn) * 1_000)
    seconds = time.perf_counter() - began
    assert codes == {"": trees, "tree.stock_exhausted": TOO_MANY}, f"exactly the quota was sold: {codes}"
    given = clerk.look([(f"project:{code}:issued", f"SERIAL.{code}/0")]).popitem()[1][0]
    rows = clerk.store.query("SELECT COUNT(*), MIN(serial), MAX(serial) FROM forest_certificate")
    assert given == trees and rows == [(trees, 1, trees)], f"numbers are gapless: {given}, {rows}"
    assert trees / seconds >= RATE_LEAST, f"{trees / seconds:.0f} trees a second are fewer than {RATE_LEAST}"
    return result("sellout", f"{trees:,} trees, {TOO_MANY} too many asked", store, n=trees, seconds=seconds,
                  waits_ms=waits)  # fmt: skip
