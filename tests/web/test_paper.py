"""Certificates and receipts on paper: whole in five languages, read back by other means than those that set them."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from papers import letters, scanned

from saxaul.surfaces.web import paper

NUMBER = "P101-2026a-000123-K"
CODE = "SAXAUL1|" + "|".join(f"field {n} with some words" for n in range(14))
HEADINGS = {"en": "Saxaul", "zh-hans": "梭梭", "hi": "सक्सौल", "ru": "Саксаул", "fr": "Saule des sables d’Été"}


def sheet(heading: str = "Saxaul", **more) -> paper.Sheet:
    return paper.Sheet(**{
        "kind": "Certificate", "heading": heading, "number": NUMBER, "says": "Nothing is in the ground yet.",
        "stage": "Will be planted", "waits": True, "rows": [("Parcel", "8PFX2222+22")], "at": 1_700_000_000_000_000,
        "code": CODE, "code_label": "Code that proves it", "foot": "So it was on this day.", **more,
    })  # fmt: skip


@pytest.mark.parametrize("language", HEADINGS)
def test_a_sheet_says_its_number_and_its_code_can_be_scanned_from_the_print(language: str, tmp_path) -> None:
    given = sheet(HEADINGS[language])
    if paper.lacking(given):
        pytest.skip(f"This machine has no font for {paper.lacking(given)}: apt-get install fonts-noto.")
    with translation.override(language):
        pdf = paper.made(given)
    said = letters(pdf)
    assert NUMBER in said and "8PFX2222+22" in said and "Will be planted" in said
    if language != "hi":  # there letters join, and no table of glyphs spells them
        assert HEADINGS[language] in said
    assert scanned(pdf, tmp_path) == CODE
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) == 1
    assert f"/Lang({language.partition('-')[0]}".encode() in pdf and b"/MarkInfo" in pdf  # a screen reader can read it


def test_the_same_certificate_is_the_same_file_and_another_is_not() -> None:
    assert paper.made(sheet()) == paper.made(sheet())
    assert paper.made(sheet()) != paper.made(sheet(number=NUMBER.replace("3", "4")))


def test_a_receipt_without_a_code_has_none(tmp_path) -> None:
    pdf = paper.made(sheet(code="", stage="", rows=[("Charity", "Oasis"), ("When", "1 June")]))
    assert scanned(pdf, tmp_path) == ""
    assert "Oasis" in letters(pdf) and "Will be planted" not in letters(pdf)


def test_what_people_call_themselves_is_text_and_never_a_program() -> None:
    name = '#panic("x") *bold* $1+1$ \\ [a] "q"'
    assert name.replace('"', "")[:6] in letters(paper.made(sheet(rows=[("Belongs to", name)])))


def test_a_script_without_a_font_is_told_before_a_sheet_of_boxes_is_made() -> None:
    latin = ["Noto Sans", "Libertinus Serif"]
    assert paper.lacking(sheet(), latin) == []
    assert paper.lacking(sheet("Саксаул"), latin) == []
    assert paper.lacking(sheet("梭梭"), latin) == ["han"]
    assert paper.lacking(sheet(rows=[("Belongs to", "陈晓燕"), ("Where", "सक्सौल")]), latin) == ["devanagari", "han"]
    assert paper.lacking(sheet("梭梭"), [*latin, "Noto Sans CJK SC"]) == []
