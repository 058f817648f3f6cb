"""The school's counter and the district's page: lessons checked in, contracts drawn up, totals by school."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.port import Problem, port
from saxaul.surfaces.web.prepaid import reading
from saxaul.surfaces.web.prepaid.forms import CardForm, CheckInForm, DraftForm
from saxaul.surfaces.web.views.common import View, merchant_page, missing, perform, person_page, posted, refused


def school_page(*, methods: tuple[str, ...] = ("GET",)) -> Any:
    """Opens a view to people at the counter of a school that stands on the district's list."""

    def wrap(view: View) -> View:
        @merchant_page(methods=methods)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not reading.is_school(port().book, request.shop):
                return missing(request)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


@school_page(methods=("GET", "POST"))
def school(request: HttpRequest) -> HttpResponse:
    """A lesson is checked in with what the guardian's phone shows; below stand the school's own contracts."""
    form = CheckInForm(posted(request))
    if form.is_bound and form.is_valid():
        ask = {"code": form.cleaned_data["code"].replace(" ", "")[:64]}
        return _checked_in(request, ask, form.cleaned_data["id"])
    found = reading.of_shop(port().book, request.shop)
    context = {
        "form": form, "school": request.shop, "waiting": [one for one in found if one.unfunded],
        "running": [one for one in found if one.running],
        "over": [one for one in found if not one.unfunded and not one.running],
    }  # fmt: skip
    return render(request, "prepaid/school.html", context, status=422 if form.errors else 200)


def _checked_in(request: HttpRequest, ask: dict[str, Any], id: str) -> HttpResponse:
    answer = perform(request, "prepaid.check_in", ask, id=id, credential=request.shop.credential)
    if answer.problem:
        return refused(request, answer.problem, origin=request.path, own=False)
    given = answer.receipt
    found = reading.shops(port().book, request.shop, given["contract"])
    return render(request, "prepaid/checked_in.html", {"given": given, "one": found.contract if found else None})


@school_page(methods=("GET", "POST"))
def contract(request: HttpRequest, id: str) -> HttpResponse:
    """One contract of the school: sign or withdraw it, check a lesson in with the pupil's card, give back the rest."""
    found = reading.shops(port().book, request.shop, id)
    if found is None:
        return missing(request)
    wish = request.POST.get("do", "")
    card = CardForm(posted(request) if wish == "card" else None)
    if wish == "card" and card.is_valid():
        return _checked_in(request, {"code": card.cleaned_data["card"], "contract": id}, card.cleaned_data["id"])
    asks = {
        "sign": ("prepaid.sign", {"contract": id, "text": found.contract.text}),
        "withdraw": ("prepaid.withdraw", {"contract": id}), "back": ("prepaid.refund", {"contract": id}),
    }  # fmt: skip
    if wish in asks:
        act, ask = asks[wish]
        answer = perform(
            request, act, ask, id=request.POST.get("id") or fresh_id(), credential=request.shop.credential
        )  # fmt: skip
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)
    context = {"whole": found, "one": found.contract, "school": request.shop, "id": fresh_id(), "card_form": card}
    return render(request, "prepaid/own.html", context, status=422 if card.errors else 200)


@school_page()
def kinds(request: HttpRequest) -> HttpResponse:
    """Which kind of contract."""
    return render(request, "prepaid/kinds.html", {"kinds": reading.kinds(port().book, request.shop)})


@school_page(methods=("GET", "POST"))
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new contract of this kind; the school signs it at once, the guardian is asked to."""
    chosen = next((one for one in reading.kinds(port().book, request.shop) if one.code == kind), None)
    if chosen is None:
        return missing(request)
    form = DraftForm(posted(request), kind=chosen, initial={"body": chosen.text})
    if form.is_bound and form.is_valid():
        payee = port().payee(request.person.credential, form.cleaned_data["phone"])
        if not isinstance(payee, Problem):
            return _drawn_up(request, chosen, form, payee.id)
        if payee.sort != "missing":
            return refused(request, payee, origin=request.path)
        form.add_error("phone", _("Nobody with a wallet has this number."))
    return render(request, "prepaid/new.html", {"form": form, "kind": chosen}, status=422 if form.errors else 200)


def _drawn_up(request: HttpRequest, kind: reading.Kind, form: DraftForm, wallet: str) -> HttpResponse:
    given = form.cleaned_data
    ask = {
        "template": kind.code, "wallet": wallet, "lessons": given["lessons"], "price": str(given["price"]),
        "last_day": given["last_day"].isoformat(), "body": given["body"], "pupil": given["pupil"],
    }  # fmt: skip
    made = perform(request, "prepaid.draft", ask, id=given["id"], credential=request.shop.credential)
    if made.problem:
        return refused(request, made.problem, origin=request.path)
    return redirect("prepaid_own", made.receipt["contract"])


@person_page("me")
def district(request: HttpRequest) -> HttpResponse:
    """Totals by school and what has been quiet for long, for people of the district's office."""
    book = port().book
    if not reading.is_office(book, request.person.credential):
        return missing(request)
    known = dict(reading.districts(book))
    code = request.GET.get("district", "")
    code = code if code in known else next(iter(known), "")
    found = reading.district(book, code, known.get(code, ""))
    context = {"found": found, "districts": known.items(), "bars": reading.bars(found), "here": reverse("prepaid")}
    return render(request, "prepaid/district.html", context)
