"""People who do not exist: each is made of the town's seed and a number, so nobody has to be stored.

The same number is the same person on every machine and in every order of asking. Chance comes from `dice`, a generator
seeded with words; only simulations may use one, and nothing of it reaches the books but as an ask.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from saxaul.sim.pack import Biller, Pack

T = TypeVar("T")

CIRCLE = 12  # people of neighbouring numbers who know one another
BILL_DAYS = (6, 28)  # after the last biller has issued, before the shortest month ends


@dataclass(frozen=True, slots=True)
class Citizen:
    """One invented person: how they are called, where they live, how they use their telephone.

    `proved`: what was shown beyond the telephone ("", "document", "bank"). `bill_day`: when they pay their bills.
    """

    number: int
    name: str
    phone: str
    document: str
    district: str
    language: str
    elder: bool
    issuer: str
    proved: str
    pin: str
    bill_day: int


def dice(*words: object) -> random.Random:
    """A generator that always rolls the same for the same words."""
    return random.Random("|".join(map(str, words)))


def weighted(roll: random.Random, pairs: Sequence[tuple[T, int]]) -> T:
    """One of the pairs, by its weight in whole numbers."""
    place = roll.randrange(sum(weight for _, weight in pairs))
    for one, weight in pairs:
        place -= weight
        if place < 0:
            return one
    raise AssertionError("a place beyond all weights")


def of_thousand(roll: random.Random, share: int) -> bool:
    """Whether one of a thousand is among `share`."""
    return roll.randrange(1000) < share


def amount(roll: random.Random, least: int, most: int) -> int:
    """Fen between least and most: small sums are frequent, and prices like to end in round numbers."""
    span = most - least
    fen = least + min(roll.randrange(span + 1), roll.randrange(span + 1), roll.randrange(span + 1))
    step = weighted(roll, ((100, 40), (50, 15), (10, 20), (1, 25)))
    return max(least, fen - fen % step)


def citizen(pack: Pack, number: int, *, day: str = "") -> Citizen:
    """Person number so-and-so of the town, whoever asks; `day`: on which they choose an operator that is open."""
    roll = dice(pack.seed, "citizen", number)
    family = weighted(roll, pack.families)
    given = roll.choice(pack.given_second)
    if not of_thousand(roll, pack.given_single):
        given = roll.choice(pack.given_first) + given
    elder = of_thousand(roll, pack.elder)
    born = roll.randrange(1936, 1957) if elder else roll.randrange(1957, 2004)
    proved = "document" if of_thousand(roll, pack.documents) else ""
    if proved and roll.randrange(pack.documents) < pack.bank_account:
        proved = "bank"
    return Citizen(
        number=number, name=family + given, phone=phone(pack, number), document=_document(pack, number, born),
        district=weighted(roll, pack.districts), language=weighted(roll, pack.languages), elder=elder,
        issuer=weighted(roll, pack.open_issuers(day or pack.begins)), proved=proved,
        pin=_pin(roll), bill_day=roll.randrange(BILL_DAYS[0], BILL_DAYS[1] + 1),
    )  # fmt: skip


def _pin(roll: random.Random) -> str:
    """Six digits that nobody tries first: neither a run nor one digit over and over."""
    first, *rest = roll.sample("0123456789", 5)
    return first + rest[0] + first + "".join(rest[1:])


def phone(pack: Pack, number: int) -> str:
    """A number that looks like a telephone and rings nowhere."""
    assert number < 10**pack.phone_digits, "the town has more people than telephones"
    return f"{pack.phone_prefix}{number:0{pack.phone_digits}d}"


def _document(pack: Pack, number: int, born: int) -> str:
    """A document that no office issued: the year and the person's number; never the form of a resident's number."""
    return f"permit:X{born}{number:0{pack.phone_digits}d}"


def circle(number: int, citizens: int) -> list[int]:
    """The few people somebody knows: neighbours by number, the same circle for each of them."""
    first = number - number % CIRCLE
    return [one for one in range(first, min(first + CIRCLE, citizens)) if one != number]


def has_account(pack: Pack, biller: Biller, number: int) -> bool:
    """Whether the person's household is served by the biller."""
    return of_thousand(dice(pack.seed, "household", biller.code, number), biller.households)


def account_number(pack: Pack, biller: Biller, number: int) -> str:
    """The household's number at the biller: unlike the person's, and never the same for two."""
    size = 10**biller.digits
    step = 7_919 * 104_729  # prime to ten, so that all numbers differ
    start: int = dice(pack.seed, "accounts", biller.code).randrange(size)
    return f"{(start + number * step) % size:0{biller.digits}d}"


def bill(pack: Pack, biller: Biller, number: int, month: str) -> int:
    """Fen the household owes for a month, 0 when the biller sends none then."""
    if int(month[5:]) not in biller.months or not has_account(pack, biller, number):
        return 0
    return amount(dice(pack.seed, "bill", biller.code, number, month), *biller.fen)
