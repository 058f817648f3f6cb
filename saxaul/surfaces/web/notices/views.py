"""The page of notices. Opening it is what makes them read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from saxaul.surfaces.web.notices import SEEN, reading
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import person_page


@person_page("home")
def notices(request: HttpRequest) -> HttpResponse:
    """What the reader should hear, newest first, day by day."""
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 2**62
    seen = request.session.get(SEEN)
    found = reading.page(port().book, request.person.credential, seen, before=before)
    if found.newest > (seen or 0):
        request.session[SEEN] = found.newest
    return render(request, "notices/notices.html", {"found": found})
