"""Records of the quiz: questions and banks, campaigns, and what a person's play left.

A unique rule is a key: a question is `<bank>:<code>`, a player `<campaign>:<natural person>`, a result
`<campaign>:<natural person>:<level>`. An answer changes one row, the attempt, and nothing else.
"""

from __future__ import annotations

from django.db import models

from saxaul.people.models import Record


class Bank(Record):
    """What an act must list is a record: the codes of a bank's published questions, with a blank between."""

    questions = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_bank"


class Question(Record):
    """One question in all its languages. `answer` is the place of the right option; no surface shows it to players."""

    bank = models.TextField()
    code = models.TextField()
    topic = models.TextField(default="")
    texts = models.TextField()  # JSON: language -> question, options, why
    options = models.BigIntegerField()
    answer = models.BigIntegerField()
    source = models.TextField(default="")
    valid_until = models.TextField(default="")  # the last day, of the city, on which it may be asked
    version = models.BigIntegerField(default=1)
    author = models.TextField(default="")  # natural person; empty: the book itself
    reviewers = models.TextField(default="")  # natural persons who read this version
    stage = models.TextField(default="written")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_question"
        indexes = [models.Index(fields=["bank", "stage"], name="quiz_question_bank")]


class Campaign(Record):
    """One run: its dates, its streak and levels, the questions it draws from and the seed it draws with."""

    bank = models.TextField()
    titles = models.TextField()  # JSON: language -> title
    organisers = models.TextField(default="")  # one a line
    opens = models.BigIntegerField()
    ends = models.BigIntegerField()  # exclusive
    closes = models.BigIntegerField(default=0)  # until then appeals are decided; what is left then goes back
    streak = models.BigIntegerField()
    levels = models.TextField()  # JSON: [streak, asset, units]
    questions = models.TextField()  # codes as published when it was opened
    seed = models.TextField()
    cards = models.BigIntegerField(default=1)  # revival cards a player begins with
    sponsor = models.TextField(default="")
    charity = models.TextField(default="")
    held = models.BigIntegerField(default=0)  # rewards that wait for an officer
    stage = models.TextField(default="open")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_campaign"
        indexes = [models.Index(fields=["stage", "closes"], name="quiz_campaign_closes")]


class Player(Record):
    """A natural person in a campaign: the attempt that is or was last, and how many there were."""

    attempt = models.TextField()
    attempts = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_player"


class Attempt(Record):
    """One attempt as it stands. `number` and `question` are those asked now; `times` are tenths of a second."""

    campaign = models.TextField()
    person = models.TextField()
    natural = models.TextField()
    number = models.BigIntegerField(default=1)
    place = models.BigIntegerField(default=0)  # in the person's own order of the campaign's questions
    question = models.TextField()
    asked = models.BigIntegerField()
    until = models.BigIntegerField()
    streak = models.BigIntegerField(default=0)
    times = models.TextField(default="")
    total = models.BigIntegerField(default=0)
    squares = models.BigIntegerField(default=0)
    reason = models.TextField(default="")  # why its rewards wait; empty: they do not
    curve = models.TextField(default="")
    device = models.TextField(default="")
    revived = models.BigIntegerField(default=0)
    stage = models.TextField(default="playing")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_attempt"
        indexes = [models.Index(fields=["natural"], name="quiz_attempt_natural")]


class Result(Record):
    """A level a person reached: rewarded, held, appealed, refused, or a badge alone."""

    campaign = models.TextField()
    person = models.TextField()
    natural = models.TextField()
    level = models.BigIntegerField()
    attempt = models.TextField()
    asset = models.TextField(default="")
    units = models.BigIntegerField(default=0)
    reason = models.TextField(default="")
    hold = models.TextField(default="")
    stage = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "quiz"
        db_table = "quiz_result"
        indexes = [
            models.Index(fields=["campaign", "stage"], name="quiz_result_stage"),
            models.Index(fields=["natural"], name="quiz_result_natural"),
        ]


class Seen(Record):
    """Who showed the same device or the same timing: natural persons, with a blank between."""

    persons = models.TextField(default="")

    class Meta:
        app_label = "quiz"
        db_table = "quiz_seen"
