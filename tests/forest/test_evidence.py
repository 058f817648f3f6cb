"""Satellite evidence: what may not be compared is refused, clouds are no evidence, and a slow rise is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent / "programmes")]

from foresttown import project, town, whole  # noqa: E402
from paytown import do, done  # noqa: E402
from scenes import CONTROL, EAST, NORTH, PARCEL, ZONE, collection, item, scene  # noqa: E402

from saxaul.kernel.refusal import Refusal  # noqa: E402
from saxaul.programmes.forest import evidence, geometry  # noqa: E402
from saxaul.surfaces.web.forest import proof, satellite  # noqa: E402

RULES = {"valid_percent_min": 80, "pixels_min": 25, "season_days_max": 30, "change_min": 50}
PARCEL_KEY = "p006-2022s:1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def compared(now: Path, base: Path, *earlier: Path) -> evidence.RecordEvidence:
    return satellite.compare(
        now,
        base,
        PARCEL_KEY,
        PARCEL,
        CONTROL,
        earlier=earlier,
        rules=RULES,
        sign=lambda text: proof.signature(KEY, text),
    )


def said(ask: evidence.RecordEvidence) -> str:
    return evidence.verdict(ask.now, ask.base, ask.spread, RULES)


def refused(now: Path, base: Path) -> str:
    with pytest.raises(Refusal) as found:
        compared(now, base)
    return found.value.code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenes")


@pytest.fixture(scope="module")
def base(folder: Path) -> Path:
    return scene(folder, "2019-06-05", seed=1)


def test_a_slow_rise_inside_the_parcel_is_found_while_the_control_area_is_flat(folder: Path, base: Path) -> None:
    earlier = [scene(folder, f"20{year}-06-02", seed=year) for year in (16, 17, 18)]
    ask = compared(scene(folder, "2022-06-01", seed=2, rise=900), base, *satellite.items(collection(folder, *earlier)))
    assert said(ask) == "gain" and abs(ask.now.control - ask.base.control) < 10 and ask.spread < 10
    assert ask.now.pixels > 2_000 and ask.now.offset == -1_000 and ask.now.valid == 100
    assert said(compared(scene(folder, "2021-06-01", seed=3), base)) == "no_change"  # two years nearly alike


def test_an_earlier_season_that_swings_widely_hides_a_small_rise(folder: Path, base: Path) -> None:
    wide = [scene(folder, f"20{year}-06-03", seed=year, everywhere=600 * (year - 9)) for year in (10, 11, 12)]
    ask = compared(scene(folder, "2020-06-03", seed=5, rise=600), base, *wide)
    assert ask.spread > 40 and said(ask) == "no_change"


def test_all_cloud_is_no_evidence_and_never_a_loss(folder: Path, base: Path) -> None:
    ask = compared(scene(folder, "2022-06-03", seed=4, cloud=100), base)
    assert (ask.now.valid, ask.now.index, said(ask)) == (0, 0, "no_evidence")
    assert said(compared(scene(folder, "2022-06-04", seed=4, cloud=30), base)) == "no_evidence"


def test_a_wet_year_everywhere_says_nothing_of_the_trees(folder: Path, base: Path) -> None:
    assert said(compared(scene(folder, "2022-06-05", seed=6, everywhere=1_500), base)) == "regional_change"


def test_what_may_not_be_compared_is_refused(folder: Path, base: Path) -> None:
    assert refused(scene(folder, "2022-01-10", seed=7), base) == "evidence.season_mismatch"
    assert refused(scene(folder, "2022-06-06", seed=8, zone=ZONE + 1), base) == "evidence.parcel_outside"
    assert refused(scene(folder, "2022-06-07", seed=9, level="L1C"), base) == "evidence.scale_mismatch"
    assert refused(scene(folder, "2022-06-08", seed=10, offset=0), base) == "evidence.scale_mismatch"
    for day in ("2020-06-05", "2021-06-05", "2022-06-05"):  # one picture, dated anew each year
        again = item(folder, "S2A_SYNTHETIC_2019-06-05", day, id="S2B_NEW")
        assert refused(again, base) == "evidence.pixels_same"


def test_the_offset_is_taken_off_before_the_index(folder: Path, base: Path) -> None:
    shifted = satellite.picture(scene(folder, "2022-06-09", seed=1, offset=0), PARCEL, CONTROL)
    assert shifted.index == satellite.picture(base, PARCEL, CONTROL).index


def test_the_book_keeps_the_numbers_and_refuses_the_picture_under_another_day(
    folder: Path, base: Path, sqlite_clerk: Any
) -> None:
    clerk = sqlite_clerk
    town(clerk)
    done(clerk, "forest.open_project", project(parcels=[{"ring": [list(one) for one in PARCEL], "room": 10}]), "system")
    ask = msgspec.to_builtins(compared(scene(folder, "2022-06-10", seed=11, rise=900), base))
    assert done(clerk, "forest.record_evidence", ask, "wang")["verdict"] == "gain"
    again = {**ask, "now": {**ask["now"], "day": "2023-06-10", "scene": "S2A_OTHER"}}
    assert do(clerk, "forest.record_evidence", again, "wang").code == "evidence.pixels_same"
    (row,) = clerk.store.query("SELECT verdict, valid, control, statement, signature FROM forest_evidence")
    assert row[0] == "gain" and row[1] == 100 and abs(row[2]) < 10
    public = proof.public_text(KEY)  # the record alone is enough to check who stated what
    assert proof.fits(public, row[3], row[4]) and not proof.fits(public, row[3].replace("gain", "loss") + " ", row[4])
    whole(clerk)


def test_places_in_metres_agree_with_the_area_on_the_ellipsoid() -> None:
    corners = [satellite.metres(*corner, ZONE) for corner in PARCEL]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, (*corners[1:], corners[0]), strict=True))
    assert abs(twice / 2 / 0.9996**2 - geometry.area(PARCEL) / 100) < 2  # of half a million square metres
    assert satellite.metres(EAST, NORTH, ZONE)[0] == pytest.approx(500_000)


def test_ndvi_in_whole_numbers() -> None:
    assert [evidence.index(red, near) for red, near in ((3_000, 3_000), (1_000, 3_000), (3_000, 1_000), (0, 0))] == [
        0, 500, -500, 0
    ]  # fmt: skip
    assert evidence.season_days("2019-12-20", "2022-01-05") == 16 and evidence.median([]) == 0


def test_the_command_prints_the_signed_ask_or_the_refusal_and_writes_nothing(folder: Path, base: Path) -> None:
    serve = "from saxaul.surfaces.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", serve, *words], cwd=folder, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert run("init").returncode == 0
    rings = ("--ring", geometry.written(PARCEL), "--control", geometry.written(CONTROL), "--base", str(base))
    found = run("evidence", "measure", PARCEL_KEY, "--now", str(scene(folder, "2022-06-11", seed=12)), *rings)
    assert found.returncode == 0, found.stderr
    ask = msgspec.json.decode(found.stdout, type=evidence.RecordEvidence)
    key = run("certificate", "key").stdout.strip()
    assert proof.fits(key, evidence.statement(ask), ask.signature) and ask.now.valid == 100
    wrong = run("evidence", "measure", PARCEL_KEY, "--now", str(scene(folder, "2022-01-11", seed=13)), *rings)
    assert wrong.returncode == 2 and "evidence.season_mismatch" in wrong.stderr
