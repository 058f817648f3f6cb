"""Pages of forests: choose and plant, one's own trees and certificates, planting together, and what all may see.

`proof.py` signs and checks certificates, `satellite.py` reduces pictures to numbers; both work without any connection
and never inside a unit of work.
"""

from django.utils.translation import gettext_lazy

from saxaul.surfaces.web.rooms import Tile

TILES = [Tile("tree", gettext_lazy("Plant a tree"), "forest", 12)]
