"""What the pages of the quiz show, read from the book as frozen data. Nothing here writes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from saxaul.kernel import assets, times
from saxaul.kernel.amounts import Amount
from saxaul.programmes.quiz import campaigns, common, shown
from saxaul.programmes.quiz import figures as quiz_figures
from saxaul.programmes.quiz.play import counter

LISTED_MAX = 50
NEWEST = f"SELECT key FROM quiz_campaign ORDER BY opens DESC, key LIMIT {LISTED_MAX}"
MINE = f"SELECT key FROM quiz_attempt WHERE natural = ? ORDER BY since DESC LIMIT {LISTED_MAX}"
RESULTS = "SELECT key FROM quiz_result WHERE natural = ? ORDER BY since DESC LIMIT 200"
COUNTS = "SELECT bank, stage, COUNT(*) FROM quiz_question GROUP BY bank, stage ORDER BY bank, stage"
WAITING = "SELECT key FROM quiz_question WHERE bank = ? AND stage = 'written' ORDER BY key LIMIT 1000"


@dataclass(frozen=True, slots=True)
class Level:
    """A level as its player sees it: reached or not, and what of its reward."""

    number: int
    streak: int
    reward: Amount | None
    charity: str  # who gets it, where it is not the player
    left: bool
    energy: bool = False
    stage: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign on a page."""

    id: str
    title: str
    organisers: list[str]
    opens: int
    last: int  # an instant of its last day
    stage: str
    streak: int
    questions: int
    levels: list[Level]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the reader stands in a campaign: tries and cards left, an attempt that runs, the best so far."""

    tries: int
    earned: int
    may_share: bool
    cards: int
    best: int
    running: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as it stands by the server's clock."""

    id: str
    campaign: Campaign
    number: int
    streak: int
    stage: str
    since: int
    may_revive: bool
    left_seconds: int = 0
    open: shown.Open | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """An option as it was dealt: whether it was chosen, and whether it was right."""

    text: str
    chosen: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Told:
    """An answered question: what was right, why, and how the attempt goes on."""

    attempt: Attempt
    question: str
    options: list[Option]
    right: bool
    why: str
    source: str
    number: int
    streak: int
    level: Level | None


# ---- campaigns -------------------------------------------------------------------------------------------------------


def named(book: Any, key: str) -> str:
    """An organisation's public name."""
    from saxaul.surfaces.web.port_book import named as public

    return public(book.record("people_organisation", key)) if key else ""


def campaign(book: Any, row: Any, language: str, natural: str = "") -> Campaign:
    """A campaign with its levels; with what the person reached of them."""
    found = common.levels(row)
    keys = [(campaigns.pool(row.key, one.asset), one.asset) for one in found if one.asset]
    look = book.clerk(lambda: book.house.clerk.look(keys)) if keys else {}
    free = {key: posted - held for key, (posted, held) in look.items()}
    results = [None] * len(found)
    if natural:
        results = book.records(
            "quiz_result", [common.result_key(row.key, natural, n) for n in range(1, len(found) + 1)]
        )  # fmt: skip
    made = []
    for number, (one, result) in enumerate(zip(found, results, strict=True), 1):
        reward = Amount(one.asset, one.units) if one.asset else None
        left = not one.asset or free[campaigns.pool(row.key, one.asset), one.asset] >= one.units
        charity = named(book, row.charity) if one.asset in campaigns.MONEY else ""
        stage, reason = (result.stage, result.reason) if result is not None else ("", "")
        made.append(
            Level(number, one.streak, reward, charity, left, assets.kind(one.asset or "X") == "GREEN", stage, reason)
        )
    return Campaign(
        row.key, common.in_language(msgspec.json.decode(row.titles), language), row.organisers.splitlines(), row.opens,
        row.ends - 1, common.campaign_stage(row, book.now()), row.streak, len(row.questions.split()), made,
    )  # fmt: skip


def newest(book: Any, language: str, natural: str = "") -> list[Campaign]:
    """All campaigns, those that run first, then the newest."""
    rows = book.records("quiz_campaign", [key for (key,) in book.query(NEWEST)])
    found = [campaign(book, row, language, natural) for row in rows]
    return sorted(found, key=lambda one: (one.stage != "open", one.stage != "planned", -one.opens))


def standing(book: Any, person: Any, found: Campaign) -> Standing:
    """What the reader may do in a campaign now."""
    natural, day = person.natural, times.day(book.now())
    names = [f"{natural}|{counter(found.id)}|{day}", f"{natural}|quiz-share:{found.id}|{day}"]
    tries = (f"person:{natural}:tries", f"TRY.{found.id}/0")
    cards = (f"person:{natural}:revivals", f"REVIVAL.{found.id}/0")

    def look() -> tuple[list[tuple[int, int]], dict[Any, tuple[int, int]]]:
        state = book.house.clerk.state
        state.gather([("usage", name) for name in names])
        return [state.usage[name] for name in names], book.house.clerk.look([tries, cards])

    (used, shared), held = book.clerk(look)
    player = book.record("quiz_player", common.player_key(found.id, natural))
    rows = [row for row in book.records("quiz_attempt", [k for (k,) in book.query(MINE, (natural,))]) if row]
    mine = [row for row in rows if row.campaign == found.id]
    running = ""
    if player is not None and found.stage == "open":
        last = book.record("quiz_attempt", player.attempt)
        running = last.key if _stage(book, last) == "playing" else ""
    return Standing(
        max(0, book.term("quiz.tries_per_day") - used[1]), held[tries][0],
        shared[1] < book.term("quiz.tries_by_sharing"),
        held[cards][0] if player is not None else book.record("quiz_campaign", found.id).cards,
        max((row.streak for row in mine), default=0), running,
    )  # fmt: skip


# ---- attempts --------------------------------------------------------------------------------------------------------


def _stage(book: Any, row: Any) -> str:
    return common.attempt_stage(row, book.now(), idle=common.idle_time(book))


def attempt(book: Any, person: Any, key: str, language: str) -> Attempt | None:
    """An attempt of the reader's own, with its open question if there is one; None for any other."""
    row = book.record("quiz_attempt", key)
    if row is None or row.natural != person.natural:
        return None
    drawn = book.record("quiz_campaign", row.campaign)
    found = campaign(book, drawn, language, person.natural)
    stage, open = _stage(book, row), None
    if stage == "playing" and found.stage == "open":
        open = shown.open_question(drawn, row, book.record("quiz_question", row.question), language)
    player = book.record("quiz_player", common.player_key(row.campaign, row.natural))
    revives = stage in ("failed", "late") and found.stage == "open" and player.attempt == row.key
    if revives:
        cards = (f"person:{row.natural}:revivals", f"REVIVAL.{row.campaign}/0")
        have = book.clerk(lambda: book.house.clerk.look([cards]))[cards][0]
        revives = have > 0 and row.revived < book.term("quiz.revivals_per_attempt")
    left = max(0, (row.until - book.now()) // times.SECOND) if open else 0
    return Attempt(row.key, found, row.number, row.streak, stage, row.since, revives, left, open)


def told(book: Any, person: Any, id: str, language: str) -> Told | None:
    """What became of an answer, by the id of the act; None where it is not the reader's."""
    entry = book.entry(id)
    if entry is None or entry.act != "quiz.answer" or entry.refused:
        return None
    receipt = entry.receipt
    mine = attempt(book, person, receipt["attempt"], language)
    if mine is None:
        return None
    drawn = book.record("quiz_campaign", receipt["campaign"])
    question = book.record("quiz_question", receipt["question"])
    one = shown.explained(drawn, receipt["attempt"], receipt["asked"], question, language)
    options = [
        Option(text, place == receipt["choice"], place == one.answer) for place, text in enumerate(one.options, 1)
    ]
    level = mine.campaign.levels[receipt["level"] - 1] if receipt["level"] else None
    return Told(
        mine, one.question, options, receipt["right"], one.why, one.source, receipt["asked"], receipt["streak"], level
    )


def history(book: Any, person: Any, language: str) -> list[tuple[Campaign, list[Attempt]]]:
    """The reader's attempts by campaign, newest first."""
    rows = [row for row in book.records("quiz_attempt", [k for (k,) in book.query(MINE, (person.natural,))]) if row]
    found: dict[str, tuple[Campaign, list[Attempt]]] = {}
    for row in rows:
        if row.campaign not in found:
            drawn = book.record("quiz_campaign", row.campaign)
            found[row.campaign] = (campaign(book, drawn, language, person.natural), [])
        one, list_ = found[row.campaign]
        list_.append(Attempt(row.key, one, row.number, row.streak, _stage(book, row), row.since, False))
    return list(found.values())


# ---- figures ---------------------------------------------------------------------------------------------------------

STEPS_MAX = 64  # of one page: a long journal is read on with the next one, and the page says up to where


def figures(book: Any, key: str) -> quiz_figures.Figures:
    """A campaign's figures; the fold stands beside the book and goes on from where the last page stopped."""
    fold, lock = vars(book).setdefault("quiz_figures", (quiz_figures.Fold(), threading.Lock()))
    with lock:
        for _step in range(STEPS_MAX):
            if not fold.step(book):
                break
        found: quiz_figures.Figures = fold.of(key)
        return found


def ends_chart(found: quiz_figures.Figures, streak: int) -> list[tuple[str, int, str]]:
    """At which streak attempts ended, in at most twenty groups."""
    width = max(1, -(-streak // 20))
    groups: dict[int, int] = {}
    for at, count in found.ends.items():
        groups[at // width] = groups.get(at // width, 0) + count
    rows = []
    for group in range(-(-streak // width)):
        first, last = group * width, min(streak, group * width + width) - 1
        label = str(first) if width == 1 else f"{first}–{last}"
        rows.append((label, groups.get(group, 0), str(groups.get(group, 0))))
    return rows


@dataclass(frozen=True, slots=True)
class Fare:
    """How a question fares. `weak`: fewer are right than by guessing, so somebody should look at it."""

    key: str
    code: str
    question: str
    answers: int
    percent: int
    weak: bool


def fares(book: Any, found: quiz_figures.Figures, language: str, *, most: int, least: int = 1) -> list[Fare]:
    """The hardest questions of those that were answered at least so often."""
    enough = [(key, one) for key, one in found.questions.items() if one.answers >= least]
    chosen = sorted(enough, key=lambda one: (one[1].percent, one[0]))[:most]
    rows = book.records("quiz_question", [key for key, _one in chosen])
    public = book.term("quiz.public_answers_min")
    return [
        Fare(
            key, row.code, common.in_language(common.texts(row), language).question, one.answers, one.percent,
            one.percent * row.options < 100 and one.answers >= public and row.stage == "published",
        )
        for (key, one), row in zip(chosen, rows, strict=True)
    ]  # fmt: skip


def reasons() -> dict[str, str]:
    """Why a reward waits, in the reader's words."""
    return {
        "answers_fast": _("Many answers came faster than most people can read."),
        "timing_even": _("The time between answers hardly ever changed."),
        "timing_shared": _("Several people answered with exactly the same timing."),
        "device_shared": _("Several people played on this device."),
    }
