"""The start-up facts of an installation, read once by `app` and handed in.

An operator before an opening corrects a file in one go, so everything that is wrong is listed at once, with the name
that was probably meant. Settings say where things are; numbers of programmes are terms and stand elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.texts import LANGUAGES

PREFIX: Final = "SAXAUL_"
NO_SETTING: Final = frozenset(  # words of the Makefile and of the tests that share the prefix
    f"{PREFIX}{word}"
    for word in (
        "NO_APT",
        "VENV",
        "CHROMIUM",
        "FUZZ",
        "POWER_CUTS",
        "MACHINE_RAW",
        "MACHINE_EXAMPLES",
        "KILLS",
        "CHANGES",
    )
)

KINDS: Final = {"int": "a whole number", "str": "text", "bool": "true or false", "array": "a list"}
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| \w+)*`(.*)")

Short = Annotated[str, Meta(min_length=1, max_length=MAXIMA.text_characters)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the book is, whom it serves and where it listens; every line has a default that works on one machine."""

    dsn: Annotated[Short, "The book: sqlite:path, or postgresql://user@host/name."] = "sqlite:data/ledger.db"
    pages_dsn: Annotated[str, "Logins, sessions and jobs of the pages; empty: beside the book."] = ""
    city: Annotated[Short, "The city's name as the pages show it."] = "Saxaul"
    zone: Annotated[Short, "The zone of the city's day."] = "Asia/Shanghai"
    languages: Annotated[tuple[str, ...], "Languages the pages offer."] = LANGUAGES
    default_language: Annotated[str, "The language of who has chosen none."] = "zh"
    host: Annotated[Short, "The address to listen on; 0.0.0.0 only behind TLS."] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535), "The port to listen on; 0 takes a free one."] = 8080
    public_url: Annotated[str, "The address people use, with https; empty: host and port."] = ""
    secret_file: Annotated[Short, "The file of keys, made by `saxaul init`, never shared."] = "data/secret.key"
    sms: Annotated[Short, "Where codes and notices by SMS go: console, or the https address of a gateway."] = "console"
    service_number: Annotated[str, Meta(max_length=32), "The telephone number people call for help."] = ""
    demo: Annotated[bool, "Whether this is a demo: invented people, codes printed on the screen."] = False
    batch_asks: Annotated[int, Meta(ge=1, le=MAXIMA.batch_asks), "Asks in one unit of work."] = MAXIMA.batch_asks
    wait_seconds: Annotated[int, Meta(ge=1, le=120), "How long a caller waits for its answer."] = MAXIMA.wait_seconds
    pace_credential: Annotated[int, Meta(ge=0), "Asks a minute of one credential; 0 no limit."] = 6_000
    pace_address: Annotated[int, Meta(ge=0), "Asks a minute of one address; 0 no limit. Not for this machine."] = 60_000

    @property
    def address(self) -> str:
        """The address people use."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def pages(self) -> str:
        """The DSN of the pages' own tables: pages.db beside an embedded book, the book's server otherwise."""
        if self.pages_dsn or not self.dsn.startswith("sqlite:"):
            return self.pages_dsn or self.dsn
        return f"sqlite:{Path(self.dsn.removeprefix('sqlite:')).with_name('pages.db')}"


class SettingsFault(Exception):
    """The start is stopped; `faults` holds all that is wrong, a sentence each."""

    def __init__(self, source: str, faults: list[str]) -> None:
        assert faults
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"Not started. {source} has {count}: {' · '.join(faults)}")


def meant(word: str, known: list[str]) -> str:
    """`, did you mean "…"?` where one of the known words is near, else nothing."""
    near = get_close_matches(word, known, n=1)
    return f', did you mean "{near[0]}"?' if near else ""


def reasons() -> dict[str, str]:
    """What each setting is for, for the reference pages."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: [part for part in hint.__metadata__ if isinstance(part, str)][-1] for name, hint in hints.items()}


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of `saxaul.toml` (none is fine) with `SAXAUL_*` of the environment above them.

    Raises SettingsFault with every fault at once.
    """
    faults: list[str] = []
    given = _file(path, faults)
    fields = get_type_hints(Settings, include_extras=True)
    values: dict[str, Any] = {}
    for name, value in given.items():
        _take(name, value, f"{name}", fields, values, faults, strict=True)
    for variable, text in sorted(environ.items()):
        if variable.startswith(PREFIX) and variable not in NO_SETTING:
            name = variable.removeprefix(PREFIX).lower()
            listed: Any = [part.strip() for part in text.split(",") if part.strip()] if name == "languages" else text
            _take(name, listed, variable, fields, values, faults, strict=False)
    faults += _checked(values)
    if faults:
        raise SettingsFault(path.name if path.exists() else "the environment", faults)
    return Settings(**values)


def _file(path: Path, faults: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"it cannot be read as TOML ({error})")
        return {}


def _take(
    name: str,
    value: Any,
    where: str,
    fields: dict[str, Any],
    values: dict[str, Any],
    faults: list[str],
    *,
    strict: bool,
) -> None:
    """One value converted, or one fault added; field by field, since msgspec stops at the first fault it meets."""
    if name not in fields:
        offered = list(fields) if strict else [PREFIX + field.upper() for field in fields]
        faults.append(f"{where} is no setting{meant(where, offered)}")
        return
    try:
        values[name] = msgspec.convert(value, _bare(fields[name]), strict=strict)
    except msgspec.ValidationError as error:
        faults.append(f"{where} is {str(value)[:40]!r}; {_plainly(str(error))}")


def _plainly(message: str) -> str:
    """msgspec's message in an operator's words: "Expected `int`, got `str`" is "write a whole number"."""
    kind = _EXPECTED.match(message)
    if kind is None:
        return message[:1].lower() + message[1:]
    return f"write {KINDS.get(kind[1], kind[1])}{kind[2].partition(',')[0]}"


def _bare(hint: Any) -> Any:
    """The type with its bounds and without our sentence, which msgspec does not know."""
    bounds = tuple(part for part in hint.__metadata__ if isinstance(part, Meta))
    kind = hint.__origin__
    for bound in bounds:
        kind = Annotated[kind, bound]
    return kind


def _checked(values: dict[str, Any]) -> list[str]:
    """Faults between values and in values that a type cannot tell."""
    faults: list[str] = []
    zone = values.get("zone")
    if zone is not None and zone not in available_timezones():
        faults.append(f'zone "{zone}" is unknown{meant(zone, sorted(available_timezones()))}')
    for name in ("dsn", "pages_dsn"):
        dsn = values.get(name)
        if dsn and not dsn.startswith(("sqlite:", "postgresql://")):
            faults.append(f'{name} "{_shielded(dsn)}" is not understood; for one machine write "sqlite:data/ledger.db"')
    offered = values.get("languages", LANGUAGES)
    there = ", ".join(LANGUAGES)
    faults += [f'language "{word}" has no texts; there are {there}' for word in offered if word not in LANGUAGES]
    chosen = values.get("default_language", Settings().default_language)
    if chosen not in offered:
        faults.append(f'default_language "{chosen}" is not one of languages')
    address = values.get("public_url")
    if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc):
        faults.append(f'public_url "{address}" is no address; write it like "https://wallet.example.org"')
    sms = values.get("sms", "console")
    inside = bool(values.get("demo")) and sms.startswith("http://")  # a demo may send to a program on its own machine
    if sms != "console" and not sms.startswith("https://") and not inside:
        faults.append(f'sms "{sms}" is neither console nor an https address{meant(sms, ["console"])}')
    return faults


def _shielded(dsn: str) -> str:
    """The DSN without its password: faults are printed and logged."""
    head, at, tail = dsn.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else dsn
