"""All that the pages want from the house, on one page.

Views see this protocol and nothing below it, so a page can be built, tested and judged with sample data, and the
engine can change its inside without touching a template. Two methods may change something (`perform`, `arrive`);
all others only read. Names of persons come already masked where the reader may not see them whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from saxaul.kernel.amounts import Amount
from saxaul.surfaces.web.figures import Public

# The acts the pages perform, each with the fields of its ask. Amounts are text such as "12.50 CNY", ids 32 hex digits.
PAY_SCAN = "pay.scan"  # code, amount (only for a code without one), revision -> the payer pays what the code asks for
PAY_SHOW = "pay.show_code"  # nothing; the port makes the digits -> receipt: code (18 digits), ends (us)
PAY_CONFIRM = "pay.confirm"  # order -> the payer agrees to what a till took from their code
PAY_DECLINE = "pay.decline"  # order -> the payer does not
PAY_CHARGE = "pay.by_code"  # code, amount -> the merchant takes from a shown code; receipt: order, stage
PAY_ORDER = "pay.order"  # amount -> the merchant's dynamic code; receipt: order
PAY_WALL = "pay.issue_static_code"  # nothing -> a code for the wall of the shop
PAY_REFUND = "pay.refund"  # order, amount
PAY_SEND = "pay.send"  # payee (wallet), amount
PAY_REQUEST = "pay.split_bill"  # payers (persons, at most 20), amount, mine -> receipt: bill
PAY_ANSWER = "pay.answer_request"  # request, pay -> the payer pays their share, or says no
PAY_CANCEL = "pay.cancel_request"  # request
BILL_PAY = "bills.pay"  # bill, revision, amount
BILL_SAVE = "bills.save_number"  # biller, number, keep
CASH_LINK = "cash.link_account"  # bank_account (Private), bank
CASH_IN = "cash.top_up"  # amount, wallet
CASH_OUT = "cash.cash_out"  # amount, wallet
DESK_PIN = "desk.set_pin"  # pin (Private); proofs: the old pin, or phone
DESK_WALLET = "desk.open_wallet"  # issuer, region
DESK_TRY = "desk.try_identity"  # wallet, phone (Private), name (Private); then DESK_ACTIVATE answers what it found
DESK_ACTIVATE = "desk.activate"  # wallet
DESK_GIVE = "desk.give_consent"  # purpose, version
DESK_WITHDRAW = "desk.withdraw_consent"  # purpose
DESK_PREFER = "desk.set_preferences"  # language, elder
CONSENT_VERSION = "2022-06"  # of the texts on the consents page


@dataclass(frozen=True, slots=True)
class Problem:
    """An expected no. `sort` decides the HTTP status and the button, never the code itself."""

    code: str
    sort: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an act: `receipt` when it was done, `problem` when it was refused; never both."""

    id: str
    act: str
    at: int
    receipt: Mapping[str, Any] | None = None
    problem: Problem | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A refusal or a note in the reader's words: what is true of the money, why, and the next step."""

    title: str
    what: str
    next: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One of the reader's wallets: its id, who keeps it, whether e-CNY is switched on, its tier; open or frozen."""

    wallet: str
    keeper: str
    activated: bool
    grade: int = 4
    open: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """The reader of a page. `credential` goes with every ask; `name` is their own, from the vault."""

    id: str
    credential: str
    name: str
    phone: str
    language: str
    elder: bool
    pin_set: bool
    merchant: bool
    wallet: str = ""
    activated: bool = False
    linked: bool = False
    wallets: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """One purpose a person may agree to; switching off is as easy as switching on."""

    purpose: str
    title: str
    text: str
    given: bool
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Pocket:
    """One kind of value in the wallet. `title` is empty for ECNY and CNY, else the campaign's name."""

    asset: str
    free: Amount
    held: Amount
    title: str = ""
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of the tier and what is left of it; `kind` is payment, day, year or balance."""

    kind: str
    most: Amount
    left: Amount


@dataclass(frozen=True, slots=True)
class Tier:
    """The class of the wallet and its limits in force today."""

    grade: int
    limits: Sequence[Limit]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history: paid, received, sent, bill, refund, topup or cashout; `stage`: done, held, released."""

    id: str
    at: int
    kind: str
    title: str
    amount: Amount
    incoming: bool
    stage: str = "done"


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of history; `after` asks for the next, `as_of` is set while the list is behind the ledger."""

    rows: Sequence[Line]
    after: str = ""
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for this person: an order to confirm, a request, a bill. `act` and `ask` answer it."""

    id: str
    kind: str
    title: str
    amount: Amount
    act: str
    ask: Mapping[str, Any]
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The wallet as its owner sees it."""

    total: Amount
    pockets: Sequence[Pocket]
    tier: Tier
    recent: Sequence[Line]
    waiting: Sequence[Waiting] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one pocket gives to a payment; `title` as in Pocket."""

    asset: str
    amount: Amount
    title: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """An act looked at before it is done: whom, how much, from which pockets of which wallet, what must be proved."""

    act: str
    payee: str
    amount: Amount
    parts: Sequence[Part]
    place: str = ""
    signed: bool = False
    pin: bool = False
    warnings: Sequence[str] = ()
    wallet: str = ""


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanned code asks for; without an amount the payer types it."""

    act: str
    ask: Mapping[str, Any]
    payee: str
    amount: Amount | None = None
    place: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt with names for its reader; `keeper` of one of several wallets. `stage`: done, waiting, refused."""

    id: str
    number: str
    at: int
    act: str
    kind: str
    stage: str
    other: str
    amount: Amount
    incoming: bool
    parts: Sequence[Part] = ()
    place: str = ""
    refunded: Amount | None = None
    head: str = ""
    notes: Sequence[Text] = ()
    keeper: str = ""


@dataclass(frozen=True, slots=True)
class Biller:
    """A utility; `hint` says where the account number stands on paper."""

    id: str
    name: str
    kind: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a public list: an issuer or a region that is open today."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a code that was shown: nothing yet, or the order it pays, to confirm or done."""

    stage: str
    receipt: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as found: owner masked. `key` names it in asks. `part` allows paying less, down to `least`."""

    id: str
    key: str
    revision: int
    biller: str
    kind: str
    number: str
    owner: str
    amount: Amount
    stage: str
    month: str = ""
    due: str = ""
    part: bool = False
    least: Amount | None = None
    paid: Amount | None = None


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody who can be paid (`id`: their wallet), named so that a friend knows them and a stranger learns little."""

    id: str
    name: str
    phone: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One person's part of a request; `stage`: asked, paid, declined, cancelled, expired."""

    id: str
    name: str
    amount: Amount
    stage: str


@dataclass(frozen=True, slots=True)
class Request:
    """Money asked of others. `mine` is true for the person who asked; `owed` is what the reader still owes."""

    id: str
    at: int
    ends: int
    asker: str
    amount: Amount
    shares: Sequence[Share]
    mine: bool
    stage: str
    owed: Amount | None = None


@dataclass(frozen=True, slots=True)
class Merchant:
    """The shop at whose counter the reader stands; `code` is its static EMVCo text, empty before it has one.

    `silent`: the last day on which somebody paid to that code, where nobody does any more.

    `credential` goes with every ask of the counter.
    """

    id: str
    credential: str
    name: str
    place: str
    code: str
    manager: bool = False
    silent: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the counter sees it: no payer's name, only how it stands. `left` may still be refunded."""

    id: str
    at: int
    amount: Amount
    stage: str
    left: Amount
    code: str = ""


@dataclass(frozen=True, slots=True)
class Takings:
    """One day at the counter; `hours` are 24 totals."""

    day: str
    total: Amount
    count: int
    refunded: Amount
    hours: Sequence[Amount]
    orders: Sequence[Order]


class Port(Protocol):
    """What the pages ask of the house. A `Problem` is returned, never raised; `credential` is the reader's.

    `book` is for the rooms of programmes (`rooms.py`): they read what they show by themselves.
    """

    book: Any

    def arrive(self, *, phone: str, language: str, id: str) -> str:
        """A new credential for whoever proved this phone just now; a phone never seen before gets a person."""

    def perform(
        self, act: str, ask: Mapping[str, Any], *, id: str, credential: str, proofs: Mapping[str, str]
    ) -> Answer:
        """The answer to one act, the same for the same id. `proofs` may hold `pin`, `confirm` and `phone`."""

    def quote(self, act: str, ask: Mapping[str, Any], *, credential: str) -> Quote | Problem:
        """What the act would do now; nothing is done."""

    def look(self, addresses: Sequence[str]) -> Mapping[str, Sequence[Amount]]:
        """The balances of accounts in e-CNY and bank money, fresh from the clerk."""

    def free(self, wallets: Sequence[str]) -> Mapping[str, tuple[Amount, Amount]]:
        """What wallets can spend, fresh from the clerk: e-CNY and bank money of each."""

    def explain(self, problem: Problem, *, language: str, own: bool = True) -> Text:
        """The refusal in the reader's words; without `own` the facts stay with whom they are about."""

    def finding(self, code: str, *, language: str) -> Text:
        """A guard's reason or a note in the reader's words."""

    def person(self, credential: str) -> Person | None:
        """The reader, or None when the credential is withdrawn."""

    def consents(self, credential: str) -> Sequence[Consent]:
        """What the reader may agree to."""

    def lists(self, name: str) -> Sequence[Listed]:
        """The rows of a public list (`issuer`, `region`) that are open today."""

    def home(self, credential: str, wallet: str = "") -> Home:
        """The wallet page; limits are those of the wallet named, else of the first."""

    def history(
        self, credential: str, *, kind: str = "", since: str = "", until: str = "", after: str = "", size: int = 30
    ) -> Lines:
        """One page of history, newest first; days are the city's, both included."""

    def receipt(self, credential: str, id: str) -> Receipt | None:
        """The receipt of an act this person was a party to."""

    def read_code(self, credential: str, text: str) -> Scanned | Problem:
        """What a code asks for."""

    def shown(self, credential: str, code: str) -> Shown:
        """What became of a code this person shows."""

    def payee(self, credential: str, phone: str) -> Payee | Problem:
        """Who can be paid under this phone; misses are counted."""

    def payee_by_id(self, credential: str, id: str) -> Payee | None:
        """The same payee again."""

    def billers(self) -> Sequence[Biller]:
        """Everybody who sends bills."""

    def bills(self, credential: str) -> Sequence[Bill]:
        """Open bills under the person's saved numbers."""

    def find_bills(self, credential: str, biller: str, number: str, *, id: str) -> Sequence[Bill] | Problem:
        """The open bills of an account number, which is saved for the next time; misses are counted."""

    def bill(self, credential: str, id: str) -> Bill | None:
        """An open bill of a saved number."""

    def requests(self, credential: str) -> Sequence[Request]:
        """Requests this person made or got, newest first."""

    def request(self, credential: str, id: str) -> Request | None:
        """One of them."""

    def merchant(self, credential: str) -> Merchant | None:
        """The reader's shop."""

    def takings(self, shop: Merchant, day: str) -> Takings:
        """A day at the counter; an empty `day` is today."""

    def order(self, shop: Merchant, id: str) -> Order | None:
        """An order of the reader's shop."""

    def public(self, *, language: str) -> Public:
        """Heads and figures."""


def port() -> Port:
    """The house that `app` handed in as the setting SAXAUL_PORT."""
    from django.conf import settings

    return settings.SAXAUL_PORT
