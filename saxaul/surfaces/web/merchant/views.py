"""The person's pages: points and benefits, coupons, check-ins, kept documents, ordering at a table, renting."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel import ids
from saxaul.surfaces.web import drafts, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import PayForm, fresh_id
from saxaul.surfaces.web.merchant import reading
from saxaul.surfaces.web.merchant.forms import HabitForm, behaviours
from saxaul.surfaces.web.port import Answer, port
from saxaul.surfaces.web.port_book import Book
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused

CODE_DIGITS = 12


def book() -> Book:
    """The book behind the port."""
    found: Book = port().book
    return found


def reader(request: HttpRequest) -> str:
    """The natural person who reads."""
    return reading.person_of(book(), request.person.credential)


def acted(request: HttpRequest, act: str, ask: dict[str, Any], *, credential: str = "", step: str = "") -> Answer:
    """One act under the id of the form that was sent; a second one of the same form has an id made of it."""
    id = ids.read(request.POST.get("id", "")) or fresh_id()
    id = ids.derived(ids.instant(id), f"{step}:{id}") if step else id
    return perform(request, act, ask, id=id, credential=credential)


@person_page("home", methods=("GET", "POST"))
def benefits(request: HttpRequest) -> HttpResponse:
    """Points, when they end, and what they can be exchanged for; taking part is one tap."""
    if request.method == "POST":
        answer = acted(request, "merchant.sign_up", {"programme": request.POST.get("programme", "")})
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("benefits")
    person = reader(request)
    names = behaviours()
    habits = [(names.get(row.behaviour, ""), row) for row in reading.habits(book(), person)[:5]]
    found = reading.programmes(book(), person)
    earns = [(names[name], points) for name, points in found[0].earns] if found else []
    unused = sum(one.stage in ("open", "reserved") for one in reading.coupons(book(), person))
    context = {"programmes": found, "habits": habits, "earns": earns, "unused": unused, "id": fresh_id()}
    return render(request, "merchant/benefits.html", context)


@person_page("home", methods=("GET", "POST"))
def benefit(request: HttpRequest, id: str) -> HttpResponse:
    """One benefit; the exchange is one transfer of points and coupon."""
    if request.method == "POST":
        answer = acted(request, "merchant.take_benefit", {"benefit": id})
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("benefits"))
        return redirect("coupon", answer.receipt["coupon"])
    found = reading.offer(book(), id, reader(request))
    if found is None:
        return missing(request)
    offer, points = found
    context = {"offer": offer, "points": points, "rest": points - offer.cost, "id": fresh_id()}
    return render(request, "merchant/benefit.html", context)


@person_page("home")
def coupons(request: HttpRequest) -> HttpResponse:
    """All coupons, those that can be used first."""
    return render(request, "merchant/coupons.html", {"coupons": reading.coupons(book(), reader(request))})


@person_page("home", methods=("GET", "POST"))
def coupon(request: HttpRequest, id: str) -> HttpResponse:
    """The coupon to show at the till; while a till holds it, the person may take it back."""
    found = reading.coupon(book(), id)
    if found is None or found[0].person != reader(request):
        return missing(request)
    if request.method == "POST":
        answer = acted(request, "merchant.release_coupon", {"code": found[1].code})
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)
    return render(request, "merchant/coupon.html", {"coupon": found[1], "id": fresh_id()})


@person_page("home", methods=("GET", "POST"))
def habit(request: HttpRequest) -> HttpResponse:
    """A check-in: with a paid order that shows it there are points, with a photo alone a badge."""
    programmes = reading.programmes(book(), reader(request))
    if not programmes:
        return redirect("benefits")
    orders = reading.payable_orders(book(), request.person.credential)
    form = HabitForm(posted(request), request.FILES or None, orders=orders)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        ask = {
            "programme": programmes[0].id, "behaviour": given["behaviour"], "order": given.get("order", ""),
            "photo": given["photo"],
        }  # fmt: skip
        answer = perform(request, "merchant.record_habit", ask, id=given["id"])
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        points = answer.receipt["points"]
        said = (
            _("Counted. Points for you: %(points)s.") % {"points": points} if points else _("Counted. A badge for you.")
        )
        messages.success(request, said)
        return redirect("benefits")
    return render(request, "merchant/habit.html", {"form": form}, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """Twelve digits that staff type to give points or a document to exactly this person, once."""
    if request.method != "POST":
        return render(request, "merchant/code.html", {"id": fresh_id()})
    id = ids.read(request.POST.get("id", "")) or fresh_id()
    digits = shown_digits(id)
    answer = perform(request, "merchant.show_code", {"code": code_key(digits)}, id=id)
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    return render(request, "merchant/code.html", {"digits": digits, "id": fresh_id()})


def shown_digits(id: str) -> str:
    """The digits of one showing, made of its id and a key of the house: a repeated page shows the same ones."""
    key = port().house.secrets.key("habit codes")
    made = int.from_bytes(hashlib.sha256(key + id.encode()).digest()[:8], "big")
    return str(made % 10**CODE_DIGITS).rjust(CODE_DIGITS, "0")


def code_key(digits: str) -> str:
    """Under which key the book keeps them: it never has the digits themselves."""
    return hashlib.sha256(b"saxaul habit code 1\0" + digits.encode()).hexdigest()[:32]


@person_page("home")
def kept(request: HttpRequest) -> HttpResponse:
    """Receipts, invoices, bookings and forms on one page."""
    return render(request, "merchant/kept.html", {"documents": reading.documents(book(), reader(request))})


@person_page("home")
def document(request: HttpRequest, id: str) -> HttpResponse:
    """What one of them says, and the digest by which anybody can compare its bytes."""
    found = reading.document(book(), id, reader(request))
    return render(request, "merchant/document.html", {"document": found}) if found else missing(request)


@person_page("home", methods=("GET", "POST"))
def table(request: HttpRequest, id: str) -> HttpResponse:
    """The menu and the bill that all phones at this table share."""
    found = reading.table(book(), id)
    if found is None:
        return missing(request)
    if request.method == "POST":
        return _at_table(request, found)
    return render(request, "merchant/table.html", {"table": found, "names": behaviours(), "id": fresh_id()})


def _at_table(request: HttpRequest, table: reading.Table) -> HttpResponse:
    wish = request.POST.get("do", "")
    if wish in ("more", "less"):
        ask = {"table": table.id, "item": request.POST.get("item", ""), "count": 1 if wish == "more" else -1}
        answer = acted(request, "merchant.add_to_bill", ask)
    elif wish == "back":
        answer = _called_back(request, table)
    else:
        answer = acted(request, "merchant.send_bill", {"table": table.id, "revision": table.revision})
        if answer.problem is None:
            bill = answer.receipt
            order = {"amount": bill["amount"], "number": bill["number"]}
            answer = acted(request, ports.PAY_ORDER, order, credential=table.till, step="order")
            if answer.problem is None:
                draft = drafts.keep(request, ports.PAY_SCAN, {"order": bill["order"]}, origin=request.path)
                return redirect("confirm", draft)
    return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)


def _called_back(request: HttpRequest, table: reading.Table) -> Answer:
    """The order is made, if no phone has yet, and closed, which fails once it is paid; then the bill is open again."""
    order = {"amount": str(table.total), "number": table.number}
    for act, ask in ((ports.PAY_ORDER, order), ("pay.close", {"number": table.number})):
        answer = acted(request, act, ask, credential=table.till, step=act)
        if answer.problem and answer.problem.code != "order.stage_closed":
            return answer
    return acted(request, "merchant.call_back_bill", {"table": table.id})


@person_page("home")
def rent(request: HttpRequest) -> HttpResponse:
    """What runs, and what can be rented where."""
    mine = reading.rentals(book(), reader(request))
    running = [one for one in mine if one.stage in ("created", "doing", "charged")]
    past = [one for one in mine if one.stage == "done"][:5]
    context = {"running": running, "past": past, "things": reading.things(book())}
    return render(request, "merchant/rent.html", context)


@person_page("home", methods=("GET", "POST"))
def thing(request: HttpRequest, id: str) -> HttpResponse:
    """All it may cost; somebody who is not known well enough yet is openly offered a deposit instead."""
    found = reading.thing(book(), id)
    if found is None:
        return missing(request)
    deposit, choice = False, wallets.choice(request)
    form = PayForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        wallet = choice.at(form.cleaned_data.get("wallet", "")) or request.person.wallet
        ask = {"thing": id, "wallet": wallet, "deposit": request.POST.get("deposit") == "yes"}
        answer = acted(request, "merchant.rent", ask)
        if answer.problem is None:
            return redirect("rental", answer.receipt["rental"])
        if answer.problem.code != "rental.score_low":
            return refused(request, answer.problem, origin=reverse("rent"))
        deposit = True
    return render(request, "merchant/thing.html", {"thing": found, "deposit": deposit, "id": fresh_id(), "form": form})


@person_page("home", methods=("GET", "POST"))
def rental(request: HttpRequest, id: str) -> HttpResponse:
    """One rental: the yes that begins it, what it costs so far, how it ended."""
    found = reading.my_rental(book(), id, reader(request))
    if found is None:
        return missing(request)
    if request.method == "POST":
        ask = {"rental": id}
        if request.POST.get("do") == "leave":
            answer = acted(request, "merchant.withdraw_rental", ask)
        else:
            answer = acted(request, "merchant.confirm_rental", ask)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("rent"))
        return redirect("rent" if request.POST.get("do") == "leave" else request.path)
    return render(request, "merchant/rental.html", {"rental": found, "id": fresh_id()})
