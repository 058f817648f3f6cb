"""A town that lives: a stream of steps is asked of a clerk, and a model auditor looks over its shoulder.

The driver does what telephones and tills do: it fills in what was learned from earlier answers, seals what names a
person, proves a PIN when it is asked for, and asks again under the same id. It never decides what is right; it notes
every sentence of the auditor and every answer that a step's own reason (`why`) forbids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from saxaul.engine.clerk import Clerk
from saxaul.engine.request import SYSTEM, Answer, Request, decode_value, request
from saxaul.kernel import times
from saxaul.kernel.amounts import parse
from saxaul.ledger import journal
from saxaul.ledger.facts import Proof
from saxaul.people.sealing import Sealer
from saxaul.sim.auditor import Auditor
from saxaul.sim.intents import Known
from saxaul.sim.town import Step

FAULTS_KEPT = 50
PROOF_SECONDS = 300
SAME = ("lost answer", "double send", "late duplicate")


@dataclass(slots=True)
class Life:
    """Drives one book. `set_clock` moves the clerk's clock to the instant of a step."""

    clerk: Clerk
    sealer: Sealer
    set_clock: Callable[[int], None]
    auditor: Auditor
    known: Known = field(default_factory=Known)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    skipped: int = 0
    read: int = 0

    def live(self, steps: Iterable[Step]) -> None:
        """Ask every step; what is wrong is in `faults` afterwards, how it was answered in `answers`."""
        for step in steps:
            self.do(step)

    def do(self, step: Step) -> Answer | None:
        """One step, proved and repeated where the answer asks for it; None when it needs what was never learned."""
        credential = self.known.credential(step.who)
        try:
            ask = self.known.fill(step.ask)
        except LookupError:
            credential = None
        if credential is None:
            self.skipped += 1
            return None
        self.set_clock(step.at)
        asked = self._sealed(step, ask, SYSTEM if credential in ("system", "service") else credential)
        earlier = self.auditor.told.get(step.id)
        answer = self._ask(asked)
        if answer.code == "actor.step_missing":
            answer = self._ask(msgspec.structs.replace(asked, proofs=(self.proof(asked, answer),)))
        self._judge(step, answer, earlier)
        self.answers[step.act, answer.code] += 1
        if not answer.code:
            self.known.learn(step.keeps, answer.receipt)
        return answer

    def _sealed(self, step: Step, ask: dict[str, Any], credential: str) -> Request:
        kind = self.clerk.performer.acts[step.act].ask
        raw, asides = self.sealer.seal_fields(kind, ask, credential=credential, id=step.id)
        body = msgspec.convert(raw, kind, dec_hook=decode_value)
        return request(step.act, body, id=step.id, credential=credential, asides=asides)

    def _ask(self, asked: Request) -> Answer:
        (answer,) = self.clerk.turn([asked])
        entries = journal.read(self.clerk.store, self.read, 16)
        self.read = max((entry.n for entry in entries), default=self.read)
        mine = [entry for entry in entries if entry.id == asked.id]
        self._note(f"entry {entry.n} belongs to nobody's ask." for entry in entries if entry.id != asked.id)
        self._note(self.auditor.took(asked, answer, mine[0] if mine else None))
        return answer

    def proof(self, asked: Request, answer: Answer) -> Proof:
        """What a telephone proves after its owner typed the PIN: exactly what the answer asked for."""
        amount, facts = parse(answer.facts["asked"]), answer.facts
        (row,) = self.clerk.records("people_credential", [asked.credential])
        until = self.clerk.clock() + PROOF_SECONDS * times.SECOND
        return Proof("pin", row.person, facts["payee"], facts["asset"], amount.units, until)

    def _judge(self, step: Step, answer: Answer, earlier: Any) -> None:
        """What a step out of the ordinary demands, beyond what the auditor knows."""
        name, code = f"{step.intent} {step.id} ({step.why})", answer.code
        if step.why in SAME and earlier is not None and answer.text != earlier.text:
            self._note([f"{name}: another answer than the first."])
        if step.why == "reused id" and earlier is not None and code != "request.id_reused":
            self._note([f"{name}: answered {code or 'done'}, not request.id_reused."])
        if step.why == "late scan" and code != "qr.code_expired" and earlier is None:
            self._note([f"{name}: answered {code or 'done'}, not qr.code_expired."])
        if step.why == "too much" and not code and "confirming" not in answer.text:
            self._note([f"{name}: a million yuan were paid."])
        if code in ("store.ask_dropped", "request.field_invalid", "actor.role_missing", "actor.login_missing"):
            self._note([f"{name}: {step.act} was answered {code} {answer.facts}."])

    def _note(self, sentences: Iterable[str]) -> None:
        self.faults += [sentence for sentence in sentences if len(self.faults) < FAULTS_KEPT]

    def whole(self) -> list[str]:
        """Everything that is wrong so far, and where the book and the model disagree at this moment."""
        balances = self.clerk.look(list(self.auditor.posted))
        return self.faults + self.auditor.differs(balances=balances, holds=self.clerk.state.holds)
