"""What a date brings to campaigns: each stage that begins by itself, and large work in slices.

Slices carry their number, and the campaign knows how many are done; so a tick that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from saxaul.engine import Due, due
from saxaul.engine.followers import Reader
from saxaul.engine.request import Request
from saxaul.kernel import times
from saxaul.programmes.campaign import draw, rings
from saxaul.programmes.campaign.awards import Draw, Release, TellLost
from saxaul.programmes.campaign.common import SLICE, Named
from saxaul.programmes.campaign.draft import Burn
from saxaul.programmes.campaign.ending import MarkShops, Measured, WriteOff
from saxaul.programmes.campaign.signup import CloseList

OPEN = "SELECT key, signup_from FROM campaign_campaign WHERE stage = 'funded' AND signup_from <= ?"
CLOSE = "SELECT key, signup_until FROM campaign_campaign WHERE stage = 'sign_up' AND signup_until <= ?"
FORFEIT = (
    "SELECT key, reveal_until FROM campaign_campaign WHERE stage = 'committed' AND beacon <> '' AND reveal_until <= ?"
)
REVEALED = "SELECT key, seed, slices, awards + reserves, beacon_at FROM campaign_campaign WHERE stage = 'revealed'"
DRAWN = "SELECT key, told, beacon_at FROM campaign_campaign WHERE stage = 'drawn'"
CLAIMED = (
    "SELECT key, round, released, slices, awards + used, claim_ends, spend_until, reserve_days, passed "
    "FROM campaign_campaign WHERE stage = 'claiming' AND claim_ends <= ?"
)
SPENT = "SELECT key, spend_until FROM campaign_campaign WHERE stage = 'spending' AND spend_until <= ?"
SWEEP = "SELECT key, swept, spend_until FROM campaign_campaign WHERE stage = 'expired' AND kind = 'draw'"
CANCELLED = "SELECT key, swept, since FROM campaign_campaign WHERE stage = 'cancelled'"
LOOK = (
    "SELECT key, each, spend_from FROM campaign_campaign WHERE stage IN ('claiming', 'spending', 'expired') "
    "AND spend_from <= ? AND looked < ?"
)
TICKETS = 'SELECT "natural", line, stage, slice, rank, wallet FROM campaign_ticket WHERE campaign = ?'
STAGED = f"{TICKETS} AND stage = ? ORDER BY key"
HELD = "SELECT payer FROM pay_order WHERE stage IN ('confirming', 'created', 'held') AND payer <> ''"
ORDERS = "SELECT payer, merchant, split, paid_at FROM pay_order WHERE split LIKE ? AND captured > 0"
STAFF = (
    "SELECT w.key, c.organisation FROM people_credential c JOIN people_wallet w ON w.person = c.person "
    "WHERE c.organisation <> '' AND c.person <> '' AND c.stage = 'active'"
)


def _sliced(items: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while found := list(islice(left, SLICE)):
        yield found


def begins(reader: Reader, now: int) -> Iterable[Request]:
    """Sign-up that begins, and secrets that were not told in time."""
    for key, instant in reader.query(OPEN, (now,)):
        yield due(instant, "campaign.open", Named(key), key)
    for key, instant in reader.query(FORFEIT, (now,)):
        yield due(instant, "campaign.forfeit", Named(key), key)


def lists(reader: Reader, now: int) -> Iterable[Request]:
    """Sign-up that is over: the root of its tickets."""
    for key, instant in reader.query(CLOSE, (now,)):
        lines = sorted(row[1] for row in reader.query(TICKETS, (key,)))
        root = draw.root(lines)
        yield due(instant, "campaign.close_list", CloseList(key, root, len(lines)), f"{key}:{root}")


def draws(reader: Reader, now: int) -> Iterable[Request]:
    """The order that a seed gives, in slices, from the first that is not done."""
    for key, seed, done, count, instant in reader.query(REVEALED):
        rows = sorted((row[1], row[0]) for row in reader.query(TICKETS, (key,)))
        lines = [line for line, _ in rows]
        naturals = dict(rows)
        now_root = draw.root(lines)  # another list than the published one is refused, slice by slice
        order = [naturals[line] for line in draw.drawn(lines, seed, min(len(lines), count))]
        for number in range(done, max(1, -(-len(order) // SLICE))):
            ask = Draw(key, number, order[number * SLICE : (number + 1) * SLICE], now_root)
            yield due(instant, "campaign.draw", ask, f"{key}:{number}:{now_root}")


def results(reader: Reader, now: int) -> Iterable[Request]:
    """Those who won nothing, then the publication."""
    for key, told, instant in reader.query(DRAWN):
        lost = [row[0] for row in reader.query(STAGED, (key, "entered"))]
        for number, some in enumerate(_sliced(lost), told):
            yield due(instant, "campaign.tell_lost", TellLost(key, number, some), f"{key}:{number}")
        yield due(instant, "campaign.publish", Named(key), f"{key}:{told + -(-len(lost) // SLICE)}")


def claims(reader: Reader, now: int) -> Iterable[Request]:
    """A round of claims that is over: what nobody claimed goes to the next reserves, slice by slice."""
    for key, round, done, slices, used, ends, until, days, passed in reader.query(CLAIMED, (now,)):
        by_slice: dict[int, list[str]] = {}
        for natural, _, _, number, _, _ in reader.query(STAGED, (key, "awarded")):
            by_slice.setdefault(number, []).append(natural)
        more = days and until > now
        waiting = sorted((row[4], row[0]) for row in reader.query(STAGED, (key, "reserve"))) if more else []
        reserves = iter([natural for rank, natural in waiting if rank > used])
        for number in range(done, slices):
            unclaimed = by_slice.get(number, [])
            next_ones = list(islice(reserves, len(unclaimed)))
            passed += len(next_ones)
            ask = Release(key, round, number, unclaimed, next_ones)
            yield due(ends, "campaign.release", ask, f"{key}:{round}:{number}:{len(next_ones)}")
        yield due(ends, "campaign.close_claims", Named(key), f"{key}:{round}")


def ends(reader: Reader, now: int) -> Iterable[Request]:
    """Spending that is over, the write-off in slices, and the account; tickets of what was called off."""
    for key, instant in reader.query(SPENT, (now,)):
        yield due(instant, "campaign.expire", Named(key), key)
    for key, swept, instant in reader.query(SWEEP):
        busy = {payer for (payer,) in reader.query(HELD)}
        rows = reader.query(STAGED, (key, "claimed"))
        left = [row[0] for row in rows if row[5] not in busy]
        for number, some in enumerate(_sliced(left), swept):
            yield due(instant, "campaign.write_off", WriteOff(key, number, some), f"{key}:{number}")
        if len(left) == len(rows):
            yield due(instant, "campaign.reconcile", Named(key), f"{key}:{times.day(now)}:{swept}:{len(left)}")
    for key, swept, instant in reader.query(CANCELLED):
        entered = [row[0] for row in reader.query(STAGED, (key, "entered"))]
        for number, some in enumerate(_sliced(entered), swept):
            yield due(instant, "campaign.burn", Burn(key, number, some), f"{key}:{number}")


def looks(reader: Reader, now: int) -> Iterable[Request]:
    """Once a day: shops that look as if they paid themselves."""
    day = times.day(now)
    for key, each, since in reader.query(LOOK, (now, day)):
        shops = measured(reader, key, each)
        found = [shop for shop in shops if shop.ring or shop.whole][:100]
        asked = [Measured(s.merchant, s.payments, s.units, s.ring, s.whole, s.shops) for s in found]
        yield due(since, "campaign.mark_shops", MarkShops(key, day, asked), f"{key}:{day}")


def measured(reader: Reader, campaign: str, each: int) -> list[rings.Measure]:
    """What can be seen of the campaign's shops; of a grant a whole packet has no size."""
    works_at: dict[str, set[str]] = {}
    for wallet, organisation in reader.query(STAFF):
        works_at.setdefault(wallet, set()).add(organisation)
    asset = f"VOUCHER.{campaign}/2"
    paid = [
        rings.Paid(payer, merchant, *_parts(split, asset), at)
        for payer, merchant, split, at in reader.query(ORDERS, (f"%{asset}%",))
    ]
    return rings.measure(paid, works_at, each or 2**62)


def _parts(split: str, asset: str) -> tuple[int, int]:
    """(units of the campaign's money, other money) of an order's split."""
    bound = other = 0
    for word in split.split():
        name, _, units, _ = word.split(":")
        if name == asset:
            bound += int(units)
        else:
            other += int(units)
    return bound, other


DUES = (
    Due("campaign.begins", begins), Due("campaign.lists", lists), Due("campaign.draws", draws),
    Due("campaign.results", results), Due("campaign.claims", claims), Due("campaign.ends", ends),
    Due("campaign.looks", looks),
)  # fmt: skip
