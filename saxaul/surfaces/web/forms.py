"""What people type, checked for shape only; whether it may happen is for the engine to say.

Every form that performs an act carries the act's id, made when the page was rendered, so a reload or a double tap
asks for the same act again and cannot pay twice.
"""

from __future__ import annotations

import time
from secrets import token_bytes
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saxaul.kernel import ids
from saxaul.kernel.amounts import Amount, parse
from saxaul.kernel.assets import CNY
from saxaul.kernel.refusal import Refusal
from saxaul.people import pins
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.wallets import Choice, Row

CODE_LENGTH_MAX = 600  # longer than any EMVCo code
PAYERS_MAX = 20  # persons in one split bill
PICTURE_BYTES_MAX = 6_000_000  # one photograph of a phone
NEEDED = {"required": gettext_lazy("Please fill this in.")}


def fresh_id() -> str:
    """A new id for an act; clock and chance belong to the surface."""
    return ids.fresh(time.time_ns() // 1000, token_bytes(10))


class MoneyField(forms.CharField):
    """Yuan as people type them (`12`, `12.5`, `12,50`, `¥12.50`), cleaned to an Amount."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "number", "money": "yes"}
        attrs["placeholder"] = formats.typed(Amount(CNY, 0))
        super().__init__(max_length=24, error_messages=NEEDED, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Amount | None:
        """The amount, more than zero; more decimals than fen are refused, never rounded."""
        text = super().clean(value).replace("¥", "").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
        if not text:
            return None
        if text.count(",") == 1 and "." not in text and len(text.rpartition(",")[2]) <= 2:
            text = text.replace(",", ".")
        try:
            amount = parse(f"{text.replace(',', '')} CNY")
        except Refusal:
            raise forms.ValidationError(_("Write an amount such as 12.50, with two decimals at most.")) from None
        if not amount.units:
            raise forms.ValidationError(_("Write an amount above zero."))
        return amount


def phone_field(label: str) -> forms.CharField:
    """A telephone number; the vault reads it, the form only keeps what can be one."""
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
    pattern = forms.CharField(label=label, max_length=24, widget=widget, error_messages=NEEDED)
    pattern.validators.append(_looks_like_phone)
    return pattern


def _looks_like_phone(value: str) -> None:
    digits = [letter for letter in value if letter.isdigit()]
    if not 6 <= len(digits) <= 15 or any(letter not in "+ -()0123456789" for letter in value):
        raise forms.ValidationError(_("Write a phone number, digits only."))


def six_digits(label: str, *, help_text: str = "", code: bool = False) -> forms.CharField:
    """Six digits: a PIN (never filled in by the browser) or a code from an SMS (which it may fill in)."""
    attrs = {
        "inputmode": "numeric",
        "class": "code",
        "maxlength": "6",
        "autocomplete": "one-time-code" if code else "off",
    }
    widget = forms.TextInput(attrs=attrs) if code else forms.PasswordInput(attrs=attrs)
    wrong = {**NEEDED, "invalid": gettext_lazy("Six digits are needed.")}
    return forms.RegexField(r"^[0-9]{6}$", label=label, help_text=help_text, widget=widget, error_messages=wrong)


class ActForm(forms.Form):
    """A form that performs an act under the id it carries."""

    id = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("id", fresh_id())
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            if field.help_text and not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-describedby", f"id_{name}_helptext")

    def clean_id(self) -> str:
        """The id, or a fresh one when the page was tampered with: then it simply is another act."""
        return ids.read(self.cleaned_data["id"]) or fresh_id()


class CodeForm(forms.Form):
    """A scanned or typed code."""

    code = forms.CharField(
        label=gettext_lazy("Code in digits or text"), max_length=CODE_LENGTH_MAX, error_messages=NEEDED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )  # fmt: skip


def choose_wallet(form: forms.Form, wallets: Choice | None, label: str) -> None:
    """The wallets to choose from, each with tier and free money, where there is more than one."""
    if wallets is None or not wallets.rows:
        return
    wrong = {**NEEDED, "invalid_choice": NEEDED["required"]}
    places = [(str(place), "") for place, _one in enumerate(wallets.wallets)]
    field = forms.ChoiceField(label=label, choices=places, widget=forms.RadioSelect, error_messages=wrong)
    field.widget.choices = [(str(row.place), wallet_label(row)) for row in wallets.rows]
    field.initial = str(wallets.place)
    form.fields["wallet"] = field


def wallet_label(row: Row) -> str:
    """Who keeps it, and below that its tier and its free money."""
    told = {"grade": row.kept.grade, "free": formats.shown(row.free).text}
    about = _("Tier %(grade)s · %(free)s free") % told
    return format_html('<span class="what"><span>{}</span> <span class="tiny">{}</span></span>', row.kept.keeper, about)


class PayForm(forms.Form):
    """From which wallet, or `into` which, and nothing else; a form without fields for who has only one."""

    def __init__(self, *args: Any, wallets: Choice | None = None, into: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_wallet(self, wallets, _("Into which wallet") if into else _("From which wallet"))


class AmountForm(forms.Form):
    """How much, and from which wallet, or `into` which."""

    def __init__(self, *args: Any, wallets: Choice | None = None, into: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Amount"))
        choose_wallet(self, wallets, _("Into which wallet") if into else _("From which wallet"))


class PhoneForm(forms.Form):
    """Whom to pay."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field(_("Their phone number"))
        self.fields["phone"].widget.attrs["autocomplete"] = "off"


class ConfirmForm(ActForm):
    """The proofs an act needs: a PIN, or a clear yes after a warning."""

    def __init__(self, *args: Any, pin: bool = False, sure: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sure:
            self.fields["confirm"] = forms.ChoiceField(
                label=_("Do you want to pay all the same?"), choices=[("yes", _("Yes, I know who gets it"))],
                widget=forms.RadioSelect, error_messages=NEEDED,
            )  # fmt: skip
        if pin:
            self.fields["pin"] = six_digits(_("Payment PIN"))

    def proofs(self) -> dict[str, str]:
        """What was proved, for `perform`; never part of the ask."""
        return {name: self.cleaned_data[name] for name in ("pin", "confirm") if self.cleaned_data.get(name)}


class BillForm(forms.Form):
    """A biller and an account number."""

    def __init__(self, *args: Any, billers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose who sent it")), *((biller.id, biller.name) for biller in billers)]
        self.fields["biller"] = forms.ChoiceField(label=_("Biller"), choices=choices, error_messages=NEEDED)
        self.fields["number"] = forms.CharField(
            label=_("Account number"), max_length=32, error_messages=NEEDED,
            help_text=_("It stands on the paper bill, often top right."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip


class AskForm(ActForm):
    """A request to one person, or a bill split among several."""

    def __init__(self, *args: Any, wallets: Choice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Amount"))
        self.fields["phones"] = forms.CharField(
            label=_("Phone numbers, one a line"), max_length=600, error_messages=NEEDED,
            widget=forms.Textarea(attrs={"rows": 3, "inputmode": "tel"}),
        )  # fmt: skip
        self.fields["split"] = forms.ChoiceField(
            label=_("Who pays"), choices=[("others", _("they pay all of it")), ("mine", _("equal shares, mine too"))]
        )
        choose_wallet(self, wallets, _("Into which wallet"))

    def clean_phones(self) -> list[str]:
        """The numbers; at most twenty, each looking like one."""
        phones = [line.strip() for line in self.cleaned_data["phones"].replace(",", "\n").splitlines() if line.strip()]
        for phone in phones:
            _looks_like_phone(phone)
        if len(phones) > PAYERS_MAX:
            raise forms.ValidationError(_("At most twenty people."))
        return phones


class DaysForm(forms.Form):
    """From which day to which."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class DayForm(forms.Form):
    """One day at the counter."""

    day = forms.DateField(label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class PinForm(ActForm):
    """A new PIN, typed twice; the old one where one is set."""

    def __init__(self, *args: Any, old: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if old:
            self.fields["old"] = six_digits(_("PIN until now"))
        self.fields["pin"] = six_digits(_("New PIN"))
        self.fields["again"] = six_digits(_("New PIN once more"))

    def clean(self) -> dict[str, Any]:
        """Both the same, and not what a thief tries first."""
        given = super().clean() or {}
        pin = given.get("pin", "")
        if pin and not _hard(pin):
            self.add_error("pin", _("This PIN is easy to guess. Choose another."))
        elif pin and given.get("again") and given["again"] != pin:
            self.add_error("again", _("The two are different."))
        return given


def _hard(pin: str) -> bool:
    """Whether the vault takes it."""
    try:
        return bool(pins.checked(pin))
    except Refusal:
        return False


class WalletForm(ActForm):
    """Who keeps the wallet, and where the person lives."""

    def __init__(self, *args: Any, issuers: Any = (), regions: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, rows in (
            ("issuer", _("Who keeps your wallet"), issuers), ("region", _("Where you live"), regions),
        ):  # fmt: skip
            choices = [("", _("Choose one")), *((row.code, row.name) for row in rows)]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, error_messages=NEEDED)


class IdentityForm(ActForm):
    """Telephone and real name, compared with what the office saw."""

    def __init__(self, *args: Any, wallets: Choice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_wallet(self, wallets, _("Wallet"))
        self.fields["name"] = forms.CharField(label=_("Your real name"), max_length=60, error_messages=NEEDED)
        self.fields["phone"] = phone_field(_("Your phone number"))


class AccountForm(ActForm):
    """The person's own bank account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"] = forms.RegexField(
            r"^[A-Za-z0-9._:/-]{1,64}$", label=_("Code of the bank"), error_messages=NEEDED,
            help_text=_("Eight or eleven letters and digits, called BIC, on the card or the statement."),
        )  # fmt: skip
        self.fields["bank_account"] = forms.RegexField(
            r"^[A-Za-z0-9 ]{6,40}$",
            label=_("Account number"),
            error_messages=NEEDED,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


class ChargeForm(ActForm):
    """At the counter: an amount, and the payer's code when it was scanned or typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Amount"))
        self.fields["code"] = forms.CharField(
            label=_("Payer's code"), max_length=CODE_LENGTH_MAX, required=False,
            help_text=_("Scan it or type the 18 digits. Leave it empty to show a code of yours."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )  # fmt: skip


class RefundForm(ActForm):
    """How much goes back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=_("Amount"))


class SearchForm(forms.Form):
    """A word to look for in the help."""

    q = forms.CharField(
        label=gettext_lazy("What do you want to do"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
