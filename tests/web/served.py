"""A served town in a browser of a phone's size: what all browser tests of real houses share."""

from __future__ import annotations

import json
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

from browser import findings
from test_languages import NAMES, words

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parent.parent), "PYTHONUTF8": "1"}
LANGUAGES = ("zh-hans", "en", "hi", "ru", "fr")
SERVE = "from saxaul.surfaces.cli.main import main; main()"
START_SECONDS, CODE_SECONDS = 60, 20


class Served:
    """A served town, furnished for the rooms named: its address, what is known of it, and the codes it prints."""

    def __init__(self, folder: Path, *rooms: str) -> None:
        made = subprocess.run(
            [sys.executable, str(HERE / "realtown.py"), str(folder), *rooms], env=ENVIRONMENT, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        self.folder, self.told = folder, json.loads(made.stdout)
        self.sessions: dict[str, str] = {}  # telephone -> session: codes by SMS are few in a minute, on purpose
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", str(port)], cwd=folder, env=ENVIRONMENT, text=True,
            stdout=subprocess.PIPE, stderr=(folder / "server.log").open("w"),
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [self.lines.put(line) for line in self.process.stdout], daemon=True).start()
        self._line("Serving on", START_SECONDS)
        self._until_it_listens(port)

    def _line(self, word: str, seconds: int) -> str:
        while True:
            line = self.lines.get(timeout=seconds)
            if word in line:
                return line

    def _until_it_listens(self, port: int) -> None:
        gate = threading.Event()
        for _try in range(START_SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            gate.wait(0.1)
        raise AssertionError((self.folder / "server.log").read_text("utf-8"))

    def code(self, phone: str) -> str:
        """The next sign-in code that was sent to this phone."""
        return re.search(r": (\d{6})", self._line(phone, CODE_SECONDS))[1]

    def act(self, name: str, who: str = "system", /, **ask: object) -> dict:
        """An act of the house itself, or of another credential, through the running clerk."""
        done = subprocess.run(
            [sys.executable, "-c", SERVE, "act", name, json.dumps(ask), "--credential", who], cwd=self.folder,
            env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["receipt"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Phone:
    """A telephone with a signed-in person; every page it sees is looked at by axe once."""

    def __init__(self, chromium, town: Served, *, language: str = "en", elder: bool = False) -> None:
        self.town, self.looked = town, set()
        self.context = chromium.new_context(
            viewport={"width": 390, "height": 844}, base_url=town.url, service_workers="block", reduced_motion="reduce",
            color_scheme="light",
        )  # fmt: skip
        jar = {"language": language, "elder": "yes" if elder else "no", "theme": "light"}
        self.context.add_cookies([{"name": k, "value": v, "url": town.url} for k, v in jar.items()])
        self.page = self.context.new_page()

    def sign_in(self, phone: str, *, landing: str = ".hero", new_device: bool = False) -> Phone:
        """Signed in; whoever did so in this town before needs no other code, but on a `new_device`."""
        page = self.page
        if phone in self.town.sessions and not new_device:
            session = {"name": "sessionid", "value": self.town.sessions[phone], "url": self.town.url}
            self.context.add_cookies([session])
            page.goto("/")
            if page.query_selector(landing) is not None:
                return self
        page.goto("/sign-in")
        page.fill("[name=phone]", phone)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in/code**")
        page.fill("[name=code]", self.town.code(phone))
        page.keyboard.press("Enter")
        page.wait_for_selector(landing)
        self.town.sessions[phone] = next(c["value"] for c in self.context.cookies() if c["name"] == "sessionid")
        return self

    def looks_right(self, name: str) -> None:
        """Axe finds nothing and nothing is wider than the screen; each page once."""
        if name in self.looked:
            return
        self.looked.add(name)
        found = findings(self.page)
        assert not found, f"{name}: " + "\n".join(found)
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not self.page.evaluate(wide), f"{name} is wider than the screen"

    def speaks(self, language: str, *, names: set[str] = frozenset()) -> None:
        """No English word is left on the page; `names` are proper names that may stand."""
        if language in ("zh-hans", "hi", "ru"):
            left = words(self.page.content()) - NAMES - {name.lower() for name in names}
            assert not {word for word in left if not re.fullmatch(r"[a-f]{1,6}|[a-f]*\d[a-f\d]*", word)}, left

    def submit(self) -> None:
        self.page.locator("main form button[type=submit]").last.click()

    def submit_counter(self) -> None:
        self.page.locator("form[data-code] button[type=submit]").click()

    def pay(self, code: str, amount: str) -> str:
        """Types a merchant's code and an amount, agrees, and ends at the receipt; returns its text."""
        page = self.page
        page.goto("/scan")
        self.looks_right("scan")
        page.fill("[name=code]", code)
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=amount]")
        self.looks_right("amount")
        page.fill("[name=amount]", amount)
        page.keyboard.press("Enter")
        page.wait_for_url("**/confirm/**")
        self.looks_right("confirm")
        page.click(".sticky button")
        page.wait_for_url("**/receipts/**")
        self.looks_right("receipt")
        return page.inner_text("article")

    def close(self) -> None:
        self.context.close()
