"""Pages of programmes: one room each, a package beside this file with the same few names as its siblings.

`__init__.py` says which tiles lead in, `urls.py` the addresses, `views.py` the pages, `reading.py` what they show (read
from the book, as frozen data), `templates/<room>/` how it looks, `locale/` the words in the other four languages. A
room is found by its `urls.py`; nobody keeps a list of rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent
ROOMS = tuple(sorted(path.parent.name for path in WEB.glob("*/urls.py")))
LOCALES = tuple(str(WEB / part / "locale") for part in ("", *ROOMS) if (WEB / part / "locale").is_dir())
TEMPLATES = tuple(str(WEB / room / "templates") for room in ROOMS)


@dataclass(frozen=True, slots=True)
class Tile:
    """A way in: its icon, its lazily translated title, the name of its address.

    `place` orders tiles; those below 10 stand on the wallet page too. `calm`: left out in elder mode. `count` says how
    much waits there that the reader of a request has not seen; `news` is what it said.
    """

    icon: str
    title: Any
    address: str
    place: int = 50
    calm: bool = False
    count: Callable[[Any], int] | None = None
    news: int = 0


def names() -> dict[str, Any]:
    """What accounts of programmes are called behind which no person and no shop stands, as rooms say in `NAMES`."""
    return {kind: name for room in ROOMS for kind, name in getattr(_module(room), "NAMES", {}).items()}


def _module(room: str, name: str = "") -> Any:
    return import_module(f"saxaul.surfaces.web.{room}{name}")


def urlpatterns() -> Iterator[Any]:
    """The addresses of all rooms."""
    for room in ROOMS:
        yield from _module(room, ".urls").urlpatterns


def tiles(request: Any, *, first: bool = False) -> list[Tile]:
    """The ways into all rooms for the reader of a request, in order; `first`: only those of the wallet page."""
    elder = request.COOKIES.get("elder") == "yes"
    found = [tile for room in ROOMS for tile in _module(room).TILES]
    kept = [tile for tile in found if not (elder and tile.calm) and (not first or tile.place < 10)]
    counted = [replace(tile, news=tile.count(request)) if tile.count else tile for tile in kept]
    return sorted(counted, key=lambda tile: (tile.place, tile.address))
