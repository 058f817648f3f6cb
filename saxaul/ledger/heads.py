"""Signed heads: the last entry's hash, signed and kept outside the book, so that even a full rewrite is found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def statement(book: str, n: int, hash_hex: str, entered: int) -> bytes:
    """The bytes that are signed; anyone can write them down again from the published line."""
    return f"saxaul head\n{book}\n{n}\n{hash_hex}\n{entered}\n".encode()


def signed(key: Ed25519PrivateKey, book: str, n: int, hash_hex: str, entered: int) -> dict[str, object]:
    """One line of the file of heads."""
    signature = key.sign(statement(book, n, hash_hex, entered)).hex()
    return {"book": book, "n": n, "hash": hash_hex, "entered": entered, "signature": signature}


def holds(public: Ed25519PublicKey, line: dict[str, object]) -> bool:
    """Whether a published head bears a true signature."""
    said = statement(str(line["book"]), int(str(line["n"])), str(line["hash"]), int(str(line["entered"])))
    try:
        public.verify(bytes.fromhex(str(line["signature"])), said)
    except InvalidSignature:
        return False
    return True


def append(path: Path, line: dict[str, object]) -> None:
    """Keep a head outside the book; the file only grows."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")


def read(path: Path) -> list[dict[str, object]]:
    """All heads kept so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def outside(path: Path) -> Iterable[tuple[int, str]]:
    """(entry, hash) of the kept heads, as `check` takes them."""
    return [(int(str(line["n"])), str(line["hash"])) for line in read(path)]
