"""The challenge on a phone: a whole run by five languages, a mistake and the card, elder mode, keyboard, the desk."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import town_quiz
from browser import NEEDS_BROWSER
from served import ENVIRONMENT, LANGUAGES, SERVE, Phone, Served
from test_languages import words

pytestmark = NEEDS_BROWSER
FIRMS = {"nbsp", "alipay", "ant", "forest", "group", "huabei", "jiebei", "tencent", "wechat", "pay"}
UNITS = {"co", "g", "kg", "cny", "dp", "pet", "uk", "pin", "atm", "app", "t"}


def _species() -> set[str]:
    """What stands in Latin letters in a question whatever its language: the names of plants are no English."""
    told = [
        [words(f"{said.question} {said.options} {said.why}") for said in one.texts.values()]
        for one in town_quiz.questions()
    ]
    return set().union(*(set.intersection(*some) for some in told))


LATIN = FIRMS | UNITS | _species()
RIGHT = {
    said.question: said.options[one.answer] for one in town_quiz.questions() for said in one.texts.values()
}  # fmt: skip
WHY = {said.question: said.why for one in town_quiz.questions() for said in one.texts.values()}
PLAYERS = dict(zip(LANGUAGES, ("wang", "zhang", "li", "chen", "sun"), strict=True))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("town"), "quiz")
    yield served
    served.stop()


def heading(page: Any) -> str:
    """The open question, as it stands in the bank."""
    return str(page.locator("legend h1").text_content())


def place(page: Any, *, right: bool = True) -> int:
    """Where a right or a wrong option stands: who knows the bank knows it, the page does not say."""
    answer = RIGHT[heading(page)]
    shown = [text.strip() for text in page.locator(".quiz-options button > span:last-child").all_inner_texts()]
    at = shown.index(answer) if answer in shown else [_bare(one) for one in shown].index(_bare(answer))
    return at + 1 if right else at % len(shown) + (2 if at + 1 < len(shown) else 0) or 1


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def answer(phone: Phone, *, right: bool = True) -> None:
    page = phone.page
    page.wait_for_selector(".quiz-options")
    page.locator(f".quiz-options button[value='{place(page, right=right)}']").click()
    page.wait_for_url("**/quiz/told/**")


def test_a_whole_run_in_every_language(chromium, town) -> None:
    device: list[Any] = []  # all five play on one device: the rewards of the fourth and the fifth wait
    for turn, (language, who) in enumerate(PLAYERS.items(), 1):
        phone = Phone(chromium, town, language=language).sign_in(town.told[who]["phone"])
        phone.context.add_cookies(device)
        page = phone.page
        page.goto("/")
        page.click(".tiles.more a[href='/quiz']")
        page.wait_for_selector(".quiz-levels")
        phone.looks_right("begin")
        phone.speaks(language, names=LATIN)
        page.click("main form button:not([name])")
        page.wait_for_url("**/quiz/play/**")
        for number in range(1, town_quiz.STREAK + 1):
            assert page.locator("main .right").count() == 0 and WHY[heading(page)] not in page.content()
            phone.looks_right("play")
            phone.speaks(language, names=LATIN)
            answer(phone)
            phone.looks_right(f"told {number == 3}")
            phone.speaks(language, names=LATIN)
            assert page.locator(".quiz-told .right").count() == 1
            page.click(".sticky a")
        page.wait_for_url("**/quiz/ended/**")
        phone.looks_right("ended")
        phone.speaks(language, names=LATIN)
        assert page.locator("section .tag.good").count() == 2
        device = [one for one in phone.context.cookies() if one["name"] == "device"]
        if turn > 3:  # the badge is there, the reward waits, and an officer is asked to look
            page.locator("[name=appeal]").first.click()
            page.wait_for_load_state()
            phone.looks_right("ended, appealed")
            phone.speaks(language, names=LATIN)
            assert page.locator("[name=appeal]").count() == 1
        else:
            assert "500" in page.inner_text("main")
        for path in ("/quiz/mine", "/quiz/totals", "/quiz"):
            page.goto(path)
            phone.looks_right(path)
            phone.speaks(language, names=LATIN)
        phone.close()


def test_a_mistake_ends_the_run_and_the_card_goes_on(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    page.goto("/quiz")
    page.click("main form button:not([name])")
    answer(phone)
    page.click(".sticky a")
    answer(phone, right=False)
    phone.looks_right("wrong")
    assert page.locator(".quiz-told .wrong").count() == 1 and "Your run ended at 1." in page.inner_text("main")
    page.reload()  # looked at again, it is the same answer
    page.click(".sticky a")
    page.wait_for_url("**/quiz/ended/**")
    phone.looks_right("ended with a card")
    page.click("main form button")
    page.wait_for_url("**/quiz/play/**")
    answer(phone, right=False)
    page.click(".sticky a")
    assert page.locator("main form").count() == 0  # the card works once
    phone.close()


def test_a_question_is_answered_by_the_keyboard_and_a_sent_page_counts_once(chromium, town) -> None:
    phone = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    page = phone.page
    page.goto("/quiz")
    page.click("main form button:not([name])")
    page.wait_for_selector(".quiz-options")
    page.keyboard.press(str(place(page)))
    page.wait_for_url("**/quiz/told/**")
    told = page.url
    page.click(".sticky a")
    page.wait_for_url("**/quiz/play/**")
    other = phone.context.new_page()
    other.goto(page.url)
    page.keyboard.press(str(place(page)))
    page.wait_for_url("**/quiz/told/**")
    other.keyboard.press("1")  # the same question on a second device: it has moved on
    other.wait_for_selector(".refusal")
    other.goto(told)
    assert other.locator(".quiz-told .right").count() == 1
    phone.close()


def test_elder_mode_has_more_time_and_large_buttons(chromium, town) -> None:
    phone = Phone(chromium, town, elder=True).sign_in(town.told["zhao"]["phone"])
    page = phone.page
    page.goto("/me")
    page.check("main [name=elder][value=yes]", force=True)
    page.click("main form[action='/look'] button")
    page.wait_for_selector("html.elder")
    page.goto("/quiz")
    phone.looks_right("elder begin")
    assert "120" in page.inner_text(".facts")
    page.click("main form button:not([name])")
    page.wait_for_selector(".quiz-options")
    phone.looks_right("elder play")
    least = page.locator(".quiz-options button").evaluate_all(
        "all => Math.min(...all.map(one => Math.min(one.getBoundingClientRect().height,"
        " 3 * parseFloat(getComputedStyle(one).fontSize))))"
    )
    assert least >= 54
    answer(phone)
    phone.looks_right("elder told")
    page.set_viewport_size({"width": 320, "height": 700})
    page.click(".sticky a")
    page.wait_for_selector(".quiz-options")
    phone.looks_right("elder play, narrow")
    phone.close()


GIFT = "::Rails:: Which runs on rails? {=metro ~bus ~bicycle ####A metro does.}\n\nNo answer here"


def test_an_officer_brings_a_file_in_reads_and_sees_how_questions_fare(chromium, town) -> None:
    citizen = Phone(chromium, town).sign_in(town.told["li"]["phone"])
    citizen.page.goto("/quiz/desk")
    assert citizen.page.locator(".refusal").count() == 1
    citizen.close()
    phone = Phone(chromium, town).sign_in(town.told["sun"]["phone"])
    page = phone.page
    page.goto("/quiz/desk")
    phone.looks_right("desk")

    def bring(text: str) -> None:
        page.fill("[name=bank] >> nth=0", "new")
        page.set_input_files("[name=file]", {"name": "q.txt", "mimeType": "text/plain", "buffer": text.encode()})
        page.fill("[name=source]", "the seed")
        page.fill("[name=valid_until]", "2030-12-31")
        page.click("[name=file_form]")

    bring(GIFT)
    page.wait_for_selector(".wrong")
    assert "line 3" in page.inner_text(".wrong")
    bring(GIFT.partition("\n")[0])
    page.wait_for_selector(".notice[role=status]")
    assert "Questions taken in: 1" in page.inner_text(".notice[role=status]")
    page.goto("/quiz/desk/read/new")  # who wrote it does not read it
    assert page.locator(".empty").count() == 1
    reader = Phone(chromium, town).sign_in(town.told["wu"]["phone"])
    reader.page.goto("/quiz/desk/read/new")
    reader.looks_right("read")
    assert "metro" in reader.page.inner_text(".quiz-told .right")
    reader.page.click(".sticky button")
    reader.page.wait_for_selector(".empty")
    reader.page.goto("/quiz/desk")
    reader.page.click("button[name=publish][value=new]")  # one reader is not two
    reader.page.wait_for_selector(".refusal")
    reader.close()
    page.goto(f"/quiz/desk/figures/{town.told['quiz']['campaign']}")
    phone.looks_right("figures")
    assert page.locator("figure.chart").count() == 2
    page.goto("/quiz/desk")
    page.fill("[name=title]", "Autumn")
    page.fill("[name=opens]", "2030-09-01")
    page.locator("[name=bank] >> nth=1").fill("low-carbon")
    page.click("[name=plan_form]")
    page.wait_for_selector(".notice[role=status]")
    phone.close()


def test_the_book_is_whole_afterwards(town) -> None:
    town.stop()
    done = subprocess.run([sys.executable, "-c", SERVE, "check"], cwd=town.folder, env=ENVIRONMENT, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert "The book is whole." in done.stdout, done.stdout + done.stderr
