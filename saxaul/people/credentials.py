"""Who acts: the actor behind a credential row. Roles are words in the book; pages' logins know nothing of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from saxaul.ledger.facts import Actor

ROLES = (
    "citizen", "cashier", "manager", "biller", "officer", "approver", "auditor", "service", "system", "anyone",
)  # fmt: skip

ANYONE = Actor(roles=frozenset({"anyone"}))


@lru_cache(maxsize=1024)
def _roles(words: str) -> frozenset[str]:
    return frozenset(words.split())


def actor_of(row: Any) -> Actor:
    """The actor of an active credential."""
    return Actor(
        person=row.person, organisation=row.organisation, roles=_roles(row.roles), credential=row.key,
        shop=row.shop, terminal=row.terminal,
    )  # fmt: skip
