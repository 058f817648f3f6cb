"""The rules of the house as one failing test: a single pass over the syntax trees, exact messages, no advice.

Each finding reads `path:line says what (rule n); what to write instead.` The numbers are those of STYLE.md. The second
half of this file plants one violation of every rule and asks for its message, so that no rule dies unnoticed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# An arrow points to what may be imported: a room may import those of a lower rank. Rooms of one rank do not meet.
RANKS = {
    "kernel": 0, "ledger": 1, "people": 2, "guards": 3, "engine": 4, "programmes": 5,
    "disclosure": 6, "sim": 6, "cells": 6, "surfaces": 7, "app": 8,
}  # fmt: skip
ARROW = "kernel <- ledger <- people <- guards <- engine <- programmes <- disclosure, sim, cells <- surfaces <- app"
BELOW_SURFACES = {room for room, rank in RANKS.items() if rank < RANKS["surfaces"]}
PURE = {"kernel", "ledger", "guards", "engine", "programmes"}  # no clock, chance, network, environment
NO_FLOAT = {"kernel", "ledger", "guards", "programmes"}
ENTRANCES = ("saxaul/surfaces/cli/",)  # a process begins here, so it alone may ask the composition root
WRITER = "saxaul.ledger.unit"
CATCHERS = ("saxaul/engine/clerk.py", "saxaul/engine/followers.py", "saxaul/surfaces/")  # the three named places

LINE_WIDTH_MAX, FUNCTION_LINES_MAX, MODULE_LINES_MAX, CATCHERS_MAX = 120, 50, 500, 3
# Lines of code (no docstrings and comments) each part of the house may have: decisions 0011, 0013, 0016, 0018.
BUDGETS = {
    "the rooms below the programmes": 5_000, "surfaces": 6_700, "sim": 1_600, "a programme": 1_700,
    "the pages of a programme": 900, "the chapters of the town": 900,
}  # fmt: skip

BANNED_MODULES = {
    "time": "an act gets the time as facts.now", "random": "an act gets its seed as a fact",
    "secrets": "chance is handed in by app", "asyncio": "what waits is driven by a surface",
    "threading": "the clerk has no threads; app drives it", "requests": "the courier gets its sender from app",
    "urllib.request": "the courier gets its sender from app", "urllib3": "the courier gets its sender from app",
    "httpx": "the courier gets its sender from app", "http": "only surfaces know HTTP",
    "socket": "only surfaces know the network", "smtplib": "the courier gets its sender from app",
}  # fmt: skip
BANNED_NAMES = {
    "datetime.datetime.now": "an act gets the time as facts.now",
    "datetime.datetime.utcnow": "an act gets the time as facts.now",
    "datetime.datetime.today": "an act gets the time as facts.now",
    "datetime.date.today": "an act gets the time as facts.now",
    "os.environ": "settings are read once, in app", "os.getenv": "settings are read once, in app",
    "os.urandom": "chance is handed in by app", "uuid.uuid4": "ids come from kernel.ids",
    "uuid.uuid1": "ids come from kernel.ids",
}  # fmt: skip
WEB_LIBRARIES = {
    "uvicorn",
    "a2wsgi",
    "whitenoise",
    "allauth",
    "unfold",
    "django_htmx",
    "csp",
    "typer",
    "rich",
    "jinja2",
}

# The "not" column of STYLE.md, as far as a word can have only that meaning.
FORBIDDEN_WORDS = {
    "transaction": "transfer or unit of work", "transactions": "transfers or units of work", "dto": "ask or receipt",
    "kyc": "tier", "cents": "units", "customer": "payer or person",
    "customers": "payers or persons", "user": "person", "users": "persons", "sender": "payer", "chargeback": "reversal",
    "processor": "issuer or acquirer", "provider": "issuer or acquirer", "tenant": "book",
    "snapshot": "checkpoint", "validator": "guard", "config": "settings", "params": "terms or settings",
    "endpoint": "surface", "frontend": "surface", "promotion": "campaign", "lottery": "draw", "prize": "award",
    "authorise": "hold", "authorize": "hold", "saga": "stages", "partner": "the organisation's own word",
}  # fmt: skip
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Source:
    """One Python file: its path from the root, its room, its text and its syntax tree."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text, self.lines = path, text, text.splitlines()
        self.tree = ast.parse(text, filename=path)
        parts = path.removesuffix(".py").split("/")
        self.module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.is_product = parts[0] == "saxaul"
        self.room = parts[1] if self.is_product and len(parts) > 1 and parts[1] in RANKS else ""
        self.programme = parts[2] if self.room == "programmes" and len(parts) > 3 else ""
        pages = self.path.startswith("saxaul/surfaces/web/") and len(parts) > 4
        self.pages = parts[3] if pages and parts[3] not in ("views", "templatetags", "migrations") else ""
        self.is_below = self.room in BELOW_SURFACES
        self.names: dict[str, str] = {}

    def code_lines(self) -> int:
        """Lines that do something: docstrings, comments and blank lines are free, so nobody saves on them."""
        told: set[int] = set()
        for node in ast.walk(self.tree):
            body = getattr(node, "body", None)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and body:
                first = body[0]
                if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
                    told.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
        numbered = enumerate(self.lines, 1)
        return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in told for n, line in numbered)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every module or name imported anywhere in the file, also inside functions, as a full dotted path."""
        package = self.module.split(".") if self.path.endswith("__init__.py") else self.module.split(".")[:-1]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for name in node.names:
                    self.names[name.asname or name.name.split(".")[0]] = (
                        name.name if name.asname else name.name.split(".")[0]
                    )
                    yield node.lineno, name.name
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
                origin = ".".join(part for part in (base, node.module or "") if part)
                for name in node.names:
                    self.names[name.asname or name.name] = f"{origin}.{name.name}"
                    yield node.lineno, f"{origin}.{name.name}"


def within(path: str, module: str) -> bool:
    """Whether a dotted path is the module or something in it."""
    return path == module or path.startswith(module + ".")


def dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The full dotted path of `a.b.c`, as far as the file's imports tell it; else nothing."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def say(source: Source, line: int, what: str, rule: str, instead: str) -> str:
    """One finding in the form that every message of the house has."""
    return f"{source.path}:{line} {what} ({rule}); {instead}."


def look_at_imports(source: Source) -> Iterator[str]:
    """The arrow, programmes that do not know each other, one caller of the ledger's write, Django in its places."""
    for line, path in source.imports():
        if not source.is_product:
            continue
        parts = path.split(".")
        other = parts[1] if parts[0] == "saxaul" and len(parts) > 1 else ""
        is_entrance = other == "app" and source.path.startswith(ENTRANCES)
        if (
            source.room
            and other in RANKS
            and other != source.room
            and not is_entrance
            and RANKS[other] >= RANKS[source.room]
        ):
            yield say(source, line, f"imports {path} from {source.room}", "imports", f"the arrow is {ARROW}")
        if source.programme and other == "programmes" and len(parts) > 2 and parts[2] != source.programme:
            instead = "programmes meet in assets and in the journal; what both need belongs in engine or ledger"
            yield say(source, line, f"imports the programme {parts[2]}", "imports", instead)
        if within(path, WRITER) and source.room not in ("engine", "ledger"):
            yield say(
                source, line, "imports the ledger's write", "imports", "return a Plan and let engine.perform write it"
            )
        if not source.is_below:
            continue
        if parts[0] == "django" and not source.path.endswith("/models.py"):
            yield say(source, line, f"imports {path}", "imports", "below surfaces Django stands in models.py only")
        if parts[0] in WEB_LIBRARIES:
            yield say(
                source, line, f"imports {path}", "imports", "nothing below surfaces knows HTTP, HTML or a terminal"
            )
        for module, instead in BANNED_MODULES.items():
            if source.room in PURE and within(path, module):
                yield say(source, line, f"imports {module}", "rule 9", instead)


def look_at_sizes(source: Source) -> Iterator[str]:
    """A reader holds one screen: functions, modules and lines have a maximum."""
    for number, line in enumerate(source.lines, 1):
        if len(line) > LINE_WIDTH_MAX:
            yield say(source, number, f"is {len(line)} wide", "rule 3", f"break the line at {LINE_WIDTH_MAX}")
    if not source.is_product:
        return
    if len(source.lines) > MODULE_LINES_MAX:
        instead = f"split the module by what changes together, at most {MODULE_LINES_MAX} lines each"
        yield say(source, len(source.lines), f"has {len(source.lines)} lines", "rule 3", instead)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > FUNCTION_LINES_MAX:
                instead = f"push ifs up and loops down until it has at most {FUNCTION_LINES_MAX}"
                yield say(source, node.lineno, f"{node.name} has {size} lines", "rule 3", instead)


def look_at_bans(source: Source) -> Iterator[str]:
    """No clock, chance, environment, float or async where an act must give the same answer twice."""
    for node in ast.walk(source.tree):
        line = getattr(node, "lineno", 0)
        if source.room in PURE and isinstance(node, ast.Attribute | ast.Name):
            path = dotted(node, source.names)
            if path in BANNED_NAMES:
                yield say(source, line, f"calls {'.'.join(path.split('.')[-2:])}", "rule 9", BANNED_NAMES[path])
        if source.room in NO_FLOAT:
            if isinstance(node, ast.Constant) and type(node.value) is float:
                yield say(
                    source, line, f"writes the float {node.value}", "rule 10", "count in whole units, or use Rate.of"
                )
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                yield say(source, line, "calls float", "rule 10", "count in whole units, or use Rate.of")
        if not source.is_below:
            continue
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield say(source, line, "is async", "rule 9", "below surfaces everything is a plain call; app drives it")
        if isinstance(node, ast.Global):
            yield say(source, line, f"rebinds the global {node.names[0]}", "rule 9", "let app hand it in")


def catches(source: Source) -> Iterator[int]:
    """The lines that catch everything and do not pass it on as it was."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            is_broad = any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds)
            passes_on = any(isinstance(step, ast.Raise) and step.exc is None for step in node.body)
            if is_broad and not passes_on:
                yield node.lineno


def look_at_catches(source: Source) -> Iterator[str]:
    """`except Exception` belongs to whoever can answer it: the clerk, a follower, a surface."""
    for line in catches(source) if source.is_product and source.room != "app" else ():
        if not source.path.startswith(CATCHERS):
            yield say(
                source, line, "catches Exception", "rule 6", "name what can happen and refuse it; let the rest be seen"
            )


def is_stub(node: ast.FunctionDef) -> bool:
    """Whether it is a protocol's `...`, whose class already says what is promised."""
    body = node.body[0]
    return isinstance(body, ast.Expr) and isinstance(body.value, ast.Constant) and body.value.value is Ellipsis


def look_at_docs(source: Source) -> Iterator[str]:
    """A module says why it exists; a public function says what is true afterwards."""
    if source.is_product and source.lines and not ast.get_docstring(source.tree):
        yield say(source, 1, "has no docstring", "rule 2", "open the module with the reason it exists")
    if not source.is_below:
        return
    for owner in [source.tree, *(node for node in source.tree.body if isinstance(node, ast.ClassDef))]:
        if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
            continue
        for node in owner.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or is_stub(node):
                continue
            if not ast.get_docstring(node):
                yield say(
                    source, node.lineno, f"{node.name} has no docstring", "rule 2", "say what is true after the call"
                )


def defined(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that the file itself gives: functions, classes, arguments, variables, fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def look_at_words(source: Source) -> Iterator[str]:
    """One word, one meaning: below the surfaces we name things by the house's list."""
    seen: set[tuple[int, str]] = set()
    for line, name in defined(source.tree) if source.is_below else ():
        for word in WORDS.findall(name):
            if word.lower() in FORBIDDEN_WORDS and (line, word) not in seen:
                seen.add((line, word))
                yield say(
                    source,
                    line,
                    f'names {name} with "{word.lower()}"',
                    "rule 8",
                    f"say {FORBIDDEN_WORDS[word.lower()]}",
                )


LOOKS = [look_at_imports, look_at_sizes, look_at_bans, look_at_catches, look_at_docs, look_at_words]


def findings(source: Source) -> dict[str, list[str]]:
    """What every look found in one file; imports go first, since they tell the others what the names mean."""
    return {look.__name__: list(look(source)) for look in LOOKS}


def look_at_all(sources: list[Source]) -> dict[str, list[str]]:
    """What every look found, and what only shows when all files are seen together."""
    found: dict[str, list[str]] = {look.__name__: [] for look in LOOKS}
    for source in sources:
        for look, lines in findings(source).items():
            found[look] += lines
    below = [f"{source.path}:{line}" for source in sources if source.is_below for line in catches(source)]
    if len(below) > CATCHERS_MAX:
        found["look_at_catches"].append(
            f"{', '.join(below)} catch Exception (rule 6); at most {CATCHERS_MAX} places may."
        )
    found["look_at_budget"] = list(above_budget(sources))
    return found


def above_budget(sources: list[Source]) -> Iterator[str]:
    """Each part of the house that has more lines of code than it may."""
    totals: dict[str, int] = {}
    for source in sources:
        if source.is_product:
            part = f"programmes/{source.programme}" if source.programme else source.room
            part = f"pages/{source.pages}" if source.pages else part
            below = source.is_below and part == source.room and part != "sim"
            part = "the rooms below the programmes" if below else part
            part = "the chapters of the town" if source.path.startswith("saxaul/sim/chapters/") else part
            totals[part] = totals.get(part, 0) + source.code_lines()
    for part, total in totals.items():
        kind = {"programmes": "a programme", "pages": "the pages of a programme"}.get(part.partition("/")[0], part)
        most = BUDGETS.get(kind)
        if most is not None and total > most:
            yield f"{part} has {total} lines of code (rule 13); make siblings alike, then delete: {most}."


@cache
def house() -> dict[str, list[str]]:
    """All findings in the house as it stands, each file read and parsed once."""
    sources: list[Source] = []
    for folder in ("saxaul", "tests", "tools", "bench"):
        paths = [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]
        sources += [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    assert sources, "the house is empty: the test looks in the wrong place"
    return look_at_all(sources)


@pytest.mark.parametrize("look", [*(look.__name__ for look in LOOKS), "look_at_budget"])
def test_the_house_keeps_its_rules(look: str) -> None:
    found = house()[look]
    assert not found, f"{len(found)} findings:\n" + "\n".join(found)


ACT = '"""Why."""\n'
PLANTED = [
    ("saxaul/kernel/a.py", "from saxaul.ledger import chart\n", "imports saxaul.ledger.chart from kernel (imports)"),
    ("saxaul/ledger/a.py", "def f():\n    from ..engine import clerk\n", "imports saxaul.engine.clerk from ledger"),
    ("saxaul/sim/a.py", "import saxaul.cells.inbox\n", "imports saxaul.cells.inbox from sim (imports)"),
    ("saxaul/surfaces/web/a.py", "from saxaul import app\n", "imports saxaul.app from surfaces (imports)"),
    ("saxaul/programmes/pay/a.py", "from saxaul.programmes.desk import acts\n", "imports the programme desk (imports)"),
    ("saxaul/programmes/pay/a.py", "from saxaul.ledger.unit import apply\n", "imports the ledger's write (imports)"),
    ("saxaul/surfaces/a.py", "import saxaul.ledger.unit\n", "imports the ledger's write (imports)"),
    ("saxaul/people/a.py", "from django.db import models\n", "below surfaces Django stands in models.py only."),
    ("saxaul/engine/a.py", "from uvicorn import run\n", "nothing below surfaces knows HTTP"),
    ("saxaul/guards/a.py", "import time\n", "imports time (rule 9); an act gets the time as facts.now."),
    ("saxaul/ledger/a.py", "from random import choice\n", "imports random (rule 9); an act gets its seed as a fact."),
    ("saxaul/engine/a.py", "import urllib.request\n", "imports urllib.request (rule 9)"),
    ("saxaul/engine/a.py", "import requests\n", "imports requests (rule 9)"),
    ("saxaul/programmes/giving/acts.py", "import datetime as d\n\nN = d.datetime.now()\n",
     "saxaul/programmes/giving/acts.py:4 calls datetime.now (rule 9); an act gets the time as facts.now."),
    ("saxaul/kernel/a.py", "from os import environ\n\nX = environ['A']\n", "calls os.environ (rule 9); settings"),
    ("saxaul/engine/a.py", "from uuid import uuid4\n\nX = uuid4()\n", "calls uuid.uuid4 (rule 9); ids come"),
    ("saxaul/guards/a.py", "HALF = 0.5\n", "writes the float 0.5 (rule 10)"),
    ("saxaul/programmes/pay/a.py", "X = float('1')\n", "calls float (rule 10); count in whole units, or use Rate.of."),
    ("saxaul/engine/a.py", "async def _go():\n    await _go()\n", "is async (rule 9)"),
    ("saxaul/people/a.py", "def _f():\n    global X\n    X = 1\n", "rebinds the global X (rule 9)"),
    ("saxaul/ledger/a.py", "try:\n    X = 1\nexcept Exception:\n    X = 2\n", "catches Exception (rule 6)"),
    ("saxaul/sim/a.py", "def play():\n    return 1\n", "play has no docstring (rule 2); say what is true"),
    ("saxaul/guards/a.py", "KYC_LEVEL = 1\n", 'names KYC_LEVEL with "kyc" (rule 8); say tier.'),
    ("saxaul/ledger/a.py", "class UserTransaction:\n    pass\n", 'with "transaction" (rule 8)'),
    ("saxaul/surfaces/a.py", f"X = '{'x' * 120}'\n", "wide (rule 3); break the line at 120."),
    ("saxaul/surfaces/a.py", "def f():\n" + "    x = 1\n" * 50, "f has 51 lines (rule 3)"),
    ("saxaul/surfaces/a.py", "X = 1\n" * 500, "has 501 lines (rule 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "message"), PLANTED)
def test_a_planted_violation_is_found_and_told_exactly(path: str, text: str, message: str) -> None:
    found = [line for lines in findings(Source(path, ACT + text)).values() for line in lines]
    assert any(message in line for line in found), found


def test_a_module_without_a_reason_is_found() -> None:
    found = findings(Source("saxaul/surfaces/a.py", "X = 1\n"))["look_at_docs"]
    assert found == ["saxaul/surfaces/a.py:1 has no docstring (rule 2); open the module with the reason it exists."]


def test_a_fourth_place_that_catches_everything_is_found() -> None:
    text = ACT + "try:\n    X = 1\nexcept Exception:\n    X = 2\n" * 4
    assert "at most 3 places may" in look_at_all([Source("saxaul/engine/clerk.py", text)])["look_at_catches"][0]


def test_a_house_above_its_budget_is_found() -> None:
    sources = [Source(f"saxaul/programmes/big/a{number}.py", ACT + "# why\nX = 1\n\n" * 160) for number in range(11)]
    assert look_at_all(sources)["look_at_budget"] == [
        "programmes/big has 1760 lines of code (rule 13); make siblings alike, then delete: 1700."
    ]


def test_what_is_allowed_is_not_found() -> None:
    allowed = [
        ("saxaul/surfaces/cli/run.py", "from saxaul import app\n"),
        ("saxaul/engine/a.py", "from saxaul.ledger.unit import apply\n"),
        ("saxaul/people/models.py", "from django.db import models\n"),
        ("saxaul/surfaces/a.py", "import time\n\nNOW = time.time()\n"),
        ("saxaul/engine/clerk.py", "try:\n    X = 1\nexcept Exception:\n    X = 2\n"),
        ("saxaul/ledger/a.py", "try:\n    X = 1\nexcept BaseException:\n    raise\n"),
        ("saxaul/engine/a.py", "from urllib.parse import urlsplit\n"),
    ]
    for path, text in allowed:
        assert not any(findings(Source(path, ACT + text)).values()), path
