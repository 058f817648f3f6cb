"""Pages for everybody: open books, help, and the few files a browser asks for."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles import finders
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from saxaul.kernel.amounts import Amount
from saxaul.surfaces.web import formats, topics
from saxaul.surfaces.web.figures import Figure
from saxaul.surfaces.web.forms import SearchForm
from saxaul.surfaces.web.port import Text, port
from saxaul.surfaces.web.views.common import language


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Figures with their queries, and the signed heads of the journal."""
    found = port().public(language=language())
    return render(request, "web/public.html", {"public": found, "figures": [_shown(one) for one in found.figures]})


def _shown(figure: Figure) -> dict[str, Any]:
    """A figure ready to set; an unmeasured one stays without a number."""
    value = figure.value
    if value is None:
        text = ""
    else:
        text = formats.shown(value).text if isinstance(value, Amount) else formats.number(value)
    rows = [(label, count, formats.number(count)) for label, count in figure.series]
    return {
        "title": figure.title.replace("e-CNY", "e\u2011CNY"),
        "shown": text,
        "rows": rows,
        "query": figure.query,
        "hash": figure.hash,
    }


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Answers to what people ask, found by any of their words."""
    form = SearchForm(request.GET or None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    context = {"form": form, "topics": topics.find(words)}
    return render(request, "web/parts/found.html" if request.htmx else "web/help.html", context)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows without a connection."""
    request.person = None
    return render(request, "web/offline.html")


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the pages."""
    icon = {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}
    about = {
        "name": _("Saxaul city wallet"), "short_name": "Saxaul", "start_url": "/", "scope": "/",
        "display": "standalone",
        "background_color": "#f5f4ef", "theme_color": "#14694a", "icons": [icon],
        "shortcuts": [{"name": _("Scan and pay"), "url": "/scan"}, {"name": _("My code"), "url": "/code"}],
    }  # fmt: skip
    return JsonResponse(about, content_type="application/manifest+json")


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker; served from the root, since its place decides what it may see."""
    return FileResponse(open(finders.find("web/sw.js"), "rb"), content_type="text/javascript")


def no_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address that leads nowhere."""
    return _plainly(request, _("There is no such page"), _("Nothing was paid or changed by coming here."), status=404)


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was opened too long ago, or on another page than ours: it did nothing."""
    return _plainly(
        request, _("Start once more"), _("This page had waited too long. Nothing was paid by it."), status=403
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault. What became of a payment is not known here, so the page does not guess."""
    text = _("Something broke on our side. If you were paying, look into the history: what stands there is paid.")
    request.person = None  # whatever broke may break again while the frame is drawn
    return _plainly(request, _("This did not work"), text, status=500)


def _plainly(request: HttpRequest, title: str, what: str, *, status: int) -> HttpResponse:
    step = (
        {"href": reverse("history"), "label": _("History")}
        if status == 500
        else {"href": "/", "label": _("To my wallet")}
    )
    context = {"text": Text(title, "", what), "step": step, "tone": "warn", "picture": "alert"}
    return render(request, "web/refusal.html", context, status=status)
