"""Sign-in by a code sent to the phone: allauth does the work, this file only says whose phone, and how it is sent.

A phone that was never seen gets a login at once and a person only after it is proved, so one form serves both the
first visit and every later one, and nobody can learn from it whether a phone has a wallet.
"""

from __future__ import annotations

from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from saxaul.surfaces.web.forms import NEEDED, fresh_id, six_digits
from saxaul.surfaces.web.models import Login
from saxaul.surfaces.web.port import port
from saxaul.surfaces.web.views.common import language

YEAR = 365 * 24 * 3600
REGION = "CN"  # how a number without a country code is read


class PhoneField(forms.CharField):
    """A phone in any usual writing, cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "autofocus": True}
        kwargs |= {"label": _("Phone number"), "max_length": 24, "error_messages": NEEDED}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        """The number in international writing, or a sentence saying what is wrong."""
        text = super().clean(value)
        try:
            number = phonenumbers.parse(text, REGION)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise forms.ValidationError(_("Write a phone number, digits only."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Adapter(DefaultAccountAdapter):
    """Seven answers to allauth; everything else is its own business."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This is not the code we sent. Look again, or ask for a new one."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a few minutes, then ask for a new code."),
        "rate_limited": gettext_lazy("Too many tries. Wait a few minutes, then ask for a new code."),
    }

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """The field of the sign-in form."""
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> Login:
        """The login of this phone; see the module for why it is made on first sight."""
        return Login.objects.of_phone(phone)

    def get_phone(self, user: Login) -> tuple[str, bool]:
        """Whether the phone is proved; the number itself is not kept."""
        return ("", user.phone_proved)

    def set_phone_verified(self, user: Login, phone: str) -> None:
        """The phone is proved: whoever holds it has a person in the book, and this login a working credential."""
        if user.credential and port().person(user.credential) is not None:
            return
        user.credential = port().arrive(phone=phone, language=language(), id=fresh_id())
        user.phone_proved = True
        user.save(update_fields=["credential", "phone_proved"])

    def post_login(self, request: HttpRequest, user: Login, **kwargs: Any) -> HttpResponse:
        """On a new device the pages speak and look as the person once chose."""
        response = super().post_login(request, user, **kwargs)
        person = port().person(user.credential)
        if person is not None:
            tag = next((one for one, _name in settings.LANGUAGES if one.startswith(person.language)), "")
            for name, value in ((settings.LANGUAGE_COOKIE_NAME, tag), ("elder", "yes" if person.elder else "")):
                if value and name not in request.COOKIES:
                    response.set_cookie(
                        name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
                    )
        return response

    def generate_phone_verification_code(self, *, user: Login, phone: str) -> str:
        """Six digits: what people expect and telephones fill in by themselves."""
        return get_random_string(6, "0123456789")

    def send_verification_code_sms(self, user: Login, phone: str, code: str, **kwargs: Any) -> None:
        """Hands the code to whatever `app` sends messages with."""
        settings.SAXAUL_SEND_CODE(phone, code, language())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say all this themselves, in five languages."""


class PhoneCodeForm(RequestLoginCodeForm):
    """Asks for the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class CodeForm(ConfirmLoginCodeForm):
    """Asks for the six digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["code"] = six_digits(_("Code from the message"), code=True)


class SignIn(RequestLoginCodeView):
    """Step one."""

    template_name = "web/sign_in.html"


class SignInCode(ConfirmLoginCodeView):
    """Step two."""

    template_name = "web/sign_in_code.html"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session on this device."""
    logout(request)
    return redirect("public")


# The second names are those under which allauth looks for its pages.
urlpatterns = [
    path("sign-in", SignIn.as_view(), name="sign_in"),
    path("sign-in", SignIn.as_view(), name="account_login"),
    path("sign-in", SignIn.as_view(), name="account_request_login_code"),
    path("sign-in/code", SignInCode.as_view(), name="account_confirm_login_code"),
    path("sign-out", sign_out, name="sign_out"),
]
