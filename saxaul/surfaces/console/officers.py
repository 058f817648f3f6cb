"""Who may open the console: the roles that the book gives the reader's credential, read at every request.

There is no flag in Django's tables. A login's own credential may bear an office; `desk.appoint` gives a further one of
the same person, which is looked for once a minute at most and remembered by its key only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest

OFFICES = frozenset({"officer", "approver", "auditor"})
LOOK_SECONDS = 60  # between two searches for an office of somebody who has none


@dataclass(frozen=True, slots=True)
class Officer:
    """The reader of the console: the credential under which acts are asked, the person, the roles of this moment."""

    credential: str
    person: str
    roles: frozenset[str]


def officer_of(request: HttpRequest) -> Officer | None:
    """The officer behind the request, or None; looked up in the book once a request."""
    if not hasattr(request, "officer"):
        request.officer = _look(request)
    return request.officer


def _look(request: HttpRequest) -> Officer | None:
    if request.person is None:
        return None
    own = _office(request.user.credential)
    if own is None or OFFICES & own.roles:
        return own
    kept = request.session.get("office", "")
    office = _office(kept) if kept else None
    if office is not None and office.person == own.person and OFFICES & office.roles:
        return office
    if time.time() - request.session.get("office_looked", 0) < LOOK_SECONDS:
        return None
    request.session["office_looked"] = int(time.time())
    rows = _credentials().filter(person=own.person, stage="active").exclude(roles="citizen")
    found = [one for row in rows[:20] if OFFICES & (one := _officer(row)).roles]
    request.session["office"] = found[-1].credential if found else ""
    return found[-1] if found else None


def _credentials() -> Any:
    return apps.get_model("people", "Credential").objects.all()


def _office(key: str) -> Officer | None:
    row = _credentials().filter(pk=key, stage="active").first()
    return None if row is None or not row.person else _officer(row)


def _officer(row: Any) -> Officer:
    return Officer(row.key, row.person, frozenset(row.roles.split()))
