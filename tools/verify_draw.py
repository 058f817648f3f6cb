#!/usr/bin/env python3
"""Checks a published draw: python verify_draw.py FOLDER. Needs nothing but Python, and reads nothing but the folder.

Files, one item a line: tickets.txt (salted hashes, sorted), winners.txt and reserves.txt (in the order of the draw),
secrets.txt (side, secret), beacon.txt, parameters.txt (name, value). Ends with 0 when all is as the rules give it.
"""

import hashlib
import sys
from pathlib import Path

SPACE = 2**256


def sha(data):
    return hashlib.sha256(data).digest()


def root(lines):
    """The Merkle root (RFC 6962): leaf SHA-256(00 hash), node SHA-256(01 left right)."""
    level = [sha(b"\0" + bytes.fromhex(line)) for line in lines] or [sha(b"")]
    while len(level) > 1:
        last = [level.pop()] if len(level) % 2 else []
        level = [sha(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level), 2)] + last
    return level[0].hex()


def order(seed, count, wanted):
    """Places in the order of the draw (RFC 3797 with SHA-256): digest of index, seed, index, modulo what is left."""
    size = 1 << max(0, (count - 1).bit_length())
    tree = [0] * size + [1] * count + [0] * (size - count)  # each node counts the places below it that are left
    for node in range(size - 1, 0, -1):
        tree[node] = tree[2 * node] + tree[2 * node + 1]
    for i in range(wanted):
        index, left, tries = i.to_bytes(8, "big"), count - i, 0
        found = int.from_bytes(sha(index + seed + index), "big")
        while found >= SPACE - SPACE % left:
            tries += 1
            found = int.from_bytes(sha(index + seed + index + bytes([tries])), "big")
        k, node = found % left, 1
        while node < size:
            tree[node] -= 1
            node *= 2
            if k >= tree[node]:
                k -= tree[node]
                node += 1
        tree[node] -= 1
        yield node - size


def check(folder):
    """Yields (what, holds) for each rule."""
    lines = {name: (folder / f"{name}.txt").read_text("utf-8").splitlines() for name in
             ("tickets", "winners", "reserves", "secrets", "beacon", "parameters")}  # fmt: skip
    given = dict(line.split(" ", 1) for line in lines["parameters"] if " " in line)
    tickets, secrets = lines["tickets"], dict(line.split(" ", 1) for line in lines["secrets"])
    yield "the list of tickets is sorted, each line once", tickets == sorted(set(tickets))
    yield "the list has the published number of tickets", str(len(tickets)) == given["tickets"]
    yield "the list has the published root", root(tickets) == given["root"]
    for side, secret in secrets.items():
        bound = hashlib.sha256(secret.encode()).hexdigest() == given.get(f"{side}_commitment")
        yield f"the {side}'s secret is the one committed to", bound
    parts = [given["root"], *[secrets[side] for side in ("operator", "witness") if side in secrets], *lines["beacon"]]
    seed = sha("\n".join(parts).encode())
    yield "root, secrets and beacon give the published seed", seed.hex() == given["seed"]
    awards = int(given["awards"])
    places = list(order(seed, len(tickets), min(len(tickets), awards + int(given["reserves"]))))
    drawn = [tickets[place] for place in places]
    yield "the seed gives these winners in this order", drawn[:awards] == lines["winners"]
    yield "the seed gives these reserves in this order", drawn[awards:] == lines["reserves"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong = 0
    for what, holds in check(Path(sys.argv[1])):
        print("ok   " if holds else "WRONG", what)
        wrong += not holds
    print("The draw is as the rules give it." if not wrong else "The draw is NOT as the rules give it.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
