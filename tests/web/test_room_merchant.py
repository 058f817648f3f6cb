"""Low-carbon merchants in a browser of a phone's size: points, a coupon, a table for two, receipts, a rental."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER
HEX = r"[0-9a-f]{32}"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"), "merchant")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def at(chromium, town):
    """A person's telephone, signed in once for all tests: a house sends nobody codes without end."""
    known: dict[str, Phone] = {}

    def of(who: str) -> Phone:
        if who not in known:
            known[who] = Phone(chromium, town).sign_in(town.told[who]["phone"])
        return known[who]

    yield of
    for phone in known.values():
        phone.close()


def wears(phone: Phone, **cookies: str) -> None:
    """Language and size of the pages from now on; every page is looked at again."""
    phone.looked.clear()
    jar = [{"name": name, "value": value, "url": phone.town.url} for name, value in cookies.items()]
    phone.context.add_cookies(jar)


def photo(seed: int) -> bytes:
    """A picture of coarse patches, as a photo of a cup is one."""
    import random

    from PIL import Image

    chance = random.Random(seed)
    small = Image.new("L", (9, 8))
    small.putdata([chance.randrange(256) for _ in range(72)])
    made = io.BytesIO()
    small.resize((360, 320), Image.Resampling.BICUBIC).convert("RGB").save(made, "JPEG", quality=80)
    return made.getvalue()


def test_points_become_a_coupon_that_the_till_holds_and_uses(at, town) -> None:
    phone = at("wang")
    keeper = at("chen")
    page, till = phone.page, keeper.page
    page.goto("/")
    page.click(".tiles a[href='/benefits']")
    phone.looks_right("benefits")
    assert "20" in page.inner_text(".hero .display")
    page.click(".row:has-text('A pot of Dragon Well')")
    page.wait_for_url(re.compile(f"/benefits/{HEX}"))
    phone.looks_right("benefit that costs more")
    assert "Points you still need: 40" in page.inner_text("main")
    page.goto(f"/benefits/{town.told['merchant']['cup']}")
    phone.looks_right("benefit")
    phone.submit()
    page.wait_for_url(re.compile(f"/benefits/coupons/{HEX}"))
    phone.looks_right("coupon")
    digits = re.sub(r"\D", "", page.inner_text(".digits"))
    till.goto("/counter/benefits")
    keeper.looks_right("counter benefits")
    till.fill("form:has([value=coupon]) [name=code]", digits)
    till.click("form:has([value=coupon]) button")
    till.wait_for_url(re.compile(f"/counter/coupon/{HEX}"))
    keeper.looks_right("counter coupon")
    page.reload()
    phone.looks_right("coupon at the till")
    assert "The till holds it" in page.inner_text("main")
    till.click("button[value=use]")
    till.wait_for_selector("text=used")
    page.reload()
    phone.looks_right("used coupon")
    assert page.locator(".digits").count() == 0
    till.goto("/counter/benefits")
    till.fill("form:has([value=coupon]) [name=code]", digits)
    till.click("form:has([value=coupon]) button")
    till.wait_for_selector(".refusal")
    page.goto("/benefits")
    assert "10" in page.inner_text(".hero .display")


def test_a_photo_alone_is_a_badge_and_the_same_photo_is_known_again(at, town) -> None:
    phone, other = (at(who) for who in ("zhao", "li"))
    for one, seed in ((phone, 1), (other, 2)):
        one.page.goto("/benefits/habit")
        one.looks_right("habit")
        files = {"name": "cup.jpg", "mimeType": "image/jpeg", "buffer": photo(seed)}
        one.page.set_input_files("[name=photo]", files)
        one.submit()
        one.page.wait_for_selector("text=A badge for you")
    other.page.goto("/benefits/habit")
    again = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": photo(1)}
    other.page.set_input_files("[name=photo]", again)
    other.submit()
    other.page.wait_for_selector(".refusal")
    other.page.goto("/benefits/habit")
    other.submit()
    other.page.wait_for_selector(".wrong")


def test_two_phones_at_a_table_share_a_bill_and_its_own_cup_gives_points(at, town) -> None:
    wang, li = (at(who) for who in ("wang", "li"))
    address = f"/table/{town.told['merchant']['table']}"
    wang.page.goto(address)
    wang.looks_right("table")
    wang.page.click("[aria-label='One more of Green tea in your own cup']")
    wang.page.wait_for_selector(".count .amount")
    li.page.goto(address)
    li.page.click("[aria-label='One more of Osmanthus cake']")
    li.page.wait_for_selector("text=¥28.00")
    wang.page.click("[value=pay]")  # has not seen the cake
    wang.page.wait_for_url("**/confirm/**")
    assert "28.00" in wang.page.inner_text("main")
    li.page.reload()
    li.looks_right("table sent")
    assert li.page.locator("[value=more]").count() == 0
    li.page.click("[value=back]")
    li.page.wait_for_selector("[value=more]")
    li.page.click("[value=pay]")
    li.page.wait_for_url("**/confirm/**")
    li.page.click(".sticky button")
    li.page.wait_for_url("**/receipts/**")
    wang.page.click(".sticky button")  # the order wang looked at was taken back, nothing is paid twice
    wang.page.wait_for_selector(".refusal")
    wang.page.goto(address)
    wang.looks_right("table paid")
    assert "The last bill is paid" in wang.page.inner_text("main")
    li.page.goto("/benefits/habit")
    li.page.select_option("[name=behaviour]", "own_cup")
    li.page.select_option("[name=order]", index=1)
    li.submit()
    li.page.wait_for_selector("main")
    assert "Points for you" in li.page.inner_text("main") or "badge" in li.page.inner_text("main")


def test_receipts_need_no_paper_and_a_return_leads_to_its_purchase(at, town) -> None:
    phone = at("wang")
    page = phone.page
    page.goto("/services")
    page.click(".tiles a[href='/kept']")
    phone.looks_right("kept")
    assert page.locator(".rows .row").count() == 4 and "given back" in page.inner_text("main")
    page.goto(f"/kept/{town.told['merchant']['sale']}")
    phone.looks_right("document")
    page.click("text=See the return")
    page.wait_for_selector("text=See the purchase")
    assert "R-20220601-18" in page.inner_text("article")
    other = at("li")
    other.page.goto(f"/kept/{town.told['merchant']['sale']}")
    other.page.wait_for_selector(".refusal")
    other.page.goto("/kept")
    other.looks_right("nothing kept")


def test_renting_without_a_deposit_and_bringing_it_back(at, town) -> None:
    phone = at("zhang")
    keeper = at("chen")
    page = phone.page
    page.goto("/rent")
    phone.looks_right("rent")
    page.click("text=Power bank")
    phone.looks_right("thing")
    assert "¥99.00" in page.inner_text("main")
    phone.submit()
    page.wait_for_url("**/rentals/**")
    phone.looks_right("rental created")
    page.click("[value=take]")
    page.wait_for_selector("text=so far")
    phone.looks_right("rental")
    rental = page.url
    keeper.page.goto("/counter/benefits")
    keeper.looks_right("counter with something out")
    keeper.page.click("form:has([value=back]) button")
    keeper.page.wait_for_selector("text=It is back.")
    page.goto(rental)
    phone.looks_right("rental done")
    assert "¥0.00" in page.inner_text("main")  # within the minutes that are free
    page.goto("/rent")
    assert "Brought back" in page.inner_text("main")


def test_somebody_hardly_known_is_openly_offered_a_deposit(at, town) -> None:
    phone = at("guest")
    page = phone.page
    page.goto(f"/rent/{town.told['merchant']['umbrella']}")
    phone.submit()
    page.wait_for_selector("[name=deposit]", state="attached")
    phone.looks_right("deposit offered")
    assert "¥39.00 would be held" in page.inner_text("main")
    phone.submit()
    page.wait_for_url("**/rentals/**")
    page.click("[value=leave]")
    page.wait_for_url("**/rent")


def test_the_counter_keeps_menu_tables_points_and_weeks(at, town) -> None:
    keeper = at("chen")
    payer = at("li")
    payer.page.goto("/benefits/code")
    payer.looks_right("code before")
    payer.submit()
    payer.page.wait_for_selector(".digits")
    payer.looks_right("code")
    page = keeper.page
    page.goto("/counter/benefits")
    page.select_option("form:has([value=grant]) [name=behaviour]", "no_bag")
    page.fill("form:has([value=grant]) [name=code]", re.sub(r"\D", "", payer.page.inner_text(".digits")))
    page.click("form:has([value=grant]) button")
    page.wait_for_selector(".notice[role=status]")
    page.goto("/counter/menu")
    keeper.looks_right("menu")
    page.fill("form:has([value=item]) [name=name]", "Sesame bun")
    page.fill("form:has([value=item]) [name=price]", "4.50")
    page.click("form:has([value=item]) button")
    page.wait_for_selector("text=¥4.50")
    page.fill("[name=label]", "8")
    page.click("form:has([value=table]) button")
    page.wait_for_selector("text=Table 8")
    page.locator("form:has([value=sold]) button").last.click()
    page.wait_for_selector("text=On again")
    page.goto("/counter/weeks")
    keeper.looks_right("weeks")
    assert "¥5.00" in page.inner_text("main")


def pages(town) -> list[str]:
    told = town.told["merchant"]
    return ["/benefits", f"/benefits/{told['cup']}", f"/benefits/{told['pot']}", "/benefits/coupons", "/benefits/habit",
            "/benefits/code", "/kept", f"/table/{told['table']}", "/rent", f"/rent/{told['umbrella']}"]  # fmt: skip


def test_every_page_speaks_the_readers_language(at, town) -> None:
    phone = at("wang")
    names = {"low", "carbon", "life", "cup", "of", "green", "tea", "pot", "dragon", "well", "five", "yuan", "for",
             "ferry", "house", "in", "your", "own", "osmanthus", "cake", "sesame", "bun"}  # fmt: skip
    between = {"nbsp"}  # how the browser writes the blank that Russian dates are held together with
    for language in LANGUAGES:
        wears(phone, language=language)
        for place in pages(town):
            phone.page.goto(place)
            assert phone.page.locator("html").get_attribute("lang") == language
            phone.looks_right(f"{place} in {language}")
            phone.speaks(language, names=between if language == "zh-hans" else names | between)
        phone.page.goto(f"/benefits/coupons/{town.told['merchant']['coupon']}")
        phone.looks_right(f"coupon in {language}")
        phone.speaks(language, names=between if language == "zh-hans" else names | between)


def test_large_and_simple_pages_have_no_small_text(at, town) -> None:
    phone = at("wang")
    wears(phone, elder="yes", language="en")
    small = """() => [...document.querySelectorAll('main *')].filter(one =>
        one.offsetParent && [...one.childNodes].some(
        node => node.nodeType === 3 && node.textContent.trim()) && parseFloat(getComputedStyle(one).fontSize) < 18
        && !one.closest('.sr')).map(one => one.outerHTML.slice(0, 90))"""
    for width in (390, 320):
        phone.page.set_viewport_size({"width": width, "height": 844})
        phone.looked.clear()
        for place in pages(town):
            phone.page.goto(place)
            phone.page.wait_for_selector("html.elder")
            phone.looks_right(f"{place} at {width}")
            assert not phone.page.evaluate(small), place
    wears(phone, elder="no")


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
