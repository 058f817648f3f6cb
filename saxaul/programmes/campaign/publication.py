"""What is published of a draw, as plain files that a stand-alone script reads as well, and how anybody checks them.

No file names a person: a ticket is a salted hash, which its owner finds with the id on the own page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from saxaul.engine import Refusal
from saxaul.kernel import times
from saxaul.programmes.campaign import draw

METHOD = "RFC 3797 with SHA-256 and rejection"
NAMES = ("parameters.txt", "tickets.txt", "winners.txt", "reserves.txt", "secrets.txt", "beacon.txt")
PUBLIC = frozenset({"claiming", "spending", "expired", "reconciled", "closed"})


def files(row: Any, lines: Sequence[str], order: Sequence[str]) -> dict[str, str]:
    """The files of a draw: `lines` are all tickets in order of their hash, `order` those drawn, the first first."""
    secrets = {"operator": row.operator_secret, "witness": row.witness_secret}
    parameters = {
        "campaign": row.key, "method": METHOD, "tickets": row.tickets, "awards": row.awards, "reserves": row.reserves,
        "salt": row.salt, "root": row.root, "operator_commitment": row.operator_commitment,
        "witness_commitment": row.witness_commitment, "beacon_name": row.beacon_name,
        "beacon_at": times.text(row.beacon_at), "seed": row.seed,
    }  # fmt: skip
    return {
        "parameters.txt": _text(f"{name} {value}" for name, value in parameters.items()),
        "tickets.txt": _text(lines),
        "winners.txt": _text(order[: row.awards]),
        "reserves.txt": _text(order[row.awards :]),
        "secrets.txt": _text(f"{side} {secret}" for side, secret in secrets.items() if secret),
        "beacon.txt": _text([row.beacon]),
    }


def _text(lines: Any) -> str:
    return "".join([f"{line}\n" for line in lines])


def verify(found: Mapping[str, str]) -> list[str]:
    """A sentence for each thing that was checked and holds.

    Refuses `draw.tickets_changed` where the list is not the one that was published, `draw.seed_mismatch` where secrets,
    seed or order are not what the rules give.
    """
    missing = [name for name in NAMES if name not in found]
    if missing:
        raise Refusal("request.field_invalid", fields=[f"{name}: missing" for name in missing])
    given = dict(line.partition(" ")[::2] for line in found["parameters.txt"].splitlines())
    lines = found["tickets.txt"].splitlines()
    _same("draw.tickets_changed", "count", str(len(lines)), given["tickets"])
    if lines != sorted(set(lines)):
        raise Refusal("draw.tickets_changed", what="tickets.txt is not sorted, or has a line twice")
    _same("draw.tickets_changed", "root", draw.root(lines), given["root"])
    secrets = dict(line.partition(" ")[::2] for line in found["secrets.txt"].splitlines())
    for side, secret in secrets.items():
        _same("draw.seed_mismatch", f"{side}'s secret", draw.commitment(secret), given[f"{side}_commitment"])
    told = [secrets[side] for side in ("operator", "witness") if side in secrets]
    _same("draw.seed_mismatch", "seed", draw.seed(given["root"], told, found["beacon.txt"].strip()), given["seed"])
    winners, reserves = found["winners.txt"].splitlines(), found["reserves.txt"].splitlines()
    awards = int(given["awards"])
    order = draw.drawn(lines, given["seed"], min(len(lines), awards + int(given["reserves"])))
    if winners != order[:awards] or reserves != order[awards:]:
        raise Refusal("draw.seed_mismatch", what="the winners are not in the order that the seed gives")
    forfeited = [f"The {side} did not tell a secret and has no part in it." for side in _silent(secrets)]
    return [
        f"{len(lines)} tickets, and their root is the published one.",
        "Each secret is the one that was committed to.",
        *forfeited,
        "Root, secrets and beacon give the published seed.",
        f"The seed gives these {len(winners)} winners and {len(reserves)} reserves in this order.",
    ]


def _silent(secrets: Mapping[str, str]) -> list[str]:
    return [side for side in ("operator", "witness") if side not in secrets]


def _same(code: str, what: str, is_now: str, was: str) -> None:
    if is_now != was:
        raise Refusal(code, what=f"{what}: published {was}, computed {is_now}")


ROW = "SELECT line FROM campaign_ticket WHERE campaign = ?"
ORDER = "SELECT line FROM campaign_ticket WHERE campaign = ? AND rank > 0 ORDER BY rank"


def of_book(reader: Any, row: Any) -> dict[str, str]:
    """The files of a campaign whose draw is public, read from the book."""
    lines = sorted(line for (line,) in reader.query(ROW, (row.key,)))
    return files(row, lines, [line for (line,) in reader.query(ORDER, (row.key,))])
