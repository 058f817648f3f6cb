"""Vouchers: what can be taken, what one has, what a purchase becomes with it, and what a campaign came to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel.refusal import Refusal
from saxaul.surfaces.web import drafts
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.engine_port import problem
from saxaul.surfaces.web.forms import CODE_LENGTH_MAX, NEEDED, ActForm, MoneyField, fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import merchant_page, missing, perform, person_page, posted, refused
from saxaul.surfaces.web.voucher import reading

CLAIM, RESERVE, RELEASE = "voucher.claim", "voucher.reserve", "voucher.release"
APPLY, EXCHANGE = "voucher.apply", "voucher.exchange"
STEER = {"pause": "voucher.pause", "resume": "voucher.resume", "stop": "voucher.stop"}


class UseForm(ActForm):
    """The code of the shop, and the price where one is needed and the code may not state it."""

    def __init__(self, *args: Any, price: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code of the shop"), max_length=CODE_LENGTH_MAX, error_messages=NEEDED,
            help_text=_("Below the square code at the till or on the wall."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        )  # fmt: skip
        if price:
            self.fields["amount"] = MoneyField(label=_("Price"), required=False)


@person_page("home")
def vouchers(request: HttpRequest) -> HttpResponse:
    """What I have, and what can be taken."""
    found = sorted(reading.offers(port().book, request.person.credential), key=lambda one: not one.open)
    now = port().book.now()
    context = {
        "mine": [one for one in found if one.has],
        "offers": [(one, fresh_id()) for one in found if one.claim_until > now and one.took < one.per_person],
        "given": bool(reading.offices(port().book, request.person.credential)),
    }  # fmt: skip
    return render(request, "voucher/vouchers.html", context)


@person_page("home", methods=("GET", "POST"))
def voucher(request: HttpRequest, id: str) -> HttpResponse:
    """One campaign: its rules, its stock, and what I can do with it."""
    found = reading.offer(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    if request.method == "POST":
        return _took(request, id)
    context = {
        "offer": found, "details": reading.details(port().book, id), "take": fresh_id(), "keep": fresh_id(),
    }  # fmt: skip
    return render(request, "voucher/voucher.html", context)


def _took(request: HttpRequest, id: str) -> HttpResponse:
    keep = request.POST.get("do") == "keep"
    act = request.POST.get("id") or fresh_id()
    answer = perform(request, RESERVE if keep else CLAIM, {"campaign": id}, id=act)
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("vouchers"))
    if keep:
        return redirect("voucher_kept", id, answer.receipt["reservation"])
    messages.success(request, _("The voucher is yours."))
    return redirect("voucher", id)


@person_page("home", methods=("GET", "POST"))
def kept(request: HttpRequest, id: str, kept: str) -> HttpResponse:
    """A voucher that is kept for a purchase: take it, or let it go."""
    found = reading.offer(port().book, request.person.credential, id)
    ends = reading.kept_until(port().book, kept)
    if found is None:
        return missing(request)
    if request.method == "POST":
        take = request.POST.get("do") == "take"
        ask = {"campaign": id, "reservation": kept} if take else {"reservation": kept}
        answer = perform(request, CLAIM if take else RELEASE, ask, id=request.POST.get("id") or fresh_id())
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("voucher", args=[id]))
        if take:
            messages.success(request, _("The voucher is yours."))
        return redirect("voucher", id)
    context = {"offer": found, "ends": ends, "take": fresh_id(), "leave": fresh_id()}
    return render(request, "voucher/kept.html", context)


@person_page("home", methods=("GET", "POST"))
def use(request: HttpRequest, id: str) -> HttpResponse:
    """A discount is reckoned for a price, a benefit is taken at a shop; both end at the common confirm page."""
    found = reading.offer(port().book, request.person.credential, id)
    if found is None or found.kind not in ("discount", "exchange"):
        return missing(request)
    form = UseForm(posted(request), price=found.kind == "discount")
    if form.is_bound and form.is_valid():
        response = _used(request, found, form)
        if response is not None:
            return response
    return render(request, "voucher/use.html", {"offer": found, "form": form}, status=422 if form.errors else 200)


def _used(request: HttpRequest, found: reading.Offer, form: UseForm) -> HttpResponse | None:
    """On to the confirm page; None where a field is missing, a refusal where the shop or the price does not fit."""
    try:
        till = reading.till(port().book, form.cleaned_data["code"].strip())
    except Refusal as refusal:
        return refused(request, problem(refusal), origin=request.path)
    if found.kind == "exchange":
        ask = {"campaign": found.id, "merchant": till.merchant}
        return redirect("confirm", drafts.keep(request, EXCHANGE, ask, origin=request.path))
    price = till.price or form.cleaned_data["amount"]
    if price is None:
        form.add_error("amount", _("This code states no price. Write it here."))
        return None
    wish = {"campaign": found.id, "merchant": till.merchant, "price": str(price)}
    answer = perform(request, APPLY, wish, id=form.cleaned_data["id"])
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    ask = till.ask if till.price else {**till.ask, "amount": str(price)}
    ask = {"wallet": request.person.wallet, **ask}  # the discount was reckoned for the first wallet
    return redirect("confirm", drafts.keep(request, ports.PAY_SCAN, ask, origin=reverse("voucher", args=[found.id])))


@person_page("me")
def given(request: HttpRequest) -> HttpResponse:
    """Campaigns of the organisations the reader works for."""
    return render(request, "voucher/given.html", {"runs": reading.runs(port().book, request.person.credential)})


@person_page("me", methods=("GET", "POST"))
def run(request: HttpRequest, id: str) -> HttpResponse:
    """One of them: where it stands to the fen, which shops it reached; pause, go on, stop."""
    found = reading.run(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    act = STEER.get(request.POST.get("do", ""))
    if request.method == "POST" and act:
        id_ = request.POST.get("id") or fresh_id()
        answer = perform(request, act, {"campaign": id}, id=id_, credential=found.credential)
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("voucher_run", id)
    return render(request, "voucher/run.html", {"run": found, "id": fresh_id()})


@merchant_page()
def counter(request: HttpRequest) -> HttpResponse:
    """Payments with vouchers at the own shop."""
    return render(request, "voucher/counter.html", {"rows": reading.at_counter(port().book, request.shop.id)})
