"""The peers' rows: their percentiles, and that a peer that cannot run is told instead of counted."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import book
import pytest

from bench.peers import PeerMissing, hordak, pgbench, row


def test_a_row_says_what_most_and_nearly_all_waited() -> None:
    found = row("peer", "case", "store", seconds=2, latencies_us=[1000 * n for n in range(100, 0, -1)])
    assert found == {
        "row": "peer", "case": "case", "store": "store", "per_second": 50, "p50_ms": 51.0, "p99_ms": 100.0, "n": 100,
    }  # fmt: skip
    assert row("peer", "case", "store", seconds=2, latencies_us=[])["n"] == 0


def test_failed_lines_of_a_pgbench_log_are_not_counted(tmp_path) -> None:
    (tmp_path / "log.1").write_text("0 1 512 0 1654056000 1\n0 2 failed 0 1654056000 2\n1 1 700 0 1654056000 3\n")
    assert sorted(pgbench._latencies(tmp_path)) == [512, 700]


def test_a_peer_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PeerMissing, match="requirements/bench.txt"):
        list(hordak.measure(SimpleNamespace()))


def test_the_command_explains_itself() -> None:
    asked = [sys.executable, "-m", "bench.peers", "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=book.ROOT, timeout=60, check=True)
    assert "--seconds" in done.stdout
