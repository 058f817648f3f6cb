"""One function by which every surface turns what a person typed into an ask that names nobody.

Marks take the place of private texts; what the vault keeps travels beside the ask as rows that are written in the same
unit of work, outside the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from saxaul.ledger.plan import Aside
from saxaul.people import pins, vault
from saxaul.people.persons import made
from saxaul.people.private import Private, Vaulted, private_fields

__all__ = ["Keys", "Private", "Sealer", "Vaulted", "private_fields", "seal_ask"]


@dataclass(frozen=True, slots=True)
class Keys:
    """What sealing needs: the book's pepper, the person's key, and that key sealed where its row has to be made."""

    pepper: bytes
    person: bytes = b""
    new: str = ""


class Records(Protocol):
    """Where rows are read: the clerk, or a reader of the book."""

    def records(self, table: str, keys: Iterable[str]) -> list[Any]: ...


def _phone(keys: Keys, person: str, text: str) -> tuple[str, str]:
    return vault.phone_mark(keys.pepper, text), vault.phone(text)


def _name(keys: Keys, person: str, text: str) -> tuple[str, str]:
    return vault.name_mark(keys.pepper, text), vault.shown_name(text)


def _document(keys: Keys, person: str, text: str) -> tuple[str, str]:
    return vault.document_mark(keys.pepper, text), vault.document(text)


def _pin(keys: Keys, person: str, text: str) -> tuple[str, str]:
    pin = pins.checked(text)
    return pins.pin_mark(keys.pepper, person, pin), pins.hashed(keys.pepper, person, pin)


def _words(keys: Keys, person: str, text: str) -> tuple[str, str]:
    return vault.mark(keys.pepper, "words", text), text[:1024]


_KINDS: dict[str, Callable[[Keys, str, str], tuple[str, str]]] = {
    "phone": _phone, "name": _name, "document": _document, "pin": _pin,
}  # fmt: skip


def seal_ask(
    kind: type[msgspec.Struct], raw: dict[str, Any], person: str, keys: Keys
) -> tuple[dict[str, Any], tuple[Aside, ...]]:
    """`raw` with marks instead of private texts, and the rows for the vault.

    The field's name says what it is: `phone`, `name`, `document`, `pin`, each also as `<whose>_phone`; any other is a
    free text. `abroad` is set here from the telephone, whatever the client wrote.
    """
    sealed = dict(raw)
    asides: list[Aside] = []
    for field, how in private_fields(kind).items():
        text = raw.get(field)
        if not isinstance(text, str) or not text:
            sealed.pop(field, None) if text == "" else None
            continue
        name = field.rpartition("_")[2]
        sealed[field], kept = _KINDS.get(name, _words)(keys, person, text)
        if name == "phone" and "abroad" in kind.__struct_fields__:
            sealed["abroad"] = vault.is_abroad(kept)
        if issubclass(how, Vaulted) and keys.person:
            row = {"person": person, "sealed": vault.seal(keys.person, kept, person=person, field=field)}
            asides.append(Aside("people_vault", f"{person}:{field}", row))
    if asides and keys.new:
        asides.insert(0, Aside("people_vault_key", person, {"sealed": keys.new}))
    return sealed, tuple(asides)


class Sealer:
    """Seals asks for one installation. `chance(n)` gives n random bytes; `book` is where rows are read."""

    def __init__(self, *, master: bytes, pepper: bytes, chance: Callable[[int], bytes], book: Records) -> None:
        assert len(master) == vault.KEY_BYTES, "the master key is 32 bytes"
        self.master, self.pepper, self.chance, self.book = master, pepper, chance, book

    def seal(
        self, kind: type[msgspec.Struct], body: bytes, *, credential: str, id: str
    ) -> tuple[bytes, tuple[Aside, ...]]:
        """As `seal_fields`, from and to JSON; raises `msgspec.DecodeError` for what is no JSON."""
        raw = msgspec.json.decode(body)
        if not isinstance(raw, dict):
            return body, ()
        sealed, asides = self.seal_fields(kind, raw, credential=credential, id=id)
        return msgspec.json.encode(sealed), asides

    def seal_fields(
        self, kind: type[msgspec.Struct], raw: dict[str, Any], *, credential: str, id: str
    ) -> tuple[dict[str, Any], tuple[Aside, ...]]:
        """The ask with marks, and its vault rows. Refuses `request.field_invalid` for texts that cannot be what they
        should; the refusal names the field and never its content.
        """
        if getattr(kind, "NEW_PERSON", False):
            person = made(id, "person")
            return seal_ask(kind, raw, person, self._fresh(person))
        named = raw.get("person") if "person" in kind.__struct_fields__ else self._person(credential)
        person = named if isinstance(named, str) else ""
        return seal_ask(kind, raw, person, self._keys(person))

    def open(self, person: str, fields: Iterable[str] = ("name", "phone")) -> dict[str, str]:
        """What the vault holds of a person and the key still opens; reading it is the caller's duty to justify."""
        keys = self._keys(person)
        wanted = list(fields)
        rows = self.book.records("people_vault", [f"{person}:{field}" for field in wanted])
        found = {}
        for field, row in zip(wanted, rows, strict=True):
            if row is not None and keys.person and not keys.new:
                text = vault.open_(keys.person, row.sealed, person=person, field=field)
                if text is not None:
                    found[field] = text
        return found

    def pin_right(self, person: str, pin: str) -> bool:
        """Whether the PIN is the person's; slow on purpose, and to be told only after the try is counted."""
        hash = self.open(person, ("pin",)).get("pin", "")
        known = pins.right(self.pepper, person, pin, hash or pins.hashed(self.pepper, person, "no such pin"))
        return bool(hash) and known

    def _person(self, credential: str) -> str:
        (row,) = self.book.records("people_credential", [credential]) if credential else (None,)
        return "" if row is None else str(row.person)

    def _keys(self, person: str) -> Keys:
        """The person's key; a person that is unknown or erased has none, and nothing of theirs is kept."""
        if not person:
            return Keys(self.pepper)
        (row,) = self.book.records("people_vault_key", [person])
        if row is None:
            (known,) = self.book.records("people_person", [person])
            return Keys(self.pepper) if known is None or known.stage != "active" else self._fresh(person)
        if not row.sealed:  # erased: the key is gone for ever
            return Keys(self.pepper)
        return Keys(self.pepper, vault.open_key(self.master, row.sealed, person=person) or b"")

    def _fresh(self, person: str) -> Keys:
        key = self.chance(vault.KEY_BYTES)
        return Keys(self.pepper, key, vault.seal_key(self.master, key, person=person))
