"""What must hold of prepaid contracts, said of balances alone so that anybody can look.

A contract's money and its unused lessons are there together or not at all, and every lesson is worth at least a fen.
That the money is exactly the price of the unused lessons needs their prices: `lists.differences` says it of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY

Balances = Iterable[tuple[str, str, int]]
LESSON, MINT = "LESSON/0", "issuer:contract"


def money_and_lessons(balances: Balances) -> Iterator[str]:
    """No escrow holds money without lessons, no lesson is open without money."""
    money: dict[str, int] = {}
    lessons: dict[str, int] = {}
    for address, asset, posted in balances:
        if address.startswith("contract:"):
            _, contract, place = address.split(":")
            found = lessons if place == "units" else money
            found[contract] = found.get(contract, 0) + posted
            if posted < 0:
                yield f"{address} is below zero: {show(asset, posted)}"
    for contract in sorted(money.keys() | lessons.keys()):
        units, left = money.get(contract, 0), lessons.get(contract, 0)
        if units < left or (units and not left):
            yield f"contract {contract} has {show(CNY, units)} for {left} unused lessons"


def every_lesson_was_paid_for(balances: Balances) -> Iterator[str]:
    """Lessons that are open are as many as were issued and not written off."""
    held = issued = 0
    for address, asset, posted in balances:
        if asset == LESSON:
            if address == MINT:
                issued -= posted
            else:
                held += posted
    if held != issued:
        yield f"{held} lessons are open, {issued} were issued"


INVARIANTS = (
    ("a contract's money and its unused lessons are there together", money_and_lessons),
    ("every open lesson was paid for", every_lesson_was_paid_for),
)
