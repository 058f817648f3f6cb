"""The port of the pages on a real house: what people do goes to the clerk, what they read comes from the book.

Private texts are sealed before an ask exists; a PIN is tried by an act of its own, committed before its verdict counts,
and becomes a proof for exactly this payee and amount. What a page shows before the yes is a rehearsal by the clerk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from saxaul.engine.request import SYSTEM, Request, decode_value, fingerprint
from saxaul.engine.request import Answer as Told
from saxaul.kernel import ids, texts, times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY, ECNY
from saxaul.kernel.refusal import CATALOGUE, Refusal
from saxaul.ledger.facts import Proof
from saxaul.ledger.plan import Payment, Plan
from saxaul.people import pins
from saxaul.programmes.pay import emvco
from saxaul.surfaces.house import House
from saxaul.surfaces.web import port as p
from saxaul.surfaces.web import port_bills, port_shop, port_wallet
from saxaul.surfaces.web.port_book import Book

PROOF_SECONDS = 60
STEP, SURE = "actor.step_missing", "care.confirmation_missing"


class EnginePort:
    """`web.port.Port` on a house."""

    def __init__(self, house: House) -> None:
        self.house, self.book = house, Book(house)
        self.acts = house.declarations.acts

    # -- doing -------------------------------------------------------------------------------------------------------

    def arrive(self, *, phone: str, language: str, id: str) -> str:
        """A new session for whoever proved this phone; a phone never seen before gets a person."""
        answer = self._do("desk.sign_in", {"phone": phone}, id=id)
        if answer.code:
            second = ids.derived(ids.instant(id), f"desk.sign_up:{id}")
            answer = self._do("desk.sign_up", {"phone": phone, "language": language}, id=second)
        return str(answer.receipt.get("credential", ""))

    def perform(
        self, act: str, ask: Mapping[str, Any], *, id: str, credential: str, proofs: Mapping[str, str]
    ) -> p.Answer:
        """One act of a person, with what they proved."""
        shown = self._digits(credential, id) if act == p.PAY_SHOW else ""
        ask = {**ask, "code": emvco.payer_code_key(shown)} if shown else ask
        try:
            request = self._request(act, ask, id=id, credential=credential)
            request = msgspec.structs.replace(request, proofs=self._proofs(request, proofs))
        except Refusal as refusal:
            return p.Answer(id, act, self.book.now(), problem=problem(refusal))
        answer = self.book.submit([request])[0]
        refusal = answer.refusal()
        if refusal is not None:
            return p.Answer(id, act, self.book.now(), problem=problem(refusal))
        receipt = answer.receipt
        if shown:
            receipt = {"code": shown, "ends": times.read(receipt["ends"])}
        return p.Answer(id, act, self.book.now(), receipt=receipt)

    def _do(self, act: str, ask: Mapping[str, Any], *, id: str, credential: str = SYSTEM) -> Told:
        return self.book.submit([self._request(act, ask, id=id, credential=credential)])[0]

    def _request(self, act: str, ask: Mapping[str, Any], *, id: str, credential: str) -> Request:
        kind = self.acts[act].ask
        sealed, asides = self.book.sealer.seal_fields(kind, dict(ask), credential=credential, id=id)
        try:
            body = msgspec.convert(sealed, kind, dec_hook=decode_value)
        except msgspec.ValidationError as error:
            raise Refusal("request.field_invalid", fields=[str(error)]) from None
        return Request(id, act, body, credential, fingerprint(act, credential, body), None, (), asides)

    def _digits(self, credential: str, id: str) -> str:
        """The one-time digits of this showing: made of its id, so that a repeated page shows the same ones."""
        number = int(id, 16) % 2**64
        return emvco.payer_code(self.house.secrets.key("payer codes"), wallet=credential, number=number)

    # -- proving -----------------------------------------------------------------------------------------------------

    def _proofs(self, request: Request, given: Mapping[str, str]) -> tuple[Proof, ...]:
        """What was proved, bound to this payee and amount; a PIN's try is committed before it counts."""
        person = self.book.person_of(request.credential) if given else None
        if person is None:
            return ()
        kinds = [kind for kind in ("confirm", "phone") if given.get(kind) == "yes"]
        if given.get("pin") and self._pin_right(person.key, given["pin"], request.id):
            kinds.append("pin")
        if request.act == p.DESK_PIN:
            return self._made(kinds, person.key, Payment("", p.DESK_PIN, "", 0))
        plan, _refusal = self.book.clerk(lambda: self.house.clerk.rehearse(request))
        return self._made(kinds, person.key, plan.payment)

    def _made(self, kinds: Sequence[str], person: str, payment: Payment | None) -> tuple[Proof, ...]:
        if payment is None:
            return ()
        until = self.book.now() + PROOF_SECONDS * times.SECOND
        return tuple(Proof(kind, person, payment.payee, payment.asset, payment.units, until) for kind in kinds)

    def _pin_right(self, person: str, pin: str, id: str) -> bool:
        right = self.book.sealer.pin_right(person, pin)
        mark = pins.pin_mark(self.book.sealer.pepper, person, pin)
        answer = self._do("desk.try_pin", {"person": person, "right": right}, id=pins.try_id(id, mark))
        refusal = answer.refusal()
        if refusal is not None and refusal.code != "request.object_missing":  # missing: no PIN was ever set
            raise refusal
        return refusal is None and bool(answer.receipt["right"])

    # -- looking before doing ------------------------------------------------------------------------------------------

    def quote(self, act: str, ask: Mapping[str, Any], *, credential: str) -> p.Quote | p.Problem:
        """What the act would do now: rehearsed as it is, then as if all were proved, to see what else it meets."""
        try:
            request = self._request(act, ask, id=ids.fresh(self.book.now(), bytes(10)), credential=credential)
        except Refusal as refusal:
            return problem(refusal)
        plan, refused = self.book.clerk(lambda: self.house.clerk.rehearse(request))
        needs_pin = refused is not None and refused.code == STEP
        if refused is not None and refused.code in (STEP, SURE):
            person = self.book.person_of(credential)
            proofs = self._made(("pin", "confirm"), person.key if person else "", plan.payment)
            proved = msgspec.structs.replace(request, proofs=proofs)
            plan, refused = self.book.clerk(lambda: self.house.clerk.rehearse(proved))
        if refused is not None:
            return problem(refused)
        return self._quoted(request, plan, credential, pin=needs_pin)

    def _quoted(self, request: Request, plan: Plan, credential: str, *, pin: bool) -> p.Quote:
        receipt = msgspec.to_builtins(plan.receipt, enc_hook=str)
        payment = plan.payment
        postings = [*plan.postings, *(one for hold in plan.opens for one in hold.postings)]
        mine = self.book.accounts(credential)
        parts, total = port_wallet.parts_of(self.book, postings, [payment.payer] if payment else mine)
        if payment is not None and payment.units:
            total = port_wallet.yuan(payment.units)
        elif not parts:
            total = port_wallet.read_amount(receipt["amount"])
        place, _name = port_shop.place_of(self.book, receipt.get("shop", ""))
        signed = request.act == p.PAY_SCAN
        payee = self.book.name_of(payment.payee) if payment else ""
        wallet = payment.payer if payment else getattr(request.ask, "wallet", "") or ""
        return p.Quote(
            request.act, payee, total, parts, place=place, signed=signed, pin=pin, warnings=plan.notes,
            wallet=wallet.removeprefix("wallet:"),
        )  # fmt: skip

    def look(self, addresses: Sequence[str]) -> Mapping[str, Sequence[Amount]]:
        """Posted balances of accounts, as of the last committed unit."""
        keys = [(address, asset) for address in addresses for asset in (ECNY, CNY)]
        found = self.book.clerk(lambda: self.house.clerk.look(keys))
        return {one: [Amount(asset, found[one, asset][0]) for asset in (ECNY, CNY)] for one in addresses}

    def free(self, wallets: Sequence[str]) -> Mapping[str, tuple[Amount, Amount]]:
        """What wallets can spend: posted and not held."""
        return port_wallet.free(self.book, wallets)

    def explain(self, problem: p.Problem, *, language: str, own: bool = True) -> p.Text:
        """The refusal in words."""
        text = texts.refused(language, Refusal(problem.code, **problem.facts), own=own)
        return p.Text(text.title, _joined(text), text.next_step)

    def finding(self, code: str, *, language: str) -> p.Text:
        """A finding or a note in words."""
        text = texts.explained(language, code, {})
        return p.Text(text.title, _joined(text), text.next_step)

    # -- reading -------------------------------------------------------------------------------------------------------

    def person(self, credential: str) -> p.Person | None:
        """Who reads."""
        return port_wallet.person(self.book, credential)

    def consents(self, credential: str) -> Sequence[p.Consent]:
        """Their consents."""
        return port_wallet.consents(self.book, credential)

    def lists(self, name: str) -> Sequence[p.Listed]:
        """Rows of a public list."""
        return port_wallet.lists(self.book, name)

    def home(self, credential: str, wallet: str = "") -> p.Home:
        """Their wallet."""
        return port_wallet.home(self.book, credential, wallet)

    def history(self, credential: str, **wanted: Any) -> p.Lines:
        """Their history."""
        return port_wallet.history(self.book, credential, **wanted)

    def receipt(self, credential: str, id: str) -> p.Receipt | None:
        """One receipt."""
        return port_wallet.receipt(self.book, credential, id)

    def payee(self, credential: str, phone: str) -> p.Payee | p.Problem:
        """Who has this phone."""
        return port_wallet.payee(self.book, credential, phone)

    def payee_by_id(self, credential: str, id: str) -> p.Payee | None:
        """The same again."""
        return port_wallet.payee_by_id(self.book, id)

    def requests(self, credential: str) -> Sequence[p.Request]:
        """Requests for money."""
        return port_wallet.requests(self.book, credential)

    def request(self, credential: str, id: str) -> p.Request | None:
        """One of them."""
        return next((one for one in self.requests(credential) if one.id == id), None)

    def read_code(self, credential: str, text: str) -> p.Scanned | p.Problem:
        """What a code asks for."""
        try:
            return port_shop.read_code(self.book, text)
        except Refusal as refusal:
            return problem(refusal)

    def shown(self, credential: str, code: str) -> p.Shown:
        """What became of a shown code."""
        return port_shop.shown(self.book, credential, code)

    def billers(self) -> Sequence[p.Biller]:
        """All billers."""
        return port_bills.billers(self.book)

    def bills(self, credential: str) -> Sequence[p.Bill]:
        """Open bills of saved numbers."""
        return port_bills.saved(self.book, credential)

    def find_bills(self, credential: str, biller: str, number: str, *, id: str) -> Sequence[p.Bill] | p.Problem:
        """Found by an act, since misses are counted; the number is kept for the next month."""
        ask = {"biller": biller, "number": number}
        try:
            answer = self._do("bills.find", ask, id=id, credential=credential)
            keep = ids.derived(ids.instant(id), f"{p.BILL_SAVE}:{id}")
            verdict = answer.refusal() or (Refusal(code) if (code := answer.receipt["verdict"]) else None)
            verdict = verdict or self._do(p.BILL_SAVE, ask, id=keep, credential=credential).refusal()
        except Refusal as refusal:
            verdict = refusal
        return problem(verdict) if verdict else port_bills.of_number(self.book, f"{biller}:{number}")

    def bill(self, credential: str, id: str) -> p.Bill | None:
        """One open bill of a saved number."""
        return next((one for one in self.bills(credential) if one.id == id), None)

    def merchant(self, credential: str) -> p.Merchant | None:
        """The reader's shop."""
        return port_shop.merchant(self.book, credential)

    def takings(self, shop: p.Merchant, day: str) -> p.Takings:
        """A day at its counter."""
        return port_shop.takings(self.book, shop, day)

    def order(self, shop: p.Merchant, id: str) -> p.Order | None:
        """One of its orders."""
        return port_shop.order(self.book, shop, id)

    def public(self, *, language: str) -> p.Public:
        """Heads and figures; their titles are in the language of the page that asks."""
        return port_shop.public(self.book)


def problem(refusal: Refusal) -> p.Problem:
    """A refusal as pages know it."""
    return p.Problem(refusal.code, CATALOGUE[refusal.code].sort, refusal.facts, refusal.lasting)


def _joined(text: texts.Text) -> str:
    return ("" if text.language == "zh" else " ").join(text.sentences)
