"""Addresses of the quiz: ids only."""

from __future__ import annotations

from django.urls import path

from saxaul.surfaces.web.quiz import desk, views

urlpatterns = [
    path("quiz", views.begin, name="quiz"),
    path("quiz/mine", views.mine, name="quiz_mine"),
    path("quiz/play/<hexid:attempt>", views.play, name="quiz_play"),
    path("quiz/told/<hexid:id>", views.told, name="quiz_told"),
    path("quiz/ended/<hexid:attempt>", views.ended, name="quiz_ended"),
    path("quiz/totals", views.totals, name="quiz_totals"),
    path("quiz/totals/<hexid:campaign>", views.totals, name="quiz_totals_of"),
    path("quiz/desk", desk.desk, name="quiz_desk"),
    path("quiz/desk/read/<slug:bank>", desk.read, name="quiz_desk_read"),
    path("quiz/desk/figures/<hexid:campaign>", desk.figures, name="quiz_desk_figures"),
]
