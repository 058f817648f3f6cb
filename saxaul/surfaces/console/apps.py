"""Name of the console for Django; its texts are compiled when it is made ready."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console as one Django application."""

    name = "saxaul.surfaces.console"
    label = "console"

    def ready(self) -> None:
        """Catalogues stand beside their sources."""
        from saxaul.surfaces.pages import compile_texts

        compile_texts(Path(__file__).parent / "locale")
