"""Reading a book from the pages' threads: rows by key, entries, histories, names; and the clerk's memory in its turn.

Every thread has a read-only store of its own, which the clerk does not notice. What only the clerk knows (balances,
usage, what an act would do) is asked between two units on the clerk's own thread. It can be given to the pure
functions of programmes where they want facts, as far as they only look records and terms up.
"""

from __future__ import annotations

import asyncio
import heapq
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.utils.translation import get_language

from saxaul.engine import history
from saxaul.engine.request import Answer, Request
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.ledger import sql
from saxaul.ledger.journal import Entry
from saxaul.ledger.store import Store, connect_beside
from saxaul.people.persons import words
from saxaul.people.sealing import Sealer
from saxaul.surfaces.background import open_history
from saxaul.surfaces.house import House, clock
from saxaul.surfaces.web import rooms
from saxaul.surfaces.web.port_links import Links

T = TypeVar("T")
CAMPAIGNS = ("campaign_campaign", "voucher_campaign", "pay_purpose")  # tables whose rows have a public name
HISTORY_SECONDS_MAX = 1.0  # how long a list waits for its projection to reach the head


class Book:
    """One house as its pages read it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tables = {table.name: table for table in house.declarations.tables}
        secret = house.secrets
        self.sealer = Sealer(master=secret.key("master"), pepper=secret.key("pepper"), chance=os.urandom, book=self)
        self._threads = threading.local()
        dsn = house.settings.dsn
        self.sqlite = dsn.startswith("sqlite:")
        if self.sqlite:
            beside = connect_beside(dsn.removeprefix("sqlite:") + ".links")
        else:
            import psycopg

            beside = psycopg.connect(dsn, autocommit=True)
        self.links = Links(beside, sqlite=self.sqlite)
        self.now: Callable[[], int] = clock

    # -- rows ------------------------------------------------------------------------------------------------------

    @property
    def reader(self) -> Store:
        """This thread's read-only store."""
        if not hasattr(self._threads, "reader"):
            self._threads.reader = self.house.clerk.store.reader()
        return self._threads.reader

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of one of our own read-only statements."""
        return self.reader.query(statement, values)

    def records(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Rows in the order of the keys, None where there is none."""
        wanted = list(keys)
        if not wanted:
            return []
        made = self.tables[table]
        found = {row[0]: made.make(row) for row in self.query(made.select + sql.marks(len(wanted)), wanted)}
        return [found.get(key) for key in wanted]

    def record(self, table: str, key: str) -> Any:
        """The row, or None."""
        return self.records(table, [key])[0]

    def must(self, table: str, key: str) -> Any:
        """The row; refuses `request.object_missing`."""
        row = self.record(table, key)
        if row is None:
            raise Refusal("request.object_missing")
        return row

    def term(self, name: str) -> Any:
        """The value in force now."""
        return self.house.terms.at(name, self.now())

    def linked(self, owner: str, kind: str, *, limit: int = 200) -> list[Any]:
        """The owner's records of a table, newest first."""
        return [row for row in self.records(kind, self.links.keys(self.reader, owner, kind, limit=limit)) if row]

    # -- the clerk ---------------------------------------------------------------------------------------------------

    def clerk(self, look: Callable[[], T]) -> T:
        """What `look` finds in the clerk's memory, between two units on the clerk's own thread."""
        drive = self.house.drive
        if drive is None:
            return look()

        async def between() -> T:
            return await drive.between(look)

        return asyncio.run_coroutine_threadsafe(between(), drive.loop).result(MAXIMA.wait_seconds)

    def submit(self, requests: Sequence[Request]) -> list[Answer]:
        """Answers of a group, in order."""
        drive = self.house.drive
        return self.house.clerk.turn(requests) if drive is None else drive.submit(requests)

    # -- entries -----------------------------------------------------------------------------------------------------

    def entry(self, id: str) -> Entry | None:
        """The entry of an act."""
        rows = self.query(sql.ENTRY_BY_ID + "(?)", (bytes.fromhex(id),))
        found = history.lines(self.reader, [rows[0][1]]) if rows else []
        return found[0] if found else None

    def entries(self, accounts: Sequence[str], *, before: int = 2**62, limit: int = 50) -> list[Entry]:
        """The accounts' entries below `before`, newest first."""
        kept = self._history()
        lists = [kept.entries(account, before=before, limit=limit) for account in accounts]
        numbers = list(dict.fromkeys(heapq.merge(*lists, reverse=True)))[:limit]
        return history.lines(self.reader, numbers)

    def as_of(self) -> int | None:
        """None where the history has reached the head, waited for a moment; else the instant it has reached."""
        kept, head = self._history(), self.reader.last_number()
        end = time.monotonic() + HISTORY_SECONDS_MAX
        while (reached := kept.reached()) < head:
            if self.house.drive is None:  # nobody else fills it
                kept.step(self.reader)
            elif time.monotonic() > end:
                rows = self.query("SELECT entered FROM entry WHERE n = ?", (reached,))
                return int(rows[0][0]) if rows else self.now()
            else:
                time.sleep(0.02)
        return None

    def _history(self) -> history.History:
        if not hasattr(self._threads, "history"):
            self._threads.history = open_history(self.house.settings.dsn)
        return self._threads.history

    # -- who ---------------------------------------------------------------------------------------------------------

    def person_of(self, credential: str) -> Any:
        """The active person behind an active credential, or None."""
        row = self.record("people_credential", credential) if credential else None
        if row is None or row.stage != "active" or not row.person:
            return None
        person = self.record("people_person", row.person)
        return person if person is not None and person.stage == "active" else None

    def wallets(self, person: Any) -> list[Any]:
        """The person's wallets, the first one first."""
        return [row for row in self.records("people_wallet", words(person.wallets)) if row is not None]

    def accounts(self, credential: str) -> list[str]:
        """Addresses of the reader's wallets."""
        person = self.person_of(credential)
        return [f"wallet:{key}" for key in words(person.wallets)] if person is not None else []

    def name_of_person(self, person: str) -> str:
        """The name as others may see it: first letter and stars, or the telephone with its middle hidden."""
        known = self.sealer.open(person)
        return masked(known["name"]) if known.get("name") else masked_phone(known.get("phone", ""))

    def name_of_campaign(self, id: str) -> str:
        """The public name of a campaign, whichever programme runs it; else its code."""
        cart = self.record("voucher_cart", id) if "voucher_cart" in self.tables else None
        id = cart.campaign if cart is not None else id
        rows = (self.record(table, id) for table in CAMPAIGNS if table in self.tables)
        return next((name for row in rows if (name := named(row))), id)

    def name_of(self, address: str) -> str:
        """Who stands behind an account, as a payer may see it; empty for accounts of the house."""
        kind, _, rest = address.partition(":")
        id = rest.partition(":")[0]
        if kind == "contract":
            row = self.record("prepaid_contract", id)
            kind, id = "merchant", row.merchant if row is not None else ""
        if kind in ("merchant", "biller", "charity", "sponsor"):
            return named(self.record("people_organisation", id))
        if kind == "campaign":
            return self.name_of_campaign(id)
        if kind != "wallet":
            return str(rooms.names().get(kind, ""))
        wallet = self.record("people_wallet", id)
        if wallet is None:
            return ""
        if wallet.organisation:
            return named(self.record("people_organisation", wallet.organisation))
        return self.name_of_person(wallet.person)


def named(row: Any) -> str:
    """A public name in the reader's language: Chinese where it was given so, English for all others."""
    if row is None:
        return ""
    return row.name if (get_language() or "").startswith("zh") else row.name_en or row.name


def masked(name: str) -> str:
    """A name that a friend recognises and a stranger learns little from: 张** or Z***."""
    return name[:1] + "*" * min(3, max(1, len(name) - 1))


def masked_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 138 **** 8000."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]} **** {digits[-4:]}" if len(digits) > 7 else "****"
