"""The command line: `saxaul VERB`. House-keeping verbs stand here, acts come from the declarations."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from saxaul import __version__, app
from saxaul.surfaces.cli import acts, common, draw, forest, steps

cli = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="An open city wallet.")
cli.add_typer(draw.cli, name="draw")
cli.add_typer(forest.certificate, name="certificate")
cli.add_typer(forest.evidence, name="evidence")
cli.add_typer(steps.steps, name="steps")


@cli.callback()
def _root() -> None:
    """An open city wallet on one ledger."""


@cli.command()
def version() -> None:
    """Print the version."""
    common.out.print(__version__)


@cli.command()
def init() -> None:
    """Make an empty house here: keys and the book's tables. Running it again upgrades the tables and keeps all else."""
    found = common.settings()
    Path(found.secret_file).parent.mkdir(parents=True, exist_ok=True)
    app.read_secrets(Path(found.secret_file), make=True)
    app.make_schema(found.dsn)
    common.out.print(f"The house stands. Its book is {found.dsn}; keep {found.secret_file} safe and apart.")


@cli.command()
def check(
    processes: Annotated[int, typer.Option(min=1, max=2, help="2 folds ranges side by side")] = 1,
) -> None:
    """Fold the whole journal again and compare it with everything the book says now."""
    from saxaul.ledger import check as ledger_check
    from saxaul.ledger import heads

    found = common.settings()
    store = common.reader(found)
    declared = app.declarations()
    outside = heads.outside(Path(found.secret_file).parent / "heads.jsonl")
    began = time.monotonic()
    with common.progress("Checking") as bar:
        report = ledger_check.check(
            store, declared.chart, declared.tables, dsn=found.dsn if processes > 1 else "", heads=outside,
            invariants=app.invariants(), progress=bar,
        )  # fmt: skip
    for sentence in report.findings:
        common.err.print(f"FOUND  {sentence}")
    seconds = time.monotonic() - began
    common.out.print(
        f"{report.entries} entries, {report.postings} postings, {len(report.balances)} accounts in {seconds:.1f} s; "
        f"head {report.head.hex()[:16]}; {len(outside)} heads kept outside"
    )
    common.out.print("The book is whole." if report.whole else f"The book has {len(report.findings)} findings.")
    sys.exit(0 if report.whole else 1)


@cli.command()
def export(
    format: Annotated[str, typer.Option(help="hledger or beancount")] = "hledger",
    target: Annotated[Path | None, typer.Option(help="file to write; else standard output")] = None,
) -> None:
    """Write the journal for a foreign program that adds up the money by itself."""
    from saxaul.ledger import export as ledger_export

    writers = {"hledger": ledger_export.hledger, "beancount": ledger_export.beancount}
    if format not in writers:
        common.stop(f"There is no format {format}; there are hledger and beancount.", 2)
    store, chart = common.reader(common.settings()), app.declarations().chart
    file = target.open("w", encoding="utf-8") if target else sys.stdout
    for part in writers[format](store, chart):
        file.write(part)
    if target:
        file.close()
        common.err.print(f"Written to {target}.")


@cli.command()
def backup(target: Path) -> None:
    """Copy the book to TARGET while it is in use; prints the head of the copy."""
    from saxaul.ledger.backup import backup as copy

    found = common.settings()
    app.use_recent_sqlite()
    with common.progress("Copying") as bar:
        n, hashed = copy(found.dsn, target, bar)
    common.out.print(f"{target} holds the book up to entry {n}, head {hashed[:16]}.")


@cli.command()
def restore(source: Path) -> None:
    """Put a backup in the place of an empty book; a book with entries is never written over."""
    from saxaul.ledger.backup import restore as put_back
    from saxaul.ledger.store import StoreFault

    found = common.settings()
    app.use_recent_sqlite()
    try:
        n, hashed = put_back(source, found.dsn)
    except StoreFault as fault:
        common.stop(str(fault), 6)
    common.out.print(f"The book stands at entry {n}, head {hashed[:16]}. Run `saxaul check` before you open.")


@cli.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def bench(context: typer.Context) -> None:
    """Measure rows of the benchmark (raw, acts, http, hot, stored, check, draw, claims); --json FILE keeps them."""
    try:
        from bench.__main__ import main as measure
    except ImportError:
        common.stop("The benchmarks are in the source tree; run this in a clone.", 5)
    measure(context.args)


@cli.command()
def tick() -> None:
    """Do all that is due now: expiries, ends of orders, windows. Run twice, nothing doubles."""
    from saxaul.engine import followers

    found = common.settings()
    dues = [one for programme in app.declarations().programmes for one in programme.dues]
    reading = common.reader(found)
    with common.submitting(found) as submit:
        done = followers.tick(dues, reading, submit, app.clock())
    common.out.print(f"{done} acts were due and are done.")


@cli.command(hidden=True)
def beside() -> None:
    """What a server starts beside itself: followers, dues, history, heads. Ends when the server does."""
    import signal
    import threading

    from saxaul.surfaces import background, courier, wire

    server, found = os.getppid(), common.settings()
    folder = Path(found.secret_file).parent
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    declared = app.declarations()
    far = wire.Far(folder / "clerk.sock", behind=True)
    courier.start(found, app.read_secrets(Path(found.secret_file)), stopping)
    rounds = background.Rounds(found, app.read_secrets(Path(found.secret_file)), declared, far.submit)
    background.go_round(rounds, stopping, server)


@cli.command()
def gateway(
    rotate: Annotated[bool, typer.Option(help="make a new secret; the old one signs beside it for a week")] = False,
) -> None:
    """Say where SMS go, how many wait there, and with which secrets the deliveries are signed."""
    from saxaul.engine.courier import GATEWAY
    from saxaul.surfaces.courier import open_courier

    found = common.settings()
    courier = open_courier(found, app.read_secrets(Path(found.secret_file)))
    if rotate:
        courier.rotate(GATEWAY, app.clock())
    waiting, failed, _, why, given_up = courier.standing(GATEWAY)
    common.out.print(f"SMS go to: {found.sms}")
    common.out.print(f"{waiting} notices wait · {failed} failed tries in a row {why} · {given_up} given up")
    for text, _ in courier.secrets(GATEWAY, app.clock()):
        common.out.print(text)


@cli.command(name="token")
def make_token(credential: str) -> None:
    """Print the bearer token of a credential, for programs that use the API."""
    from saxaul.surfaces.tokens import Tokens

    found = common.settings()
    keys = app.read_secrets(Path(found.secret_file))
    common.out.print(Tokens(keys.key("tokens")).make(credential))


@cli.command(name="act")
def one_act(
    name: Annotated[str, typer.Argument(help="programme.act")],
    ask: Annotated[str, typer.Argument(help="the ask as JSON")] = "{}",
    credential: Annotated[str, typer.Option(help="who asks; empty is the house itself")] = "system",
    id: Annotated[str, typer.Option(help="the act's id; the same id asks for the same answer")] = "",
) -> None:
    """Perform any act by its name, with its ask as JSON."""
    acts.perform(name, json.loads(ask), credential=credential, id=id)


@cli.command()
def run(
    citizens: Annotated[int, typer.Option(min=20, help="people of the town")] = 1_000,
    days: Annotated[int, typer.Option(min=1, max=30, help="days to live before it opens")] = 3,
    port: Annotated[int, typer.Option(help="0: the one of the settings, or the next free one")] = 0,
) -> None:
    """Start the demo town on this machine: founded once, lived some days, checked, and served."""
    from saxaul.surfaces.cli import town

    town.run(msgspec.structs.replace(common.settings(), demo=True), citizens, days, port)


@cli.command()
def demo(
    citizens: Annotated[int, typer.Option(min=20, help="people of the town")] = 1_000,
    days: Annotated[int, typer.Option(min=1, max=30, help="days to live")] = 3,
) -> None:
    """Live a town in a temporary folder without serving it, and print its report."""
    import tempfile

    from saxaul.surfaces.cli import town

    with tempfile.TemporaryDirectory(prefix="saxaul-demo-") as folder:
        found = msgspec.structs.replace(
            common.settings(), demo=True, dsn=f"sqlite:{folder}/ledger.db", secret_file=f"{folder}/secret.key"
        )
        code = town.demo(found, citizens, days)
    sys.exit(code)


@cli.command()
def serve(
    port: Annotated[int, typer.Option(help="0: the one of the settings")] = 0,
    api_only: Annotated[bool, typer.Option(help="without pages")] = False,
) -> None:
    """Serve the API and the pages of this house until told to stop."""
    from saxaul.surfaces import server

    found = common.settings()
    app.make_schema(found.dsn)
    house = common.open_house(found)
    pages = None if api_only else app.pages(house)
    chosen = server.free_port(found.host, port or found.port)
    common.out.print(f"Serving on http://{found.host}:{chosen} (stop with Ctrl-C)")
    server.serve(house, pages, port=chosen)


def main() -> None:
    """The program's entry."""
    if not __debug__:
        common.stop("Not started: without assertions the house's checks are off. Run Python without -O.", 2)
    app.use_recent_sqlite()
    os.environ.setdefault("PYTHONUTF8", "1")
    acts.add_verbs(cli)
    cli()


if __name__ == "__main__":
    main()
