"""The console as one admin site: who may come in, under which headers, with which list on the left.

Nothing is written from here but acts. Addresses for adding, changing and deleting do not exist, and while a page is
made its connection to the book refuses every statement that is not a read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote as quoted

from csp.decorators import csp_replace
from django.apps import apps
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from unfold.sites import UnfoldAdminSite

from saxaul.surfaces.console import records, views
from saxaul.surfaces.console.officers import officer_of
from saxaul.surfaces.web.signin import sign_out

# unfold's menus are Alpine, which evaluates its attributes and sets styles; nothing inline runs as a script even so,
# and nothing is fetched from elsewhere. The pages of people keep their strict policy.
POLICY = {"script-src": ["'self'", "'unsafe-eval'"], "style-src": ["'self'", "'unsafe-inline'"]}
READS = ("SELECT", "WITH", "EXPLAIN")
GREEN = {
    50: "#f1f8f4", 100: "#dcefe4", 200: "#bbdfcb", 300: "#8ec8a9", 400: "#5aa981", 500: "#358b62", 600: "#14694a",
    700: "#12573e", 800: "#104633", 900: "#0d3a2b", 950: "#06211a",
}  # fmt: skip


class NotARead(Exception):
    """A page of the console tried to write the book past its clerk: a fault of the program."""


def only_reads(execute: Callable[..., Any], sql: Any, values: Any, many: bool, context: Mapping[str, Any]) -> Any:
    """Runs a statement of the console on the book if it is a read."""
    if many or not str(sql).lstrip("( ").upper().startswith(READS):
        raise NotARead(str(sql)[:80])
    return execute(sql, values, many, context)


class Console(UnfoldAdminSite):
    """Django's admin with its doors for writing walled up."""

    final_catch_all_view = False
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """The roles in the book decide, at every request."""
        return officer_of(request) is not None

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """A view for officers; to everybody else it does not exist."""

        @csp_replace(POLICY)
        @csrf_protect
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.person is None:
                return redirect(f"{reverse('sign_in')}?next={quoted(request.get_full_path())}")
            with connections["default"].execute_wrapper(only_reads):
                if not self.has_permission(request):
                    raise Http404
                request.current_app = self.name
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        return opened

    def get_urls(self) -> list[Any]:
        """Of the admin's addresses those that read, then our own."""
        read = [one for one in super().get_urls() if isinstance(one, URLResolver) or one.name in ("app_list", "jsi18n")]
        ours = {
            "": (views.start, "index"), "approvals": (views.approvals, "approvals"), "acts": (views.acts, "acts"),
            "acts/<str:name>": (views.act, "act"), "terms": (views.terms, "terms"),
            "reconciliation": (views.reconciliation, "reconciliation"),
        }  # fmt: skip
        found = [path(place, self.admin_view(view), name=name) for place, (view, name) in ours.items()]
        return [*found, path("sign-out", sign_out, name="logout"), *read]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of the console shows around itself."""
        context = super().each_context(request)
        context["colors"] = {**context["colors"], "primary": GREEN}
        words: dict[str, Any] = {
            "site_title": "Saxaul",
            "site_header": "Saxaul",
            "site_subheader": _("Console"),
            "site_symbol": "park",
        }
        icon = {"rel": "icon", "type": "image/svg+xml", "href": static("web/icon.svg")}
        words["styles"] = [static("console/console.css")]
        return {**context, **words, "officer": officer_of(request), "show_history": False, "site_favicons": [icon]}

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Work first, then the books, then the records of each programme."""
        work = [
            (_("Start"), "dashboard", "admin:index"), (_("Approvals"), "fact_check", "admin:approvals"),
            (_("Acts"), "bolt", "admin:acts"), (_("Reconciliation"), "balance", "admin:reconciliation"),
            (_("Journal"), "menu_book", "admin:ledger_entry_changelist"),
            (_("Directories"), "lists", "admin:people_directory_changelist"), (_("Terms"), "rule", "admin:terms"),
        ]  # fmt: skip
        groups = [{"title": "", "items": [_item(request, *one) for one in work]}]
        for label in dict.fromkeys(model._meta.app_label for model in self._registry):
            models = [model for model in self._registry if model._meta.app_label == label]
            shown = [model for model in models if model._meta.db_table not in ("entry", "people_directory")]
            items = [
                _item(request, records.title(model), "table_rows", f"admin:{label}_{model._meta.model_name}_changelist")
                for model in shown
            ]
            if items:
                groups.append({"title": records.room(label), "separator": True, "collapsible": True, "items": items})
        return groups


def _item(request: HttpRequest, title: Any, icon: str, name: str) -> dict[str, Any]:
    link = reverse(name)
    at_home = link == reverse("admin:index")
    active = request.path == link or (not at_home and request.path.startswith(f"{link.rstrip('/')}/"))
    return {"title": title, "icon": icon, "link": link, "active": active, "has_permission": True}


CONSOLE = Console()
for one in apps.get_models():
    if records.is_record(one):
        one._meta.verbose_name_plural = records.title(one)  # where the admin says what a list is called
        apps.get_app_config(one._meta.app_label).verbose_name = records.room(one._meta.app_label)
        CONSOLE.register(one, records.admin_of(one))
