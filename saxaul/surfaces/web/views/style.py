"""Every part in all its states on one page, so that a change is seen where it happens."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY, ECNY
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forms import AmountForm, ConfirmForm, PhoneForm
from saxaul.surfaces.web.icons import ICONS
from saxaul.surfaces.web.port import Limit, Line, Part, Pocket, Quote, Receipt, Text

SWATCHES = ("ground", "card", "sunk", "accent", "accent-soft", "warn", "bad", "hero")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The page of parts."""
    return render(request, "web/style.html", {"swatches": SWATCHES, "icons": ICONS, **_money(), **_forms()})


def _money() -> dict[str, Any]:
    now = time.time_ns() // 1000
    full, part = Amount(ECNY, 123_456), Amount(ECNY, 1_250)
    parts = [Part(ECNY, part), Part(CNY, Amount(CNY, 300))]
    quote = Quote("pay.scan", _("Corner shop"), Amount(CNY, 1_550), parts, place=_("Market street 5"), signed=True)
    stages = [
        Receipt("0" * 32, "1", now, "pay.scan", "paid", stage, _("Corner shop"), part, False, parts[:1])
        for stage in ("done", "waiting", "refused")
    ]
    lines = [
        Line("0" * 32, now, kind, _("Corner shop"), part, kind in ("received", "refund"), stage)
        for kind, stage in (
            ("paid", "done"),
            ("received", "done"),
            ("bill", "held"),
            ("refund", "done"),
            ("sent", "released"),
        )
    ]
    hours = [
        (str(hour), hour * hour % 97 * 100, formats.shown(Amount(CNY, hour * hour % 97 * 100)).text)
        for hour in range(7, 22)
    ]
    refusal = Text(
        _("You have not paid"), _("The shop asks for ¥2.00; your wallet has ¥1.35 free."),
        _("Add ¥0.65, then scan the code again."),
    )  # fmt: skip
    return {
        "full": full, "part": part, "quote": quote, "stages": stages, "lines": lines, "hours": hours, "text": refusal,
        "pocket": Pocket(ECNY, full, part), "limit": Limit("day", Amount(CNY, 500_000), Amount(CNY, 320_000)),
        "code": "281234567890123456", "back_step": {"href": "/style", "label": _("Back")},
    }  # fmt: skip


def _forms() -> dict[str, Any]:
    wrong = PhoneForm({"phone": "abc"})
    wrong.is_valid()
    return {"plain_form": AmountForm(), "wrong_form": wrong, "proof_form": ConfirmForm(pin=True, sure=True)}
