"""Addresses of prepaid contracts; the ids in them are opaque."""

from __future__ import annotations

from django.urls import path

from saxaul.surfaces.web.prepaid import counter, views

urlpatterns = [
    path("lessons", views.contracts, name="prepaid"),
    path("lessons/<hexid:id>", views.contract, name="prepaid_contract"),
    path("lessons/<hexid:id>/code", views.code, name="prepaid_code"),
    path("lessons/<hexid:id>/given/<int:lesson>", views.given, name="prepaid_given"),
    path("lessons/<hexid:id>/back", views.back, name="prepaid_back"),
    path("lessons/<hexid:id>/dispute", views.dispute, name="prepaid_dispute"),
    path("lessons/school", counter.school, name="prepaid_school"),
    path("lessons/school/new", counter.kinds, name="prepaid_kinds"),
    path("lessons/school/new/<str:kind>", counter.new, name="prepaid_new"),
    path("lessons/school/<hexid:id>", counter.contract, name="prepaid_own"),
    path("lessons/district", counter.district, name="prepaid_district"),
]
