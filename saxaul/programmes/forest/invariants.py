"""What must always be true of forests, said of balances alone so that anybody can look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel import assets

Balances = Iterable[tuple[str, str, int]]


def quota_is_stock_and_held(balances: Balances) -> Iterator[str]:
    """Trees and land of a project are in its stock, with persons or with teams; all of them were opened with it."""
    held: dict[str, int] = {}
    opened: dict[str, int] = {}
    for address, asset, posted in balances:
        if assets.kind(asset) not in ("TREE", "LAND"):
            continue
        if address.startswith("issuer:"):
            opened[asset] = opened.get(asset, 0) - posted
        else:
            held[asset] = held.get(asset, 0) + posted
            if address.partition(":")[0] not in ("project", "person", "team"):
                yield f"{asset} stands on {address}"
    for asset, units in opened.items():
        if held.get(asset, 0) != units:
            yield f"{asset}: {units} were opened, {held.get(asset, 0)} are there"


def numbers_cover_what_is_held(balances: Balances) -> Iterator[str]:
    """Nobody holds a tree without a number: the counter is at least what is held."""
    trees: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for address, asset, posted in balances:
        if assets.kind(asset) == "TREE" and address.endswith(":trees"):
            trees[assets.of(asset)] = trees.get(assets.of(asset), 0) + posted
        if assets.kind(asset) == "SERIAL" and address.endswith(":issued"):
            numbers[assets.of(asset)] = posted
    for project, held in trees.items():
        if held > numbers.get(project, 0):
            yield f"{project}: {held} trees are held, {numbers.get(project, 0)} numbers were given"


def every_tree_cost_the_same(balances: Balances) -> Iterator[str]:
    """Energy spent on a project is one cost times its trees: it divides by them, and is nothing without them."""
    spent: dict[str, int] = {}
    trees: dict[str, int] = {}
    for address, asset, posted in balances:
        if asset == "GREEN/0" and address.startswith("project:"):
            spent[address.split(":")[1]] = posted
        if assets.kind(asset) == "TREE" and address.endswith(":trees"):
            trees[assets.of(asset)] = trees.get(assets.of(asset), 0) + posted
    for project, held in trees.items():
        grams = spent.get(project, 0)
        if (held == 0) != (grams == 0) or (held and grams % held):
            yield f"{project}: {grams} g were spent on {held} trees"


INVARIANTS = (
    ("quota of a project = stock + trees held", quota_is_stock_and_held),
    ("trees held have numbers", numbers_cover_what_is_held),
    ("energy spent on a project = cost x trees", every_tree_cost_the_same),
)
