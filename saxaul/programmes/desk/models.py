"""Records of the desk: terms that operators changed with two signatures."""

from __future__ import annotations

from django.db import models


class Term(models.Model):
    """A dated value that two officers set; key `<name>@<day>`. It stands above the value that ships."""

    key = models.TextField(primary_key=True)
    name = models.TextField()
    in_force = models.TextField()  # a day of the city
    value = models.TextField()  # JSON; null is "no such limit"
    per = models.BigIntegerField(default=0)  # above 0: the value is a rate of so many
    unit = models.TextField(default="")
    status = models.TextField(default="published")
    source = models.TextField()
    says = models.TextField(default="")
    since = models.BigIntegerField(default=0)
    entry = models.BigIntegerField()

    class Meta:
        app_label = "desk"
        db_table = "desk_term"
