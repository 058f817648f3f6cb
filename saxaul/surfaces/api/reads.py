"""What the API can be asked without changing anything. Every object answers only to its owner, else as if unknown."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.kernel import ids
from saxaul.kernel.refusal import Refusal
from saxaul.ledger import heads

_json = msgspec.json.Encoder().encode


async def act(front: Any, scope: dict[str, Any], credential: str, rest: str) -> tuple[int, bytes]:
    """What became of an act, by its id: its answer byte for byte, or `request.id_running` while it still waits."""
    id = ids.read(rest)
    if id is None:
        raise Refusal("request.object_missing")
    if front.drive.is_waiting(id):
        raise Refusal("request.id_running")
    answer = front.house.clerk.ask(id)
    if answer is None:
        raise Refusal("request.object_missing")
    if answer.code:
        raise Refusal(answer.code, **answer.facts)
    return 200, answer.text.encode()


async def health(front: Any, scope: dict[str, Any], credential: str, rest: str) -> tuple[int, bytes]:
    """Whether this process may write its book; a supervisor ends one that may not."""
    alive = front.house.clerk.alive
    return (200 if alive else 503), _json({"alive": alive, "entry": front.house.clerk.state.n})


async def signed_heads(front: Any, scope: dict[str, Any], credential: str, rest: str) -> tuple[int, bytes]:
    """The newest signed heads of the journal, for anybody to keep."""
    return 200, _json(heads.read(front.house.folder / "heads.jsonl")[-100:])


READS = {"/v1/acts/{}": act, "/healthz": health, "/v1/heads": signed_heads}
