"""One process, two speeds: the API in front on the event loop with the clerk, the pages behind it in threads.

Followers, dues, history and the tidying of the log go on in a process beside it (`background`), so that they never stop
the city; what they write themselves comes back through the clerk's socket, into its second queue.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from typing import Any

import uvicorn

from saxaul.engine import followers
from saxaul.surfaces.api.front import PATHS, Front
from saxaul.surfaces.api.quick import bound_to
from saxaul.surfaces.background import Beside, open_history
from saxaul.surfaces.drive import Loop, end_process
from saxaul.surfaces.house import House
from saxaul.surfaces.wire import Wire

SWEEP_SECONDS = 1.0  # how often overdue holds are looked for and the process beside is looked after


class Server:
    """The ASGI application of a house: `/v1` to the API, all else to the pages."""

    def __init__(self, house: House, pages: Any = None, *, beside: bool = True) -> None:
        self.house, self.pages = house, pages
        self.front = Front(house, lambda: open_history(house.settings.dsn))
        self.beside = Beside(house.settings) if beside else None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Route by the first segment of the path."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            if path.startswith(PATHS) or self.pages is None:
                await self.front(scope, receive, send)
            else:
                await self.pages(scope, receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        self.start()
        wire = await Wire(self.front.drive, self.house.declarations, self.house.folder / "clerk.sock").start()
        sweeping = asyncio.get_running_loop().create_task(self._sweep())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        sweeping.cancel()
        self.stop()
        wire.close()
        await send({"type": "lifespan.shutdown.complete"})

    def start(self) -> None:
        """Drive the clerk on the running loop, and start what goes on beside it."""
        self.front.drive = self.house.drive = Loop(
            self.house.clerk, end_process, wait_seconds=self.house.settings.wait_seconds
        )
        calm_memory()

    async def _sweep(self) -> None:
        """Overdue holds expire though nobody touches their accounts, and the process beside is looked after."""
        while True:
            late = [followers.expiry(id, ends) for id, ends in self.house.clerk.overdue()]
            if late:
                await self.front.drive.group(late, behind=True)
            if self.beside is not None:
                self.beside.start()
            await asyncio.sleep(SWEEP_SECONDS)

    def stop(self) -> None:
        """End what goes on beside; the clerk closes its book after the last answer."""
        self.front.close()
        if self.beside is not None:
            self.beside.stop()


def calm_memory() -> None:
    """What lives for ever is not looked at again by the collector: its pauses would show in the slowest hundredth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one above it."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {wanted} and {wanted + 99}")


def serve(house: House, pages: Any = None, *, port: int | None = None, beside: bool = True) -> None:
    """Serve until told to stop; the book is closed whole."""
    served = Server(house, pages, beside=beside)
    config = uvicorn.Config(
        served, host=house.settings.host, port=port or house.settings.port, loop="uvloop",
        http=bound_to(served.front), interface="asgi3",
        access_log=False, log_level="warning", lifespan="on", proxy_headers=False, server_header=False,
        timeout_graceful_shutdown=5, backlog=1024,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run()
    finally:
        if house.clerk.alive:
            house.clerk.close()
