"""The bank that ships, and the files from which others come: five languages, one right answer, a source that exists."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import Any

import book
import msgspec
import pytest
import quiztown as t
from paytown import at, done

from saxaul.kernel.refusal import Refusal
from saxaul.programmes.quiz import files
from saxaul.programmes.quiz.common import LANGUAGES

PACK = book.ROOT / "packs" / "quiz"
FILES = sorted(PACK.glob("*.json"))
SCRIPTS = {"zh": range(0x4E00, 0x9FFF), "hi": range(0x0900, 0x097F), "ru": range(0x0400, 0x04FF)}
BANK = [one for path in FILES for one in files.read(path.read_bytes(), "json")]
LEAST = book.terms().at("quiz.no_repeat_within", book.NOON)


def test_the_bank_is_larger_than_what_a_person_may_not_meet_twice() -> None:
    assert len(BANK) > LEAST == 300
    assert len({one.code for one in BANK}) == len(BANK)


def test_every_question_has_five_languages_and_one_right_answer_among_its_options() -> None:
    for one in BANK:
        assert set(one.texts) == set(LANGUAGES), one.code
        counts = {len(words.options) for words in one.texts.values()}
        assert counts <= {3, 4} and len(counts) == 1 and one.answer < min(counts), one.code
        for language, words in one.texts.items():
            options = {option.strip().casefold() for option in words.options}
            assert len(options) == len(words.options), (one.code, language)
            assert words.question.strip() and words.why.strip(), (one.code, language)
            assert "{" not in words.question + words.why, (one.code, language)


def test_no_question_stands_there_twice_and_no_place_is_right_too_often() -> None:
    for language in LANGUAGES:
        twice = [text for text, n in Counter(one.texts[language].question for one in BANK).items() if n > 1]
        assert not twice, (language, twice)
    places = Counter(one.answer for one in BANK if len(one.texts["en"].options) == 4)
    assert max(places.values()) < sum(places.values()) * 35 // 100


def test_every_question_is_written_in_its_language() -> None:
    for one in BANK:
        for language, letters in SCRIPTS.items():
            found = sum(ord(letter) in letters for letter in one.texts[language].question)
            latin = sum(letter.isascii() and letter.isalpha() for letter in one.texts[language].question)
            assert found > latin, (one.code, language, one.texts[language].question)


def test_every_question_names_a_source_that_is_listed_and_every_listed_one_is_used() -> None:
    listed = tomllib.loads((PACK / "sources.toml").read_text("utf-8"))
    named = {one.source.rpartition(" · ")[2] or one.source for one in BANK}
    assert named == set(listed)
    assert all(place.startswith(("facts/", "seeds.md S", "reference/")) for place in named)
    assert all(row["value"] for row in listed.values())


def test_the_whole_bank_is_written_read_by_two_and_published(sqlite_clerk: Any) -> None:
    clerk = sqlite_clerk
    t.town(clerk)
    records = [("people_credential", at("p0_office"), {"kind": "session", "person": at("p0"), "roles": "approver"})]
    done(clerk, "cases.give", {"records": records}, "system")
    written = list(files.requests(BANK, bank="low-carbon", credential=at("wang_here")))
    assert not [answer for answer in clerk.turn(written) if answer.code]
    assert all(answer.hit for answer in clerk.turn(written))  # handed in again, nothing doubles
    assert max(len(msgspec.json.encode(one.ask)) for one in written) < 262_144
    codes = [one.code for one in BANK]
    for start in range(0, len(codes), 100):
        named = {"bank": "low-carbon", "codes": codes[start : start + 100]}
        for act, who in (("review", "sun_here"), ("review", "p0_office"), ("publish", "wang_here")):
            done(clerk, f"quiz.{act}", named, who)
    assert t.row(clerk, "quiz_bank", "low-carbon").questions.split() == codes
    t.agrees(clerk)


# ---- files -----------------------------------------------------------------------------------------------------------

GIFT = r"""
// a comment
$CATEGORY: low carbon

::Rails:: Which of these runs on rails\: {
  =metro # Right, it has rails.
  ~%0%bus
  ~bicycle
  ####A metro runs on rails.
}

Two \{ or three\}?{=two~three}
"""


def test_gift_is_read_with_titles_notes_and_escaped_signs() -> None:
    one, other = files.read(GIFT.encode(), "gift", language="en", source="a book", valid_until="2030-01-01")
    assert (one.code, one.source, one.valid_until) == ("rails", "a book", "2030-01-01")
    words = one.texts["en"]
    assert words.question == "Which of these runs on rails:" and words.why == "A metro runs on rails."
    assert set(words.options) == {"metro", "bus", "bicycle"} and words.options[one.answer] == "metro"
    assert other.texts["en"].question == "Two { or three}?" and other.texts["en"].options[other.answer] == "two"
    assert files.read(GIFT.encode(), "gift")[1].code == other.code  # the same whenever it is read


CSV = (
    "question,right,wrong1,wrong2,why,language\nMetro or bus?,Metro,Bus,,Rails,en\n地铁还是公交？,地铁,公交,步行,,zh\n"
)


def test_csv_is_read_line_by_line() -> None:
    one, other = files.read(CSV.encode(), "csv")
    assert one.texts["en"].options[one.answer] == "Metro" and len(one.texts["en"].options) == 2
    assert other.texts["zh"].options[other.answer] == "地铁" and len(other.texts["zh"].options) == 3


@pytest.mark.parametrize(("kind", "text", "faults"), [
    ("gift", "Which? {=a =b ~c}\n\nNo answer here\n\nEssay {}\n\nTrue? {TRUE}",
     ["line 1: one right answer, not 2", "line 3: no question in the form", "line 5: a choice of one right",
      "line 7: a choice of one right"]),
    ("gift", "Which? {=a ~a}", ["two options are the same"]),
    ("gift", "", ["file: no question in it"]),
    ("csv", "question,right\nWhich?,a\n", ["line 1: the columns are"]),
    ("csv", "question,right,wrong1\nWhich?,,b\nWhat?,a\nWho?,a,b\n",
     ["line 2: one right answer, not 0", "line 3: 2 cells under 3 columns"]),
    ("json", '{"questions": [{"code": "a", "texts": {"en": {"question": "q", "options": ["x", "y"]}}, "answer": 5}]}',
     ["a: the right answer is not among the options"]),
    ("json", '[{"code": "A B"}]', ["question 1: "]),
    ("json", "[\n{]", ["line 2: "]),
    ("json", '[{"code": "a", "texts": {"xx": {"question": "q", "options": ["x", "y"]}}, "answer": 0}]',
     ["a: the languages are"]),
])  # fmt: skip
def test_every_wrong_line_of_a_file_is_named(kind: str, text: str, faults: list[str]) -> None:
    with pytest.raises(Refusal) as caught:
        files.read(text.encode(), kind)
    told = caught.value.facts["fields"]
    assert len(told) == len(faults)
    assert all(wanted in found for wanted, found in zip(faults, told, strict=True)), told


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(Refusal):
        files.read(b"\xff\xfe\x00", "gift")


def test_our_own_files_are_json_that_people_can_read() -> None:
    for path in FILES:
        assert json.loads(path.read_text("utf-8"))["questions"] and not path.read_text("utf-8").isascii()
    assert {path.stem for path in FILES} >= {"energy", "electricity", "travel", "things", "trees", "giving", "safety"}
