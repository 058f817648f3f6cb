"""Vouchers and lucky packets in a browser of a phone's size: taken, spent, given, opened; in five languages."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER

PACKET = re.compile(r"/lucky/[0-9a-f]{32}$")
READERS = dict(zip(LANGUAGES, ("wang", "zhao", "sun", "zhang", "li"), strict=True))
ELDERS = {"zh-hans": "sun", "ru": "zhang"}
SHOWN = {"zh-hans": "春日消费券"}
# public names that stand as their owners wrote them, their initials, and the space that does not break
OWN = (
    "spring book discount surprise voucher a cup of tea one with lid breakfast night market nankai commerce office "
    "ferry house hai river books three bridges f h n t nbsp"
)
PROPER = set(OWN.split())


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"), "voucher")
    yield served
    served.stop()


def campaign(town: Served, key: str) -> str:
    return f"/vouchers/{town.told[key]['campaign']}"


def take(phone: Phone, path: str) -> None:
    phone.page.goto(path)
    phone.looks_right(path)
    phone.page.click("main button[value=take]")
    phone.page.wait_for_selector(".notice.success")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_takes_a_voucher_and_spends_it_in_the_own_language(chromium, town, language: str) -> None:
    phone = Phone(chromium, town, language=language).sign_in(town.told[READERS[language]]["phone"])
    page = phone.page
    page.click("a[href='/vouchers']")
    page.wait_for_selector(".ticket")
    phone.looks_right("vouchers")
    phone.speaks(language, names=PROPER)
    assert SHOWN.get(language, "Spring voucher") in page.inner_text("main")
    take(phone, campaign(town, "spring"))
    phone.speaks(language, names=PROPER)
    page.goto("/vouchers")
    phone.speaks(language, names=PROPER)
    receipt = phone.pay(town.told["market"]["code"], "70")
    assert SHOWN.get(language, "Spring voucher") in receipt and "50" in receipt and "20" in receipt
    for path in ("/lucky", f"{campaign(town, 'luck')}", f"{campaign(town, 'paused')}", f"{campaign(town, 'daily')}"):
        page.goto(path)
        phone.looks_right(path)
        phone.speaks(language, names=PROPER)
    phone.close()


def test_a_discount_comes_off_on_the_common_confirm_page_and_a_benefit_is_exchanged(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wang"]["phone"])
    page = phone.page
    take(phone, campaign(town, "tenth"))
    page.click("main a.button")
    phone.looks_right("use")
    page.fill("[name=code]", town.told["market"]["code"])  # not on the list
    page.fill("[name=amount]", "40")
    phone.submit()
    page.wait_for_selector(".refusal")
    phone.looks_right("refusal")
    page.goto(f"{campaign(town, 'tenth')}/use")
    page.fill("[name=code]", town.told["books"]["code"])
    phone.submit()
    page.wait_for_selector(".wrong")  # the code on the wall states no price
    page.fill("[name=amount]", "40")
    phone.submit()
    page.wait_for_url("**/confirm/**")
    phone.looks_right("confirm")
    assert "Book discount" in page.inner_text("main") and "¥8.00" in page.inner_text("main")
    assert "¥32.00" in page.inner_text("main")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "¥40.00" in page.inner_text("article")
    take(phone, campaign(town, "coffee"))
    page.click("main a.button")
    page.fill("[name=code]", town.told["tea"]["code"])
    phone.submit()
    page.wait_for_url("**/confirm/**")
    assert "Ferry Tea House" in page.inner_text("main")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "Ferry Tea House" in page.inner_text("article") and "A cup of tea" in page.inner_text("article")
    phone.close()


def test_a_voucher_is_kept_for_a_few_minutes_and_left_to_others(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wang"]["phone"])
    page = phone.page
    page.goto(campaign(town, "spring"))
    before = page.inner_text(".gauge .figures")
    page.click("main button[value=keep]")
    page.wait_for_url("**/kept/**")
    phone.looks_right("kept")
    kept = page.url
    page.goto(campaign(town, "spring"))
    assert page.inner_text(".gauge .figures") != before
    page.goto(kept)
    page.click("main button[value=leave]")
    page.wait_for_url(re.compile(r"/vouchers/[0-9a-f]{32}$"))
    assert page.inner_text(".gauge .figures") == before
    page.goto(kept)
    page.wait_for_selector(".empty")
    phone.looks_right("not kept")
    phone.close()


def test_a_packet_is_given_by_link_opened_once_and_everybody_in_it_sees_who_got_what(chromium, town) -> None:
    giver = Phone(chromium, town).sign_in(town.told["wang"]["phone"])
    page = giver.page
    page.goto("/lucky")
    page.fill("[name=amount]", "0.02")
    page.fill("[name=people]", "3")
    giver.submit()
    page.wait_for_selector(".refusal")  # less than a fen for each
    giver.looks_right("refusal")
    page.goto("/lucky")
    page.fill("[name=amount]", "20")
    page.fill("[name=people]", "2")
    giver.submit()
    page.wait_for_url("**/lucky/confirm/**")
    giver.looks_right("confirm")
    assert "Lucky packet" in page.inner_text("main") and "¥20.00" in page.inner_text("main")
    page.click(".sticky button")
    page.wait_for_url(PACKET)
    giver.looks_right("given")
    link = page.url
    stranger = Phone(chromium, town).sign_in(town.told["chen"]["phone"])
    stranger.page.goto(link)
    stranger.looks_right("closed")
    assert "王**" in stranger.page.inner_text("main") and "¥" not in stranger.page.inner_text("main")
    for name in ("li", "zhao"):
        phone = Phone(chromium, town).sign_in(town.told[name]["phone"])
        phone.page.goto(link)
        phone.page.click("form.actions button")
        phone.page.wait_for_selector(".rows")
        phone.looks_right("opened")
        phone.close()
    stranger.page.click("form.actions button")  # two parts, both gone
    stranger.page.wait_for_selector(".refusal")
    stranger.close()
    page.goto(link)
    rows = page.inner_text("main .rows")
    assert "李**" in rows and "赵*" in rows and "Luckiest" in rows
    page.goto("/history")
    assert "Lucky packet" in page.inner_text("main")
    giver.close()


@pytest.mark.parametrize("language", ELDERS)
def test_elder_mode_shows_the_same_large_and_nothing_is_cut(chromium, town, language: str) -> None:
    phone = Phone(chromium, town, language=language, elder=True).sign_in(town.told[ELDERS[language]]["phone"])
    page = phone.page
    small = (
        "[...document.querySelectorAll('main *, main')].filter(e => e.childNodes.length && "
        "[...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()) && e.getClientRects().length && "
        "!e.closest('.sr, svg') && parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.outerHTML.slice(0, 80))"
    )
    for path in (
        "/vouchers",
        campaign(town, "luck"),
        campaign(town, "tenth"),
        f"{campaign(town, 'tenth')}/use",
        "/lucky",
    ):
        page.goto(path)
        page.wait_for_selector("html.elder")
        phone.looks_right(path)
        phone.speaks(language, names=PROPER)
        assert page.evaluate(small) == [], path
        page.set_viewport_size({"width": 320, "height": 640})
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), path
        page.set_viewport_size({"width": 390, "height": 844})
    take(phone, campaign(town, "luck"))
    phone.close()


def test_the_district_sees_where_all_of_it_is_and_can_pause(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    page.goto("/vouchers/given")
    phone.looks_right("given")
    page.click(f"a[href='/vouchers/given/{town.told['spring']['campaign']}']")
    phone.looks_right("run")
    assert "Three Bridges Market" in page.inner_text("main") and "200" in page.inner_text(".facts .total")
    page.click("button[value=pause]")
    page.wait_for_selector("button[value=resume]")
    page.click("button[value=resume]")
    page.wait_for_selector("button[value=pause]")
    phone.close()
    shop = Phone(chromium, town).sign_in(town.told["chen"]["phone"])
    shop.page.goto("/vouchers/counter")
    shop.looks_right("counter")
    assert "Spring voucher" in shop.page.inner_text("main")
    shop.page.goto(f"/vouchers/given/{town.told['spring']['campaign']}")
    shop.page.wait_for_selector(".refusal")  # not theirs
    shop.close()


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
