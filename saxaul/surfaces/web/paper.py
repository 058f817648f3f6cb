"""Sheets of paper: a certificate or a receipt as a PDF, in the reader's language, with the fonts of this machine.

Typst sets it (decision 0017): it shapes Han and Devanagari and draws the code as lines. The words come from the rooms.
The same sheet is the same bytes, so that a copy can be compared; where a font is missing a page offers its print view.
"""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.http import HttpResponse
from django.utils.translation import get_language

from saxaul.kernel import times

SHEET = Path(__file__).with_name("paper.typ")
FAMILIES: dict[str, list[str]] = tomllib.loads(SHEET.with_suffix(".toml").read_text("utf-8"))
SCRIPTS = (("devanagari", 0x0900, 0x097F), ("han", 0x2E80, 0x9FFF), ("han", 0xF900, 0xFFEF), ("han", 0x20000, 0x323AF))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a sheet, from top to bottom; `at` is when it was issued, `waits` and `gone` colour the stage."""

    kind: str
    heading: str
    number: str
    says: str
    rows: Sequence[tuple[str, str]]
    at: int
    stage: str = ""
    waits: bool = False
    gone: bool = False
    code: str = ""
    code_label: str = ""
    code_says: str = ""
    drawing: str = ""
    drawing_label: str = ""
    foot: str = ""

    @property
    def text(self) -> str:
        """Everything that has to be set in letters."""
        said = (self.kind, self.heading, self.number, self.says, self.stage, self.code_label, self.code_says,
                self.drawing_label, self.foot)  # fmt: skip
        return "".join([*said, *(part for row in self.rows for part in row)])


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """The fonts of this machine, looked for once: a third of a second."""
    import typst

    return typst.Fonts()


def lacking(sheet: Sheet, families: Sequence[str] | None = None) -> list[str]:
    """The scripts of a sheet for which no font is here; `families` stands for those of this machine."""
    needed = {script for letter in set(sheet.text) for script, low, high in SCRIPTS if low <= ord(letter) <= high}
    have = set(families if families is not None else _fonts().families() if needed else ())
    return sorted(one for one in needed if have.isdisjoint(FAMILIES[one]))


def made(sheet: Sheet) -> bytes:
    """The sheet as a PDF of one page that screen readers can read (PDF/UA)."""
    import typst

    have, drawn = set(_fonts().families()), io.BytesIO()
    if sheet.code:
        segno.make(sheet.code, error="m", micro=False).save(drawn, kind="svg", border=4, dark="#000", light="#fff")
    lang, _dash, rest = (get_language() or "en").partition("-")
    data = {name: getattr(sheet, name) for name in Sheet.__slots__ if name not in ("at", "code")} | {
        "code": drawn.getvalue().decode(), "title": f"{sheet.kind} {sheet.number}",
        "lang": lang, "region": "cn" if rest else None,
        "fonts": [one for families in FAMILIES.values() for one in families if one in have],
    }  # fmt: skip
    return bytes(typst.compile(
        SHEET.read_bytes(), font_paths=_fonts(), sys_inputs={"sheet": json.dumps(data)}, format="pdf",
        pdf_standards="ua-1", timestamp=sheet.at // times.SECOND,
    ))  # fmt: skip


def handed(sheet: Sheet) -> HttpResponse:
    """The answer that gives the sheet to a browser."""
    response = HttpResponse(made(sheet), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{sheet.number}.pdf"'
    return response
