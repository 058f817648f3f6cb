"""Every worked case of every programme on a fresh book; no act without one that works and one that is refused."""

from __future__ import annotations

from pathlib import Path

import book
import pytest

from saxaul import app
from saxaul.engine import cases
from saxaul.engine.declare import COMMON, Act

PROGRAMMES = Path(app.__file__).parent / "programmes"
FILES = sorted(PROGRAMMES.glob("*/cases.toml"))
CASES = [(file.parent.name, case) for file in FILES for case in cases.read(file)]


@pytest.mark.parametrize(("programme", "case"), CASES, ids=[f"{name}: {case.says}" for name, case in CASES])
def test_a_worked_case_goes_as_it_is_written(programme: str, case: cases.Case, tmp_path: Path) -> None:
    clock = book.Clock()
    clerk = book.open_clerk(book.sqlite_dsn(tmp_path), clock)
    try:
        assert list(cases.run(case, clerk, clock.set)) == [], f"{programme}: {case.says}"
    finally:
        clerk.close(checkpoint=False)


ACTS = [act for programme in app.declarations().programmes if programme.name != "engine" for act in programme.acts]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_every_act_has_a_case_that_works_and_one_for_every_way_it_is_refused(act: Act) -> None:
    mine = [case for _, case in CASES if case.act == act.name]
    assert any(not case.refused for case in mine), f"{act.name} has no worked case"
    assert any(case.refused for case in mine), f"{act.name} has no refused case"
    missing = set(act.refuses) - {case.refused for case in mine} - set(COMMON)
    assert not missing, f"{act.name} has no case for {sorted(missing)}"
