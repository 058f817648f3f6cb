"""Orders to the bank: pain.001.001.09, one file per run of cash-outs or settlements.

Each transfer carries the id of its hold as EndToEndId (`tr_` and 32 hex digits, exactly the field's 35 characters), so
every later word of the bank leads back to the hold. Names and account numbers come from the vault, go into the file
and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from saxaul.kernel import ids, times
from saxaul.kernel.amounts import Amount
from saxaul.programmes.cash.iso20022.tree import Element, element, money, number, refused, total, writable, write_file

MESSAGE = "pain.001.001.09"
LINES_MAX = 10_000  # Transfers in one file; banks split larger ones themselves, and not always at the same place.

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_CNAPS = re.compile(r"[0-9]{12}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._-]{1,35}")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Party:
    """Whose account, its number, and the bank that keeps it (a BIC or a 12-digit CNAPS number)."""

    name: str
    account: str
    bank: str


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One order: `id` is the transfer whose hold waits for the bank."""

    id: str
    amount: Amount
    payee: Party
    note: str = ""


def write_transfers(
    transfers: Sequence[CreditTransfer], *, message: str, made: int, execution: str, payer: Party
) -> bytes:
    """The file for `transfers`, to be executed on the day `execution`; the same arguments give the same bytes.

    Refuses `bill.file_refused` listing every fault: half a file is never written.
    """
    faults = _file_faults(transfers, message, execution, payer)
    for place, transfer in enumerate(transfers, 1):
        faults += [f"line {place}: {fault}" for fault in _faults(transfer, payer)]
    if faults:
        raise refused(faults)
    count = str(len(transfers))
    control = number(total((transfer.amount for transfer in transfers), transfers[0].amount.asset))
    header = element(
        "GrpHdr",
        element("MsgId", message),
        element("CreDtTm", times.text(made)),
        element("NbOfTxs", count),
        element("CtrlSum", control),
        element("InitgPty", element("Nm", payer.name)),
    )
    batch = element(
        "PmtInf",
        element("PmtInfId", message),
        element("PmtMtd", "TRF"),
        element("BtchBookg", "false"),  # one entry per transfer on the statement, or a gap could hide in a sum
        element("NbOfTxs", count),
        element("CtrlSum", control),
        element("ReqdExctnDt", element("Dt", execution)),
        element("Dbtr", element("Nm", payer.name)),
        element("DbtrAcct", account(payer.account)),
        element("DbtrAgt", institution(payer.bank)),
        element("ChrgBr", "SLEV"),
        *map(_transfer, transfers),
    )
    return write_file(MESSAGE, element("CstmrCdtTrfInitn", header, batch))


def end_to_end(id: str) -> str:
    """The transfer's id as the bank carries it."""
    return ids.shown(id, "tr")


def account(written: str) -> Element:
    """An account number: IBAN where it is one, else as the bank numbers it (China has no IBAN)."""
    if _IBAN.fullmatch(written):
        return element("Id", element("IBAN", written))
    return element("Id", element("Othr", element("Id", written)))


def institution(written: str) -> Element:
    """A bank: by BIC, by its number in China's clearing system, or by a name of its own."""
    if _BIC.fullmatch(written) and not _CNAPS.fullmatch(written):
        known = element("BICFI", written)
    elif _CNAPS.fullmatch(written):
        system = element("ClrSysId", element("Cd", "CNAPS"))
        known = element("ClrSysMmbId", system, element("MmbId", written))
    else:
        known = element("Othr", element("Id", written))
    return element("FinInstnId", known)


def _transfer(transfer: CreditTransfer) -> Element:
    return element(
        "CdtTrfTxInf",
        element("PmtId", element("EndToEndId", end_to_end(transfer.id))),
        element("Amt", money("InstdAmt", transfer.amount)),
        element("CdtrAgt", institution(transfer.payee.bank)),
        element("Cdtr", element("Nm", transfer.payee.name)),
        element("CdtrAcct", account(transfer.payee.account)),
        element("RmtInf", element("Ustrd", transfer.note)) if transfer.note else None,
    )


def _file_faults(transfers: Sequence[CreditTransfer], message: str, execution: str, payer: Party) -> list[str]:
    assert _MESSAGE_ID.fullmatch(message), "a message id has 1 to 35 plain characters"
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", execution), "the execution day is written 2022-06-01"
    faults = [f"payer: {fault}" for fault in _party_faults(payer)]
    if not 1 <= len(transfers) <= LINES_MAX:
        faults.append(f"file: {len(transfers)} transfers, 1 to {LINES_MAX} fit")
    if len({transfer.id for transfer in transfers}) < len(transfers):
        faults.append("file: the same transfer stands there twice")
    if len({transfer.amount.asset for transfer in transfers}) > 1:
        faults.append("file: more than one currency")
    return faults


def _faults(transfer: CreditTransfer, payer: Party) -> list[str]:
    assert _ID.fullmatch(transfer.id), "a transfer's id has 32 hex digits"
    faults = _party_faults(transfer.payee)
    if transfer.amount.units <= 0:
        faults.append("amount: above zero")
    if transfer.payee.account == payer.account:
        faults.append("payee: the payer's own account")
    if len(transfer.note) > 140 or not writable(transfer.note):
        faults.append("note: at most 140 characters, no control characters")
    return faults


def _party_faults(party: Party) -> list[str]:
    """What keeps a party from being written; the values themselves are not repeated, for they name people."""
    faults = []
    for field, value, longest in (("name", party.name, 140), ("account", party.account, 34), ("bank", party.bank, 35)):
        if not value.strip() or len(value) > longest or not writable(value):
            faults.append(f"{field}: 1 to {longest} characters, no control characters")
    return faults
