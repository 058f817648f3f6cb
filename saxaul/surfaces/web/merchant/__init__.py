"""The room of low-carbon merchants: points and benefits, coupons, receipts without paper, tables, things to rent."""

from django.utils.translation import gettext_lazy

from saxaul.surfaces.web.rooms import Tile

TILES = (
    Tile("benefit", gettext_lazy("Benefits"), "benefits", place=7),
    Tile("kept", gettext_lazy("My receipts"), "kept", place=30),
    Tile("power_bank", gettext_lazy("Rent"), "rent", place=31),
)
