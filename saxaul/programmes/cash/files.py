"""Between records and a bank's files: what the courier calls. Pure functions; reading and sending are its own.

A file of the bank becomes requests with derived ids, the same for the same bytes, so an interrupted file is simply
handed in again; the same message in other bytes becomes other acts, which find its lines told. A file to
the bank is made of its orders and can be made again, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from saxaul.engine.followers import Reader
from saxaul.engine.request import Request, request
from saxaul.kernel import ids
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY
from saxaul.ledger.sql import marks
from saxaul.programmes.cash.iso20022 import BankFile, CreditTransfer, Line, Party, read, write_transfers
from saxaul.programmes.cash.settlement import ORDERS_MAX, DeliverFile, WriteFile
from saxaul.programmes.cash.word import ApplyFile, Credit, Said, Statement

DUPLICATE = frozenset({"AM05", "DU01", "DUPL"})  # the file was with the bank already: says nothing about its payments

_WALLET = re.compile(r"(?<![0-9a-f])(?:wa_)?([0-9a-f]{32})(?![0-9a-f])")
_ORDERS = "SELECT key FROM cash_order WHERE file = ? ORDER BY key"
_KIND = "SELECT kind, operator FROM cash_order WHERE key = ?"
_HELD = f"SELECT operator, key FROM cash_order WHERE stage = 'held' ORDER BY operator, key LIMIT {ORDERS_MAX * 16}"
_ORDER = "SELECT key, kind, party, ecny, cny FROM cash_order WHERE key IN "
_FILE = "SELECT operator, message, digest, made, execution FROM cash_file WHERE stage = 'written' ORDER BY since, key"


class Order(msgspec.Struct, frozen=True):
    """An order as the maker of a file sees it; `party` leads to name and account, which only the vault has."""

    key: str
    kind: str
    party: str
    units: int


# -- from the bank -------------------------------------------------------------------------------------------------


def requests(reader: Reader, operator: str, data: bytes) -> list[Request]:
    """The acts that take a bank's file in: the file first, then its lines. Refuses `bill.file_refused` with faults."""
    file, digest = read(data), hashlib.sha256(data).hexdigest()
    named = {line.transfer for line in file.lines if line.level == "payment"}
    lines = [made for line in file.lines for made in _of_line(reader, operator, digest, file, line, named)]
    statements = [
        Statement(
            one.id, one.account, one.sequence, one.moved.units, one.opening.units if one.opening else None,
            one.closing.units if one.closing else None,
        )
        for one in file.statements if file.kind == "camt.053"
    ]  # fmt: skip
    head = ApplyFile(operator, digest, file.kind, file.message, len(lines), statements)
    return [_request("cash.apply_file", head, f"{operator}:{digest}"), *lines]


def _of_line(
    reader: Reader, operator: str, digest: str, file: BankFile, line: Line, named: set[str]
) -> list[Request]:  # fmt: skip
    """The acts of one line: none for what only announces, one for a payment, many where it speaks for a whole file."""
    if line.verdict == "waiting":
        return []
    if line.level in ("file", "batch"):
        if line.reason in DUPLICATE:
            return []
        orders = [key for (key,) in reader.query(_ORDERS, (line.original,)) if key not in named]
        return [_said(operator, digest, file, line, order, f"{line.key}/{order}") for order in orders]
    if line.transfer and (line.direction != "credit" or line.verdict == "returned" or _asked(reader, line.transfer)):
        return [_said(operator, digest, file, line, line.transfer, line.key)]
    if line.direction == "credit" and line.amount is not None:
        found = _WALLET.search(line.remittance.lower())
        ask = Credit(
            operator, line.key, line.amount, found[1] if found else "", reference=line.servicer, booked=line.booked,
            told=file.kind, file=digest,
        )  # fmt: skip
        return [_request("cash.credit", ask, f"{operator}:{digest}:{line.key}")]
    # a debit without an order of ours: the bank's charges, or somebody's mistake
    return [_said(operator, digest, file, line, ids.derived(0, f"nobody:{line.key}"), line.key)]


def _asked(reader: Reader, order: str) -> bool:
    return any(kind == "top_up" for kind, _ in reader.query(_KIND, (order,)))


def _said(operator: str, digest: str, file: BankFile, line: Line, order: str, key: str) -> Request:
    ask = Said(
        operator, order, key, line.amount, line.direction, line.reason[:35], line.servicer, line.booked, file.kind,
        digest,
    )  # fmt: skip
    return _request(f"cash.{line.verdict}", ask, f"{operator}:{digest}:{key}")


def _request(act: str, ask: msgspec.Struct, written: str) -> Request:
    return request(act, ask, id=ids.derived(0, f"{act}:{written}"))


# -- to the bank ---------------------------------------------------------------------------------------------------


def waiting(reader: Reader) -> list[tuple[str, list[str]]]:
    """Orders that no file carries yet, by operator, as many together as a file takes."""
    batches: list[tuple[str, list[str]]] = []
    for operator, key in reader.query(_HELD):
        if not batches or batches[-1][0] != operator or len(batches[-1][1]) == ORDERS_MAX:
            batches.append((operator, []))
        batches[-1][1].append(key)
    return batches


def write(
    reader: Reader, operator: str, orders: Sequence[str], *, made: int, execution: str, payer: Party,
    party: Callable[[Order], Party],
) -> tuple[bytes, Request]:  # fmt: skip
    """The file for these orders and the act that says so: content first kept by its digest, then the act, then sent."""
    message = f"SX{ids.derived(made, 'pain.001:' + ','.join(orders))}"
    data = _content(reader, orders, message, made=made, execution=execution, payer=payer, party=party)
    ask = WriteFile(operator, message, hashlib.sha256(data).hexdigest(), list(orders), made, execution)
    return data, _request("cash.write_file", ask, message)


def unsent(reader: Reader) -> list[tuple[Any, ...]]:
    """(operator, message, digest, made, execution) of files that were written and are not known to be with the bank."""
    return reader.query(_FILE)


def again(reader: Reader, row: tuple[Any, ...], *, payer: Party, party: Callable[[Order], Party]) -> bytes:
    """The bytes of an unsent file, made again; the digest in its row tells whether a name or account has changed."""
    _, message, _, made, execution = row
    orders = [key for (key,) in reader.query(_ORDERS, (message,))]
    return _content(reader, orders, message, made=made, execution=execution, payer=payer, party=party)


def delivered(message: str) -> Request:
    """The act that says that the bank has the file."""
    return _request("cash.deliver_file", DeliverFile(message), message)


def _content(
    reader: Reader, orders: Sequence[str], message: str, *, made: int, execution: str, payer: Party,
    party: Callable[[Order], Party],
) -> bytes:  # fmt: skip
    rows = {row[0]: Order(row[0], row[1], row[2], row[3] + row[4])
            for row in reader.query(_ORDER + marks(len(orders)), list(orders))}  # fmt: skip
    transfers = [CreditTransfer(key, Amount(CNY, rows[key].units), party(rows[key])) for key in sorted(orders)]
    return write_transfers(transfers, message=message, made=made, execution=execution, payer=payer)
