"""A file that came with a form: opened, told apart and read in pieces; an archive gives up its one file of records."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from saxaul.kernel.refusal import Refusal
from saxaul.programmes.giving import intake
from saxaul.programmes.giving.samples import Sample
from saxaul.programmes.giving.sources import Seen

PIECE = 1 << 20
OPENED_BYTES_MAX = 1 << 30  # of an archive's file of records; larger ones go through the command line
RECORDS = "export.xml"


def read(file: Any, seen: Seen) -> tuple[Any, list[Sample]]:
    """Whose file it is and the samples of open days; refuses `request.field_invalid` for any other file."""
    stream: IO[bytes] = file
    if zipfile.is_zipfile(file):
        archive = zipfile.ZipFile(file)
        found = [one for one in archive.infolist() if one.filename.rpartition("/")[2] == RECORDS]
        if not found or found[0].file_size > OPENED_BYTES_MAX:
            raise Refusal("request.field_invalid", fields=["file: no archive of a phone"])
        stream = archive.open(found[0])
    else:
        file.seek(0)
    head = stream.read(PIECE)
    source = intake.guess(file.name or "", head)
    if source is None:
        raise Refusal("request.field_invalid", fields=["file: no known format"])
    return source, list(intake.PARSERS[source](_pieces(stream, head), seen))


def _pieces(stream: IO[bytes], head: bytes) -> Iterator[bytes]:
    left, piece = OPENED_BYTES_MAX, head
    while piece and left > 0:
        yield piece
        left -= len(piece)
        piece = stream.read(PIECE)
