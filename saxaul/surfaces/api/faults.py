"""What is wrong with a body, every field of it: msgspec stops at the first fault, a developer at night wants all."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine.request import decode_value
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal

NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def refusal(kind: type[msgspec.Struct], body: bytes, error: Exception) -> Refusal:
    """The refusal for a body that did not become an ask: malformed where it is no JSON, else its faulty fields."""
    try:
        raw = msgspec.json.decode(body)
    except msgspec.ValidationError as beyond:  # JSON, with a number that no machine holds
        return Refusal("request.field_invalid", fields=[_said("body", str(beyond))])
    except NO_JSON as none:
        return Refusal("request.body_malformed", reason=_reason(none))
    if not isinstance(raw, dict):
        return Refusal("request.field_invalid", fields=["body: write an object"])
    found = fields(kind, raw) or [_said("body", str(error))]
    return Refusal("request.field_invalid", fields=found[: MAXIMA.faults_listed])


def fields(kind: type[msgspec.Struct], raw: dict[str, Any]) -> list[str]:
    """One sentence for every field that is missing, unknown or not of its kind; contents are never repeated."""
    found = []
    known = msgspec.structs.fields(kind)
    for field in known:
        if field.encode_name not in raw:
            if field.required:
                found.append(f"{field.encode_name}: missing")
            continue
        try:
            msgspec.convert(raw[field.encode_name], field.type, dec_hook=decode_value)
        except msgspec.ValidationError as error:
            found.append(_said(field.encode_name, str(error)))
    names = {field.encode_name for field in known}
    found += [f"{name[:64]}: unknown" for name in sorted(raw.keys() - names)]
    return found


def _said(name: str, message: str) -> str:
    """`amount: Expected …` of msgspec's message, whose place within the field stands behind."""
    what, _, place = message.partition(" - at `")
    inner = place.rstrip("`").removeprefix("$")
    return f"{name}{inner}: {what}"


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)[:200]
