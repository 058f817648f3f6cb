"""The book for two foreign programs: hledger and beancount add up the money by themselves.

An account becomes a path under the side an accountant expects (`Liabilities:Wallet:…`); an asset becomes a commodity.
Entries without postings are left out: they move nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from saxaul.kernel import assets, times
from saxaul.kernel.amounts import show
from saxaul.ledger import journal
from saxaul.ledger.chart import Chart
from saxaul.ledger.store import Store

_SIDES = {"liabilities": "Liabilities", "assets": "Assets", "equity": "Equity", "income": "Income"}
_SIMPLE = re.compile(r"[a-z0-9][a-z0-9-]*")
_PLAIN = re.compile(r"[A-Z][A-Z0-9]*")


def hledger(store: Store, chart: Chart) -> Iterator[str]:
    """The journal as hledger reads it, a transaction per entry, in order."""
    yield "; hledger export; one transaction per entry, the entry's number is its code\n"
    for n, day, act, id, postings in _moving(store):
        yield f"\n{day} ({n}) {act}  ; id:{id}\n"
        for debit, credit, asset, units in postings:
            amount = _quoted(asset, units)
            yield f"    {path(chart, debit, asset)}  -{amount}\n    {path(chart, credit, asset)}  {amount}\n"


def beancount(store: Store, chart: Chart) -> Iterator[str]:
    """The journal as beancount reads it: accounts opened first, then a transaction per entry."""
    opened: dict[str, str] = {}
    body: list[str] = []
    for n, day, act, id, postings in _moving(store):
        body.append(f'\n{day} * "{act}"\n  entry: "{n}"\n  id: "{id}"\n')
        for debit, credit, asset, units in postings:
            amount, commodity = show(asset, units).split(" ")[0], _commodity(asset)
            for address, sign in ((debit, "-"), (credit, "")):
                account = path(chart, address, asset)
                opened.setdefault(account, day)
                body.append(f"  {account}  {sign}{amount} {commodity}\n")
    yield 'option "title" "Saxaul"\n'
    for account, day in sorted(opened.items()):
        yield f"{day} open {account}\n"
    yield from body


def balances(store: Store, chart: Chart, commodity: Callable[[str], str]) -> dict[tuple[str, str], str]:
    """What a foreign program has to find: (path, commodity) to the amount as text, zeros left out."""
    sums: dict[tuple[str, str], int] = {}
    scale: dict[str, str] = {}
    for _, _, _, _, postings in _moving(store):
        for debit, credit, asset, units in postings:
            name = commodity(asset)
            scale[name] = asset
            for address, moved in ((debit, -units), (credit, units)):
                key = (path(chart, address, asset), name)
                sums[key] = sums.get(key, 0) + moved
    return {key: show(scale[key[1]], units).split(" ")[0] for key, units in sums.items() if units}


def path(chart: Chart, address: str, asset: str) -> str:
    """`wallet:ab12` -> `Liabilities:Wallet:Ab12`; every part begins with a capital letter or a digit."""
    side = _SIDES[chart.fit((address, asset)).side]
    return ":".join([side, *(_part(part) for part in address.split(":"))])


def _part(part: str) -> str:
    if _SIMPLE.fullmatch(part):
        return part[:1].upper() + part[1:]
    kept = re.sub(r"[^A-Za-z0-9]", "-", part).lstrip("-")  # a foreign program allows no more: a hash keeps names apart
    return f"{kept[:1].upper()}{kept[1:]}-{hashlib.sha256(part.encode()).hexdigest()[:8]}".lstrip("-")


def hledger_commodity(asset: str) -> str:
    """The commodity hledger knows an asset by."""
    return assets.name(asset)


def _quoted(asset: str, units: int) -> str:
    number, name = show(asset, units).split(" ")
    return f"{number} {name}" if _PLAIN.fullmatch(name) and name.isalpha() else f'{number} "{name}"'


def _commodity(asset: str) -> str:
    """Beancount allows 24 capital letters and digits: a longer or mixed name is shortened by its hash."""
    name = assets.name(asset)
    if _PLAIN.fullmatch(name) and len(name) <= 24:
        return name
    return f"{assets.kind(asset)[:8]}-{hashlib.sha256(name.encode()).hexdigest()[:12].upper()}"


beancount_commodity = _commodity


def _moving(store: Store) -> Iterator[tuple[int, str, str, str, list[tuple[str, str, str, int]]]]:
    for row, postings in journal.rows(store, 0, store.last_number()):
        if postings:
            moved = [(p[1], p[2], p[3], p[4]) for p in postings]
            yield row[0], times.day(row[6]), row[2], bytes(row[1]).hex(), moved
