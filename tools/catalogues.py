"""Compiles the text catalogues with Babel, so that neither gettext nor any compiler is needed to run the pages.

Only a catalogue older than its source is compiled; run twice, nothing is done. The compiled files are not committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_all(folder: Path) -> int:
    """Every .po below the folder has a .mo beside it that is not older; the number that had to be made."""
    made = 0
    for source in sorted(folder.rglob("*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        part = compiled.with_suffix(".mo.part")
        with part.open("wb") as binary:
            write_mo(binary, catalogue)
        part.replace(compiled)
        made += 1
    return made


if __name__ == "__main__":
    number = compile_all(ROOT / "saxaul")
    if number:
        print(f"{number} catalogues compiled.", file=sys.stderr)
