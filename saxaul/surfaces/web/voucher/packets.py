"""Lucky packets: give one to a group, open one by its link, see who got what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY
from saxaul.surfaces.web import drafts, wallets
from saxaul.surfaces.web.forms import NEEDED, ActForm, MoneyField, PayForm, choose_wallet, fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.port_book import Book
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused
from saxaul.surfaces.web.views.pay import confirm as confirm_page
from saxaul.surfaces.web.wallets import Choice

GIVE, TAKE = "packet.give", "packet.take"
PEOPLE_MAX, LIST_MAX = 100, 30
OWN = f"SELECT key FROM packet_packet WHERE giver = ? ORDER BY since DESC, key LIMIT {LIST_MAX}"
GOT = f"SELECT packet FROM packet_part WHERE person = ? ORDER BY at DESC, key LIMIT {LIST_MAX}"
PARTS = f"SELECT person, units, at FROM packet_part WHERE packet = ? ORDER BY place LIMIT {PEOPLE_MAX}"


@dataclass(frozen=True, slots=True)
class Part:
    """What one person found in a packet."""

    name: str
    amount: Amount
    at: int
    mine: bool
    best: bool


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as one reader may see it: who got what is for the giver and for those who opened it."""

    id: str
    giver: str
    given: bool  # by the reader
    amount: Amount
    people: int
    opened: int
    stage: str
    ends: int
    parts: tuple[Part, ...]
    mine: Amount | None


class GiveForm(ActForm):
    """How much, for how many, in which way."""

    def __init__(self, *args: Any, wallets: Choice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Amount for all together"))
        self.fields["people"] = forms.IntegerField(
            label=_("For how many people"), min_value=1, max_value=PEOPLE_MAX,
            error_messages={
                **NEEDED, "invalid": _("Write a number."), "min_value": _("At least one person."),
                "max_value": _("At most a hundred people."),
            },
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip
        ways = [("exchangeable", _("By chance")), ("fixed", _("In equal parts"))]
        self.fields["method"] = forms.ChoiceField(label=_("How it is shared"), choices=ways, error_messages=NEEDED)
        choose_wallet(self, wallets, _("From which wallet"))


def read(book: Book, credential: str, id: str) -> Packet | None:
    """The packet behind a link."""
    row, person = book.record("packet_packet", id), book.person_of(credential)
    if row is None or person is None:
        return None
    own = book.record("packet_part", f"{id}:{person.natural}")
    given = row.giver == person.key
    rows = book.query(PARTS, (id,)) if given or own is not None else []
    most = max((units for _person, units, _at in rows), default=0)
    full = row.stage != "open"
    parts = tuple(
        Part(book.name_of_person(who), Amount(CNY, units), at, own is not None and who == own.person,
             full and units == most and row.method != "fixed")
        for who, units, at in rows
    )  # fmt: skip
    stage = "expired" if row.stage == "open" and row.ends <= book.now() else row.stage
    return Packet(
        id, book.name_of_person(row.giver), given, Amount(CNY, row.units), len(row.parts.split()), row.opened, stage,
        row.ends, parts, Amount(CNY, own.units) if own is not None else None,
    )  # fmt: skip


def _mine(book: Book, credential: str) -> list[Packet]:
    person = book.person_of(credential)
    keys = [key for statement in (OWN, GOT) for (key,) in book.query(statement, (person.key,))]
    found = [read(book, credential, key) for key in dict.fromkeys(keys)]
    return sorted((one for one in found if one is not None), key=lambda one: one.ends, reverse=True)[:LIST_MAX]


@person_page("home", methods=("GET", "POST"))
def packets(request: HttpRequest) -> HttpResponse:
    """A new packet, and those I gave or opened."""
    choice = wallets.choice(request)
    form = GiveForm(posted(request), wallets=choice)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        place = given.get("wallet", "")
        amount = wallets.of_one_pocket(given["amount"], choice.at(place) or request.person.wallet)
        ask = {
            "amount": str(amount), "people": given["people"], "method": given["method"], **choice.named(place),
        }  # fmt: skip
        return redirect("lucky_confirm", drafts.keep(request, GIVE, ask, origin=reverse("lucky_packets")))
    context = {"form": form, "packets": _mine(port().book, request.person.credential)}
    return render(request, "voucher/packets.html", context, status=422 if form.errors else 200)


def confirm(request: HttpRequest, id: str) -> HttpResponse:
    """The common confirm page; once the packet is given, its own page with the link."""
    response: HttpResponse = confirm_page(request, id)
    done = isinstance(response, HttpResponseRedirect) and response.url == reverse("receipt", args=[id])
    return redirect("lucky_packet", id) if done else response


@person_page("home", methods=("GET", "POST"))
def packet(request: HttpRequest, id: str) -> HttpResponse:
    """Open it; then who got what."""
    found = read(port().book, request.person.credential, id)
    if found is None:
        return missing(request)
    choice = wallets.choice(request)
    if request.method == "POST":
        ask = {"packet": id, **choice.named(request.POST.get("wallet", ""))}
        answer = perform(request, TAKE, ask, id=request.POST.get("id") or fresh_id())
        if answer.problem:
            return refused(request, answer.problem, origin=reverse("home"))
        return redirect("lucky_packet", id)
    context = {"packet": found, "id": fresh_id(), "link": request.build_absolute_uri(request.path),
               "form": PayForm(wallets=choice, into=True)}  # fmt: skip
    return render(request, "voucher/packet.html", context)
