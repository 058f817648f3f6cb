"""What every page knows about its reader: who, in which language, how large, in which colours.

The look of a page lives in cookies of the device, so that it holds before sign-in too; the credential lives in the
login and is looked up once a request, so a withdrawn one ends at the next page.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from saxaul.surfaces.web.port import Person, port

THEMES = ("auto", "light", "dark")


@dataclass(slots=True)
class Page:
    """What templates may ask of the frame around them."""

    language: str
    elder: bool
    theme: str
    path: str
    now: int
    languages: list[tuple[str, str]]
    person: Person | None
    tab: str = ""
    messages: Any = field(default_factory=list)


class ReaderMiddleware:
    """Sets `request.person` and tells nobody else's cache to keep a page."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        credential = getattr(request.user, "credential", "")
        request.person = port().person(credential) if credential else None
        if credential and request.person is None:  # ended from elsewhere: this device has to prove the phone again
            logout(request)
        response = self.answer(request)
        if request.person:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor behind `page` in every template; `csp_nonce` has the name Django 6 gives it."""
    theme = request.COOKIES.get("theme", "auto")
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "page": Page(
            language=translation.get_language() or "en",
            elder=request.COOKIES.get("elder") == "yes",
            theme=theme if theme in THEMES else "auto",
            path=request.path,
            now=time.time_ns() // 1000,
            languages=list(settings.LANGUAGES),
            person=getattr(request, "person", None),
            tab=getattr(request, "tab", ""),
            messages=messages.get_messages(request),
        ),
    }
