"""Green energy in a browser of a phone's size: a bill becomes a bubble, bubbles a tree, and friends share and water."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER, tab_to
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER
UNITS = {"co", "nbsp"}  # CO2 is written so in every language; a space that does not break has that name in HTML
PAGES = ("/green", "/green/friends", "/green/energy", "/green/ranking", "/green/choices", "/green/public")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("green"), "green")
    yield served
    served.stop()


def test_a_bill_paid_online_becomes_a_bubble_that_ripens(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wang"]["phone"])
    page = phone.page
    page.click(".tiles a[href='/green']")
    page.wait_for_selector(".forest")
    phone.looks_right("forest")
    assert "Bill paid online" not in page.inner_text("main")
    page.goto("/bills")
    page.select_option("[name=biller]", town.told["power"]["biller"])
    page.fill("[name=number]", town.told["power"]["number"])
    phone.submit()
    page.wait_for_url(re.compile(r"/bills/[0-9a-f]{32}"))
    phone.submit()
    page.wait_for_url("**/confirm/**")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    page.goto("/green")
    for _try in range(20):  # the house follows its journal about once a second
        if "Bill paid online" in page.inner_text("main"):
            break
        page.wait_for_timeout(500)
        page.reload()
    waiting = page.locator(".row", has_text="Bill paid online")
    assert "262\u00a0g" in waiting.inner_text() and "ripe" in waiting.inner_text()
    phone.close()


def test_ripe_bubbles_are_collected_one_by_one_and_all_at_once_and_the_tree_grows(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page = phone.page
    page.goto("/green")
    phone.looks_right("forest")
    before, sprout = page.locator(".growing").inner_html(), page.locator("button.bubble").count()
    assert sprout >= 4 and "0\u00a0g" in page.inner_text(".forest .head")
    tab_to(page, "button.bubble")
    size = page.locator("button.bubble").first.bounding_box()
    assert size and size["width"] >= 44 and size["height"] >= 44
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice")
    assert "arrived in your forest" in page.inner_text(".notice")
    page.click("button.full")
    page.wait_for_selector(".notice")
    phone.looks_right("collected")
    assert page.locator("button.bubble").count() == 0
    assert page.locator(".growing").inner_html() != before
    gathered = int(re.sub(r"\D", "", page.inner_text(".forest .head .amount")))
    assert gathered >= 52 + 80 + 220 + 136
    page.goto("/green/energy")
    phone.looks_right("energy")
    assert "Metro ride" in page.inner_text("main") and "of CO₂" in page.inner_text("main")
    page.goto("/green/ranking?among=city")
    phone.looks_right("city")
    assert "You" in page.inner_text("ol") and "李**" in page.inner_text("ol")
    phone.close()


def test_a_friend_takes_a_share_and_waters_and_learns_no_reason_for_a_no(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page, li = phone.page, town.told["li"]["person"]
    page.goto("/green/friends")
    phone.looks_right("friends")
    page.click("form.asks button[value=yes]")
    page.wait_for_selector(f"a[href='/green/friends/{town.told['wang']['person']}']")
    page.fill("[name=phone]", "13911112222")
    page.click("button[value=ask]")
    page.wait_for_selector(".wrong")
    page.click(f"a[href='/green/friends/{li}']")
    page.wait_for_selector(".bubble")
    phone.looks_right("friend")
    page.click("button.bubble:has-text('54')")  # 136 g: the owner keeps 82
    page.wait_for_selector(".notice")
    assert "You took 54\u00a0g" in page.inner_text(".notice")
    assert "you had some" in page.inner_text(".bubbles")
    page.click("button[value='18']")
    page.wait_for_selector(".notice")
    assert "18\u00a0g from you" in page.inner_text(".notice")
    page.click("button[value=close]")
    page.wait_for_selector("button[value=open]")
    owner = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    owner.page.goto("/green")
    assert "82\u00a0g" in owner.page.inner_text(".bubbles")
    owner.page.goto(f"/green/friends/{town.told['zhang']['person']}")
    owner.looks_right("a friend who said no")
    assert not owner.page.locator("button.bubble").count()
    owner.close()
    phone.close()


def test_every_choice_is_a_switch_and_stands_at_once(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    page = phone.page
    page.goto("/green/choices")
    phone.looks_right("choices")
    for name in ("I am listed in rankings", "Bus", "Friends may take a part of my bubbles"):
        page.click(f"button[aria-label='Switch off: {name}']")
        page.wait_for_selector(f"button[aria-label='Switch on: {name}']")
    page.goto("/green/ranking")
    phone.looks_right("ranking")
    assert "You are not listed" in page.inner_text("main") and not page.locator("ol .strong").count()
    page.goto("/green/choices")
    page.click("button[aria-label='Switch on: Friends may take a part of my bubbles']")
    page.wait_for_selector("button[aria-label='Switch off: Friends may take a part of my bubbles']")
    phone.close()


def test_everybody_reads_what_was_avoided_and_officers_what_waits(chromium, town) -> None:
    phone = Phone(chromium, town)
    page = phone.page
    page.goto("/green/public")
    phone.looks_right("public")
    assert "D: derived, an estimate" in page.inner_text("main") and "fewer than 20" in page.inner_text("main")
    page.click("summary:has-text('Metro ride') >> nth=0")
    assert "mg for a kilometre" in page.inner_text("main")
    phone.sign_in(town.told["sun"]["phone"])
    page.goto("/green/office")
    phone.looks_right("office")
    told = page.inner_text("main")
    assert "metro_ride@CN-TJ#1" in told and "Difference report" in told and "Bus ride" in told
    phone.close()
    other = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    other.page.goto("/green/office")
    assert other.page.locator(".refusal").count() == 1
    other.page.goto("/green")
    other.looks_right("nothing counted yet")
    assert "Nothing is counted yet" in other.page.inner_text("main")
    other.close()


def test_the_forest_speaks_the_readers_language_and_fits_small_phones_and_old_eyes(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    pages = (*PAGES, f"/green/friends/{town.told['li']['person']}")
    for language, elder in itertools.product(LANGUAGES, (False, True)):
        phone.context.add_cookies([
            {"name": "language", "value": language, "url": town.url},
            {"name": "elder", "value": "yes" if elder else "no", "url": town.url},
            {"name": "theme", "value": "dark" if language in ("hi", "fr") else "light", "url": town.url},
        ])  # fmt: skip
        phone.page.set_viewport_size({"width": 320 if language == "ru" else 390, "height": 844})
        for path in pages:
            phone.page.goto(path)
            assert phone.page.locator("html").get_attribute("lang") == language
            phone.looks_right(f"{path} in {language}{elder}")
            phone.speaks(language, names=UNITS)
            if elder:
                assert phone.page.evaluate(_SMALL) == []
    phone.close()


_SMALL = """[...document.querySelectorAll('main *')].filter(one => one.checkVisibility() && one.innerText
 && !one.children.length && !one.closest('.sr, svg') && parseFloat(getComputedStyle(one).fontSize) < 18)
 .map(one => one.outerHTML)"""


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
