"""Lessons paid ahead in a browser: a guardian signs, pays, checks in, gets the rest back; school and district."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER
NAMES = {"hai", "river", "music", "school", "h", "ferry", "primary", "canteen", "nbsp"}  # the last is a blank's name
CONTRACT = re.compile(r"/lessons/[0-9a-f]{32}$")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("prepaid"), "prepaid")
    yield served
    served.stop()


def new_contract(keeper: Phone, phone: str, *, lessons: int, price: str, pupil: str) -> None:
    """The school draws a contract up for a guardian's phone number and signs it."""
    page = keeper.page
    page.goto("/lessons/school/new")
    keeper.looks_right("kinds")
    page.click("main .row")
    page.wait_for_selector("[name=pupil]")
    keeper.looks_right("new")
    page.fill("[name=phone]", phone)
    page.fill("[name=pupil]", pupil)
    page.fill("[name=lessons]", str(lessons))
    page.fill("[name=price]", price)
    page.fill("[name=last_day]", "2027-06-30")
    keeper.submit()
    page.wait_for_url(re.compile(r"/lessons/school/[0-9a-f]{32}$"))
    keeper.looks_right("own draft")
    page.click("[value=sign]")
    page.wait_for_selector("main .notice")


def checked_in(guardian: Phone, keeper: Phone) -> None:
    """The guardian shows a code, the school types it; the guardian's page finds out by itself."""
    guardian.page.click("form[action$='/code'] button")
    guardian.page.wait_for_selector(".digits")
    guardian.looks_right("code")
    digits = re.sub(r"\s", "", guardian.page.inner_text(".digits"))
    keeper.page.goto("/lessons/school")
    keeper.looks_right("school")
    keeper.page.fill("[name=code]", digits)
    keeper.submit_counter()
    keeper.page.wait_for_selector(".slip")
    keeper.looks_right("checked in")
    guardian.page.wait_for_url(CONTRACT, timeout=10_000)


def the_story(guardian: Phone, keeper: Phone, language: str) -> None:
    """Sign, pay, one lesson, the rest back; every page is looked at and read."""
    page = guardian.page
    page.goto("/lessons")
    guardian.looks_right("lessons")
    guardian.speaks(language, names=NAMES)
    page.click("main .row")
    page.wait_for_selector("[value=sign]")
    guardian.looks_right("sign")
    page.click("[value=sign]")
    page.wait_for_selector("[value=pay]")
    guardian.speaks(language, names={*NAMES, *re.findall(r"[a-z]+", page.inner_text(".body").lower())})
    page.click("[value=pay]")
    page.wait_for_url("**/confirm/**")
    guardian.looks_right("confirm")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    guardian.looks_right("receipt")
    page.goto("/lessons")
    page.click("main .rows .row:has(.much .soft)")
    page.wait_for_url(CONTRACT)
    guardian.looks_right("contract")
    checked_in(guardian, keeper)
    guardian.looks_right("one lesson given")
    page.click("a[href$='/back']")
    page.wait_for_selector(".sticky button")
    guardian.looks_right("back")
    guardian.speaks(language, names=NAMES)
    assert re.search(r"66[.,]66", page.inner_text(".payment")), "two of three lessons of 33.34, 33.33 and 33.33"
    page.click(".sticky button")
    page.wait_for_url(CONTRACT)
    guardian.looks_right("over")
    assert re.search(r"33[.,]34", page.inner_text("main")) and page.locator("form[action$='/code']").count() == 0


def test_a_guardian_signs_pays_checks_in_and_gets_the_rest_back_in_five_languages(chromium, town) -> None:
    guardian = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    keeper = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    for number, language in enumerate(LANGUAGES):
        for phone in (guardian, keeper):
            phone.context.add_cookies([{"name": "language", "value": language, "url": town.url}])
            phone.looked.clear()
        new_contract(keeper, town.told["sun"]["phone"], lessons=3, price="100", pupil=f"9-{number}")
        keeper.speaks(language, names={*NAMES, *re.findall(r"[a-z]+", keeper.page.inner_text(".body").lower())})
        the_story(guardian, keeper, language)
        assert guardian.page.locator("html").get_attribute("lang") == language
    guardian.close()
    keeper.close()


def test_the_same_in_elder_mode_and_on_a_narrow_phone(chromium, town) -> None:
    guardian = Phone(chromium, town, elder=True).sign_in(town.told["wu"]["phone"])
    keeper = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    guardian.page.set_viewport_size({"width": 320, "height": 700})
    new_contract(keeper, town.told["wu"]["phone"], lessons=3, price="100", pupil="9-9")
    the_story(guardian, keeper, "en")
    size = "parseFloat(getComputedStyle(document.querySelector('.facts dt')).fontSize)"
    assert guardian.page.evaluate(size) >= 18
    guardian.page.goto("/")
    assert guardian.page.locator("a[href='/lessons']").count() == 1
    guardian.close()
    keeper.close()


def test_a_guardian_sees_each_release_and_disputes_a_lesson(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page = phone.page
    page.goto(f"/lessons/{town.told['disputed']}")
    phone.looks_right("in dispute")
    assert page.locator(".lessons .given").count() == 1 and page.locator(".lessons .dispute").count() == 1
    page.click("a[href$='/dispute']")
    page.wait_for_selector("[name=lesson]")
    phone.looks_right("dispute")
    page.select_option("[name=lesson]", "5")
    phone.submit()
    page.wait_for_url(CONTRACT)
    assert page.locator(".lessons .dispute").count() == 2
    page.goto(f"/lessons/{town.told['running']}")  # another family's
    page.wait_for_selector(".refusal")
    phone.close()


def test_the_school_alone_is_told_what_is_missing_and_sees_only_its_own(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    page = phone.page
    page.goto("/lessons/school")
    assert town.told["meals"] not in page.content()
    page.fill("[name=code]", "123456789012")
    phone.submit_counter()
    page.wait_for_selector(".refusal")
    phone.looks_right("refused")
    assert "contract.checkin_missing" in page.inner_text(".refusal")
    page.goto(f"/lessons/school/{town.told['running']}")
    phone.looks_right("own contract")
    assert "¥129.99" in page.inner_text(".hero")
    page.goto(f"/lessons/school/{town.told['meals']}")
    page.wait_for_selector(".refusal")
    page.goto("/lessons/district")
    page.wait_for_selector(".refusal")
    phone.close()


def test_the_district_sees_totals_by_school(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    phone.page.goto("/lessons/district")
    phone.looks_right("district")
    canteen = phone.page.locator(".card:has(h3:text('Canteen'))").inner_text()
    assert "¥315.00" in canteen and "¥15.00" in canteen
    phone.close()


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
