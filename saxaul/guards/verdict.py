"""What a guard adds to a plan. Refusing is raising; saying nothing is None."""

from __future__ import annotations

import msgspec

from saxaul.ledger.plan import Bound, Limit, Use


class Verdict(msgspec.Struct, frozen=True):
    """Usage to count, limits and bounds for the ledger to enforce, and notes for the receipt."""

    uses: tuple[Use, ...] = ()
    limits: tuple[Limit, ...] = ()
    bounds: tuple[Bound, ...] = ()
    notes: tuple[str, ...] = ()
