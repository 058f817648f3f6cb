"""What goes to a telephone: notices with their words, and sign-in codes.

A message says that there is news and asks to open the wallet; it holds no amount, no name and no link, since whoever
reads over a shoulder or sends false messages lives from those. A gateway with templates of its own finds kind and facts
beside the words. Sign-in codes are never written down: they live in this process as long as they are worth anything,
and a newer code for a telephone ends the tries for an older one, so they cannot arrive in the wrong order.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from saxaul.engine import courier_webhook as webhook
from saxaul.engine.courier import GATEWAY, Delivery, Tried
from saxaul.kernel import times
from saxaul.kernel.settings import Settings
from saxaul.kernel.texts import known, say
from saxaul.ledger import sql
from saxaul.ledger.records import Table
from saxaul.ledger.store import Store
from saxaul.surfaces.house import Secrets, clock

CODE_SECONDS = 180  # a code that arrives later has ended
WAITS = (1, 2, 4, 8, 15, 30, 60)  # seconds between the tries for a code
HANDS = 4

log = logging.getLogger("saxaul.letters")


class Letters:
    """Makes letters of notices, with the telephone and the language the person has now."""

    def __init__(self, keys: Secrets, reader: Store) -> None:
        from saxaul.people import models
        from saxaul.people.sealing import Sealer

        self.reader = reader
        kinds = (models.Person, models.Vault, models.VaultKey)
        self.tables = {table.name: table for table in map(Table.of, kinds)}
        self.sealer = Sealer(master=keys.key("master"), pepper=keys.key("pepper"), chance=os.urandom, book=self)

    def records(self, table: str, keys: Iterable[str]) -> list[Any]:
        """Rows in the order of the keys, None where there is none."""
        wanted, made = list(keys), self.tables[table]
        rows = self.reader.query(made.select + sql.marks(len(wanted)), wanted)
        found = {row[0]: made.make(row) for row in rows}
        return [found.get(key) for key in wanted]

    def __call__(self, person: str, notice: dict[str, Any]) -> dict[str, Any] | None:
        """The letter, or None for who has no telephone here any more."""
        (row,) = self.records("people_person", [person])
        phone = self.sealer.open(person, ("phone",)).get("phone", "") if row is not None else ""
        if not phone:
            return None
        language = known(row.language)
        return {
            "to": phone, "language": language, "kind": notice["kind"], "facts": notice["facts"],
            "text": say(language, "There is news in your wallet. Open it to read more. We never send links."),
        }  # fmt: skip


class Codes:
    """Sends sign-in codes to the gateway. `send` tries one delivery; `wait(seconds)` passes the time between tries."""

    def __init__(
        self, found: Settings, keys: Secrets, send: Callable[[Delivery], Tried], *,
        now: Callable[[], int] = clock, wait: Callable[[float], object] = time.sleep,
    ) -> None:  # fmt: skip
        self.found, self.keys, self.send, self.now, self.wait = found, keys, send, now, wait
        self.newest: dict[str, str] = {}
        self.hands = ThreadPoolExecutor(HANDS, "codes")

    def __call__(self, phone: str, code: str, language: str) -> None:
        """The code is on its way; the caller does not wait for a foreign server."""
        at = self.now()
        id = f"cd_{os.urandom(16).hex()}"
        self.newest[phone] = id
        text = say(known(language), "{code} is your code. Nobody from the wallet asks you for it.", code=code)
        data = {"to": phone, "language": known(language), "kind": "sign_in", "facts": {"code": code}, "text": text}
        subject = hashlib.sha256(self.keys.key("codes") + phone.encode()).hexdigest()[:32]
        body = webhook.event(
            id=id, source=f"urn:saxaul:{self.found.city}", kind="saxaul.code.sign_in", subject=subject, at=at,
            sequence=at, data=data,
        )  # fmt: skip
        self.hands.submit(self._carry, phone, id, body, at)

    def _carry(self, phone: str, id: str, body: bytes, at: int) -> None:
        try:
            for waiting in (*WAITS, 0):
                if self.newest.get(phone) != id or self.now() >= at + CODE_SECONDS * times.SECOND:
                    return
                if self.send(self._delivery(id, body)).taken:
                    return
                self.wait(waiting)
            log.warning("the gateway took a sign-in code neither at once nor later")
        except Exception:  # noqa: BLE001 a thread's fault would be lost without a word
            log.exception("a sign-in code was not sent")
        finally:
            if self.newest.get(phone) == id:
                del self.newest[phone]

    def _delivery(self, id: str, body: bytes) -> Delivery:
        from saxaul.surfaces.courier import open_courier

        courier = open_courier(self.found, self.keys)
        try:
            secrets = tuple(text for text, _ in courier.secrets(GATEWAY, self.now()))
        finally:
            courier.connection.close()
        return Delivery(id, 0, "", GATEWAY, body, 0, self.found.sms, secrets)
