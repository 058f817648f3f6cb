"""The pages of green energy: forest, friends, where it came from, rankings, choices, the office and the open page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.programmes.green import figures
from saxaul.programmes.green.common import GREEN
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forms import PhoneForm, fresh_id
from saxaul.surfaces.web.green import reading, words
from saxaul.surfaces.web.port import Problem, port
from saxaul.surfaces.web.views.common import missing, perform, person_page, refused

VERSION = "2022-06"  # of the texts of sources
MONTHS = 6
KILO, TONNE = 1_000_000, 1_000_000_000  # mg
_ID = re.compile(r"[0-9a-f]{32}")


def _book() -> Any:
    return port().book  # type: ignore[attr-defined]


def _id(request: HttpRequest) -> str:
    """The id that was made when the form was rendered."""
    given = request.POST.get("id", "")
    return given if _ID.fullmatch(given) else fresh_id()


def _act(request: HttpRequest, act: str, ask: Mapping[str, Any], told: str = "") -> HttpResponse:
    """Performs the act and comes back to the page; what arrived is said on it."""
    answer = perform(request, act, ask, id=_id(request))
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    if told and answer.receipt:
        energy = str(answer.receipt.get("arrived") or answer.receipt.get("energy") or "0 GREEN").split()[0]
        messages.success(request, told % {"energy": formats.shown(Amount(GREEN, int(energy))).text})
    return redirect(request.path)


def mass(mg: int) -> str:
    """A mass as people say it: grams, kilograms or tonnes, from milligrams."""
    for unit, name in ((TONNE, pgettext("unit", "t")), (KILO, pgettext("unit", "kg"))):
        if mg >= unit:
            whole = format_decimal(Decimal(mg // (unit // 100)).scaleb(-2), locale=formats.locale())
            return f"{whole}\u00a0{name}"
    return f"{formats.number(mg // 1_000)}\u00a0{pgettext('unit', 'g')}"


@person_page("home", methods=("GET", "POST"))
def forest(request: HttpRequest) -> HttpResponse:
    """Bubbles to collect and the tree that grows of them."""
    if request.method == "POST" and request.POST.get("do") == "appeal":
        return _act(request, "green.appeal", {})
    if request.method == "POST":
        lots = request.POST.get("lots", "").split()
        return _act(request, "green.collect", {"lots": lots}, _("%(energy)s arrived in your forest."))
    found = reading.forest(_book(), request.person.credential)
    named = {one.lot: words.behaviour(one.behaviour) for one in (*found.ripe, *found.waiting)}
    context = {
        "forest": found, "ripe": [(one, named[one.lot], fresh_id()) for one in found.ripe],
        "waiting": [(one, named[one.lot]) for one in found.waiting], "id": fresh_id(),
        "officer": reading.is_officer(_book(), request.person.id),
    }  # fmt: skip
    return render(request, "green/forest.html", context)


@person_page("home", methods=("GET", "POST"))
def friends(request: HttpRequest) -> HttpResponse:
    """Friends, questions, and asking somebody by telephone."""
    asked = request.POST.get("do") == "ask"
    form = PhoneForm(request.POST if asked else None)
    if asked and form.is_valid():
        found = port().payee(request.person.credential, form.cleaned_data["phone"])
        if isinstance(found, Problem) and found.sort != "missing":
            return refused(request, found, origin=request.path)
        if not isinstance(found, Problem):
            return _act(request, "green.befriend", {"person": found.person})
        form.add_error("phone", _("Nobody with a wallet has this number. Look at it once more."))
    elif request.method == "POST" and not asked:
        ask = {"person": request.POST.get("person", ""), "yes": request.POST.get("do") == "yes"}
        return _act(request, "green.answer", ask)
    listed = reading.friends(_book(), request.person.credential)
    context = {"friends": [(one, fresh_id()) for one in listed], "id": fresh_id(), "form": form}
    return render(request, "green/friends.html", context, status=422 if form.errors else 200)


@person_page("home", methods=("GET", "POST"))
def friend(request: HttpRequest, person: str) -> HttpResponse:
    """A friend's forest: take a share, water, bring back, and what they may do in mine."""
    found = reading.friend(_book(), request.person.credential, person)
    if found is None:
        return missing(request)
    wish = request.POST.get("do", "")
    if request.method == "POST" and wish == "take":
        told = _("You took %(energy)s. The rest stays with your friend.")
        return _act(request, "green.collect_friend", {"lot": request.POST.get("lot", "")}, told)
    if request.method == "POST" and wish == "revive":
        return _act(request, "green.revive", {"lot": request.POST.get("lot", "")}, _("%(energy)s are back."))
    if request.method == "POST" and wish == "water":
        grams = request.POST.get("grams", "")
        ask = {"person": person, "grams": int(grams) if grams.isdigit() and len(grams) < 6 else 0}
        return _act(request, "green.water", ask, _("Your friend has %(energy)s from you."))
    if request.method == "POST" and wish in ("open", "close"):
        return _act(request, "green.choose", {"person": person, "shared": wish == "open"})
    if request.method == "POST":
        answer = perform(request, "green.unfriend", {"person": person}, id=_id(request))
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("green_friends")
    bubbles = [(one, words.behaviour(one.behaviour), fresh_id()) for one in found.bubbles]
    sizes = [(Amount(GREEN, size), fresh_id()) for size in found.sizes]
    context = {"friend": found, "bubbles": bubbles, "sizes": sizes, "id": fresh_id(), "other_id": fresh_id()}
    return render(request, "green/friend.html", context)


@person_page("home")
def energy(request: HttpRequest) -> HttpResponse:
    """Where the energy came from, and what was avoided by it."""
    rows, sums, avoided = reading.grants(_book(), request.person.credential)
    bars = _bars([(name, grams, formats.shown(Amount(GREEN, grams)).text) for name, grams, _mg in sums if grams])
    shown = [(row, words.behaviour(row.behaviour), mass(row.co2e.units)) for row in rows]
    context = {"grants": shown, "bars": bars, "avoided": mass(avoided.units), "any": bool(avoided.units)}
    return render(request, "green/energy.html", context)


@person_page("home")
def ranking(request: HttpRequest) -> HttpResponse:
    """This month, among friends, in the city or in one's own circle; nothing is won."""
    among = request.GET.get("among", "friends")
    among = among if among in ("friends", "city", "circle") else "friends"
    found = reading.choices(_book(), request.person.credential)
    places = reading.ranking(_book(), request.person.credential, among)
    return render(request, "green/ranking.html", {"places": places, "among": among, "choices": found})


@person_page("home", methods=("GET", "POST"))
def choices(request: HttpRequest) -> HttpResponse:
    """Who may collect, who may see me in rankings, and which sources may be read."""
    wish, on = request.POST.get("do", ""), request.POST.get("on") == "yes"
    if request.method == "POST" and wish == "source":
        ask = {"source": request.POST.get("source", "")[:32], "agreed": on, "version": VERSION}
        return _act(request, "green.agree", ask)
    if request.method == "POST" and wish in ("ranked", "shared"):
        return _act(request, "green.choose", {wish: on})
    if request.method == "POST" and wish == "shield":
        return _act(request, "green.choose", {"shield": True})
    if request.method == "POST":
        return _act(request, "green.choose", {"circle": request.POST.get("circle", "")[:32].strip()})
    found = reading.choices(_book(), request.person.credential)
    sources = [(*one, fresh_id()) for one in found.sources]
    context = {"choices": found, "sources": sources, "ids": [fresh_id() for _one in range(4)]}
    return render(request, "green/choices.html", context)


@person_page("home", methods=("GET", "POST"))
def office(request: HttpRequest) -> HttpResponse:
    """For officers: factors with their sources, the difference report, what is parked, who is paused."""
    book = _book()
    if not reading.is_officer(book, request.person.id):
        return missing(request)
    lines = [
        (line, words.behaviour(line.behaviour), words.units()[line.per], [_difference(row) for row in line.rows])
        for line in reading.factor_lines(book)
    ]
    parked = [(row, words.behaviour(row.behaviour)) for row in figures.parked(book)]
    return render(request, "green/office.html", {"lines": lines, "parked": parked, "paused": reading.paused(book)})


def _difference(row: figures.Difference) -> tuple[str, str, str, str, str]:
    change = row.would_be_mg - row.granted_mg
    sign = "+" if change >= 0 else "\u2212"
    texts = (mass(row.granted_mg), mass(row.would_be_mg), f"{sign}{mass(abs(change))}")
    return (row.month, formats.number(row.acts), *texts)


def _bars(rows: list[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """(name, percent of the longest, text) of each row."""
    most = max((value for _name, value, _text in rows), default=1)
    return [(name, max(1, value * 100 // most), text) for name, value, text in rows]


def _months(found: Mapping[str, int], now: int) -> list[tuple[str, int, str]]:
    """The last six months, also those in which nothing was avoided."""
    month, months = times.month(times.day(now)), []
    for _one in range(MONTHS):
        months.append(month)
        month = times.month(times.day(times.start_of_day(f"{month}-01") - times.HOUR))
    return [
        (format_skeleton("MMM", date.fromisoformat(f"{one}-01"), locale=formats.locale()), found.get(one, 0) // 1_000,
         mass(found.get(one, 0)))
        for one in reversed(months)
    ]  # fmt: skip


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """For everybody: tonnes from CO2e alone, with the share of each mark of confidence."""
    book = _book()
    rows = figures.avoided(book)
    months: dict[str, int] = {}
    marks: dict[str, int] = {}
    for row in rows:
        months[row.month] = months.get(row.month, 0) + row.mg
        marks[row.conf] = marks.get(row.conf, 0) + row.mg
    total, least, texts = sum(months.values()), book.term("green.group_least"), words.marks()
    persons = figures.persons(book)
    shares = [(texts[conf], max(1, mg * 100 // total), mass(mg)) for conf, mg in sorted(marks.items())]
    counted = [(words.behaviour(row.name), row.acts, formats.number(row.acts)) for row in figures.behaviours(book)]
    lines = [(line, words.behaviour(line.behaviour), words.units()[line.per]) for line in reading.factor_lines(book)]
    context = {
        "total": mass(total), "any": bool(total), "months": _months(months, book.now()), "shares": shares,
        "counted": _bars(sorted(counted, key=lambda one: -one[1])), "lines": lines,
        "persons": formats.number(persons) if persons >= least else "", "least": formats.number(least),
        "acts": formats.number(sum(one[1] for one in counted)),
    }  # fmt: skip
    return render(request, "green/public.html", context)
