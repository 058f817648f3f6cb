"""Nearly equal photos: whether a picture was handed in before, by anybody, told from its fingerprint alone.

The surface computes a perceptual fingerprint of 64 bits and forgets the picture, with the place it was taken. Two
fingerprints that differ in at most seven bits agree, but for one bit, in one of their four bands of sixteen bits: so
the bands of the new one, and those one bit away, are all the keys under which a near one can be found.
"""

from __future__ import annotations

from saxaul.engine import Change, Facts, Refusal
from saxaul.people.persons import words

BANDS, BITS = 4, 16
KEPT_MAX = 2_000  # fingerprints of one band; the oldest leave first


def bands(photo: str) -> list[str]:
    """The keys of the fingerprint's own bands."""
    return [f"{place}:{photo[place * 4 : place * 4 + 4]}" for place in range(BANDS)]


def near(photo: str) -> list[str]:
    """The keys under which every fingerprint within seven bits can be found."""
    found = bands(photo)
    for place in range(BANDS):
        own = int(photo[place * 4 : place * 4 + 4], 16)
        found += [f"{place}:{own ^ (1 << bit):04x}" for bit in range(BITS)]
    return found


def kept(facts: Facts, photo: str) -> list[Change]:
    """The changes that remember the picture; refuses `photo.image_seen` for one that is nearly equal to another."""
    most, own = facts.term("merchant.photo_bits"), int(photo, 16)
    assert most <= 2 * BANDS - 1, "bands one bit away find pictures within seven bits"
    rows = facts.records("merchant_band", near(photo))
    for row in rows:
        for other in words(row.photos) if row is not None else ():
            if (int(other, 16) ^ own).bit_count() <= most:
                raise Refusal("photo.image_seen")
    changes = []
    for key, row in zip(bands(photo), rows[:BANDS], strict=True):
        earlier = words(row.photos) if row is not None else []
        photos = " ".join([*earlier, photo][-KEPT_MAX:])
        changes.append(Change("merchant_band", key, {"photos": photos}, new=row is None))
    return changes
