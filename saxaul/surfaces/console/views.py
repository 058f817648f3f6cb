"""Pages of the console that are no list of records: the start, acts, approvals, reconciliation, terms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from saxaul.engine.declare import Act
from saxaul.kernel import ids, times
from saxaul.kernel.amounts import Amount, show
from saxaul.kernel.assets import CNY, is_asset
from saxaul.kernel.refusal import SORTS
from saxaul.surfaces.console import words
from saxaul.surfaces.console.asks import AskForm, schema
from saxaul.surfaces.console.officers import Officer, officer_of
from saxaul.surfaces.web import charts, formats
from saxaul.surfaces.web.forms import fresh_id
from saxaul.surfaces.web.port import Answer, port
from saxaul.surfaces.web.views.common import language

DAYS = 14  # bars of the chart on the start page
ROWS_MAX = 200
OWN_PAGES = ("desk.propose", "desk.approve", "desk.reject", "desk.sign_out")  # acts that other pages post
OF_RECORD = {"people_directory": "desk.set_row", "desk_term": "desk.set_terms"}  # rows that an act names by its fields


def house() -> Any:
    """The declarations and terms behind the port of the pages."""
    return port().house  # type: ignore[attr-defined]  # app's port bears it; a sample port of tests may not


def page(request: HttpRequest, template: str, title: Any, status: int = 200, **context: Any) -> HttpResponse:
    """A page inside the console's frame."""
    from saxaul.surfaces.console.site import CONSOLE

    whole = {**CONSOLE.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"console/{template}.html", whole, status=status)


def _rows(app: str, model: str, **wanted: Any) -> Any:
    """The newest rows of a table; none where the programme is not installed."""
    try:
        return apps.get_model(app, model).objects.filter(**wanted).order_by("-pk")[:ROWS_MAX]
    except LookupError:
        return []


# -------------------------------------------------------------------------------------------------------- the start


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What waits for an officer, how busy the book was, and the published figures."""
    now = times.moment(_now()).date().isoformat()
    waiting = [
        (_("Proposals that wait for a second officer"), len(_waiting()), reverse("admin:approvals")),
        (_("Open items of reconciliation"), len(_rows("cash", "Item", stage="open")), reverse("admin:reconciliation")),
    ]
    public = port().public(language=language())
    figures = [(one.title, _figure(one.value), one.query) for one in public.figures]
    days = [(formats.short_day(day), count, formats.number(count)) for day, count in per_day(now)]
    shown = {"days": days, "bars": charts.bars(days), "figures": figures, "heads": public.heads[:5]}
    return page(request, "index", _("Start"), waiting=waiting, **shown)


def _figure(value: Any) -> str:
    if value is None:
        return _("not measured")
    return formats.shown(value).text if isinstance(value, Amount) else formats.number(value)


def _now() -> int:
    return ids.instant(fresh_id())


def per_day(today: str, days: int = DAYS) -> list[tuple[str, int]]:
    """Entries of the journal on each of the last days: numbers have no gaps and only grow, so two of them subtract."""
    entries = apps.get_model("ledger", "Entry").objects
    last = entries.order_by("-n").values_list("n", flat=True).first() or 0
    first = times.start_of_day(today) - (days - 1) * times.DAY
    starts = [first + place * times.DAY for place in range(days + 1)]
    numbers = [_before(entries, instant, last) for instant in starts]
    return [(times.day(starts[one]), numbers[one + 1] - numbers[one]) for one in range(days)]


def _before(entries: Any, instant: int, last: int) -> int:
    """The number of the last entry before an instant, by halving."""
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        entered = entries.filter(pk=middle).values_list("entered", flat=True).first()
        if entered is not None and entered < instant:
            low = middle
        else:
            high = middle - 1
    return low


# ------------------------------------------------------------------------------------------------------------- acts


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that an officer may do, as a page offers it: with the address of its form and what it does."""

    act: Act
    link: str
    summary: str


def offer(act: Act, /, **known: Any) -> Offer:
    """The act with its form's address, filled in with what is known, and its summary in the reader's language."""
    link = reverse("admin:act", args=[act.name])
    return Offer(act, f"{link}?{urlencode(known)}" if known else link, words.summary(act))


def may(officer: Officer, act: Act) -> bool:
    """Whether the officer's roles open the act; one that takes two officers must be open to propose as well."""
    if officer.roles.isdisjoint(act.roles):
        return False
    return not act.two_officers or not officer.roles.isdisjoint(house().declarations.acts["desk.propose"].roles)


def fitting(officer: Officer, row: Any) -> list[Offer]:
    """The acts of this officer whose ask names such a record, each with its form filled in."""
    found = []
    for act in house().declarations.acts.values():
        fields = schema(act).get("properties", {})
        named = row._meta.model_name in fields or OF_RECORD.get(row._meta.db_table) == act.name
        if named and may(officer, act) and not _ended(row):
            known = {name: _given(row, name, part) for name, part in fields.items() if hasattr(row, name)}
            known |= {row._meta.model_name: row.pk} if row._meta.model_name in fields else {}
            found.append(offer(act, **known))
    return found


def _ended(row: Any) -> bool:
    return row._meta.db_table == "engine_proposal" and row.stage != "proposed"


def _given(row: Any, name: str, part: Mapping[str, Any]) -> Any:
    value = getattr(row, name)
    if isinstance(value, int) and part.get("type") == "string":
        return times.day(value) if value else ""
    return value


@require_safe
def acts(request: HttpRequest) -> HttpResponse:
    """Everything this officer may do, by programme."""
    officer = officer_of(request)
    assert officer is not None
    groups = []
    for programme in house().declarations.programmes:
        found = [offer(one) for one in programme.acts if may(officer, one) and one.name not in OWN_PAGES]
        if found:
            groups.append((words.PROGRAMMES.get(programme.name, programme.title), found))
    return page(request, "acts", _("Acts"), groups=groups)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """The form of one act; sent, it is performed once under the id that was rendered with it."""
    officer, found = officer_of(request), house().declarations.acts.get(name)
    if officer is None or found is None or not may(officer, found):
        raise Http404
    context = {"act": found, "summary": words.summary(found)}
    if request.method != "POST":
        form = AskForm(found, initial=request.GET.dict())
        return page(request, "act", _("Act"), form=form, id=fresh_id(), **context)
    form = AskForm(found, request.POST)
    id = ids.read(request.POST.get("id", "")) or fresh_id()
    if not form.is_valid():
        return page(request, "act", _("Act"), 422, form=form, id=id, **context)
    answer = _performed(found, form, id, officer)
    if answer.problem is None:
        waits = found.two_officers
        return page(request, "done", _("Act"), answer=answer, lines=list(_lines(answer.receipt or {})), waits=waits)
    text = port().explain(answer.problem, language=language())
    again = fresh_id() if answer.problem.lasting else id
    status = SORTS[answer.problem.sort][0]
    return page(
        request, "act", _("Act"), status, form=form, id=again, text=text, code=answer.problem.code,
        fields=answer.problem.facts.get("fields", ()), **context,
    )  # fmt: skip


def _performed(act: Act, form: AskForm, id: str, officer: Officer) -> Answer:
    """The answer of the book: to the act itself, or to its proposal where two officers are needed."""
    ask, name = form.asked(), act.name
    if act.two_officers:
        given = form.cleaned_data
        ask = {"act": name, "ask": ask, "reason": given["proposal_reason"], "hours": given["proposal_hours"]}
        name = "desk.propose"
    return port().perform(name, ask, id=id, credential=officer.credential, proofs={})


def _lines(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in receipt.items():
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --------------------------------------------------------------------------------------------- approvals and books


def _waiting() -> list[Any]:
    now = _now()
    return [one for one in _rows("engine", "Proposal", stage="proposed") if one.ends > now]


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Proposals that wait, each with two buttons. Whether this officer may sign is for the book to say."""
    officer = officer_of(request)
    assert officer is not None
    signs = may(officer, house().declarations.acts["desk.approve"])
    rows = []
    for one in _waiting():
        ask = list(_lines(json.loads(one.ask)))
        buttons = [("desk.approve", _("Approve"), fresh_id()), ("desk.reject", _("Reject"), fresh_id())]
        rows.append({"row": one, "ask": ask, "mine": one.person == officer.person, "buttons": buttons})
    return page(request, "approvals", _("Approvals"), rows=rows, signs=signs)


@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Where the bank's word and the book differ: open items, windows not yet paid, and our accounts at banks."""
    officer = officer_of(request)
    assert officer is not None
    items = [(one, fitting(officer, one)) for one in _rows("cash", "Item", stage="open")]
    windows = list(_rows("cash", "Window", stage="cut"))
    banks = list(_rows("cash", "Bank"))
    mirrors = [(one, _yuan(one.closing), _yuan(-_posted(f"issuer:bank:{one.bank}"))) for one in banks]
    return page(
        request, "reconciliation", _("Reconciliation"), items=items, windows=windows, banks=mirrors,
        has_cash="cash" in {one.name for one in house().declarations.programmes},
    )  # fmt: skip


def _posted(address: str) -> int:
    return sum(one.units for one in port().look([address]).get(address, ()) if one.asset == CNY)


def _yuan(units: int) -> str:
    return formats.shown(Amount(CNY, units)).text


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Every dated value with its unit, status and source; what two officers set here stands in a list of its own."""
    wanted = request.GET.get("q", "").strip().lower()
    found = [one for one in house().terms.table() if wanted in one.name or wanted in one.says.lower()]
    rows = [(one, _valued(one)) for one in found[: 5 * ROWS_MAX]]
    return page(request, "terms", _("Terms"), rows=rows, q=wanted)


def _valued(term: Any) -> str:
    """A term's value; money as money."""
    if term.value is None:
        return "–"
    return show(term.unit, term.value) if is_asset(term.unit) and isinstance(term.value, int) else str(term.value)
