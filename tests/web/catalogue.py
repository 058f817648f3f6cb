"""Every text of the pages, found where it stands: the oracle for the catalogues, made without gettext's own tools."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from saxaul.surfaces.web.rooms import ROOMS, WEB

KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "pgettext": ((1, "c"), 2),
            "ngettext": (1, 2), "npgettext": ((1, "c"), 2, 3)}  # fmt: skip


def texts(root: Path = WEB) -> dict[tuple[str, str], set[str]]:
    """`(context, message)` of every text below `root`, with the files that say it; a room's words are its own."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted(root.rglob("*.*")):
        if path.suffix not in (".py", ".html") or (root == WEB and path.relative_to(WEB).parts[0] in ROOMS):
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            source = templatize(source, origin=str(path))
        for _line, message, _notes, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            messages = message if isinstance(message, tuple) else (message,)
            for one in messages[:1]:
                found.setdefault((context or "", one), set()).add(path.name)
    return found
