"""What looks like a machine. It never stops the play: it makes a reward wait until an officer has looked.

Only times by the server's clock are judged, never whether answers are right: who knows the answers is welcome.
Reasons: `answers_fast`, `timing_even`, `timing_shared`, `device_shared`.
"""

from __future__ import annotations

import hashlib
from typing import Any

from saxaul.engine import Change, Facts

REASONS = ("answers_fast", "timing_even", "timing_shared", "device_shared")
SHARED_MAX = 16  # persons kept beside one device or curve; more say nothing new
BUCKET = 5  # tenths of a second that count as one time in a curve


def read(times: str) -> list[int]:
    """Tenths of a second of the latest answers, oldest first."""
    return [int(one) for one in times.split()]


def counted(facts: Facts, attempt: Any) -> dict[str, Any]:
    """The attempt's times with the answer that came now, and the reason they give, if any."""
    window = facts.term("quiz.window_answers")
    tenths = max(0, facts.now - attempt.asked) // 100_000
    latest = [*read(attempt.times), tenths][-window:]
    total, squares = attempt.total + tenths, attempt.squares + tenths * tenths
    fields: dict[str, Any] = {"times": " ".join(map(str, latest)), "total": total, "squares": squares}
    reason = attempt.reason or _reason(facts, latest, attempt.number, total, squares)
    if reason != attempt.reason:
        fields["reason"] = reason
    return fields


def _reason(facts: Facts, latest: list[int], count: int, total: int, squares: int) -> str:
    window = facts.term("quiz.window_answers")
    if len(latest) < window:
        return ""
    ordered = sorted(latest)
    if ordered[(window - 1) // 2] + ordered[window // 2] < 2 * facts.term("quiz.median_tenths_min"):
        return "answers_fast"
    if ordered[-1] - ordered[0] <= facts.term("quiz.spread_tenths_max"):
        return "timing_even"
    # the spread over the whole attempt: variance over mean squared, in hundredths, without a fraction anywhere
    even = 100 * (count * squares - total * total) < facts.term("quiz.even_hundredths_max") * total * total
    return "timing_even" if even and count >= facts.term("quiz.even_answers_min") else ""


def curve(times: str) -> str:
    """The name of a timing curve: times in half seconds, so that two runs of one machine look the same."""
    steps = [(one + BUCKET // 2) // BUCKET for one in read(times)]
    return hashlib.sha256(" ".join(map(str, steps)).encode()).hexdigest()[:16]


def shown(facts: Facts, key: str, natural: str) -> list[Change]:
    """The change after which this person is known to have shown this device or curve; none where they are already."""
    row = facts.record("quiz_seen", key)
    known = row.persons.split() if row is not None else []
    if natural in known or len(known) >= SHARED_MAX:
        return []
    return [Change("quiz_seen", key, {"persons": " ".join([*known, natural])}, new=row is None)]


def reason_of(facts: Facts, attempt: Any) -> str:
    """Why the attempt's reward waits: its own times first, then what it shares with others; empty: it does not."""
    if attempt.reason:
        return str(attempt.reason)
    if attempt.curve and _shared(facts, attempt.curve) >= facts.term("quiz.same_timing_accounts"):
        return "timing_shared"
    if attempt.device and _shared(facts, attempt.device) > facts.term("quiz.accounts_per_device"):
        return "device_shared"
    return ""


def _shared(facts: Facts, key: str) -> int:
    row = facts.record("quiz_seen", key)
    return len(row.persons.split()) if row is not None else 0
