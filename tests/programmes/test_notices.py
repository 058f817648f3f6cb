"""Notices in the history beside the book: whoever was told something finds the entry, on both stores."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import paytown
import pytest
from paytown import at, done

from saxaul.engine import history
from saxaul.engine.history import History, notices_of
from saxaul.ledger.store import connect_beside
from saxaul.surfaces import notices
from saxaul.surfaces.background import open_history


@pytest.fixture
def kept(clerk: Any, dsn: str) -> Any:
    """The town, in which Zhang asked Li for money and Li sent some to Wu; and its history, filled."""
    paytown.town(clerk)
    done(clerk, "pay.request", {"payer": at("li"), "amount": "12.00 ECNY"}, "zhang")
    done(clerk, "pay.send", {"payee": at("wu_wallet"), "amount": "5.00 ECNY"}, "li")
    done(clerk, "pay.send", {"payee": at("li_wallet"), "amount": "2.00 ECNY"}, "wu")
    one = open_history(dsn)
    fill(one, clerk)
    yield one
    one.connection.close()


def fill(one: History, clerk: Any) -> None:
    while one.step(clerk.store):
        pass


def kinds(clerk: Any, one: History, who: str, natural: str = "") -> list[str]:
    """What the person was told, newest first."""
    person = SimpleNamespace(key=at(who), natural=at(natural or who))
    entries = history.lines(clerk.store, notices.merged(one.entries, person, 50))
    return [found.kind for found in notices.told(person, entries, clerk.records)]


def test_who_was_told_something_finds_it_newest_first(clerk: Any, kept: History) -> None:
    assert kinds(clerk, kept, "li") == ["pay.received", "pay.asked"], "also where no money moved"
    assert kinds(clerk, kept, "wu") == ["pay.received"] and kinds(clerk, kept, "zhang") == []
    newest, oldest = kept.entries(notices_of(at("li")))
    assert kept.entries(notices_of(at("li")), before=newest) == [oldest], "page by page, like money"
    assert newest in kept.entries(paytown.wallet("li")) and oldest not in kept.entries(paytown.wallet("li"))


def test_a_file_made_before_notices_were_kept_fills_again(clerk: Any, kept: History, tmp_path: Path) -> None:
    old = History(connect_beside(str(tmp_path / "old.history"), derived=True), sqlite=True)
    old.connection.execute("INSERT INTO history_mark (name, n) VALUES ('read', ?)", (clerk.state.n,))
    old.connection.execute("INSERT INTO history (account, n) VALUES ('wallet:x', 1)")
    assert old.reached() == 0, "until then the pages say up to when the list is complete"
    fill(old, clerk)
    assert old.reached() == clerk.state.n and kinds(clerk, old, "li") == ["pay.received", "pay.asked"]
    assert old.step(clerk.store) == 0


def test_joined_records_share_what_belongs_to_the_natural_person_and_nothing_else(clerk: Any, kept: History) -> None:
    points = {"kind": "merchant.points_returned", "facts": {"points": 5}}
    entry = history.lines(clerk.store, kept.entries(notices_of(at("li")), limit=1))[0]
    both = [[at("li"), "pay.received", {}], [at("li"), points["kind"], points["facts"]]]
    changes = SimpleNamespace(notices=both)
    joined = SimpleNamespace(n=entry.n, id=entry.id, entered=entry.entered, postings=entry.postings, changes=changes)
    wu = SimpleNamespace(key=at("wu"), natural=at("li"))
    (one,) = notices.told(wu, [joined], clerk.records)
    assert (one.kind, one.facts, one.id) == (points["kind"], points["facts"], f"nt_{entry.id}_1")
    assert notices.accounts(wu) == [notices_of(at("wu")), notices_of(at("li"))]


def test_nobody_hears_of_a_draw_before_it_is_public() -> None:
    li = SimpleNamespace(key="li", natural="li")
    changes = SimpleNamespace(notices=[["li", "campaign.awarded", {"campaign": "tea"}], ["li", "pay.asked", {}]])
    entry = SimpleNamespace(n=1, id="00", entered=0, postings=[], changes=changes)

    def heard(stage: str) -> list[str]:
        rows = [SimpleNamespace(key="tea", stage=stage)]
        return [one.kind for one in notices.told(li, [entry], lambda _table, _keys: rows)]

    assert heard("drawing") == ["pay.asked"]
    assert heard("claiming") == ["campaign.awarded", "pay.asked"]
