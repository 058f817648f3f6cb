"""In a real browser of a phone's size: axe finds nothing, payable by keyboard alone, nothing too wide."""

from __future__ import annotations

import pytest
from browser import NEEDS_BROWSER, findings, tab_to
from sample import PIN, STATIC, made
from test_pages import PAGES

pytestmark = [*NEEDS_BROWSER, pytest.mark.django_db(transaction=True, databases=["default", "pages"])]
ALL = [*PAGES, "/public", "/help", "/style", "/offline"]


@pytest.fixture
def phone(chromium, live_server, login, client):
    """Opens pages as the signed-in person: `phone(elder=…, theme=…, language=…, width=…)` gives a page."""
    client.force_login(login)
    session = client.cookies["sessionid"].value
    made_contexts = []

    def open_phone(
        *, elder: bool = False, theme: str = "light", language: str = "en", width: int = 390, signed: bool = True
    ):
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, base_url=live_server.url, service_workers="block",
            reduced_motion="reduce", color_scheme="dark" if theme == "dark" else "light",
        )  # fmt: skip
        jar = {"theme": theme, "elder": "yes" if elder else "no", "language": language}
        if signed:
            jar["sessionid"] = session
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in jar.items()])
        made_contexts.append(context)
        return context.new_page()

    yield open_phone
    for context in made_contexts:
        context.close()


@pytest.mark.parametrize(("elder", "theme"), [(False, "light"), (False, "dark"), (True, "light"), (True, "dark")])
def test_axe_finds_nothing_and_nothing_is_too_wide(phone, elder: bool, theme: str) -> None:
    page = phone(elder=elder, theme=theme)
    wrong = []
    for path in ALL:
        page.goto(path)
        wrong += [f"{path} {line}" for line in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path} is wider than the screen")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh-hans", "hi", "ru", "fr"])
def test_axe_finds_nothing_in_any_language_on_a_narrow_phone(phone, town, language: str) -> None:
    town.language = language.partition("-")[0]
    page = phone(language=language, width=320)
    wrong = []
    for path in ("/", "/scan", "/code", "/bills", "/history", "/me", "/counter", f"/receipts/{made('tea', 12)}"):
        page.goto(path)
        wrong += [f"{path} {line}" for line in findings(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path} is wider than the screen")
    assert not wrong, "\n".join(wrong)


def test_sign_in_pages_are_clean(phone, codes) -> None:
    page = phone(signed=False)
    page.goto("/sign-in")
    assert not findings(page)
    page.keyboard.type("13800138000")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code**")
    assert not findings(page)
    page.locator("[name=code]").focus()
    page.keyboard.type(codes[-1][1])
    page.keyboard.press("Enter")
    page.wait_for_selector(".hero")


def test_a_payment_by_keyboard_alone(phone, town) -> None:
    page = phone()
    page.goto("/")
    tab_to(page, ".tiles a[href='/scan']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan")
    tab_to(page, "[name=code]")
    page.keyboard.type(STATIC)
    page.keyboard.press("Enter")
    tab_to_amount = "[name=amount]"
    page.wait_for_selector(tab_to_amount)
    tab_to(page, tab_to_amount)
    page.keyboard.type("600")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/**")
    assert not findings(page)
    tab_to(page, "[name=pin]")
    page.keyboard.type(PIN)
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/**")
    assert "¥600.00" in page.inner_text("article")
    page.reload()
    assert town.balance == 123_456 - 60_000


def test_elder_text_is_large_everywhere_and_spaced(phone) -> None:
    page = phone(elder=True)
    small = []
    for path in PAGES:
        page.goto(path)
        small += page.evaluate(
            """path => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility())
            .filter(e => !e.closest('.sr, svg, .skip'))
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .filter(e => parseFloat(getComputedStyle(e).fontSize) < 18)
            .map(e => path + ' ' + e.tagName + '.' + e.className + ' ' + getComputedStyle(e).fontSize)""",
            path,
        )
        spacing = page.evaluate(
            "(s => parseFloat(s.lineHeight) / parseFloat(s.fontSize))(getComputedStyle(document.body))"
        )
        assert spacing >= 1.3
    assert not small, "\n".join(sorted(set(small)))


def test_targets_are_large_enough(phone) -> None:
    page = phone()
    small = []
    for path in PAGES:
        page.goto(path)
        small += page.evaluate(
            """path => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
            .filter(e => e.checkVisibility() && !e.closest('.skip, .pick, .file, p') && e.tabIndex >= 0)
            .map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.height < 43.5 && !e.closest('label'))
            .map(([e, r]) => path + ' ' + e.outerHTML.slice(0, 90) + ' ' + r.height)""",
            path,
        )
    assert not small, "\n".join(small)


def test_the_own_code_renews_without_leaving_the_page(phone) -> None:
    page = phone()
    page.goto("/code")
    with page.expect_response("**/code") as reply:
        page.click("#own button")
    assert reply.value.request.method == "POST" and page.locator("#own svg").count() >= 1


def test_nothing_breaks_the_content_policy(phone) -> None:
    page = phone()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    for path in ALL:
        page.goto(path)
    assert not said


def test_history_is_filtered_in_place(phone) -> None:
    page = phone()
    page.goto("/history")
    with page.expect_response("**/history?*"):
        page.get_by_text("Bills", exact=True).first.click(force=True)
    page.wait_for_url("**kind=bill**")
    assert page.locator("#lines .row").count() == 1
