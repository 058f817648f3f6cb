"""PostgreSQL's own benchmark: what the database itself can do with a short transfer, at its best number of clients.

TPC-B-like: one account, one teller and one branch change and one line of history is written, in one commit. It checks
no limit, remembers no id, keeps no balance from going below zero and writes no chain: an upper bound, not a rival.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.peers import Row, row
from bench.peers.server import Server

CLIENTS = (1, 2, 4, 8, 16, 32, 64)
THREADS = 2
NAME = "pgbench TPC-B"
SLACK_SECONDS = 60


def measure(server: Server, *, seconds: int = 5, scale: int = 64) -> Iterator[Row]:
    """The rows for one client and for the best number of clients."""
    uri = server.database("tpcb")
    pgbench = str(server.programs / "pgbench")
    most = [clients for clients in CLIENTS if clients <= scale]  # fewer branches than clients would measure a queue
    subprocess.run(
        [pgbench, "--initialize", "--quiet", f"--scale={scale}", uri], check=True, capture_output=True,
        timeout=SLACK_SECONDS + 5 * scale,
    )  # fmt: skip
    rows = [_run(pgbench, uri, clients, seconds, server.version) for clients in most]
    best = max(rows, key=lambda one: one["per_second"])
    yield rows[0]
    if best is not rows[0]:
        yield best


def _run(pgbench: str, uri: str, clients: int, seconds: int, store: str) -> Row:
    before = _written(pgbench, uri)
    with tempfile.TemporaryDirectory(prefix="saxaul-pgbench-") as folder:
        subprocess.run(
            [
                pgbench, f"--client={clients}", f"--jobs={min(clients, THREADS)}", f"--time={seconds}", "--no-vacuum",
                "--protocol=prepared", "--log", f"--log-prefix={folder}/log", uri,
            ],
            check=True, capture_output=True, timeout=seconds + SLACK_SECONDS,
        )  # fmt: skip
        latencies = list(_latencies(Path(folder)))
    assert _written(pgbench, uri) - before == len(latencies), "not everything that was counted is there"
    return row(NAME, f"{clients} client{'s' * (clients > 1)}", store, seconds=seconds, latencies_us=latencies)


def _written(pgbench: str, uri: str) -> int:
    """Lines of history in the database: one for everything that was committed."""
    ask = "SELECT count(*) FROM pgbench_history"
    psql = str(Path(pgbench).with_name("psql"))
    return int(subprocess.run([psql, "-Atc", ask, uri], check=True, capture_output=True, timeout=60).stdout)


def _latencies(folder: Path) -> Iterator[int]:
    """Microseconds of every line that was done: client, number, microseconds, script, second, microsecond."""
    for path in folder.iterdir():
        for line in path.read_text("ascii").splitlines():
            words = line.split()
            if words[2].isdigit():
                yield int(words[2])
