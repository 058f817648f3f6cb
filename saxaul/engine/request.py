"""What travels between surfaces and the clerk: requests in, answers out. Both are frozen and encode to bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from saxaul.kernel.amounts import Amount, parse, show
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Proof

_pack = msgspec.msgpack.Encoder(enc_hook=lambda value: encode_value(value)).encode
_decode = msgspec.json.Decoder().decode

SYSTEM = "system"  # the credential of what the book does by itself


class Request(msgspec.Struct, frozen=True):
    """One ask on its way: its id is the idempotency key, its fingerprint what was asked.

    `at` is None but for upload acts. Proofs and confirmations are outside the fingerprint.
    """

    id: str
    act: str
    ask: Any
    credential: str = ""
    fingerprint: bytes = b""
    at: int | None = None
    proofs: tuple[Proof, ...] = ()
    asides: tuple[Any, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What became of a request. `text` is the stored receipt or the stored refusal as JSON, the same for ever."""

    id: str
    text: str
    code: str = ""
    entry: int = 0
    hit: bool = False
    facts: dict[str, Any] = {}

    @property
    def receipt(self) -> dict[str, Any]:
        """The receipt's fields; empty for a refusal."""
        return {} if self.code else _decode(self.text)["receipt"]

    def refusal(self) -> Refusal | None:
        """The refusal, if it is one."""
        return Refusal(self.code, **self.facts) if self.code else None


def encode_value(value: Any) -> Any:
    """How our own types travel: an amount as text."""
    if isinstance(value, Amount):
        return show(value.asset, value.units)
    if isinstance(value, str):  # a mark in a private field
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise NotImplementedError(f"{type(value).__name__} does not travel")


def decode_value(kind: type, value: Any) -> Any:
    """How our own types arrive; a text that is no amount is a ValueError, which names the field."""
    if kind is Amount and isinstance(value, str):
        try:
            return parse(value)
        except Refusal as refusal:
            raise ValueError(str(refusal.facts["fields"])) from None
    if issubclass(kind, str) and isinstance(value, str):
        return kind(value)
    raise ValueError(f"{kind.__name__} is written as text")


def fingerprint(act: str, credential: str, ask: Any) -> bytes:
    """16 bytes that say what was asked, by whom; the same ask always gives the same ones."""
    return hashlib.sha256(_pack((act, credential, ask))).digest()[:16]


def request(act: str, ask: Any, *, id: str, credential: str = SYSTEM, at: int | None = None, **more: Any) -> Request:
    """A request with its fingerprint."""
    return Request(id, act, ask, credential, fingerprint(act, credential, ask), at, **more)
