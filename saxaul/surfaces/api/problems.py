"""Refusals as RFC 9457 problems: facts for programs, and the same sentence a person would read."""

from __future__ import annotations

import msgspec

from saxaul.engine.request import Answer
from saxaul.kernel import texts
from saxaul.kernel.refusal import CATALOGUE, Refusal

_json = msgspec.json.Encoder().encode


def problem(answer: Answer, language: str) -> bytes:
    """The body of a refusal: type, status, title, detail, its facts, and whether asking again can help."""
    entry = CATALOGUE[answer.code]
    said = texts.refused(language, Refusal(answer.code, **answer.facts))
    body = {
        "type": f"/problems/{answer.code}", "status": entry.status, "title": said.title,
        "detail": " ".join((*said.sentences, said.next_step)).strip(), "code": answer.code, "again": entry.again,
        "id": answer.id, **{name: value for name, value in answer.facts.items() if name not in ("type", "status")},
    }  # fmt: skip
    return _json(body)
