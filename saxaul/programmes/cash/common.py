"""What acts of cash share: our account at the bank, the stages of an order, how money comes in, what stays open.

A word of the bank is a fact, so no act that carries one is refused for what it says: what cannot be applied becomes
exactly one open item, and money that belongs to nobody yet waits on the operator's suspense account.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from saxaul.engine import Amount, Change, Facts, HoldEnd, Notice, Plan, Posting, Refusal, Stages, Use
from saxaul.kernel.amounts import show
from saxaul.kernel.assets import CNY, ECNY
from saxaul.people.wallets import address

Key = Annotated[str, Meta(min_length=1, max_length=160)]
Maybe = Annotated[str, Meta(max_length=160)]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a city day, such as 2022-06-01")]
MaybeDay = Annotated[str, Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 of the file's bytes")]
MaybeDigest = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
Pocket = Literal["ECNY", "CNY"]
How = Literal["pushed", "collected", "returned"]

STAGES: Stages = {
    ("", "cash_out"): "held", ("", "settle"): "held", ("", "top_up"): "asked", ("", "send_back"): "sent",
    ("held", "write_file"): "sent", ("sent", "accepted"): "accepted", ("asked", "accepted"): "accepted",
    ("sent", "booked"): "done", ("accepted", "booked"): "done", ("asked", "booked"): "done",
    ("unanswered", "booked"): "done", ("sent", "rejected"): "rejected", ("accepted", "rejected"): "rejected",
    ("asked", "rejected"): "rejected", ("unanswered", "rejected"): "rejected", ("sent", "unanswered"): "unanswered",
    ("accepted", "unanswered"): "unanswered", ("unanswered", "rule_done"): "done",
    ("unanswered", "rule_rejected"): "rejected", ("done", "returned"): "returned", ("sent", "returned"): "returned",
    ("accepted", "returned"): "returned", ("unanswered", "returned"): "returned",
}  # fmt: skip
ANSWERED = {"booked": ("done", "returned"), "accepted": ("accepted", "done", "returned"), "rejected": ("rejected",),
            "returned": ("returned",)}  # fmt: skip


class Done(msgspec.Struct, frozen=True):
    """What became of it: `stage` of the order or file, `item` where something stays open."""

    stage: str
    item: str = ""


def bank_of(facts: Facts, operator: str) -> Any:
    """The operator's account at its bank; refuses `request.object_missing` where it has none."""
    return facts.must("cash_bank", operator)


def mirror(bank: Any) -> str:
    """Where the bank's book about us is mirrored; it moves only on the bank's word."""
    return f"issuer:bank:{bank.bank}"


def vault(operator: str) -> str:
    """e-CNY that the operator bought and that is not in circulation."""
    return f"operator:{operator}:vault"


def reserve(operator: str) -> str:
    """The operator's yuan."""
    return f"operator:{operator}:reserve"


def suspense(operator: str) -> str:
    """What cannot be assigned yet."""
    return f"operator:{operator}:suspense"


def ecny(amount: Amount) -> int:
    """Units of an amount of e-CNY above zero; refuses `request.field_invalid`."""
    if amount.asset != ECNY or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in ECNY"])
    return amount.units


def money(amount: Amount) -> int:
    """Units of an amount of e-CNY or yuan above zero; refuses `request.field_invalid`."""
    if amount.asset not in (CNY, ECNY) or amount.units <= 0:
        raise Refusal("request.field_invalid", fields=["amount: above zero, in ECNY or CNY"])
    return amount.units


def home(order: Any) -> str:
    """Where an order's money stands until the bank has spoken."""
    if order.kind == "back":
        return suspense(order.operator)
    return order.party if order.kind in ("cash_out", "top_up") else f"{order.party}:due"


def held(order: Any) -> list[Posting]:
    """The postings an order holds, and that its capture makes: e-CNY to the vault, yuan to the bank."""
    found = []
    if order.ecny:
        found.append(Posting(home(order), vault(order.operator), ECNY, order.ecny))
    if order.cny:
        found.append(Posting(home(order), f"issuer:bank:{order.bank}", CNY, order.cny))
    return found


def item(facts: Facts, kind: str, operator: str, about: str, **fields: Any) -> list[Change]:
    """The matter is open, once: a second word about it adds nothing."""
    key = f"{kind}:{operator}:{about}"
    if facts.record("cash_open_item", key) is not None:
        return []
    rest = {"kind": kind, "operator": operator, "about": about, "since": facts.now, **fields}
    return [Change("cash_open_item", key, rest, new=True)]


def closed(facts: Facts, kind: str, operator: str, about: str, reason: str) -> list[Change]:
    """The matter is open no more, if it was."""
    row = facts.record("cash_open_item", f"{kind}:{operator}:{about}")
    if row is None or row.stage != "open":
        return []
    return [Change("cash_open_item", row.key, {"stage": "closed", "reason": reason})]


def tell(wallet: Any, kind: str, units: int, **more: Any) -> list[Notice]:
    """A notice for the wallet's person, with the amount."""
    return [Notice(wallet.person, kind, {"amount": show(CNY, units), **more})] if wallet.person else []


def full(facts: Facts, wallet: Any, asset: str, units: int) -> bool:
    """Whether the wallet's tier would not let it hold so much more."""
    most = facts.term(f"tier.{wallet.tier}.balance_limit")
    return most is not None and facts.balance(address(wallet.key), asset)[0] + units > most


def received(facts: Facts, plan: Plan, bank: Any, wallet: str, units: int, *, pocket: str, how: How, about: str) -> str:
    """Adds to the plan what the bank says came in; returns the open item's kind where nobody could be given it.

    e-CNY where the vault has enough, else yuan in the wallet. `how`: pushed by the payer; collected as asked, and
    counted then; or returned, own money coming back, which no limit stops.
    """
    operator = bank.key
    row = facts.record("people_wallet", wallet) if wallet else None
    asset = ECNY if pocket == "ECNY" and facts.free(vault(operator), ECNY) >= units else CNY
    why = _why_not(facts, row, operator, asset, units, how)
    if why:
        plan.postings = [*plan.postings, Posting(mirror(bank), suspense(operator), CNY, units)]
        found = item(facts, "suspense", operator, about, asset=CNY, units=units, reason=why)
        plan.changes = [*plan.changes, *found]
        if row is not None:
            plan.notices = [*plan.notices, *tell(row, "cash.suspended", units, reason=why)]
        return "suspense"
    to = address(row.key)
    if asset == ECNY:
        plan.postings = [
            *plan.postings, Posting(mirror(bank), reserve(operator), CNY, units),
            Posting(vault(operator), to, ECNY, units),
        ]  # fmt: skip
    else:
        plan.postings = [*plan.postings, Posting(mirror(bank), to, CNY, units)]
    if how == "pushed":
        plan.uses = [*plan.uses, Use(to, "cash_in", facts.day, units, 1)]
    plan.notices = [*plan.notices, *tell(row, "cash.returned" if how == "returned" else "cash.received", units)]
    return ""


def _why_not(facts: Facts, row: Any, operator: str, asset: str, units: int, how: How) -> str:
    if row is None:
        return "unknown"
    if row.stage == "closed":
        return "closed"
    if row.issuer != operator:
        return "foreign"
    if how == "returned":
        return ""
    most = facts.term("cash.in_day_limit") if how == "pushed" else None
    over = most is not None and facts.usage(address(row.key), "cash_in", facts.day)[0] + units > most
    return "over_limit" if over or full(facts, row, asset, units) else ""


def finished(facts: Facts, order: Any, plan: Plan) -> str:
    """Adds to the plan what a booked order does; returns the open item's kind where the books cannot follow yet."""
    if order.kind == "top_up":
        bank, pocket = bank_of(facts, order.operator), "ECNY" if order.ecny else "CNY"
        wallet = order.party.removeprefix("wallet:")
        units = order.ecny + order.cny
        return received(facts, plan, bank, wallet, units, pocket=pocket, how="collected", about=order.key)
    if order.ecny and facts.free(reserve(order.operator), CNY) < order.ecny:
        return "reserve_short"
    plan.ends = [HoldEnd(order.key, "capture")]
    plan.postings = held(order)
    if order.ecny:
        out = Posting(reserve(order.operator), f"issuer:bank:{order.bank}", CNY, order.ecny)
        plan.postings = [*plan.postings, out]
    if order.kind == "cash_out":
        plan.notices = tell(_wallet(facts, order), "cash.out_done", order.ecny + order.cny)
    return ""


def undone(facts: Facts, order: Any, plan: Plan, reason: str) -> None:
    """Adds to the plan what a rejected order does: what was held is free, what was counted is given back."""
    if order.kind == "top_up":
        plan.uses = [Use(order.party, "cash_in", order.day, -(order.ecny + order.cny), -1)]
    else:
        plan.ends = [HoldEnd(order.key, "release")]
    if order.kind in ("cash_out", "top_up"):
        notice = tell(_wallet(facts, order), f"cash.{order.kind}_rejected", order.ecny + order.cny, reason=reason)
        plan.notices = [*plan.notices, *notice]


def after(order: Any, stage: str, **fields: Any) -> list[Change]:
    """The order, and the window it pays, in their new stage."""
    changes = [Change("cash_order", order.key, {"stage": stage, **fields})]
    if order.window and stage in ("done", "rejected", "returned"):
        word = "settled" if stage == "done" else stage
        changes.append(Change("cash_window", order.window, {"stage": word}))
    return changes


def _wallet(facts: Facts, order: Any) -> Any:
    return facts.must("people_wallet", order.party.removeprefix("wallet:"))
