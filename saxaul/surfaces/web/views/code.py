"""The payer's own one-time code."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.views.common import perform, person_page, refused


@person_page("scan", methods=("GET", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """A fresh code; each showing is an act of its own, since a code pays once and for a minute only."""
    answer = perform(request, ports.PAY_SHOW, {}, id=fresh_id())
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("home"))
    left = max(0, (answer.receipt["ends"] - time.time_ns() // 1000) // 1_000_000)
    context = {"code": answer.receipt["code"], "left": left}
    return render(request, "web/parts/own_code.html" if request.htmx else "web/code.html", context)
