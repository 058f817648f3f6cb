"""A person with several wallets chooses the one a page is about; who has one is asked nothing."""

from __future__ import annotations

import re

import pytest
from browser import NEEDS_BROWSER, tab_to
from realtown import PIN
from served import LANGUAGES, Phone, Served

FIRST, SECOND = "Industrial and Commercial Bank of China", "China Construction Bank"
NAMES = {*f"{FIRST} {SECOND} Nine Rivers Power Ferry Tea House nbsp".split()}  # the last is a blank's name
pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    one = Served(tmp_path_factory.mktemp("wallets"), "wallets")
    yield one
    one.stop()


def choose(page, name: str) -> None:
    page.get_by_label(name).check()


def chosen(page) -> str:
    return page.locator("label:has([name=wallet]:checked)").inner_text()


def to_amount(page, town, amount: str, wallet: str = "") -> None:
    """From a shop's code to the confirm page, or to the refusal."""
    page.goto("/scan")
    page.fill("[name=code]", town.told["tea"]["code"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]")
    page.fill("[name=amount]", amount)
    if wallet:
        choose(page, wallet)


def agree(page) -> str:
    """Pays what the confirm page shows; the receipt's text."""
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    return page.inner_text("article")


def wallets(page) -> dict[str, str]:
    """What the wallet page says of each wallet: its free money."""
    page.goto("/")
    rows = page.locator("section:has(> h2:text-is('My wallets')) .row").all_inner_texts()
    return {row.split("\n")[0]: row.split("\n")[-1] for row in rows}


def test_limits_top_up_and_activation_are_of_the_wallet_that_was_chosen(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    page.goto("/")
    page.click("details summary")
    assert "¥499,500.00" in page.inner_text("details"), "what more the first wallet may hold"
    page.select_option("[name=wallet]", label=SECOND)
    page.locator("details form button").click()
    page.wait_for_url("**/?wallet=1")
    assert "¥495,000.00" in page.inner_text("details[open]") and "¥499,500.00" not in page.inner_text("details")
    phone.looks_right("limits")
    page.goto("/me/e-cny")
    phone.looks_right("activation")
    choose(page, SECOND)
    page.fill("[name=name]", "吴静")
    page.fill("[name=phone]", town.told["wu"]["phone"])
    phone.submit()
    page.wait_for_selector(".hero")
    page.goto("/me/e-cny")
    assert page.locator("[name=wallet]").count() == 0, "one wallet is left to be switched on"
    phone.close()


def test_the_second_wallet_pays_sends_pays_a_bill_and_is_topped_up(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    assert wallets(page) == {FIRST: "¥500.00", SECOND: "¥5,000.00"}
    phone.looks_right("home")
    to_amount(page, town, "300")
    assert FIRST in chosen(page) and "¥500.00 free" in chosen(page), "nothing was used yet: the first"
    choose(page, SECOND)
    phone.looks_right("amount")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    assert SECOND in page.inner_text("main .card")
    phone.looks_right("confirm")
    receipt = agree(page)
    assert SECOND in receipt and "¥300.00" in receipt
    phone.looks_right("receipt")

    page.goto("/send")
    page.fill("[name=phone]", town.told["li"]["phone"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]")
    assert SECOND in chosen(page), "the wallet used last"
    page.fill("[name=amount]", "1200")  # above what may be paid without a PIN
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    page.fill("[name=pin]", PIN)
    assert SECOND in agree(page)

    page.goto("/bills")
    page.select_option("[name=biller]", town.told["power"]["biller"])
    page.fill("[name=number]", town.told["power"]["number"])
    phone.submit()
    page.wait_for_url(re.compile(r"/bills/[0-9a-f]{32}"))
    choose(page, FIRST)
    phone.looks_right("bill")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    before = page.url
    assert FIRST in page.inner_text("main .card")
    page.click("main details summary")  # another mind on the confirm page
    choose(page, SECOND)
    phone.looks_right("another wallet")
    page.click("main details button")
    page.wait_for_url(lambda url: "/confirm/" in url and url != before)
    assert SECOND in page.inner_text("main .card")
    assert SECOND in agree(page)

    page.goto("/money/in")
    phone.looks_right("top-up")
    assert SECOND in chosen(page)
    page.fill("[name=amount]", "12.50")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    receipt = agree(page)
    assert "Waiting" in receipt and SECOND in receipt
    order = page.url.rpartition("/")[2]
    town.act("cash.booked", operator="ccb", order=order, key=order, amount="12.50 CNY", direction="credit")
    page.reload()
    assert "Added" in page.inner_text("article") and SECOND in page.inner_text("article")
    assert wallets(page) == {FIRST: "¥500.00", SECOND: "¥3,326.10"}, "5,000 - 300 - 1,200 - 186.40 + 12.50"
    phone.close()


def test_a_shown_code_pays_from_the_wallet_it_was_shown_for(chromium, town) -> None:
    payer, keeper = Phone(chromium, town), Phone(chromium, town)
    payer.sign_in(town.told["zhao"]["phone"])
    keeper.sign_in(town.told["chen"]["phone"])
    page = payer.page
    page.goto("/code")
    assert FIRST in page.inner_text("#own")
    page.click("main details summary")
    tab_to(page, "[name=wallet]")  # by the keyboard alone
    page.keyboard.press("ArrowDown")
    payer.looks_right("code")
    tab_to(page, "main details button")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#own :text('{SECOND}')")
    old = page.inner_text(".digits")
    page.click("#own form button")
    page.wait_for_function("old => document.querySelector('.digits').innerText !== old", arg=old)
    assert SECOND in page.inner_text("#own"), "a new code is of the same wallet"
    digits = page.inner_text(".digits").replace("\n", "").replace(" ", "")
    keeper.page.goto("/counter")
    keeper.page.fill("[name=amount]", "36.80")
    keeper.page.fill("[name=code]", digits)
    keeper.submit_counter()
    keeper.page.wait_for_url("**/counter/orders/**")
    page.wait_for_url("**/receipts/**", timeout=10_000)
    assert SECOND in page.inner_text("article")
    assert wallets(page) == {FIRST: "¥300.00", SECOND: "¥4,963.20"}
    payer.close()
    keeper.close()


def test_packets_and_requests_are_of_the_wallet_that_was_chosen(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page, before = phone.page, wallets(phone.page)
    page.goto("/lucky")
    page.fill("[name=amount]", "10")
    page.fill("[name=people]", "1")
    choose(page, FIRST)
    phone.looks_right("lucky packets")
    phone.submit()
    page.wait_for_url("**/lucky/confirm/**")
    assert FIRST in page.inner_text("main .card")
    page.click(".sticky button")
    page.wait_for_selector("form label:has([name=wallet])")
    choose(page, SECOND)
    phone.looks_right("lucky packet")
    page.click("form.actions button")
    page.wait_for_selector(".amount.in")
    after = wallets(page)
    assert before[FIRST] == "¥500.00" and after[FIRST] == "¥490.00"
    assert (before[SECOND], after[SECOND]) == ("¥3,326.10", "¥3,336.10")
    page.goto("/ask")
    choose(page, SECOND)
    page.fill("[name=amount]", "30")
    page.fill("[name=phones]", town.told["li"]["phone"])
    phone.submit()
    page.wait_for_url(re.compile(r"/ask/[0-9a-f]{32}"))
    payer = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    payer.page.goto("/")
    payer.page.click("a.notice.warn")
    payer.page.wait_for_url("**/confirm/**")
    agree(payer.page)
    assert wallets(page) == {FIRST: "¥490.00", SECOND: "¥3,366.10"}
    payer.close()
    phone.close()


def test_what_one_wallet_cannot_pay_is_offered_to_the_other(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    page = phone.page
    to_amount(page, town, "400", FIRST)
    phone.submit()
    page.wait_for_selector(".refusal")
    told = page.inner_text(".refusal")
    assert "Not enough money" in told and f"Wallet: {FIRST}" in told
    assert page.locator(".refusal .actions a").get_attribute("href") == "/money/in?wallet=0"
    phone.looks_right("short")
    page.click(f".refusal button:has-text('{SECOND}')")
    page.wait_for_url("**/confirm/**")
    assert SECOND in agree(page)

    to_amount(page, town, "5000", FIRST)  # neither can
    phone.submit()
    page.wait_for_selector(".refusal")
    assert page.locator(".refusal button").count() == 0

    to_amount(page, town, "7", SECOND)
    phone.submit()
    page.wait_for_url("**/confirm/**")
    town.act("desk.report_loss", town.told["zhao"]["credential"], wallet=town.told["zhao"]["second"])
    page.click(".sticky button")
    page.wait_for_selector(".refusal")
    told = page.inner_text(".refusal")
    assert "Wallet frozen" in told and f"Wallet: {SECOND}" in told
    phone.looks_right("frozen")
    assert page.locator(".refusal button").count() == 1
    page.click(f".refusal button:has-text('{FIRST}')")
    page.wait_for_url("**/confirm/**")
    assert FIRST in agree(page)

    to_amount(page, town, "3")  # one open wallet is left, so nothing is asked
    assert page.locator("[name=wallet]").count() == 0
    phone.submit()
    page.wait_for_url("**/confirm/**")
    assert page.locator("main details").count() == 0 and FIRST in agree(page)
    assert wallets(page) == {FIRST: "¥290.00", SECOND: "¥4,563.20"}
    assert "frozen" in page.inner_text("main")
    phone.looks_right("home with a frozen wallet")
    phone.close()


def test_who_has_one_wallet_is_not_asked_which(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    page = phone.page
    for place in ("/", "/money/in", "/money/out", "/me/e-cny", "/code", "/ask", "/?wallet=7", "/?wallet=x"):
        page.goto(place)
        assert page.locator("[name=wallet]").count() == 0 and page.locator("main").count() == 1
        assert "Bank of China" not in page.inner_text("main")
    to_amount(page, town, "4")
    assert page.locator("[name=wallet]").count() == 0
    phone.submit()
    page.wait_for_url("**/confirm/**")
    assert page.locator("main details").count() == 0 and "Bank of China" not in page.inner_text("main")
    assert "Bank of China" not in agree(page)
    phone.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_choice_speaks_the_readers_language(chromium, town, language: str) -> None:
    if not hasattr(town, "phone"):
        town.phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
        to_amount(town.phone.page, town, "1", SECOND)
        town.phone.submit()
        town.phone.page.wait_for_url("**/confirm/**")
        town.confirm = town.phone.page.url
        town.phone.page.set_viewport_size({"width": 320, "height": 640})
    phone = town.phone
    for elder in ("no", "yes"):
        chosen = {"language": language, "elder": elder}
        phone.context.add_cookies([{"name": one, "value": chosen[one], "url": town.url} for one in chosen])
        for place in ("/money/in", "/?wallet=1", "/code", "/ask", town.confirm):
            phone.page.goto(place)
            if phone.page.locator("main details.flat").count():
                phone.page.click("main details.flat summary")
            phone.speaks(language, names=NAMES)
            phone.looks_right(f"{place} {language} {elder}")
