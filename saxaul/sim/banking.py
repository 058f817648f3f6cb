"""The operators' paper banks in the simulated town: what goes to a bank, and what it says a while later.

The bridge between programmes and a bank is the same one an installation uses (`programmes.cash.files`); only the bank
at its other end is of paper. Money that citizens bring in is told by the town's own story; here goes what leaves:
people's cash-outs and the payouts of merchants and billers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from saxaul.engine.request import Answer, Request
from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY
from saxaul.ledger.store import Store
from saxaul.programmes.cash import files
from saxaul.programmes.cash.iso20022 import Party
from saxaul.sim.bank import PaperBank

SLICE = 256
PLENTY = 10_000_000_000_00  # a bank of paper that never runs dry

_BANKS = "SELECT key, bank, account FROM cash_bank ORDER BY key"
_ACCOUNT = "SELECT name, bank_account FROM people_organisation WHERE key = ?"
_OWNER = "SELECT person, organisation FROM people_wallet WHERE key = ?"

Submit = Callable[[Sequence[Request]], list[Answer]]


@dataclass(slots=True)
class Banking:
    """All banks of a town. `accounts(person)` reads a person's bank account from the vault."""

    submit: Submit
    reader: Store
    accounts: Callable[[str], str]
    banks: dict[str, PaperBank] = field(default_factory=dict)

    def round(self, now: int) -> int:
        """What waits goes to the banks, and what they say comes back; returns how many files came."""
        for operator, bank, account in self.reader.query(_BANKS):
            if operator not in self.banks:
                self.banks[operator] = PaperBank(account=account, bank=bank, opening=Amount(CNY, PLENTY))
        came = sum(self._send(operator, orders, now) for operator, orders in files.waiting(self.reader))
        for operator, one in self.banks.items():
            for said in (one.notice(times.day(now), now=now), one.returns(times.day(now), now=now)):
                came += 0 if said is None else self._hand_in(operator, said)
        return came

    def _send(self, operator: str, orders: list[str], now: int) -> int:
        bank = self.banks[operator]
        payer = Party(operator, bank.account, bank.bank)
        data, written = files.write(
            self.reader, operator, orders, made=now, execution=times.day(now), payer=payer, party=self._party
        )
        (answer,) = self.submit([written])
        assert not answer.code, f"a file could not be written: {answer.code} {answer.facts}"
        told = bank.take(data, now=now)
        self.submit([files.delivered(written.ask.message)])
        return 0 if told is None else self._hand_in(operator, told)

    def _party(self, order: files.Order) -> Party:
        kind, _, id = order.party.partition(":")
        if kind == "wallet":
            person, id = self.reader.query(_OWNER, (id,))[0]
            if person:
                return Party("person", self.accounts(person) or "0", "BANK")
        rows = self.reader.query(_ACCOUNT, (id,))
        name, account = rows[0] if rows else ("unknown", "")
        return Party(name, account or "0", "BANK")

    def _hand_in(self, operator: str, data: bytes) -> int:
        asked = files.requests(self.reader, operator, data)
        for start in range(0, len(asked), SLICE):
            for answer in self.submit(asked[start : start + SLICE]):
                assert not answer.code, f"a word of the bank was refused: {answer.code} {answer.facts}"
        return 1
