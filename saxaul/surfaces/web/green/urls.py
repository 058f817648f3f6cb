"""The addresses of the room of green energy."""

from django.urls import path

from saxaul.surfaces.web.green import views

urlpatterns = [
    path("green", views.forest, name="green"),
    path("green/friends", views.friends, name="green_friends"),
    path("green/friends/<slug:person>", views.friend, name="green_friend"),
    path("green/energy", views.energy, name="green_energy"),
    path("green/ranking", views.ranking, name="green_ranking"),
    path("green/choices", views.choices, name="green_choices"),
    path("green/office", views.office, name="green_office"),
    path("green/public", views.public, name="green_public"),
]
