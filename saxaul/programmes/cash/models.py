"""Records of cash: our account at a bank, linked accounts, orders, settlement windows, files, lines, what is open.

Keys: an order is the act that asked for it, since its id travels to the bank and back; a window is
`<kind>:<organisation>:<day>`; a line of a bank file is `<operator>:<the bank's own reference>`, so that notice and
statement meet; an open item is its kind and what it is about, so the same matter is open once.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Bank(Record):
    """An operator's account at its bank (key: the operator's code) and how far its statements have come."""

    bank = models.TextField()  # names the mirror `issuer:bank:<bank>`; one account, one name
    account = models.TextField()
    sequence = models.BigIntegerField(default=0)  # number of the last statement, 0 before the first
    closing = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_bank"


class Linked(Record):
    """A person's own bank account (key: the person). Its number is in the vault; here is only a mark."""

    mark = models.TextField()
    bank = models.TextField()  # the institution that keeps it, as pain.001 names it
    stage = models.TextField(default="linked")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_linked"


class Order(Record):
    """Money that goes out by the bank (cash_out, payout, back) or is fetched from it (top_up)."""

    kind = models.TextField()
    operator = models.TextField()
    bank = models.TextField()
    party = models.TextField()  # wallet:<id>, merchant:<id>, biller:<id>, or the open item that is sent back
    window = models.TextField(default="")
    ecny = models.BigIntegerField(default=0)
    cny = models.BigIntegerField(default=0)
    stage = models.TextField()
    file = models.TextField(default="")
    reason = models.TextField(default="")
    booked_by = models.TextField(default="")  # the bank's reference of the movement that booked it
    day = models.TextField(default="")
    answer_by = models.BigIntegerField(default=0)  # when silence becomes a case; 0 before it is sent
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_order"
        indexes = [
            models.Index(fields=["stage", "operator"], name="cash_order_stage"),
            models.Index(fields=["file"], name="cash_order_file"),
        ]


class Payee(Record):
    """The last day that was cut for an organisation; key `<kind>:<organisation>`."""

    day = models.TextField()

    class Meta:
        app_label = "cash"
        db_table = "cash_payee"


class Window(Record):
    """What an organisation received until the act `cut` and is owed for that business day."""

    kind = models.TextField()
    organisation = models.TextField()
    operator = models.TextField()
    day = models.TextField()
    cut = models.TextField()  # the act that cut it; entries before its entry are inside, its hold keeps the money
    ecny = models.BigIntegerField(default=0)
    cny = models.BigIntegerField(default=0)
    stage = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_window"
        indexes = [models.Index(fields=["stage"], name="cash_window_stage")]


class File(Record):
    """A file to the bank (key: its message id) or from it (`<operator>:<digest>`); contents are kept by digest."""

    operator = models.TextField()
    kind = models.TextField()
    message = models.TextField()
    digest = models.TextField()
    lines = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)  # lines that were applied
    units = models.BigIntegerField(default=0)
    execution = models.TextField(default="")
    made = models.BigIntegerField(default=0)
    stage = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_file"


class Line(Record):
    """One movement in the bank's book, however often and wherever the bank told it."""

    operator = models.TextField()
    order = models.TextField(default="")
    direction = models.TextField()
    units = models.BigIntegerField()
    booked = models.TextField(default="")
    told = models.TextField(default="")  # kinds of message that named it, with a blank between
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_line"


class Item(Record):
    """Something somebody has to look at: money that belongs to nobody yet, or a word of the bank that does not fit."""

    kind = models.TextField()
    operator = models.TextField()
    asset = models.TextField(default="")
    units = models.BigIntegerField(default=0)
    about = models.TextField(default="")  # order, statement, line or act
    reason = models.TextField(default="")
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cash"
        db_table = "cash_open_item"
        indexes = [models.Index(fields=["stage", "operator"], name="cash_open_item_stage")]
