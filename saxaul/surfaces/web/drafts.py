"""An act between being prepared and being confirmed: kept in the session under the id it will be performed with.

So the address of a confirm page holds an id and nothing else (no code, no amount, no note), a reload shows the same
act, and sending it twice is the same act twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from saxaul.surfaces.web import wallets
from saxaul.surfaces.web.forms import fresh_id

DRAFTS_MAX = 8  # a person has a few pages open, not hundreds; the oldest are forgotten


@dataclass(frozen=True, slots=True)
class Draft:
    """What will be performed, and the page to go back to."""

    id: str
    act: str
    ask: Mapping[str, Any]
    origin: str


def keep(request: HttpRequest, act: str, ask: Mapping[str, Any], *, origin: str) -> str:
    """The id under which the act now waits to be confirmed; of several wallets it names one, which can be changed."""
    drafts = request.session.get("drafts", {})
    if act in wallets.FROM_WALLET and len(request.person.wallets) > 1:
        ask = {"wallet": wallets.default(request), **ask}
    id = fresh_id()
    drafts[id] = {"act": act, "ask": dict(ask), "origin": origin}
    request.session["drafts"] = dict(sorted(drafts.items())[-DRAFTS_MAX:])
    return id


def find(request: HttpRequest, id: str) -> Draft | None:
    """The draft, or None when the session ended or forgot it."""
    kept = request.session.get("drafts", {}).get(id)
    return Draft(id, **kept) if kept else None


def renew(request: HttpRequest, draft: Draft) -> str:
    """The same act under a new id: a refusal was remembered under the old one."""
    drop(request, draft.id)
    return keep(request, draft.act, draft.ask, origin=draft.origin)


def drop(request: HttpRequest, id: str) -> None:
    """Forget it; done, or given up."""
    drafts = request.session.get("drafts", {})
    drafts.pop(id, None)
    request.session["drafts"] = drafts
