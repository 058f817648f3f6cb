"""Reads a PDF without the program that made it: the letters by the fonts' own tables, the code from a picture of it."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj(.*?)\nendobj", re.S)
IN_STRING = rb"[^\\()]|\\."  # brackets may stand in a string where they are balanced
STRING = re.compile(rb"\((?:" + IN_STRING + rb"|\((?:" + IN_STRING + rb")*\))*\)|<[0-9A-Fa-f]+>", re.S)
WRITTEN = re.compile(rb"/(f\d+) [\d.]+ Tf|((?:" + STRING.pattern + rb"|[\[\]\d.\s-])+)T[Jj]", re.S)
PIXELS = 150  # an inch: what a cheap printer and a telephone's camera see


def letters(pdf: bytes) -> str:
    """The text, each piece as its font maps glyphs to letters, a line for each piece."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    fonts = {name: _table(objects, int(number)) for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", pdf)}
    found, table = [], {}
    for content in filter(lambda one: b"BT" in one, map(_opened, objects.values())):
        for name, pieces in WRITTEN.findall(content):
            table = fonts[name] if name else table
            glyphs = b"".join(map(_bytes, STRING.findall(pieces)))
            if glyphs:
                found.append("".join(table.get(glyphs[i : i + 2], "?") for i in range(0, len(glyphs), 2)))
    return "\n".join(found)


def _opened(body: bytes) -> bytes:
    stream = re.search(rb"stream\r?\n(.*?)\r?\nendstream", body, re.S)
    if stream is None:
        return b""
    return zlib.decompress(stream[1]) if b"/FlateDecode" in body[: stream.start()] else stream[1]


def _table(objects: dict[int, bytes], font: int) -> dict[bytes, str]:
    """What a font calls its glyphs."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", objects.get(font, b""))
    text = _opened(objects[int(named[1])]) if named else b""
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", text)
    return {bytes.fromhex(one.decode()): bytes.fromhex(all.decode()).decode("utf-16-be") for one, all in pairs}


def _bytes(piece: bytes) -> bytes:
    if piece.startswith(b"<"):
        return bytes.fromhex(piece[1:-1].decode())
    one = rb"\\([0-7]{1,3}|.)"
    return re.sub(one, lambda m: bytes([int(m[1], 8)]) if m[1].isdigit() else ESCAPES.get(m[1], m[1]), piece[1:-1],
                  flags=re.S)  # fmt: skip


def scanned(pdf: bytes, folder: Path) -> str:
    """The text of the first code on the sheet, as a telephone that photographs the print reads it."""
    import typst

    from saxaul.surfaces.web.pictures import read_picture

    (folder / "sheet.pdf").write_bytes(pdf)
    (folder / "page.typ").write_text('#set page(margin: 0pt)\n#image("sheet.pdf", width: 100%)', "utf-8")
    return read_picture(bytes(typst.compile(str(folder / "page.typ"), format="png", ppi=PIXELS)))
