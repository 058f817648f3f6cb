"""Addresses of vouchers and lucky packets."""

from django.urls import path

from saxaul.surfaces.web.voucher import packets, views

urlpatterns = [
    path("vouchers", views.vouchers, name="vouchers"),
    path("vouchers/given", views.given, name="vouchers_given"),
    path("vouchers/given/<hexid:id>", views.run, name="voucher_run"),
    path("vouchers/counter", views.counter, name="vouchers_counter"),
    path("vouchers/<hexid:id>", views.voucher, name="voucher"),
    path("vouchers/<hexid:id>/use", views.use, name="voucher_use"),
    path("vouchers/<hexid:id>/kept/<hexid:kept>", views.kept, name="voucher_kept"),
    path("packets", packets.packets, name="packets"),
    path("packets/confirm/<hexid:id>", packets.confirm, name="packet_confirm"),
    path("packets/<hexid:id>", packets.packet, name="packet"),
]
