"""What the verbs share: settings, the house, refusals as exit codes, progress bars."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from saxaul import app
from saxaul.engine.request import Answer, Request
from saxaul.kernel import settings as kernel_settings
from saxaul.kernel import texts
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.store import StoreFault
from saxaul.surfaces import wire

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def settings() -> kernel_settings.Settings:
    """The settings of the folder one stands in; all faults are printed and the start is stopped."""
    try:
        return kernel_settings.load(Path("saxaul.toml"), os.environ)
    except kernel_settings.SettingsFault as fault:
        stop(str(fault), 2)


def stop(sentence: str, code: int) -> NoReturn:
    """Say why and leave with the code of the refusal's sort."""
    err.print(sentence)
    sys.exit(code)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; call it with (done, total)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def submitting(found: kernel_settings.Settings) -> Iterator[Callable[[Sequence[Request]], list[Answer]]]:
    """A way to hand in requests: the running clerk's socket, or, where nobody writes the book, a clerk of our own."""
    path = Path(found.secret_file).parent / "clerk.sock"
    if wire.answered(path):
        far = wire.Far(path)
        try:
            yield far.submit
        finally:
            far.close()
        return
    house = open_house(found)
    try:
        yield house.clerk.turn
    finally:
        house.clerk.close()


def open_house(found: kernel_settings.Settings) -> app.House:
    """The house with a clerk of our own; says what to do where there is none or another clerk writes."""
    if not Path(found.secret_file).exists():
        stop("There is no house here yet. Run `saxaul init` first.", 2)
    try:
        return app.open_house(found)
    except StoreFault as fault:
        if fault.kind == "fenced":
            stop("Another process writes this book. Stop it first, or let this command use its socket.", 8)
        stop(f"The book cannot be opened: {fault}", 8)


def told(answer: Answer, language: str = "en") -> None:
    """Print an answer; a refusal leaves with its sort's exit code."""
    if not answer.code:
        out.print_json(answer.text)
        return
    refusal = Refusal(answer.code, **answer.facts)
    said = texts.refused(language, refusal)
    err.print(f"[bold]{said.title}[/bold] ({answer.code})")
    err.print(" ".join((*said.sentences, said.next_step)))
    sys.exit(refusal.exit)


def reader(found: kernel_settings.Settings) -> Any:
    """A read-only store on the book, which a running clerk does not notice."""
    app.prepare_models(found.dsn)
    from saxaul.ledger.store import open_store

    return open_store(found.dsn, read_only=True)
