"""What a date brings to lucky packets: what is left in them goes back."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.programmes.packet.acts import NamePacket

LIST_MAX = 4096  # packets of one tick; the next takes the rest

OVER = "SELECT key, ends FROM packet_packet WHERE stage = 'open' AND ends <= ? ORDER BY ends, key LIMIT ?"


def over(reader: Reader, now: int) -> Iterable[Request]:
    """Packets whose time is over and that are not empty."""
    for key, ends in reader.query(OVER, (now, LIST_MAX)):
        yield due(ends, "packet.expire", NamePacket(key), key)


DUES = (Due("packet.over", over),)
