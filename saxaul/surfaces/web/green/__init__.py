"""The room of green energy: bubbles to collect, a tree that grows, friends, and the public page of what was avoided."""

from django.utils.translation import gettext_lazy as _

from saxaul.surfaces.web.rooms import Tile

TILES = (Tile("saxaul", _("My forest"), "green", place=2),)
