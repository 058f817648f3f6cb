"""From the text of a code to what it stands for, at the price of one lookup.

A printed code is good when exactly this text was issued: the book keeps its hash with merchant and place, which no
forger can add to. A dynamic code is good when its order keeps this text's digest, so a changed price or an older
revision shows at once. Only what is not found is read letter by letter, to say what is wrong with it. The seal on a
printed code is for wallets that cannot ask this book.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from functools import lru_cache
from typing import Any

from saxaul.engine import Amount, Facts, Refusal
from saxaul.kernel.amounts import show
from saxaul.programmes.pay import emvco

SEAL_BYTES = 16
_FIXED = "010211"  # tag 01 right behind tag 00, as our encoder writes it
_ORDER = "0232"  # our template's tag 02 with an id


@lru_cache(maxsize=65_536)
def static_key(text: str) -> str:
    """The key of a printed code's record."""
    return hashlib.sha256(b"saxaul static code 1\0" + text.encode()).hexdigest()[:32]


def digest(text: str) -> str:
    """What an order keeps of its dynamic code."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def static(facts: Facts, text: str) -> Any:
    """The record of a printed code that was issued and still stands, else None."""
    if text[6:12] != _FIXED:
        return None
    row = facts.record("pay_code", static_key(text))
    return row if row is not None and row.kind == "static" and row.stage == "open" else None


def order(facts: Facts, text: str) -> Any:
    """The order whose present revision this dynamic code shows; refuses what the text is instead."""
    place = text.find(_ORDER)
    row = facts.record("pay_order", text[place + 4 : place + 36]) if place >= 0 else None
    if row is not None and row.code == digest(text):
        return row
    code = emvco.decode(text)
    if code.network != facts.term("pay.network"):
        raise Refusal("qr.code_unknown", fault="not a code of this book")
    if not code.once:
        raise Refusal("qr.signature_wrong", merchant=code.merchant)
    row = facts.record("pay_order", code.order) if code.order else None
    if row is None or row.merchant != code.merchant:
        raise Refusal("qr.code_unknown", fault="no such order")
    if row.code != digest(text):
        price = show(row.asset, row.units)
        shown = show(code.amount.asset, code.amount.units) if code.amount else ""
        raise Refusal("order.revision_changed", order=row.key, price=price, shown=shown)
    return row


def dynamic_text(facts: Facts, merchant: Any, *, order: str, units: int, revision: int, number: str) -> str:
    """The text of an order's code at this revision."""
    bill = number if number.isascii() and len(number) <= 25 else ""
    code = replace(_face(facts, merchant), order=order, once=True, amount=Amount("CNY/2", units), bill=bill,
                   reference=str(revision))  # fmt: skip
    return emvco.encode(code)


def static_text(facts: Facts, merchant: Any, *, shop: str, terminal: str, units: int, seal: str) -> str:
    """The text of a printed code; without a seal of the surface's key it bears one made of the issuing act."""
    code = replace(
        _face(facts, merchant), shop=shop[:25], terminal=terminal[:25], reference=facts.id[-12:],
        amount=Amount("CNY/2", units) if units else None,
    )  # fmt: skip
    if not seal:
        made = hmac.digest(hashlib.sha256(facts.id.encode()).digest(), emvco.sealed_bytes(code), "sha256")
        seal = base64.urlsafe_b64encode(made[:SEAL_BYTES]).decode().rstrip("=")
    return emvco.encode(replace(code, seal=seal))


def _face(facts: Facts, merchant: Any) -> emvco.MerchantCode:
    name = merchant.name_en.encode("ascii", "ignore").decode().strip()[:25] or "MERCHANT"
    local = merchant.name[:25]
    return emvco.MerchantCode(
        name=name, city=facts.term("pay.city"), network=facts.term("pay.network"), merchant=merchant.key,
        category=merchant.category or "0000", language="ZH" if local != name else "",
        name_local=local if local != name else "",
    )  # fmt: skip
