"""Addresses of the room: the person's, the table's, and those at the counter."""

from django.urls import path

from saxaul.surfaces.web.merchant import counter, views

urlpatterns = [
    path("benefits", views.benefits, name="benefits"),
    path("benefits/coupons", views.coupons, name="coupons"),
    path("benefits/coupons/<hexid:id>", views.coupon, name="coupon"),
    path("benefits/habit", views.habit, name="habit"),
    path("benefits/code", views.code, name="habit_code"),
    path("benefits/<hexid:id>", views.benefit, name="benefit"),
    path("kept", views.kept, name="kept"),
    path("kept/<hexid:id>", views.document, name="document"),
    path("table/<hexid:id>", views.table, name="table"),
    path("rent", views.rent, name="rent"),
    path("rent/<hexid:id>", views.thing, name="thing"),
    path("rentals/<hexid:id>", views.rental, name="rental"),
    path("counter/benefits", counter.desk, name="counter_benefits"),
    path("counter/coupon/<hexid:id>", counter.coupon, name="counter_coupon"),
    path("counter/menu", counter.menu, name="counter_menu"),
    path("counter/weeks", counter.weeks, name="counter_weeks"),
]
