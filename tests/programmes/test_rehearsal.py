"""Rehearsing an act says what doing it would say: the same plan, the same guards, the same need of a second officer."""

from __future__ import annotations

from typing import Any

import paytown as t
import pytest
from paytown import asked, at, give

ACTS = [
    ("cash.issue", {"operator": "icbc", "amount": "1.00 ECNY"}, "officer", "actor.second_missing"),
    ("pay.send", {"payee": at("li_wallet"), "amount": "1.00 ECNY"}, "zhang", ""),
    ("pay.send", {"payee": at("li_wallet"), "amount": "99999.00 ECNY"}, "zhang", "tier.payment_exceeded"),
    ("pay.send", {"payee": at("li_wallet"), "amount": "1.00 ECNY"}, "officer", "actor.role_missing"),
]


@pytest.mark.parametrize(("act", "ask", "who", "code"), ACTS)
def test_a_rehearsal_ends_as_the_act_does(
    sqlite_clerk: Any, act: str, ask: dict[str, Any], who: str, code: str
) -> None:
    t.town(sqlite_clerk)
    give(sqlite_clerk, people_credential={at("officer"): {"kind": "session", "person": at("wu"), "roles": "officer"}})
    request = asked(sqlite_clerk, act, ask, who)
    before = sqlite_clerk.state.n
    plan, refusal = sqlite_clerk.rehearse(request)
    assert sqlite_clerk.state.n == before, "a rehearsal leaves no entry"
    (answer,) = sqlite_clerk.turn([request])
    assert (refusal.code if refusal else "") == answer.code == code and (plan.postings or code)


def test_a_rehearsed_approval_shows_what_the_proposed_act_would_move(sqlite_clerk: Any) -> None:
    t.town(sqlite_clerk)
    give(
        sqlite_clerk, people_person={at("chen"): {"natural": at("chen")}},
        people_credential={
            at("officer"): {"kind": "session", "person": at("wu"), "roles": "officer"},
            at("second"): {"kind": "session", "person": at("chen"), "roles": "approver"},
        },
    )  # fmt: skip
    ask = {"operator": "icbc", "bank": "icbc-main", "account": "1001"}
    made = t.done(sqlite_clerk, "desk.propose", {"act": "cash.open_bank", "ask": ask, "reason": "opening"}, "officer")
    request = asked(sqlite_clerk, "desk.approve", {"proposal": made["proposal"]}, "second")
    plan, refusal = sqlite_clerk.rehearse(request)
    assert refusal is None and any(change.table == "cash_bank" for change in plan.changes)
