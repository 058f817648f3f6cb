"""Draws on the command line: `saxaul draw verify FOLDER` checks a published one, `saxaul draw publish` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from saxaul import app
from saxaul.kernel.refusal import Refusal
from saxaul.surfaces.cli import common

cli = typer.Typer(no_args_is_help=True, help="Published draws: check one, or write the files of one.")


@cli.command()
def verify(folder: Path) -> None:
    """Check the published files in FOLDER: tickets, secrets, seed and order; needs no book."""
    app.prepare_models()
    from saxaul.programmes.campaign import publication

    found = {path.name: path.read_text("utf-8") for path in folder.glob("*.txt")}
    try:
        said = publication.verify(found)
    except Refusal as refusal:
        facts = "; ".join(str(fact) for fact in refusal.facts.values())
        common.err.print(f"WRONG  {refusal.code}: {facts}", markup=False)
        sys.exit(refusal.exit)
    except (KeyError, ValueError) as fault:
        common.stop(f"WRONG  the files cannot be read: {fault}", 2)
    for sentence in said:
        common.out.print(f"ok     {sentence}", markup=False)
    common.out.print("The draw is as the rules give it.")


@cli.command()
def publish(campaign: str, folder: Path) -> None:
    """Write the files of CAMPAIGN's draw to FOLDER, once its draw is public."""
    app.prepare_models()
    from saxaul.programmes.campaign import publication

    declared = app.declarations()
    reader = common.reader(common.settings())
    table = next(table for table in declared.tables if table.name == "campaign_campaign")
    rows = [table.make(values) for values in reader.query(f"{table.select}(?)", [campaign])]
    if not rows or rows[0].stage not in publication.PUBLIC:
        common.stop(f"There is no public draw of {campaign}.", 5)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in publication.of_book(reader, rows[0]).items():
        (folder / name).write_text(text, encoding="utf-8")
    common.out.print(f"Written to {folder}. Anybody checks it with `saxaul draw verify {folder}`.", markup=False)
