"""Documents that cannot rot: marked blocks are run as they stand, links lead somewhere, generated pages are current.

`<!-- run -->` before a block of sh or python: all of a page's are one script, in their order, in an empty folder.
`<!-- file NAME -->` before a block: it is written there first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- (run|file) ?(\S*) -->\n```(\w+)\n(.*?)```", re.S)
PAGES = [path for path in sorted((ROOT / "docs").rglob("*.md")) if BLOCK.search(path.read_text("utf-8"))]
LINKED = [path for path in sorted((ROOT / "docs").rglob("*.md")) if "reference" not in path.parts]
MINUTES_MAX = 5


def script(text: str, folder: Path) -> str:
    """The page as one script; its files are written into the folder."""
    lines = ["set -euo pipefail"]
    for kind, name, language, body in BLOCK.findall(text):
        if kind == "file":
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, "utf-8")
        elif language == "python":
            lines.append(f"python - <<'END_OF_PYTHON'\n{body}END_OF_PYTHON")
        else:
            lines.append(body)
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("document", PAGES, ids=lambda one: one.stem)
def test_a_page_does_what_it_says(document: Path, tmp_path: Path) -> None:
    bin = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAXAUL_", "DJANGO_", "PYTEST_"))}
    environment = {**kept, "PATH": f"{bin}:{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    done = subprocess.run(
        ["bash", "-c", script(document.read_text("utf-8"), tmp_path)], cwd=tmp_path, env=environment, text=True,
        capture_output=True, timeout=MINUTES_MAX * 60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{document.name}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.parametrize("document", LINKED, ids=lambda one: one.relative_to(ROOT).as_posix())
def test_a_link_to_another_page_leads_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_the_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.reference", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
