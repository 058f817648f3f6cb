"""A certificate as a sheet of paper: the same facts as its page, and the day on which they were true."""

from __future__ import annotations

from django.utils.translation import gettext as _

from saxaul.programmes.forest import geometry
from saxaul.surfaces.web import formats
from saxaul.surfaces.web.forest import maps, proof, reading
from saxaul.surfaces.web.paper import Sheet

BEFORE = ("issued", "ordered")  # stages in which nothing is in the ground
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}"><rect width="100%" height="100%" fill="#f4efe2"/>'
    '<polygon points="{}" fill="#cfe6d8" stroke="#14694a" stroke-width="2"/></svg>'
)


def of_certificate(tree: reading.Certificate, *, code: str, name: str, now: int) -> Sheet:
    """The sheet of a certificate: number, stage in words, parcel, and the code that proves it without a connection."""
    (outline,) = maps.outlines([tree.parcel])
    rows = [
        (_("Belongs to"), name), (_("Where"), f"{tree.project.name}, {tree.project.place}"),
        (_("Parcel"), proof.plus_code(*geometry.centre(tree.parcel))), (_("Energy"), formats.shown(tree.energy).text),
        (_("Issued"), formats.day(tree.since)), (_("Paid by"), tree.project.sponsor),
        (_("Charity"), tree.project.charity), *((who, formats.shown(grams).text) for who, grams in tree.shares),
    ]  # fmt: skip
    return Sheet(
        kind=_("Certificate"), heading=tree.project.species, number=tree.number, stage=tree.title, says=tree.text,
        waits=tree.stage in BEFORE, gone=tree.stage == "withdrawn", rows=[row for row in rows if row[1]],
        at=tree.since, code=code, code_label=_("Code that proves this certificate"),
        code_says=_("Whoever scans this code can check number and signature without any connection."),
        drawing=DRAWING.format(maps.WIDTH, maps.HEIGHT, outline.points), drawing_label=_drawn(tree),
        foot=_("State of %(day)s; the code says the same.") % {"day": formats.day(now)},
    )  # fmt: skip


def _drawn(tree: reading.Certificate) -> str:
    if tree.project.kind == "land":
        return _("The land of this project; north is up.")
    return _("The parcel that holds your tree; north is up. No picture from space shows a single tree.")
