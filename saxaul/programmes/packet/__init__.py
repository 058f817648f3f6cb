"""Lucky packets: one person gives a sum to a group, whoever opens the link has a part of it."""

from saxaul.engine import AccountClass, Act, Programme
from saxaul.programmes.packet import acts, dues, models

MISSING = ("request.object_missing",)

# fmt: off
PROGRAMME = Programme(name="packet", title="Lucky packets in a group", dues=dues.DUES, acts=(
    Act("packet.give", acts.Give, acts.give, acts.Given, ("citizen",),
        MISSING + ("packet.parts_short", "wallet.funds_short", "request.field_invalid")),
    Act("packet.take", acts.Take, acts.take, acts.Taken, ("citizen",),
        MISSING + ("packet.parts_short", "packet.time_ended", "award.claim_done")),
    Act("packet.expire", acts.NamePacket, acts.expire, acts.Ended, ("system",), MISSING),
), accounts=(
    AccountClass("packet:$id", ("ECNY", "CNY"), passing=True, why="a lucky packet that is not opened yet"),
), records=(models.Packet, models.Part))
