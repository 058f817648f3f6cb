"""What records, rooms and programmes are called in the console, which columns are money, and where ids lead.

The words stand in words.toml, since they are data; here they become texts in the reader's language.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.utils.translation import gettext_lazy

_FOUND = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
ROOMS, PROGRAMMES, TITLES = (
    {key: gettext_lazy(text) for key, text in _FOUND[part].items()} for part in ("rooms", "programmes", "titles")
)
MONEY, MEANT = _FOUND["money"], _FOUND["meant"]
FILTERED, TELLING = _FOUND["columns"]["filtered"], _FOUND["columns"]["telling"]


def money(row: object, table: str, column: str) -> str:
    """The asset in which this column of this row counts; empty where it is no money."""
    asset = MONEY.get(f"{table}.{column}", MONEY.get(column, ""))
    return asset if "/" in asset else str(getattr(row, asset, "")) if asset else ""
