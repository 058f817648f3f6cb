"""The room of notices: what the wallet has to tell its person, newest first, each with the page where it leads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.rooms import Tile

SEEN = "notices"  # where a login's session keeps the newest entry that was on the page


def news(request: Any) -> int:
    """How many notices came since the reader last opened the page."""
    from saxaul.surfaces.web.notices import reading

    return reading.news(port().book, request.person.credential, request.session.get(SEEN))


TILES = (Tile("bell", gettext_lazy("Notices"), "notices", place=0, count=news),)
