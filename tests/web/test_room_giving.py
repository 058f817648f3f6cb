"""Steps and giving in a browser of a phone's size: steps come in, become money and a bird, and everybody sees where."""

from __future__ import annotations

import subprocess
import sys

import pytest
from browser import NEEDS_BROWSER
from papers import letters
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served

pytestmark = NEEDS_BROWSER
NAMES = {
    "village", "library", "holding", "the", "sand", "travelling", "clinic", "green", "hill", "foundation", "riverside",
    "foods", "bohai", "express", "running", "chickens", "of", "wuyi", "nbsp",
    "walking", "is", "doing", "good",
}  # fmt: skip
PAGES = ("", "/import", "/projects", "/chickens", "/gifts", "/public")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"), "giving")
    yield served
    served.stop()


def test_the_days_steps_are_given_and_the_sponsors_money_arrives(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page, giving = phone.page, town.told["giving"]
    page.click("text=Steps and giving")
    page.wait_for_url("**/giving")
    phone.looks_right("giving")
    assert "12,480" in page.inner_text(".giving-ring")
    page.click(".actions a.button >> nth=0")
    page.wait_for_url("**/giving/projects")
    phone.looks_right("projects")
    page.goto(f"/giving/projects/{giving['clinic']}")
    phone.looks_right("project with little left")
    assert "¥0.30" in page.inner_text(".notice.warn") and "¥0.94" in page.inner_text(".notice.warn")
    page.goto(f"/giving/projects/{giving['library']}")
    phone.looks_right("project")
    shown = page.inner_text("form:has([name=least])")
    assert "¥1.24" in shown and "¥0.60" in shown and "¥0.64" in shown
    page.click("form:has([name=least]) button")
    page.wait_for_url("**/giving/gifts/*")
    phone.looks_right("gift of steps")
    assert "¥1.24" in page.inner_text("article") and "12,480" in page.inner_text("article")
    page.goto(f"/giving/projects/{giving['library']}")
    assert "¥27.24" in page.inner_text("main") and "You gave this day" in page.inner_text("main")
    page.goto(f"/giving/days/{giving['day']}")
    phone.looks_right("day given")
    phone.close()


def test_own_money_has_a_number_and_a_mistake_is_taken_back(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["zhang"]["phone"])
    page, giving = phone.page, town.told["giving"]
    page.goto(f"/giving/projects/{giving['sand']}")
    page.fill("#id_amount", "5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    phone.looks_right("confirm")
    assert "Green Hill Foundation" in page.inner_text("main")
    page.click(".sticky button")
    page.wait_for_url("**/receipts/**")
    assert "Green Hill Foundation" in page.inner_text("article") and "¥5.00" in page.inner_text("article")
    page.goto("/giving/gifts")
    phone.looks_right("gifts")
    page.click(".rows a >> nth=0")
    page.wait_for_url("**/giving/gifts/*")
    phone.looks_right("gift of money")
    assert "-000002" in page.inner_text("article")
    href = f"{page.url}/pdf"
    if page.locator("a[download]").count():
        receipt = letters(phone.context.request.get(href).body())
        assert "-000002" in receipt and "¥5.00" in receipt and "Green Hill Foundation" in receipt
    else:  # the giver's name has letters for which this machine has no font
        assert "Print the page instead" in page.inner_text("main")
    page.click(".danger")
    page.wait_for_selector("text=The gift was taken back.")
    assert phone.context.request.get(href).status == 404  # no receipt for money that came back
    assert "Taken back" in page.inner_text("article")
    page.goto("/history")
    assert "Green Hill Foundation" in page.inner_text("main")
    phone.close()


def test_a_file_brings_steps_and_a_bird_is_on_its_way_in_elder_mode(chromium, town, tmp_path) -> None:
    phone = Phone(chromium, town, elder=True).sign_in(town.told["wang"]["phone"])
    page, giving = phone.page, town.told["giving"]
    page.goto("/giving")
    phone.looks_right("giving, elder")
    assert page.evaluate("[...document.querySelectorAll('main p, main span')].every(one => !one.innerText || "
                         "parseFloat(getComputedStyle(one).fontSize) >= 18)")  # fmt: skip
    file = tmp_path / "Daily activity metrics.csv"
    file.write_bytes(b"\xef\xbb\xbfDate,Low latitude (deg),Step count\n" + f"{giving['day']},30.6,11500\n".encode())
    page.goto("/giving/import")
    phone.looks_right("import, elder")
    for wanted in ("8,350", "nothing new"):  # the same file again changes nothing
        page.set_input_files("[name=file]", file)
        phone.submit()
        page.wait_for_selector("[role=status] .rows")
        assert wanted in page.inner_text("[role=status] .rows")
    phone.looks_right("imported, elder")
    page.goto("/giving/chickens")
    phone.looks_right("chickens, elder")
    page.click("form:has([name=flock]) button")
    page.wait_for_selector("text=on their way to a bird")
    command = [sys.executable, "-c", SERVE, "tick"]
    subprocess.run(command, cwd=town.folder, env=ENVIRONMENT, check=True, capture_output=True)
    page.goto("/giving/chickens")
    assert page.inner_text(".giving-birds .giving-big") == "1"
    phone.close()


def test_a_held_day_says_why_and_hears_the_other_side(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    page, giving = phone.page, town.told["giving"]
    page.goto("/giving")
    phone.looks_right("held")
    assert "more than three people" in page.inner_text(".notice.warn")
    page.click(".notice.warn a")
    page.wait_for_url(f"**/giving/days/{giving['day']}")
    phone.looks_right("day held")
    page.check("[value=shared_device]")
    phone.submit()
    page.wait_for_selector("text=You disagreed.")
    phone.looks_right("day appealed")
    key = f"{town.told['li']['person']}:{giving['day']}"
    town.act("giving.judge_day", key=key, accept=True, why="family-phone")
    page.goto("/giving")
    assert "Give these steps" in page.inner_text("main")
    phone.close()


def test_a_page_that_asks_can_be_shared_and_a_drive_is_live(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["chen"]["phone"])
    page, giving = phone.page, town.told["giving"]
    page.goto(f"/giving/projects/{giving['sand']}")
    page.click("text=Ask others to give")
    page.fill("#goal", "200")
    page.click("form:has(#goal) button")
    page.wait_for_url("**/giving/ask/*")
    phone.looks_right("appeal")
    stranger = Phone(chromium, town)
    stranger.page.goto(page.url)
    stranger.looks_right("appeal for anybody")
    assert "Holding the sand" in stranger.page.inner_text("main") and "¥200.00" in stranger.page.inner_text("main")
    page.goto(f"/giving/drives/{giving['drive']}")
    phone.looks_right("drive")
    assert "20,320" in page.inner_text("main") and "¥97.97" in page.inner_text("main")
    stranger.page.goto("/giving/public")
    stranger.looks_right("public for anybody")
    assert "Givers" in stranger.page.inner_text("main")
    stranger.close()
    phone.close()


def test_the_charity_and_the_sponsor_see_what_is_unspent(chromium, town) -> None:
    for who, wanted in (("zhao", ("Budget", "¥12.50 of ¥40.00 paid", "Unspent")), ("sun", ("given", "left"))):
        phone = Phone(chromium, town).sign_in(town.told[who]["phone"])
        phone.page.goto("/giving/office")
        phone.looks_right(f"office of {who}")
        assert all(word in phone.page.inner_text("main") for word in wanted), who
        phone.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_readers_language(chromium, town, language: str) -> None:
    who = ("chen", "sun", "wu", "zhao", "wang")[LANGUAGES.index(language)]  # a code is sent a few times an hour
    phone = Phone(chromium, town, language=language).sign_in(town.told[who]["phone"])
    giving = town.told["giving"]
    own = () if who == "zhao" else (f"/days/{giving['day']}",)
    more = (*own, f"/projects/{giving['library']}", f"/drives/{giving['drive']}")
    for path in (*PAGES, *more):
        phone.page.goto(f"/giving{path}")
        phone.looks_right(f"{path} in {language}")
        phone.speaks(language, names=NAMES)
    phone.close()
