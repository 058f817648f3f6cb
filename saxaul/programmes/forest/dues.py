"""What a date brings to forests: a season that is over closes its project."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.programmes.forest.projects import Named

LIST_MAX = 256
_OVER = (
    "SELECT key, ends FROM forest_project WHERE stage IN ('open', 'suspended', 'waiting') AND ends <= ? "
    "ORDER BY ends, key LIMIT ?"
)


def find_over(reader: Reader, now: int) -> Iterable[Request]:
    """Projects whose season has ended."""
    for key, ends in reader.query(_OVER, (now, LIST_MAX)):
        yield due(ends, "forest.close_project", Named(key), key)
