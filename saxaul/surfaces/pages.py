"""Django's settings for the pages, made from a handful of facts that `app` knows; nothing is read from elsewhere.

Two databases: `default` is the book, which pages only read and only migrations write; `pages` is pages.db, for tables
that libraries write (sessions, logins, console log). The router keeps each table in its own file, so that no library
ever waits for the clerk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from saxaul.surfaces.web import rooms
from saxaul.surfaces.web.port import Port

WEB = rooms.WEB
LANGUAGES = [("zh-hans", "中文"), ("en", "English"), ("hi", "हिन्दी"), ("ru", "Русский"), ("fr", "Français")]
LIBRARIES = ("sessions", "auth", "contenttypes", "admin", "account", "mfa", "web", "django_tasks_database")
BODY_BYTES_MAX = 8_000_000  # a photograph of a code; everything else is a few kilobytes
FIELDS_MAX = 100  # fields of one form
SESSION_SECONDS = 30 * 24 * 3600
DATABASE_OPTIONS: dict[str, dict[str, Any]] = {  # by the DSN's first word: one writer at a time, readers never wait
    "sqlite": {
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    },
    "postgresql": {},
}
READ_ONLY: dict[str, dict[str, Any]] = {  # the book as pages and console see it: whoever tries to write is told off
    "sqlite": {"OPTIONS": {"timeout": 10, "init_command": "PRAGMA query_only=ON;"}},
    "postgresql": {"OPTIONS": {"options": "-c default_transaction_read_only=on"}},
}  # fmt: skip


class Router:
    """Tables of libraries live in pages.db; all others are the book's, which pages never write."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Where a model is read."""
        return "pages" if model._meta.app_label in LIBRARIES else "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Where a model is written; the book's own rows are written by its clerk, never this way."""
        return self.db_for_read(model)

    def allow_relation(self, one: Any, two: Any, **hints: Any) -> bool:
        """Relations stay inside one file."""
        return self.db_for_read(one) == self.db_for_read(two)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Each table is made in its own file only."""
        return (db == "pages") == (app_label in LIBRARIES)


def _policy(nonce: Any) -> dict[str, Any]:
    """The content security policy: our own files, scripts by nonce, no inline style, no frame around us."""
    return {
        "DIRECTIVES": {
            "default-src": ["'none'"], "script-src": [nonce, "'strict-dynamic'"], "style-src": ["'self'"],
            "img-src": ["'self'", "data:"], "font-src": ["'self'"], "connect-src": ["'self'"], "media-src": ["'self'"],
            "manifest-src": ["'self'"], "worker-src": ["'self'"], "form-action": ["'self'"], "base-uri": ["'none'"],
            "frame-ancestors": ["'none'"], "object-src": ["'none'"],
        }
    }  # fmt: skip


def _middleware() -> list[str]:
    """In order: headers first, then who and in which language, then the reader."""
    return [
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "csp.middleware.CSPMiddleware",
        "django_permissions_policy.PermissionsPolicyMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "saxaul.surfaces.web.middleware.ReaderMiddleware",
    ]


def _sign_in() -> dict[str, Any]:
    """allauth: phone and code only, no passwords, no e-mail."""
    return {
        "AUTH_USER_MODEL": "web.Login",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "ACCOUNT_ADAPTER": "saxaul.surfaces.web.signin.Adapter",
        "ACCOUNT_LOGIN_METHODS": {"phone"},
        "ACCOUNT_SIGNUP_FIELDS": ["phone*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": None,
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": 300,
        "ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS": 3,
        "ACCOUNT_FORMS": {
            "request_login_code": "saxaul.surfaces.web.signin.PhoneCodeForm",
            "confirm_login_code": "saxaul.surfaces.web.signin.CodeForm",
        },
        "LOGIN_URL": "sign_in",
        "LOGIN_REDIRECT_URL": "home",
    }


def _templates(extra: Sequence[str]) -> list[dict[str, Any]]:
    processors = [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages", "saxaul.surfaces.web.middleware.page", *extra,
    ]  # fmt: skip
    options = {"context_processors": processors}
    return [{
        "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": list(rooms.TEMPLATES), "APP_DIRS": True,
        "OPTIONS": options,
    }]  # fmt: skip


def _safety(*, secret: str, hosts: Sequence[str], https: bool) -> dict[str, Any]:
    """Cookies, headers and maxima."""
    return {
        "SECRET_KEY": secret, "ALLOWED_HOSTS": list(hosts), "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_SECURE": https, "CSRF_COOKIE_SECURE": https, "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_FAILURE_VIEW": "saxaul.surfaces.web.views.public.too_old",
        "SECURE_CONTENT_TYPE_NOSNIFF": True, "SECURE_REFERRER_POLICY": "same-origin", "X_FRAME_OPTIONS": "DENY",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if https else None,
        "PERMISSIONS_POLICY": {"camera": "self", "geolocation": "self", "microphone": [], "payment": [], "usb": []},
        "DATA_UPLOAD_MAX_MEMORY_SIZE": BODY_BYTES_MAX, "DATA_UPLOAD_MAX_NUMBER_FIELDS": FIELDS_MAX,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    }  # fmt: skip


def django_settings(
    *, secret: str, hosts: Sequence[str], databases: Mapping[str, Mapping[str, Any]], port: Port | None,
    send_code: Callable[[str, str, str], None], https: bool = False, debug: bool = False, urlconf: str = "",
    apps: Sequence[Any] = (), processors: Sequence[str] = (), static_root: str = "",
) -> dict[str, Any]:  # fmt: skip
    """All of Django's settings. `databases` has `default` (the book) and `pages`; `apps` and `processors` are what
    other surfaces and the programmes add; `send_code(phone, code, language)` sends an SMS."""
    from csp.constants import NONCE

    return {
        "DEBUG": debug, "ROOT_URLCONF": urlconf or "saxaul.surfaces.web.urls", "APPEND_SLASH": False,
        "INSTALLED_APPS": [
            *apps, "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "django_htmx", "csp", "allauth", "allauth.account",
            "saxaul.surfaces.web",
        ],
        "MIDDLEWARE": _middleware(), "TEMPLATES": _templates(processors), "DATABASES": dict(databases),
        "DATABASE_ROUTERS": [Router()], "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "CONTENT_SECURITY_POLICY": _policy(NONCE),
        "LANGUAGE_CODE": "en", "LANGUAGES": LANGUAGES, "LOCALE_PATHS": list(rooms.LOCALES),
        "LANGUAGE_COOKIE_NAME": "language", "USE_I18N": True, "USE_TZ": True, "TIME_ZONE": "UTC",
        "STATIC_URL": "/static/", "STATIC_ROOT": static_root or None, "WHITENOISE_USE_FINDERS": True,
        "SAXAUL_PORT": port, "SAXAUL_SEND_CODE": send_code, "LOGGING": _logging(),
        **_safety(secret=secret, hosts=hosts, https=https), **_sign_in(),
    }  # fmt: skip


def _logging() -> dict[str, Any]:
    """Faults of pages go to the process's own error output, with their place and without anybody's data."""
    return {
        "version": 1, "disable_existing_loggers": False, "handlers": {"out": {"class": "logging.StreamHandler"}},
        "loggers": {"django": {"handlers": ["out"], "level": "ERROR"}},
    }  # fmt: skip


def compile_texts(root: Path = WEB) -> int:
    """How many catalogues were compiled: those whose `.mo` is older than its `.po`; no outside program is called."""
    made = 0
    for source in sorted(root.glob("**/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as read, target.open("wb") as write:
            write_mo(write, read_po(read, locale=source.parts[-3], domain=source.stem))
        made += 1
    return made


def configure(**facts: Any) -> None:
    """The pages stand in Django, with compiled catalogues; to be called once.

    The book's models may have been made ready before (`app.prepare_models`): then the pages join what stands.
    """
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import connections

    compile_texts()
    if not settings.configured:
        settings.configure(**django_settings(**facts))
        django.setup()
        return
    facts["databases"] = {**settings.DATABASES, **facts["databases"]}
    wanted = django_settings(**facts)
    wanted["INSTALLED_APPS"] = [*settings.INSTALLED_APPS, *wanted["INSTALLED_APPS"]]
    for name, value in wanted.items():
        setattr(settings, name, value)
    connections.databases.update(connections.configure_settings(settings.DATABASES))  # Django reads them only once
    apps.set_installed_apps(settings.INSTALLED_APPS)
