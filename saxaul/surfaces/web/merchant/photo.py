"""The perceptual fingerprint of a photo; the picture itself, with the place it was taken, is forgotten here.

Each bit says whether one of 64 fields is darker than its neighbour to the right, so size, brightness and the quality of
a copy hardly matter. Only the fingerprint leaves this function.
"""

from __future__ import annotations

import io

from saxaul.surfaces.web.pictures import PIXELS_MAX

SIDE = 8


def fingerprint(data: bytes) -> str:
    """Sixteen hex digits, or an empty text where the bytes are no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > PIXELS_MAX:
            return ""
        small = picture.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ""
    fields = small.tobytes()
    bits = 0
    for row in range(SIDE):
        for column in range(SIDE):
            place = row * (SIDE + 1) + column
            bits = bits << 1 | (fields[place] < fields[place + 1])
    return f"{bits:016x}"
