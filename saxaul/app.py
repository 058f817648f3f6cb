"""The composition root: the one place that knows every room, reads the settings, hands in clock, store and secrets."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from saxaul.kernel.settings import Settings

ROOMS = ["saxaul.ledger", "saxaul.people", "saxaul.engine"]
PROGRAMMES = ["desk", "pay", "bills", "cash"]


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
    databases = {"default": django_database("sqlite::memory:"), "book": django_database(dsn)}
    settings.configure(
        INSTALLED_APPS=record_apps(), DATABASES=databases, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True
    )
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

    connections.databases["book"] = {**connections.databases["default"], **django_database(dsn)}
    connections["book"].close()
    del connections["book"]
    call_command("migrate", database="book", verbosity=0, interactive=False)
    connections["book"].close()


def terms() -> Any:
    """All dated terms: those of the rooms and programmes, and the packs'."""
    from saxaul.engine.terms import Terms

    paths = sorted(_HERE.glob("**/terms.toml")) + sorted(_HERE.parent.glob("packs/terms/*.toml"))
    return Terms.load(paths)


def clock() -> int:
    """Now, in microseconds UTC; handed to whatever needs it, read nowhere else below the surfaces."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys of an installation, all derived from one file that `saxaul init` makes."""

    root: bytes

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose; knowing one tells nothing of another."""
        return hmac.new(self.root, f"saxaul {purpose}".encode(), hashlib.sha256).digest()

    def head_key(self) -> Ed25519PrivateKey:
        """The key that signs heads; its public half is published."""
        return Ed25519PrivateKey.from_private_bytes(self.key("heads"))


def read_secrets(path: Path, *, make: bool = False) -> Secrets:
    """The installation's secrets; with `make`, a new file readable by its owner alone, where there is none."""
    if not path.exists() and make:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return Secrets(bytes.fromhex(path.read_text().strip()))


@dataclass(slots=True)
class House:
    """An installation, opened: what every surface is given."""

    settings: Settings
    secrets: Secrets
    declarations: Any
    terms: Any
    clerk: Any
    tokens: Any
    sealer: Any

    def read_proof(self, text: str) -> Any:
        """The proof a surface signed, or None."""
        from saxaul.people import proofs

        return proofs.verify(self.secrets.key("proofs"), text, now=clock())

    @property
    def folder(self) -> Path:
        """Where the files beside the book lie: heads, history, pages."""
        return Path(self.settings.secret_file).parent


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
    sealer = Sealer(master=keys.key("master"), pepper=keys.key("pepper"), chance=os.urandom, book=clerk)
    return House(settings, keys, declared, dated, clerk, Tokens(keys.key("tokens")), sealer)


def invariants() -> list[Any]:
    """What must hold over all balances, as each programme declares it in its `invariants` module."""
    from importlib import import_module
    from importlib.util import find_spec

    found = []
    for name in PROGRAMMES:
        if _declared(name) and find_spec(f"saxaul.programmes.{name}.invariants"):
            found.append(import_module(f"saxaul.programmes.{name}.invariants").holds)
    return found
