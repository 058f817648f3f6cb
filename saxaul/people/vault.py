"""The vault's cryptography: marks to compare by, and texts sealed with a key of the person's own.

Used by surfaces alone, before an ask exists and after a receipt is read; keys are handed in. Destroying a person's key
makes their rows noise for ever, and the books stay balanced.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from stdnum.cn import ric

from saxaul.kernel.refusal import Refusal

KEY_BYTES = 32
NONCE_BYTES = 12
REGION = "CN"  # how a number without a country code is read
NAME_MAX, DOCUMENT_MAX = 128, 32
_DOTS = {ord(dot): "\u00b7" for dot in "\u2022\u30fb\uff65\u2027\u22c5\u2219"}
DOCUMENTS = ("resident_id", "passport", "permit", "residence_permit")


def _wrong(field: str, why: str) -> Refusal:
    """Names the field, never its content: a refusal is read by programs and kept."""
    return Refusal("request.field_invalid", fields=[f"{field}: {why}"])


# -- one way to write each kind of text ----------------------------------------------------------------------------


def phone(text: str) -> str:
    """The telephone number in E.164; refuses `request.field_invalid` where it is none."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), REGION)
    except phonenumbers.NumberParseException:
        raise _wrong("phone", "not a telephone number") from None
    if not phonenumbers.is_possible_number(number):
        raise _wrong("phone", "not a telephone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_abroad(written: str) -> bool:
    """Whether a number in E.164 is from another country; such wallets have limits of their own."""
    return not written.startswith("+86")


def folded(name: str) -> str:
    """The name as it is compared: NFKC, no white space, the middle dots made one; nothing else is forgiven."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_DOTS).split())


def shown_name(text: str) -> str:
    """The name as it is kept for showing; refuses `request.field_invalid` where nothing is left or it is too long."""
    tidy = " ".join(text.split())
    if not folded(tidy) or len(tidy) > NAME_MAX or any(unicodedata.category(one) == "Cc" for one in tidy):
        raise _wrong("name", f"1 to {NAME_MAX} printed characters")
    return tidy


def document(text: str) -> str:
    """`kind:number` in one writing, a resident number with its check digit right; refuses `request.field_invalid`."""
    kind, _, number = unicodedata.normalize("NFKC", text).strip().partition(":")
    number = "".join(number.split()).upper()
    if kind not in DOCUMENTS:
        raise _wrong("document", f"write kind:number, the kind one of {', '.join(DOCUMENTS)}")
    right = ric.is_valid(number) if kind == "resident_id" else number.isascii() and number.isalnum()
    if not right or not 5 <= len(number) <= DOCUMENT_MAX:
        raise _wrong("document", "the number does not fit its kind")
    return f"{kind}:{number}"


# -- marks ---------------------------------------------------------------------------------------------------------


def mark(pepper: bytes, kind: str, text: str) -> str:
    """32 hex digits that tell equal from different under the book's pepper and say nothing else."""
    assert len(pepper) >= 16, "the pepper is at least 16 bytes"
    return hmac.new(pepper, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def phone_mark(pepper: bytes, text: str) -> str:
    """The mark of a telephone number, however it is written."""
    return mark(pepper, "phone", phone(text))


def name_mark(pepper: bytes, text: str) -> str:
    """The mark of a name, folded."""
    return mark(pepper, "name", folded(shown_name(text)))


def document_mark(pepper: bytes, text: str) -> str:
    """The mark of an identity document."""
    return mark(pepper, "document", document(text))


# -- seals ---------------------------------------------------------------------------------------------------------


def _seal(key: bytes, text: bytes, about: str) -> str:
    """AES-GCM; the nonce is made of key and text, so nobody has to hand in chance and a retry seals alike."""
    assert len(key) == KEY_BYTES, "a key of the vault is 32 bytes"
    secret = hmac.new(key, b"nonce", hashlib.sha256).digest()
    nonce = hmac.new(secret, about.encode() + b"\0" + text, hashlib.sha256).digest()[:NONCE_BYTES]
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text, about.encode())).decode()


def _open(key: bytes, sealed: str, about: str) -> bytes | None:
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode())
    except InvalidTag:
        return None


def seal(person_key: bytes, text: str, *, person: str, field: str) -> str:
    """The text for the vault: only this person's key opens it, and only as this field of this person."""
    return _seal(person_key, text.encode(), f"{person}:{field}")


def open_(person_key: bytes, sealed: str, *, person: str, field: str) -> str | None:
    """The text again; None with another key, or when the row was moved to another person or field."""
    opened = _open(person_key, sealed, f"{person}:{field}")
    return None if opened is None else opened.decode()


def seal_key(master: bytes, person_key: bytes, *, person: str) -> str:
    """A person's key for its row, sealed by the installation's master key."""
    return _seal(master, person_key, f"key:{person}")


def open_key(master: bytes, sealed: str, *, person: str) -> bytes | None:
    """The person's key again; None with another master key."""
    return _open(master, sealed, f"key:{person}")
