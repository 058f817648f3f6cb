"""Where things of merchants stand and what they are counted in; and which stages of an order mean what."""

from __future__ import annotations

PAID = frozenset({"captured", "settled", "part_refunded"})
BACK = frozenset({"refunded", "reversed"})
GONE = frozenset({"closed", "reversed", "released", "expired"})


def point(programme: str) -> str:
    """The asset of a programme's points."""
    return f"POINT.{programme}/0"


def of_benefit(benefit: str) -> str:
    """The asset that counts stock and coupons of a benefit."""
    return f"BENEFIT.{benefit}/0"


def pool(programme: str) -> str:
    """Where points not yet given and a sponsor's money stand."""
    return f"campaign:{programme}:pool"


def issuer(campaign: str) -> str:
    """Whose depth is what was opened of points or of a benefit."""
    return f"issuer:merchant:{campaign}"


def due(merchant: str) -> str:
    """Where a merchant's money stands until it is settled."""
    return f"merchant:{merchant}:due"


def earned(merchant: str) -> str:
    """Where the value of used coupons stands until the week is paid."""
    return f"merchant:{merchant}:earned"
