"""The wallet, its history and its receipts."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from saxaul.surfaces.web import rooms, wallets
from saxaul.surfaces.web.forms import DaysForm
from saxaul.surfaces.web.port import Receipt, port
from saxaul.surfaces.web.views.common import missing, person_page
from saxaul.surfaces.web.views.public import public

KINDS = ("", "paid", "received", "sent", "bill", "refund", "topup", "cashout")


def start(request: HttpRequest) -> HttpResponse:
    """The wallet of whoever is signed in; to all others the open books."""
    return home(request) if request.person else public(request)


@person_page("home")
def home(request: HttpRequest) -> HttpResponse:
    """Balance, what is left today, pockets, last payments."""
    tiles = rooms.tiles(request, first=True)
    own = request.person.wallets
    wallet = wallets.shown(request)
    context = {
        "home": port().home(request.person.credential, wallet), "tiles": tiles, "shown": wallets.kept(request, wallet),
        "chosen": bool(request.GET.get("wallet")),
        "rows": wallets.rows(own, own) if len(own) > 1 else [],
    }  # fmt: skip
    return render(request, "web/home.html", context)


@person_page("home")
def services(request: HttpRequest) -> HttpResponse:
    """Everything a person can do here besides paying, a tile each."""
    return render(request, "web/services.html", {"tiles": rooms.tiles(request)})


@person_page("history")
def history(request: HttpRequest) -> HttpResponse:
    """All payments, by kind and day; htmx asks for the list alone."""
    kind = request.GET.get("kind", "")
    form = DaysForm(request.GET or None)
    days = form.cleaned_data if form.is_bound and form.is_valid() else {}
    since, until = (day.isoformat() if day else "" for day in (days.get("since"), days.get("until")))
    lines = port().history(
        request.person.credential, kind=kind if kind in KINDS else "", since=since, until=until,
        after=request.GET.get("after", "")[:80],
    )  # fmt: skip
    more = request.GET.copy()
    more["after"] = lines.after
    labels = (_("All"), _("Paid"), _("Received"), _("Sent"), _("Bills"), _("Refunds"), _("Added"), _("Taken out"))
    context = {
        "lines": lines,
        "more": more.urlencode(),
        "kind": kind,
        "kinds": zip(KINDS, labels, strict=True),
        "form": form,
    }
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, "web/parts/lines.html" if part else "web/history.html", context)


@person_page("history")
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    """What became of one payment."""
    found = _receipt(request, id)
    return render(request, "web/receipt.html", {"receipt": found}) if found else missing(request)


@person_page("history")
def receipt_file(request: HttpRequest, id: str) -> HttpResponse:
    """The same as one file that opens anywhere, years later, without us."""
    found = _receipt(request, id)
    if not found:
        return missing(request)
    style = mark_safe(Path(finders.find("web/saxaul.css")).read_text(encoding="utf-8"))  # ours, so safe to inline
    response = render(request, "web/receipt_file.html", {"receipt": found, "style": style})
    response.headers["Content-Disposition"] = f'attachment; filename="saxaul-{found.number}.html"'
    return response


def _receipt(request: HttpRequest, id: str) -> Receipt | None:
    return port().receipt(request.person.credential, id)
