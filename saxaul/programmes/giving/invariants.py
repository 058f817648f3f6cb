"""What must always be true of steps and birds, said of balances alone so that anybody can look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets
from saxaul.programmes.giving.common import STEP

Balances = Iterable[tuple[str, str, int]]


def counted_is_somewhere(balances: Balances) -> Iterator[str]:
    """Steps counted are given, in flocks, birds already, expired, or still open; and nowhere else."""
    counted = held = 0
    for address, asset, posted in balances:
        if asset != STEP:
            continue
        first, _, rest = address.partition(":")
        if address == "issuer:steps":
            counted = -posted
        elif first in ("giving", "flock") or (first == "person" and ":steps:" in rest):
            held += posted
        elif first != "issuer":
            yield f"{posted} steps stand on {address}, which nobody counts"
        else:
            counted -= posted
    if counted != held:
        yield f"{held} steps are given, in flocks, expired or open, {counted} were counted"


def birds_cost_steps(balances: Balances) -> Iterator[str]:
    """Every bird of a flock that left the stock was paid with the same whole number of steps."""
    spent: dict[str, int] = {}
    birds: dict[str, int] = {}
    for address, asset, posted in balances:
        words = address.split(":")
        if asset == STEP and words[0] == "flock" and words[-1] == "spent":
            spent[words[1]] = posted
        elif assets.kind(asset) == "CHICKEN" and words[0] == "person":
            birds[assets.of(asset)] = birds.get(assets.of(asset), 0) + posted
    for flock in spent.keys() | birds.keys():
        steps, handed = spent.get(flock, 0), birds.get(flock, 0)
        if (handed == 0) != (steps == 0) or (handed and steps % handed):
            yield f"flock {flock}: {handed} birds for {steps} steps"


INVARIANTS = (
    ("steps counted = given + in flocks + expired + open", counted_is_somewhere),
    ("each bird cost the same whole number of steps", birds_cost_steps),
)
