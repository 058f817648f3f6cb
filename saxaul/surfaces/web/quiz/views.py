"""Playing: start, one question a screen, why it was so, the end, and what was reached."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from saxaul.kernel import ids
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.quiz import reading
from saxaul.surfaces.web.views.common import language, missing, perform, person_page, refused

DEVICE, DEVICE_DAYS = "device", 400
HARDEST = 5  # questions on the page of totals


def _person(request: HttpRequest) -> Any:
    """The reader's own row in the book."""
    return port().book.person_of(request.person.credential)


def _sent_id(request: HttpRequest) -> str:
    """The id that was rendered with the form; a new one where a form without it was sent."""
    return ids.read(request.POST.get("id", "")) or fresh_id()


@person_page("quiz", methods=("GET", "POST"))
def begin(request: HttpRequest) -> HttpResponse:
    """The campaign that runs: rules, levels, what is left to be given, and the button."""
    if request.method == "POST":
        return _begun(request)
    book, person = port().book, _person(request)
    found = reading.newest(book, language(), person.natural)
    current = found[0] if found else None
    context = {
        "campaign": current, "others": found[1:6], "id": fresh_id(), "share_id": fresh_id(),
        "standing": reading.standing(book, person, current) if current else None,
        "seconds": book.term("quiz.answer_seconds") * (book.term("quiz.elder_times") if person.elder else 1),
        "exhausted": bool(current) and any(one.reward and not one.left for one in current.levels),
    }  # fmt: skip
    return render(request, "quiz/begin.html", context)


def _begun(request: HttpRequest) -> HttpResponse:
    campaign = ids.read(request.POST.get("campaign", "")) or ""
    if "share" in request.POST:
        answer = perform(request, "quiz.share", {"campaign": campaign}, id=_sent_id(request))
        return refused(request, answer.problem, origin=reverse("quiz")) if answer.problem else redirect("quiz")
    mark = request.get_signed_cookie(DEVICE, default="") or secrets.token_hex(16)
    ask = {"campaign": campaign, "device": _device(campaign, mark)}
    answer = perform(request, "quiz.start", ask, id=_sent_id(request))
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("quiz"))
    response = redirect("quiz_play", answer.receipt["attempt"])
    response.set_signed_cookie(
        DEVICE, mark, max_age=DEVICE_DAYS * 86_400, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def _device(campaign: str, mark: str) -> str:
    """The device as this campaign knows it: another campaign cannot tell that it is the same one."""
    key = port().house.secrets.key("quiz devices")
    return hmac.new(key, f"{campaign}|{mark}".encode(), hashlib.sha256).hexdigest()[:32]


@person_page("quiz", methods=("GET", "POST"))
def play(request: HttpRequest, attempt: str) -> HttpResponse:
    """The open question; an answer leads to why it was so."""
    if request.method == "POST":
        return _answered(request, attempt)
    found = reading.attempt(port().book, _person(request), attempt, language())
    if found is None:
        return missing(request)
    if found.open is None:
        return redirect("quiz_ended", attempt)
    return render(request, "quiz/play.html", {"attempt": found, "id": fresh_id()})


def _answered(request: HttpRequest, attempt: str) -> HttpResponse:
    choice = request.POST.get("choice", "")
    ask = {
        "token": request.POST.get("token", ""),
        "choice": int(choice) if choice.isdecimal() and len(choice) < 3 else 0,
    }
    answer = perform(request, "quiz.answer", ask, id=_sent_id(request))
    if answer.problem:
        return refused(request, answer.problem, origin=reverse("quiz_play", args=[attempt]))
    if level := answer.receipt["level"]:
        id = ids.derived(ids.instant(answer.id), f"quiz.pass:{answer.id}")
        perform(request, "quiz.pass", {"attempt": answer.receipt["attempt"], "level": level}, id=id)
    return redirect("quiz_told", answer.id)


@person_page("quiz")
def told(request: HttpRequest, id: str) -> HttpResponse:
    """What was right and why, with who says so."""
    found = reading.told(port().book, _person(request), id, language())
    if found is None:
        return missing(request)
    running = found.attempt.open is not None and found.attempt.number == found.number + 1
    context = {"told": found, "running": running, "reasons": reading.reasons(), "id": fresh_id()}
    return render(request, "quiz/told.html", context)


@person_page("quiz", methods=("GET", "POST"))
def ended(request: HttpRequest, attempt: str) -> HttpResponse:
    """The end of an attempt: how far it went, the card that goes on, and what was reached."""
    if request.method == "POST":
        return _ended(request, attempt)
    found = reading.attempt(port().book, _person(request), attempt, language())
    if found is None:
        return missing(request)
    if found.open is not None:
        return redirect("quiz_play", attempt)
    context = {"attempt": found, "id": fresh_id(), "reasons": reading.reasons()}
    return render(request, "quiz/ended.html", context)


def _ended(request: HttpRequest, attempt: str) -> HttpResponse:
    level, campaign = request.POST.get("level", ""), ids.read(request.POST.get("campaign", "")) or ""
    place = reverse("quiz_ended", args=[attempt])
    if level:
        act = "quiz.appeal" if "appeal" in request.POST else "quiz.take_reward"
        ask = {"campaign": campaign, "level": int(level) if level.isdecimal() and len(level) < 3 else 0}
        answer = perform(request, act, ask, id=_sent_id(request))
        return refused(request, answer.problem, origin=place) if answer.problem else redirect(place)
    answer = perform(request, "quiz.revive", {"attempt": attempt}, id=_sent_id(request))
    return refused(request, answer.problem, origin=place) if answer.problem else redirect("quiz_play", attempt)


@person_page("quiz")
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's badges and attempts."""
    found = reading.history(port().book, _person(request), language())
    return render(request, "quiz/mine.html", {"history": found, "reasons": reading.reasons()})


@require_safe
def totals(request: HttpRequest, campaign: str = "") -> HttpResponse:
    """Players, answers, passes, and where attempts end: for everybody, counted from the journal."""
    book = port().book
    found = [one for one in reading.newest(book, language()) if not campaign or one.id == campaign]
    if not found:
        return render(request, "quiz/totals.html", {"campaign": None}, status=404 if campaign else 200)
    counted = reading.figures(book, found[0].id)
    context = {
        "campaign": found[0], "figures": counted, "ends": reading.ends_chart(counted, found[0].streak),
        "hash": counted.hash(), "query": reading.quiz_figures.QUERY, "ends_title": _("Where attempts ended"),
        "hardest": reading.fares(
            book, counted, language(), most=HARDEST, least=book.term("quiz.public_answers_min")
        ),
    }  # fmt: skip
    return render(request, "quiz/totals.html", context)
