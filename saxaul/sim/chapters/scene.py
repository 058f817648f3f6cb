"""What all chapters work with: acts in the town's order of time, each under the auditor's eyes.

A chapter is a module with two names. `found(scene)`: what stands once, on the evening before the town's first day.
`MOMENTS`: what happens on every day, as (minute of the day, `what(scene, number of the day)`). Nothing here reads a
clock or rolls dice without the town's seed, so the same seed writes the same book.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from saxaul.engine.request import SYSTEM, Answer, Request, decode_value, request
from saxaul.kernel import ids, times
from saxaul.sim.people import dice, of_thousand

PAUSE = times.SECOND // 10  # between two acts of a chapter: short, so that the day's own story is not held up
SLICE = 256


@dataclass(slots=True)
class Scene:
    """A town in which chapters act. `days` is the town's life; `folder` holds its pack, beside which others stand."""

    days: Any
    folder: Path
    told: dict[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Any] = field(init=False)
    _asked: int = 0

    def __post_init__(self) -> None:
        self.texts = tomllib.loads((self.folder / "programmes.toml").read_text("utf-8"))

    @property
    def now(self) -> int:
        """The town's clock."""
        return int(self.days.clock.now)

    @property
    def people(self) -> int:
        """How many citizens there are."""
        return int(self.days.town.citizens)

    def known(self, name: str) -> Any:
        """What the town has learned: `citizen:0.wallet`, `shop:m01-1.code`."""
        return self.days.life.known.values[name]

    def citizen(self, number: int, what: str = "credential") -> str:
        """A citizen's credential, person or wallet."""
        return str(self.known(f"citizen:{number}.{what}"))

    def natural(self, number: int) -> str:
        """The natural person whom a citizen is."""
        return str(self.row("people_person", self.citizen(number, "person")).natural)

    def row(self, table: str, key: str) -> Any:
        """A record of the book."""
        (found,) = self.days.clerk.records(table, [key])
        return found

    def some(self, chapter: str, share: int, day: int = -1) -> list[int]:
        """So many of a thousand citizens, by the dice of the chapter and the day."""
        seed = self.days.town.pack.seed
        chosen = (n for n in range(self.people) if of_thousand(dice(seed, chapter, day, n), share))
        return list(chosen)

    def roll(self, *words: object) -> Any:
        """Dice of the town's seed."""
        return dice(self.days.town.pack.seed, *words)

    def ask(self, act: str, who: str = SYSTEM, /, **ask: Any) -> Request:
        """One ask, a moment after the one before; its id is made of seed, act and number."""
        days = self.days
        days.clock.set(self.now + PAUSE)
        self._asked += 1
        chance = hashlib.sha256(f"{days.town.pack.seed}|{act}|{self._asked}".encode()).digest()[:10]
        id = ids.fresh(self.now, chance)
        kind = days.clerk.performer.acts[act].ask
        raw, asides = days.sealer.seal_fields(kind, ask, credential=who, id=id)
        return request(act, msgspec.convert(raw, kind, dec_hook=decode_value), id=id, credential=who, asides=asides)

    def many(self, asked: Iterable[Request]) -> list[Answer]:
        """The answers of many asks, each counted; refusals are theirs to bear."""
        waiting, answers = list(asked), []
        for start in range(0, len(waiting), SLICE):
            some = waiting[start : start + SLICE]
            found = self.days.submit(some)
            for one, answer in zip(some, found, strict=True):
                self.days.life.answers[one.act, answer.code] += 1
            answers += found
        return answers

    def do(self, act: str, who: str = SYSTEM, /, **ask: Any) -> dict[str, Any]:
        """The receipt of one act that must succeed, proved by PIN where it asks for that."""
        asked = self.ask(act, who, **ask)
        (answer,) = self.days.submit([asked])
        if answer.code == "actor.step_missing":
            asked = msgspec.structs.replace(asked, proofs=(self.days.life.proof(asked, answer),))
            (answer,) = self.days.submit([asked])
        self.days.life.answers[act, answer.code] += 1
        assert not answer.code, f"{act} was refused: {answer.code} {answer.facts}"
        return answer.receipt

    def signed(self, act: str, /, **ask: Any) -> None:
        """An act of two officers: one proposes, the other approves."""
        first, second = self.told["officers"]
        made = self.do("desk.propose", first, act=act, ask=ask, reason="ours", hours=72)
        self.do("desk.approve", second, proposal=made["proposal"])

    def rounds(self) -> None:
        """What is due and what follows, now."""
        self.days.rounds()

    def text(self, later: int = 0) -> str:
        """An instant as asks carry it."""
        return times.text(self.now + later)

    def day(self, later: int = 0) -> str:
        """The city's day, some days from now."""
        return times.day(self.now + later * times.DAY, self.days.town.pack.zone)

    def moment(self, day: int, minute: int) -> int:
        """A minute of the town's day number so-and-so."""
        pack = self.days.town.pack
        return times.start_of_day(pack.begins, pack.zone) + day * times.DAY + minute * times.MINUTE
