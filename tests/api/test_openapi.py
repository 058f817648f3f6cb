"""The document is what the server does: complete, valid, committed, and made of the declarations alone."""

from __future__ import annotations

import json

import msgspec
from asking import Api
from openapi_spec_validator import validate

from saxaul import app
from saxaul.kernel.refusal import CATALOGUE
from tools import openapi as tool


def test_it_works(api: Api) -> None:
    found = api.get("/v1/openapi.json", role="")
    assert found.status == 200 and found.json["openapi"] == "3.1.0"
    validate(found.json)


def test_the_committed_document_is_the_one_that_the_declarations_give() -> None:
    assert tool.main(["--check"]) == 0, "run: python -m tools.openapi"


def test_every_act_and_read_stands_in_it_and_nothing_else() -> None:
    from saxaul.surfaces.api.reads import READS

    document = json.loads(tool.text())
    names = [one["operationId"] for ways in document["paths"].values() for one in ways.values()]
    acts = [act.name for act in app.declarations().acts.values() if set(act.roles) - {"system"}]
    assert sorted(names) == sorted([*acts, *(f"read.{read.name}" for read in READS)])
    assert all(one["summary"] for ways in document["paths"].values() for one in ways.values())


def test_every_list_has_a_maximum() -> None:
    document = json.loads(tool.text())
    for ways in document["paths"].values():
        for one in ways.values():
            for parameter in one["parameters"]:
                if parameter.get("name") == "limit":
                    assert parameter["schema"]["maximum"] == 200


def test_every_declared_refusal_is_an_answer_with_its_page() -> None:
    document = json.loads(tool.text())
    for act in app.declarations().acts.values():
        if not set(act.roles) - {"system"}:
            continue
        answers = document["paths"][act.path]["post"]["responses"]
        for code in act.refuses:
            assert f"/problems/{code}" in answers[str(CATALOGUE[code].status)]["description"]


def test_every_example_is_an_ask_of_its_act() -> None:
    from saxaul.engine.request import decode_value

    document = json.loads(tool.text())
    seen = 0
    for act in app.declarations().acts.values():
        body = document["paths"].get(act.path, {}).get("post", {}).get("requestBody")
        for example in (
            (body or {"content": {"application/json": {}}})["content"]["application/json"].get("examples", {}).values()
        ):
            msgspec.convert(example["value"], act.ask, dec_hook=decode_value)
            seen += 1
    assert seen > 50
