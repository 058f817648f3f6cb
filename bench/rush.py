"""The opening of a voucher campaign: everybody asks for one of a stock at the same moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from bench import book
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import Request, request
from saxaul.kernel import times
from saxaul.ledger.store import open_store
from saxaul.programmes.voucher.common import NameCampaign
from saxaul.programmes.voucher.sponsors import Draft, Fund
from saxaul.programmes.voucher.take import Claim
from saxaul.surfaces.server import calm_memory

PEOPLE, STOCK, TURN = 20_000, 2_000, 512
SPONSOR = named("rush sponsor")


def rush(place: Place, stores: Sequence[str], people: int = PEOPLE, stock: int = STOCK) -> list[Result]:
    """So many claims on so small a stock: exactly the stock is given, and each of the others is told so for good."""
    return [one for store in stores for one in _store(place.dsn(store), store, people, stock)]


def _store(dsn: str, store: str, people: int, stock: int) -> list[Result]:
    clerk = book.open_clerk(dsn)
    _plant(clerk, people, stock)
    campaign = _campaign(clerk, stock)
    asked = _claims(campaign, people)
    calm_memory()  # as the server does
    answers: Counter[str] = Counter()
    waits = []
    began = time.perf_counter()
    for start in range(0, people, TURN):
        turn = time.perf_counter()
        answers.update(answer.code for answer in clerk.turn(asked[start : start + TURN]))
        waits.append((time.perf_counter() - turn) * 1000)
    seconds = time.perf_counter() - began
    assert answers == {"": stock, "voucher.stock_exhausted": people - stock}, answers
    _no_more_than_there_was(clerk, dsn, campaign, stock)
    clerk.close()
    return [
        result("rush", f"{people:,} claims on {stock:,} vouchers", store, n=people, seconds=seconds, waits_ms=waits)
    ]


def _plant(clerk: Clerk, people: int, stock: int) -> None:
    clerk.turn([request("cases.give", Give(
        have=[(f"sponsor:{SPONSOR}", "ECNY/2", stock * 2_000)],
        records=[("people_organisation", SPONSOR, {"kind": "sponsor", "name": "District"})],
    ), id=book.fresh())])  # fmt: skip
    for start in range(0, people, book.SLICE):
        records = []
        for n in range(start, min(start + book.SLICE, people)):
            person, wallet = named(f"rush p{n}"), named(f"rush w{n}")
            records.append(("people_wallet", wallet, {"person": person, "issuer": "icbc"}))
            records.append(("people_person", person, {"natural": person, "wallets": wallet}))
            session = {"kind": "session", "person": person, "roles": "citizen"}
            records.append(("people_credential", named(f"rush c{n}"), session))
        (answer,) = clerk.turn([request("cases.give", Give(records=records), id=book.fresh())])
        assert not answer.code, answer


def _campaign(clerk: Clerk, stock: int) -> str:
    now, key = app.clock(), book.fresh()
    draft = Draft(
        name="Rush", kind="threshold", total=stock, face=book.Amount("ECNY/2", 2_000), sponsor=SPONSOR,
        claim_from=times.text(now), claim_until=times.text(now + times.DAY), spend_until=times.text(now + times.DAY),
    )  # fmt: skip
    money = Fund(campaign=key, amount=book.Amount("ECNY/2", stock * 2_000))
    for act, ask, id in (
        ("voucher.draft", draft, key), ("voucher.fund", money, book.fresh()),
        ("voucher.open", NameCampaign(key), book.fresh()),
    ):  # fmt: skip
        (answer,) = clerk.turn([request(act, ask, id=id)])
        assert not answer.code, answer
    return key


def _claims(campaign: str, people: int) -> list[Request]:
    return [
        request("voucher.claim", Claim(campaign=campaign), id=id, credential=named(f"rush c{n}"))
        for n, id in enumerate(book.ids_as_asked(app.clock(), people))
    ]  # fmt: skip


def _no_more_than_there_was(clerk: Clerk, dsn: str, campaign: str, stock: int) -> None:
    """Told by another reader, from the rows: so many coupons went out, and the pool is empty."""
    reader = open_store(dsn, read_only=True)
    coupon, pool = f"COUPON.{campaign}/0", f"campaign:{campaign}:pool"
    rows = reader.query("SELECT COUNT(*), COUNT(DISTINCT credit) FROM posting WHERE asset = ? AND debit = ?",
                        (coupon, pool))  # fmt: skip
    reader.close()
    assert rows == [(stock, stock)], rows
    assert clerk.look([(pool, coupon)])[pool, coupon] == (0, 0)
