"""Directories: issuers, regions and provinces as dated rows, the same for every programme that asks."""

from __future__ import annotations

from typing import Any

from saxaul.kernel import times
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Facts


def row(facts: Facts, list: str, code: str) -> Any:
    """The row of that list in force at `facts.at`, or None."""
    found = facts.record("people_directory", f"{list}:{code}")
    if found is None or facts.at < found.open_from or (found.until and facts.at >= found.until):
        return None
    return found


def open_issuer(facts: Facts, code: str) -> Any:
    """The issuer; refuses `request.object_missing` when unknown or not yet, or no longer, in force."""
    found = row(facts, "issuer", code)
    if found is None:
        raise Refusal("request.object_missing")
    return found


def open_region(facts: Facts, code: str) -> Any:
    """The region; refuses `wallet.region_closed`, with the day it opens where one is set."""
    found = row(facts, "region", code)
    if found is None:
        later = facts.record("people_directory", f"region:{code}")
        if later is not None and facts.at < later.open_from:
            raise Refusal("wallet.region_closed", start=times.day(later.open_from, facts.zone))
        raise Refusal("wallet.region_closed")
    return found
