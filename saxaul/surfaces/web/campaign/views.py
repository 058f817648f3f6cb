"""The red packet assistant: every step from sign-up to spending in one place, and the draw open to everybody."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from saxaul.surfaces.web import formats
from saxaul.surfaces.web.campaign import reading
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import merchant_page, missing, perform, person_page, refused

SIGN_UP, CLAIM = "campaign.sign_up", "campaign.claim"
SCRIPT = Path(__file__).parents[4] / "tools" / "verify_draw.py"


def _book() -> Any:
    return port().book


@person_page("home")
def packets(request: HttpRequest) -> HttpResponse:
    """All rounds, with the reader's own result beside each."""
    credential = request.person.credential
    context = {"rounds": reading.rounds(_book(), credential), "sponsored": reading.sponsored(_book(), credential)}
    return render(request, "campaign/packets.html", context)


@person_page("home", methods=("GET", "POST"))
def packet(request: HttpRequest, key: str) -> HttpResponse:
    """One round: what it gives, where the reader stands, and the one next step."""
    found = reading.one(_book(), request.person.credential, key)
    if found is None:
        return missing(request)
    if request.method == "POST":
        return _step(request, key)
    wallets = reading.wallets(_book(), request.person.credential)
    row = _book().record("campaign_campaign", key)
    context = {
        "round": found, "where": reading.where(_book(), key), "wallets": wallets, "id": fresh_id(),
        "moves": reading.moves(_book(), request.person.credential, key) if found.left is not None else [],
        "report": reading.may_report(_book(), request.person.credential, row),
    }  # fmt: skip
    return render(request, "campaign/packet.html", context)


def _step(request: HttpRequest, key: str) -> HttpResponse:
    """Sign up or claim, once, however often the page is sent."""
    act, wish = CLAIM, {"campaign": key}
    if request.POST.get("do") == "sign_up":
        act, wish = SIGN_UP, {"campaign": key, "wallet": request.POST.get("wallet", "")[:32]}
    answer = perform(request, act, wish, id=request.POST.get("id") or fresh_id())
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    said = _("You are signed up.") if act == SIGN_UP else _("The packet is in your wallet.")
    messages.success(request, said)
    return redirect("packet", key)


@require_safe
def drawing(request: HttpRequest, key: str) -> HttpResponse:
    """The draw with everything that was published of it; anybody may read it."""
    found = reading.drawing(_book(), key)
    if found is None:
        return missing(request)
    mine = reading.one(_book(), request.person.credential, key) if request.person else None
    words = {
        "root": (_("Sign-up ends: the list of tickets gets its root"), ""),
        "operator_commitment": (_("The operator is bound to a secret"), ""),
        "witness_commitment": (_("The witness is bound to a secret"), ""),
        "beacon": (_("A number nobody could know falls"), found.row.beacon_name),
        "operator_secret": (_("The operator tells the secret"), ""),
        "witness_secret": (_("The witness tells the secret"), ""),
        "seed": (_("Root, secrets and number give the seed"), ""),
    }
    steps = [{"title": words[name][0], "more": words[name][1], "value": value, "done": done}
             for name, value, done in found.steps]  # fmt: skip
    context = {"draw": found, "steps": steps, "mine": mine, "back": reverse("packet", args=[key])}
    return render(request, "campaign/draw.html", context)


@require_safe
def published(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One published file, as it is checked."""
    text = reading.file(_book(), key, name)
    if text is None:
        return missing(request)
    return _download(text, f"{key}-{name}", "text/plain")


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The stand-alone script that checks a draw."""
    return _download(_script(), SCRIPT.name, "text/x-python")


@lru_cache(maxsize=1)
def _script() -> str:
    return SCRIPT.read_text("utf-8")


def _download(text: str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@person_page("home")
def sponsor(request: HttpRequest, key: str) -> HttpResponse:
    """The sponsor's cockpit: what was given, what is outstanding, and where it was spent."""
    found = _reported(request, key)
    if found is None:
        return missing(request)
    days = [(formats.short_day(day), kept, formats.shown(reading.yuan(kept)).text) for day, kept in found.days[-31:]]
    return render(request, "campaign/report.html", {"report": found, "days": days})


@person_page("home")
def sponsor_file(request: HttpRequest, key: str) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    if _reported(request, key) is None:
        return missing(request)
    return _download(reading.csv(_book(), key), f"{key}.csv", "text/csv")


def _reported(request: HttpRequest, key: str) -> reading.Report | None:
    """The report, for whoever may read it; unknown for everybody else."""
    row = _book().record("campaign_campaign", key)
    if row is None or not reading.may_report(_book(), request.person.credential, row):
        return None
    return reading.reported(_book(), key)


@merchant_page()
def taken(request: HttpRequest) -> HttpResponse:
    """What the shop took in packets, by round and day."""
    found = reading.taken(_book(), request.shop.id)
    return render(request, "campaign/taken.html", {"days": found, "shop": request.shop})
