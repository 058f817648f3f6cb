"""A draw of a million tickets: hashed, under their root, drawn to the last place, published as files, checked again.

It needs no store. `BENCH_PEOPLE` in the environment makes it smaller; the sum of the first four lines is what a city
waits for after the beacon has fallen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from bench.place import Place
from bench.result import Result, result
from saxaul import app

app.prepare_models()

from saxaul.programmes.campaign import draw as pure  # noqa: E402
from saxaul.programmes.campaign import publication  # noqa: E402

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
SCRIPT = Path(__file__).parent.parent / "tools" / "verify_draw.py"

T = TypeVar("T")


def draw(place: Place, people: int = PEOPLE) -> list[Result]:
    """The lines of the row; asserts that everybody has a place and that the stand-alone script agrees."""
    found: list[Result] = []

    def timed(case: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        value = work()
        seconds = time.perf_counter() - began
        found.append(result("draw", case, "-", n=people, seconds=seconds, waits_ms=[seconds * 1000]))
        return value

    persons = [f"{n:032x}" for n in range(people)]
    lines = timed("tickets hashed and sorted", lambda: sorted([pure.ticket("salt", one) for one in persons]))
    root = timed("root", lambda: pure.root(lines))
    seed = pure.seed(root, ["operator-secret", "witness-secret"], "beacon-1000")
    order = timed("drawn to the last place", lambda: pure.drawn(lines, seed, people))
    assert len(set(order)) == people, "everybody has one place"
    folder = Path(place.folder) / "draw"
    folder.mkdir(exist_ok=True)
    timed("published as files", lambda: _publish(folder, lines, order, root, seed))
    total = sum(one.p50_ms for one in found)
    found.append(result("draw", "all of it", "-", n=people, seconds=total / 1000, waits_ms=[total]))
    timed("checked by the stand-alone script", lambda: _checked(folder))
    return found


def _publish(folder: Path, lines: list[str], order: list[str], root: str, seed: str) -> None:
    awards = len(lines) // 2
    row: Any = SimpleNamespace(
        key="bench", tickets=len(lines), awards=awards, reserves=len(lines) - awards, salt="salt", root=root, seed=seed,
        operator_secret="operator-secret", witness_secret="witness-secret", beacon="beacon-1000", beacon_at=0,
        operator_commitment=pure.commitment("operator-secret"), beacon_name="drand 1000",
        witness_commitment=pure.commitment("witness-secret"),
    )  # fmt: skip
    for name, text in publication.files(row, lines, order).items():
        (folder / name).write_text(text, encoding="utf-8")


def _checked(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-I", str(SCRIPT), str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
