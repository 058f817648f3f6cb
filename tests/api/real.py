"""The town behind the real HTTP server, in a thread of the test's process, on a loopback port that is free."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import town
import uvicorn

from saxaul.surfaces.api.quick import bound_to
from saxaul.surfaces.server import Server


@contextmanager
def serving(folder: Path | Any, **settings: Any) -> Iterator[tuple[int, Any]]:
    """(port, house) of a town that answers over HTTP until the block ends."""
    house = town.open_town(Path(folder), **settings)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    application = Server(house, None, beside=False)
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, loop="uvloop", http=bound_to(application.front),
        access_log=False, log_level="error", lifespan="on", proxy_headers=False, server_header=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield port, house
    finally:
        server.should_exit = True
        thread.join(10)
        house.clerk.close()
