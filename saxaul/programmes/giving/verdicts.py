"""Is it a walk? Every rule with its threshold from the terms, what it saw, and what follows: drop, cap, review or hold.

Each threshold is the house's own choice and marked so. Only two rules hold a day, and both were tried on a simulated
honest town first; all others drop a single record or ask a person to look while the steps stay usable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from saxaul.engine import Facts
from saxaul.programmes.giving.samples import Sample, merge

HOLDS = frozenset({"band", "device"})


class Past(msgspec.Struct, frozen=True):
    """An earlier day of the same person: its sum and how it came about."""

    steps: int
    shape: str


class Judged(msgspec.Struct, frozen=True):
    """What a day's readings come to. `reasons` are rules that spoke, `said` what each saw."""

    steps: int
    verified: int
    shape: str
    reasons: tuple[str, ...]
    said: tuple[str, ...]
    kept: tuple[Sample, ...]

    @property
    def held(self) -> bool:
        """Whether the day waits for a person's look."""
        return not HOLDS.isdisjoint(self.reasons)


def judge(facts: Facts, samples: Iterable[Sample], past: Sequence[Past], accounts: int) -> Judged:
    """The verdict on one day's readings, given the six days before and how many accounts the device counted for."""
    kept, spoke = _records(facts, samples)
    counted = merge(kept)
    lumps = sum(one.steps for one in counted if one.end == one.start)
    steps = verified = sum(one.steps for one in counted)
    if lumps >= facts.term("giving.lump_steps"):
        verified -= lumps
        spoke["lump"] = f"{lumps} steps without an interval"
    hard, soft = facts.term("giving.day_hard"), facts.term("giving.day_soft")
    if steps > hard:
        spoke["day_hard"] = f"{steps} steps in a day, {hard} count"
        steps, verified = hard, min(verified, hard)
    elif steps > soft:
        spoke["day_soft"] = f"{steps} steps in a day"
    shape = _shape(facts, counted, steps)
    spoke |= _band(facts, [*past, Past(steps, shape)])
    if accounts > facts.term("giving.device_accounts"):
        spoke["device"] = f"one device, {accounts} accounts"
    return Judged(steps, verified, shape, tuple(spoke), tuple(spoke.values()), tuple(counted))


def _records(facts: Facts, samples: Iterable[Sample]) -> tuple[list[Sample], dict[str, str]]:
    """The records that count: not typed in, not faster than anybody runs. A short one is judged as a minute."""
    hard, soft = facts.term("giving.cadence_hard"), facts.term("giving.cadence_soft")
    kept, hand, fast, quick = [], 0, 0, 0
    for one in samples:
        length = one.end - one.start
        if one.by_hand:
            hand += one.steps
        elif length and one.steps * 60 > hard * max(length, 60):
            fast += one.steps
        else:
            quick += one.steps if length and one.steps * 60 > soft * max(length, 60) else 0
            kept.append(one)
    spoke = {}
    for rule, sum_of, what in (
        ("by_hand", hand, "steps were typed in"), ("cadence_hard", fast, f"steps at more than {hard} a minute"),
        ("cadence_soft", quick, f"steps at more than {soft} a minute"),
    ):  # fmt: skip
        if sum_of:
            spoke[rule] = f"{sum_of} {what}"
    return kept, spoke


def _shape(facts: Facts, counted: Sequence[Sample], steps: int) -> str:
    """`total`: a sum of the day without hours; `jump`: nearly all in one record; `curve`: a day of walking."""
    if not counted:
        return "curve"
    most = max(counted, key=lambda one: one.steps)
    if most.end - most.start >= facts.term("giving.total_hours") * 3600:
        return "total"
    return "jump" if most.steps * 100 >= steps * facts.term("giving.jump_percent") else "curve"


def _band(facts: Facts, days: Sequence[Past]) -> dict[str, str]:
    """The public robot: near-equal sums, each in one jump. Totals have no hours, so for them its own band counts."""
    least, width = facts.term("giving.steps_least"), facts.term("giving.band_width")
    need, low = facts.term("giving.band_days"), facts.term("giving.band_low")
    if days[-1].shape == "curve":
        return {}
    jumps = sorted(one.steps for one in days if one.shape == "jump" and one.steps >= least)
    known = sorted(one.steps for one in days if one.shape != "curve" and low <= one.steps <= low + width)
    totals = sorted(one.steps for one in days if one.shape != "curve" and one.steps >= least)
    here = days[-1].steps
    if _close(jumps, need, width, here) or (len(known) >= need and low <= here <= low + width):
        return {"band": f"{here} steps at once, like {need - 1} other days of seven"}
    if _close(totals, need + 2, width, here):
        return {"alike": f"{need + 2} of seven days within {width} steps"}
    return {}


def _close(sums: Sequence[int], need: int, width: int, here: int) -> bool:
    """Whether `need` of the sorted sums, this day's among them, lie within `width`."""
    groups: list[Any] = [sums[place : place + need] for place in range(len(sums) - need + 1)]
    return any(group[-1] - group[0] <= width and group[0] <= here <= group[-1] for group in groups)
