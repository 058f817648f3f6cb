"""Refusals as RFC 9457 problems: facts for programs, and the same sentence a person would read; and their pages."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from saxaul.engine.request import Answer
from saxaul.kernel import texts
from saxaul.kernel.refusal import CATALOGUE, REASONS, Refusal

_json = msgspec.json.Encoder().encode

OWN = frozenset({"type", "status", "title", "detail", "code", "again", "id"})  # what no fact may write over


def problem(answer: Answer, language: str) -> bytes:
    """The body of a refusal: type, status, title, detail, its facts, and whether asking again can help."""
    entry = CATALOGUE[answer.code]
    said = texts.refused(language, Refusal(answer.code, **answer.facts))
    body = {
        "type": f"/problems/{answer.code}", "status": entry.status, "title": said.title, "detail": said.plain,
        "code": answer.code, "again": entry.again, "id": answer.id,
    }  # fmt: skip
    body |= {name: value for name, value in answer.facts.items() if name not in OWN}
    return _json(body)


def of(refusal: Refusal, language: str, id: str = "") -> bytes:
    """The body of a refusal that never reached the clerk."""
    return problem(Answer(id, "", code=refusal.code, facts=refusal.facts), language)


def wrong_method() -> bytes:
    """A known path asked in another way; HTTP's own status says all, so it has no code of ours."""
    return _json({"type": "about:blank", "status": 405, "title": "Method Not Allowed"})


def page(code: str, language: str) -> dict[str, Any] | None:
    """What a code means, for whoever follows a problem's `type`: meaning, cause, what to do; None where unknown."""
    entry = CATALOGUE.get(code)
    if entry is not None:
        said = texts.refused(language, Refusal(code))
        return {
            "code": code, "status": entry.status, "sort": entry.sort, "title": said.title, "meaning": said.plain,
            "cause": entry.cause, "lasting": entry.lasting, "again": entry.again,
        }  # fmt: skip
    reason = REASONS.get(code)
    return None if reason is None else {"code": code, "kind": reason.kind, "cause": reason.cause}


def html(found: dict[str, Any], language: str) -> bytes:
    """The same as a plain page."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in found.items())
    title = escape(str(found.get("title", found["code"])))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<main><h1>{title}</h1><dl>{rows}</dl></main></html>"
    ).encode()
