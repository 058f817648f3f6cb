"""The record: tables and ratios of one run, with the commit and the machine, in docs/performance.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.result import Result, table

TARGET = Path(__file__).parent.parent / "docs" / "performance.md"


def write(results: Sequence[Result], sync: float) -> None:
    """Put the newest measurement on top; what was found out by hand stays below the line."""
    kept = TARGET.read_text("utf-8").partition("\n<!-- by hand -->\n")[2] if TARGET.exists() else ""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}"
    head = (
        "# Performance\n\nMeasured by `make bench`; the load generator runs on the same two cores. "
        f"One fsync of 4 KiB took {sync:.3f} ms.\n\n"
        f"Commit `{commit.stdout.strip()}`, {machine}, Python {platform.python_version()}.\n\n"
    )
    body = table(results) + "\n\n## Ratios, all of this run\n\n" + ratios(results)
    TARGET.write_text(f"{head}{body}\n<!-- by hand -->\n{kept}", encoding="utf-8")


def ratios(results: Sequence[Result]) -> str:
    """The ratios the house is judged by, each of two lines of the same run."""
    rate = {(one.row, one.case, one.store): one.per_second for one in results}
    best = {one.case.split(",")[0]: 0.0 for one in results if one.row == "peers"}
    for one in results:
        if one.row == "peers":
            name = one.case.split(",")[0]
            best[name] = max(best[name], one.per_second)
    http = rate.get(("http", "64 connections", "sqlite"))
    lines = ["| what | ratio |", "|---|--:|"]

    def add(what: str, over: float | None, under: float | None) -> None:
        if over and under:
            lines.append(f"| {what} | {over / under:.2f} |")

    for name, value in best.items():
        add(f"payments over HTTP at 64 connections / {name} at its best", http, value)
    add("HTTP, one merchant / spread out", rate.get(("http", "64 connections, one merchant", "sqlite")), http)
    add("acts, one merchant / spread out", rate.get(("hot", "one merchant", "sqlite")),
        rate.get(("hot", "200 merchants", "sqlite")))  # fmt: skip
    add("PostgreSQL / SQLite, HTTP at 64", rate.get(("http", "64 connections", "postgresql")), http)
    add("PostgreSQL / SQLite, acts of 512", rate.get(("acts", "batches of 512", "postgresql")),
        rate.get(("acts", "batches of 512", "sqlite")))  # fmt: skip
    stored = [one for one in results if one.row == "stored"]
    if len(stored) == 2:
        add(f"{stored[1].case} / {stored[0].case}", stored[1].per_second, stored[0].per_second)
    claimed = {one.case.split(" ")[0]: one for one in results if (one.row, one.store) == ("claims", "sqlite")}
    paid = [one for one in results if one.case.startswith("payments of") and one.store == "sqlite"]
    for one in paid if "claims," in claimed else ():
        add(f"{claimed['claims,'].case} / {one.case}", claimed["claims,"].per_second, one.per_second)
    add("acts of 512 / one commit an act (control)", rate.get(("acts", "batches of 512", "sqlite")),
        rate.get(("acts", "batches of 1", "sqlite")))  # fmt: skip
    return "\n".join(lines) + "\n"
