"""The console in front of a real book: a clerk in this process, files on disk, somebody of every office.

Django is configured once per process, with the console's applications; a run that configured it otherwise leaves these
tests out and says so.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from saxaul import app

app.prepare_models()

from django.conf import settings  # noqa: E402

from saxaul.surfaces import console, pages  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
FACTS = {
    "secret": "only for tests", "hosts": ["*"], "port": None, "send_code": lambda *_code: None,
    "apps": console.APPS, "urlconf": console.URLCONF,
    "databases": {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        "pages": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    },
}  # fmt: skip
if not hasattr(settings, "SAXAUL_PORT"):
    pages.configure(**FACTS)


def pytest_collection_modifyitems(items) -> None:
    """Without the console's applications there is nothing to test."""
    if settings.ROOT_URLCONF != console.URLCONF:
        left = pytest.mark.skip(reason="Console tests not run here: Django stands without the console. Run them alone.")
        for item in items:
            if Path(item.path).parent == Path(__file__).parent:
                item.add_marker(left)


@pytest.fixture(scope="session")
def empty_pages():
    """pages.db with its tables, to be copied."""
    from django.core.management import call_command

    path = Path(tempfile.mkdtemp(prefix="saxaul-pages-")) / "pages.db"
    _point("pages", path)
    call_command("migrate", database="pages", verbosity=0, interactive=False)
    _point("pages", path)
    return path


def _point(alias: str, path: Path) -> None:
    from django.db import connections

    if hasattr(connections._connections, alias):
        connections[alias].close()
        del connections[alias]
    connections.databases[alias]["NAME"] = str(path)


@pytest.fixture
def desk(tmp_path, empty_pages, settings):
    """A book with its officers behind the pages; `desk.clerk` writes it."""
    from officedesk import Desk

    made = Desk(tmp_path)
    shutil.copyfile(empty_pages, tmp_path / "pages.db")
    _point("default", tmp_path / "book.db")
    _point("pages", tmp_path / "pages.db")
    settings.SAXAUL_PORT = made
    yield made
    _point("default", Path(":memory:"))
    _point("pages", Path(":memory:"))
    made.clerk.close(checkpoint=False)


@pytest.fixture
def browse(desk):
    """`browse("officer")` is a browser without a window, signed in as that person."""
    from django.test import Client

    from saxaul.surfaces.web.models import Login

    def open_as(role: str) -> Client:
        client = Client()
        if role != "nobody":
            login = Login.objects.of_phone(f"+86138000{sorted(desk.who).index(role):05d}")
            login.credential, login.phone_proved = desk.who[role], True
            login.save()
            client.force_login(login)
        return client

    return open_as
