"""The desk of those who keep the bank: files in, two readers, what is published, and how each question fares."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saxaul.kernel import ids, times
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.quiz import common, files
from saxaul.surfaces.console.officers import officer_of
from saxaul.surfaces.web.engine_port import problem
from saxaul.surfaces.web.forms import NEEDED, fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.quiz import reading
from saxaul.surfaces.web.views.common import language, missing, perform, person_page, posted, refused

READ_MAX = 10  # questions on one page of reading: more are waved through, not read
FORMATS = [("gift", "GIFT"), ("csv", "CSV"), ("json", "JSON")]
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 101))


class FileForm(forms.Form):
    """A file of questions for a bank."""

    bank = forms.SlugField(
        label=gettext_lazy("Question bank"), max_length=40, initial="low-carbon", error_messages=NEEDED
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("File format"), choices=FORMATS)
    file = forms.FileField(label=gettext_lazy("File of questions"), error_messages=NEEDED)
    source = forms.CharField(label=gettext_lazy("Source of all its questions"), max_length=200, required=False)
    valid_until = forms.DateField(
        label=gettext_lazy("Last day on which they are true"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


class CampaignForm(forms.Form):
    """A campaign as one officer proposes it and another approves it."""

    bank = forms.SlugField(
        label=gettext_lazy("Question bank"), max_length=40, initial="low-carbon", error_messages=NEEDED
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title of the challenge"), max_length=120, error_messages=NEEDED)
    opens = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}), error_messages=NEEDED
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("How many days"), min_value=1, max_value=366, error_messages=NEEDED)
    streak = forms.IntegerField(
        label=gettext_lazy("Right answers in a row that pass"), min_value=1, max_value=1000, error_messages=NEEDED
    )  # fmt: skip
    points = forms.IntegerField(label=gettext_lazy("Points for a pass"), min_value=0, max_value=100_000, initial=0)
    programme = forms.RegexField(
        "^([0-9a-f]{32})?$", label=gettext_lazy("Merchants' programme of these points"), required=False,
        help_text=gettext_lazy("Its id; then the points can be exchanged for that programme's benefits."),
    )  # fmt: skip
    rewards = forms.IntegerField(
        label=gettext_lazy("How many such rewards"), min_value=0, max_value=1_000_000, initial=0
    )  # fmt: skip


def _office(request: HttpRequest) -> Any:
    officer = officer_of(request)
    return officer if officer is not None and officer.roles & {"officer", "approver"} else None


@person_page("me", methods=("GET", "POST"))
def desk(request: HttpRequest) -> HttpResponse:
    """Banks by stage, a file to bring in, a campaign to propose, and the campaigns' figures."""
    officer = _office(request)
    if officer is None:
        return missing(request)
    book = port().book
    weeks, streak = book.term("quiz.weeks"), book.term("quiz.streak")
    file = FileForm(posted(request) if "file_form" in request.POST else None, request.FILES or None)
    plan = CampaignForm(
        posted(request) if "plan_form" in request.POST else None, initial={"days": weeks * 7, "streak": streak}
    )
    done = ""
    if request.method == "POST" and "publish" in request.POST:
        return _published(request, officer, request.POST["publish"])
    if file.is_bound and "file_form" in request.POST and file.is_valid():
        done = _taken(file, officer)
    elif plan.is_bound and plan.is_valid():
        answer = perform(request, "desk.propose", _proposal(plan.cleaned_data), id=_id(request),
                         credential=officer.credential)  # fmt: skip
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("quiz_desk"))
        done = _("The campaign waits for the second officer.")
    context = {
        "file": file, "plan": plan, "banks": _banks(book), "done": done, "id": fresh_id(),
        "campaigns": reading.newest(book, language()),
    }  # fmt: skip
    return render(request, "quiz/desk.html", context, status=422 if file.errors or plan.errors else 200)


def _id(request: HttpRequest) -> str:
    return ids.read(request.POST.get("id", "")) or fresh_id()


def _banks(book: Any) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for bank, stage, count in book.query(reading.COUNTS):
        found.setdefault(bank, {"name": bank, "written": 0, "published": 0, "withdrawn": 0})[stage] = count
    return list(found.values())


def _taken(form: FileForm, officer: Any) -> str:
    """The file's questions as acts of the officer; what is wrong with it stands at its field, line by line."""
    given = form.cleaned_data
    if given["file"].size > MAXIMA.file_bytes:
        form.add_error("file", _("This file is too large."))
        return ""
    until = given["valid_until"].isoformat() if given["valid_until"] else ""
    try:
        questions = files.read(
            given["file"].read(), given["kind"], language=language(), source=given["source"], valid_until=until
        )
    except Refusal as refusal:
        for line in refusal.facts["fields"][:10]:
            form.add_error("file", line)
        return ""
    acts = list(files.requests(questions, bank=given["bank"], credential=officer.credential))
    wrong = [answer.refusal() for answer in port().book.submit(acts) if answer.code]
    if wrong:
        form.add_error("file", port().explain(problem(wrong[0]), language=language()).what)
        return ""
    return _("Questions taken in: %(count)s. They wait for two readers.") % {"count": len(questions)}


def _proposal(given: dict[str, Any]) -> dict[str, Any]:
    """The campaign as `desk.propose` wants it; the seed is chance from here, and nobody types it."""
    streak, points = given["streak"], given["points"]
    steps = sorted({max(1, streak // 10), max(1, streak // 2)} - {streak})
    asset = f"POINT.{given['programme'] or given['bank']}"
    last: dict[str, Any] = {"streak": streak, **({"reward": f"{points} {asset}"} if points else {})}
    ask = {
        "bank": given["bank"], "titles": {language(): given["title"]}, "opens": given["opens"].isoformat(),
        "days": given["days"], "seed": secrets.token_hex(32), "levels": [*({"streak": one} for one in steps), last],
        "budgets": [f"{points * given['rewards']} {asset}"] if points and given["rewards"] else [],
    }  # fmt: skip
    return {"act": "quiz.open", "ask": ask, "reason": f"quiz-{given['opens'].isoformat()}", "hours": 72}


def _published(request: HttpRequest, officer: Any, bank: str) -> HttpResponse:
    """All questions of the bank that two have read, and that have what they need, are published."""
    book = port().book
    rows = book.records("quiz_question", [key for (key,) in book.query(reading.WAITING, (bank,))])
    least, today = book.term("quiz.reviewers_min"), times.day(book.now())
    ready = [
        row.code for row in rows if len(row.reviewers.split()) >= least and row.source and row.valid_until >= today
    ]
    if not ready:
        return refused(request, problem(Refusal("quiz.review_missing")), origin=reverse("quiz_desk"))
    for start in range(0, len(ready), MAXIMA.list_items):
        ask = {"bank": bank, "codes": ready[start : start + MAXIMA.list_items]}
        answer = perform(request, "quiz.publish", ask, id=fresh_id(), credential=officer.credential)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("quiz_desk"))
    return redirect("quiz_desk")


@person_page("me", methods=("GET", "POST"))
def read(request: HttpRequest, bank: str) -> HttpResponse:
    """The next questions that this reader has not read, whole; one button says that all of them are right."""
    officer = _office(request)
    if officer is None:
        return missing(request)
    book = port().book
    if request.method == "POST":
        ask = {"bank": bank, "codes": request.POST.getlist("code")[: MAXIMA.list_items]}
        answer = perform(request, "quiz.review", ask, id=_id(request), credential=officer.credential)
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("quiz_desk_read", args=[bank]))
        return redirect("quiz_desk_read", bank)
    mine = book.record("people_person", officer.person).natural
    rows = book.records("quiz_question", [key for (key,) in book.query(reading.WAITING, (bank,))])
    waiting = [row for row in rows if row.author != mine and mine not in row.reviewers.split()]
    shown = [
        {"row": row, "words": common.in_language(common.texts(row), language()), "languages": sorted(common.texts(row))}
        for row in waiting[:READ_MAX]
    ]
    context = {"bank": bank, "questions": shown, "left": len(waiting), "id": fresh_id()}
    return render(request, "quiz/read.html", context)


@person_page("me", methods=("GET", "POST"))
def figures(request: HttpRequest, campaign: str) -> HttpResponse:
    """How each question fares: its share of right answers, the weakest first, and where attempts end."""
    officer, book = _office(request), port().book
    row = book.record("quiz_campaign", campaign)
    if officer is None or row is None:
        return missing(request)
    if request.method == "POST":
        ask = {"bank": row.bank, "codes": request.POST.getlist("code")[:1]}
        answer = perform(request, "quiz.withdraw", ask, id=_id(request), credential=officer.credential)
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)
    counted = reading.figures(book, campaign)
    bands = []
    for low, high in BANDS:
        count = sum(low <= one.percent < high for one in counted.questions.values())
        bands.append((f"{low}–{min(high, 100)} %", count, str(count)))
    context = {
        "campaign": reading.campaign(book, row, language()), "figures": counted, "bands": bands,
        "ends": reading.ends_chart(counted, row.streak),
        "questions": reading.fares(book, counted, language(), most=200), "id": fresh_id(),
    }  # fmt: skip
    return render(request, "quiz/figures.html", context)
