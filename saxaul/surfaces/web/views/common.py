"""What all views share: who may come in, how a refusal becomes a page, how an act is performed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote as quoted

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from saxaul.kernel.refusal import SORTS
from saxaul.surfaces.web import wallets
from saxaul.surfaces.web.port import Answer, Problem, Text, port

View = Callable[..., HttpResponse]
SHORT = "wallet.funds_short"
AGAIN = ("limited", "unavailable")  # sorts for which the same id may simply be asked again


def language() -> str:
    """The reader's language as the house names it: `zh`, not `zh-hans`."""
    return (get_language() or "en").partition("-")[0]


def person_page(tab: str = "", *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Opens a view to signed-in people only, under one tab of the navigation."""

    def wrap(view: View) -> View:
        @require_http_methods(["HEAD", *methods])
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.person is None:
                return redirect(f"{reverse('sign_in')}?next={quoted(request.get_full_path())}")
            if not request.person.wallet and tab != "me":
                return redirect("open")
            request.tab = tab
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def merchant_page(*, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Opens a view to people who stand at a shop's counter; `request.shop` is the shop."""

    def wrap(view: View) -> View:
        @person_page("me", methods=methods)
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.shop = port().merchant(request.person.credential)
            if request.shop is None:
                return missing(request)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent with a form; None while it is only looked at. An empty form that was sent is still sent."""
    return request.POST if request.method == "POST" else None


def perform(
    request: HttpRequest, act: str, ask: Mapping[str, Any], *, id: str, credential: str = "", **proofs: str
) -> Answer:
    """The answer of the house to one act of this reader; at a counter `credential` is the shop's."""
    credential = credential or request.person.credential
    return port().perform(act, ask, id=id, credential=credential, proofs=proofs)


def refused(
    request: HttpRequest, problem: Problem, *, origin: str = "", retry: Mapping[str, Any] | None = None,
    own: bool = True, about: str = "", others: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The refusal as a page: what is true of the money, one button. The sort decides the button, but for money that
    is short: then the way on is to add some. Without `own` the reader is a till and learns no fact about the payer.

    `about`: which of several wallets it is about. `others`: their `rows`, and the `action` that goes on with one.
    """
    text = port().explain(problem, language=language(), own=own)
    if own and problem.code == SHORT:
        step = {"href": wallets.at_place(request, reverse("top_up"), about), "label": _("Add money")}
    elif problem.sort == "unauthenticated":
        step = {"href": reverse("sign_in"), "label": _("Sign in")}
    elif origin:
        step = {"href": origin, "label": _("Back")}
    else:
        step = {"href": reverse("home"), "label": _("To my wallet")}
    context = {
        "text": text, "step": step, "code": problem.code, "tone": "warn" if problem.sort in AGAIN else "bad",
        "retry": retry if problem.sort in AGAIN else None, "picture": "clock" if problem.sort in AGAIN else "no",
        "about": wallets.kept(request, about), "others": others,
    }  # fmt: skip
    return render(request, "web/refusal.html", context, status=SORTS[problem.sort][0])


def missing(request: HttpRequest) -> HttpResponse:
    """Unknown or not yours: the same page for both, so that nobody learns which."""
    return refused(request, Problem("request.object_missing", "missing"))


def lost_draft(request: HttpRequest) -> HttpResponse:
    """The session forgot what was to be confirmed; nothing was paid by this page."""
    text = Text(
        _("Start once more"), _("This page had waited too long. Nothing was paid by it."),
        _("Go back to your wallet and begin again. If you are unsure, look into the history first."),
    )  # fmt: skip
    context = {
        "text": text,
        "step": {"href": reverse("home"), "label": _("To my wallet")},
        "tone": "warn",
        "picture": "clock",
    }
    return render(request, "web/refusal.html", context, status=410)
