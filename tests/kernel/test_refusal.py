"""The list of refusals is closed, documented, and says of every code whether asking again can help."""

import pickle
from pathlib import Path

import pytest

from saxaul.kernel.refusal import AGAIN, CATALOGUE, REASONS, SORTS, Refusal

FLEETING = {
    "request.body_malformed", "request.field_invalid", "request.id_reused", "request.id_running",
    "request.object_missing", "actor.step_missing", "actor.role_missing", "care.confirmation_missing",
}  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "problems.md"


@pytest.mark.parametrize("code", CATALOGUE.values(), ids=lambda code: code.code)
def test_every_code_has_a_sort_and_says_whether_asking_again_helps(code):
    area, _, noun = code.code.partition(".")
    assert area and "_" in noun
    assert code.exit == SORTS[code.sort][1]
    assert code.status == (400 if code.code == "request.body_malformed" else SORTS[code.sort][0])
    assert code.again in AGAIN
    assert code.cause.endswith(".")


@pytest.mark.parametrize("code", CATALOGUE.values(), ids=lambda code: code.code)
def test_only_what_depends_on_state_is_remembered(code):
    never = code.sort in ("limited", "unavailable", "unauthenticated") or code.code in FLEETING
    assert code.lasting is not never
    if code.lasting:
        assert code.again != "with the same id", "a remembered refusal answers the same for ever"


def test_the_list_is_as_long_as_the_feature_table():
    assert len(CATALOGUE) == 196
    assert [entry.kind for entry in REASONS.values()].count("note") == 5
    assert [entry.kind for entry in REASONS.values()].count("finding") == 23
    assert not set(CATALOGUE) & set(REASONS)


def test_a_code_outside_the_list_is_a_bug():
    with pytest.raises(AssertionError):
        Refusal("wallet.no_such_thing")
    with pytest.raises(AssertionError):
        Refusal("green.cap_reached")


@pytest.mark.parametrize("fact", [1.5, True, None, {"a": 1}, [1], b"x"])
def test_facts_are_text_whole_numbers_or_lists_of_text(fact):
    with pytest.raises(AssertionError):
        Refusal("wallet.funds_short", need=fact)


def test_a_refusal_crosses_a_process_unchanged():
    sent = Refusal("wallet.funds_short", need="2.00 ECNY", free="1.35 ECNY")
    came = pickle.loads(pickle.dumps(sent))
    assert (came.code, came.facts, came.status, came.exit, came.lasting) == (sent.code, sent.facts, 409, 6, True)
    assert str(came) == "wallet.funds_short(need='2.00 ECNY', free='1.35 ECNY')"


@pytest.mark.parametrize("code", [*CATALOGUE, *REASONS])
def test_every_code_has_its_page(code):
    assert f"\n### {code}\n" in PAGE.read_text("utf-8")


def test_the_page_of_problems_is_current():
    from tools.problems import main

    assert main(["--check"]) == 0
