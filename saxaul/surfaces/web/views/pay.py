"""Scan, type or send; then one confirm page for every act that moves money."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel.refusal import SORTS
from saxaul.surfaces.web import drafts, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import PICTURE_BYTES_MAX, AmountForm, CodeForm, ConfirmForm, PayForm, PhoneForm, fresh_id
from saxaul.surfaces.web.pictures import read_picture
from saxaul.surfaces.web.port import Answer, Problem, Quote, Text, port
from saxaul.surfaces.web.views.common import AGAIN, language, lost_draft, missing, perform, person_page, posted, refused

STEP, SURE = "actor.step_missing", "care.confirmation_missing"  # the two refusals that a confirm page answers itself


@person_page("scan", methods=("GET", "POST"))
def scan(request: HttpRequest) -> HttpResponse:
    """A code by camera, by hand or from a picture; what it asks for is shown next, nothing is paid here."""
    form = CodeForm(posted(request))
    text = ""
    if request.method == "POST" and "picture" in request.FILES:
        picture = request.FILES["picture"]
        text = read_picture(picture.read()) if picture.size <= PICTURE_BYTES_MAX else ""
        if not text:
            form.add_error("code", _("No code was found in this picture. Type the code, or take the picture again."))
    elif form.is_bound and form.is_valid():
        text = form.cleaned_data["code"]
    if not text:
        return render(request, "web/scan.html", {"form": form}, status=422 if form.errors else 200)
    found = port().read_code(request.person.credential, text.strip())
    if isinstance(found, Problem):
        return refused(request, found, origin=reverse("scan"))
    if found.amount is not None:
        return redirect("confirm", drafts.keep(request, found.act, found.ask, origin=reverse("scan")))
    return redirect("scanned", drafts.keep(request, found.act, found.ask, origin=reverse("scan")))


@person_page("scan", methods=("POST",))
def frame(request: HttpRequest) -> HttpResponse:
    """One picture of the camera, read for browsers that cannot read codes themselves; 204 when there is none."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > PICTURE_BYTES_MAX:
        return HttpResponse(status=413)
    text = read_picture(request.body)
    return (
        HttpResponse(json.dumps({"code": text}), content_type="application/json") if text else HttpResponse(status=204)
    )


@person_page("scan", methods=("GET", "POST"))
def scanned(request: HttpRequest, id: str) -> HttpResponse:
    """The amount for a code that names none."""
    draft = drafts.find(request, id)
    if draft is None:
        return lost_draft(request)
    found = port().read_code(request.person.credential, draft.ask.get("code", ""))
    if isinstance(found, Problem):
        return refused(request, found, origin=draft.origin)
    choice = wallets.choice(request)
    form = AmountForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        ask = {**found.ask, "amount": str(given["amount"]), **choice.named(given.get("wallet", ""))}
        return redirect("confirm", drafts.keep(request, found.act, ask, origin=request.path))
    context = {
        "form": form, "payee": found.payee, "place": found.place, "signed": found.signed,
        "title": _("How much"), "back": draft.origin,
    }  # fmt: skip
    return render(request, "web/amount.html", context, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def send(request: HttpRequest) -> HttpResponse:
    """Whom to send money to."""
    form = PhoneForm(posted(request))
    if form.is_bound and form.is_valid():
        found = port().payee(request.person.credential, form.cleaned_data["phone"])
        if not isinstance(found, Problem):
            return redirect("send_to", found.id)
        if found.sort != "missing":
            return refused(request, found, origin=reverse("send"))
        form.add_error("phone", _("Nobody with a wallet has this number."))
    return render(request, "web/send.html", {"form": form}, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def send_to(request: HttpRequest, id: str) -> HttpResponse:
    """How much, with the name of the payee partly hidden."""
    payee = port().payee_by_id(request.person.credential, id)
    if payee is None:
        return missing(request)
    choice = wallets.choice(request)
    form = AmountForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        place = form.cleaned_data.get("wallet", "")
        amount = wallets.of_one_pocket(form.cleaned_data["amount"], choice.at(place) or request.person.wallet)
        ask = {"payee": payee.id, "amount": str(amount), **choice.named(place)}
        return redirect("confirm", drafts.keep(request, ports.PAY_SEND, ask, origin=request.path))
    context = {
        "form": form,
        "payee": payee.name,
        "place": payee.phone,
        "title": _("Send money"),
        "back": reverse("send"),
    }
    return render(request, "web/amount.html", context, status=422 if form.errors else 200)


@person_page("home")
def answer(request: HttpRequest, id: str) -> HttpResponse:
    """Something that waited for this person, brought to the confirm page."""
    for thing in port().home(request.person.credential).waiting:
        if thing.id == id:
            return redirect("confirm", drafts.keep(request, thing.act, thing.ask, origin=reverse("home")))
    return missing(request)


@person_page("home", methods=("POST",))
def decline(request: HttpRequest, id: str) -> HttpResponse:
    """No to something that waited: nothing is paid, and whoever waits for it is told at once."""
    for thing in port().home(request.person.credential).waiting:
        if thing.id == id:
            order = thing.act == ports.PAY_CONFIRM
            act, ask = (ports.PAY_DECLINE, thing.ask) if order else (thing.act, {**thing.ask, "pay": False})
            answer = perform(request, act, ask, id=request.POST.get("id") or fresh_id())
            return refused(request, answer.problem, origin=reverse("home")) if answer.problem else redirect("home")
    return missing(request)


@person_page("scan", methods=("GET", "POST"))
def confirm(request: HttpRequest, id: str) -> HttpResponse:
    """Whom, how much, from which pockets; then the act is performed, once, however often the page is sent."""
    draft = drafts.find(request, id)
    if draft is None:
        return _done_or_lost(request, id)
    quote = _quoted(request, draft.act, draft.ask)
    if isinstance(quote, Problem) and request.method != "POST":
        return _refused(request, draft, quote)
    if isinstance(quote, Quote) and quote.pin and not request.person.pin_set:
        return _pin_first(request, draft)
    wants = {"pin": isinstance(quote, Quote) and quote.pin, "sure": isinstance(quote, Quote) and bool(quote.warnings)}
    form = ConfirmForm(posted(request), initial={"id": id}, **wants)
    if form.is_bound and form.is_valid():
        answer = perform(request, draft.act, draft.ask, id=id, **form.proofs())
        if answer.problem is None or answer.problem.code not in (STEP, SURE):
            return _end(request, draft, answer)
        wants["pin"] |= answer.problem.code == STEP
        wants["sure"] |= answer.problem.code == SURE
        form = _ask_for_proof(answer.problem, id, given=bool(form.proofs().get("pin")), **wants)
    if isinstance(quote, Problem):
        return _refused(request, draft, quote)
    return _confirm_page(request, draft, quote, form)


def _done_or_lost(request: HttpRequest, id: str) -> HttpResponse:
    """What was performed has its receipt; what the session forgot is begun again."""
    done = port().receipt(request.person.credential, id)
    return redirect("receipt", id) if done else lost_draft(request)


@person_page("scan", methods=("POST",))
def other_wallet(request: HttpRequest, id: str) -> HttpResponse:
    """The same act from another of one's wallets: another ask, so under a new id; nothing is paid here."""
    draft = drafts.find(request, id)
    if draft is None or draft.act not in wallets.FROM_WALLET or port().receipt(request.person.credential, id):
        return _done_or_lost(request, id)
    wallet = wallets.choice(request).at(request.POST.get("wallet", ""))
    drafts.drop(request, id)
    ask = wallets.moved(draft.act, draft.ask, wallet)
    return redirect("confirm", drafts.keep(request, draft.act, ask, origin=draft.origin))


def _refused(request: HttpRequest, draft: drafts.Draft, problem: Problem) -> HttpResponse:
    """The refusal, and those of the reader's other wallets from which the same act could be done now."""
    wallet = draft.ask.get("wallet", "")
    fixed = problem.sort in AGAIN or draft.act not in wallets.FROM_WALLET
    able = [
        row
        for row in ([] if fixed else wallets.others(request, wallet))
        if isinstance(_quoted(request, draft.act, wallets.moved(draft.act, draft.ask, row.kept.wallet)), Quote)
    ]
    others = {"action": reverse("other_wallet", args=[draft.id]), "rows": able} if able else None
    return refused(request, problem, origin=draft.origin, about=wallet, others=others)


def _quoted(request: HttpRequest, act: str, ask: Mapping[str, Any]) -> Quote | Problem:
    return port().quote(act, ask, credential=request.person.credential)


def _pin_first(request: HttpRequest, draft: drafts.Draft) -> HttpResponse:
    """A payment that needs a PIN from somebody who has none yet: set one, then come back to this very page."""
    text = Text(
        _("Set a payment PIN first"), _("Nothing is paid yet. A payment of this size is confirmed with a PIN."),
        _("Choose six digits; then you come back to this payment."),
    )  # fmt: skip
    step = {"href": f"{reverse('pin')}?next={reverse('confirm', args=[draft.id])}", "label": _("Set the PIN")}
    context = {"text": text, "step": step, "tone": "warn", "picture": "lock"}
    return render(request, "web/refusal.html", context)


def _ask_for_proof(problem: Problem, id: str, *, given: bool, pin: bool, sure: bool) -> ConfirmForm:
    """The form again, under the same id, with the proof that is missing; a wrong PIN is said beside its field."""
    form = ConfirmForm({"id": id}, initial={"id": id}, pin=pin, sure=sure)
    form.full_clean()
    for name in list(form.errors):
        del form.errors[name]
    if problem.code == STEP and given:
        form.add_error("pin", _("This was not your PIN. Nothing is paid yet."))
    return form


def _confirm_page(request: HttpRequest, draft: drafts.Draft, quote: Quote, form: ConfirmForm) -> HttpResponse:
    warnings = [port().finding(code, language=language()) for code in quote.warnings]
    context = {
        "quote": quote, "form": form, "warnings": warnings, "back": draft.origin, "id": draft.id,
        "own": wallets.kept(request, quote.wallet),
    }  # fmt: skip
    choice = wallets.choice(request).set_to(quote.wallet)
    if draft.act in wallets.FROM_WALLET and choice.rows:
        context["other"] = PayForm(wallets=choice, into=draft.act == ports.CASH_IN)
    if draft.act == ports.PAY_CONFIRM or (draft.act == ports.PAY_ANSWER and draft.ask.get("pay")):
        context |= {"decline": draft.ask.get("order") or draft.ask["request"], "no": fresh_id()}
    return render(request, "web/confirm.html", context, status=422 if form.errors else 200)


def _end(request: HttpRequest, draft: drafts.Draft, answer: Answer) -> HttpResponse:
    """To the receipt, or to the refusal; a remembered refusal gets a new id before it is tried again."""
    if answer.problem is None:
        drafts.drop(request, draft.id)
        wallets.remember(request, draft.ask.get("wallet", ""))
        return redirect("receipt", answer.id)
    if answer.problem.sort in AGAIN:
        retry = {"action": request.path, "fields": [("id", draft.id)]}
        return refused(request, answer.problem, origin=draft.origin, retry=retry)
    assert answer.problem.sort in SORTS
    if draft.ask.get("wallet"):  # one of several: the same can be asked of another
        draft = replace(draft, id=drafts.renew(request, draft))
    else:
        drafts.drop(request, draft.id)
    return _refused(request, draft, answer.problem)
