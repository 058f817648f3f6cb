"""Who stands at a till, whose wallet pays: the questions all acts of payments ask first."""

from __future__ import annotations

from typing import Any

from saxaul.engine import Amount, Facts, Refusal
from saxaul.kernel import ids

MONEY = ("ECNY/2", "CNY/2")


def merchant_of(facts: Facts, *, active: bool = True) -> Any:
    """The merchant the actor works for; refuses `merchant.stage_suspended` when it must be able to be paid."""
    row = facts.record("people_organisation", facts.actor.organisation) if facts.actor.organisation else None
    if row is None or row.kind != "merchant":
        raise Refusal("request.object_missing")
    if active and row.stage != "active":
        raise Refusal("merchant.stage_suspended")
    return row


def till(facts: Facts, shop: str, terminal: str) -> tuple[str, str]:
    """(shop, terminal) of an act at a till; refuses `merchant.terminal_foreign` for another's."""
    actor = facts.actor
    terminal = terminal or actor.terminal
    shop = shop or actor.shop
    if actor.shop and shop != actor.shop:
        raise Refusal("merchant.terminal_foreign")
    if terminal:
        row = facts.record("people_terminal", terminal)
        if row is None or row.organisation != actor.organisation or (shop and row.shop != shop):
            raise Refusal("merchant.terminal_foreign")
        shop = row.shop
    if shop:
        place = facts.record("people_shop", shop)
        if place is None or place.organisation != actor.organisation:
            raise Refusal("request.object_missing")
    return shop, terminal


def money(amount: Amount) -> Amount:
    """An amount of money above zero; refuses `request.field_invalid` for anything else."""
    if amount.asset not in MONEY or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in CNY or ECNY"])
    return amount


def order_key(merchant: str, number: str) -> str:
    """The key of a merchant's order under the merchant's own number: one for ever."""
    return ids.derived(0, f"order:{merchant}:{number}")


def own_order(facts: Facts, order: str | None, number: str) -> Any:
    """The order of the actor's merchant, by our key or the merchant's number; another's answers as unknown."""
    merchant = facts.actor.organisation
    row = facts.record("pay_order", order or order_key(merchant, number))
    if row is None or not merchant or row.merchant != merchant:
        raise Refusal("request.object_missing")
    return row


def due(merchant: str) -> str:
    """Where a merchant's money stands until it is settled."""
    return f"merchant:{merchant}:due"
