"""A person with several wallets chooses the one a page is about; who has one is asked nothing."""

from __future__ import annotations

import pytest
from browser import NEEDS_BROWSER
from served import LANGUAGES, Phone, Served

BANKS = {"industrial", "and", "commercial", "bank", "of", "china", "construction", "nbsp"}  # the last is a blank's name
pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    one = Served(tmp_path_factory.mktemp("wallets"), "wallets")
    yield one
    one.stop()


def test_limits_top_up_and_activation_are_of_the_wallet_that_was_chosen(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    page.goto("/")
    page.click("details summary")
    assert "¥499,500.00" in page.inner_text("details"), "what more the first wallet may hold"
    page.select_option("[name=wallet]", label="China Construction Bank")
    page.locator("details form button").click()
    page.wait_for_url("**/?wallet=1")
    assert "¥500,000.00" in page.inner_text("details[open]") and "¥499,500.00" not in page.inner_text("details")
    phone.looks_right("limits")
    page.goto("/money/in")
    phone.looks_right("top-up")
    page.select_option("[name=wallet]", label="China Construction Bank")
    page.fill("[name=amount]", "12.50")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    page.goto("/me/e-cny")
    phone.looks_right("activation")
    page.select_option("[name=wallet]", label="China Construction Bank")
    page.fill("[name=name]", "吴静")
    page.fill("[name=phone]", town.told["wu"]["phone"])
    phone.submit()
    page.wait_for_selector(".hero")
    page.goto("/me/e-cny")
    assert page.locator("select[name=wallet]").count() == 0, "one wallet is left to be switched on"
    phone.close()


def test_who_has_one_wallet_is_not_asked_which(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    for place in ("/", "/money/in", "/me/e-cny", "/?wallet=7", "/?wallet=x"):
        phone.page.goto(place)
        assert phone.page.locator("[name=wallet]").count() == 0 and phone.page.locator("main").count() == 1
    phone.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choice_speaks_the_readers_language(chromium, town, language: str) -> None:
    if not hasattr(town, "phone"):
        town.phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    phone = town.phone
    for elder in ("no", "yes"):
        chosen = {"language": language, "elder": elder}
        phone.context.add_cookies([{"name": one, "value": chosen[one], "url": town.url} for one in chosen])
        for place in ("/money/in", "/?wallet=1"):
            phone.page.goto(place)
            phone.speaks(language, names=BANKS)
            phone.looks_right(f"{place} {language} {elder}")
