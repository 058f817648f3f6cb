"""A town for the tests of the quiz: players, a bank of made-up sums that two have read, and a campaign from today."""

from __future__ import annotations

from typing import Any

import msgspec
from paytown import asked, at, do, done, give

from saxaul.engine.followers import Pages, step, tick
from saxaul.kernel import times
from saxaul.ledger.check import check
from saxaul.programmes.quiz import draws, invariants

SEED = "c0ffee" * 10 + "beef"
READING = 4 * times.SECOND


def question(number: int, *, right: int = 0) -> dict[str, Any]:
    """A question about a sum; `right` is the place of the right option."""
    options = [str(number + 7 + place) for place in range(4)]
    texts = {"en": {"question": f"{number} + 7?", "options": options, "why": f"Sum {number} explained."}}
    return {
        "bank": "sums", "code": f"s{number}", "texts": msgspec.json.encode(texts).decode(), "options": 4,
        "answer": right, "source": "arithmetic", "valid_until": "2030-12-31", "stage": "published",
    }  # fmt: skip


def town(clerk: Any, *, players: int = 3, questions: int = 12, right: Any = lambda n: n % 4) -> None:
    """`p0` … are players, Wang and Sun officers; the soap works may sponsor, the trees be given to."""
    people = [f"p{n}" for n in range(players)]
    everybody = [*people, "wang", "sun", "mei"]
    for start in range(0, len(everybody), 60):
        some = everybody[start : start + 60]
        give(
            clerk, people_person={at(p): {"natural": at(p)} for p in some},
            people_credential={at(f"{p}_here"): _credential(p) for p in some},
        )  # fmt: skip
    give(
        clerk, {f"sponsor:{at('soap')} ECNY/2": "1000.00 ECNY"},
        people_organisation={at("soap"): {"kind": "sponsor", "name": "Soap"},
                             at("trees"): {"kind": "charity", "name": "Trees"}},
    )  # fmt: skip
    for start in range(0, questions, 60):
        some = range(start, min(questions, start + 60))
        give(clerk, quiz_question={f"sums:s{n}": question(n, right=right(n)) for n in some})
    give(clerk, quiz_bank={"sums": {"questions": " ".join(f"s{n}" for n in range(questions))}})


def _credential(who: str) -> dict[str, Any]:
    roles = {"wang": "officer approver", "sun": "officer approver", "mei": "manager"}.get(who, "citizen")
    works = {"organisation": at("soap")} if who == "mei" else {}
    return {"kind": "session", "person": at(who), "roles": roles, **works}


def campaign(clerk: Any, **ask: Any) -> str:
    """A campaign from the clock's day on."""
    whole = {
        "bank": "sums", "titles": {"en": "Sums"}, "opens": times.day(clerk.clock()), "seed": SEED,
        "levels": [{"streak": 5}], **ask,
    }  # fmt: skip
    return str(done(clerk, "quiz.open", whole, "system")["campaign"])


def row(clerk: Any, table: str, key: str) -> Any:
    """A record as it stands."""
    return clerk.records(table, [key])[0]


def choice(clerk: Any, attempt: str, *, right: bool = True) -> int:
    """The place of a right or a wrong option of the open question: the oracle reads the bank, players cannot."""
    open = row(clerk, "quiz_attempt", attempt)
    drawn = row(clerk, "quiz_campaign", open.campaign)
    asked = row(clerk, "quiz_question", open.question)
    place = draws.dealt(drawn.seed, attempt, open.number, asked.options).index(asked.answer) + 1
    return place if right else place % asked.options + 1


class Player:
    """Somebody who plays: `answer` takes the time it takes to read."""

    def __init__(self, clerk: Any, name: str, campaign: str) -> None:
        self.clerk, self.who, self.campaign = clerk, f"{name}_here", campaign
        self.natural, self.told = at(name), {}

    def start(self, **ask: Any) -> dict[str, Any]:
        self.told = done(self.clerk, "quiz.start", {"campaign": self.campaign, **ask}, self.who)
        return self.told

    def ask(self, *, right: bool = True) -> Any:
        body = {"token": self.told["token"], "choice": choice(self.clerk, self.told["attempt"], right=right)}
        return asked(self.clerk, "quiz.answer", body, self.who)

    def answer(self, *, right: bool = True, after: int = READING) -> dict[str, Any]:
        self.clerk.clock.set(self.clerk.clock() + after)
        (answer,) = self.clerk.turn([self.ask(right=right)])
        assert not answer.code, (answer.code, answer.facts)
        self.told = answer.receipt
        return self.told

    def run(self, count: int, *, pace: Any = None) -> dict[str, Any]:
        """`count` right answers, with the pauses of somebody who thinks now shorter, now longer."""
        for number in range(count):
            self.answer(after=pace(number) if pace else READING + number * 37 % 11 * times.SECOND)
        return self.told

    def revive(self) -> Any:
        answer = do(self.clerk, "quiz.revive", {"attempt": self.told["attempt"]}, self.who)
        self.told = answer.receipt or self.told
        return answer


def follow(clerk: Any) -> None:
    """The quiz's follower has read the journal to its end."""
    places: dict[str, int] = {}
    (programme,) = [one for one in clerk.declarations.programmes if one.name == "quiz"]
    for follower in programme.followers:
        while step(follower, Pages(clerk.store), clerk.turn, places):
            pass


def due(clerk: Any) -> int:
    """What the clock brings is done; how much that was."""
    (programme,) = [one for one in clerk.declarations.programmes if one.name == "quiz"]
    return tick(programme.dues, clerk.store, clerk.turn, clerk.clock())


def agrees(clerk: Any) -> None:
    """The journal folded again says what the book says, and the quiz's own rules hold over its balances."""
    report = check(clerk.store, clerk.declarations.chart, clerk.declarations.tables)
    assert not report.findings, report.findings
    postings = clerk.store.read_postings(1, clerk.state.n)
    balances: dict[tuple[str, str], int] = {}
    for _n, debit, credit, asset, units, *_rest in postings:
        if "issuer:case" not in debit:
            balances[debit, asset] = balances.get((debit, asset), 0) - units
            balances[credit, asset] = balances.get((credit, asset), 0) + units
    lines = [(address, asset, units) for (address, asset), units in balances.items()]
    for says, rule in invariants.INVARIANTS:
        assert list(rule(lines)) == [], says
