"""Five languages, whole: nothing is missing from a catalogue, nothing is left in English on a person's page."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from catalogue import texts
from test_pages import OPEN, PAGES

from saxaul.surfaces.pages import WEB

FOLDERS = ["zh_Hans", "hi", "ru", "fr"]
NAMES = {"saxaul", "cny", "pin", "sms", "e", "s", "id", "am", "pm"}  # proper names and units of measure
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_text_is_in_the_catalogue_with_its_places(folder: str) -> None:
    with (WEB / "locale" / folder / "LC_MESSAGES/django.po").open(encoding="utf-8") as file:
        found = {(message.context or "", message.id): message.string for message in read_po(file) if message.id}
    said = texts()
    assert not set(said) - set(found), "texts without a translation"
    assert not set(found) - set(said), "translations that nobody says"
    for (context, message), string in found.items():
        assert string, (context, message)
        assert sorted(PLACES.findall(message)) == sorted(PLACES.findall(string)), message


def words(page: str) -> set[str]:
    """What a person reads or hears: text and labels, without codes, addresses and names of their own."""
    page = re.sub(r"<(script|style|code)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r'<(\w+)[^>]*class="[^"]*\bmono\b[^"]*"[^>]*>.*?</\1>', " ", page, flags=re.S)
    labels = " ".join(re.findall(r'(?:aria-label|placeholder|title|alt|data-none)="([^"]*)"', page))
    text = re.sub(r"<[^>]+>", " ", page).replace("English", " ").replace("Français", " ")
    return {word.lower() for word in re.findall(r"[A-Za-z]+", f"{text} {labels}")}


@pytest.mark.django_db(databases=["default", "pages"])
@pytest.mark.parametrize("language", ["zh-hans", "hi", "ru"])
@pytest.mark.parametrize("path", [*PAGES, *(path for path in OPEN[:3])])
def test_no_english_is_left(person, town, language: str, path: str) -> None:
    town.language = language.partition("-")[0]
    person.cookies["language"] = language
    page = person.get(path).content.decode()
    assert f'lang="{language}"' in page
    left = {word for word in words(page) - NAMES if not re.fullmatch(r"[a-f]{1,6}|[a-f]*\d[a-f\d]*", word)}
    assert not left


@pytest.mark.django_db(databases=["default", "pages"])
@pytest.mark.parametrize("language", ["zh-hans", "hi", "ru", "fr"])
def test_a_wrong_form_speaks_the_readers_language(person, town, language: str) -> None:
    person.cookies["language"] = language
    for path, fields in (
        ("/send", {"phone": ""}),
        ("/ask", {"amount": "x"}),
        ("/me/pin", {"pin": "1"}),
        ("/bills", {}),
    ):
        page = person.post(path, fields).content.decode()
        assert "wrong" in page
        for english in ("required", "field", "Enter", "Please", "valid"):
            assert not re.search(rf"\b{english}\b", re.sub(r"<[^>]+>", " ", page)), (path, english)
