"""`saxaul run` and `saxaul demo`: a town of invented people on this machine, founded once and lived for some days."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from saxaul import app
from saxaul.kernel import times
from saxaul.kernel.settings import Settings
from saxaul.ledger import check as ledger_check
from saxaul.ledger.store import open_store
from saxaul.sim import pack as packs
from saxaul.sim.chapters import Story
from saxaul.sim.chapters.office import BEHIND, FIRST, KEEPER, OFFICERS
from saxaul.sim.days import Clock, Days
from saxaul.sim.people import citizen
from saxaul.sim.town import Town
from saxaul.surfaces.background import Rounds
from saxaul.surfaces.cli import common

PACK = app.packs("tianjin")
DAYS, CITIZENS_LEAST = 3, 1_000
PAGES = (
    ("/", "wallet: pay, show a code, bills, history"), ("/services", "everything else, as tiles"),
    ("/packets", "red packets: one to spend, one to sign up for"), ("/vouchers", "vouchers with stock"),
    ("/lucky", "lucky packets among friends"),
    ("/lessons", "prepaid lessons, one contract to sign"), ("/green", "my forest: ripe bubbles, friends"),
    ("/forest", "trees and their certificates"), ("/giving", "steps and gifts"), ("/quiz", "the challenge"),
    ("/benefits", "low-carbon benefits and coupons"), ("/rent", "power banks and umbrellas"),
    ("/table/{table}", "a menu, as the code on a table opens it"),
    ("/counter", "merchant's counter"), ("/console/", "operator's console"),
    ("/public", "signed heads and first figures, for anybody"), ("/packets/{round}/draw", "a draw anybody can check"),
    ("/green/public", "energy and emission, for anybody"), ("/forest/public", "forests, for anybody"),
    ("/giving/public", "gifts and budgets, for anybody"), ("/quiz/totals", "the challenge in figures, for anybody"),
    ("/style", "how pages look"), ("/v1/openapi.json", "the API"),
)  # fmt: skip
TASKS = (
    ("district", "pays for packets and vouchers,", "/packets, /vouchers/given"),
    ("company", "sponsor", "/giving/office"),
    ("charity", "runs", "/giving/office, /forest/work"),
    ("notary", "witness and inspector,", "/forest/work"),
    ("music", "runs", "/lessons/school"),
)


def make(found: Settings, citizens: int, days: int) -> Days:
    """The town on an empty book, founded and lived up to this morning."""
    Path(found.secret_file).parent.mkdir(parents=True, exist_ok=True)
    app.read_secrets(Path(found.secret_file), make=True)
    app.make_schema(found.dsn)
    clock = Clock()
    today = times.day(app.clock(), found.zone)
    begins = times.day(times.start_of_day(today, found.zone) - days * times.DAY + times.HOUR, found.zone)
    clock.set(times.start_of_day(begins, found.zone) - 2 * times.DAY)
    house = app.open_house(found, now=clock)
    town = Town(replace(packs.read(PACK), begins=begins), citizens)
    story = Story(PACK)
    lived = Days(town, house.clerk, house.sealer, clock, story)
    with common.progress(f"{citizens:,} people move in") as bar:
        lived.found(bar)
    with common.progress(f"{days} days are lived") as bar:
        lived.live(days, bar)
    with common.progress("Histories are written") as bar:
        rounds = Rounds(found, house.secrets, house.declarations, house.clerk.turn)
        while rounds.history.step(rounds.reader):
            bar(rounds.history.reached(), house.clerk.state.n)
        rounds.sign_head()
        rounds.close()
    house.clerk.close()
    _remember(found, town, story)
    return lived


def _remember(found: Settings, town: Town, story: Story) -> None:
    """The invented people to sign in as, beside the book: printed at every start of the demo; and the pages to see."""
    names = {key: row["name"]["en"] for key, row in story.scene.texts["organisations"].items()}
    tasks = [(FIRST, "a citizen"), (KEEPER, f"keeper of {town.pack.merchants[0].name_en}")]
    tasks += [(number, "an officer") for number in OFFICERS]
    tasks += [(BEHIND[key], f"{what} {names[key]}: {where}") for key, what, where in TASKS]
    people = []
    for number, task in tasks:
        one = citizen(town.pack, number)
        people.append({"task": task, "name": one.name, "phone": one.phone, "pin": one.pin})
    told = {"people": people, "round": story.scene.told["round"], "table": story.scene.told["table"]}
    path = Path(found.secret_file).parent / "demo.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def checked(found: Settings) -> ledger_check.Report:
    """The books, folded once more from the first entry."""
    declared = app.declarations()
    with common.progress("The books are checked") as bar:
        return ledger_check.check(
            open_store(found.dsn, read_only=True), declared.chart, declared.tables, invariants=app.invariants(),
            progress=bar,
        )  # fmt: skip


def report(lived: Days, books: ledger_check.Report, seconds: float) -> None:
    """What the town did, what it was refused, and whether its books are whole."""
    answers = lived.life.answers
    done = {act: count for (act, code), count in sorted(answers.items()) if not code}
    refused = {f"{act} {code}": count for (act, code), count in sorted(answers.items()) if code}
    told = f"{sum(done.values()):,} acts in {seconds:.0f} s, {sum(refused.values()):,} refused as they should be"
    common.out.print(told)
    for title, rows in (("done", done), ("refused", refused)):
        for name, count in rows.items():
            common.out.print(f"  {title:8} {count:>7,}  {name}")
    for sentence in [*lived.life.faults, *books.findings]:
        common.err.print(f"FOUND  {sentence}")
    common.out.print(
        f"{books.entries:,} entries, {books.postings:,} postings, {len(books.balances):,} accounts. "
        + ("The books are whole." if books.whole and not lived.life.faults else "The books are NOT whole.")
    )


def demo(found: Settings, citizens: int, days: int) -> int:
    """A town lived without serving it; returns the exit code."""
    began = time.monotonic()
    lived = make(found, citizens, days)
    books = checked(found)
    report(lived, books, time.monotonic() - began)
    return 0 if books.whole and not lived.life.faults else 1


def run(found: Settings, citizens: int, days: int, port: int) -> None:
    """Found and live the town where there is none yet, check its books, serve it, and say where to click."""
    from saxaul.surfaces import server

    if not (Path(found.secret_file).parent / "demo.json").exists():
        began = time.monotonic()
        lived = make(found, citizens, days)
        report(lived, checked(found), time.monotonic() - began)
    else:
        books = checked(found)
        common.out.print("The books are whole." if books.whole else "\n".join(books.findings))
    house = common.open_house(found)
    pages = app.pages(house)
    chosen = server.free_port(found.host, port or found.port)
    _where_to_click(found, f"http://{found.host}:{chosen}")
    server.serve(house, pages, port=chosen)


def _where_to_click(found: Settings, address: str) -> None:
    told = json.loads((Path(found.secret_file).parent / "demo.json").read_text("utf-8"))
    common.out.print(f"\nYour town is open at {address}\n")
    for path, what in PAGES:
        common.out.print(f"  {address}{path.format(**told):24} {what}")
    common.out.print("\nSign in with a telephone of the town; the code by SMS is printed here:")
    for one in told["people"]:
        common.out.print(f"  {one['phone']:16} PIN {one['pin']}  {one['name']}, {one['task']}")
    common.out.print("\nPhones on your network need HTTPS for the camera: see docs/howto/https.md. Stop with Ctrl-C.\n")
