"""Money asked of others, one person or a split bill."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import ECNY
from saxaul.surfaces.web import drafts, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import AskForm, fresh_id
from saxaul.surfaces.web.port import Problem, port
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused


@person_page("home", methods=("GET", "POST"))
def ask(request: HttpRequest) -> HttpResponse:
    """A new request, and those still open."""
    choice = wallets.choice(request)
    form = AskForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        payers = _payers(request, form)
        if isinstance(payers, Problem):
            return refused(request, payers, origin=reverse("ask"))
        if not form.errors:
            given = form.cleaned_data
            wish = {
                "payers": payers,
                "amount": str(Amount(ECNY, given["amount"].units)),
                "mine": given["split"] == "mine",
                **choice.named(given.get("wallet", "")),
            }
            answer = perform(request, ports.PAY_REQUEST, wish, id=given["id"])
            if answer.problem:
                return refused(request, answer.problem, origin=reverse("ask"))
            return redirect("asked", answer.receipt["bill"])
    waiting = [one for one in port().requests(request.person.credential) if one.stage == "asked"]
    context = {"form": form, "requests": waiting}
    return render(request, "web/ask.html", context, status=422 if form.errors else 200)


def _payers(request: HttpRequest, form: AskForm) -> list[str] | Problem:
    """Ids behind the numbers; an unknown number is said beside the field, a limit of pace ends the search."""
    payers = []
    for phone in form.cleaned_data["phones"]:
        found = port().payee(request.person.credential, phone)
        if isinstance(found, Problem) and found.sort != "missing":
            return found
        if isinstance(found, Problem):
            form.add_error("phones", _("Nobody with a wallet has the number %(phone)s.") % {"phone": phone})
        else:
            payers.append(found.person)
    return payers


@person_page("home", methods=("GET", "POST"))
def asked(request: HttpRequest, id: str) -> HttpResponse:
    """One request: who has paid, for the asker; pay or leave it, for the asked."""
    found = port().request(request.person.credential, id)
    if found is None:
        return missing(request)
    if request.method == "POST" and request.POST.get("do") == "pay" and found.owed:
        return redirect(
            "confirm", drafts.keep(request, ports.PAY_ANSWER, {"request": id, "pay": True}, origin=request.path)
        )
    if request.method == "POST" and request.POST.get("do") == "cancel" and found.mine:
        for share in found.shares:
            if share.stage == "asked":
                answer = perform(request, ports.PAY_CANCEL, {"request": share.id}, id=fresh_id())
                if answer.problem:
                    return refused(request, answer.problem, origin=request.path)
        return redirect("ask")
    return render(request, "web/asked.html", {"asked": found})
