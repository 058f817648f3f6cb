"""The number of a certificate and the text that is signed: the same for pages, command line and anybody's checker.

A number is `P006-2018S-0000001-Z`: project, season, serial, and a check character by ISO 7064 MOD 37,36 that finds
every single wrong character. The text of the QR code carries all that a checker needs without any connection.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SERIAL_MAX = 9_999_999
MARK = "SAXAUL1"
FIELDS = ("number", "species", "place", "parcel", "season", "stage", "issued", "energy", "version", "name", "key")

_NUMBER = re.compile(r"[A-Z][0-9]{3}[0-9]{4}[SA][0-9]{7}[0-9A-Z]")


def check_character(text: str) -> str:
    """The character that makes `text` (letters and digits) whole, by ISO 7064 MOD 37,36."""
    rest = 36
    for one in text:
        rest = (rest + ALPHABET.index(one)) % 36 or 36
        rest = rest * 2 % 37
    return ALPHABET[(37 - rest) % 36]


def number(project: str, serial: int) -> str:
    """The number of a project's certificate: `p006-2018s` and 1 give `P006-2018S-0000001-Z`."""
    assert 1 <= serial <= SERIAL_MAX, "a season has fewer trees"
    stem = f"{project.upper()}-{serial:07}"
    return f"{stem}-{check_character(stem.replace('-', ''))}"


def read(text: str) -> str:
    """The number as it is written, from input in any case and with or without hyphens; empty where it is none."""
    bare = text.upper().replace("-", "").replace(" ", "")
    if not _NUMBER.fullmatch(bare) or check_character(bare[:-1]) != bare[-1]:
        return ""
    return f"{bare[:4]}-{bare[4:9]}-{bare[9:16]}-{bare[16]}"


def project_of(number: str) -> str:
    """The project's code in a number."""
    return number[:10].lower()


def statement(**fields: str | int) -> str:
    """What is signed: mark and fields in their order, with a bar between; bars and line ends leave the values."""
    assert set(fields) == set(FIELDS), "a statement has all fields and no other"
    values = [str(fields[name]).replace("|", "/").replace("\n", " ") for name in FIELDS]
    return "|".join([MARK, *values])


def parts(text: str) -> tuple[dict[str, str], str, str]:
    """(fields, what was signed, signature) of a certificate's text; no fields where it is not written like one."""
    signed, _, signature = text.strip().rpartition("|")
    values = signed.split("|")
    if len(values) != len(FIELDS) + 1 or values[0] != MARK:
        return {}, "", ""
    return dict(zip(FIELDS, values[1:], strict=True)), signed, signature
