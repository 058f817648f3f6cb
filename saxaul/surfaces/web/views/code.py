"""The payer's own one-time code."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web import wallets
from saxaul.surfaces.web.forms import PayForm, fresh_id
from saxaul.surfaces.web.port import Shown, port
from saxaul.surfaces.web.views.common import perform, person_page, refused


@person_page("scan", methods=("GET", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """A fresh code; each showing is an act of its own, since a code pays once and for a minute only."""
    told = port().shown(request.person.credential, request.GET["code"]) if request.GET.get("code") else None
    if told is not None:
        return _told(told)
    choice = wallets.choice(request)
    place = request.POST.get("wallet", "")
    ask = choice.named(place)
    answer = perform(request, ports.PAY_SHOW, ask, id=fresh_id())
    wallet = ask.get("wallet", "")
    if answer.problem:
        rows = wallets.others(request, wallet)
        others = {"action": request.path, "rows": rows} if rows else None
        return refused(request, answer.problem, origin=reverse("home"), about=wallet, others=others)
    if place:
        wallets.remember(request, wallet)
    left = max(0, (answer.receipt["ends"] - time.time_ns() // 1000) // 1_000_000)
    choice = choice.set_to(wallet)
    context = {
        "code": answer.receipt["code"], "left": left, "own": wallets.kept(request, wallet), "place": choice.place,
        "other": PayForm(wallets=choice) if choice.rows else None,
    }  # fmt: skip
    return render(request, "web/parts/own_code.html" if request.htmx else "web/code.html", context)


def _told(shown: Shown) -> HttpResponse:
    """What the page that shows a code hears every few seconds: nothing yet, or where to go now."""
    if shown.stage == "open":
        return HttpResponse(status=204)
    place = reverse("receipt", args=[shown.receipt]) if shown.receipt else reverse("answer", args=[shown.order])
    return HttpResponse(headers={"HX-Redirect": place})
