"""The room of notices: every kind has its words, filled with facts and without a code; the page on a phone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser import NEEDS_BROWSER, tab_to
from django.urls import resolve
from django.utils import translation
from served import Phone, Served
from town_campaign import DRAWN

from saxaul.surfaces.notices import Notice
from saxaul.surfaces.web.notices import reading
from saxaul.surfaces.web.notices.words import KINDS, OTHER

PROGRAMMES = Path(__file__).parents[2] / "saxaul/programmes"
LANGUAGES = ("zh-hans", "en", "hi", "ru", "fr")
ID = "0123456789abcdef" * 2
FACTS = {
    "amount": "50.00 ECNY", "energy": "12 GREEN", "until": "2022-06-05T04:00:00.000000Z", "campaign": ID, "place": 5,
    "contract": ID, "request": ID, "order": ID, "packet": ID, "payment": ID, "merchant": ID, "lesson": 2, "points": 7,
    "title": "茶", "person": ID, "day": "2022-06-01", "last": "2022-06-01", "reason": "raw_word", "stage": "raw_word",
}  # fmt: skip


class NamedBook:
    """A book in which every id leads to something with a name."""

    tables = ("campaign_campaign", "quiz_campaign")

    def record(self, table: str, key: str) -> Any:
        named = {"name": "名", "name_en": "Name", "merchant": ID, "biller": ID, "payee": ID, "awards": 2}
        return SimpleNamespace(key=key, stage="confirming", **named)

    must = record

    def name_of(self, address: str) -> str:
        return "名*"

    name_of_person = name_of

    def now(self) -> int:
        return 0


def line(kind: str, **facts: Any) -> reading.Line:
    """The notice as the page shows it to the owner of a wallet that the act gave something."""
    moved = [SimpleNamespace(debit="wallet:other", credit="wallet:own")]
    one = Notice("nt", 1, ID, 0, kind, facts, moved)
    return reading._line(NamedBook(), one, frozenset({"wallet:own"}), new=False)


def kinds_in(path: Path) -> Iterator[str]:
    """A pattern for every kind that an act of this file puts into a notice."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name not in ("Notice", "tell"):
            continue
        kind = node.args[1]
        if isinstance(kind, ast.JoinedStr):
            yield "".join(re.escape(one.value) if isinstance(one, ast.Constant) else "\\w+" for one in kind.values)
            continue
        for part in ast.walk(kind):
            if isinstance(part, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(part.value)):
                yield re.escape(part.value)


def test_every_kind_that_an_act_tells_has_words_and_no_words_are_idle() -> None:
    told = {kind for path in PROGRAMMES.rglob("*.py") for kind in kinds_in(path)}
    said = {kind.partition(" ")[0] for kind in KINDS}
    assert len(told) > 40
    assert not {one for one in told if not any(re.fullmatch(one, kind) for kind in said)}
    assert not {kind for kind in said if not any(re.fullmatch(one, kind) for one in told)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_filled_and_leads_somewhere_without_a_code(town, language: str) -> None:
    with translation.override(language):
        for kind in KINDS:
            name, _, variant = kind.partition(" ")
            facts = {**FACTS, **({reading.VARIANTS[name]: variant} if variant else {})}
            found = line(name, **facts)
            assert found.title == str(KINDS[kind].title), kind
            assert "%(" not in found.text and ID not in found.text and "raw_word" not in found.text, (kind, found.text)
            resolve(found.href)


@pytest.mark.parametrize(("kind", "facts"), [
    ("moon.rose", {"campaign": ID}), ("pay.asked", {}), ("quiz.reward_decided", {"stage": "else", "campaign": ID}),
    ("cash.received", {"amount": "a lot"}), ("campaign.granted", {"campaign": ID}),
])  # fmt: skip
def test_what_has_no_words_or_lacks_a_fact_is_said_in_general(town, kind: str, facts: dict[str, Any]) -> None:
    found = line(kind, **facts)
    assert (found.title, found.href) == (str(OTHER.title), "/")


# -- in a browser ------------------------------------------------------------------------------------------------------

READERS = [
    ("wang", "zh-hans", False), ("zhang", "en", False), ("li", "hi", False), ("zhao", "ru", False),
    ("chen", "fr", False), ("wu", "zh-hans", True),
]  # fmt: skip
NAMES = {
    "ferry", "tea", "house", "packets", "hai", "river", "music", "school", "three", "bridges", "market", "industrial",
    "and", "commercial", "bank", "of", "china", "nbsp", "primary", "canteen", "books", "money", "for",
}  # fmt: skip


def needs_browser(test: Any) -> Any:
    """All marks of a test that looks at pages."""
    for mark in NEEDS_BROWSER:
        test = mark(test)
    return test


BADGE = ".tiles a[href='/notices'] .badge"


def badge(page: Any) -> str:
    """What the mark on the wallet page says, once the history beside the book has come so far."""
    for _try in range(100):
        page.goto("/")
        if page.locator(BADGE).count():
            return page.inner_text(BADGE)
    raise AssertionError("nothing new is marked")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    one = Served(tmp_path_factory.mktemp("notices"), "campaign", "prepaid", "notices")
    yield one
    one.stop()


@needs_browser
@pytest.mark.parametrize(("who", "language", "elder"), READERS, ids=[f"{r[1]}-{r[0]}" for r in READERS])
def test_a_winner_reads_it_and_claims(chromium, served, who: str, language: str, elder: bool) -> None:
    phone = Phone(chromium, served, language=language, elder=elder).sign_in(served.told[who]["phone"])
    page = phone.page
    assert badge(page) in ("9+", *map(str, range(6, 10)))
    phone.looks_right("home")
    page.click("a[href='/notices']")
    page.wait_for_selector("main ul.rows")
    phone.looks_right("notices")
    phone.speaks(language, names=NAMES)
    text = page.inner_text("main")
    assert not re.search(r"[0-9a-f]{16}|\d{4}-\d\d-\d\d|ECNY|%\(", text), "no code, no id, no bare date"
    for href in ("/receipts/", "/ask/", "/green/friends", f"/lessons/{served.told[who]['contract']}"):
        assert page.locator(f"main a.row[href^='{href}']").count(), href
    page.goto("/")
    assert page.locator(BADGE).count() == 0, "it was read"
    page.goto("/notices")
    page.click(f"main a.row[href='/packets/{DRAWN}'] >> nth=0")
    page.wait_for_selector(".packet-face")
    phone.submit()
    page.wait_for_selector("a.button[href='/scan']")
    key = f"{who}:news"
    served.act("cash.credit", operator="icbc", key=key, amount="8.00 CNY", wallet=served.told[who]["wallet"],
               reference=key)  # fmt: skip
    assert badge(page) == "1"
    phone.close()


@needs_browser
def test_every_link_of_a_notice_opens(chromium, served) -> None:
    phone = Phone(chromium, served).sign_in(served.told["sun"]["phone"])
    page = phone.page
    page.goto("/notices")
    for href in {row.get_attribute("href") for row in page.locator("main a.row").all()}:
        assert page.goto(href).status == 200, href
    phone.close()


@needs_browser
def test_the_page_holds_on_the_smallest_screen_and_by_keyboard(chromium, served) -> None:
    phone = Phone(chromium, served, language="ru", elder=True).sign_in(served.told["zhao"]["phone"])
    page = phone.page
    page.set_viewport_size({"width": 320, "height": 844})
    for path in ("/", "/notices"):
        page.goto(path)
        phone.looks_right(f"{path} at 320")
    tab_to(page, "main a.row")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(?!notices)"))
    phone.close()
    stranger = Phone(chromium, served)
    stranger.page.goto("/notices")
    assert "/sign-in" in stranger.page.url
    stranger.close()
