"""What is installed is whole: the wheel holds the packs, pages, texts and migrations, and reads its own terms."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (".toml", ".html", ".css", ".js", ".po", ".svg", ".csv", ".json", ".py")
ALONE = """
import pathlib, sys
from saxaul import app
app.prepare_models()
from saxaul.sim import pack
assert pathlib.Path(app.__file__).is_relative_to(sys.argv[1]), app.__file__
assert app.terms().at("tier.4.day_total_limit", 1_654_056_000_000_000) == 500_000
assert pack.read(app.packs("tianjin"))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def test_every_file_of_package_and_packs_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    sources = {f"saxaul/packs/{path.relative_to(ROOT / 'packs')}": path for path in (ROOT / "packs").rglob("*")}
    sources |= {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "saxaul").rglob("*")}
    missing = {name for name, path in sources.items() if path.is_file() and path.suffix in NEEDED} - inside
    assert not missing and any("packs/tianjin/" in name for name in inside)


def test_an_installed_house_finds_its_terms_and_the_demo_town(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", ALONE, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
