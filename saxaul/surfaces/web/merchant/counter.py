"""The merchant's pages: join, grant points, take coupons, the menu and its tables, the weekly statement."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.merchant import reading
from saxaul.surfaces.web.merchant.forms import CouponForm, GrantForm, ItemForm, JoinForm, ReturnForm, TableForm
from saxaul.surfaces.web.merchant.views import acted, book, code_key
from saxaul.surfaces.web.views.common import merchant_page, missing, posted, refused

NOT_COUNTED = -1


def chosen(request: HttpRequest, name: str) -> Any:
    """What was sent, for the one of the page's forms that was."""
    return posted(request) if request.POST.get("form") == name else None


@merchant_page(methods=("GET", "POST"))
def desk(request: HttpRequest) -> HttpResponse:
    """Everything staff do with points and coupons, each its own form."""
    merchant, till = request.shop.id, request.shop.credential
    members = reading.memberships(book(), merchant)
    member = next((one for one in members if one.joined), None)
    orders = reading.paid_orders(book(), merchant)
    out = reading.things_out(book(), merchant)
    page: dict[str, forms.Form] = {"coupon": CouponForm(chosen(request, "coupon"))}
    if member is not None and orders:
        page["grant"] = GrantForm(chosen(request, "grant"), orders=orders, counts=member.behaviours)
    if out:
        page["back"] = ReturnForm(chosen(request, "back"), things=out)
    if request.shop.manager and members:
        now = member or members[0]
        initial = {"behaviours": now.behaviours, "evidence": now.evidence}
        page["join"] = JoinForm(chosen(request, "join"), initial=initial)
    for name, form in page.items():
        if form.is_bound and form.is_valid():
            return _done(request, name, form.cleaned_data, member or (members[0] if members else None), till)
    wrong = any(form.errors for form in page.values())
    context = {"forms": page, "member": member, "members": members, "merchant": request.shop}
    return render(request, "merchant/counter.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, name: str, given: dict[str, Any], member: Any, till: str) -> HttpResponse:
    """One of the desk's forms, performed."""
    if name == "coupon":
        digits = given["code"].replace(" ", "")
        answer = acted(request, "merchant.reserve_coupon", {"code": digits}, credential=till)
        if answer.problem is None:
            return redirect("counter_coupon", answer.receipt["coupon"])
    elif name == "grant":
        ask = {"programme": member.id, "behaviour": given["behaviour"], "order": given["order"]}
        if given["code"]:
            ask["code"] = code_key(given["code"].replace(" ", ""))
        answer = acted(request, "merchant.grant", ask, credential=till)
        if answer.problem is None:
            held = answer.receipt["stage"] == "held"
            said = _("The points wait until an officer has looked.") if held else _("Points given.")
            messages.success(request, said)
    elif name == "back":
        answer = acted(request, "merchant.return_thing", {"thing": given["thing"]}, credential=till)
        if answer.problem is None:
            messages.success(request, _("It is back. The person's phone shows the fee."))
    else:
        ask = {"programme": member.id, "behaviours": given["behaviours"], "evidence": given["evidence"]}
        answer = acted(request, "merchant.join", ask, credential=till)
        if answer.problem is None:
            messages.success(request, _("Saved."))
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("counter_benefits"), own=False)
    return redirect("counter_benefits")


@merchant_page(methods=("GET", "POST"))
def coupon(request: HttpRequest, id: str) -> HttpResponse:
    """A coupon this till has reserved: used with what was bought, or let go."""
    found = reading.coupon(book(), id)
    if found is None or found[0].merchant != request.shop.id:
        return missing(request)
    orders = reading.paid_orders(book(), request.shop.id)[:8]
    choices = [(key, f"{formats.clock(at)} · {formats.shown(amount).text}") for key, at, amount in orders]
    if request.method == "POST":
        use = request.POST.get("do") == "use"
        ask = {"code": found[1].code, **({"order": request.POST.get("order", "")} if use else {})}
        act = "merchant.use_coupon" if use else "merchant.release_coupon"
        answer = acted(request, act, ask, credential=request.shop.credential)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("counter_benefits"), own=False)
        return redirect(request.path if use else "counter_benefits")
    context = {"coupon": found[1], "orders": choices, "id": fresh_id()}
    return render(request, "merchant/counter_coupon.html", context)


@merchant_page(methods=("GET", "POST"))
def menu(request: HttpRequest) -> HttpResponse:
    """The menu and the tables with their codes; a manager adds to both and says what is sold."""
    merchant, till = request.shop.id, request.shop.credential
    item, table = ItemForm(chosen(request, "item")), TableForm(chosen(request, "table"))
    if item.is_bound and item.is_valid():
        given = item.cleaned_data
        name = hashlib.sha256(given["name"].encode()).hexdigest()[:12]
        left = NOT_COUNTED if given["left"] is None else given["left"]
        ask = {"item": name, "name": given["name"], "name_en": given["name_en"], "price": str(given["price"]),
               "left": left, "behaviour": given["behaviour"] or None}  # fmt: skip
        answer = acted(request, "merchant.set_item", ask, credential=till)
        return _back(request, answer)
    if table.is_bound and table.is_valid():
        machine = {"organisation": merchant, "roles": ["cashier"], "kind": "terminal"}
        answer = acted(request, "desk.issue_credential", machine, credential=till, step="till")
        if answer.problem is None:
            ask = {"label": table.cleaned_data["label"], "till": answer.receipt["credential"]}
            answer = acted(request, "merchant.set_table", ask, credential=till)
        return _back(request, answer)
    sold = book().record("merchant_item", f"{merchant}:{request.POST.get('item', '')}")
    if request.POST.get("form") == "sold":
        return _back(request, _sold(request, sold)) if sold is not None else missing(request)
    tables = [(row, request.build_absolute_uri(reverse("table", args=[row.key]))) for row in
              reading.own_tables(book(), merchant)]  # fmt: skip
    context = {"items": reading.items(book(), merchant, {}), "tables": tables, "item": item, "table": table,
               "merchant": request.shop, "id": fresh_id()}  # fmt: skip
    return render(request, "merchant/menu.html", context, status=422 if item.errors or table.errors else 200)


def _sold(request: HttpRequest, row: Any) -> Any:
    """The line off the menu, or on it again."""
    ask = {"item": row.item, "name": row.name, "name_en": row.name_en, "price": str(reading.yuan(row.price)),
           "left": row.left, "behaviour": row.behaviour or None, "on": row.stage != "on"}  # fmt: skip
    return acted(request, "merchant.set_item", ask, credential=request.shop.credential)


def _back(request: HttpRequest, answer: Any) -> HttpResponse:
    if answer.problem:
        return refused(request, answer.problem, origin=request.path, own=False)
    return redirect(request.path)


@merchant_page()
def weeks(request: HttpRequest) -> HttpResponse:
    """What coupons earned, week by week, and the coupons behind it."""
    rows = reading.statements(book(), request.shop.id)
    paid = [(formats.short_day(row.week), row.cny + row.ecny, formats.shown(reading.yuan(row.cny + row.ecny)).text)
            for row in reversed(rows)]  # fmt: skip
    context = {"weeks": paid, "used": reading.used_coupons(book(), request.shop.id),
               "earned": reading.earned(book(), request.shop.id), "merchant": request.shop}  # fmt: skip
    return render(request, "merchant/weeks.html", context)
