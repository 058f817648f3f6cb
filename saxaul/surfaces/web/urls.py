"""Addresses of the pages; an id in them is opaque, and nothing else about a person ever stands there."""

from __future__ import annotations

from django.urls import path, register_converter

from saxaul.surfaces.web import rooms, signin
from saxaul.surfaces.web.views import bills, cash, code, counter, me, opening, pay, public, requests, style, wallet


class IdConverter:
    """32 hex digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(IdConverter, "hexid")

handler404 = "saxaul.surfaces.web.views.public.no_page"
handler500 = "saxaul.surfaces.web.views.public.broken"

urlpatterns = [
    path("", wallet.start, name="home"),
    path("history", wallet.history, name="history"),
    path("receipts/<hexid:id>", wallet.receipt, name="receipt"),
    path("receipts/<hexid:id>/file", wallet.receipt_file, name="receipt_file"),
    path("scan", pay.scan, name="scan"),
    path("scan/frame", pay.frame, name="frame"),
    path("scan/<hexid:id>", pay.scanned, name="scanned"),
    path("confirm/<hexid:id>", pay.confirm, name="confirm"),
    path("confirm/<hexid:id>/wallet", pay.other_wallet, name="other_wallet"),
    path("answer/<hexid:id>", pay.answer, name="answer"),
    path("answer/<hexid:id>/no", pay.decline, name="decline"),
    path("code", code.code, name="code"),
    path("send", pay.send, name="send"),
    path("send/<hexid:id>", pay.send_to, name="send_to"),
    path("ask", requests.ask, name="ask"),
    path("ask/<hexid:id>", requests.asked, name="asked"),
    path("bills", bills.bills, name="bills"),
    path("bills/<hexid:id>", bills.bill, name="bill"),
    path("me", me.me, name="me"),
    path("me/pin", me.pin, name="pin"),
    path("me/e-cny", opening.activate, name="activate"),
    path("open", opening.open_wallet, name="open"),
    path("money/in", cash.top_up, name="top_up"),
    path("money/out", cash.cash_out, name="cash_out"),
    path("money/bank", cash.bank, name="bank"),
    path("me/consents", me.consents, name="consents"),
    path("look", me.look, name="look"),
    path("counter", counter.counter, name="counter"),
    path("counter/wall", counter.wall, name="counter_wall"),
    path("counter/day", counter.day, name="counter_day"),
    path("counter/orders/<hexid:id>", counter.order, name="counter_order"),
    path("public", public.public, name="public"),
    path("help", public.help_page, name="help"),
    path("offline", public.offline, name="offline"),
    path("style", style.style, name="style"),
    path("manifest.webmanifest", public.manifest, name="manifest"),
    path("sw.js", public.worker, name="worker"),
    path("services", wallet.services, name="services"),
    *signin.urlpatterns,
    *rooms.urlpatterns(),
]
