"""Name of the pages for Django; nothing happens at import."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The pages as one Django application."""

    name = "saxaul.surfaces.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
