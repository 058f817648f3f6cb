"""What people type in this room, checked for shape only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forms import NEEDED, PICTURE_BYTES_MAX, ActForm, MoneyField
from saxaul.surfaces.web.merchant.photo import fingerprint


def behaviours() -> dict[str, str]:
    """What counts, in the reader's words."""
    return {
        "own_cup": _("Own cup"), "no_bag": _("No plastic bag"), "no_cutlery": _("No disposable cutlery"),
        "e_coupon": _("Coupon on the phone"),
    }  # fmt: skip


def evidence() -> dict[str, str]:
    """How a merchant shows it."""
    return {
        "order_line": _("A line of the order"), "till_flag": _("A tap at the till"),
        "staff_scan": _("Staff scan the person's code"),
    }  # fmt: skip


class HabitForm(ActForm):
    """What the person did, and the order or the photo that shows it."""

    def __init__(self, *args: Any, orders: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["behaviour"] = forms.ChoiceField(label=_("What did you do"), choices=list(behaviours().items()))
        if orders:
            paid = [(key, f"{name} · {formats.shown(amount).text}") for key, name, _at, amount, _shows in orders]
            self.fields["order"] = forms.ChoiceField(
                label=_("With which order"), required=False, choices=[("", _("None, only a photo")), *paid]
            )
        self.fields["photo"] = forms.FileField(
            label=_("Photo"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}),
            help_text=_("Only a fingerprint of it is kept. The photo and the place it shows are forgotten at once."),
        )  # fmt: skip

    def clean_photo(self) -> str:
        """The fingerprint; the picture goes no further than here."""
        given = self.cleaned_data["photo"]
        if not given:
            return ""
        found = fingerprint(given.read()) if given.size <= PICTURE_BYTES_MAX else ""
        if not found:
            raise forms.ValidationError(_("This file is no photo we can read. Take another."))
        return found

    def clean(self) -> dict[str, Any]:
        """An order or a photo."""
        given = super().clean() or {}
        if not self.errors and not given.get("order") and not given.get("photo"):
            self.add_error("photo", _("Choose a photo, or an order."))
        return given


class JoinForm(ActForm):
    """Behaviours and evidence of a merchant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, choices in (
            ("behaviours", _("What counts here"), behaviours()), ("evidence", _("How it is shown"), evidence()),
        ):  # fmt: skip
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=list(choices.items()), widget=forms.CheckboxSelectMultiple, error_messages=NEEDED
            )


class CouponForm(ActForm):
    """The digits of a coupon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.RegexField(
            r"^[0-9 ]{12,16}$", label=_("Digits of the coupon"),
            error_messages={**NEEDED, "invalid": _("Twelve digits.")},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip


class GrantForm(ActForm):
    """Points for a paid order, by the till's flag or by a code that somebody shows."""

    def __init__(self, *args: Any, orders: Sequence[Any] = (), counts: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [(name, text) for name, text in behaviours().items() if name in counts]
        self.fields["behaviour"] = forms.ChoiceField(label=_("What counts"), choices=said)
        shown = [(key, f"{formats.clock(at)} · {formats.shown(amount).text}") for key, at, amount in orders]
        self.fields["order"] = forms.ChoiceField(label=_("Paid order"), choices=shown, error_messages=NEEDED)
        self.fields["code"] = forms.RegexField(
            r"^[0-9 ]{12,16}$", label=_("The person's code"), required=False,
            error_messages={"invalid": _("Twelve digits.")}, help_text=_("Empty: the points go to whoever paid."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip


class ItemForm(ActForm):
    """A line of the menu."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(label=_("Name"), max_length=60, error_messages=NEEDED)
        self.fields["name_en"] = forms.CharField(label=_("Name in English"), max_length=60, required=False)
        self.fields["price"] = MoneyField(label=_("Price"))
        self.fields["left"] = forms.IntegerField(
            label=_("How many there are"), min_value=0, max_value=10_000, required=False,
            help_text=_("Empty: they are not counted."), widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        )  # fmt: skip
        choices = [("", _("Nothing special")), *behaviours().items()]
        self.fields["behaviour"] = forms.ChoiceField(label=_("Ordering it shows"), choices=choices, required=False)


class TableForm(ActForm):
    """A table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"] = forms.CharField(label=_("Number of the table"), max_length=20, error_messages=NEEDED)


class ReturnForm(ActForm):
    """What came back."""

    def __init__(self, *args: Any, things: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = {"power_bank": _("Power bank"), "umbrella": _("Umbrella")}
        choices = [(key, f"{kinds[kind]} {key[-4:].upper()}") for key, kind in things]
        self.fields["thing"] = forms.ChoiceField(label=_("What came back"), choices=choices, error_messages=NEEDED)
