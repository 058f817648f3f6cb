"""In a real browser, on a desk's screen and on a phone's: nothing too wide, no fault of a script, axe finds nothing."""

from __future__ import annotations

import os
import shutil
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from saxaul.engine.cases import named

BROWSER = os.environ.get("SAXAUL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.web]
if not BROWSER and not os.environ.get("CI"):
    pytestmark.append(pytest.mark.skip(reason="Browser leg not run: no chromium. As root: apt-get install chromium."))
PATHS = ["/console/", "/console/approvals", "/console/acts", "/console/acts/desk.freeze", "/console/people/wallet/",
         "/console/ledger/entry/", "/console/terms?q=tier", "/console/reconciliation"]  # fmt: skip
THEIRS = {"landmark-one-main", "landmark-unique", "region"}  # unfold has no <main>; its frame is not ours to change


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args) -> None:
        pass


@pytest.fixture
def address(desk):
    """Where the pages are served."""
    from django.core.wsgi import get_wsgi_application

    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    server = make_server("127.0.0.1", 0, get_wsgi_application(), Threads, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_console_fits_and_no_script_fails(address, browse, desk, size) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    from axe_playwright_python.sync_playwright import Axe

    ask = {"wallet": named("wallet"), "basis": "order-7"}
    desk.done("desk.propose", {"act": "desk.freeze", "ask": ask, "reason": "case-7"}, desk.who["officer"])
    session = browse("second").cookies["sessionid"].value
    wrong: list[str] = []
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=address)
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        for path in PATHS:
            page.goto(path)
            page.wait_for_selector("#main")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{path} is wider than the screen")
            found = Axe().run(page).response["violations"]
            wrong += [f"{path} {one['id']} {one['nodes'][0]['html'][:120]}" for one in found if one["id"] not in THEIRS]
        page.goto("/console/approvals")
        page.get_by_role("button", name="Approve").first.click()
        page.wait_for_selector(".console-good")
        browser.close()
    assert not wrong, "\n".join(wrong)
    (row,) = desk.clerk.records("people_wallet", [named("wallet")])
    assert row.stage == "frozen"
