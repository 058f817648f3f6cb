"""`python -m bench` measures every row and writes the record; `saxaul bench ROW… --json FILE` measures some."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bench import rows
from bench.claims import claims
from bench.draw import draw
from bench.green import LOTS, green
from bench.http import http
from bench.place import Place, place, sync_ms
from bench.quiz import quiz
from bench.record import write
from bench.result import Result, table
from bench.rush import rush
from bench.sellout import TREES, sellout

ENTRIES_QUICK, ENTRIES_RECORD = 500_000, 10_000_000
STORES = ("sqlite", "postgresql")


def row(name: str, where: Place, stores: Sequence[str], entries: int, trees: int, lots: int) -> list[Result]:
    """The lines of one row."""
    if name == "sellout":
        return sellout(where, stores, trees)
    if name == "green":
        return green(where, stores, lots)
    if name == "stored":
        return rows.stored(where, stores[:1], entries)
    if name == "check":
        return rows.check(where, stores, entries)
    if name == "draw":
        return draw(where)
    if name == "peers":
        from bench.peers import measure

        found = [msgspec.convert(one, Result) for one in measure()]
        return [msgspec.structs.replace(one, row="peers", case=f"{one.row}, {one.case}") for one in found]
    known: dict[str, Callable[[Place, Sequence[str]], list[Result]]] = {
        "raw": rows.raw, "acts": rows.acts, "http": http, "hot": rows.hot, "claims": claims,
        "rush": rush, "quiz": quiz,
    }  # fmt: skip
    return known[name](where, stores)


SPINE = ("raw", "acts", "http", "hot", "stored", "check", "peers")
ROWS = (*SPINE, "draw", "claims", "rush", "sellout", "green", "quiz")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the named rows, all of them by default."""
    parser = argparse.ArgumentParser(prog="saxaul bench", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="rows to measure; none: all, and the record")
    parser.add_argument("--json", type=Path, help="write the lines there")
    parser.add_argument("--entries", type=int, help="entries stored before the row `stored` measures again")
    parser.add_argument("--trees", type=int, default=TREES, help="trees of the forest that the row `sellout` sells out")
    parser.add_argument("--lots", type=int, default=LOTS, help="bubbles of the wave that the row `green` harvests")
    parser.add_argument("--store", choices=STORES, help="only this store")
    given = parser.parse_args(arguments)
    whole = not given.rows
    entries = given.entries or (ENTRIES_RECORD if whole else ENTRIES_QUICK)
    stores = (given.store,) if given.store else STORES
    found: list[Result] = []
    with place() as where:
        sync = sync_ms(where.folder)
        for name in given.rows or ROWS:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            found += row(name, where, stores, entries, given.trees, given.lots)
    print(table(found))
    print(f"\none fsync of 4 KiB: {sync:.3f} ms")
    if given.json:
        given.json.write_text(json.dumps([msgspec.to_builtins(one) for one in found], indent=1) + "\n")
    if whole:
        write(found, sync)


if __name__ == "__main__":
    main()
