"""Books for tests: a fresh clerk on SQLite or PostgreSQL, with a clock the test sets."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

from saxaul import app

app.prepare_models()

from saxaul.engine import Declarations  # noqa: E402
from saxaul.engine.cases import PROGRAMME as CASES  # noqa: E402
from saxaul.engine.clerk import Clerk  # noqa: E402
from saxaul.engine.terms import Terms  # noqa: E402
from saxaul.ledger.store import Store, open_store  # noqa: E402

NOON = 1_654_056_000_000_000  # 2022-06-01 12:00 in Tianjin
ROOT = Path(__file__).parent.parent
_made: dict[str, Path] = {}


class Clock:
    """A clock that stands where the test puts it."""

    def __init__(self, now: int = NOON) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def set(self, now: int) -> None:
        self.now = now


def declarations() -> Declarations:
    """The installation's programmes and the beginning of worked cases."""
    return Declarations((*app.declarations().programmes, CASES))


def terms() -> Terms:
    """All terms that ship."""
    return app.terms()


def sqlite_dsn(folder: Path) -> str:
    """An empty book in a file, copied from one made once in this process."""
    template = _made.get("sqlite")
    if template is None or not template.exists():
        import tempfile

        template = Path(tempfile.mkdtemp(prefix="saxaul-template-")) / "book.db"
        app.make_schema(f"sqlite:{template}")
        _made["sqlite"] = template
    target = folder / "book.db"
    shutil.copyfile(template, target)
    return f"sqlite:{target}"


def open_clerk(
    dsn: str, clock: Any = None, *, store: Store | None = None, declared: Declarations | None = None
) -> Clerk:
    """A clerk on the book of `dsn`."""
    return Clerk(store or open_store(dsn), declared or declarations(), terms(), clock or Clock())


_numbers = itertools.count()


def fresh_postgres(server: Any) -> str:
    """The DSN of an empty book on the test server."""
    name = f"book_{next(_numbers)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE template_book;")
    uri: str = server.get_uri(name)
    return uri
