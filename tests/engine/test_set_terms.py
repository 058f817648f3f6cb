"""A term that two officers set counts from its day, without a restart and after one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import book
import msgspec

from saxaul import app
from saxaul.engine.request import decode_value, request
from saxaul.kernel import ids, times
from saxaul.kernel.settings import Settings


def house(folder: Path, clock: book.Clock) -> app.House:
    """A house on an empty book, with the test's clock."""
    dsn = f"sqlite:{folder}/book.db" if (folder / "book.db").exists() else book.sqlite_dsn(folder)
    app.read_secrets(folder / "secret.key", make=True)
    return app.open_house(Settings(dsn=dsn, secret_file=str(folder / "secret.key")), now=clock)


def limit(one: app.House, us: int) -> Any:
    """What tier 4 may pay at once, at an instant."""
    return one.clerk.performer.terms.values(us)["tier.4.payment_limit"]


def test_a_term_set_by_officers_counts_from_its_day(tmp_path: Path, clock: book.Clock) -> None:
    one = house(tmp_path, clock)
    before = limit(one, clock())
    kind = one.clerk.performer.acts["desk.set_terms"].ask
    given = {
        "name": "tier.4.payment_limit",
        "starts": "2022-07-01",
        "value": 12_300,
        "unit": "ECNY/2",
        "source": "a letter",
    }
    ask = msgspec.convert(given, kind, dec_hook=decode_value)
    (answer,) = one.clerk.turn([request("desk.set_terms", ask, id=ids.fresh(clock(), b"0123456789"))])
    assert not answer.code, answer
    starts = times.start_of_day("2022-07-01")
    assert (limit(one, starts - 1), limit(one, starts)) == (before, 12_300)
    one.clerk.close()
    again = house(tmp_path, clock)
    assert (limit(again, starts - 1), limit(again, starts)) == (before, 12_300)
    again.clerk.close()
