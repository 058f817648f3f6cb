"""All bodies of a whole run: none tells the right answer before it is given, in words or in any other way.

Two towns differ in nothing but which option of each question is right. Both play the same run at the same instants. If
a body that comes before an answer were different by one byte, it would tell something.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import town
from asking import Api, Reply

sys.path.insert(0, str(Path(__file__).parent.parent / "programmes"))

import quiztown  # noqa: E402

from saxaul import app  # noqa: E402
from saxaul.engine.cases import named  # noqa: E402
from saxaul.kernel import ids, times  # noqa: E402
from saxaul.programmes.quiz import draws  # noqa: E402

BEGIN = app.clock()  # both towns begin here, and then know their own clock only
STREAK, QUESTIONS = 20, 30
CAMPAIGN = named("campaign")


class Played:
    """A town with a campaign whose right options are `right(number)`; its clock and ids are the test's."""

    def __init__(self, folder: Path, right: Any) -> None:
        self.now, self.right = BEGIN, right
        self.api = Api(town.open_town(folder, clock=lambda: self.now, pace_credential=0, pace_address=0))
        fields = {
            "bank": "sums", "titles": '{"en":"Sums"}', "opens": BEGIN - times.DAY, "ends": BEGIN + times.DAY,
            "closes": BEGIN + 8 * times.DAY, "streak": STREAK, "levels": f"[[5],[{STREAK}]]", "seed": quiztown.SEED,
            "questions": " ".join(f"s{n}" for n in range(QUESTIONS)),
        }  # fmt: skip
        rows = [(f"sums:s{n}", quiztown.question(n, right=right(n))) for n in range(QUESTIONS)]
        records = [("quiz_question", *row) for row in rows] + [("quiz_campaign", CAMPAIGN, fields)]
        town.give(self.api.server.front.drive.submit, records)

    def post(self, act: str, **ask: Any) -> Reply:
        self.now += 4 * times.SECOND
        return self.api.post(act, ask, id=ids.fresh(self.now, b"0123456789"))

    def looks(self, attempt: str) -> list[bytes]:
        """What can be read while a question is open, in every language."""
        pages = [f"/v1/quiz/attempts/{attempt}", "/v1/quiz/campaigns", "/v1/me"]
        return [
            self.api.get(page, headers={"accept-language": language}).body
            for page in pages
            for language in ("en", "zh", "hi", "ru", "fr")
        ]

    def choice(self, attempt: str, number: int, body: bytes) -> int:
        """The right place on the screen: the test knows the bank; a player knows this body alone."""
        asked = int(json.loads(body)["open"]["question"].partition(" ")[0])
        return draws.dealt(quiztown.SEED, attempt, number, 4).index(self.right(asked)) + 1


@pytest.fixture
def towns(tmp_path: Path) -> Any:
    made = []
    for name, right in (("one", lambda n: n % 4), ("two", lambda n: (n + 1) % 4)):
        (tmp_path / name).mkdir()
        made.append(Played(tmp_path / name, right))
    yield made
    for one in made:
        one.api.close()


def test_no_body_tells_the_right_answer_before_it_is_given(towns: list[Played]) -> None:
    starts = [one.post("quiz.start", campaign=CAMPAIGN) for one in towns]
    assert starts[0].body == starts[1].body and starts[0].status == 200
    told = [start.receipt for start in starts]
    attempt = told[0]["attempt"]
    for number in range(1, STREAK + 1):
        looks = [one.looks(attempt) for one in towns]
        assert looks[0] == looks[1], f"a body before answer {number} depends on which option is right"
        assert not [body for body in looks[0] if b"explained" in body or b'"answer"' in body or b"why" in body]
        open = json.loads(looks[0][0])["open"]
        assert open["token"] == told[0]["token"] == told[1]["token"] and len(open["options"]) == 4
        choices = [one.choice(attempt, number, looks[0][0]) for one in towns]
        assert choices[0] != choices[1]
        answers = [
            one.post("quiz.answer", token=open["token"], choice=choice)
            for one, choice in zip(towns, choices, strict=True)
        ]
        told = [answer.receipt for answer in answers]
        assert [one["answer"] for one in told] == choices  # told now, since it has been given
        next_one = [{name: one[name] for name in ("number", "token", "until")} for one in told]
        assert next_one[0] == next_one[1]
    assert {one["stage"] for one in told} == {"passed"}
    stranger = towns[0].api.get(f"/v1/quiz/attempts/{attempt}", role="stranger")
    assert stranger.code == "request.object_missing"
    assert json.loads(towns[0].looks(attempt)[0])["open"] is None


def test_a_refused_answer_tells_nothing_either(towns: list[Played]) -> None:
    starts = [one.post("quiz.start", campaign=CAMPAIGN).receipt for one in towns]
    bodies = []
    for one, start in zip(towns, starts, strict=True):
        wrong = [
            one.post("quiz.answer", token=start["token"], choice=6),
            one.post("quiz.answer", token=start["token"][:-1] + ("0" if start["token"][-1] != "0" else "1"), choice=1),
            one.api.post("quiz.answer", {"token": start["token"], "choice": 1}, role="stranger",
                         id=ids.fresh(one.now, b"9876543210")),
        ]  # fmt: skip
        bodies.append([(reply.code, reply.body) for reply in wrong])
    assert bodies[0] == bodies[1]
    assert [code for code, _ in bodies[0]] == ["request.field_invalid", "quiz.token_stale", "quiz.attempt_foreign"]
