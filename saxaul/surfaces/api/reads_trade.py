"""Reads of trade: an order to its merchant or payer, bills to their household or biller, a merchant's day."""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.kernel import times
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY
from saxaul.kernel.refusal import Refusal
from saxaul.ledger import journal, sql
from saxaul.programmes.pay.parties import order_key
from saxaul.surfaces.api.asked import DAY, Asked, Read
from saxaul.surfaces.courier import open_courier

TAKINGS_MAX = 20_000  # entries added up in one answer; a larger merchant's figure is a follower's
MISSING = ("request.object_missing",)


class Order(msgspec.Struct, frozen=True):
    """An order as it stands. `payer` is told to the payer alone; amounts are text such as "12.50 CNY"."""

    order: str
    merchant: str
    number: str
    shop: str
    terminal: str
    amount: str
    revision: int
    stage: str
    captured: str
    refunded: str
    refunds: int
    paid: str
    paid_at: str
    ends: str
    payer: str


class Bill(msgspec.Struct, frozen=True):
    """A bill as it stands; `bill` is the key that acts name."""

    bill: str
    biller: str
    number: str
    revision: int
    amount: str
    paid: str
    due: str
    month: str
    stage: str


class HouseholdNumber(msgspec.Struct, frozen=True):
    """A household's number with a biller, its open bills and what was paid ahead."""

    biller: str
    number: str
    ahead: str
    bills: list[Bill]


class Household(msgspec.Struct, frozen=True):
    """The numbers that the person keeps."""

    numbers: list[HouseholdNumber]


class Taking(msgspec.Struct, frozen=True):
    """What one kind of act moved on the merchant's account in one asset."""

    act: str
    asset: str
    count: int
    received: str
    given_back: str


class Secret(msgspec.Struct, frozen=True):
    """A secret that signs now; of two, the second is the one that was replaced."""

    secret: str
    since: str


class Hook(msgspec.Struct, frozen=True):
    """Where events go, with what they are signed, how many wait and why the last try failed."""

    merchant: str
    target: str
    secrets: list[Secret]
    waiting: int
    failed: int
    next_try: str
    why: str
    given_up: int


class Takings(msgspec.Struct, frozen=True):
    """A merchant's day from the journal; `complete` is false where there was more than one answer may add up."""

    merchant: str
    day: str
    takings: list[Taking]
    complete: bool


async def order(asked: Asked) -> Order:
    """An order by our id, to its merchant or its payer."""
    return await _order(asked, await asked.row("pay_order", asked.id("order")))


async def order_by_number(asked: Asked) -> Order:
    """An order by the merchant's own number, to the merchant or the payer."""
    return await _order(asked, await asked.row("pay_order", order_key(asked.id("merchant"), asked.words["number"])))


async def _order(asked: Asked, row: Any) -> Order:
    if row is None:
        raise Refusal("request.object_missing")
    wallet = await asked.row("people_wallet", row.payer) if row.payer else None
    is_payer = asked.owns(wallet)
    if not is_payer and not (asked.actor.organisation and row.merchant == asked.actor.organisation):
        raise Refusal("request.object_missing")
    return Order(
        row.key, row.merchant, row.number, row.shop, row.terminal, show(row.asset, row.units), row.revision, row.stage,
        show(row.asset, row.captured), show(row.asset, row.refunded), row.refunds, row.paid, _instant(row.paid_at),
        _instant(row.ends), row.payer if is_payer else "",
    )  # fmt: skip


def _instant(at: int) -> str:
    return times.text(at) if at else ""


async def bills(asked: Asked) -> Household:
    """The numbers the person keeps, with their open bills."""
    found = []
    for key in await _numbers(asked):
        row = await asked.row("bills_number", key)
        biller, _, number = key.partition(":")
        rows = await asked.rows("bills_bill", row.bills.split() if row is not None else [])
        seen = [_bill(one) for one in rows if one is not None and await _is_open(asked, one.file)]
        found.append(HouseholdNumber(biller, number, show(CNY, row.ahead if row is not None else 0), seen))
    return Household(found)


async def bill(asked: Asked) -> Bill:
    """A bill, to its biller or to who keeps its household's number."""
    row = await asked.row("bills_bill", f"{asked.words['biller']}:{asked.words['bill']}")
    if row is None or not await _is_open(asked, row.file):
        raise Refusal("request.object_missing")
    own = bool(asked.actor.organisation) and row.biller == asked.actor.organisation
    if not own and f"{row.biller}:{row.number}" not in await _numbers(asked):
        raise Refusal("request.object_missing")
    return _bill(row)


async def _numbers(asked: Asked) -> list[str]:
    row = await asked.row("bills_household", asked.actor.person) if asked.actor.person else None
    return row.numbers.split() if row is not None else []


async def _is_open(asked: Asked, file: str) -> bool:
    return not file or (await asked.row("bills_file", file)).stage == "open"


def _bill(row: Any) -> Bill:
    return Bill(
        row.key, row.biller, row.number, row.revision, show(CNY, row.amount), show(CNY, row.paid), row.due, row.month,
        row.stage,
    )  # fmt: skip


async def takings(asked: Asked) -> Takings:
    """What a merchant's account received and gave back on a day, by act and asset, to the merchant's own people."""
    merchant = asked.id("merchant")
    if merchant != asked.actor.organisation:
        raise Refusal("request.object_missing")
    day, zone = asked.day(), asked.house.settings.zone
    start, end = times.start_of_day(day, zone), times.start_of_day(times.next_day(day), zone)
    address, shelf = f"merchant:{merchant}:due", asked.shelf

    def add_up() -> tuple[dict[tuple[str, str], list[int]], bool]:
        first, last = _first_at(shelf, start), _first_at(shelf, end)
        found: dict[tuple[str, str], list[int]] = {}
        before, counted = last, 0
        while counted < TAKINGS_MAX:
            numbers = [n for n in shelf.history().entries(address, before=before, limit=200) if n >= first]
            if not numbers:
                return found, True
            _add(shelf, address, numbers, found)
            before, counted = numbers[-1], counted + len(numbers)
        return found, False

    found, complete = await shelf.run(add_up)
    rows = [
        Taking(act, asset, count, show(asset, received), show(asset, given))
        for (act, asset), (count, received, given) in sorted(found.items())
    ]
    return Takings(merchant, day, rows, complete)


async def hook(asked: Asked) -> Hook:
    """The merchant's own webhook: its signing secrets, what waits, and why its server was not reached."""
    merchant = asked.id("merchant")
    row = await asked.row("people_organisation", merchant) if merchant == asked.actor.organisation else None
    if row is None:
        raise Refusal("request.object_missing")

    def look() -> Hook:
        courier = open_courier(asked.house.settings, asked.house.secrets)
        try:
            secrets = [Secret(text, _instant(since)) for text, since in courier.secrets(merchant, asked.now)]
            waiting, failed, due, why, given_up = courier.standing(merchant)
        finally:
            courier.connection.close()
        return Hook(merchant, row.webhook, secrets, waiting, failed, _instant(due), why, given_up)

    return await asked.shelf.run(look)


def _add(shelf: Any, address: str, numbers: list[int], found: dict[tuple[str, str], list[int]]) -> None:
    acts = dict(shelf.query(f"SELECT n, act FROM entry WHERE n IN {sql.marks(len(numbers))}", numbers))
    for n in numbers:
        for posting in shelf.store().read_postings(n, n):
            received, given = posting[2] == address, posting[1] == address
            if received or given:
                row = found.setdefault((acts[posting[0] // journal.PLACES], posting[3]), [0, 0, 0])
                row[0] += 1
                row[1] += posting[4] if received else 0
                row[2] += posting[4] if given else 0


def _first_at(shelf: Any, instant: int) -> int:
    """The number of the first entry entered at `instant` or later: numbers and instants rise together."""
    low, high = 1, shelf.store().last_number() + 1
    while low < high:
        middle = (low + high) // 2
        rows = shelf.query("SELECT entered FROM entry WHERE n = ?", (middle,))
        low, high = (middle + 1, high) if rows and rows[0][0] < instant else (low, middle)
    return low


TILL = ("citizen", "cashier", "manager", "service")
TRADE = (
    Read("orders", "/v1/orders/{order}", order, Order, TILL, refuses=MISSING),
    Read("orders.number", "/v1/orders/{merchant}/{number}", order_by_number, Order, TILL, refuses=MISSING),
    Read("bills", "/v1/bills", bills, Household, ("citizen",)),
    Read("bills.one", "/v1/bills/{biller}/{bill}", bill, Bill, ("citizen", "biller"), refuses=MISSING),
    Read("merchants.takings", "/v1/merchants/{merchant}/takings", takings, Takings, ("manager", "service"), (DAY,),
         refuses=MISSING),
    Read("merchants.webhook", "/v1/merchants/{merchant}/webhook", hook, Hook, ("manager",), refuses=MISSING),
)  # fmt: skip
