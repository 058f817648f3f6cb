"""Records of lucky packets: the packet with all its parts, and who opened it; once for each person, which is a key."""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Packet(Record):
    """Money for a group; the key is the act that gave it, and what whoever has the link knows."""

    giver = models.TextField()  # person
    wallet = models.TextField()  # the giver's, to which the rest goes back
    asset = models.TextField()
    units = models.BigIntegerField()
    method = models.TextField()  # fixed, exchangeable, double_mean, cuts
    parts = models.TextField()  # fen in the order in which they are opened, with a blank between
    opened = models.BigIntegerField(default=0)  # how many parts are gone
    stage = models.TextField(default="open")
    ends = models.BigIntegerField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "packet"
        db_table = "packet_packet"
        indexes = [
            models.Index(fields=["ends"], name="packet_packet_open", condition=models.Q(stage="open")),
            models.Index(fields=["giver"], name="packet_packet_giver"),
        ]


class Part(Record):
    """One part that somebody has; key `<packet>:<natural person>`."""

    packet = models.TextField()
    person = models.TextField()
    wallet = models.TextField()
    place = models.BigIntegerField()
    units = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        app_label = "packet"
        db_table = "packet_part"
        indexes = [
            models.Index(fields=["packet"], name="packet_part_packet"),
            models.Index(fields=["person"], name="packet_part_person"),
        ]
