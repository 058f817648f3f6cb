"""Lessons paid ahead: the guardian's contracts, the school's counter, the district's totals."""

from django.utils.translation import gettext_lazy as _

from saxaul.surfaces.web.rooms import Tile

TILES = (Tile("lesson", _("Lessons"), "prepaid", place=6),)
