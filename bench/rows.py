"""The rows: each a function that measures its cases and returns lines. Every line asserts what was accepted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bench import book
from bench.place import Place
from bench.result import Result, result
from saxaul import app
from saxaul.engine.clerk import Clerk
from saxaul.ledger import check as ledger_check
from saxaul.ledger.chart import Chart
from saxaul.ledger.plan import Plan, Posting
from saxaul.ledger.state import State
from saxaul.ledger.store import open_store
from saxaul.ledger.unit import Header, Unit
from saxaul.surfaces.server import calm_memory

RAW_SIZES = ((1, 1_500), (10, 8_000), (100, 40_000), (1_000, 60_000), (8_000, 120_000))
CHECKED, PAID_MAX = 1_000_000, 200_000
ACT_SIZES = ((1, 1_500), (64, 16_000), (512, 30_720))


def raw(place: Place, stores: Sequence[str]) -> list[Result]:
    """Bare transfers of one posting in batches: the ledger without acts."""
    found = []
    for store in stores:
        state = _bare(place.dsn(store))
        for size, count in RAW_SIZES:
            found.append(_raw_case(state, size, count, store, f"batches of {size:,}"))
        state.store.close()
    return found


def _bare(dsn: str) -> State:
    store = open_store(dsn)
    store.take_lease("bench")
    chart = Chart(one for programme in app.declarations().programmes for one in programme.accounts)
    state = State(store, chart, [])
    state.load(app.clock())
    keys = [(_wallet(n), "ECNY/2") for n in range(book.WALLETS)]
    state.gather([("balance", key) for key in [*keys, ("issuer:central", "ECNY/2")]])
    heads, plans = _transfers(book.WALLETS, lambda n: Posting("issuer:central", _wallet(n), "ECNY/2", 10**12))
    _run(state, heads, plans, 100)
    return state


def _wallet(n: int) -> str:
    return f"wallet:{n % book.WALLETS:032x}"


def _transfers(count: int, posting: Callable[[int], Posting]) -> tuple[list[Header], list[Plan]]:
    now = app.clock()
    heads = [Header(id, "bench.transfer", "bench", "", now, b"f" * 16) for id in book.ids_as_asked(now, count, 80_000)]
    return heads, [Plan(postings=[posting(n)]) for n in range(count)]


def _run(state: State, heads: list[Header], plans: list[Plan], size: int) -> list[float]:
    waits = []
    for start in range(0, len(plans), size):
        began = time.perf_counter()
        unit = Unit(state, app.clock())
        for header, plan in zip(heads[start : start + size], plans[start : start + size], strict=True):
            unit.attempt(header, plan, "")
        unit.append()
        unit.commit()
        state.merge(unit)
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def _raw_case(state: State, size: int, count: int, store: str, case: str, row: str = "raw") -> Result:
    heads, plans = _transfers(count, lambda n: Posting(_wallet(n), _wallet(n * 7 + 1), "ECNY/2", 1))
    before = state.n
    began = time.perf_counter()
    waits = _run(state, heads, plans, size)
    seconds = time.perf_counter() - began
    assert state.n == before + count, "every transfer was accepted"
    return result(row, case, store, n=count, seconds=seconds, waits_ms=waits)


def acts(place: Place, stores: Sequence[str]) -> list[Result]:
    """Payments with all guards, usage, records and journal, in the process."""
    found = []
    for store in stores:
        dsn = place.dsn(store)
        clerk = book.open_clerk(dsn)
        town = book.plant(clerk, dsn)
        _warm(clerk, town)
        for size, count in ACT_SIZES:
            found.append(act_case(clerk, town, size, count, store, f"batches of {size}"))
        clerk.close()
    return found


def _warm(clerk: Clerk, town: book.Town) -> None:
    asked = book.payments(town, 2_048)
    for start in range(0, len(asked), 512):
        clerk.turn(asked[start : start + 512])
    calm_memory()  # as the server does


def act_case(
    clerk: Clerk, town: book.Town, size: int, count: int, store: str, case: str, *, row: str = "acts", hot: bool = False
) -> Result:
    """One case: `count` payments in turns of `size`, all accepted."""
    asked = book.payments(town, count, hot=hot)
    waits = []
    began = time.perf_counter()
    for start in range(0, count, size):
        turn = time.perf_counter()
        answers = clerk.turn(asked[start : start + size])
        waits.append((time.perf_counter() - turn) * 1000)
        assert not any(answer.code for answer in answers), f"every payment was accepted: {answers[0]}"
    return result(row, case, store, n=count, seconds=time.perf_counter() - began, waits_ms=waits)


def hot(place: Place, stores: Sequence[str]) -> list[Result]:
    """All payments to one merchant against spread over 200, alternating so that both see the same machine."""
    found = []
    for store in stores:
        dsn = place.dsn(store)
        clerk = book.open_clerk(dsn)
        town = book.plant(clerk, dsn)
        _warm(clerk, town)
        sums: dict[bool, list[Result]] = {True: [], False: []}
        for _ in range(4):
            for one in (True, False):
                sums[one].append(act_case(clerk, town, 512, 7_680, store, "", hot=one))
        for one, case in ((True, "one merchant"), (False, "200 merchants")):
            n = sum(r.n for r in sums[one])
            seconds = sum(r.n / r.per_second for r in sums[one])
            found.append(result("hot", case, store, n=n, seconds=seconds, waits_ms=[r.p50_ms for r in sums[one]]))
        clerk.close()
    return found


def stored(place: Place, stores: Sequence[str], entries: int) -> list[Result]:
    """The same payments on a book that holds many entries already, against an empty one."""
    found = []
    for store in stores:
        dsn = place.dsn(store)
        clerk = book.open_clerk(dsn)
        town = book.plant(clerk, dsn)
        _warm(clerk, town)
        found.append(act_case(clerk, town, 512, 20_480, store, "empty book", row="stored"))
        _fill(clerk, entries)
        found.append(act_case(clerk, town, 512, 20_480, store, f"{entries:,} entries stored", row="stored"))
        clerk.close()
    return found


def _fill(clerk: Clerk, entries: int) -> None:
    """Bare transfers among wallets of their own, in large batches."""
    state = clerk.state
    state.gather([("balance", (_wallet(n), "ECNY/2")) for n in range(book.WALLETS)])
    heads, plans = _transfers(book.WALLETS, lambda n: Posting("issuer:central", _wallet(n), "ECNY/2", 10**12))
    _run(state, heads, plans, 1_000)
    left = entries
    while left > 0:
        count = min(left, 80_000)
        _run(state, *_transfers(count, lambda n: Posting(_wallet(n), _wallet(n * 7 + 1), "ECNY/2", 1)), 8_000)
        if hasattr(state.store, "tidy"):
            state.store.tidy()
        left -= count


def check(place: Place, stores: Sequence[str], entries: int = CHECKED) -> list[Result]:
    """Check and restart, per second of entries; a twentieth of them are payments, the others bare transfers."""
    found = []
    for store in stores:
        dsn = place.dsn(store)
        clerk = book.open_clerk(dsn)
        town = book.plant(clerk, dsn)
        count = entries if store == "sqlite" else min(entries, CHECKED)
        paid = min(count // 20, PAID_MAX)
        for start in range(0, paid, 512):
            clerk.turn(book.payments(town, min(512, paid - start)))
        _fill(clerk, count - paid)
        declared, total = clerk.declarations, clerk.state.n
        clerk.close(checkpoint=False)
        reader = open_store(dsn, read_only=True)
        began = time.perf_counter()
        report = ledger_check.check(reader, declared.chart, declared.tables)
        seconds = time.perf_counter() - began
        assert report.whole, report.findings[:3]
        found.append(result("check", "one process", store, n=total, seconds=seconds, waits_ms=[seconds * 1000]))
        began = time.perf_counter()
        ledger_check.check(reader, declared.chart, declared.tables, dsn=dsn)
        seconds = time.perf_counter() - began
        found.append(result("check", "two processes", store, n=total, seconds=seconds, waits_ms=[seconds * 1000]))
        began = time.perf_counter()
        again = book.open_clerk(dsn)
        seconds = time.perf_counter() - began
        found.append(result("check", "restart (tail folded)", store, n=max(1, again.folded), seconds=seconds,
                            waits_ms=[seconds * 1000]))  # fmt: skip
        again.close()
        reader.close()
    return found
