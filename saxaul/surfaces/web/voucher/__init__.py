"""The pages of vouchers and lucky packets: what can be taken, what one has, how it is spent, and who got what."""

from django.utils.translation import gettext_lazy as _

from saxaul.surfaces.web.rooms import Tile

TILES = (
    Tile("voucher", _("Vouchers"), "vouchers", place=3),
    Tile("packet", _("Lucky packets"), "lucky_packets", place=20),
)
NAMES = {"packet": _("Lucky packet")}
