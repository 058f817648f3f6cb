"""Addresses of the room of red packets; a campaign is named by its public code."""

from __future__ import annotations

from django.urls import path

from saxaul.surfaces.web.campaign import views

urlpatterns = [
    path("packets", views.packets, name="packets"),
    path("packets/shop", views.taken, name="packets_taken"),
    path("packets/check/verify_draw.py", views.script, name="packets_script"),
    path("packets/<slug:key>", views.packet, name="packet"),
    path("packets/<slug:key>/draw", views.drawing, name="packet_draw"),
    path("packets/<slug:key>/draw/<str:name>", views.published, name="packet_file"),
    path("packets/<slug:key>/report", views.sponsor, name="packet_report"),
    path("packets/<slug:key>/report/file", views.sponsor_file, name="packet_report_file"),
]
