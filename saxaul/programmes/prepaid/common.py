"""What all acts of prepaid ask first: whose contract, which lessons are unused, and where its money goes.

The money of a contract stands in its escrow until a lesson is checked in. Lesson k has the k-th part of `allot`, so
prices add up to the fen and the last release empties the escrow. Lessons use the subsidy first; what goes back is taken
in reverse order of the sources, or the subsidised share first where the template says so.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from saxaul.engine import Change, Facts, Posting, Refusal, step
from saxaul.kernel import assets
from saxaul.kernel.amounts import allot, show, take
from saxaul.kernel.assets import CNY
from saxaul.people.persons import own_person
from saxaul.people.wallets import address
from saxaul.programmes.prepaid.stages import OPEN, STAGES

UNUSED, RELEASED, RETURNED, DISPUTED = ".", "r", "b", "d"  # letters of `states`
LESSON, MINT = "LESSON/0", "issuer:contract"
LESSONS_MAX = 240

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of text and terms, as the contract shows")]
Number = Annotated[int, Meta(ge=1, le=LESSONS_MAX)]
Parts = list[tuple[str, int]]


class Staged(msgspec.Struct, frozen=True):
    """The contract, the stage it is in, and the hash of what was signed."""

    contract: str
    stage: str
    text: str


class Returned(msgspec.Struct, frozen=True):
    """How many lessons went back, for how much, from which sources; `left`: lessons in dispute that wait."""

    contract: str
    lessons: int
    amount: str
    parts: list[str]
    stage: str
    left: int
    text: str


def escrow(contract: str) -> str:
    """Where a contract's money stands."""
    return f"contract:{contract}:escrow"


def lessons_of(contract: str) -> str:
    """Where a contract's unused lessons stand."""
    return f"contract:{contract}:units"


def due(merchant: str) -> str:
    """Where a merchant's money stands until it is settled."""
    return f"merchant:{merchant}:due"


def yuan(units: int) -> str:
    """Fen as text."""
    return show(CNY, units)


def prices(row: Any) -> list[int]:
    """The price of every lesson; they add up to the contract's price."""
    return allot(row.units, [1] * row.lessons)


def unused(row: Any) -> list[int]:
    """Numbers of lessons that were neither given, returned nor disputed."""
    return [place for place, letter in enumerate(row.states, 1) if letter == UNUSED]


def worth(row: Any, numbers: list[int]) -> int:
    """What these lessons cost together."""
    each = prices(row)
    return sum(each[number - 1] for number in numbers)


def marked(states: str, numbers: list[int], letter: str) -> str:
    """The states with these lessons changed."""
    letters = list(states)
    for number in numbers:
        letters[number - 1] = letter
    return "".join(letters)


def kept(row: Any, **fields: Any) -> Change:
    """The change of a contract; the hash of what was signed goes into every entry."""
    return Change("prepaid_contract", row.key, {**fields, "text": row.text})


def terms_digest(body: str, **terms: Any) -> str:
    """The hash that both sides sign: the text and every number of the contract."""
    written = msgspec.json.encode({**terms, "body": body}, order="deterministic")
    return hashlib.sha256(written).hexdigest()


def digest_of(row: Any, body: str) -> str:
    """The same hash, from the record and the text beside the chain: anybody who has both can compare."""
    return terms_digest(
        body, merchant=row.merchant, template=row.template, guardian=row.guardian, pupil=row.pupil,
        lessons=row.lessons, units=row.units, until=row.until, cooling_days=row.cooling_days,
        dispute_days=row.dispute_days, returns=row.returns,
    )  # fmt: skip


def token_key(text: str) -> str:
    """The key of what a phone or card shows; the book never has the text itself."""
    return hashlib.sha256(b"saxaul check-in 1\0" + text.encode()).hexdigest()[:32]


# ---------------------------------------------------------------------------------------------------- whose contract


def party(facts: Facts, row: Any) -> str:
    """`school` or `guardian`, as which the actor has to do with the contract; anybody else finds none."""
    if facts.actor.organisation:
        if facts.actor.organisation == row.merchant:
            return "school"
    elif own_person(facts).key == row.guardian:
        return "guardian"
    raise Refusal("request.object_missing")


def own_contract(facts: Facts, key: str) -> Any:
    """A contract of the actor, from either side."""
    row = facts.must("prepaid_contract", key)
    party(facts, row)
    return row


def guardians(facts: Facts, key: str) -> Any:
    """The actor's own contract as the one who pays."""
    row = facts.must("prepaid_contract", key)
    if party(facts, row) != "guardian":
        raise Refusal("request.object_missing")
    return row


def not_closed(facts: Facts, merchant: str) -> Any:
    """The school's row on the district's list, or None; refuses `contract.merchant_closed`."""
    school = facts.record("prepaid_school", merchant)
    if school is not None and school.stage == "closed":
        raise Refusal("contract.merchant_closed")
    return school


def running(facts: Facts, row: Any, act: str) -> None:
    """Returns while lessons may be given or disputed; refuses `request.stage_wrong` otherwise, naming the stage."""
    if row.stage not in OPEN:
        step(STAGES, row.stage, act)
    if facts.at >= row.until or row.ends_as:
        raise Refusal("request.stage_wrong", stage=row.ends_as or "ended", ways=[])


# ------------------------------------------------------------------------------------------------- where money goes


def _has(facts: Facts, row: Any, sources: list[str]) -> Parts:
    return [(asset, facts.free(escrow(row.key), asset)) for asset in sources]


def behind(facts: Facts, voucher: str) -> tuple[Any, str]:
    """(purpose, campaign's address) of the money behind a voucher."""
    purpose = facts.must("pay_purpose", assets.of(voucher))
    return purpose, f"campaign:{purpose.key}"


def is_own(asset: str) -> bool:
    """Whether the source is the payer's own money."""
    return assets.kind(asset) != "VOUCHER"


def to_school(facts: Facts, row: Any, number: int) -> tuple[list[Posting], int]:
    """The postings that release one lesson, and its price: the subsidy is used first, the school gets plain money."""
    price = prices(row)[number - 1]
    parts, short = take(price, _has(facts, row, row.sources.split()))
    assert not short, "an escrow covers its unused lessons"
    postings = [Posting(lessons_of(row.key), MINT, LESSON, 1)]
    for asset, units in parts:
        if is_own(asset):
            postings.append(Posting(escrow(row.key), due(row.merchant), asset, units))
            continue
        purpose, campaign = behind(facts, asset)
        postings.append(Posting(escrow(row.key), f"{campaign}:spent", asset, units))
        postings.append(Posting(f"{campaign}:escrow", due(row.merchant), purpose.behind, units))
    return postings, price


def order_back(row: Any) -> list[str]:
    """The sources in the order in which money goes back: the last one used first, or the subsidy before all."""
    back = row.sources.split()[::-1]
    return sorted(back, key=is_own) if row.returns == "sponsor_first" else back


def to_payer(facts: Facts, row: Any, numbers: list[int]) -> tuple[list[Posting], list[Change], Parts]:
    """The postings that give lessons back: own money to the wallet, a subsidy to the wallet or to its sponsor."""
    units = worth(row, numbers)
    if not units:
        return [], [], []
    parts, short = take(units, _has(facts, row, order_back(row)))
    assert not short, "an escrow covers its unused lessons"
    wallet = facts.must("people_wallet", row.wallet)
    closed = wallet.stage == "closed"
    own = f"operator:{wallet.issuer}:suspense" if closed else address(wallet.key)
    postings, campaigns = [Posting(lessons_of(row.key), MINT, LESSON, len(numbers))], []
    for asset, part in parts:
        if is_own(asset):
            postings.append(Posting(escrow(row.key), own, asset, part))
            continue
        purpose, campaign = behind(facts, asset)
        over = closed or (purpose.until and facts.at >= purpose.until)
        if not over and row.returns != "sponsor_first":
            postings.append(Posting(escrow(row.key), own, asset, part))
            campaigns.append(purpose.key)
        elif purpose.sponsor:
            postings.append(Posting(escrow(row.key), f"{campaign}:returned", asset, part))
            postings.append(Posting(f"{campaign}:escrow", f"sponsor:{purpose.sponsor}", purpose.behind, part))
        else:  # nobody to give it back to: it may be given again
            postings.append(Posting(escrow(row.key), f"{campaign}:pool", asset, part))
    return postings, _findable(facts, wallet.key, campaigns), parts


def _findable(facts: Facts, wallet: str, campaigns: list[str]) -> list[Change]:
    """The change after which payments from the wallet find these campaigns' money."""
    row = facts.record("pay_bound", wallet) if campaigns else None
    known = row.purposes.split() if row is not None else []
    added = [one for one in campaigns if one not in known]
    return [Change("pay_bound", wallet, {"purposes": " ".join(known + added)}, new=row is None)] if added else []


def said(parts: Parts) -> list[str]:
    """Sources as a receipt says them."""
    return [show(asset, units) for asset, units in parts]
