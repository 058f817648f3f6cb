"""The whole house in a browser of a phone's size: real server, real book, one day of a person and a shop."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER, tab_to
from realtown import PIN
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"))
    yield served
    served.stop()


def test_a_person_comes_opens_a_wallet_tops_up_and_pays(chromium, town) -> None:
    phone = Phone(chromium, town)
    phone.sign_in("13700000001", landing="[name=issuer]")
    page = phone.page
    phone.looks_right("open")
    page.select_option("[name=issuer]", "icbc")
    page.select_option("[name=region]", "120000")
    phone.submit()
    page.wait_for_selector(".hero")
    phone.looks_right("home")
    assert "¥0.00" in page.inner_text(".hero")
    page.goto("/scan")  # without money the way on is to add some
    page.fill("[name=code]", town.told["tea"]["code"])
    page.keyboard.press("Enter")
    page.fill("[name=amount]", "5")
    page.keyboard.press("Enter")
    page.wait_for_selector(".refusal")
    phone.looks_right("refusal")
    page.click(".refusal .actions a")
    page.wait_for_url("**/money/bank**")  # no account is known yet
    phone.looks_right("bank")
    page.fill("[name=bank]", "ICBKCNBJ")
    page.fill("[name=bank_account]", "6222000000001")
    phone.submit()
    page.wait_for_url("**/money/in")
    phone.looks_right("money")
    page.fill("[name=amount]", "300")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "Waiting" in page.inner_text("article")
    order = page.url.rpartition("/")[2]
    town.act("cash.booked", operator="icbc", order=order, key=order, amount="300.00 CNY", direction="credit")
    page.reload()
    assert "Added" in page.inner_text("article") or "¥300.00" in page.inner_text("article")
    assert "¥12.50" in phone.pay(town.told["tea"]["code"], "12.5")
    page.goto("/")
    assert "¥287.50" in page.inner_text(".hero")
    phone.close()


def test_a_shop_charges_a_shown_code_and_refunds_in_part(chromium, town) -> None:
    payer, keeper = Phone(chromium, town), Phone(chromium, town)
    payer.sign_in(town.told["wang"]["phone"])
    keeper.sign_in(town.told["chen"]["phone"])
    payer.page.goto("/code")
    payer.looks_right("code")
    digits = payer.page.inner_text(".digits").replace("\n", "").replace(" ", "")
    keeper.page.goto("/counter")
    keeper.looks_right("counter")
    keeper.page.fill("[name=amount]", "36.80")
    keeper.page.fill("[name=code]", digits)
    keeper.submit_counter()
    keeper.page.wait_for_url("**/counter/orders/**")
    assert "Paid" in keeper.page.inner_text("#order")
    payer.page.wait_for_url("**/receipts/**", timeout=10_000)  # the page that shows the code finds out by itself
    assert "¥36.80" in payer.page.inner_text("article")
    keeper.looks_right("order")
    keeper.page.fill("[name=amount]", "6.80")
    keeper.page.click(".danger")
    keeper.page.wait_for_selector("text=Partly refunded")
    payer.page.reload()
    assert "Refunded" in payer.page.inner_text("article")
    keeper.page.goto("/counter/day")
    keeper.looks_right("day")
    payer.close()
    keeper.close()


def test_a_code_on_the_wall_is_shown_also_after_it_was_paid(chromium, town) -> None:
    keeper = Phone(chromium, town).sign_in(town.told["chen"]["phone"])
    keeper.page.goto("/counter")
    assert keeper.page.locator(".plate svg").count() == 1, "the town's people paid to it for three days"
    keeper.close()


def test_a_large_shown_code_waits_for_the_payers_pin(chromium, town) -> None:
    payer, keeper = Phone(chromium, town), Phone(chromium, town)
    payer.sign_in(town.told["zhang"]["phone"])
    keeper.sign_in(town.told["chen"]["phone"])
    payer.page.goto("/code")
    digits = payer.page.inner_text(".digits").replace("\n", "").replace(" ", "")
    keeper.page.goto("/counter")
    keeper.page.fill("[name=amount]", "1200")
    keeper.page.fill("[name=code]", digits)
    keeper.submit_counter()
    keeper.page.wait_for_url("**/counter/orders/**")
    payer.page.wait_for_url("**/confirm/**", timeout=10_000)
    payer.looks_right("confirm with pin")
    payer.page.fill("[name=pin]", "246802")
    payer.page.click(".sticky button")
    payer.page.wait_for_selector(".wrong")
    payer.page.fill("[name=pin]", PIN)
    payer.page.click(".sticky button")
    payer.page.wait_for_url("**/receipts/**")
    keeper.page.wait_for_selector("#order .tag.good", timeout=10_000)
    payer.close()
    keeper.close()


def test_a_bill_money_to_a_friend_and_a_shared_bill(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wang"]["phone"])
    page = phone.page
    page.goto("/bills")
    phone.looks_right("bills")
    page.select_option("[name=biller]", town.told["power"]["biller"])
    page.fill("[name=number]", "9999999999")
    phone.submit()
    page.wait_for_selector(".wrong")
    page.select_option("[name=biller]", town.told["power"]["biller"])
    page.fill("[name=number]", town.told["power"]["number"])
    phone.submit()
    page.wait_for_url(re.compile(r"/bills/[0-9a-f]{32}"))
    phone.looks_right("bill")
    assert "王**" in page.inner_text("main")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "¥186.40" in page.inner_text("article")

    page.goto("/send")
    phone.looks_right("send")
    page.fill("[name=phone]", town.told["li"]["phone"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]")
    assert "李**" in page.inner_text("main")
    page.fill("[name=amount]", "20")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "Sent" in page.inner_text("article")

    page.goto("/")  # Zhang's share of yesterday's dinner waits
    page.click("a.notice.warn")
    page.wait_for_url("**/confirm/**")
    phone.looks_right("confirm a request")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "¥43.00" in page.inner_text("article")

    page.goto("/history")
    phone.looks_right("history")
    assert page.locator("#lines .row").count() >= 5
    page.goto("/ask")
    phone.looks_right("ask")
    page.fill("[name=amount]", "30")
    page.fill("[name=phones]", town.told["li"]["phone"])
    page.select_option("[name=split]", "mine")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/ask/[0-9a-f]{32}"))
    phone.looks_right("asked")
    assert "¥15.00" in page.inner_text("main")
    page.click(".danger")
    page.wait_for_url("**/ask")
    for place in ("/me", "/me/pin", "/me/consents", "/me/e-cny", "/public", "/help"):
        page.goto(place)
        phone.looks_right(place)
    phone.close()


def test_paying_speaks_the_readers_language(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    for language in LANGUAGES:
        phone.context.add_cookies([{"name": "language", "value": language, "url": town.url}])
        phone.looked.clear()
        receipt = phone.pay(town.told["tea"]["code"], "3.50")
        assert phone.page.locator("html").get_attribute("lang") == language
        assert "3.50" in receipt or "3,50" in receipt
        assert ("津门茶楼" if language == "zh-hans" else "Ferry Tea House") in receipt
    phone.close()


def test_elder_mode_follows_the_person_to_a_new_device(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhao"]["phone"])
    page = phone.page
    page.goto("/me")
    page.check("main [name=elder][value=yes]", force=True)
    page.click("main form[action='/look'] button")
    page.wait_for_selector("html.elder")
    assert "3.50" in phone.pay(town.told["market"]["code"], "3.50")
    phone.close()
    fresh = Phone(chromium, town)
    fresh.context.clear_cookies()
    fresh.sign_in(town.told["zhao"]["phone"], new_device=True)
    fresh.page.wait_for_selector("html.elder")
    fresh.looks_right("elder home")
    fresh.close()


def test_a_payment_by_keyboard_alone(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page = phone.page
    page.goto("/")
    tab_to(page, ".tiles a[href='/scan']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    tab_to(page, "[name=code]")
    page.keyboard.type(town.told["books"]["code"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=amount]")
    tab_to(page, "[name=amount]")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    tab_to(page, ".sticky button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/**")
    assert "¥8.00" in page.inner_text("article")
    phone.close()


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
