"""The OpenAPI 3.1 document, made of the declarations: there is no second list of types, routes or refusals to keep.

Examples are the worked cases; the answers of a route are every refusal its act declares, with the page of each.
"""

from __future__ import annotations

from collections import defaultdict
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from saxaul import __version__
from saxaul.engine.cases import Case
from saxaul.engine.cases import read as read_cases
from saxaul.engine.declare import COMMON, Act, Declarations
from saxaul.guards import REFUSES as GUARDED
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import CATALOGUE
from saxaul.people.private import Private, private_fields
from saxaul.surfaces.api.asked import Read
from saxaul.surfaces.api.reads import READS

AMOUNT = {
    "type": "string", "pattern": r"^[0-9]{1,19}(\.[0-9]{1,9})? [A-Z][A-Za-z0-9._-]{1,63}$",
    "description": "whole or decimal digits, a blank and the asset; as many decimals as the asset has, never more",
    "examples": ["12.50 CNY"],
}  # fmt: skip
PRIVATE = {"type": "string", "description": "names a person: sealed before it is kept, never in journal or log"}
SAMPLES = {"phone": "+8613800138000", "name": "Zhang San", "document": "passport:E12345678", "pin": "251836"}
SURFACE = ("request.body_malformed", "request.pace_exceeded")
WAITED = ("store.room_short", "store.unit_contended", "store.ask_dropped", "store.deadline_passed")
PAYING = frozenset({"wallet.funds_short", "hold.stage_ended"})  # an act that may refuse these is looked at by guards
REF = "#/components/schemas/{name}"
PROGRAMMES = Path(__file__).resolve().parents[2] / "programmes"


class Refused(msgspec.Struct, frozen=True):
    """Why it was refused (RFC 9457); the code's facts stand beside: `need`, `free`, `limit`, `fields` and others."""

    type: str
    status: int
    title: str
    code: str = ""
    detail: str = ""
    again: str = ""
    id: str = ""


def written(declared: Declarations) -> bytes:
    """The document as it is served and kept under docs/reference."""
    return msgspec.json.format(msgspec.json.encode(document(declared)), indent=1) + b"\n"


def document(declared: Declarations) -> dict[str, Any]:
    """The whole document."""
    acts = [act for act in declared.acts.values() if set(act.roles) - {"system"}]
    reads = [read.answer for read in READS if read.answer is not None]
    kinds = list(dict.fromkeys([*(kind for act in acts for kind in (act.ask, act.receipt)), *reads, Refused]))
    schemas, components = msgspec.json.schema_components(kinds, schema_hook=_own, ref_template=REF)
    shapes = dict(zip(kinds, schemas, strict=True))
    examples = _examples(declared)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for act in acts:
        paths[act.path]["post"] = _act(act, shapes, examples.get(act.name, []))
    for read in READS:
        paths[read.path]["get"] = _read(read, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Saxaul", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Whatever anyone does is an act with an id made by its client. The same id and the same "
            "body give the same answer, byte for byte, for ever; a lost answer is asked for again.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": one.name, "description": one.title} for one in declared.programmes if one.acts],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": {name: components[name] for name in sorted(components)},
            "parameters": _parameters(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "a credential's token"}},
        },
    }  # fmt: skip


def _own(kind: type) -> dict[str, Any]:
    if kind is Amount:
        return AMOUNT
    if issubclass(kind, Private):
        return PRIVATE
    raise NotImplementedError(f"{kind.__name__} has no schema")


def _parameters() -> dict[str, Any]:
    return {
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": True,
            "description": "the act's id: a UUIDv7 made by the client, one per purchase, kept across timeouts; "
            "its time is at most 24 hours from now. Dashes and a prefix such as tr_ are accepted",
            "schema": {"type": "string", "pattern": "^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$"},
        },
        "Proof": {
            "name": "Saxaul-Proof", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 1024},
            "description": "that the payer confirmed with PIN or device key, bound to amount and payee",
        },
        "Language": {
            "name": "Accept-Language", "in": "header", "required": False, "schema": {"type": "string"},
            "description": "the language of sentences: zh, en, hi, ru or fr",
        },
    }  # fmt: skip


def _act(act: Act, shapes: dict[Any, Any], cases: list[Case]) -> dict[str, Any]:
    done = {
        "type": "object", "required": ["id", "act", "entry", "at", "receipt"],
        "properties": {
            "id": {"type": "string"}, "act": {"const": act.name}, "entry": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"}, "receipt": shapes[act.receipt],
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    }  # fmt: skip
    hit = {"schema": {"const": "true"}, "description": "this is the answer that was given before"}
    body = {"schema": shapes[act.ask], **({"examples": _shown(act, cases)} if cases else {})}
    guarded = GUARDED if PAYING.intersection(act.refuses) else ()
    codes = dict.fromkeys((*SURFACE, *COMMON, *act.refuses, *guarded, *WAITED))
    return {
        "operationId": act.name, "tags": [act.name.partition(".")[0]], "summary": act.summary,
        "description": cleandoc(act.ask.__doc__ or ""), "security": _security(act.roles), "x-roles": list(act.roles),
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in ("IdempotencyKey", "Proof", "Language")],
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {
            "200": {"description": "done, and durable", "headers": {"Idempotency-Hit": hit},
                    "content": {"application/json": {"schema": done}}},
            **_refusals(codes, shapes),
        },
    }  # fmt: skip


def _security(roles: tuple[str, ...]) -> list[dict[str, list[str]]]:
    return [{}, {"bearer": []}] if "anyone" in roles else [{"bearer": []}]


def _read(read: Read, shapes: dict[Any, Any]) -> dict[str, Any]:
    words = [part[1:-1] for part in read.parts if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": word, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 128}}
        for word in words
    ]
    parameters += [
        {"name": one.name, "in": "query", "required": False, "schema": one.schema, "description": one.says}
        for one in read.query
    ]
    shape: dict[str, Any] = {} if read.answer is None else shapes[read.answer]
    if read.name == "heads":
        shape = {"type": "array", "items": shape, "maxItems": 100}
    if read.kind != "application/json":
        shape = {"type": "string"}
    login = () if "anyone" in read.roles else ("actor.login_missing", "actor.role_missing")
    codes = dict.fromkeys(("request.field_invalid", "request.pace_exceeded", *login, *read.refuses, WAITED[2]))
    if read.name == "acts":  # an act that was refused answers its refusal again
        codes = dict.fromkeys((*codes, *(code for code, entry in CATALOGUE.items() if entry.lasting)))
    if read.name == "metrics":
        codes = dict.fromkeys((*codes, "actor.login_missing", "actor.role_missing"))
    return {
        "operationId": f"read.{read.name}", "tags": ["read"], "summary": read.summary,
        "description": cleandoc(read.answer.__doc__ or "") if read.answer else "", "security": _security(read.roles),
        "x-roles": list(read.roles),
        "parameters": [*parameters, {"$ref": "#/components/parameters/Language"}],
        "responses": {
            "200": {"description": "found", "content": {read.kind: {"schema": shape}}}, **_refusals(codes, shapes)
        },
    }  # fmt: skip


def _refusals(codes: dict[str, None], shapes: dict[Any, Any]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[CATALOGUE[code].status].append(code)
    return {
        str(status): {
            "description": " · ".join(f"[{code}](/problems/{code})" for code in names),
            "content": {"application/problem+json": {"schema": {
                "allOf": [shapes[Refused], {"properties": {"code": {"enum": names}}}]
            }}},
        }
        for status, names in sorted(by_status.items())
    }  # fmt: skip


def _examples(declared: Declarations) -> dict[str, list[Case]]:
    """At most two worked cases an act that was done, from the programmes' case files."""
    found: dict[str, list[Case]] = defaultdict(list)
    for programme in declared.programmes:
        path = PROGRAMMES / programme.name / "cases.toml"
        for case in read_cases(path) if path.is_file() else ():
            if not case.refused and len(found[case.act]) < 2:
                found[case.act].append(case)
    return found


def bodies(declared: Declarations) -> dict[str, bytes]:
    """One body an act of the right shape, from the worked cases."""
    found = {name: _plain(declared.acts[name], cases[0]) for name, cases in _examples(declared).items() if cases}
    return {name: msgspec.json.encode(body) for name, body in found.items()}


def _plain(act: Act, case: Case) -> dict[str, Any]:
    """The case's ask as a client writes it: with words where the book has marks."""
    marks = private_fields(act.ask)
    return {
        name: SAMPLES.get(name.rpartition("_")[2], "words") if name in marks else value
        for name, value in case.ask.items()
    }


def _shown(act: Act, cases: list[Case]) -> dict[str, Any]:
    return {
        f"case{number}": {"summary": case.says, "value": _plain(act, case)} for number, case in enumerate(cases, 1)
    }  # fmt: skip
