"""Certificates signed and checked outside the book: the text of a QR code carries all that a checker needs.

The signature is made when a certificate is shown, by a key that only this installation has; its public half stands in
the text and on the public page of the forests, so that a copy under a foreign key is told apart.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from saxaul.programmes.forest import certificates

PURPOSE = "certificates"
_PLUS = "23456789CFGHJMPQRVWX"


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half of the signing key as it stands in certificates."""
    return _written(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed_text(key: Ed25519PrivateKey, **fields: str | int) -> str:
    """The certificate's whole text: mark, fields, public key and signature."""
    statement = certificates.statement(**fields, key=public_text(key))
    return f"{statement}|{signature(key, statement)}"


def checked(text: str, *, key: str = "") -> dict[str, str]:
    """The fields of a certificate whose number and signature fit, signed by `key` where one is named; else empty."""
    fields, signed, proved = certificates.parts(text)
    if not fields or certificates.read(fields["number"]) != fields["number"] or (key and fields["key"] != key):
        return {}
    return fields if fits(fields["key"], signed, proved) else {}


def signature(key: Ed25519PrivateKey, text: str) -> str:
    """The signature of what the satellite tool states."""
    return _written(key.sign(text.encode()))


def fits(key: str, text: str, signed: str) -> bool:
    """Whether this public key signed the text."""
    try:
        Ed25519PublicKey.from_public_bytes(_read(key)).verify(_read(signed), text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def plus_code(east: int, north: int) -> str:
    """The place as a Plus Code of ten digits (a square of fourteen metres), from millionths of a degree."""
    rows, columns = (north + 90_000_000) * 8_000 // 1_000_000, (east + 180_000_000) * 8_000 // 1_000_000
    found = ""
    for _pair in range(5):
        found = _PLUS[rows % 20] + _PLUS[columns % 20] + found
        rows, columns = rows // 20, columns // 20
    return f"{found[:8]}+{found[8:]}"


def _written(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _read(text: str) -> bytes:
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _written(data) != text:  # the last letter has bits to spare: one text, one signature
        raise ValueError("not written as we write it")
    return data
