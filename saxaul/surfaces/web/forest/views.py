"""Pages of forests: choosing and planting, certificates, teams, the charity's work, and what everybody may see."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from saxaul.kernel import times
from saxaul.programmes.forest import certificates, geometry
from saxaul.surfaces.web import formats, paper
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forest import maps, proof, reading, sheets
from saxaul.surfaces.web.forms import NEEDED, ActForm, fresh_id
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import missing, perform, person_page, posted, refused

TEXT_MAX = 600


def _book() -> Any:
    return port().book


@person_page("home")
def forest(request: HttpRequest) -> HttpResponse:
    """All projects, on a map and in a list, with the reader's energy."""
    who = request.person.credential
    found = reading.projects(_book(), who)
    shown = [one for one in found if one.stage in ("open", "soon", "waiting", "unpaid", "sold")]
    rings = [(str(n), one.ring[0], one.stage == "open") for n, one in enumerate(shown, 1)]
    context = {
        "projects": shown, "marks": maps.marks(rings), "energy": reading.energy(_book(), who),
        "works": bool(reading.desk(_book(), who)[0]),
    }  # fmt: skip
    return render(request, "forest/forest.html", context)


@person_page("home", methods=("GET", "POST"))
def project(request: HttpRequest, code: str) -> HttpResponse:
    """One project: what it costs, who pays and plants, how far it is; one button plants or begins a team."""
    found = reading.projects(_book(), request.person.credential, [code])
    if not found:
        return missing(request)
    (one,) = found
    if request.method == "POST":
        return _planted(request, one)
    context = {
        "project": one, "outlines": maps.outlines(one.ring), "id": fresh_id(),
        "energy": reading.energy(_book(), request.person.credential),
        "evidence": reading.evidence_of(_book(), code)[:1],
    }  # fmt: skip
    return render(request, "forest/project.html", context)


def _planted(request: HttpRequest, one: reading.Project) -> HttpResponse:
    id, kind = request.POST.get("id") or fresh_id(), request.POST.get("team", "")
    if kind:
        ask: dict[str, str] = {"project": one.code, "kind": kind[:16]}
        answer = perform(request, "forest.open_team", ask, id=id)
    else:
        act = "forest.plant" if one.kind == "tree" else "forest.protect"
        answer = perform(request, act, {"project": one.code}, id=id)
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    if kind:
        return redirect("forest_team", answer.receipt["team"])
    return redirect("forest_certificate", answer.receipt["certificate"])


@person_page("home")
def trees(request: HttpRequest) -> HttpResponse:
    """The reader's trees and land."""
    return render(request, "forest/trees.html", {"trees": reading.mine(_book(), request.person.credential)})


@person_page("home", methods=("GET", "POST"))
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One certificate with its code to check without a connection; to print, to name, to take back."""
    found = reading.certificate(_book(), request.person.credential, certificates.read(number))
    if found is None:
        return missing(request)
    if request.method == "POST" and found.mine:
        return _changed(request, found)
    context = {
        "tree": found, "text": _text(request, found), "outlines": maps.outlines([found.parcel]), "id": fresh_id(),
        "name": request.person.name if found.named else "", "place": proof.plus_code(*geometry.centre(found.parcel)),
        "evidence": reading.evidence_of(_book(), found.project.code, found.parcel_key),
        "lacking": paper.lacking(_sheet(request, found)),
    }  # fmt: skip
    return render(request, "forest/certificate.html", context)


@person_page("home")
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The same certificate as a file to keep; back to its page, which says why, where this machine lacks a font."""
    found = reading.certificate(_book(), request.person.credential, certificates.read(number))
    if found is None:
        return missing(request)
    sheet = _sheet(request, found)
    return redirect("forest_certificate", found.number) if paper.lacking(sheet) else paper.handed(sheet)


def _sheet(request: HttpRequest, found: reading.Certificate) -> paper.Sheet:
    name = request.person.name if found.named else ""
    return sheets.of_certificate(found, code=_text(request, found), name=name, now=_book().now())


def _text(request: HttpRequest, found: reading.Certificate) -> str:
    """What the code holds and the key signs; the name only where its holder wants it."""
    row = _book().record("forest_project", found.project.code)
    return proof.signed_text(
        reading.signing_key(_book()), number=found.number,
        species=reading.LATIN.get(row.species, row.species or "land"),
        place=row.place_en or row.place, parcel=proof.plus_code(*geometry.centre(found.parcel)),
        season=found.number[5:10], stage=found.stage, issued=times.day(found.since), energy=found.energy.units,
        version=found.version, name=request.person.name if found.named else "",
    )  # fmt: skip


def _changed(request: HttpRequest, found: reading.Certificate) -> HttpResponse:
    wish, id = request.POST.get("do", ""), request.POST.get("id") or fresh_id()
    ask: dict[str, Any] = {"certificate": found.number}
    if wish == "withdraw":
        answer = perform(request, "forest.withdraw_certificate", ask, id=id)
    else:
        wanted = {"shown": True, "version": ports.CONSENT_VERSION} if wish == "name" else {"shown": False}
        answer = perform(request, "forest.show_name", ask | wanted, id=id)
    return refused(request, answer.problem, origin=request.path) if answer.problem else redirect(request.path)


# -------------------------------------------------------------------------------------------------------------- teams


class GramsForm(ActForm):
    """How much energy to give."""

    def __init__(self, *args: Any, most: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wrong = {**NEEDED, "invalid": _("Write a whole number."), "min_value": _("Write a number above zero."),
                 "max_value": _("That is more than one tree needs.")}  # fmt: skip
        self.fields["grams"] = forms.IntegerField(
            label=_("Grams of energy"), min_value=1, max_value=max(1, most), error_messages=wrong,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip


@person_page("home")
def teams(request: HttpRequest) -> HttpResponse:
    """Trees that grow together with others, and how to begin one."""
    who = request.person.credential
    open_ones = [one for one in reading.projects(_book(), who) if one.stage == "open" and one.kind == "tree"]
    return render(request, "forest/teams.html", {"teams": reading.teams(_book(), who), "projects": open_ones})


@person_page("home", methods=("GET", "POST"))
def team(request: HttpRequest, id: str) -> HttpResponse:
    """One team: for members what is gathered and a way to give; for whoever has its code a way to join."""
    found = reading.team(_book(), request.person.credential, id)
    if found is None or (not found.member and found.stage != "open"):
        return missing(request)
    wish = request.POST.get("do", "")
    form = GramsForm(posted(request) if wish == "give" else None, most=found.project.energy.units)
    if request.method == "POST" and (wish != "give" or form.is_valid()):
        return _in_team(request, found, wish, form)
    most = _book().term("forest.team_day_grams")
    context = {"team": found, "form": form, "id": fresh_id(), "most": formats.number(most),
               "energy": reading.energy(_book(), request.person.credential)}  # fmt: skip
    return render(request, "forest/team.html", context, status=422 if form.errors else 200)


def _in_team(request: HttpRequest, found: reading.Team, wish: str, form: GramsForm) -> HttpResponse:
    ask: dict[str, Any] = {"team": found.id}
    acts = {"join": "forest.join_team", "leave": "forest.leave_team", "end": "forest.dissolve_team"}
    if wish == "give":
        given = form.cleaned_data
        answer = perform(request, "forest.add_energy", {**ask, "grams": given["grams"]}, id=given["id"])
    elif wish in acts:
        answer = perform(request, acts[wish], ask, id=request.POST.get("id") or fresh_id())
    else:
        return missing(request)
    if answer.problem:
        return refused(request, answer.problem, origin=request.path)
    if answer.receipt.get("certificate"):
        return redirect("forest_certificate", answer.receipt["certificate"])
    return redirect(request.path if wish in ("give", "join") else "forest_teams")


# --------------------------------------------------------------------------------------------- the charity's work, all


class InspectForm(ActForm):
    """What an inspector counted, and the digest of the report."""

    def __init__(self, *args: Any, trees: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wrong = {**NEEDED, "invalid": _("Write a whole number."), "min_value": _("Write a whole number."),
                 "max_value": _("There are not so many trees.")}  # fmt: skip
        for name, label, least in (("sample", _("Trees looked at"), 1), ("alive", _("Of these alive"), 0)):
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=trees, error_messages=wrong,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip
        self.fields["document"] = forms.RegexField(
            r"^[0-9a-f]{64}$", label=_("Digest of the report"), help_text=_("64 digits and letters, made by SHA-256."),
            error_messages={**NEEDED, "invalid": _("64 digits and letters, made by SHA-256.")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )  # fmt: skip


@person_page("home", methods=("GET", "POST"))
def work(request: HttpRequest) -> HttpResponse:
    """For people of a planting charity or an inspecting agency: orders, what is to be done next, money and debts."""
    credential, organisation, kind = reading.desk(_book(), request.person.credential)
    if not credential:
        return missing(request)
    found = reading.orders(_book(), organisation, kind)
    bound = request.POST.get("order", "")
    cards = []
    for one in found:
        data = posted(request) if bound == one.key and kind == "agency" else None
        form = InspectForm(data, trees=one.trees, prefix=None, auto_id=f"id_{one.key.replace(':', '_')}_%s")
        if data is not None and form.is_valid():
            return _inspected(request, one, form, credential)
        cards.append((one, form, one.next_from <= _book().now()))
    if bound and kind == "charity":
        answer = perform(request, "forest.report_planted", {"order": bound[:32]},
                         id=request.POST.get("id") or fresh_id(), credential=credential)  # fmt: skip
        return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("forest_work")
    context = {"cards": cards, "kind": kind, "id": fresh_id()}
    return render(
        request, "forest/work.html", context, status=422 if any(form.errors for _o, form, _n in cards) else 200
    )


def _inspected(request: HttpRequest, one: reading.Order, form: InspectForm, credential: str) -> HttpResponse:
    given = form.cleaned_data
    ask = {"order": one.key, "year": one.next_year, "sample": given["sample"], "alive": given["alive"],
           "document": given["document"]}  # fmt: skip
    answer = perform(request, "forest.inspect", ask, id=given["id"], credential=credential)
    return refused(request, answer.problem, origin=request.path) if answer.problem else redirect("forest_work")


class CheckForm(forms.Form):
    """The text of a certificate's code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"] = forms.CharField(
            label=_("Text of the code"), max_length=TEXT_MAX, error_messages=NEEDED,
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def public(request: HttpRequest) -> HttpResponse:
    """Open to all: what was planted, what lives, what is owed, what pictures say, and a certificate checked."""
    form, fields, key = CheckForm(posted(request)), {}, proof.public_text(reading.signing_key(_book()))
    if form.is_bound and form.is_valid():
        fields = proof.checked(form.cleaned_data["text"], key=key)
        if not fields:
            form.add_error("text", _("This certificate does not check out: something in it was changed."))
    found = reading.projects(_book(), "")
    orders = reading.orders(_book(), "", "")
    context = {
        "totals": reading.totals(_book(), found), "form": form, "fields": fields, "key": key,
        "trees": [(str(n), one.taken, formats.number(one.taken)) for n, one in enumerate(found, 1)],
        "projects": [(one, reading.evidence_of(_book(), one.code)[:1]) for one in found],
        "lives": _lives(orders, [one.code for one in found]), "debts": [one for one in orders if one.debt],
        "stage": reading.stage_words(fields["stage"], "")[0] if fields else "",
    }  # fmt: skip
    return render(request, "forest/public.html", context, status=422 if form.errors else 200)


def _lives(orders: list[reading.Order], codes: list[str]) -> list[tuple[str, int, str]]:
    """Of a hundred trees so many live, by the number of the project: the last inspection of each order."""
    rows = []
    for one in orders:
        if one.inspections:
            last = one.inspections[-1]
            share = last.living * 100 // one.trees
            rows.append((str(codes.index(one.project.code) + 1), share, formats.number(share)))
    return rows
