"""What follows an answer that reached a level, and what a campaign's end brings."""

from __future__ import annotations

from collections.abc import Iterable

from saxaul.engine import Due, Follower, due, follows
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.ledger.journal import Entry
from saxaul.programmes.quiz.campaigns import Named
from saxaul.programmes.quiz.rewards import Pass

LIST_MAX = 256
_ENDED = (
    "SELECT key, closes, entry FROM quiz_campaign WHERE stage = 'open' AND held = 0 AND closes <= ? "
    f"ORDER BY closes LIMIT {LIST_MAX}"
)


def passes(entry: Entry) -> Iterable[Request]:
    """The badge and reward of a level, also for who closed the page at the last answer."""
    if '"level":0' in entry.answer:  # nearly always: read no further
        return
    receipt = entry.receipt
    if receipt.get("level"):
        ask = Pass(receipt["attempt"], receipt["level"])
        yield follows(entry, "quiz.pass", ask, f"{ask.attempt}:{ask.level}")


def ended(reader: Reader, now: int) -> Iterable[Request]:
    """Campaigns that ended long enough ago and in which nothing waits."""
    for key, closes, entry in reader.query(_ENDED, (now,)):
        yield due(closes, "quiz.close", Named(key), f"{key}:{entry}")


FOLLOWERS = (Follower("quiz.passes", passes, ("quiz.answer",)),)
DUES = (Due("quiz.ended", ended),)
