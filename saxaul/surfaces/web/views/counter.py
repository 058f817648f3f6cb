"""The merchant's counter: take, watch, give back, count."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from saxaul.surfaces.web import formats
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import ChargeForm, DayForm, RefundForm, fresh_id
from saxaul.surfaces.web.port import Takings, port
from saxaul.surfaces.web.views.common import merchant_page, missing, perform, posted, refused

REFUNDABLE = ("captured", "settled", "part_refunded")


@merchant_page(methods=("GET", "POST"))
def counter(request: HttpRequest) -> HttpResponse:
    """An amount; with a payer's code it is taken, without one a code to scan is shown."""
    form = ChargeForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        wish, act = {"amount": str(given["amount"])}, ports.PAY_ORDER
        if given["code"]:
            act, wish["code"] = ports.PAY_CHARGE, given["code"].replace(" ", "")
        answer = perform(request, act, wish, id=given["id"], credential=request.shop.credential)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("counter"), own=False)
        return redirect("counter_order", answer.receipt["order"])
    takings = port().takings(request.shop, "")
    context = {"form": form, "merchant": request.shop, "takings": takings, "hours": _hours(takings), "id": fresh_id()}
    return render(request, "web/counter.html", context, status=422 if form.errors else 200)


@merchant_page(methods=("POST",))
def wall(request: HttpRequest) -> HttpResponse:
    """A code for the wall, for a shop that has none yet."""
    id = request.POST.get("id") or fresh_id()
    answer = perform(request, ports.PAY_WALL, {}, id=id, credential=request.shop.credential)
    return refused(request, answer.problem, origin=reverse("counter")) if answer.problem else redirect("counter")


@merchant_page(methods=("GET", "POST"))
def order(request: HttpRequest, id: str) -> HttpResponse:
    """One order as it stands; htmx asks for it again until it is paid or ended."""
    found = port().order(request.shop, id)
    if found is None:
        return missing(request)
    if request.htmx and request.method == "GET":
        return render(request, "web/parts/order.html", {"order": found})
    form = None
    if found.stage in REFUNDABLE and found.left.units:
        form = RefundForm(posted(request))
        form.fields["amount"].initial = formats.typed(found.left)
        if form.is_bound and form.is_valid():
            given = form.cleaned_data
            wish = {"order": id, "amount": str(given["amount"])}
            answer = perform(request, ports.PAY_REFUND, wish, id=given["id"], credential=request.shop.credential)
            if answer.problem:
                return refused(request, answer.problem, origin=request.path, own=False)
            return redirect(request.path)
    context = {"order": found, "form": form}
    return render(request, "web/counter_order.html", context, status=422 if form and form.errors else 200)


@merchant_page()
def day(request: HttpRequest) -> HttpResponse:
    """A whole day, hour by hour and order by order."""
    form = DayForm(request.GET or None)
    wanted = form.cleaned_data["day"] if form.is_bound and form.is_valid() else None
    takings = port().takings(request.shop, wanted.isoformat() if wanted else "")
    form = DayForm(initial={"day": takings.day})
    return render(request, "web/counter_day.html", {"takings": takings, "hours": _hours(takings), "form": form})


def _hours(takings: Takings) -> list[tuple[str, int, str]]:
    """The hours of trade, from the first with money to the last, as rows of a chart."""
    open_hours = [hour for hour, total in enumerate(takings.hours) if total.units]
    if not open_hours:
        return []
    span = range(min(open_hours), max(open_hours) + 1)
    return [(str(hour), takings.hours[hour].units, formats.shown(takings.hours[hour]).text) for hour in span]
