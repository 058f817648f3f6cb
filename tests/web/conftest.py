"""The pages with a small sample town behind their port; nothing of the engine is needed to judge a page."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from saxaul import app

app.prepare_models()

from django.conf import settings  # noqa: E402

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps an event loop in this thread
sys.path.insert(0, str(Path(__file__).parent))

from saxaul.surfaces import pages  # noqa: E402

sent: list[tuple[str, str, str]] = []
FACTS = {
    "secret": "only for tests", "hosts": ["*"], "port": None, "send_code": lambda *code: sent.append(code),
    "databases": {"pages": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
}  # fmt: skip

if not hasattr(settings, "SAXAUL_PORT"):
    pages.configure(**FACTS)

from browser import ARGS, BROWSER  # noqa: E402
from sample import Sample  # noqa: E402


@pytest.fixture
def town(settings) -> Sample:
    """A fresh sample town behind the pages."""
    pages.compile_texts()
    settings.SAXAUL_PORT = Sample()
    settings.SAXAUL_SEND_CODE = lambda *code: sent.append(code)
    sent.clear()
    return settings.SAXAUL_PORT


@pytest.fixture
def codes() -> list[tuple[str, str, str]]:
    """The codes sent by SMS: (phone, code, language)."""
    return sent


@pytest.fixture
def login(town):
    """A login whose phone is proved."""
    from saxaul.surfaces.web.models import Login

    made = Login.objects.of_phone("+8613800138000")
    made.phone_proved, made.credential = True, "credential-1"
    made.save()
    return made


@pytest.fixture
def person(client, login):
    """A browser without a window, signed in."""
    client.force_login(login)
    return client


@pytest.fixture(scope="session")
def chromium():
    """One browser for all modules; never downloaded."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run:
        made = run.chromium.launch(executable_path=BROWSER, args=ARGS)
        yield made
        made.close()
