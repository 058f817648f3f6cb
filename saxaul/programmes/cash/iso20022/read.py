"""What the bank says: pain.002 (accepted or rejected), camt.054 and camt.053 (booked), pacs.004 (returned).

Every message becomes the same plain lines, whatever its version, so that one act can apply them; each line has a key
made of message id and entry reference, so the same file twice changes nothing. One bad line refuses the whole file
with all its faults: half a bank file applied is a day of searching. Names of people in the file are not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.programmes.cash.iso20022.tree import Element, amount, parse_file, refused, text, total

LINES_MAX = 20_000  # Lines of one file: twice what we send in one, since statements carry the top-ups too.
KEY_MAX = 120  # Message id, statement id and entry reference have 35 characters each; the rest is ours.

ACCEPTED = frozenset({"ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "ACWP"})
DIRECTIONS = {"CRDT": "credit", "DBIT": "debit"}

_OURS = re.compile(r"tr[^0-9a-f]?([0-9a-f]{32})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing the bank says, about one payment, or about the whole file or batch of ours it names."""

    key: str  # message id and entry reference; applied once
    level: str  # "payment" or "entry"; "file" and "batch" speak for every payment the file does not name by itself
    status: str  # as the bank wrote it: ACCP, ACSP, RJCT, BOOK, PDNG; RTRN for pacs.004
    verdict: str  # accepted, rejected, booked, returned, or waiting (nothing to do yet)
    end_to_end: str = ""
    original: str = ""  # message id of the file of ours that it answers
    amount: Amount | None = None
    direction: str = ""  # credit (money came) or debit (money went)
    reason: str = ""  # AC04, AM04 …
    booked: str = ""  # the day in the bank's books
    servicer: str = ""  # the bank's own reference: the same in its notice and in its statement
    remittance: str = ""  # what the payer wrote; a top-up is found by it

    @property
    def transfer(self) -> str:
        """Our transfer's id, or empty; banks without `_` in their alphabet write another sign there."""
        found = _OURS.fullmatch(self.end_to_end)
        return found[1].lower() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One account's day by the bank's books."""

    id: str
    account: str
    sequence: int  # the bank's count of statements, 0 where it keeps none; a jump is a missing statement
    opening: Amount | None  # below zero when overdrawn
    closing: Amount | None
    moved: Amount  # what the listed booked entries add up to

    @property
    def gap(self) -> Amount | None:
        """What the balance moved beyond the listed entries: not zero = exactly one open item. None without balances."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.moved


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """A bank's message: its kind (`camt.053`), version, own id, lines and, for accounts, statements."""

    kind: str
    version: str
    message: str
    lines: tuple[Line, ...]
    statements: tuple[Statement, ...] = ()


def read(data: bytes) -> BankFile:
    """The file as plain facts, or refuses `bill.file_refused` with the list of its faults."""
    kind, version, body = parse_file(data)
    reader = _READERS.get(kind)
    if reader is None:
        raise refused([f"file: {kind} is not one of {', '.join(sorted(_READERS))}"])
    faults: list[str] = []
    message = text(body, "GrpHdr/MsgId")
    if not 1 <= len(message) <= 35:
        faults.append("file: no message id, or one longer than 35 characters")
    lines, statements = reader(body, message, faults)
    if len(lines) > LINES_MAX:
        faults.append(f"file: {len(lines)} lines, at most {LINES_MAX} are read")
    seen: set[str] = set()
    for line in lines:
        if line.key in seen:
            faults.append(f"{line.key[:KEY_MAX]}: stands there twice")
        if len(line.key) > KEY_MAX:
            faults.append(f"{line.key[:KEY_MAX]}: a reference longer than any in the standard")
        seen.add(line.key)
    if faults:
        raise refused(faults)
    return BankFile(kind=kind, version=version, message=message, lines=tuple(lines), statements=tuple(statements))


_Read = tuple[list[Line], list[Statement]]


# ---- pain.002 -----------------------------------------------------------------------------------------------------


def _status_report(body: Element, message: str, faults: list[str]) -> _Read:
    """Lines for the file, then each batch, then each payment; the narrower line wins where they differ."""
    group = body.find("OrgnlGrpInfAndSts")
    if group is None or not text(group, "OrgnlMsgId"):
        faults.append("file: names no original message")
        return [], []
    original, lines = text(group, "OrgnlMsgId"), []
    above = text(group, "GrpSts")
    if above and above != "PART":
        lines.append(_spoken(group, above, key=f"{message}/file", level="file", original=original))
    for count, batch in enumerate(body.findall("OrgnlPmtInfAndSts"), 1):
        status = text(batch, "PmtInfSts")
        if status and status != "PART":
            lines.append(_spoken(batch, status, key=f"{message}/batch-{count}", level="batch", original=original))
        for place, payment in enumerate(batch.findall("TxInfAndSts"), 1):
            own = text(payment, "TxSts") or status or above
            end_to_end = text(payment, "OrgnlEndToEndId")
            if not own or own == "PART" or not end_to_end:
                faults.append(f"batch {count} line {place}: no status or no end-to-end id")
            key = f"{message}/{text(payment, 'StsId') or f'{count}-{place}'}"
            made = _spoken(payment, own, key=key, level="payment", original=original, end_to_end=end_to_end)
            lines.append(made)
    if not lines:
        faults.append("file: says nothing about anything")
    return lines, []


def _spoken(element: Element, status: str, *, key: str, level: str, original: str, end_to_end: str = "") -> Line:
    verdict = "accepted" if status in ACCEPTED else "rejected" if status == "RJCT" else "waiting"
    return Line(
        key=key, level=level, status=status, verdict=verdict, end_to_end=end_to_end, original=original,
        reason=_reason(element, "StsRsnInf/Rsn"), servicer=text(element, "AcctSvcrRef"),
    )  # fmt: skip


def _reason(element: Element, path: str) -> str:
    return text(element, f"{path}/Cd") or text(element, f"{path}/Prtry")


# ---- camt.053 and camt.054 ----------------------------------------------------------------------------------------


def _account_report(parts: str) -> Callable[[Element, str, list[str]], _Read]:
    def reader(body: Element, message: str, faults: list[str]) -> _Read:
        lines: list[Line] = []
        statements: list[Statement] = []
        reports = body.findall(parts)
        if not reports:
            faults.append(f"file: no {parts} in it")
        for report in reports:
            # Entry references count per statement with many banks, so several statements need theirs in the key.
            prefix = message if len(reports) == 1 else f"{message}/{text(report, 'Id')}"
            found: list[Line] = []
            moved: list[Amount] = []
            for place, entry in enumerate(report.findall("Ntry"), 1):
                found += _entry(entry, f"{prefix}/", place, moved, faults)
            lines += found
            statements.append(_statement(report, moved, faults))
        return lines, statements

    return reader


def _statement(report: Element, moved: list[Amount], faults: list[str]) -> Statement:
    account = report.find("Acct/Id")
    number = text(account, "IBAN") or text(account, "Othr/Id") if account is not None else ""
    name, sequence = text(report, "Id"), text(report, "ElctrncSeqNb") or "0"
    if not name or not number:
        faults.append("statement: no id or no account")
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) <= 18):
        faults.append("statement: its number is not a number")
        sequence = "0"
    balances = {text(balance, "Tp/CdOrPrtry/Cd"): balance for balance in report.findall("Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    return Statement(
        id=name, account=number, sequence=int(sequence), moved=total(moved, "CNY/2"),
        opening=_signed(opening, faults) if opening is not None else None,
        closing=_signed(balances["CLBD"], faults) if "CLBD" in balances else None,
    )  # fmt: skip


def _signed(element: Element, faults: list[str]) -> Amount:
    """An amount with its direction as a sign, for sums over an account; lines keep the word instead."""
    found, direction = amount(element.find("Amt")), text(element, "CdtDbtInd")
    if found is None or direction not in DIRECTIONS:
        faults.append("statement: a balance has no amount of a currency we book, or no direction")
        return Amount("CNY/2", 0)
    return found if direction == "CRDT" else Amount(found.asset, 0) - found


def _entry(entry: Element, prefix: str, place: int, moved: list[Amount], faults: list[str]) -> Iterator[Line]:
    """A line per payment in the entry, or one for the entry; `moved` grows by what it booked."""
    whole, direction = amount(entry.find("Amt")), text(entry, "CdtDbtInd")
    status = text(entry, "Sts/Cd") or text(entry, "Sts")
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if whole is None:
        faults.append(f"entry {place}: not an amount of a currency we book")
    if direction not in DIRECTIONS:
        faults.append(f"entry {place}: neither credit nor debit")
    if not status or (status == "BOOK" and not booked):
        faults.append(f"entry {place}: no status, or booked without a day")
    if whole is None or direction not in DIRECTIONS:
        return
    if status == "BOOK":
        moved.append(_signed(entry, faults))
    servicer = text(entry, "AcctSvcrRef")
    reference = prefix + (text(entry, "NtryRef") or servicer or f"#{place}")
    payments = entry.findall("NtryDtls/TxDtls") or [entry]
    parts = [_part(payment, whole if len(payments) == 1 else None) for payment in payments]
    _check_parts(entry, whole, direction, payments, parts, place, faults)
    for count, (payment, part) in enumerate(zip(payments, parts, strict=True), 1):
        back = text(entry, "RvslInd") == "true" or payment.find("RtrInf") is not None
        verdict = ("returned" if back else "booked") if status == "BOOK" else "waiting"
        yield Line(
            key=reference if len(payments) == 1 else f"{reference}.{count}", level="entry", status=status,
            verdict=verdict, end_to_end=text(payment, "Refs/EndToEndId"), original=text(payment, "Refs/MsgId"),
            amount=part, direction=DIRECTIONS.get(text(payment, "CdtDbtInd"), DIRECTIONS[direction]),
            reason=_reason(payment, "RtrInf/Rsn"), booked=booked, remittance=_remittance(payment),
            servicer=servicer or text(payment, "Refs/AcctSvcrRef"),
        )  # fmt: skip


def _part(payment: Element, whole: Amount | None) -> Amount | None:
    """The amount of one payment in an entry: its own, else the entry's if it is alone there."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        if payment.find(path) is not None:
            return amount(payment.find(path))
    return whole


def _check_parts(
    entry: Element, whole: Amount, direction: str, payments: list[Element], parts: list[Amount | None],
    place: int, faults: list[str],
) -> None:  # fmt: skip
    """An entry's payments add up to it, unless the bank says it took charges in between."""
    if any(part is None for part in parts):
        faults.append(f"entry {place}: a payment in it has no amount")
        return
    one_way = all(text(payment, "CdtDbtInd") in ("", direction) for payment in payments)
    charged = any(holder.find("Chrgs") is not None for holder in (entry, *payments))
    if one_way and not charged and total([part for part in parts if part], whole.asset) != whole:
        faults.append(f"entry {place}: its payments do not add up to it")


def _remittance(payment: Element) -> str:
    free = " ".join((part.text or "").strip() for part in payment.findall("RmtInf/Ustrd"))
    return (text(payment, "RmtInf/Strd/CdtrRefInf/Ref") or free)[:140]


def _day(element: Element, path: str) -> str:
    """The day at `path`, a date or an instant; an instant with a zone is asked for the city's day."""
    written = text(element, f"{path}/Dt") or text(element, f"{path}/DtTm") or text(element, path)
    if not "1970" <= written[:4] <= "9998":  # outside, a zone could carry the instant over the end of the calendar
        return ""
    instant = times.read(written) if "T" in written else None
    found = times.day(instant) if instant is not None else written[:10]
    try:
        return date.fromisoformat(found).isoformat()
    except ValueError:
        return ""


# ---- pacs.004 -----------------------------------------------------------------------------------------------------


def _payment_return(body: Element, message: str, faults: list[str]) -> _Read:
    lines: list[Line] = []
    header = body.find("GrpHdr")
    returned = body.findall("TxInf")
    if header is None or text(header, "NbOfTxs") != str(len(returned)) or not returned:
        faults.append(f"file: {len(returned)} returns in it, which is not the number it names")
    group_day = (_day(header, "IntrBkSttlmDt") or _day(header, "CreDtTm")) if header is not None else ""
    for place, element in enumerate(returned, 1):
        money, day = amount(element.find("RtrdIntrBkSttlmAmt")), _day(element, "IntrBkSttlmDt") or group_day
        end_to_end = text(element, "OrgnlEndToEndId")
        if money is None or not day or not end_to_end:
            faults.append(f"return {place}: no amount of a currency we book, no day, or no end-to-end id")
        original = text(element, "OrgnlGrpInf/OrgnlMsgId") or text(body, "OrgnlGrpInf/OrgnlMsgId")
        key = f"{message}/{text(element, 'RtrId') or f'#{place}'}"
        lines.append(Line(
            key=key, level="payment", status="RTRN", verdict="returned", end_to_end=end_to_end, original=original,
            amount=money, direction="credit", reason=_reason(element, "RtrRsnInf/Rsn"), booked=day,
        ))  # fmt: skip
    return lines, []


_READERS: dict[str, Callable[[Element, str, list[str]], _Read]] = {
    "pain.002": _status_report,
    "camt.053": _account_report("Stmt"),
    "camt.054": _account_report("Ntfctn"),
    "pacs.004": _payment_return,
}
