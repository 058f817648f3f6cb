"""Everything has a maximum, and all of them stand here with the reason in a sentence.

What has no maximum has one in production, found by accident. These are technical; what a person may pay or hold is a
limit of the terms, and lives in `terms.toml` files with a date and a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, get_type_hints


@dataclass(frozen=True, slots=True)
class Maxima:
    """One number a line; the sentence says what it protects."""

    batch_asks: Annotated[int, "Asks in one unit of work: above this a commit grows slower than it saves."] = 512
    batch_postings: Annotated[int, "Postings in one unit: bounds overlay and commit time."] = 16_384
    act_postings: Annotated[int, "Postings of one act; their numbers are entry * 64 + place."] = 64
    act_changes: Annotated[int, "Changes of records in one act: larger work is staged in slices."] = 256
    needs_rounds: Annotated[int, "Gatherings of rows for one act; more is a bug of the act."] = 16
    follower_asks: Annotated[int, "Asks in one slice of a follower or tick: nobody waits behind a draw."] = 256
    follower_share: Annotated[int, "One part in this many of a batch is for followers while people wait."] = 8
    queue_asks: Annotated[int, "Asks that may wait for the clerk; beyond it `unavailable` at once."] = 8_192
    wait_seconds: Annotated[int, "How long a caller waits before it is told that the outcome is not known yet."] = 10
    tail_entries: Annotated[int, "Entries after the checkpoint: bounds the time a clerk needs to start."] = 500_000
    checkpoint_every: Annotated[int, "Entries between two rounds of the checkpoint: keeps the tail short."] = 200_000
    checkpoint_rows: Annotated[int, "Rows of one slice of the checkpoint, written with a unit of work."] = 512
    wal_bytes: Annotated[int, "Bytes the write-ahead log may reach before the clerk itself empties it."] = 268_435_456
    cache_rows: Annotated[int, "Records of each kind kept in memory; those that came first leave first."] = 2_000_000
    ids_remembered: Annotated[int, "Act ids the clerk keeps in memory; older ones are asked of the index."] = 1_000_000
    id_age_seconds: Annotated[int, "How far the time in a client's id may be from now, but on uploads."] = 86_400
    page_rows: Annotated[int, "Rows of one page of any list."] = 200
    body_bytes: Annotated[int, "Bytes of a request body; files have their own maximum."] = 65_536
    file_bytes: Annotated[int, "Bytes of an uploaded file: a biller's month or a bank's day."] = 33_554_432
    file_lines: Annotated[int, "Lines of an uploaded file."] = 200_000
    faults_listed: Annotated[int, "Faults listed in one refusal: enough to correct, few enough to read."] = 50
    text_characters: Annotated[int, "Characters of a text field unless it says less."] = 256
    note_characters: Annotated[int, "Characters of a reason, a complaint or an appeal."] = 2_000
    list_items: Annotated[int, "Items of a list in an ask unless it says less."] = 100
    hold_days: Annotated[int, "Days a hold may last, but one that waits for a bank."] = 30
    stage_slices: Annotated[int, "Slices of one staged job: enough for a million awards."] = 4_096
    commit_retries: Annotated[int, "How often a unit is tried again after a conflict reported by the database."] = 5
    courier_retries: Annotated[int, "Tries of one notice before an officer looks; with back-off, six days."] = 24
    courier_seconds: Annotated[int, "Seconds between two tries of one notice at most."] = 21_600
    login_tries: Annotated[int, "Wrong codes or PINs before a lock."] = 5
    rule_characters: Annotated[int, "Characters of an operator's rule."] = 2_000
    rules: Annotated[int, "Operators' rules in force at once."] = 200
    units: Annotated[int, "Units of one amount: signed 64 bits hold every published total of the nation."] = 2**63 - 1


MAXIMA: Final = Maxima()


def reasons() -> dict[str, str]:
    """The sentence of each maximum, for the reference pages and the house test."""
    hints = get_type_hints(Maxima, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}
