"""What is typed on the pages of prepaid contracts, checked for shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from saxaul.surfaces.web.forms import CODE_LENGTH_MAX, NEEDED, ActForm, MoneyField, phone_field
from saxaul.surfaces.web.prepaid.reading import Kind

PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class CheckInForm(ActForm):
    """What the guardian's phone shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code on the guardian's phone"), max_length=CODE_LENGTH_MAX, error_messages=NEEDED,
            help_text=_("Scan it, or type the 12 digits."),
            widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
        )  # fmt: skip


class CardForm(ActForm):
    """What a pupil's card says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["card"] = forms.CharField(
            label=_("Number on the pupil's card"), max_length=64, min_length=6, error_messages=NEEDED,
            widget=forms.TextInput(attrs=PLAIN),
        )  # fmt: skip


class DisputeForm(ActForm):
    """Which lesson."""

    def __init__(self, *args: Any, numbers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(number), _("Lesson %(number)s") % {"number": number}) for number in numbers]
        self.fields["lesson"] = forms.ChoiceField(label=_("Which lesson"), choices=choices, error_messages=NEEDED)


class DraftForm(ActForm):
    """A contract as a school draws it up: for whom, how many lessons, for how much, until when, in which words."""

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field(_("Guardian's phone number"))
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        self.fields["pupil"] = forms.RegexField(
            r"^[A-Za-z0-9._-]{1,32}$", label=_("Your number for the pupil"), error_messages=NEEDED,
            help_text=_("A number, never a name."), widget=forms.TextInput(attrs=PLAIN),
        )  # fmt: skip
        self.fields["lessons"] = forms.IntegerField(
            label=_("Number of lessons"), min_value=1, max_value=kind.lessons_max, error_messages=NEEDED,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )  # fmt: skip
        self.fields["price"] = MoneyField(label=_("Price of all lessons"))
        self.fields["last_day"] = forms.DateField(
            label=_("Last day"), error_messages=NEEDED, widget=forms.DateInput(attrs={"type": "date"})
        )
        self.fields["body"] = forms.CharField(
            label=_("Text of the contract"), max_length=4_000, error_messages=NEEDED,
            help_text=_("Both sides sign exactly this text. Write no names of persons."),
            widget=forms.Textarea(attrs={"rows": 6}),
        )  # fmt: skip
