"""The room of the quiz: one question a screen, why it was so, badges and history; a desk for the bank."""

from django.utils.translation import gettext_lazy

from saxaul.surfaces.web.rooms import Tile

TILES = (Tile("quiz", gettext_lazy("Challenge"), "quiz", place=5),)
