"""`saxaul steps import FILE`: a phone's export, read as a stream and counted; nothing else in it is kept."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Annotated, Any

import msgspec
import typer

from saxaul import app
from saxaul.engine.request import request
from saxaul.kernel import ids, times
from saxaul.kernel.refusal import Refusal
from saxaul.surfaces.cli import common

PIECE = 1 << 20
EXPORT = "export.xml"  # what Apple's archive calls the file of records

steps = typer.Typer(no_args_is_help=True, help="Steps of phones and watches.")


@steps.callback()
def _root() -> None:
    """Steps of phones and watches."""


def opened(path: Path) -> tuple[IO[bytes], int]:
    """The file, or the file of records inside Apple's archive, and how many bytes it has."""
    if not zipfile.is_zipfile(path):
        return path.open("rb"), path.stat().st_size
    archive = zipfile.ZipFile(path)
    found = [one for one in archive.infolist() if one.filename.rpartition("/")[2] == EXPORT]
    if not found:
        common.stop(f"There is no {EXPORT} in {path.name}.", 2)
    return archive.open(found[0]), found[0].file_size


def pieces(file: IO[bytes], head: bytes, total: int, told: Callable[[int, int], None]) -> Iterator[bytes]:
    """The file in pieces, beginning with what was read of it already."""
    done, piece = 0, head
    while piece:
        yield piece
        done += len(piece)
        told(done, total)
        piece = file.read(PIECE)


@steps.command(name="import")
def import_(
    file: Path,
    person: Annotated[str, typer.Option(help="the person's id")],
    source: Annotated[str, typer.Option(help="apple, health_connect, google_fit or fitbit; else by its content")] = "",
) -> None:
    """Count the steps of FILE for PERSON, day by day; the same file again changes nothing."""
    found = common.settings()
    app.prepare_models(found.dsn)
    from saxaul.programmes.giving import intake

    if not file.is_file():
        common.stop(f"There is no file {file}.", 5)
    stream, total = opened(file)
    head = stream.read(PIECE)
    kind: Any = source or intake.guess(file.name, head)
    if kind not in intake.PARSERS:
        common.stop(f"No format is known for {file.name}. Name it with --source.", 2)
    now = app.clock()
    ahead = app.terms().at("giving.future_minutes", now) * times.MINUTE
    seen = intake.looking(now, ahead, found.zone)
    try:
        with common.progress("Reading") as told:
            samples = list(intake.PARSERS[kind](pieces(stream, head, total, told), seen))
    except Refusal as refusal:
        common.stop(f"Nothing was counted. {refusal.facts.get('fields', refusal.code)}", 2)
    asked = list(intake.asks(samples, kind, person=person, seen=seen))
    common.out.print(
        f"{seen.records:,} step records: {len(samples):,} of open days, {seen.old:,} of closed days, "
        f"{seen.future:,} in the future, {seen.faulty:,} not readable."
    )
    _count(found, asked, now)


@steps.command()
def werun(
    payload: Path,
    person: Annotated[str, typer.Option(help="the person's id")],
    appid: Annotated[str, typer.Option(help="the mini-programme's own id")],
) -> None:
    """Count a WeRun payload: JSON with encryptedData and iv as they came, session_key and openid of our own server."""
    found = common.settings()
    app.prepare_models(found.dsn)
    from saxaul.people import vault
    from saxaul.programmes.giving import intake
    from saxaul.programmes.giving.sources import werun as sealed

    given, now = json.loads(payload.read_text("utf-8")), app.clock()
    seen = intake.looking(now, app.terms().at("giving.future_minutes", now) * times.MINUTE, found.zone)
    try:
        body, stamp = sealed.opened(given["encryptedData"], key=given["session_key"], iv=given["iv"], appid=appid)
    except Refusal as refusal:
        common.stop(f"Nothing was counted. {refusal.facts.get('fields', refusal.code)}", 2)
    pepper = app.read_secrets(Path(found.secret_file)).key("pepper")
    about = {"device": vault.mark(pepper, "device", given["openid"]), "read_at": stamp}
    asked = list(intake.asks(sealed.samples(body, seen), "werun", person=person, seen=seen))
    _count(found, [msgspec.structs.replace(ask, **about) for ask in asked], now)


def _count(found: Any, asked: list[Any], now: int) -> None:
    """One act a day, and a line for what each came to."""
    with common.submitting(found) as submit:
        made = [request("giving.count_steps", ask, id=ids.fresh(now, os.urandom(10))) for ask in asked]
        for ask, answer in zip(asked, submit(made) if made else [], strict=True):
            told = answer.receipt if not answer.code else {}
            said = f"{told['steps']:,} steps, {told['added']:,} new; {told['stage']}" if told else answer.code
            common.out.print(f"  {ask.day}  {said}")
