"""Every act of every programme as a verb: `saxaul pay scan --wallet … --code …`, made of the declarations."""

from __future__ import annotations

import os
import sys
from typing import Any

import click
import msgspec
import typer

from saxaul import app
from saxaul.engine.declare import Act
from saxaul.engine.request import SYSTEM, decode_value, request
from saxaul.kernel import ids
from saxaul.people.sealing import Sealer, private_fields
from saxaul.surfaces.cli import common


def add_verbs(cli: typer.Typer) -> None:
    """Add one group a programme. Declarations are read only when such a verb is called, so `--help` stays quick."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in app.PROGRAMMES:
        return
    for programme in app.declarations().programmes:
        if programme.name == wanted:
            group = click.Group(programme.name, help=programme.title)
            for act in programme.acts:
                group.add_command(_command(act))
            group(args=sys.argv[2:], prog_name=f"saxaul {programme.name}")


def _command(act: Act) -> click.Command:
    fields = msgspec.structs.fields(act.ask)
    options: list[click.Parameter] = [
        click.Option([f"--{field.name.replace('_', '-')}"], required=field.required, help=str(field.type)[:80])
        for field in fields
    ]
    options.append(click.Option(["--as", "credential"], default=SYSTEM, help="the credential that asks"))
    options.append(click.Option(["--id", "act_id"], default="", help="the act's id, for asking again"))

    def run(credential: str, act_id: str, **given: Any) -> None:
        ask = {name: _value(text) for name, text in given.items() if text is not None}
        perform(act.name, ask, credential=credential, id=act_id)

    return click.Command(act.name.partition(".")[2].replace("_", "-"), params=options, callback=run, help=act.summary)


def _value(text: str) -> Any:
    """Lists, objects and truth as JSON, all else as the text it is: whole numbers are read where the ask wants one."""
    if text in ("true", "false") or text[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def perform(name: str, given: dict[str, Any], *, credential: str, id: str) -> None:
    """Perform one act and print its answer; leaves with the exit code of a refusal's sort."""
    found = common.settings()
    act = app.declarations().acts.get(name)
    if act is None:
        common.stop(f"There is no act {name}. `saxaul act --help` shows how they are written.", 5)
    known = ids.read(id) or ids.fresh(app.clock(), os.urandom(10))
    asides: tuple[Any, ...] = ()
    if private_fields(act.ask):
        given, asides = _sealer(found).seal_fields(act.ask, given, credential=credential, id=known)
    try:
        ask = msgspec.convert(given, act.ask, dec_hook=decode_value, strict=False)
    except msgspec.ValidationError as error:
        common.stop(f"Nothing was done. {error}", 2)
    with common.submitting(found) as submit:
        (answer,) = submit([request(name, ask, id=known, credential=credential, asides=asides)])
    common.told(answer)


def _sealer(found: Any) -> Sealer:
    from pathlib import Path

    keys = app.read_secrets(Path(found.secret_file))
    return Sealer(master=keys.key("master"), pepper=keys.key("pepper"), chance=os.urandom, book=_Rows(found))


class _Rows:
    """Rows of the book read by key, past the clerk: what sealing needs."""

    def __init__(self, found: Any) -> None:
        self.store = common.reader(found)
        self.tables = {table.name: table for table in app.declarations().tables}

    def records(self, table: str, keys: Any) -> list[Any]:
        """Rows in the order of the keys, None where there is none."""
        from saxaul.ledger import sql

        wanted, one = list(keys), self.tables[table]
        rows = {row[0]: one.make(row) for row in self.store.query(one.select + sql.marks(len(wanted)), wanted)}
        return [rows.get(key) for key in wanted]
