"""Shops that pay themselves: what can be seen of it in payments, measured, and left to the terms and an officer.

Two signs. A ring: the packets a shop took came from people who work at shops that, over any number of steps, pay one
another. And whole packets: what it took came in payments that empty a packet at one stroke without own money added,
one soon after the other, which is not how people shop. Nothing here is proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SOON = 30 * 60_000_000  # microseconds between two payments at one shop that count as one after the other


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment: who paid, where, how much of the campaign's money, how much own, and when."""

    payer: str
    merchant: str
    units: int
    own: int
    at: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Of one shop: payments and units, percent of them from its ring, percent as whole packets, shops of the ring."""

    merchant: str
    payments: int
    units: int
    ring: int
    whole: int
    shops: int


def measure(paid: Iterable[Paid], works_at: Mapping[str, Iterable[str]], each: int) -> list[Measure]:
    """A measure of each shop that took something; `works_at`: payer to merchants, `each`: units of a whole packet."""
    by_shop: dict[str, list[Paid]] = defaultdict(list)
    for one in paid:
        by_shop[one.merchant].append(one)
    ways: dict[str, set[str]] = {shop: set() for shop in by_shop}
    for shop, payments in by_shop.items():
        for one in payments:
            for home in works_at.get(one.payer, ()):
                ways.setdefault(home, set()).add(shop)
    ring_of = _rings(ways)
    found = []
    for shop, payments in by_shop.items():
        total, mine = sum(one.units for one in payments), ring_of[shop]
        inside = sum(
            one.units for one in payments if any(ring_of.get(home) == mine for home in works_at.get(one.payer, ()))
        )
        whole = _whole(payments, each)
        size = sum(1 for other in ring_of.values() if other == mine)
        found.append(Measure(shop, len(payments), total, inside * 100 // total, whole * 100 // total, size))
    return sorted(found, key=lambda one: (-max(one.ring, one.whole), -one.units, one.merchant))


def _whole(payments: list[Paid], each: int) -> int:
    """Units that came as whole packets, one soon after another."""
    ordered = sorted(payments, key=lambda one: one.at)
    units = 0
    for place, one in enumerate(ordered):
        near = [other for other in ordered[max(0, place - 1) : place + 2] if other is not one]
        soon = any(abs(one.at - other.at) <= SOON for other in near)
        if soon and one.units >= each and not one.own:
            units += one.units
    return units


def _rings(ways: dict[str, set[str]]) -> dict[str, int]:
    """The number of each shop's ring: shops that reach each other by payments of their people (Tarjan's method)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    ring_of: dict[str, int] = {}
    for start in sorted(ways):
        if start in index:
            continue
        work = [(start, iter(sorted(ways[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while work:
            shop, onward = work[-1]
            new = next((other for other in onward if other not in ring_of), None)
            if new is None:
                work.pop()
                _settle(shop, index, low, stack, ring_of)
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[shop])
            elif new in index:
                low[shop] = min(low[shop], index[new])
            else:
                index[new] = low[new] = len(index)
                stack.append(new)
                work.append((new, iter(sorted(ways.get(new, ())))))
    return ring_of


def _settle(shop: str, index: dict[str, int], low: dict[str, int], stack: list[str], ring_of: dict[str, int]) -> None:
    """Where a ring began, all of it leaves the stack under its number."""
    if low[shop] != index[shop]:
        return
    while True:
        other = stack.pop()
        ring_of[other] = index[shop]
        if other == shop:
            return
