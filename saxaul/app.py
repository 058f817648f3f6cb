"""The composition root: the one place that knows every room, reads the settings, hands in clock, store and secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from saxaul.kernel.settings import Settings
from saxaul.surfaces.house import House, Secrets, clock, read_secrets

__all__ = ["House", "Secrets", "clock", "declarations", "open_house", "read_secrets", "terms"]

ROOMS = ["saxaul.ledger", "saxaul.people", "saxaul.engine"]
PROGRAMMES = [
    "desk", "pay", "bills", "cash", "campaign", "voucher", "packet", "prepaid", "green", "forest", "giving", "quiz",
    "merchant",
]  # fmt: skip
PAGE_THREADS = 8  # people's pages wait for the clerk in threads; more would only wait beside each other


def use_recent_sqlite() -> None:
    """Put the recent SQLite in the place of the standard library's, before anybody imports it.

    SQLite 3.7.0 to 3.51.2 can corrupt a WAL database, and one process must not open a file with two copies of SQLite.
    """
    if sys.modules.get("sqlite3") is not None and getattr(sys.modules["sqlite3"], "__name__", "") == "pysqlite3":
        return
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return  # no wheel for this machine: the store refuses WAL below 3.51.3 by itself
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def django_database(dsn: str) -> dict[str, Any]:
    """Django's words for a DSN: only migrations use this connection; the book is written by its clerk."""
    if dsn.startswith("sqlite:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": dsn.removeprefix("sqlite:")}
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(dsn)
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.get("dbname", "postgres"),
        "USER": parts.get("user", ""), "PASSWORD": parts.get("password", ""), "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
    }  # fmt: skip


def prepare_models(dsn: str = "sqlite::memory:") -> None:
    """Make the models importable: recent SQLite first, then Django with the book's rooms. Safe to call again.

    Pages configure Django themselves, with more (`surfaces.pages`); whoever comes first decides for the process.
    """
    use_recent_sqlite()
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        INSTALLED_APPS=record_apps(), DATABASES={"default": django_database(dsn)}, USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )  # fmt: skip
    django.setup()


_HERE = Path(__file__).parent


def record_apps() -> list[Any]:
    """The rooms that hold records, as Django applications.

    Made by hand because Django would import a room's face before it is ready for models, and a programme's face is
    its declaration, which names them.
    """
    from django.apps import AppConfig

    found = []
    for name in [*ROOMS, *(f"saxaul.programmes.{one}" for one in PROGRAMMES)]:
        folder = _HERE.joinpath(*name.split(".")[1:])
        if (folder / "models.py").is_file():
            module = ModuleType(name)
            module.__path__, module.__file__ = [str(folder)], str(folder / "__init__.py")
            found.append(AppConfig(name, module))
    return found


def declarations() -> Any:
    """All programmes of this installation, declared."""
    prepare_models()
    from importlib import import_module

    from saxaul.engine import Declarations
    from saxaul.engine.core import PROGRAMME as CORE

    found = [import_module(f"saxaul.programmes.{name}").PROGRAMME for name in PROGRAMMES if _declared(name)]
    return Declarations((CORE, *found))


def _declared(name: str) -> bool:
    return (_HERE / "programmes" / name / "__init__.py").is_file()


def make_schema(dsn: str) -> None:
    """Create or upgrade the book's tables by the migrations; idempotent."""
    prepare_models(dsn)
    from django.core.management import call_command
    from django.db import connections

    connections.databases["default"] = {**connections.databases["default"], **django_database(dsn)}
    connections["default"].close()
    del connections["default"]
    call_command("migrate", verbosity=0, interactive=False)
    connections["default"].close()


def packs(name: str) -> Path:
    """The folder of a pack: in a source tree it stands beside the package, in a wheel it is inside."""
    inside = _HERE / "packs"
    return (inside if inside.is_dir() else _HERE.parent / "packs") / name


def terms() -> Any:
    """All dated terms: those of the rooms and programmes, and the packs'."""
    from saxaul.engine.terms import Terms

    paths = sorted(_HERE.glob("**/terms.toml")) + sorted(packs("terms").glob("*.toml"))
    return Terms.load(paths)


def open_house(settings: Settings, *, now: Callable[[], int] = clock, store: Any = None) -> House:
    """The house of these settings, its clerk ready to write; raises StoreFault `fenced` while another clerk does."""
    prepare_models(settings.dsn)
    from saxaul.engine.clerk import Clerk
    from saxaul.ledger.store import open_store
    from saxaul.people.sealing import Sealer
    from saxaul.surfaces.tokens import Tokens

    keys = read_secrets(Path(settings.secret_file))
    declared, dated = declarations(), terms()
    clerk = Clerk(store or open_store(settings.dsn), declared, dated, now, zone=settings.zone)
    _follow_terms(clerk)
    sealer = Sealer(master=keys.key("master"), pepper=keys.key("pepper"), chance=os.urandom, book=clerk)
    return House(settings, keys, declared, dated, clerk, Tokens(keys.key("tokens")), sealer)


def _follow_terms(clerk: Any) -> None:
    """What two officers set stands above what ships: all of it at the start, each change with the next unit."""
    from saxaul.engine.terms import of_row

    table = clerk.state.tables["desk_term"]

    def hear(rows: list[Any]) -> None:
        clerk.performer.terms = clerk.performer.terms.amended(of_row(row) for row in rows)

    columns = ", ".join(f'"{column}"' for column in table.columns)
    hear([table.make(row) for row in clerk.store.query(f"SELECT {columns} FROM {table.name}")])
    clerk.watched[table.name] = hear


def invariants() -> list[Any]:
    """What must hold over all balances, as programmes declare it in their `invariants` modules."""
    from importlib import import_module
    from importlib.util import find_spec

    found: list[Any] = []
    for name in PROGRAMMES:
        if _declared(name) and find_spec(f"saxaul.programmes.{name}.invariants"):
            rules = import_module(f"saxaul.programmes.{name}.invariants").INVARIANTS
            found += [lambda balances, rule=rule: rule(_lines(balances)) for _, rule in rules]
    return found


def _lines(balances: dict[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    return [(address, asset, posted) for (address, asset), posted in balances.items()]


def pages(house: House) -> Any:
    """The pages of the house as an ASGI application, their own tables made ready; to be called once in a process."""
    from urllib.parse import urlsplit

    from a2wsgi import WSGIMiddleware
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from saxaul.surfaces import console
    from saxaul.surfaces import pages as frame
    from saxaul.surfaces.web.engine_port import EnginePort

    found = house.settings
    address = urlsplit(found.address)
    own = {**django_database(found.pages), **frame.DATABASE_OPTIONS[found.pages.partition(":")[0]]}
    book = {**django_database(found.dsn), **frame.READ_ONLY[found.dsn.partition(":")[0]]}
    frame.configure(
        secret=house.secrets.key("pages").hex(), hosts=["localhost", "127.0.0.1", found.host, address.hostname or ""],
        databases={"default": book, "pages": own}, port=EnginePort(house), send_code=_sms(found, house.secrets),
        https=address.scheme == "https", apps=console.APPS, urlconf=console.URLCONF,
    )  # fmt: skip
    call_command("migrate", database="pages", verbosity=0, interactive=False)
    return WSGIMiddleware(get_wsgi_application(), workers=PAGE_THREADS)  # type: ignore[arg-type]


def _sms(found: Settings, keys: Any) -> Callable[[str, str, str], None]:
    """How a sign-in code reaches its telephone: a line in the terminal, or the gateway of the settings."""
    if found.sms != "console":
        from saxaul.surfaces.courier import Sender
        from saxaul.surfaces.letters import Codes

        return Codes(found, keys, Sender(inside=found.demo).one)

    def send(phone: str, code: str, language: str) -> None:
        print(f"SMS to {phone}: {code}", flush=True)

    return send
