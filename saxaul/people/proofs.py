"""Proofs: what a surface has verified beside an ask, signed so that it can travel with the ask through a client.

A proof is bound to person, payee, asset, units and an end; whoever changes one of them has no proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import msgspec

from saxaul.ledger.facts import Proof

SECONDS_MAX = 300  # how long a proof may be used; a person confirms in seconds
TEXT_MAX = 1024

_write = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder(Proof, strict=True).decode


def _mark(key: bytes, body: bytes) -> bytes:
    return hmac.new(hashlib.sha256(b"saxaul proof" + key).digest(), body, hashlib.sha256).digest()


def sign(key: bytes, proof: Proof) -> str:
    """The proof as text for a header or a hidden field."""
    assert proof.person and proof.until, "a proof names a person and an end"
    body = _write(proof)
    return f"{_text(body)}.{_text(_mark(key, body))}"


def verify(key: bytes, text: str, *, now: int) -> Proof | None:
    """The proof, or None when it was changed, made elsewhere, or has ended."""
    if len(text) > TEXT_MAX:
        return None
    first, _, second = text.partition(".")
    try:
        body, signature = _bytes(first), _bytes(second)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(signature, _mark(key, body)):
        return None
    proof = _read(body)
    return proof if proof.until > now else None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
