"""A challenge on one topic of the bank that ships: two officers have read it, and some citizens play it each day.

Its last level gives the energy of a tree, so that the forest has trees of people who did not walk for years.
"""

from __future__ import annotations

from typing import Any

from saxaul.kernel import times
from saxaul.programmes.quiz import draws, files
from saxaul.sim.chapters.office import FIRST
from saxaul.sim.chapters.scene import Scene

BANK, PLAYS = "low-carbon", 1_140


def found(scene: Scene) -> None:
    """The topic's questions are published and the campaign is open."""
    own, told = scene.texts["quiz"], scene.told
    folder = scene.folder.parent / "quiz"
    bank = [one for topic in own["topics"] for one in files.read((folder / f"{topic}.json").read_bytes(), "json")]
    answers = scene.many(files.requests(bank, bank=BANK, credential="system"))
    assert not any(answer.code for answer in answers), answers
    codes = [one.code for one in bank]
    for officer in told["officers"]:
        scene.do("quiz.review", officer, bank=BANK, codes=codes)
    scene.do("quiz.publish", told["officers"][0], bank=BANK, codes=codes)
    told["quiz"] = scene.do(
        "quiz.open", bank=BANK, titles=dict(own["titles"]), opens=scene.day(), days=21, seed="5eed" * 16,
        levels=own["levels"], budgets=[own["budget"]], sponsor=told["company"], charity=told["charity"],
        organisers=own["organisers"],
    )["campaign"]  # fmt: skip


def play(scene: Scene, day: int) -> None:
    """Players start together and answer at the pace of reading until they are wrong or through."""
    own = scene.texts["quiz"]
    known = scene.told.setdefault("players", {})
    players = sorted({*([FIRST] if day == 0 else []), *range(2 + 4 * day, 6 + 4 * day),
                      *scene.some("quiz", own["share"], day)})  # fmt: skip
    players = [n for n in players if n < scene.people]
    known.update({scene.natural(n): n for n in players})
    answers = scene.many(scene.ask("quiz.start", scene.citizen(n), campaign=scene.told["quiz"]) for n in players)
    playing = {n: answer.receipt for n, answer in zip(players, answers, strict=True) if not answer.code}
    for number in range(own["levels"][-1]["streak"]):
        roll = scene.roll("pace", day, number)
        scene.days.clock.set(scene.now + 6 * times.SECOND + roll.randrange(4 * times.SECOND))
        asked = {n: _answer(scene, n, receipt, day) for n, receipt in playing.items()}
        told = scene.many(asked.values())
        playing = {
            n: answer.receipt for n, answer in zip(asked, told, strict=True)
            if not answer.code and answer.receipt["token"]
        }  # fmt: skip
    scene.rounds()


def _answer(scene: Scene, number: int, told: dict[str, Any], day: int) -> Any:
    """The right option, which only somebody who reads the book knows; now and then a wrong one."""
    attempt = scene.row("quiz_attempt", told["attempt"])
    campaign, question = scene.row("quiz_campaign", attempt.campaign), scene.row("quiz_question", attempt.question)
    dealt = draws.dealt(campaign.seed, attempt.key, attempt.number, question.options)
    place = dealt.index(question.answer) + 1
    wrong = scene.roll("answer", day, number, attempt.number).randrange(1_000) < scene.texts["quiz"]["wrong"]
    if wrong and number != FIRST:
        place = place % question.options + 1
    return scene.ask("quiz.answer", scene.citizen(number), token=told["token"], choice=place)


MOMENTS = ((PLAYS, play),)
