"""The red packet assistant on a phone: sign up, result, claim, spend; in five languages and in elder mode."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from browser import NEEDS_BROWSER, tab_to
from served import Phone, Served
from town_campaign import DRAWN, OPEN, SMALL

pytestmark = NEEDS_BROWSER

PLAYERS = [
    ("wang", "zh-hans", False), ("zhang", "en", False), ("li", "hi", False), ("zhao", "ru", False),
    ("chen", "fr", False), ("wu", "zh-hans", True),
]  # fmt: skip
NAMES = {
    "binhai", "district", "ferry", "river", "tea", "packets", "tianjin", "industrial", "and", "commercial", "bank",
    "of", "china", "python", "hai", "books", "money", "for", "house", "three", "bridges", "market", "nbsp",
}  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"), "campaign")
    yield served
    served.stop()


def opens(phone: Phone, path: str, name: str, language: str) -> str:
    """The page in the reader's language, looked at once; its text."""
    phone.page.goto(path)
    phone.looks_right(name)
    phone.speaks(language, names=NAMES)
    return phone.page.inner_text("main")


@pytest.mark.parametrize(("who", "language", "elder"), PLAYERS, ids=[f"{p[1]}-{p[0]}" for p in PLAYERS])
def test_somebody_without_training_signs_up_wins_claims_and_spends(
    chromium, town, who: str, language: str, elder: bool
) -> None:
    phone = Phone(chromium, town, language=language, elder=elder).sign_in(town.told[who]["phone"])
    page = phone.page
    page.click("a[href='/packets']")  # from the wallet: one step to the list, two to the result
    phone.looks_right("packets")
    phone.speaks(language, names=NAMES)
    page.click(f"a[href='/packets/{OPEN}']")
    phone.looks_right("open")
    phone.speaks(language, names=NAMES)
    phone.submit()
    page.wait_for_selector(".notice.success, .notice")
    assert page.locator("main form").count() == 0, "signed up: there is no second ticket to ask for"
    phone.looks_right("entered")
    phone.speaks(language, names=NAMES)
    opens(phone, f"/packets/{SMALL}", "result", language)
    opens(phone, f"/packets/{DRAWN}", "won", language)
    phone.submit()
    page.wait_for_selector("a.button[href='/scan']")
    phone.looks_right("claimed")
    phone.speaks(language, names=NAMES)
    assert "50" in page.inner_text(".packet-face")
    page.click("a.button[href='/scan']")
    page.wait_for_selector("[name=code]")
    text = phone.pay(town.told["books"]["code"], "80")
    assert "50" in text and "30" in text, "the packet first, own money after"
    assert "0" in opens(phone, f"/packets/{DRAWN}", "spent", language)
    assert page.locator("main form").count() == 0
    opens(phone, f"/packets/{DRAWN}/draw", "draw", language)
    phone.close()


def test_the_pages_hold_on_the_smallest_screen(chromium, town) -> None:
    phone = Phone(chromium, town, language="ru").sign_in(town.told["sun"]["phone"])
    phone.page.set_viewport_size({"width": 320, "height": 844})
    for path in ("/packets", f"/packets/{OPEN}", f"/packets/{DRAWN}", f"/packets/{DRAWN}/draw",
                 f"/packets/{DRAWN}/report"):  # fmt: skip
        phone.page.goto(path)
        phone.looks_right(f"{path} at 320")
    phone.close()


def test_a_stranger_loads_the_published_files_and_checks_the_draw(chromium, town, tmp_path: Path) -> None:
    phone = Phone(chromium, town)
    page = phone.page
    page.goto(f"/packets/{DRAWN}/draw")  # nobody is signed in
    phone.looks_right("public draw")
    for link in page.locator("a[download]").all():
        address = link.get_attribute("href")
        name = address.rpartition("/")[2]
        (tmp_path / name).write_text(page.request.get(town.url + address).text())
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify_draw.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "The draw is as the rules give it." in done.stdout, done.stdout
    assert page.request.get(f"{town.url}/packets/{OPEN}/draw/tickets.txt").status == 404, "not before the draw"
    phone.close()


def test_the_sponsor_sees_where_the_money_went_and_others_do_not(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    page = phone.page
    page.goto("/packets")
    page.click(f"a[href='/packets/{DRAWN}/report']")
    page.wait_for_selector("progress")
    phone.looks_right("report")
    text = page.inner_text("main")
    assert "Ferry Tea House" in text and "the same, to the fen" in text
    table = page.request.get(f"{town.url}/packets/{DRAWN}/report/file").text()
    assert table.splitlines()[-1].startswith("total,")
    page.goto("/packets/books-2022/report")
    phone.looks_right("report of a grant")
    phone.close()
    other = Phone(chromium, town).sign_in(town.told["chen"]["phone"])
    assert other.page.goto(f"/packets/{DRAWN}/report").status == 404
    other.page.goto("/packets/shop")
    other.looks_right("shop")
    assert "12.00" in other.page.inner_text("main")
    other.close()


def test_the_keyboard_alone_signs_somebody_up(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    phone.page.goto(f"/packets/{OPEN}")
    tab_to(phone.page, "main form button")
    phone.page.keyboard.press("Enter")
    phone.page.wait_for_selector("text=You are signed up.")
    phone.page.goto("/packets/books-2022")  # money for books was granted to somebody else: unknown to all others
    assert phone.page.locator(".refusal").count() == 1
    phone.close()
