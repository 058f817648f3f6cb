"""A biller's file on its way into the book: read as CSV, judged line by line, cut into parts with derived ids.

The same bytes give the same requests, so a file that was interrupted is handed in again and nothing doubles. Surfaces
call this; no act does.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator

import msgspec

from saxaul.engine.request import Request, decode_value, request
from saxaul.kernel import ids
from saxaul.kernel.amounts import Amount
from saxaul.kernel.assets import CNY
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.bills.issue import LINES_MAX, DropFile, IssueFile, Line, OpenFile

COLUMNS = ("bill", "number", "amount", "due", "month", "owner")


def digest(data: bytes) -> str:
    """What names the file: the SHA-256 of its bytes."""
    return hashlib.sha256(data).hexdigest()


def read(data: bytes) -> list[Line]:
    """The bills of a CSV file with a heading (bill,number,amount,due,month,owner), amounts as `86.40`, names masked.

    Refuses `bill.file_refused` with every line that is none; a whole name is masked by whoever writes the file.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise Refusal("bill.file_refused", lines=["file: not CSV in UTF-8"]) from None
    if not rows or not set(COLUMNS[:4]) <= set(rows[0]) <= set(COLUMNS):
        raise Refusal("bill.file_refused", lines=[f"file: the columns are {', '.join(COLUMNS)}"])
    if len(rows) > MAXIMA.file_lines:
        raise Refusal("bill.file_refused", lines=[f"file: more than {MAXIMA.file_lines} lines"])
    lines, faults, seen = [], [], set()
    for place, row in enumerate(rows, 1):
        try:
            fields = {name: (text or "").strip() for name, text in row.items()}
            fields["amount"] += "" if " " in fields["amount"] else " CNY"
            line = msgspec.convert(fields, Line, dec_hook=decode_value)
            if line.bill in seen:
                faults.append(f"line {place}: the bill stands there twice")
            seen.add(line.bill)
            lines.append(line)
        except (msgspec.ValidationError, AttributeError, KeyError) as error:
            faults.append(f"line {place}: {error}")
    if faults:
        raise Refusal("bill.file_refused", lines=faults[: MAXIMA.faults_listed])
    return lines


def requests(lines: list[Line], *, file: str, credential: str, biller: str = "") -> Iterator[Request]:
    """The acts that take the file, in order: parts, then the one that opens it (a file of one part opens itself)."""
    parts = -(-len(lines) // LINES_MAX)
    for part in range(parts):
        chosen = lines[part * LINES_MAX : (part + 1) * LINES_MAX]
        ask = IssueFile(file, chosen, part + 1, parts, part * LINES_MAX + 1, biller)
        yield _request("bills.issue_file", ask, f"{file}:{part + 1}", credential, biller)
    if parts > 1:
        total = Amount(CNY, sum(line.amount.units for line in lines))
        yield _request("bills.open_file", OpenFile(file, parts, len(lines), total, biller), file, credential, biller)


def drop(*, file: str, credential: str, biller: str = "") -> Request:
    """The act that gives a refused file's numbers free again: to be done when any part was refused."""
    return _request("bills.drop_file", DropFile(file, biller), file, credential, biller)


def _request(act: str, ask: msgspec.Struct, written: str, credential: str, biller: str) -> Request:
    """The credential is in the id: what another biller's people sent does not answer for ours."""
    return request(act, ask, id=ids.derived(0, f"{act}:{credential}:{biller}:{written}"), credential=credential)
