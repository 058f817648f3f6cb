"""Five languages, whole: nothing is missing from a catalogue, nothing is left in English on a person's page."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from catalogue import texts
from test_pages import OPEN, PAGES

from saxaul.surfaces.web.rooms import ROOMS, WEB

FOLDERS = ["zh_Hans", "hi", "ru", "fr"]
NAMES = {"saxaul", "cny", "pin", "sms", "pdf", "e", "s", "id", "am", "pm"}  # proper names and units of measure
PLACES = re.compile(r"%\((\w+)\)s")


def catalogue(room: str, folder: str) -> dict[tuple[str, str], str]:
    """What a room's catalogue says; plural forms under their first text, with the last form as translation."""
    with (WEB / room / "locale" / folder / "LC_MESSAGES/django.po").open(encoding="utf-8") as file:
        messages = [message for message in read_po(file) if message.id]
    first = [(m.id[0], m.string[-1]) if isinstance(m.id, tuple) else (m.id, m.string) for m in messages]
    return {(m.context or "", id): string for m, (id, string) in zip(messages, first, strict=True)}


@pytest.mark.parametrize("room", ["", *ROOMS])
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_text_is_in_the_catalogue_with_its_places(room: str, folder: str) -> None:
    found, common = catalogue(room, folder), catalogue("", folder) if room else {}
    said = texts(WEB / room)
    assert not set(said) - set(found) - set(common), "texts without a translation"
    assert not set(found) - set(said), "translations that nobody says"
    assert not set(found) & set(common), "translations that stand in the common catalogue already"
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
