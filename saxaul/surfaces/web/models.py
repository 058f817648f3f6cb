"""The login: that somebody proved a phone. Nothing else about a person is kept beside the book.

It lives with the tables of the libraries (sessions, login attempts), apart from the book, and is joined to it by the
credential only. The phone is kept as a keyed digest: enough to recognise it when it is typed again, useless to read.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


def digest(phone: str) -> str:
    """The phone as a keyed digest; without the installation's secret nobody can try numbers against it."""
    return hmac.new(settings.SECRET_KEY.encode(), b"phone:" + phone.encode(), hashlib.sha256).hexdigest()


class LoginManager(BaseUserManager["Login"]):
    """Finds and makes logins by phone."""

    def of_phone(self, phone: str) -> Login:
        """The login of this phone; made on first sight, still without a person behind it."""
        login, made = self.get_or_create(phone_digest=digest(phone))
        if made:
            login.set_unusable_password()
            login.save(update_fields=["password"])
        return login

    def get_by_natural_key(self, username: str) -> Login:
        """By the digest, as Django's login machinery asks."""
        return self.get(phone_digest=username)


class Login(AbstractBaseUser, PermissionsMixin):
    """One proved phone; `credential` is what the book knows about it."""

    phone_digest = models.CharField(max_length=64, unique=True)
    phone_proved = models.BooleanField(default=False)
    credential = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    made = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[LoginManager] = LoginManager()
    USERNAME_FIELD = "phone_digest"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "web_login"
