"""Addresses of the forests' pages; a certificate's number and a team's id are all that stands in them."""

from django.urls import path

from saxaul.surfaces.web.forest import views

urlpatterns = [
    path("forest", views.forest, name="forest"),
    path("forest/projects/<slug:code>", views.project, name="forest_project"),
    path("forest/trees", views.trees, name="forest_trees"),
    path("forest/certificates/<slug:number>", views.certificate, name="forest_certificate"),
    path("forest/certificates/<slug:number>/pdf", views.certificate_pdf, name="forest_certificate_pdf"),
    path("forest/teams", views.teams, name="forest_teams"),
    path("forest/teams/<hexid:id>", views.team, name="forest_team"),
    path("forest/work", views.work, name="forest_work"),
    path("forest/public", views.public, name="forest_public"),
]
