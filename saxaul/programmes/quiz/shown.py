"""What a player sees of a question: made of records alone, for every surface alike.

Nothing here that is made before an answer depends on which option is right: change the right option in the bank, and
the open question reads the same to the last byte. A test does exactly that.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.programmes.quiz import common, draws


class Open(msgspec.Struct, frozen=True):
    """The open question in one language, with its options as they are dealt."""

    number: int
    question: str
    options: list[str]
    token: str
    until: int


class Explained(msgspec.Struct, frozen=True):
    """An answered question: its options as they were dealt, which was right (from 1), why, and who says so."""

    number: int
    question: str
    options: list[str]
    answer: int
    why: str
    source: str


def open_question(campaign: Any, attempt: Any, question: Any, language: str) -> Open:
    """The question that the attempt has to answer now."""
    words = common.in_language(common.texts(question), language)
    order = draws.dealt(campaign.seed, attempt.key, attempt.number, question.options)
    token = draws.token(campaign.seed, attempt.key, attempt.number, attempt.asked)
    return Open(attempt.number, words.question, [words.options[one] for one in order], token, attempt.until)


def explained(campaign: Any, attempt: str, number: int, question: Any, language: str) -> Explained:
    """A question that was answered, by whoever knows from the journal that it was."""
    words = common.in_language(common.texts(question), language)
    order = draws.dealt(campaign.seed, attempt, number, question.options)
    options = [words.options[one] for one in order]
    answer = order.index(question.answer) + 1
    return Explained(number, words.question, options, answer, words.why, question.source)
