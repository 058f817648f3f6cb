"""A small town for the tests of the API: a book on SQLite with somebody of every role."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import book
import msgspec

from saxaul import app
from saxaul.engine.cases import Give, named
from saxaul.engine.clerk import Clerk
from saxaul.engine.request import decode_value, request
from saxaul.kernel import ids
from saxaul.kernel.settings import Settings
from saxaul.ledger.store import open_store
from saxaul.people.sealing import Sealer
from saxaul.surfaces.tokens import Tokens

ZHANG, LI, BAKERY, FLORIST, POWER = (named(one) for one in ("zhang", "li", "bakery", "florist", "power"))
ZHANG_WALLET, LI_WALLET = named("zhang_wallet"), named("li_wallet")
WHO = {  # li (stranger), rose and gas are strangers to what belongs to zhang, the bakery and the power works
    "citizen": "zhang_here", "cashier": "bo_here", "manager": "mei_here", "biller": "power_key", "officer": "wang_here",
    "approver": "chen_here", "auditor": "an_here", "service": "machine", "stranger": "li_here", "ended": "ended",
    "rose": "rose_here", "gas": "gas_key",
}  # fmt: skip


def _records() -> list[tuple[str, str, dict[str, Any]]]:
    """Everybody and everything the town begins with."""
    rows: list[tuple[str, str, dict[str, Any]]] = []
    for person, wallet in ((ZHANG, ZHANG_WALLET), (LI, LI_WALLET)):
        rows.append(
            ("people_person", person, {"natural": person, "phone": named(f"phone {person}"), "wallets": wallet})
        )
        rows.append(("people_natural", person, {"persons": person}))
        rows.append(("people_wallet", wallet, {"person": person, "issuer": "WEBANK", "region": "120000", "tier": 2}))
    for name in ("wang", "chen", "an", "mei", "bo", "rose"):
        rows.append(("people_person", named(name), {"natural": named(name), "phone": named(f"phone {name}")}))
        rows.append(("people_natural", named(name), {"persons": named(name)}))
    for key, kind in ((BAKERY, "merchant"), (FLORIST, "merchant"), (POWER, "biller"), (named("gas"), "biller")):
        rows.append(("people_organisation", key, {"kind": kind, "name": f"{kind} {key[-4:]}", "category": "5462"}))
    rows.append(("people_shop", named("corner"), {"organisation": BAKERY, "name": "Corner"}))
    rows.append(("people_terminal", named("till"), {"organisation": BAKERY, "shop": named("corner")}))
    for list_, code in (("issuer", "WEBANK"), ("issuer", "ICBC"), ("region", "120000")):
        row = {"list": list_, "code": code, "name": code, "open_from": 0}
        rows.append(("people_directory", f"{list_}:{code}", row))
    work = {"mei_here": BAKERY, "bo_here": BAKERY, "power_key": POWER, "rose_here": FLORIST, "gas_key": named("gas")}
    roles = {
        "stranger": "citizen",
        "ended": "citizen",
        "rose": "manager",
        "gas": "biller",
        "approver": "approver officer",
    }
    for role, credential in WHO.items():
        who = credential.partition("_")[0]
        person = named(who) if credential.endswith("_here") else ""
        rows.append(("people_credential", named(credential), {
            "kind": "session" if person else "key", "person": person, "organisation": work.get(credential, ""),
            "roles": roles.get(role, role), "stage": "revoked" if role == "ended" else "active",
        }))  # fmt: skip
    return rows


def open_town(folder: Path, *, clock: Any = app.clock, money: int = 30_000, dsn: str = "", **more: Any) -> app.House:
    """The town's house, its clerk ready to write; opened again on the same folder it is the same town."""
    found = folder / "book.db"
    dsn = dsn or (f"sqlite:{found}" if found.exists() else book.sqlite_dsn(folder))
    settings = Settings(dsn=dsn, secret_file=str(folder / "secret.key"), **more)
    keys = app.read_secrets(folder / "secret.key", make=True)
    declared, terms = book.declarations(), book.terms()
    clerk = Clerk(open_store(dsn), declared, terms, clock)
    sealer = Sealer(master=keys.key("master"), pepper=keys.key("pepper"), chance=os.urandom, book=clerk)
    if not clerk.state.n:
        have = [(f"wallet:{wallet}", "ECNY/2", money) for wallet in (ZHANG_WALLET, LI_WALLET)]
        begin = Give(have=have, records=_records())
        (answer,) = clerk.turn([request("cases.give", begin, id=ids.fresh(clock(), b"town begin"))])
        assert not answer.code, answer
    return app.House(settings, keys, declared, terms, clerk, Tokens(keys.key("tokens")), sealer)


def token(house: app.House, role: str) -> str:
    """The bearer token of the town's credential of a role."""
    made: str = house.tokens.make(named(WHO[role]))
    return made


def fresh() -> str:
    """A client's id, made now."""
    return ids.fresh(app.clock(), os.urandom(10))


def asked(kind: Any, ask: dict[str, Any]) -> Any:
    """The ask as the act's own type."""
    return msgspec.convert(ask, kind, dec_hook=decode_value)


def give(turn: Any, records: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Rows as they should stand, past every act: the beginning of a test."""
    (answer,) = turn([request("cases.give", Give(records=records), id=fresh())])
    assert not answer.code, answer
