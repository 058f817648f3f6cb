"""The paper bank: reads our pain.001 and answers with pain.002, camt.054, camt.053 and pacs.004, as banks do.

It ships with the product, since no city can rehearse with a real bank: the simulated town and the tests send it files
and get back what a bank sends on a good day, or on a bad one. Which accounts it rejects, returns days later, keeps
silent about or leaves out of the statement is handed in as `Manners`; so are the day and the hour. It keeps its own
balance and reads files its own way, so that its statement is a second opinion on our books.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.cash.iso20022.out import account, institution
from saxaul.programmes.cash.iso20022.tree import (
    Element,
    amount,
    element,
    money,
    number,
    parse_file,
    text,
    total,
    write_file,
)

STATUS = "pain.002.001.12"
NOTICE = "camt.054.001.08"
STATEMENT = "camt.053.001.08"
RETURN = "pacs.004.001.09"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the bank behaves towards payee accounts; whoever is not named is paid at once and correctly."""

    reject: Mapping[str, str] = field(default_factory=dict)  # account -> reason (AC04, AM04): pain.002 RJCT
    send_back: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # account -> (days later, reason): pacs.004
    silent: frozenset[str] = frozenset()  # nothing happens and nothing is ever said
    mute: frozenset[str] = frozenset()  # money moves, but only the statement says so
    gap: frozenset[str] = frozenset()  # money moves and the notice says so, but the statement leaves the line out
    refuse_files: str = ""  # a reason: every file is rejected whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One payment that we asked for."""

    file: str
    batch: str
    end_to_end: str
    account: str
    amount: Amount
    execution: str
    status: str = ""
    reason: str = ""
    booked: str = ""
    back: str = ""  # the day its money came back


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of the bank's own book about our account."""

    number: int
    day: str
    amount: Amount
    credit: bool
    end_to_end: str
    remittance: str = ""
    reason: str = ""  # why money came back
    noticed: bool = False
    listed: bool = True


class PaperBank:
    """A bank that keeps one account, ours. `opening` is what lies there before the first day."""

    def __init__(self, *, account: str, bank: str, opening: Amount, manners: Manners | None = None) -> None:
        self.account, self.bank, self.opening = account, bank, opening
        self.manners = manners or Manners()
        self._orders: list[_Order] = []
        self._entries: list[_Entry] = []
        self._files: set[str] = set()
        self._statements: list[str] = []
        self._messages = 0

    @property
    def balance(self) -> Amount:
        """What the account holds now."""
        return self._balance(self._entries)

    def take(self, file: bytes, *, now: int) -> bytes | None:
        """Takes a pain.001 and answers with a pain.002; None when it has nothing to say (it is silent)."""
        try:
            kind, version, body = parse_file(file)
        except Refusal:
            kind = ""
        if kind != "pain.001":
            return self._status("UNREADABLE", "pain.001.001.09", [], "RJCT", "FF01", now)
        orders, reason = self._read(body)
        message, name = text(body, "GrpHdr/MsgId"), f"{kind}.{version}"
        if reason or self.manners.refuse_files:
            return self._status(message, name, [], "RJCT", reason or self.manners.refuse_files, now)
        self._files.add(message)
        orders = self._judged(orders)
        self._orders += orders
        told = [order for order in orders if order.status and order.account not in self.manners.mute]
        if not told:
            return None
        statuses = {order.status for order in told}
        whole = told[0].status if len(statuses) == 1 and len(told) == len(orders) else "PART"
        return self._status(message, name, told, whole, "", now)

    def receive(self, money: Amount, *, day: str, remittance: str, end_to_end: str = "NOTPROVIDED") -> None:
        """Money for us arrives from outside, with what its sender wrote."""
        self._book(day=day, amount=money, credit=True, end_to_end=end_to_end, remittance=remittance)

    def notice(self, day: str, *, now: int) -> bytes | None:
        """The camt.054 on what was booked up to `day` and not told yet; None when there is nothing."""
        self._settle(day)
        fresh = [entry for entry in self._entries if entry.day <= day and not entry.noticed]
        if not fresh:
            return None
        self._entries = [replace(entry, noticed=True) if entry in fresh else entry for entry in self._entries]
        message = self._message("N")
        body = element(
            "Ntfctn",
            element("Id", message),
            element("CreDtTm", times.text(now)),
            element("Acct", account(self.account), element("Ccy", "CNY")),
            *map(_entry, fresh),
        )
        return write_file(NOTICE, element("BkToCstmrDbtCdtNtfctn", _header(message, now), body))

    def statement(self, day: str, *, now: int) -> bytes:
        """The camt.053 of `day`: opening, its lines (but for a gap), closing. Balances are always true."""
        self._settle(day)
        if day not in self._statements:
            self._statements.append(day)
        before = [entry for entry in self._entries if entry.day < day]
        today = [entry for entry in self._entries if entry.day == day]
        message = f"PB-S-{day}"
        body = element(
            "Stmt",
            element("Id", message),
            element("ElctrncSeqNb", str(self._statements.index(day) + 1)),
            element("CreDtTm", times.text(now)),
            element("Acct", account(self.account), element("Ccy", "CNY")),
            _balance("OPBD", self._balance(before), day),
            _balance("CLBD", self._balance(before + today), day),
            *(_entry(entry) for entry in today if entry.listed),
        )
        return write_file(STATEMENT, element("BkToCstmrStmt", _header(message, now), body))

    def returns(self, day: str, *, now: int) -> bytes | None:
        """The pacs.004 on payments whose payee's bank sends them back on or before `day`; None when there are none."""
        self._settle(day)
        due = [order for order in self._orders if order.booked and not order.back and self._back_day(order) <= day]
        if not due:
            return None
        for order in due:
            reason = self.manners.send_back[order.account][1]
            self._book(day=day, amount=order.amount, credit=True, end_to_end=order.end_to_end, reason=reason)
        self._orders = [replace(order, back=day) if order in due else order for order in self._orders]
        message = self._message("R")
        header = element(
            "GrpHdr",
            element("MsgId", message),
            element("CreDtTm", times.text(now)),
            element("NbOfTxs", str(len(due))),
            element("SttlmInf", element("SttlmMtd", "CLRG")),
        )
        lines = (self._returned(order, place, day) for place, order in enumerate(due, 1))
        return write_file(RETURN, element("PmtRtr", header, *lines))

    # ---- inside the bank ----

    def _message(self, letter: str) -> str:
        self._messages += 1
        return f"PB-{letter}-{self._messages:06d}"

    def _balance(self, entries: Iterable[_Entry]) -> Amount:
        held = self.opening
        for entry in entries:
            held = held + entry.amount if entry.credit else held - entry.amount
        return held

    def _read(self, body: Element) -> tuple[list[_Order], str]:
        """The orders of a file and why it is refused whole: its sums, a file seen before, not our account."""
        orders: list[_Order] = []
        message = text(body, "GrpHdr/MsgId")
        for batch in body.findall("PmtInf"):
            if self.account not in (text(batch, "DbtrAcct/Id/Othr/Id"), text(batch, "DbtrAcct/Id/IBAN")):
                return [], "AC01"
            for line in batch.findall("CdtTrfTxInf"):
                asked = amount(line.find("Amt/InstdAmt"))
                if asked is None or not asked.units:
                    return [], "AM12"
                orders.append(_Order(
                    file=message, batch=text(batch, "PmtInfId"), end_to_end=text(line, "PmtId/EndToEndId"),
                    account=text(line, "CdtrAcct/Id/IBAN") or text(line, "CdtrAcct/Id/Othr/Id"), amount=asked,
                    execution=text(batch, "ReqdExctnDt/Dt") or text(batch, "ReqdExctnDt/DtTm")[:10],
                ))  # fmt: skip
        if message in self._files:
            return [], "AM05"
        if text(body, "GrpHdr/NbOfTxs") != str(len(orders)) or not orders:
            return [], "AM18"
        if text(body, "GrpHdr/CtrlSum") != number(total((order.amount for order in orders), "CNY/2")):
            return [], "AM10"
        return orders, ""

    def _judged(self, orders: list[_Order]) -> list[_Order]:
        """Each order with the bank's word on it; what is accepted must be covered together with what still waits."""
        waiting = [order.amount for order in self._orders if order.status == "ACCP" and not order.booked]
        left = self.balance - total(waiting, "CNY/2")
        judged = []
        for order in orders:
            if order.account in self.manners.silent:
                status, reason = "", ""
            elif order.account in self.manners.reject:
                status, reason = "RJCT", self.manners.reject[order.account]
            elif left < order.amount:
                status, reason = "RJCT", "AM04"
            else:
                status, reason = "ACCP", ""
                left = left - order.amount
            judged.append(replace(order, status=status, reason=reason))
        return judged

    def _settle(self, day: str) -> None:
        """Books what was accepted and is due by `day`."""
        for place, order in enumerate(self._orders):
            if order.status == "ACCP" and not order.booked and order.execution <= day:
                self._orders[place] = replace(order, booked=day)
                self._book(
                    day=day, amount=order.amount, credit=False, end_to_end=order.end_to_end,
                    noticed=order.account in self.manners.mute, listed=order.account not in self.manners.gap,
                )  # fmt: skip

    def _book(
        self, *, day: str, amount: Amount, credit: bool, end_to_end: str, remittance: str = "", reason: str = "",
        noticed: bool = False, listed: bool = True,
    ) -> None:  # fmt: skip
        self._entries.append(_Entry(
            number=len(self._entries) + 1, day=day, amount=amount, credit=credit, end_to_end=end_to_end,
            remittance=remittance, reason=reason, noticed=noticed, listed=listed,
        ))  # fmt: skip

    def _back_day(self, order: _Order) -> str:
        if order.account not in self.manners.send_back:
            return "9999-12-31"
        days = self.manners.send_back[order.account][0]
        return (date.fromisoformat(order.booked) + timedelta(days=days)).isoformat()

    def _status(self, message: str, name: str, told: list[_Order], whole: str, reason: str, now: int) -> bytes:
        own = self._message("P")
        header = element(
            "GrpHdr",
            element("MsgId", own),
            element("CreDtTm", times.text(now)),
            element("DbtrAgt", institution(self.bank)),
        )
        group = element(
            "OrgnlGrpInfAndSts",
            element("OrgnlMsgId", message or "UNREADABLE"),
            element("OrgnlMsgNmId", name),
            element("GrpSts", whole),
            _why(reason),
        )
        batches = dict.fromkeys(order.batch for order in told)
        parts = (
            element("OrgnlPmtInfAndSts", element("OrgnlPmtInfId", batch), *(
                _told(order, place) for place, order in enumerate(told, 1) if order.batch == batch
            ))
            for batch in batches
        )  # fmt: skip
        return write_file(STATUS, element("CstmrPmtStsRpt", header, group, *parts))

    def _returned(self, order: _Order, place: int, day: str) -> Element:
        original = element("OrgnlGrpInf", element("OrgnlMsgId", order.file), element("OrgnlMsgNmId", "pain.001.001.09"))
        return element(
            "TxInf",
            element("RtrId", f"R{place}"),
            original,
            element("OrgnlEndToEndId", order.end_to_end),
            money("RtrdIntrBkSttlmAmt", order.amount),
            element("IntrBkSttlmDt", day),
            element("RtrRsnInf", element("Rsn", element("Cd", self.manners.send_back[order.account][1]))),
        )


def _header(message: str, now: int) -> Element:
    return element("GrpHdr", element("MsgId", message), element("CreDtTm", times.text(now)))


def _why(reason: str) -> Element | None:
    return element("StsRsnInf", element("Rsn", element("Cd", reason))) if reason else None


def _told(order: _Order, place: int) -> Element:
    return element(
        "TxInfAndSts",
        element("StsId", f"S{place}"),
        element("OrgnlEndToEndId", order.end_to_end),
        element("TxSts", order.status),
        _why(order.reason),
    )


def _balance(kind: str, held: Amount, day: str) -> Element:
    owed = held.units < 0
    shown = Amount(held.asset, 0) - held if owed else held
    return element(
        "Bal",
        element("Tp", element("CdOrPrtry", element("Cd", kind))),
        money("Amt", shown),
        element("CdtDbtInd", "DBIT" if owed else "CRDT"),
        element("Dt", element("Dt", day)),
    )


def _entry(entry: _Entry) -> Element:
    payment = element(
        "TxDtls",
        element("Refs", element("EndToEndId", entry.end_to_end)),
        money("Amt", entry.amount),
        element("CdtDbtInd", "CRDT" if entry.credit else "DBIT"),
        element("RmtInf", element("Ustrd", entry.remittance)) if entry.remittance else None,
        element("RtrInf", element("Rsn", element("Cd", entry.reason))) if entry.reason else None,
    )
    return element(
        "Ntry",
        element("NtryRef", str(entry.number)),
        money("Amt", entry.amount),
        element("CdtDbtInd", "CRDT" if entry.credit else "DBIT"),
        element("Sts", element("Cd", "BOOK")),
        element("BookgDt", element("Dt", entry.day)),
        element("AcctSvcrRef", f"PB-E-{entry.number:06d}"),
        element("BkTxCd", element("Prtry", element("Cd", "TRF"))),
        element("NtryDtls", payment),
    )
