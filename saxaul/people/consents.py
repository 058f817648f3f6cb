"""Consents: each use names its purpose, and what was agreed to can be shown to the person in standard fields."""

from __future__ import annotations

from typing import Any

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts


def agreed(facts: Facts, person: str, purpose: str) -> bool:
    """Whether the person's consent to this purpose stands now."""
    row = facts.record("people_consent", f"{person}:{purpose}")
    return row is not None and row.stage == "given"


def must_agree(facts: Facts, person: str, purpose: str) -> None:
    """Refuses `consent.purpose_missing` where nothing covers the purpose; code without a purpose has none either."""
    if not purpose or not agreed(facts, person, purpose):
        raise Refusal("consent.purpose_missing", purpose=purpose or "-")


def exported(row: Any, *, controller: str, text: str) -> dict[str, Any]:
    """The consent as a receipt with the field names of ISO/IEC TS 27560, for its person to keep."""
    events = [{"event_time": times.text(row.given), "event_type": "consent given", "consent_type": "expressed"}]
    if row.stage == "withdrawn":
        events.append({"event_time": times.text(row.since), "event_type": "consent withdrawn"})
    return {
        "schema_version": "ISO-27560-2023", "receipt_id": f"{row.key}:{row.entry}", "pii_principal_id": row.person,
        "pii_controllers": [controller],
        "processing": [{"purpose": row.purpose, "privacy_notice": row.text_version, "purpose_description": text}],
        "events": events, "state": row.stage,
    }  # fmt: skip
