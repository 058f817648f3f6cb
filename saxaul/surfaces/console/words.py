"""What records, rooms and programmes are called in the console, what acts do, which columns are money, where ids lead.

The words stand in words.toml, since they are data, and what acts do in summaries.toml, without English: that is the
docstring of the act's plan. Here they become texts in the reader's language.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from saxaul.engine.declare import Act
from saxaul.surfaces.web.views.common import language


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


_FOUND, SUMMARIES = _read("words.toml"), _read("summaries.toml")
ROOMS, PROGRAMMES, TITLES = (
    {key: gettext_lazy(text) for key, text in _FOUND[part].items()} for part in ("rooms", "programmes", "titles")
)
MONEY, MEANT = _FOUND["money"], _FOUND["meant"]
FILTERED, TELLING = _FOUND["columns"]["filtered"], _FOUND["columns"]["telling"]


def money(row: object, table: str, column: str) -> str:
    """The asset in which this column of this row counts; empty where it is no money."""
    asset = MONEY.get(f"{table}.{column}", MONEY.get(column, ""))
    return asset if "/" in asset else str(getattr(row, asset, "")) if asset else ""


def summary(act: Act) -> str:
    """What an act does, in the reader's language; in English where that is the language or nobody translated it."""
    said: str = SUMMARIES.get(act.name, {}).get(language(), act.summary)
    return said
