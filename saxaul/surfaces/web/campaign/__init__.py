"""Red packets: sign up, see the result, claim, spend; the public draw; the sponsor's report and the shop's list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from saxaul.surfaces.web.rooms import Tile

TILES = [Tile("packet", _("Red packets"), "packets", place=1)]
