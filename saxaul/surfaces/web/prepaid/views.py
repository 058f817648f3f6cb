"""The guardian's pages: what was paid, used and is left; sign, pay, show a code, get the rest back, dispute."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from saxaul.programmes.prepaid.common import token_key
from saxaul.surfaces.web import drafts, formats
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.prepaid import reading
from saxaul.surfaces.web.prepaid.forms import CardForm, DisputeForm
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused

DIGITS = 12


@person_page("home")
def contracts(request: HttpRequest) -> HttpResponse:
    """All contracts of the reader, those that wait for something first; the ways in for schools and the district."""
    book, credential = port().book, request.person.credential
    found = reading.own(book, credential)
    context = {
        "waiting": [one for one in found if one.unfunded], "running": [one for one in found if one.running],
        "over": [one for one in found if not one.unfunded and not one.running],
        "school": reading.is_school(book, port().merchant(credential)), "office": reading.is_office(book, credential),
    }  # fmt: skip
    return render(request, "prepaid/contracts.html", context)


@person_page("home", methods=("GET", "POST"))
def contract(request: HttpRequest, id: str) -> HttpResponse:
    """One contract; its forms sign it, lead to paying it, or register the pupil's card."""
    found = reading.contract(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    wish = request.POST.get("do", "")
    if wish == "pay":
        return redirect("confirm", drafts.keep(request, "prepaid.fund", {"contract": id}, origin=request.path))
    asks = {
        "sign": ("prepaid.sign", {"contract": id, "text": found.contract.text}),
        "withdraw": ("prepaid.withdraw", {"contract": id}),
    }  # fmt: skip
    card = CardForm(posted(request) if wish == "card" else None)
    if wish == "card" and card.is_valid():
        asks["card"] = ("prepaid.set_card", {"contract": id, "card": token_key(card.cleaned_data["card"])})
    if wish in asks:
        act, ask = asks[wish]
        answer = perform(request, act, ask, id=request.POST.get("id") or fresh_id())
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)
    context = {"whole": found, "one": found.contract, "id": fresh_id(), "card_form": card}
    return render(request, "prepaid/contract.html", context, status=422 if card.errors else 200)


@person_page("home", methods=("GET", "POST"))
def code(request: HttpRequest, id: str) -> HttpResponse:
    """Digits for the next lesson, for the school's device; the same page sent again shows the same ones."""
    found = reading.contract(port().book, request.person.credential, id)
    if found is None or request.method != "POST":
        return redirect("prepaid_contract", id) if found else missing(request)
    act = request.POST.get("id") or fresh_id()
    digits = str(int.from_bytes(salted_hmac("saxaul check-in", act).digest()[:8]) % 10**DIGITS).zfill(DIGITS)
    ask = {"contract": id, "token": token_key(digits)}
    answer = perform(request, "prepaid.show_token", ask, id=act)
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("prepaid_contract", args=[id]))
    context = {"one": found.contract, "code": digits, "lesson": answer.receipt["lesson"], "id": fresh_id()}
    return render(request, "prepaid/code.html", context)


@person_page("home")
def given(request: HttpRequest, id: str, lesson: int) -> HttpResponse:
    """What the page that shows digits hears every few seconds: nothing yet, or back to the contract."""
    found = reading.contract(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    if lesson in found.free:
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Redirect": reverse("prepaid_contract", args=[id])})


@person_page("home", methods=("GET", "POST"))
def back(request: HttpRequest, id: str) -> HttpResponse:
    """What would come back and where to; then it does. If a lesson was given since it was shown, nothing moves."""
    found = reading.contract(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    if request.method == "POST":
        ask = {"contract": id, "amount": request.POST.get("amount", "")[:32]}
        answer = perform(request, "prepaid.refund", ask, id=request.POST.get("id") or fresh_id())
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        messages.success(request, _("The money is back. The school keeps what it earned."))
        return redirect("prepaid_contract", id)
    if not found.free:
        return redirect("prepaid_contract", id)
    return render(request, "prepaid/back.html", {"whole": found, "one": found.contract, "id": fresh_id()})


@person_page("home", methods=("GET", "POST"))
def dispute(request: HttpRequest, id: str) -> HttpResponse:
    """A lesson about which school and guardian do not agree: its money waits for a ruling."""
    found = reading.contract(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    form = DisputeForm(posted(request), numbers=found.free)
    if form.is_bound and form.is_valid():
        ask = {"contract": id, "lesson": int(form.cleaned_data["lesson"])}
        answer = perform(request, "prepaid.dispute", ask, id=form.cleaned_data["id"])
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        until = formats.day(answer.receipt["until"][:10])
        messages.success(request, _("The money of this lesson waits until %(day)s at the latest.") % {"day": until})
        return redirect("prepaid_contract", id)
    context = {"form": form, "one": found.contract, "whole": found}
    return render(request, "prepaid/dispute.html", context, status=422 if form.errors else 200)
