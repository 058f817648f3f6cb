"""Addresses of steps and giving."""

from __future__ import annotations

from django.urls import path

from saxaul.surfaces.web.giving import views

urlpatterns = [
    path("giving", views.home, name="giving"),
    path("giving/import", views.upload, name="giving_import"),
    path("giving/days/<str:day>", views.day, name="giving_day"),
    path("giving/projects", views.projects, name="giving_projects"),
    path("giving/projects/<hexid:id>", views.project, name="giving_project"),
    path("giving/drives/<hexid:id>", views.drive, name="giving_drive"),
    path("giving/ask/<hexid:id>", views.appeal, name="giving_appeal"),
    path("giving/chickens", views.chickens, name="giving_chickens"),
    path("giving/gifts", views.gifts, name="giving_gifts"),
    path("giving/gifts/<hexid:id>", views.gift, name="giving_gift"),
    path("giving/gifts/<hexid:id>/pdf", views.gift_pdf, name="giving_gift_pdf"),
    path("giving/office", views.office, name="giving_office"),
    path("giving/public", views.public, name="giving_public"),
]
