"""Fuzzing from the published document: an ask that fits it is done or refused by a declared code, and nothing breaks.

`SAXAUL_FUZZ=1000` makes so many cases of every route instead of a few; 100,000 in all are about twenty minutes.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
import town
from asking import Api
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from saxaul import app
from tools import openapi as tool

CASES = int(os.environ.get("SAXAUL_FUZZ", "12"))
FITS = {200, 401, 403, 404, 405, 409, 422, 429, 503}
DOCUMENT = json.loads(tool.text())
ROUTES = [(path, way) for path, ways in DOCUMENT["paths"].items() for way in ways]


@cache
def schema() -> Any:
    return schemathesis.openapi.from_dict(DOCUMENT)


def askers(operation: dict[str, Any]) -> list[str]:
    """Those of the town whom the route is open to, the first twice as often, and now and then somebody else."""
    known = [role for role in operation["x-roles"] if role in town.WHO]
    return [*known, *known[:1], "stranger", ""]


def whole_floats(value: Any) -> bool:
    """Whether a body writes a whole number as 3.0: the schema calls that an integer, we do not."""
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, dict):
        return any(map(whole_floats, value.values()))
    return isinstance(value, list) and any(map(whole_floats, value))


def send(api: Api, path: str, way: str, case: Any, role: str) -> Any:
    filled = re.sub(r"\{(\w+)\}", lambda word: str(case.path_parameters[word[1]]), path)
    query = "&".join(f"{name}={value}" for name, value in (case.query or {}).items())
    given_ = {"idempotency-key": town.fresh(), "content-type": "application/json"}
    body = b"" if way == "get" else json.dumps(case.body).encode()
    return api.ask(way.upper(), f"{filled}?{query}" if query else filled, role=role, body=body, headers=given_)


def test_it_works(api: Api) -> None:
    assert len(ROUTES) > 80 and api.get("/healthz").status == 200


@pytest.mark.parametrize(("path", "way"), ROUTES)
def test_what_fits_the_document_is_done_or_refused_by_a_declared_code(api: Api, path: str, way: str) -> None:
    operation = DOCUMENT["paths"][path][way]
    roles = st.sampled_from(askers(operation))

    @settings(max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=schema()[path][way.upper()].as_strategy(generation_mode=GenerationMode.POSITIVE), role=roles)
    def asked(case: Any, role: str) -> None:
        hypothesis.assume(way == "get" or not whole_floats(case.body))
        reply = send(api, path, way, case, role)
        assert reply.status in FITS, (reply.status, reply.body, case.body)
        if reply.status != 200 and reply.body:
            code = reply.json.get("code", "")
            assert code != "store.ask_dropped", (reply.body, case.body)
            allowed = operation["responses"].get(str(reply.status), {}).get("description", "")
            assert f"/problems/{code})" in allowed, f"{path} does not declare {code}: {case.body}"

    try:
        asked()
    finally:
        everybody_stays(api)


def everybody_stays(api: Api) -> None:
    """Whoever signed out while playing is back for the next route."""
    keys = [town.named(one) for role, one in town.WHO.items() if role != "ended"]
    for row in api.house.clerk.records("people_credential", keys):
        if row.stage != "active":
            town.give(api.house.clerk.turn, [("people_credential", row.key, {"stage": "active"})])


@pytest.mark.parametrize(("path", "way"), [one for one in ROUTES if one[1] == "post"])
def test_what_does_not_fit_the_document_is_never_done(api: Api, path: str, way: str) -> None:
    operation = DOCUMENT["paths"][path][way]
    (act,) = [one for one in app.declarations().acts.values() if one.path == path]
    role = askers(operation)[0]
    good = dict(_example(operation))
    worse: list[Any] = [None, [], "x", 7, {**good, "colour": 1}]
    worse += [{**good, name: {"x": {"y": 1}}} for name in _names(operation)]
    worse += [{name: value for name, value in good.items() if name != left} for left in _needed(operation)]
    for body in worse:
        reply = api.ask(
            "POST", path, role=role, body=json.dumps(body).encode(), headers={"idempotency-key": town.fresh()}
        )
        if not _names(operation) and body == {}:
            continue
        assert (reply.status, reply.code) == (422, "request.field_invalid"), (act.name, body, reply.body)


def _schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = DOCUMENT["components"]["schemas"][name]
    return found


def _names(operation: dict[str, Any]) -> list[str]:
    return list(_schema_of(operation).get("properties", {}))


def _needed(operation: dict[str, Any]) -> list[str]:
    return list(_schema_of(operation).get("required", []))


def _example(operation: dict[str, Any]) -> dict[str, Any]:
    examples = operation["requestBody"]["content"]["application/json"].get("examples", {})
    found: dict[str, Any] = next(iter(examples.values()))["value"] if examples else {}
    return found
