"""Steps and giving: today's steps, a phone's file, projects, drives, chickens, gifts, and who keeps the money."""

from django.utils.translation import gettext_lazy as _

from saxaul.surfaces.web.rooms import Tile

TILES = (Tile("walk", _("Steps and giving"), "giving", place=4),)
