"""Every route by every role, made of the declarations: what no role opens is closed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
import town
from asking import Api

from saxaul import app
from saxaul.people.credentials import ROLES

ACTS = dict(app.declarations().acts)
ASKERS = ("citizen", "cashier", "manager", "biller", "officer", "approver", "auditor", "service", "ended", "nobody")


def _roles(api: Api, asker: str) -> frozenset[str]:
    """The roles the asker's credential really has in the book."""
    if asker in ("nobody", "ended"):
        return frozenset()
    (row,) = api.house.clerk.records("people_credential", [town.named(town.WHO[asker])])
    return frozenset(row.roles.split())


def _reads() -> list[str]:
    from saxaul.surfaces.api.reads import READS

    return [read.path for read in READS]


def test_it_works(api: Api) -> None:
    assert set(ASKERS) - {"ended", "nobody"} == set(ROLES) - {"system", "anyone"}


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("asker", ASKERS)
def test_an_act_is_open_to_its_roles_and_to_no_other(api: Api, name: str, asker: str) -> None:
    act = ACTS[name]
    role = "" if asker == "nobody" else asker
    reply = api.ask(
        "POST", act.path, role=role, body=_bodies().get(name, b"{}"), headers={"idempotency-key": town.fresh()}
    )
    if set(act.roles) <= {"system"}:
        assert reply.status == 404, "what the book does by itself has no route"
    elif asker in ("nobody", "ended") and "anyone" not in act.roles:
        assert reply.code == "actor.login_missing", reply.body
    elif "anyone" in act.roles or _roles(api, asker) & set(act.roles):
        assert reply.code != "actor.role_missing" or _by_plan(name), reply.body
        assert reply.status in (200, 403, 404, 409, 422, 429), reply.body
    else:
        assert reply.code == "actor.role_missing", reply.body


@cache
def _bodies() -> dict[str, bytes]:
    """Bodies of the right shape from the worked cases, so that the role is what decides."""
    from saxaul.surfaces.api import openapi

    return openapi.bodies(app.declarations())


@pytest.fixture(autouse=True)
def everybody_is_still_there(api: Api) -> Iterator[None]:
    """Some acts end a credential (who signs out, whose wallet is lost); the next route finds the town as it was."""
    yield
    keys = [town.named(town.WHO[asker]) for asker in ASKERS if asker not in ("ended", "nobody")]
    for row in api.house.clerk.records("people_credential", keys):
        if row.stage != "active":
            town.give(api.house.clerk.turn, [("people_credential", row.key, {"stage": "active"})])


def _by_plan(name: str) -> bool:
    """Acts whose plan looks at roles once more: what is proposed, and which roles a manager may give."""
    return name in ("desk.propose", "desk.approve", "desk.issue_credential", "desk.revoke_credential")


@pytest.mark.parametrize("path", _reads())
@pytest.mark.parametrize("asker", ASKERS)
def test_a_read_is_open_to_its_roles_and_to_no_other(api: Api, path: str, asker: str) -> None:
    from saxaul.surfaces.api.reads import READS

    (read,) = [one for one in READS if one.path == path]
    filled = "/".join("0" * 32 if part.startswith("{") else part for part in read.parts)
    reply = api.get(filled, role="" if asker == "nobody" else asker)
    if asker == "ended" or (asker == "nobody" and "anyone" not in read.roles):
        assert reply.code == "actor.login_missing"
    elif "anyone" in read.roles or _roles(api, asker) & set(read.roles):
        assert reply.status in (200, 404), reply.body
    else:
        assert reply.code == "actor.role_missing"
