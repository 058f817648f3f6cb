"""Addresses of the console, and behind them all addresses of the pages."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from saxaul.surfaces.console.site import CONSOLE
from saxaul.surfaces.web import urls

handler404, handler500 = urls.handler404, urls.handler500

urlpatterns = [
    path("console", RedirectView.as_view(pattern_name="admin:index")),
    path("console/", CONSOLE.urls),
    path("", include("saxaul.surfaces.web.urls")),
]
