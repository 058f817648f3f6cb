"""The fingerprint of a photo: the same for a copy of any size and quality, another for another photo."""

from __future__ import annotations

import io
import random

from PIL import Image

from saxaul.surfaces.web.merchant.photo import fingerprint

NEAR_MAX = 6  # bits, as in the terms


def taken(seed: int) -> Image.Image:
    chance = random.Random(seed)
    small = Image.new("RGB", (12, 9))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(108)])
    return small.resize((960, 720), Image.Resampling.BICUBIC)


def file(picture: Image.Image, quality: int = 90) -> bytes:
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=quality)
    return made.getvalue()


def apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_copy_is_known_whatever_its_size_and_quality() -> None:
    for seed in range(40):
        photo = taken(seed)
        found = fingerprint(file(photo))
        brighter = photo.point(lambda value: min(255, value + 12))
        for copy in (file(photo, 30), file(photo.resize((480, 360))), file(photo.resize((1920, 1440)), 60),
                     file(brighter)):  # fmt: skip
            assert apart(found, fingerprint(copy)) <= NEAR_MAX, seed


def test_another_photo_is_another() -> None:
    found = [fingerprint(file(taken(seed))) for seed in range(60)]
    close = [(a, b) for a in range(60) for b in range(a) if apart(found[a], found[b]) <= NEAR_MAX]
    assert not close


def test_what_is_no_picture_has_no_fingerprint() -> None:
    assert fingerprint(b"GIF89a, or so it says") == ""
    assert fingerprint(b"") == ""
