"""Bills: found by biller and account number, paid on the common confirm page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from saxaul.surfaces.web import drafts, formats, wallets
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.forms import AmountForm, BillForm, PayForm, fresh_id
from saxaul.surfaces.web.port import Bill, Problem, port
from saxaul.surfaces.web.views.common import missing, person_page, posted, refused


@person_page("bills", methods=("GET", "POST"))
def bills(request: HttpRequest) -> HttpResponse:
    """Open bills of known numbers, and the search for others."""
    form = BillForm(posted(request), billers=port().billers())
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"].replace(" ", "")
        found = port().find_bills(request.person.credential, form.cleaned_data["biller"], number, id=fresh_id())
        if isinstance(found, Problem) and found.sort != "missing":
            return refused(request, found, origin=reverse("bills"))
        if not isinstance(found, Problem) and found:
            return redirect("bill", found[0].id) if len(found) == 1 else redirect("bills")
        form.add_error("number", _("No bill is open under this number. Compare it with the paper bill."))
    context = {"form": form, "bills": port().bills(request.person.credential)}
    return render(request, "web/bills.html", context, status=422 if form.errors else 200)


@person_page("bills", methods=("GET", "POST"))
def bill(request: HttpRequest, id: str) -> HttpResponse:
    """One bill; in full, or in part where the biller takes parts."""
    found = port().bill(request.person.credential, id)
    if found is None:
        return missing(request)
    choice = wallets.choice(request)
    if found.part:
        form = AmountForm(posted(request), wallets=choice, initial={"amount": formats.typed(found.amount)})
    else:
        form = PayForm(posted(request), wallets=choice)
    if found.part and found.least:
        form.fields["amount"].help_text = _("At least %(least)s.") % {"least": formats.shown(found.least).text}
    if form.is_bound and found.stage == "open" and form.is_valid():
        ask = {**_ask(found, form), **choice.named(form.cleaned_data.get("wallet", ""))}
        return redirect("confirm", drafts.keep(request, ports.BILL_PAY, ask, origin=request.path))
    return render(request, "web/bill.html", {"bill": found, "form": form}, status=422 if form.errors else 200)


def _ask(bill: Bill, form: AmountForm | PayForm) -> dict[str, object]:
    """The revision that was shown goes along: a bill issued again meanwhile is refused, not paid."""
    amount = form.cleaned_data["amount"] if bill.part else bill.amount
    return {"bill": bill.key, "revision": bill.revision, "amount": str(amount)}
