"""Runs every leg of the tests one after the other and ends with a table, so that nobody mistakes silence for success.

`make test` on a desk and the build machine run exactly this. A leg that could not run is never counted as passed: on a
desk it is said, with what to do; where CI is set it is a failure. Only the standard library is used here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {  # what the system lends to the tests: program or font folder -> Debian package
    "chromium": "chromium",
    "hledger": "hledger",
    "/usr/share/fonts/opentype/noto": "fonts-noto-cjk",
    "/usr/share/fonts/truetype/noto": "fonts-noto-core",
}
NOTHING_COLLECTED = 5  # pytest's word for: no test was found
INSTALL_SECONDS_MAX = 900
LEG_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of the tests: what it runs, where its tests lie, and which program it cannot do without."""

    name: str
    what: str
    command: tuple[str, ...]
    folders: tuple[str, ...] = ()
    program: str = ""
    lends: tuple[str, ...] = ()  # programs without which the leg runs, but some of its tests skip


@dataclass(slots=True)
class Outcome:
    """What became of a leg: passed, failed or not run, in how many seconds, and why."""

    leg: Leg
    result: str = "not run"
    seconds: float = 0.0
    why: str = field(default="")


def legs() -> list[Leg]:
    """All legs in the order in which they run: the quick and telling ones first."""
    pytest = (sys.executable, "-m", "pytest", "-rs")
    books = (*pytest, "-n", "2", "--ignore", "tests/web")  # the pages configure Django for themselves: own process
    return [
        Leg("lint", "format, lint, types, house rules, pages of docs", ("make", "--no-print-directory", "lint")),
        Leg("a", "all tests on SQLite", (*books, "-m", "not web and not pg"), ("tests",), lends=("hledger",)),
        Leg("p", "the pages without a browser", (*pytest, "tests/web", "-m", "not web"), ("tests/web",)),
        Leg("b", "ledger and programmes on PostgreSQL", (*books, "-m", "pg and not web"), ("tests/ledger",)),
        Leg("e", "the pages in a browser", (*pytest, "tests/web", "-m", "web"), ("tests/web",), program="chromium"),
        Leg("c", "the console in a browser", (*pytest, "tests/console", "-m", "web"), ("tests/console",), "chromium"),
    ]


def present(part: str) -> bool:
    """Whether a program is on the path, or a folder of fonts is there."""
    return Path(part).is_dir() if part.startswith("/") else shutil.which(part) is not None


def prepare_system() -> None:
    """Install what the system lacks, if this is root on Debian and nobody forbade it."""
    missing = [package for part, package in PACKAGES.items() if not present(part)]
    if not missing or os.environ.get("SAXAUL_NO_APT") == "1" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing from the operating system: {', '.join(missing)} (forbid with SAXAUL_NO_APT=1).", flush=True)
    began = time.monotonic()
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-qq"], install):
        try:
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, timeout=INSTALL_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired:
            print(f"{' '.join(command[:2])} did not end within {INSTALL_SECONDS_MAX} s.", flush=True)
    print(f"Done in {time.monotonic() - began:.0f} s.", flush=True)


def run(leg: Leg) -> Outcome:
    """Run one leg, or say why it could not run."""
    outcome = Outcome(leg)
    if leg.program and not present(leg.program):
        outcome.why = f"no {leg.program}; as root: apt-get install {PACKAGES[leg.program]}"
        return outcome
    if leg.folders and not any((ROOT / folder).is_dir() for folder in leg.folders):
        outcome.why = f"there is no {' or '.join(leg.folders)} yet"
        return outcome
    print(f"\n== leg {leg.name}: {leg.what}", flush=True)
    began = time.monotonic()
    try:
        code = subprocess.run(leg.command, cwd=ROOT, timeout=LEG_SECONDS_MAX, check=False).returncode
        outcome.why = "no test was found" if code == NOTHING_COLLECTED else "" if code == 0 else "see above"
    except subprocess.TimeoutExpired:
        code, outcome.why = 1, f"it did not end within {LEG_SECONDS_MAX} s"
    outcome.seconds = time.monotonic() - began
    outcome.result = "passed" if code == 0 else "failed"
    lacking = [part for part in leg.lends if not present(part)]
    if code == 0 and lacking:
        outcome.why = f"without {', '.join(lacking)}: its tests were skipped"
        if os.environ.get("CI"):
            outcome.result = "failed"
    return outcome


def table(outcomes: list[Outcome]) -> str:
    """The closing table: leg, what, ran or not, seconds, why."""
    rows = [("leg", "what", "result", "seconds", "why")]
    rows += [(o.leg.name, o.leg.what, o.result, f"{o.seconds:.0f}", o.why) for o in outcomes]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def verdict(outcomes: list[Outcome]) -> int:
    """0 if every leg passed; a leg that did not run is a failure where CI is set, and said aloud where it is not."""
    failed = [o.leg.name for o in outcomes if o.result == "failed"]
    left_out = [o.leg.name for o in outcomes if o.result == "not run"]
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    if left_out:
        print(f"\nNot run: {', '.join(left_out)}. Everything else ran; this is not a pass of what did not run.")
    return 1 if failed or (left_out and os.environ.get("CI")) else 0


def main(names: list[str]) -> int:
    """Run the legs named, or all of them."""
    chosen = [leg for leg in legs() if not names or leg.name in names]
    if not chosen:
        print(f"Nothing was run. Legs are: {', '.join(leg.name for leg in legs())}.")
        return 2
    prepare_system()
    outcomes = [run(leg) for leg in chosen]
    print("\n" + table(outcomes))
    return verdict(outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
