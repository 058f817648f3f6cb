"""E-receipts, invoices, bookings and forms: kept by the hash of their bytes, for one person, in place of paper.

The entry says whose it is and that no paper was printed; energy for it is another programme's matter. A return names
its sale, and whoever counted the sale finds that in the entry.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Aside, Change, Facts, Id, Notice, Plan, Refusal
from saxaul.kernel import ids, times
from saxaul.people.persons import words
from saxaul.programmes.merchant.asks import MaybeId, Staged
from saxaul.programmes.merchant.common import employer, payer_of
from saxaul.programmes.merchant.habits import shown
from saxaul.programmes.merchant.places import BACK, PAID

Kind = Literal["receipt", "invoice", "booking", "form", "return"]
KEEPERS = ("merchant", "agency", "biller")


class Keep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document's bytes as text (JSON, XML), and for whom: the payer of an `order`, or whoever showed a `code`.

    `sale`: the document a return gives back. `printed`: paper was printed all the same.
    """

    kind: Kind
    document: Annotated[str, Meta(min_length=2, max_length=8_192)]
    order: MaybeId = ""
    code: MaybeId = ""
    sale: MaybeId = ""
    printed: bool = False


class Kept(msgspec.Struct, frozen=True):
    """The document and the digest of its bytes."""

    id: str
    digest: str
    stage: str
    kind: str = ""
    order: str = ""
    sale: str = ""
    printed: bool = False


class NameDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document whose retention has ended."""

    id: Id


def keep_document(facts: Facts, ask: Keep) -> Plan:
    """The person has the document; the same bytes again are the same document, a return is linked to its sale."""
    organisation = employer(facts, KEEPERS)
    digest = hashlib.sha256(ask.document.encode()).hexdigest()
    key = ids.derived(0, f"document:{organisation.key}:{digest}")
    earlier = facts.record("merchant_document", key)
    if earlier is not None:
        return Plan(receipt=Kept(key, digest, earlier.stage, ask.kind, ask.order, ask.sale, ask.printed))
    sale = _sale(facts, ask, organisation.key)
    person, changes = _reader(facts, ask, organisation.key, sale)
    ends = facts.now + facts.term("merchant.document_days") * times.DAY
    fields = {
        "kind": ask.kind, "merchant": organisation.key, "person": person, "digest": digest, "paid_order": ask.order,
        "sale": ask.sale, "act": facts.id, "printed": int(ask.printed), "ends": ends, "since": facts.now,
    }  # fmt: skip
    changes.append(Change("merchant_document", key, fields, new=True))
    if sale is not None:
        changes.append(Change("merchant_document", sale.key, {"stage": "returned", "returned": key}))
    return Plan(
        changes=changes, asides=[Aside("merchant_document_text", key, {"text": ask.document})],
        reverses=sale.act if sale is not None else None,
        receipt=Kept(key, digest, "kept", ask.kind, ask.order, ask.sale, ask.printed),
        notices=[Notice(person, "merchant.document_kept", {"kind": ask.kind, "merchant": organisation.key})],
    )  # fmt: skip


def _sale(facts: Facts, ask: Keep, organisation: str) -> Any:
    """The sale a return names; refuses one of somebody else, and one that came back before."""
    if (ask.kind == "return") != bool(ask.sale):
        raise Refusal("request.field_invalid", fields=["sale: a return names one, and nothing else does"])
    if not ask.sale:
        return None
    row = facts.must("merchant_document", ask.sale)
    if row.merchant != organisation:
        raise Refusal("request.object_missing")
    if row.stage != "kept" or row.kind == "return":
        raise Refusal("request.stage_wrong", stage=row.stage)
    return row


def _reader(facts: Facts, ask: Keep, organisation: str, sale: Any) -> tuple[str, list[Change]]:
    """Whose document it is."""
    if sale is not None:
        return sale.person, []
    if ask.code:
        return shown(facts, ask.code)
    order = facts.record("pay_order", ask.order) if ask.order else None
    if order is None or order.merchant != organisation or order.stage not in PAID | BACK:
        raise Refusal("request.object_missing")
    person = payer_of(facts, order)
    if not person:
        raise Refusal("request.object_missing")
    return person, []


def end_document(facts: Facts, ask: NameDocument) -> Plan:
    """Its bytes are gone, at the end of its retention or with its person; that it was, and its digest, stays."""
    row = facts.must("merchant_document", ask.id)
    if row.stage == "ended" or (row.ends > facts.now and not _erased(facts, row.person)):
        return Plan(receipt=Staged(row.key, row.stage))
    return Plan(
        changes=[Change("merchant_document", row.key, {"stage": "ended"})],
        asides=[Aside("merchant_document_text", row.key, {"text": ""})], receipt=Staged(row.key, "ended"),
    )  # fmt: skip


def _erased(facts: Facts, person: str) -> bool:
    """Whether no record of this natural person is left that anybody uses."""
    natural = facts.record("people_natural", person)
    rows = facts.records("people_person", words(natural.persons) if natural is not None else [person])
    return not any(row is not None and row.stage == "active" for row in rows)
