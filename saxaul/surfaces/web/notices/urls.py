"""The address of the room of notices."""

from __future__ import annotations

from django.urls import path

from saxaul.surfaces.web.notices import views

urlpatterns = [path("notices", views.notices, name="notices")]
