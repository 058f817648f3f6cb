"""Records as pages: one admin class for all of them, made of the model: it lists, finds and shows, nothing else."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import quote, unquote
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from saxaul.kernel import ids, times
from saxaul.kernel.amounts import show
from saxaul.ledger import journal
from saxaul.surfaces.console import views, words
from saxaul.surfaces.console.officers import officer_of
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.port import port

HIDDEN = {"people_vault", "people_vault_key"}  # sealed texts: nothing an officer could read
COLUMNS_MAX = 7
LOOKED_AT = 2000  # newest rows in which the values of a filter are looked for: a whole table may be long
MOMENTS = re.compile(r"(^|_)(since|ends|until|at|from|by|made|given|entered)$")
MOMENT_LEAST = 10**14  # microseconds of 1973: anything smaller is a count


def is_record(model: Any) -> bool:
    """Whether a model is a record of the book that officers may read, or the journal."""
    names = {field.name for field in model._meta.fields}
    kept = {"key", "entry"} <= names and model._meta.db_table not in HIDDEN
    return (kept and not getattr(model, "outside_chain", False)) or model._meta.db_table == "entry"


def title(model: Any) -> Any:
    """What a list of these records is called."""
    return words.TITLES.get(model._meta.db_table, model._meta.db_table)


def room(label: str) -> Any:
    """What a programme or room is called."""
    return words.ROOMS.get(label, label)


def said(row: Any, name: str) -> Any:
    """A field's value as an officer reads it: instants in the city's time, money with its asset, ids as links."""
    value = getattr(row, name)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, int):
        asset = words.money(row, row._meta.db_table, name)
        if asset:
            return show(asset, value)
        if not MOMENTS.search(name) or 0 < value < MOMENT_LEAST:
            return value
        return times.moment(value).strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00") if value else ""
    return linked(row, name, value) if value else ""


def linked(row: Any, name: str, value: str) -> Any:
    """The value, as a link where its field names a record of another kind."""
    wanted = words.MEANT.get(name, name)
    models = [one for one in apps.get_models() if is_record(one)]
    named = [one for one in models if wanted in (one._meta.model_name, one._meta.db_table)]
    near = [one for one in named if one._meta.app_label == row._meta.app_label] or named
    if len(near) != 1 or near[0] is type(row) or not ids.read(value):
        return value
    return format_html('<a href="{}">{}</a>', place(near[0], value), value)


def place(model: Any, key: Any) -> str:
    """The address of a record's page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[quote(str(key))])


def _filter(field: str) -> type[SimpleListFilter]:
    class Values(SimpleListFilter):
        title, parameter_name = field, field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            rows = model_admin.model.objects.order_by("-pk").values_list(field, flat=True)[:LOOKED_AT]
            return [(str(one), str(one) or "–") for one in sorted(set(rows))][:50]

        def queryset(self, request: HttpRequest, queryset: Any) -> Any:
            return queryset if self.value() is None else queryset.filter(**{field: self.value()})

    return Values


def _column(name: str) -> Any:
    def column(row: Any) -> Any:
        value = said(row, name)
        if name == "key" or not isinstance(value, str):
            return value
        bare = str(getattr(row, name))
        if ids.read(bare):
            return f"{bare[:8]}…{bare[-4:]}"  # enough to see whether two are the same; whole on the record's page
        return f"{value[:40]}…" if len(value) > 41 else value

    column.short_description = name  # type: ignore[attr-defined]
    return column


class RecordAdmin(ModelAdmin):
    """Lists and shows; has no address for anything else."""

    actions = None
    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    search_fields = ("pk",)
    search_help_text = gettext_lazy("The whole key, with or without its prefix")
    ordering = ("-pk",)
    list_filter_sheet = True

    def get_urls(self) -> list[Any]:
        """A list and a page of one record."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<path:object_id>/", view(self.change_view), name=f"{name}_change"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The site asked already."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site asked already."""
        return True

    def _no(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = _no

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """The record of exactly this key: anything else would read the whole table."""
        term = search_term.strip()
        return (queryset.filter(pk__in={term, ids.read(term) or term}) if term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The newest records first."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return super().changelist_view(request, {"title": title(self.model), **(extra_context or {})})

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """One record: its fields, its accounts, the entry that wrote it, and the acts that fit it."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        entry = row if self.opts.db_table == "entry" else _entries().filter(pk=row.entry).first()
        officer = officer_of(request)
        assert officer is not None
        context = {
            **self.admin_site.each_context(request), "title": title(self.model), "opts": self.opts, "entry": entry,
            "fields": [(field.name, said(row, field.name)) for field in self.opts.fields if field.name not in _LONG],
            "written": _written(entry) if entry else [], "balances": _balances(row), "is_entry": row is entry,
            "acts": [] if row is entry else views.fitting(officer, row),
            "entry_place": place(_entries().model, entry.pk) if entry else "",
        }  # fmt: skip
        return TemplateResponse(request, "console/record.html", context)


_LONG = ("changes", "answer")  # shown whole below the fields


class EntryAdmin(RecordAdmin):
    """The journal: found by number or by the id of the act."""

    search_help_text = gettext_lazy("The number of an entry, or the id of an act")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By number or id."""
        term = search_term.strip()
        id = ids.read(term)
        if id is not None:
            return queryset.filter(id=bytes.fromhex(id)), False
        return (queryset.filter(pk=int(term)) if term.isdigit() else queryset.none()) if term else queryset, False


def _entries() -> Any:
    return apps.get_model("ledger", "Entry").objects.all()


def _written(entry: Any) -> list[tuple[str, Any]]:
    """What an entry did: its postings, its changes and its answer, each ready to be read."""
    first = entry.n * journal.PLACES
    postings = apps.get_model("ledger", "Posting").objects.filter(n__gte=first, n__lt=first + journal.PLACES)
    rows = [(one.debit, one.credit, show(one.asset, one.units)) for one in postings.order_by("n")]
    return [("postings", rows), ("changes", entry.changes), ("answer", entry.answer)]


def _balances(row: Any) -> list[tuple[str, str]]:
    """What stands on the accounts that bear this record's key, fresh from the clerk."""
    kinds = (row._meta.model_name, getattr(row, "kind", ""))
    patterns = [one.pattern.split(":") for one in views.house().declarations.chart.classes]
    found = [
        ":".join(row.pk if part == "$id" else part for part in parts)
        for parts in patterns
        if parts[0] in kinds and [one for one in parts if one.startswith("$")] == ["$id"]
    ]
    look = port().look(found) if found else {}
    return [(address, f"{formats.shown(one).text} ({one.asset})") for address, all in look.items() for one in all]


def admin_of(model: Any) -> type[RecordAdmin]:
    """The admin class of a model of records."""
    names = [field.name for field in model._meta.fields if field.name not in ("key", "entry", *_LONG)]
    if model._meta.db_table == "entry":
        return type("JournalAdmin", (EntryAdmin,), {
            "list_display": [_named(_column(one), one) for one in ("n", "entered", "act", "actor", "refused")],
        })  # fmt: skip
    best = [one for one in (*words.FILTERED, *words.TELLING) if one in names]
    chosen = ["key", *dict.fromkeys([*best, *names])][:COLUMNS_MAX]
    return type(f"{model.__name__}Admin", (RecordAdmin,), {
        "list_display": [_named(_column(one), one) for one in (*chosen, "entry")],
        "list_filter": [_filter(one) for one in words.FILTERED if one in names],
    })  # fmt: skip


def _named(column: Any, name: str) -> Any:
    column.__name__ = name
    return column
