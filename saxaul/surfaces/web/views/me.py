"""The reader themselves: PIN, consents, look of the pages."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import PinForm, fresh_id
from saxaul.surfaces.web.middleware import THEMES
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import perform, person_page, posted, refused

YEAR = 365 * 24 * 3600
FRESH_SECONDS = 300  # how long a sign-in by code counts as a proof of the telephone


@person_page("me")
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, and what I can change."""
    return render(request, "web/me.html")


@person_page("me", methods=("GET", "POST"))
def pin(request: HttpRequest) -> HttpResponse:
    """Set or change the PIN; the surface behind the port hashes it, no page keeps it."""
    fresh = _signed_in_just_now(request)
    form = PinForm(posted(request), old=request.person.pin_set and not fresh)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        proofs = {"phone": "yes"} if fresh else {"pin": given.get("old", "")}
        answer = perform(request, ports.DESK_PIN, {"pin": given["pin"]}, id=given["id"], **proofs)
        if answer.problem is None:
            messages.success(request, _("Your PIN is saved."))
            return redirect(_own_page(request, request.GET.get("next", "")) or "me")
        if answer.problem.code != "actor.step_missing":
            return refused(request, answer.problem, origin=reverse("pin"))
        form = PinForm(old=True)
        messages.warning(request, _("The PIN until now was wrong. Nothing was changed."))
    return render(request, "web/pin.html", {"form": form}, status=422 if form.errors else 200)


def _signed_in_just_now(request: HttpRequest) -> bool:
    """Whether the telephone was proved by a code minutes ago: that serves instead of a forgotten PIN."""
    methods = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return any(one["method"] == "code" and time.time() - one["at"] < FRESH_SECONDS for one in methods)


def _own_page(request: HttpRequest, place: str) -> str:
    """The place, if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return place if ours else ""


@person_page("me", methods=("GET", "POST"))
def consents(request: HttpRequest) -> HttpResponse:
    """What may be used about me, each with its own switch."""
    if request.method == "POST":
        wish, act = {"purpose": request.POST.get("purpose", "")[:64]}, ports.DESK_WITHDRAW
        if request.POST.get("given") == "yes":
            act, wish["version"] = ports.DESK_GIVE, ports.CONSENT_VERSION
        answer = perform(request, act, wish, id=request.POST.get("id") or fresh_id())
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("consents")
    offered = port().consents(request.person.credential)
    return render(request, "web/consents.html", {"consents": [(one, fresh_id()) for one in offered]})


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Language, size and colours of the pages: cookies of this device, and the person's record when signed in."""
    wish = request.POST
    response = redirect(_own_page(request, wish.get("next", "")) or "/")
    language = wish.get("language", "")
    chosen = {
        settings.LANGUAGE_COOKIE_NAME: language if language in dict(settings.LANGUAGES) else "",
        "elder": wish.get("elder") if wish.get("elder") in ("yes", "no") else "",
        "theme": wish.get("theme") if wish.get("theme") in THEMES else "",
    }
    for name, value in chosen.items():
        if value:
            response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    if request.person and language in dict(settings.LANGUAGES) and chosen["elder"]:
        ask = {"language": language.partition("-")[0], "elder": chosen["elder"] == "yes"}
        perform(request, ports.DESK_PREFER, ask, id=fresh_id())
    return response
