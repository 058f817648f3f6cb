"""The form of any act, made of its declaration: whoever declares an act has its page here without another line."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import widgets

from saxaul.engine.declare import Act
from saxaul.kernel.amounts import Amount
from saxaul.surfaces.web.forms import NEEDED

HOURS = 72  # how long a proposal waits unless said otherwise
FORM = gettext_lazy("This is not written as it should be. Look at the example or at the list.")


def schema(act: Act) -> dict[str, Any]:
    """The ask's own JSON Schema: `properties` by name and the list `required`."""

    def ours(kind: type) -> dict[str, Any]:
        return {"type": "string", "examples": ["12.50 CNY"]} if kind is Amount else {"type": "string"}

    (whole,), parts = msgspec.json.schema_components([act.ask], schema_hook=ours, ref_template="#/$defs/{name}")
    found: dict[str, Any] = parts[act.ask.__name__] if "$ref" in whole else whole
    return found


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """The schema without `or null`."""
    some = [one for one in part.get("anyOf", ()) if one.get("type") != "null"]
    return {**part, **some[0]} if len(some) == 1 else part


class ListField(forms.CharField):
    """A list of texts, one a line."""

    def clean(self, value: Any) -> list[str]:
        """The lines that are not empty."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class AskForm(forms.Form):
    """The fields of an act's ask; `asked()` is the ask, without what was left empty."""

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        found = schema(act)
        self.names = list(found.get("properties", {}))
        for name, part in found.get("properties", {}).items():
            self.fields[name] = _field(name, _plain(part), name in found.get("required", ()))
        if act.two_officers:
            self.fields["proposal_reason"] = _text(
                {"pattern": "^[A-Za-z0-9._:/-]+$", "maxLength": 64}, label=_("Reason: a case number or a code"),
                required=True, help_text=_("It stands in the journal, so it names nobody."),
            )  # fmt: skip
            self.fields["proposal_hours"] = forms.IntegerField(
                label=_("Hours for which it may be approved"), min_value=1, max_value=720, initial=HOURS,
                widget=widgets.UnfoldAdminIntegerFieldWidget(),
            )  # fmt: skip

    def asked(self) -> dict[str, Any]:
        """The ask as the API would take it."""
        given = {name: self.cleaned_data[name] for name in self.names}
        return {name: value for name, value in given.items() if value not in ("", None, [])}


def _field(name: str, part: dict[str, Any], required: bool) -> forms.Field:
    hint = part.get("description") or (part.get("examples") or [""])[0]
    common: dict[str, Any] = {"label": name, "required": required, "initial": part.get("default"), "help_text": hint}
    common["error_messages"] = {**NEEDED, "invalid": FORM}
    kind = part.get("type")
    if "enum" in part:
        choices = [(one, one) for one in part["enum"]]
        return forms.ChoiceField(choices=choices, widget=widgets.UnfoldAdminSelectWidget(choices=choices), **common)
    if kind == "boolean":
        return forms.BooleanField(widget=widgets.UnfoldBooleanWidget(), **{**common, "required": False})
    if kind == "integer":
        least, most = part.get("minimum"), part.get("maximum")
        widget = widgets.UnfoldAdminIntegerFieldWidget()
        return forms.IntegerField(min_value=least, max_value=most, widget=widget, **common)
    if kind == "string":
        return _text(part, **common)
    items = part.get("items", {})
    if "enum" in items:
        choices = [(one, one) for one in items["enum"]]
        widget = widgets.UnfoldAdminCheckboxSelectMultipleWidget(choices=choices)
        return forms.MultipleChoiceField(choices=choices, widget=widget, **common)
    area = widgets.UnfoldAdminTextareaWidget(attrs={"rows": 3})
    if items.get("type") == "string":
        return ListField(widget=area, **{**common, "help_text": _("One a line.")})
    initial = json.dumps(common["initial"]) if common["initial"] is not None else None
    hint = _("Written as JSON: a text in quotes, a number without.")
    return forms.JSONField(widget=area, **{**common, "initial": initial, "help_text": hint})


def _text(part: dict[str, Any], **common: Any) -> forms.CharField:
    checks = [RegexValidator(part["pattern"], FORM)] if "pattern" in part else []
    long = part.get("maxLength", 256) > 256
    widget = widgets.UnfoldAdminTextareaWidget() if long else widgets.UnfoldAdminTextInputWidget()
    widget.attrs["autocomplete"] = "off"
    return forms.CharField(
        min_length=part.get("minLength"), max_length=part.get("maxLength", 256), validators=checks, widget=widget,
        **{"error_messages": NEEDED, **common},
    )  # fmt: skip
