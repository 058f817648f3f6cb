"""Records of people, organisations, wallets and credentials. Ids, codes and hashes only; names are in the vault.

Keys: a unique rule is a key. `people_index` holds every "at most one" that is not a record of its own: a telephone's
person (`phone:<hmac>`), the one wallet of a telephone at an issuer (`phone:<hmac>@<issuer>`), an identity document's
person (`document:<hmac>`). A row with an empty target is free again.
"""

from __future__ import annotations

from django.db import models


class Record(models.Model):
    """What the records of all rooms and programmes share: the key they are found by, the entry that wrote them last."""

    key = models.TextField(primary_key=True)
    entry = models.BigIntegerField()

    class Meta:
        abstract = True


class Person(Record):
    """One human being known to the operator; several may turn out to be one natural person."""

    natural = models.TextField()  # id of the natural person all records of the same human share
    stage = models.TextField(default="active")
    verified = models.BigIntegerField(default=0)  # 0 phone only, 1 document, 2 document and bank account, 3 counter
    phone = models.TextField(default="")  # HMAC of the telephone in use
    phone_since = models.BigIntegerField(default=0)
    abroad = models.BigIntegerField(default=0)  # 1: a number of another country
    name = models.TextField(default="")  # HMAC of the folded real name, to compare and never to read
    document = models.TextField(default="")  # HMAC of kind and number
    language = models.TextField(default="zh")
    elder = models.BigIntegerField(default=0)
    wrong_names = models.BigIntegerField(default=0)
    wrong_since = models.BigIntegerField(default=0)
    names_locked_until = models.BigIntegerField(default=0)
    wallets = models.TextField(default="")  # ids with a blank between: what an act must list is a record
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_person"


class Natural(Record):
    """A natural person and the persons' records that turned out to be the same human."""

    persons = models.TextField()  # ids with a blank between
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_natural"


class Join(Record):
    """One joining of records, kept whole so that a wrong one can be split: who moved from which natural person."""

    keep = models.TextField()
    other = models.TextField()
    persons = models.TextField()
    reason = models.TextField()
    stage = models.TextField(default="joined")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_join"


class Wallet(Record):
    """The accounts of a person or organisation at one issuer. Its money stands on `wallet:<key>`."""

    person = models.TextField(default="")
    organisation = models.TextField(default="")
    issuer = models.TextField()
    tier = models.BigIntegerField(default=4)
    stage = models.TextField(default="open")
    region = models.TextField(default="")
    activated = models.BigIntegerField(default=0)  # 1: e-CNY shows on the wallet and scan pages
    foreign_phone = models.BigIntegerField(default=0)
    evidence = models.TextField(default="")  # what the last try of telephone and name found: same, or a refusal's code
    evidence_at = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_wallet"


class Credential(Record):
    """A way to act: a session of a person, a till of a shop, a key of a biller. Revoking it is immediate."""

    kind = models.TextField()  # session, terminal, key, service
    person = models.TextField(default="")
    organisation = models.TextField(default="")
    roles = models.TextField()  # words with a blank between
    shop = models.TextField(default="")
    terminal = models.TextField(default="")
    stage = models.TextField(default="active")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_credential"


class Pin(Record):
    """That a person has a pay PIN, and its tries: locked for a while after five wrong. The hash is in the vault."""

    tries = models.BigIntegerField(default=0)
    locked_until = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_pin"


class Index(Record):
    """A unique rule as a key: what it names, and since when."""

    target = models.TextField()
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_index"


class Organisation(Record):
    """An operator, merchant, biller, agency, sponsor or charity. Its name is public and therefore no secret."""

    kind = models.TextField()
    name = models.TextField()
    name_en = models.TextField(default="")
    category = models.TextField(default="")  # ISO 18245 code of a merchant
    stage = models.TextField(default="active")
    issuer = models.TextField(default="")  # who keeps its wallet and settles it
    region = models.TextField(default="")
    wallet = models.TextField(default="")
    bank_account = models.TextField(default="")
    receives = models.BigIntegerField(default=0)  # receiving limit of a day in units, 0 none
    accepts_ecny = models.BigIntegerField(default=1)
    terms = models.TextField(default="{}")  # JSON: what this kind of organisation agrees (part payment, fee, window)
    webhook = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_organisation"


class Shop(Record):
    """A place of a merchant, its terminals and the static code on its wall."""

    organisation = models.TextField()
    name = models.TextField()
    place = models.TextField(default="")
    stage = models.TextField(default="active")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_shop"


class Terminal(Record):
    """A till or device of a shop; only its own shop may use it."""

    organisation = models.TextField()
    shop = models.TextField()
    stage = models.TextField(default="active")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_terminal"


class Consent(Record):
    """What a person agreed to or withdrew; key `<person>:<purpose>`, the journal keeps every change."""

    person = models.TextField()
    purpose = models.TextField()
    stage = models.TextField()
    text_version = models.TextField(default="")
    given = models.BigIntegerField(default=0)
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_consent"


class Directory(Record):
    """A dated row of a public list (issuer, region, province); key `<list>:<code>`."""

    list = models.TextField()
    code = models.TextField()
    name = models.TextField()
    name_en = models.TextField(default="")
    province = models.TextField(default="")
    open_from = models.BigIntegerField(default=0)
    until = models.BigIntegerField(default=0)  # exclusive; 0 is open end
    certain = models.BigIntegerField(default=0)  # 1: a named source says so
    source = models.TextField(default="")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_directory"


class Vault(Record):
    """Sealed names, telephones and documents; key `<person>:<field>`. Written in the unit, outside the chain."""

    outside_chain = True

    person = models.TextField()
    sealed = models.TextField()

    class Meta:
        app_label = "people"
        db_table = "people_vault"


class VaultKey(Record):
    """One sealed key per person (key = person id); destroying it makes the person's vault rows noise for ever."""

    outside_chain = True

    sealed = models.TextField()

    class Meta:
        app_label = "people"
        db_table = "people_vault_key"


class Listed(Record):
    """A party on a list: frozen by order or by its owner, blocked, or suspended. Key `<list>:<id>`."""

    list = models.TextField()
    party = models.TextField()
    reason = models.TextField(default="")
    stage = models.TextField(default="active")
    since = models.BigIntegerField(default=0)

    class Meta:
        app_label = "people"
        db_table = "people_listed"
