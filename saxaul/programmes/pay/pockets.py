"""Which pockets pay, in the order the terms state, and what goes back to them.

A pocket is own money (e-CNY, bank money) or money bound to a campaign, which stands in the campaign's escrow and goes
to the merchant while the voucher, coupon or point goes to `spent`. The split is kept with the order as text:
`VOUCHER.spring/2:1:500 ECNY/2:1:1000` is asset, count of units (or 1 where each unit is a fen), money.
"""

from __future__ import annotations

from typing import Any

import msgspec

from saxaul.engine import Facts, Posting, Refusal
from saxaul.guards import purpose as rule
from saxaul.kernel import assets
from saxaul.kernel.amounts import show
from saxaul.people.wallets import POCKETS
from saxaul.programmes.pay.parties import due

ECNY, CNY = "ECNY/2", "CNY/2"
_KINDS = {"VOUCHER": "voucher", "COUPON": "voucher", "POINT": "point"}


class Part(msgspec.Struct, frozen=True, gc=False):
    """What one pocket gives: `count` units of `asset`, worth `units` of money. `behind`: the money in the escrow."""

    asset: str
    count: int
    units: int
    behind: str = ""


def choose(
    facts: Facts, wallet: str, *, asset: str, units: int, merchant: Any, vouchers: list[str] | None = None
) -> list[Part]:
    """The parts that pay `units`, in the order of the terms; refuses `wallet.funds_short` when all are not enough.

    `vouchers` None: every campaign's money that fits; otherwise those named, each of which must fit.
    """
    bound = facts.record("pay_bound", wallet)
    if asset == ECNY and vouchers is None and (bound is None or not bound.purposes):
        if not merchant.accepts_ecny:
            raise Refusal("payee.account_missing")
        return [Part(ECNY, units, units)]  # nothing else could pay; the ledger's floor decides
    address = f"wallet:{wallet}"
    if vouchers is None:
        vouchers = bound.purposes.split() if bound is not None else []
        purposes = _fitting(facts, vouchers, merchant, units, named=False) if vouchers else []
    else:
        purposes = _fitting(facts, vouchers, merchant, units, named=True)
    parts: list[Part] = []
    left = units
    for pocket in facts.term("pay.pockets"):
        if pocket in POCKETS:
            left = _own(facts, address, POCKETS[pocket], asset, merchant, left, parts)
        else:
            for one in purposes:
                if left and _KINDS[assets.kind(one.asset)] == pocket:
                    left = _bound(facts, address, one, left, parts, price=units)
        if not left:
            return parts
    raise Refusal("wallet.funds_short", need=show(asset, units), free=show(asset, units - left))


def _own(facts: Facts, address: str, own: str, asset: str, merchant: Any, left: int, parts: list[Part]) -> int:
    if (own == CNY and asset == ECNY) or (own == ECNY and not merchant.accepts_ecny):
        return left
    part = min(left, facts.free(address, own))
    if part > 0:
        parts.append(Part(own, part, part))
        left -= part
    return left


def _bound(facts: Facts, address: str, purpose: Any, left: int, parts: list[Part], *, price: int) -> int:
    """A coupon goes once and its surplus is cut off; vouchers and points go by the unit, up to their share."""
    free = facts.free(address, purpose.asset)
    if free <= 0:
        return left
    if assets.kind(purpose.asset) == "COUPON":
        count, money = 1, min(left, purpose.face)
    else:
        count = min(free, min(left, rule.most(purpose, price)) // purpose.face)
        money = count * purpose.face
    if money:
        parts.append(Part(purpose.asset, count, money, purpose.behind))
    return left - money


def _fitting(facts: Facts, campaigns: list[str], merchant: Any, units: int, *, named: bool) -> list[Any]:
    """The purposes that allow this purchase: coupons first, then by end date, then by campaign."""
    found = []
    for campaign, row in zip(campaigns, facts.records("pay_purpose", campaigns), strict=True):
        code = "purpose.use_mismatch"
        if row is not None:
            code = rule.misfit(facts, row, merchant=merchant.key, category=merchant.category, units=units)
        if not code:
            found.append(row)
        elif named:
            raise rule.barred(code, row) if row is not None else Refusal(code, campaign=campaign)
    return sorted(found, key=lambda row: (not row.asset.startswith("COUPON"), row.until or 2**62, row.key))


def postings(parts: list[Part], wallet: str, merchant: str) -> list[Posting]:
    """The parts as postings: bound units to `spent`, the money behind them from the escrow, own money directly."""
    payer, payee = f"wallet:{wallet}", due(merchant)
    found = []
    for part in parts:
        if part.behind:
            campaign = f"campaign:{assets.of(part.asset)}"
            found.append(Posting(payer, f"{campaign}:spent", part.asset, part.count))
            found.append(Posting(f"{campaign}:escrow", payee, part.behind, part.units))
        else:
            found.append(Posting(payer, payee, part.asset, part.count))
    return found


def written(parts: list[Part]) -> str:
    """The split as an order keeps it."""
    return " ".join([f"{part.asset}:{part.count}:{part.units}:{part.behind}" for part in parts])


def read(split: str) -> list[Part]:
    """The split of an order."""
    found = []
    for word in split.split():
        asset, count, units, behind = word.split(":")
        found.append(Part(asset, int(count), int(units), behind))
    return found


def shown(parts: list[Part]) -> list[str]:
    """The split as a receipt says it."""
    return [show(part.asset, part.count) for part in parts]


def cut(parts: list[Part], units: int) -> list[Part]:
    """The first `units` of money of the parts, vouchers before own money: what a capture of less takes."""
    kept = []
    for part in parts:
        money = min(part.units, units)
        if assets.kind(part.asset) == "COUPON" or money == part.units:
            count = part.count
        else:
            face = part.units // part.count
            count = -(-money // face)
        if money:
            kept.append(Part(part.asset, count, money, part.behind))
            units -= money
    return kept


def returned(split: str, *, refunded: int, units: int) -> list[Part]:
    """What the next `units` of refund give back, after `refunded` went back before: own money first.

    Bound units go back when the money behind a whole one has; a coupon only with the last fen of the order.
    """
    parts = read(split)
    ordered = [part for part in parts if not part.behind]
    ordered += [part for part in parts if part.behind and not part.asset.startswith("COUPON")]
    ordered += [part for part in parts if part.asset.startswith("COUPON")]
    found, start, end = [], refunded, refunded + units
    for part in ordered:
        low, high = min(start, part.units), min(end, part.units)
        if high > low:
            face = part.units if part.asset.startswith("COUPON") else max(1, part.units // part.count)
            found.append(Part(part.asset, high // face - low // face, high - low, part.behind))
        start, end = max(0, start - part.units), max(0, end - part.units)
    return found


def back(facts: Facts, parts: list[Part], wallet: Any, merchant: str) -> list[Posting]:
    """The postings that give parts back; what is bound to a campaign that ended goes to its sponsor instead.

    It comes into the wallet and leaves it in the same entry, so that the person's statement shows both lines.
    """
    payer, payee = f"wallet:{wallet.key}", due(merchant)
    own = f"operator:{wallet.issuer}:suspense" if wallet.stage == "closed" else payer
    found = []
    for part in parts:
        if not part.behind:
            found.append(Posting(payee, own, part.asset, part.count))
            continue
        purpose = facts.must("pay_purpose", assets.of(part.asset))
        campaign = f"campaign:{purpose.key}"
        over = wallet.stage == "closed" or (purpose.until and facts.at >= purpose.until)
        home = f"sponsor:{purpose.sponsor}" if over and purpose.sponsor else f"{campaign}:escrow"
        found.append(Posting(payee, home, part.behind, part.units))
        if part.count:
            found.append(Posting(f"{campaign}:spent", payer, part.asset, part.count))
            if over:
                found.append(Posting(payer, f"{campaign}:returned", part.asset, part.count))
    return found
