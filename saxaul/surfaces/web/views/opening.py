"""A first wallet, and e-CNY on it by telephone and real name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel import ids
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web import wallets
from saxaul.surfaces.web.forms import IdentityForm, WalletForm
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import perform, person_page, posted, refused


@person_page("me", methods=("GET", "POST"))
def open_wallet(request: HttpRequest) -> HttpResponse:
    """Who keeps it and where one lives; the telephone was proved already."""
    form = WalletForm(posted(request), issuers=port().lists("issuer"), regions=port().lists("region"))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        wish = {"issuer": given["issuer"], "region": given["region"]}
        answer = perform(request, ports.DESK_WALLET, wish, id=given["id"])
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("home")
    return render(request, "web/open.html", {"form": form}, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def activate(request: HttpRequest) -> HttpResponse:
    """Telephone and real name are compared by one act, which counts the try; the second answers what was found."""
    rest = [one for one in request.person.wallets if not one.activated]  # the others need no name any more
    choice = wallets.choice(request, rest)
    form = IdentityForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        wallet = choice.at(given.get("wallet", "")) or request.person.wallet
        wish = {"wallet": wallet, "phone": given["phone"], "name": given["name"]}
        answer = perform(request, ports.DESK_TRY, wish, id=given["id"])
        if answer.problem is None:
            second = ids.derived(ids.instant(given["id"]), f"{ports.DESK_ACTIVATE}:{given['id']}")
            answer = perform(request, ports.DESK_ACTIVATE, {"wallet": wallet}, id=second)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("activate"))
        messages.success(request, _("Digital yuan is switched on."))
        return redirect("home")
    return render(request, "web/activate.html", {"form": form}, status=422 if form.errors else 200)
