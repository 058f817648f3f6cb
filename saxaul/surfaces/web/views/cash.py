"""Money in and out by the bank: nothing moves before the bank says so, and the pages say that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import ECNY
from saxaul.surfaces.web import drafts, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import AccountForm, AmountForm
from saxaul.surfaces.web.views.common import perform, person_page, posted, refused


@person_page("home", methods=("GET", "POST"))
def top_up(request: HttpRequest) -> HttpResponse:
    """How much to fetch from one's own bank account."""
    return _move(request, ports.CASH_IN, _("Add money"), _("From your own bank account. It costs nothing."))


@person_page("home", methods=("GET", "POST"))
def cash_out(request: HttpRequest) -> HttpResponse:
    """How much to take out to one's own bank account."""
    return _move(request, ports.CASH_OUT, _("Take money out"), _("To your own bank account. It costs nothing."))


def _move(request: HttpRequest, act: str, title: str, text: str) -> HttpResponse:
    if not request.person.linked:
        return redirect(f"{reverse('bank')}?next={request.path}")
    choice = wallets.choice(request)
    form = AmountForm(posted(request), wallets=choice, into=act == ports.CASH_IN)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        ask = {"amount": str(Amount(ECNY, given["amount"].units)), **choice.named(given.get("wallet", ""))}
        return redirect("confirm", drafts.keep(request, act, ask, origin=request.path))
    context = {"form": form, "title": title, "text": text, "back": reverse("home")}
    return render(request, "web/money.html", context, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def bank(request: HttpRequest) -> HttpResponse:
    """Whose account money comes from and goes to; its number is kept sealed."""
    form = AccountForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        wish = {"bank": given["bank"], "bank_account": given["bank_account"]}
        answer = perform(request, ports.CASH_LINK, wish, id=given["id"])
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        messages.success(request, _("Your bank account is saved."))
        return redirect("cash_out" if request.GET.get("next") == reverse("cash_out") else "top_up")
    return render(request, "web/bank.html", {"form": form}, status=422 if form.errors else 200)
