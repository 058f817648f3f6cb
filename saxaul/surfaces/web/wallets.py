"""Which wallet: what a page about money asks somebody who has several, and nobody else.

Forms and addresses name a wallet by its place in the reader's own list, so a page holds no id. Frozen wallets are not
offered, but one that was frozen while a page lay open is still taken: the house then says so, which is clearer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from saxaul.kernel.amounts import Amount, parse
from saxaul.kernel.assets import CNY, ECNY
from saxaul.surfaces.web import port as ports
from saxaul.surfaces.web.port import Kept, port

PLACE_DIGITS_MAX = 3
FROM_WALLET = frozenset({
    ports.PAY_SCAN, ports.PAY_SEND, ports.PAY_ANSWER, ports.BILL_PAY, ports.CASH_IN, ports.CASH_OUT,
    "prepaid.fund", "giving.give_money",
})  # fmt: skip  # acts of the confirm page whose ask may name one of several own wallets as `wallet`
LAST = "wallet"  # in the session: the wallet that was used last on this device


@dataclass(frozen=True, slots=True)
class Row:
    """One wallet as a page offers it: its place, whose it is, and its free money."""

    place: int
    kept: Kept
    free: Amount


@dataclass(frozen=True, slots=True)
class Choice:
    """All wallets of a reader, the `rows` to choose from (none where there is no choice), the place preselected."""

    wallets: Sequence[Kept]
    rows: Sequence[Row]
    place: int

    def set_to(self, wallet: str) -> Choice:
        """The same with this wallet preselected."""
        places = [place for place, one in enumerate(self.wallets) if one.wallet == wallet]
        return replace(self, place=places[0]) if places else self

    def at(self, place: str) -> str:
        """The wallet at this place of the list, else the preselected one; empty where the reader has none."""
        chosen = _place(place, self.wallets)
        return self.wallets[self.place if chosen is None else chosen].wallet if self.wallets else ""

    def named(self, place: str) -> dict[str, str]:
        """The field of an ask that names the wallet; nothing for who has only one."""
        return {"wallet": self.at(place)} if len(self.wallets) > 1 else {}


def choice(request: HttpRequest, among: Sequence[Kept] | None = None) -> Choice:
    """What this reader can choose from: their open wallets, or those given, where there are at least two."""
    person = request.person
    offered = [one for one in person.wallets if one.open] if among is None else among
    offered = offered if len(offered) > 1 else []
    first = default(request) if among is None else among[0].wallet if among else ""
    ids = [one.wallet for one in person.wallets]
    found = rows(person.wallets, offered)
    wanted = _place(request.GET.get("wallet", ""), person.wallets)
    place = wanted if wanted in [row.place for row in found] else ids.index(first) if first in ids else 0
    return Choice(person.wallets, found, place or 0)


def others(request: HttpRequest, wallet: str) -> list[Row]:
    """The reader's other wallets that can pay, where this one could not."""
    own = request.person.wallets
    return rows(own, [one for one in own if one.open and one.wallet != wallet]) if len(own) > 1 else []


def rows(wallets: Sequence[Kept], offered: Sequence[Kept]) -> list[Row]:
    """The wallets offered, each with its free money, fresh from the clerk."""
    free = port().free([one.wallet for one in offered]) if offered else {}
    return [
        Row(place, one, Amount(CNY, sum(part.units for part in free[one.wallet])))
        for place, one in enumerate(wallets)
        if one in offered
    ]


def default(request: HttpRequest) -> str:
    """The wallet used last on this device, else the first; a frozen one only where no other is open."""
    wallets = request.person.wallets
    able = [one.wallet for one in wallets if one.open] or [one.wallet for one in wallets]
    last = request.session.get(LAST, "")
    return last if last in able else able[0] if able else str(request.person.wallet)


def shown(request: HttpRequest) -> str:
    """The wallet whose limits are asked for, else the one that would be used."""
    wallets = request.person.wallets
    place = _place(request.GET.get("wallet", ""), wallets)
    return default(request) if place is None else wallets[place].wallet


def remember(request: HttpRequest, wallet: str) -> None:
    """This wallet is preselected from now on."""
    if wallet:
        request.session[LAST] = wallet


def kept(request: HttpRequest, wallet: str) -> Kept | None:
    """The reader's wallet as it is told beside others; None for who has only one, and for a stranger."""
    wallets = request.person.wallets if request.person else ()
    return next((one for one in wallets if one.wallet == wallet), None) if len(wallets) > 1 else None


def at_place(request: HttpRequest, address: str, wallet: str) -> str:
    """The address of a page with this wallet preselected; as it is for who has only one."""
    own = kept(request, wallet)
    return f"{address}?wallet={request.person.wallets.index(own)}" if own else address


def moved(act: str, ask: Mapping[str, Any], wallet: str) -> dict[str, Any]:
    """The same ask with another wallet, and with the pocket of that wallet that can pay it."""
    amount = {"amount": str(of_one_pocket(parse(ask["amount"]), wallet))} if act == ports.PAY_SEND else {}
    return {**ask, **amount, "wallet": wallet}


def of_one_pocket(amount: Amount, wallet: str) -> Amount:
    """Between persons one pocket pays: e-CNY, or bank money where only that is enough."""
    ecny, cny = port().free([wallet])[wallet]
    return Amount(CNY if ecny.units < amount.units <= cny.units else ECNY, amount.units)


def _place(text: str, wallets: Sequence[Kept]) -> int | None:
    """The place that was sent, where there is such a one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= PLACE_DIGITS_MAX else len(wallets)
    return number if number < len(wallets) else None
