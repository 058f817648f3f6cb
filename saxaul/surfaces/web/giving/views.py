"""Steps come in, are looked at and given; projects, drives, chickens, gifts, and the books of who keeps the money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from saxaul.kernel import ids, times
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.giving import intake
from saxaul.surfaces.web import drafts, formats, paper, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import AmountForm, fresh_id
from saxaul.surfaces.web.giving import files, reading, words
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.port_book import Book, named
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused

PURPOSE_VERSION = ports.CONSENT_VERSION
APPEAL_DAYS = 30  # how long a page that asks for gifts stands when it is opened here


def _book() -> Book:
    """The house as its pages read it."""
    found: Book = port().book  # type: ignore[attr-defined]
    return found


def _person(request: HttpRequest) -> Any:
    return _book().person_of(request.person.credential)


# -- steps -----------------------------------------------------------------------------------------------------------


@person_page("home")
def home(request: HttpRequest) -> HttpResponse:
    """The day that can be given, what steps can become, and the ways on."""
    book, person = _book(), _person(request)
    day, giver = reading.spendable(book, person), reading.giver(book, person)
    context = {
        "day": day, "today": day.day == reading.today(book), "giver": giver,
        "given": giver.steps + giver.flock_steps if giver is not None else 0,
        "projects": reading.projects(book)[:3], "drives": reading.drives(book)[:3],
        "office": reading.offices(book, person),
        "days": _bars(reading.recent(book, person)),
    }  # fmt: skip
    return render(request, "giving/home.html", context)


def _bars(days: list[tuple[Any, str]]) -> reading.Rows:
    """A bar a day; one day alone is no chart."""
    rows = days[::-1] if len(days) > 1 else []
    return [(formats.short_day(row.day), row.verified, formats.number(row.verified)) for row, _shown in rows]


@person_page("home", methods=("GET", "POST"))
def upload(request: HttpRequest) -> HttpResponse:
    """A file of a phone: read here and forgotten; only the sum of each open day is kept."""
    book, person = _book(), _person(request)
    agreed = reading.consented(book, person)
    wrong = ""
    results: list[dict[str, Any]] = []
    if request.method == "POST":
        id, file = _id(request), request.FILES.get("file")
        if not agreed and request.POST.get("agree") == "yes":
            ask = {"purpose": "giving", "version": PURPOSE_VERSION}
            answer = perform(request, ports.DESK_GIVE, ask, id=_second(id, "consent"))
            agreed = answer.problem is None
        if not agreed:
            wrong = _("Tick the box first. Without your consent no step is counted.")
        elif file is None:
            wrong = _("Choose a file first.")
        elif (file.size or 0) > MAXIMA.file_bytes:
            wrong = _("This file is too large for a page. Its archive is usually small enough.")
        else:
            results, wrong = _counted(request, book, file, id)
    context = {"id": fresh_id(), "agreed": agreed, "wrong": wrong, "results": results,
               "days": reading.recent(book, person)[:8]}  # fmt: skip
    return render(request, "giving/import.html", context, status=422 if wrong else 200)


def _counted(request: HttpRequest, book: Book, file: Any, id: str) -> tuple[list[dict[str, Any]], str]:
    """What each day of the file came to; or why it could not be read."""
    now, zone = book.now(), book.house.settings.zone
    seen = intake.looking(now, int(book.term("giving.future_minutes")) * times.MINUTE, zone)
    try:
        source, samples = files.read(file, seen)
    except Refusal:
        return [], _("This file is not one we can read. See the list below for what works.")
    told = []
    for ask in intake.asks(samples, source, person=None, seen=seen):
        wish = {"day": ask.day, "source": ask.source, "samples": [list(_flat(one)) for one in ask.samples]}
        answer = perform(request, "giving.count_steps", wish, id=_second(id, ask.day))
        code = answer.problem.code if answer.problem else ""
        told.append({"day": ask.day, "code": code, **(answer.receipt or {})})
    if not told:
        return [], _("There are no steps of the last days in this file. Days that are closed do not open again.")
    return told, ""


def _flat(sample: Any) -> Iterator[Any]:
    return iter((sample.start, sample.end, sample.steps, sample.rank, sample.by_hand))


def _id(request: HttpRequest) -> str:
    """The act's id that came with the form; a fresh one where the page was tampered with."""
    return ids.read(request.POST.get("id", "")) or fresh_id()


def _second(id: str, what: str) -> str:
    """The id of one of several acts of a form: the same when the form is sent again."""
    return ids.derived(ids.instant(id), f"giving:{id}:{what}")


@person_page("home", methods=("GET", "POST"))
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One day: its hours, the verdict with its reason, and the way to disagree."""
    book, person = _book(), _person(request)
    found = reading.day(book, person, day[:10])
    if not found.ends and not found.steps:
        return missing(request)
    if request.method == "POST":
        ask = {"day": found.day, "why": request.POST.get("why", "other")[:16]}
        answer = perform(request, "giving.appeal_day", ask, id=_id(request))
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        messages.success(request, _("Somebody will look at this day. Your steps are kept until then."))
        return redirect("giving_day", found.day)
    return render(request, "giving/day.html", {"day": found, "reasons": words.reasons(), "id": fresh_id()})


# -- projects and drives ---------------------------------------------------------------------------------------------


@person_page("home")
def projects(request: HttpRequest) -> HttpResponse:
    """What steps and money can be given for."""
    book = _book()
    return render(request, "giving/projects.html", {"projects": reading.projects(book), "drives": reading.drives(book)})


@person_page("home", methods=("GET", "POST"))
def project(request: HttpRequest, id: str) -> HttpResponse:
    """One project: give the day's steps, give money, or ask others."""
    book, person = _book(), _person(request)
    found = reading.project(book, id)
    if found is None:
        return missing(request)
    wish = request.POST.get("do", "")
    form = AmountForm(posted(request) if wish == "money" else None, wallets=wallets.choice(request))
    if wish == "steps":
        return _give(request, id)
    if wish == "ask":
        return _ask(request, book, id)
    if wish == "money" and form.is_valid():
        return _money(request, id, form)
    chosen = reading.spendable(book, person)
    offer = reading.offer(book, request.person.credential, id, chosen.day) if chosen.enough else None
    context = {"project": found, "day": chosen, "offer": offer, "form": form, "id": fresh_id()}
    return render(request, "giving/project.html", context, status=422 if form.errors else 200)


def _give(request: HttpRequest, id: str, **drive: str) -> HttpResponse:
    """The steps, for at least the money that was shown."""
    given = request.POST
    ask = {"day": given.get("day", "")[:10], "project": id, "least": given.get("least", "")[:32], **drive}
    if given.get("appeal"):
        ask["appeal"] = given["appeal"][:32]
    answer = perform(request, "giving.give_steps", ask, id=_id(request))
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    return redirect("giving_gift", answer.id)


def _money(request: HttpRequest, id: str, form: AmountForm, **page: str) -> HttpResponse:
    given = form.cleaned_data
    named = wallets.choice(request).named(given.get("wallet", ""))
    ask = {"project": id, "amount": str(given["amount"]), **named, **page}
    return redirect("confirm", drafts.keep(request, "giving.give_money", ask, origin=request.path))


def _ask(request: HttpRequest, book: Book, id: str) -> HttpResponse:
    """A page of one's own that asks for this project."""
    until = times.day(book.now() + APPEAL_DAYS * times.DAY, book.house.settings.zone)
    form = AmountForm(posted(request))
    if not form.is_valid():
        messages.warning(request, _("Write the amount you hope for."))
        return redirect("giving_project", id)
    ask = {"project": id, "goal": str(form.cleaned_data["amount"]), "until": until}
    answer = perform(request, "giving.open_appeal", ask, id=_id(request))
    return (
        refused(request, answer.problem, origin=request.path)
        if answer.problem
        else redirect("giving_appeal", answer.receipt["key"])
    )


@person_page("home", methods=("GET", "POST"))
def drive(request: HttpRequest, id: str) -> HttpResponse:
    """One drive, live: how far it is, and the day's steps for it."""
    book, person = _book(), _person(request)
    found = reading.drive(book, id)
    if found is None:
        return missing(request)
    if request.method == "POST":
        return _give(request, found.project, drive=id)
    chosen = reading.spendable(book, person)
    offer = None
    if chosen.enough and found.stage == "open":
        offer = reading.offer(book, request.person.credential, found.project, chosen.day, id)
    return render(request, "giving/drive.html", {"drive": found, "day": chosen, "offer": offer, "id": fresh_id()})


def appeal(request: HttpRequest, id: str) -> HttpResponse:
    """A page to share: whoever has the address sees the goal; whoever is signed in can give."""
    book = _book()
    found = reading.appeal(book, id)
    if found is None:
        return missing(request)
    choice = wallets.choice(request) if request.person else None
    form = AmountForm(posted(request) if request.person else None, wallets=choice)
    if form.is_bound and form.is_valid():
        return _money(request, found.project.key, form, appeal=id)
    address = request.build_absolute_uri(request.path)
    return render(request, "giving/appeal.html", {"appeal": found, "form": form, "address": address})


# -- chickens, gifts -------------------------------------------------------------------------------------------------


@person_page("home", methods=("GET", "POST"))
def chickens(request: HttpRequest) -> HttpResponse:
    """Flocks, the next bird, and the day's steps for one."""
    book, person = _book(), _person(request)
    if request.method == "POST":
        ask = {"flock": request.POST.get("flock", "")[:32], "day": request.POST.get("day", "")[:10]}
        answer = perform(request, "giving.send_steps", ask, id=_id(request))
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        sent = formats.number(answer.receipt["steps"])
        messages.success(request, _("%(steps)s of your steps are on their way to a bird.") % {"steps": sent})
        return redirect("giving_chickens")
    chosen = reading.spendable(book, person)
    context = {
        "flocks": [(one, fresh_id()) for one in reading.flocks(book)], "day": chosen,
        "can": chosen.stage == "open" and chosen.verified > 0, "giver": reading.giver(book, person),
    }  # fmt: skip
    return render(request, "giving/chickens.html", context)


@person_page("home")
def gifts(request: HttpRequest) -> HttpResponse:
    """What I gave."""
    book, person = _book(), _person(request)
    context = {"gifts": reading.gifts(book, person), "giver": reading.giver(book, person)}
    return render(request, "giving/gifts.html", context)


@person_page("home", methods=("GET", "POST"))
def gift(request: HttpRequest, id: str) -> HttpResponse:
    """One gift: its receipt, and the way to take back a mistaken one."""
    book, person = _book(), _person(request)
    found = reading.gift(book, person, id)
    if found is None:
        return missing(request)
    if request.method == "POST":
        answer = perform(request, "giving.return_gift", {"gift": id}, id=_id(request))
        if answer.problem:
            return refused(request, answer.problem, origin=request.path)
        messages.success(request, _("The gift was taken back."))
        return redirect("giving_gift", id)
    lacking = paper.lacking(_receipt(request, found)) if _has_receipt(found) else []
    return render(request, "giving/gift.html", {"gift": found, "id": fresh_id(), "lacking": lacking})


@person_page("home")
def gift_pdf(request: HttpRequest, id: str) -> HttpResponse:
    """The receipt of a gift of own money as a file to keep; for other gifts there is none."""
    found = reading.gift(_book(), _person(request), id)
    if found is None or not _has_receipt(found):
        return missing(request)
    sheet = _receipt(request, found)
    return redirect("giving_gift", id) if paper.lacking(sheet) else paper.handed(sheet)


def _has_receipt(found: reading.Gift) -> bool:
    return found.kind == "money" and found.stage == "given" and bool(found.number)


def _receipt(request: HttpRequest, found: reading.Gift) -> paper.Sheet:
    rows = [(_("Given by"), request.person.name), (_("Charity"), found.charity), (_("Project"), found.title),
            (_("When"), formats.moment(found.at))]  # fmt: skip
    return paper.Sheet(
        kind=_("Receipt of a gift"), heading=formats.shown(found.amount).text, number=found.number, at=found.at,
        rows=[row for row in rows if row[1]],
        says=_("This number stays the same however often the receipt is printed."),
    )  # fmt: skip


# -- for those who keep the money, and for anybody -------------------------------------------------------------------


@person_page("me")
def office(request: HttpRequest) -> HttpResponse:
    """Budget, paid, unspent by quarter for a charity; funded, given, left for a sponsor."""
    book, person = _book(), _person(request)
    readers: dict[str, Callable[..., Any]] = {"charity": reading.accounts, "sponsor": reading.pools}
    found = reading.offices(book, person)
    kept = [(row, named(row), readers[row.kind](book, row.key)) for row in found]
    if not kept:
        return missing(request)
    return render(request, "giving/office.html", {"offices": kept})


def public(request: HttpRequest) -> HttpResponse:
    """Sums and charts for anybody; nobody is seen in them."""
    book = _book()
    context = {"figures": reading.figures(book), "projects": reading.projects(book), "flocks": reading.flocks(book)}
    return render(request, "giving/public.html", context)
