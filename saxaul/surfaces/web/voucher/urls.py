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
    path("lucky", packets.packets, name="lucky_packets"),
    path("lucky/confirm/<hexid:id>", packets.confirm, name="lucky_confirm"),
    path("lucky/<hexid:id>", packets.packet, name="lucky_packet"),
]
