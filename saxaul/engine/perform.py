"""The one write path: known id, facts, pure plan, guards, unit of work, receipt.

Whatever anyone does in any programme from any surface goes through `attempt` here, in the clerk's order. A refused act
changes nothing and spoils nobody else.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine.declare import Act, Declarations
from saxaul.engine.request import SYSTEM, Answer, Request, decode_value, encode_value
from saxaul.guards import judge
from saxaul.kernel import ids, times
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Actor, Facts, InForce
from saxaul.ledger.plan import Carried, Plan
from saxaul.ledger.state import Known, NotGathered
from saxaul.ledger.unit import Header, Unit
from saxaul.people.credentials import ANYONE, actor_of
from saxaul.people.private import has_private

ID_AGE_MAX = times.DAY

_json = msgspec.json.Encoder(enc_hook=encode_value).encode
_SYSTEM = Actor(roles=frozenset({"system"}), credential=SYSTEM)


class Performer:
    """Plans and judges requests on a unit of work; holds no state of its own but declarations and terms."""

    def __init__(self, declarations: Declarations, terms: InForce, *, zone: str = times.ZONE) -> None:
        self.acts, self.terms, self.zone = declarations.acts, terms, zone
        self.versions = ""
        self._instant: tuple[int, str] = (0, "")
        self._actors: dict[str, tuple[Any, Actor]] = {}  # the actor of a row, as long as it is the same row

    def attempt(self, unit: Unit, request: Request, known: Known | None) -> Answer:
        """Do one request on the unit, or say why not. Raises NotGathered when rows have to be read first."""
        earlier = known or self._in_this_unit(unit, request.id)
        if earlier is not None:
            return _again(request, earlier)
        header, plan, refusal = self._judged(unit, request)
        if refusal is None:
            try:
                assert header is not None
                return self._written(unit, request, header, plan)
            except Refusal as met:
                refusal = met
        payment = plan.payment
        if payment is not None and payment.merchant and header is not None and payment.merchant == header.behalf:
            refusal = Refusal(refusal.code)  # facts go only to whom they are about: a till learns the code alone
        return self._refused(unit, request, header, refusal)

    def missing(self, unit: Unit, request: Request) -> list[tuple[str, Any]]:
        """What would have to be read to do this request, as far as it can be told now; writes nothing."""
        try:
            _, plan, refusal = self._judged(unit, request)
            return unit.unread(plan) if refusal is None else []
        except NotGathered as miss:
            return miss.keys
        except AssertionError:
            return []

    def rehearse(self, unit: Unit, request: Request) -> tuple[Plan, Refusal | None]:
        """The plan, and the refusal it meets if any, without a known id looked up or a word kept."""
        header, plan, refusal = self._judged(unit, request)
        try:
            if refusal is None:
                assert header is not None
                unit.attempt(header, plan, "")
        except Refusal as met:
            return plan, met
        return plan, refusal

    def _judged(self, unit: Unit, request: Request) -> tuple[Header | None, Plan, Refusal | None]:
        """The one way from a request to a plan that may be written: (header, plan as far as it came, what it met)."""
        header, plan = None, Plan()
        try:
            act, facts = self._facts(unit, request)
            header = self._header(request, facts)
            plan = self._plan(act, facts, request)
            judge(facts, act.name, plan)
        except Refusal as met:
            return header, plan, met
        return header, plan, None

    def _facts(self, unit: Unit, request: Request) -> tuple[Act, Facts]:
        act = self.acts.get(request.act)
        if act is None:
            raise Refusal("request.object_missing")
        actor = self.actor(unit, request.credential)
        if actor.roles.isdisjoint(act.roles) and "anyone" not in act.roles:
            raise Refusal("actor.role_missing" if request.credential else "actor.login_missing")
        at = unit.entered
        if act.upload and request.at is not None:
            at = min(request.at, at)
        elif ids.version(request.id) == "7" and abs(ids.instant(request.id) - at) > ID_AGE_MAX:
            raise Refusal("request.field_invalid", fields=["id: its time is more than 24 hours from now; make another"])
        facts = Facts(
            unit, id=request.id, at=at, actor=actor, terms=self.terms, proofs=request.proofs, zone=self.zone
        )  # fmt: skip
        return act, facts

    def actor(self, unit: Unit, credential: str) -> Actor:
        """Who stands behind a credential now: revoking one takes effect with the next act."""
        if credential == SYSTEM:
            return _SYSTEM
        if not credential:
            return ANYONE
        row = unit.record("people_credential", credential)
        known = self._actors.get(credential)
        if known is not None and known[0] is row:
            return known[1]
        if row is None or row.stage != "active":
            raise Refusal("actor.login_missing")
        if len(self._actors) > MAXIMA.cache_rows:
            self._actors.clear()
        self._actors[credential] = (row, actor_of(row))
        return self._actors[credential][1]

    def _header(self, request: Request, facts: Facts) -> Header:
        actor = facts.actor
        who = actor.person or actor.credential or "anyone"
        return Header(request.id, request.act, who, actor.organisation, facts.at, request.fingerprint)

    def _plan(self, act: Act, facts: Facts, request: Request) -> Plan:
        if act.two_officers and facts.actor is not _SYSTEM:  # nobody alone; the book itself founds and follows
            raise Refusal("actor.second_missing")
        plan = act.plan(facts, request.ask)
        if plan.proposes is not None:
            self._opened(plan.proposes)
        if plan.carries is not None:
            plan = self._carried(facts, plan)
        if request.asides and plan.keeps_asides:
            plan.asides = [*plan.asides, *request.asides]
        plan.versions = self.versions
        return plan

    def _carried(self, facts: Facts, outer: Plan) -> Plan:
        """The proposed act, planned now by its proposer's rights, in the unit that the second officer's act opens."""
        carried = outer.carries
        assert carried is not None
        act, ask = self._opened(carried)
        if facts.actor.roles.isdisjoint((*act.roles, "approver")):
            raise Refusal("actor.role_missing")
        proposer = Actor(person=carried.person, organisation=carried.organisation, roles=frozenset(carried.roles))
        inner = act.plan(facts.as_actor(proposer, carried.id), ask)
        if inner.carries is not None or inner.proposes is not None:
            raise Refusal("request.field_invalid", fields=["act: a proposal does not carry another one"])
        judge(facts, act.name, inner)
        for name in ("postings", "opens", "ends", "uses", "limits", "bounds", "changes", "asides", "notices", "notes"):
            setattr(outer, name, [*getattr(outer, name), *getattr(inner, name)])
        outer.reverses = inner.reverses
        outer.receipt = {**_plain(outer.receipt), "done": _plain(inner.receipt)}
        return outer

    def _opened(self, carried: Carried) -> tuple[Act, Any]:
        """The proposed act and its ask; refuses what the proposer may not do or what is no ask of that act."""
        act = self.acts.get(carried.act)
        if act is None:
            raise Refusal("request.object_missing")
        if frozenset(act.roles).isdisjoint(carried.roles):
            raise Refusal("actor.role_missing")
        if has_private(act.ask):
            raise Refusal("request.field_invalid", fields=["act: what names a person cannot wait in a proposal"])
        try:
            return act, msgspec.json.decode(carried.ask, type=act.ask, dec_hook=decode_value)
        except msgspec.ValidationError as error:
            raise Refusal("request.field_invalid", fields=[f"ask: {error}"]) from None

    def _written(self, unit: Unit, request: Request, header: Header, plan: Plan) -> Answer:
        receipt = _json(plan.receipt if plan.receipt is not None else {}).decode()
        notes = f',"notes":{_json(plan.notes).decode()}' if plan.notes else ""
        text = (
            f'{{"id":"{request.id}","act":"{request.act}","entry":{unit.n + 1},"at":"{self._entered(unit)}",'
            f'"receipt":{receipt}{notes}}}'
        )
        entry = unit.attempt(header, plan, text)
        return Answer(request.id, text, entry=entry)

    def _entered(self, unit: Unit) -> str:
        if self._instant[0] != unit.entered:
            self._instant = (unit.entered, times.text(unit.entered))
        return self._instant[1]

    def _refused(self, unit: Unit, request: Request, header: Header | None, refusal: Refusal) -> Answer:
        facts = dict(refusal.facts)
        text = _json({"code": refusal.code, "facts": facts}).decode()
        entry = 0
        if refusal.lasting and header is not None:
            entry = unit.refuse(header, refusal, text, self.versions)
        return Answer(request.id, text, code=refusal.code, entry=entry, facts=facts)

    def _in_this_unit(self, unit: Unit, id: str) -> Known | None:
        found = unit.answers.get(id)
        return None if found is None else Known(found[0], found[1], found[2], found[3], unit.entered)


def _again(request: Request, known: Known) -> Answer:
    if known.fingerprint != request.fingerprint:
        return Answer(request.id, '{"code":"request.id_reused","facts":{}}', code="request.id_reused")
    return told(request.id, known)


def told(id: str, known: Known) -> Answer:
    """The answer that was given under this id, byte for byte."""
    if not known.refused:
        return Answer(id, known.answer, entry=known.n, hit=True)
    facts = msgspec.json.decode(known.answer)["facts"]
    return Answer(id, known.answer, code=known.refused, entry=known.n, hit=True, facts=facts)


def _plain(receipt: Any) -> Any:
    return msgspec.to_builtins(receipt, enc_hook=encode_value) if receipt is not None else {}
