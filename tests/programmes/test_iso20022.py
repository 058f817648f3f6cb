"""Bank files: what we write is valid by its schema, what banks write is read exactly or refused whole."""

from __future__ import annotations

import iso_schema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saxaul.kernel import times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.cash.iso20022 import BankFile, CreditTransfer, Party, read, tree, write_transfers
from saxaul.programmes.cash.iso20022.out import end_to_end
from saxaul.sim.bank import Manners, PaperBank

NOW = times.start_of_day("2022-06-01") + 9 * times.HOUR
DAY, NEXT = "2022-06-01", "2022-06-02"
US = Party("SAXAUL DEMO CITY", "3100001234567890", "102110000012")


def valid(file: bytes) -> bytes:
    """The file, in which its published schema finds no fault."""
    assert iso_schema.faults(file) == []
    return file


def id_of(number: int) -> str:
    return f"0192f0c1a2b37d4e8f{number:014x}"


def transfer(
    number: int, units: int = 1250, account: str = "", name: str = "张三 & <Söhne>", note: str = ""
) -> CreditTransfer:
    payee = Party(name, account or f"62220000{number:08d}", "ICBKCNBJ")
    return CreditTransfer(id_of(number), Amount("CNY/2", units), payee, note)


def order(*transfers: CreditTransfer, message: str = "cash-1", execution: str = DAY) -> bytes:
    return write_transfers(transfers, message=message, made=NOW, execution=execution, payer=US)


def bank(opening: int = 10_000_000, **manners: object) -> PaperBank:
    return PaperBank(
        account=US.account,
        bank=US.bank,
        opening=Amount("CNY/2", opening),
        manners=Manners(**manners),  # type: ignore[arg-type]
    )


def faults(file: bytes) -> list[str]:
    with pytest.raises(Refusal) as caught:
        read(file)
    assert caught.value.code == "bill.file_refused"
    lines = caught.value.facts["lines"]
    assert isinstance(lines, list)
    return lines


# ---- what we write ------------------------------------------------------------------------------------------------


def test_an_order_is_valid_and_carries_the_transfers_ids() -> None:
    file = valid(order(transfer(1), transfer(2, 1, "GB29NWBK60161331926819", note="rent")))
    _, _, body = tree.parse_file(file)
    assert tree.text(body, "GrpHdr/CtrlSum") == "12.51"
    ids = [line.text for line in body.iter("EndToEndId")]
    assert ids == [f"tr_{id_of(1)}", f"tr_{id_of(2)}"] and {len(text or "") for text in ids} == {35}
    assert [line.text for line in body.iter("IBAN")] == ["GB29NWBK60161331926819"]
    assert file == order(transfer(1), transfer(2, 1, "GB29NWBK60161331926819", note="rent"))


def test_an_order_with_faults_is_not_written_at_all() -> None:
    bad = transfer(3, 0, US.account, name="x" * 141, note="\x00")
    with pytest.raises(Refusal) as caught:
        order(transfer(1), transfer(1), bad)
    lines = caught.value.facts["lines"]
    assert lines == [
        "file: the same transfer stands there twice",
        "line 3: name: 1 to 140 characters, no control characters",
        "line 3: amount: above zero",
        "line 3: payee: the payer's own account",
        "line 3: note: at most 140 characters, no control characters",
    ]
    with pytest.raises(Refusal) as caught:
        order(transfer(1, name="bell\x07"))
    assert caught.value.facts["lines"] == ["line 1: name: 1 to 140 characters, no control characters"]
    with pytest.raises(Refusal):
        order()
    with pytest.raises(AssertionError, match="no currency of a bank"):
        order(CreditTransfer(id_of(1), Amount("ECNY/2", 5), transfer(1).payee))


names = st.text(min_size=1, max_size=140).filter(lambda text: tree.writable(text) and text.strip() != "")


@given(st.lists(st.tuples(names, st.integers(1, 10**15)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_whatever_we_write_is_valid(rows: list[tuple[str, int]]) -> None:
    valid(order(*(transfer(place, units, name=name, note=name) for place, (name, units) in enumerate(rows))))


# ---- the paper bank and what we read ------------------------------------------------------------------------------


def test_a_good_day() -> None:
    house = bank()
    answer = read(valid(house.take(order(transfer(1), transfer(2, 300)), now=NOW) or b""))
    assert (answer.kind, answer.version) == ("pain.002", "001.12")
    assert [(line.level, line.verdict, line.transfer) for line in answer.lines] == [
        ("file", "accepted", ""), ("payment", "accepted", id_of(1)), ("payment", "accepted", id_of(2)),
    ]  # fmt: skip
    assert {line.original for line in answer.lines} == {"cash-1"}
    notice = read(valid(house.notice(DAY, now=NOW) or b""))
    assert [(line.verdict, line.direction, line.transfer, line.amount, line.booked) for line in notice.lines] == [
        ("booked", "debit", id_of(1), Amount("CNY/2", 1250), DAY),
        ("booked", "debit", id_of(2), Amount("CNY/2", 300), DAY),
    ]
    assert house.notice(DAY, now=NOW) is None
    statement = read(valid(house.statement(DAY, now=NOW)))
    (account,) = statement.statements
    assert (account.account, account.sequence) == (US.account, 1)
    assert (account.opening, account.closing) == (Amount("CNY/2", 10_000_000), Amount("CNY/2", 9_998_450))
    assert account.gap == Amount("CNY/2", 0)
    assert [line.servicer for line in statement.lines] == [line.servicer for line in notice.lines]
    assert {line.key for line in statement.lines}.isdisjoint(line.key for line in notice.lines)
    assert house.returns(DAY, now=NOW) is None


def test_a_rejection_names_its_reason() -> None:
    house = bank(reject={"closed": "AC04"})
    answer = read(valid(house.take(order(transfer(1), transfer(2, account="closed")), now=NOW) or b""))
    assert [(line.verdict, line.reason) for line in answer.lines] == [("accepted", ""), ("rejected", "AC04")]
    assert [line.transfer for line in read(valid(house.notice(DAY, now=NOW) or b"")).lines] == [id_of(1)]


def test_money_that_is_not_there_is_not_sent() -> None:
    house = bank(opening=1500)
    answer = read(valid(house.take(order(transfer(1), transfer(2, 300)), now=NOW) or b""))
    assert [(line.verdict, line.reason) for line in answer.lines] == [("accepted", ""), ("rejected", "AM04")]
    second = read(valid(house.take(order(transfer(3, 300), message="cash-2"), now=NOW) or b""))
    assert {line.reason for line in second.lines if line.level == "payment"} == {"AM04"}


def test_a_return_comes_days_later() -> None:
    house = bank(send_back={"gone": (3, "AC06")})
    house.take(order(transfer(1, account="gone"), transfer(2)), now=NOW)
    house.notice(DAY, now=NOW)
    assert house.returns("2022-06-03", now=NOW) is None
    sent = house.returns("2022-06-04", now=NOW) or b""
    file = read(valid(sent))
    (line,) = file.lines
    assert (line.verdict, line.transfer, line.reason) == ("returned", id_of(1), "AC06")
    assert (line.amount, line.direction, line.booked, line.original) == (
        Amount("CNY/2", 1250), "credit", "2022-06-04", "cash-1",
    )  # fmt: skip
    assert house.returns("2022-06-05", now=NOW) is None
    short = sent.replace(b"<NbOfTxs>1<", b"<NbOfTxs>2<")
    assert faults(short) == ["file: 1 returns in it, which is not the number it names"]
    (entry,) = read(valid(house.statement("2022-06-04", now=NOW))).lines
    assert (entry.verdict, entry.direction, entry.transfer, entry.reason) == ("returned", "credit", id_of(1), "AC06")
    assert house.balance == Amount("CNY/2", 10_000_000 - 1250)


def test_a_silent_bank_says_nothing_and_a_mute_one_only_in_the_statement() -> None:
    house = bank(silent=frozenset({"hole"}), mute=frozenset({"slow"}))
    assert house.take(order(transfer(1, account="hole")), now=NOW) is None
    assert house.take(order(transfer(2, account="slow"), message="cash-2"), now=NOW) is None
    assert house.notice(DAY, now=NOW) is None
    assert [line.transfer for line in read(valid(house.statement(DAY, now=NOW))).lines] == [id_of(2)]
    half = read(valid(house.take(order(transfer(3, account="hole"), transfer(4), message="cash-3"), now=NOW) or b""))
    assert [(line.level, line.transfer) for line in half.lines] == [("payment", id_of(4))]


def test_a_gap_in_the_statement_is_one_open_item() -> None:
    house = bank(gap=frozenset({"lost"}))
    house.take(order(transfer(1, account="lost"), transfer(2)), now=NOW)
    told = {line.transfer for line in read(valid(house.notice(DAY, now=NOW) or b"")).lines}
    statement = read(valid(house.statement(DAY, now=NOW)))
    assert told - {line.transfer for line in statement.lines} == {id_of(1)}
    assert statement.statements[0].gap == Amount("CNY/2", -1250)


def test_money_from_outside_is_found_by_what_its_sender_wrote() -> None:
    house = bank()
    house.receive(Amount("CNY/2", 5_000), day=DAY, remittance="TOPUP 4711")
    (line,) = read(valid(house.notice(DAY, now=NOW) or b"")).lines
    assert (line.verdict, line.direction, line.transfer, line.remittance) == ("booked", "credit", "", "TOPUP 4711")


def test_whole_files_are_refused_with_a_reason() -> None:
    house = bank()
    good = order(transfer(1))
    house.take(good, now=NOW)
    for file, reason in (
        (good, "AM05"),
        (order(transfer(2), message="cash-2").replace(b"<NbOfTxs>1<", b"<NbOfTxs>2<"), "AM18"),
        (order(transfer(2), message="cash-2").replace(b"<CtrlSum>12.50<", b"<CtrlSum>12.51<"), "AM10"),
        (order(transfer(2), message="cash-2").replace(b"3100001234567890", b"3100001234567891"), "AC01"),
        (b"<hello/>", "FF01"),
        (house.statement(DAY, now=NOW), "FF01"),
    ):
        (line,) = read(valid(house.take(file, now=NOW) or b"")).lines
        assert (line.level, line.verdict, line.reason) == ("file", "rejected", reason)
    (line,) = read(valid(bank(refuse_files="TECH").take(good, now=NOW) or b"")).lines
    assert (line.verdict, line.reason, line.original) == ("rejected", "TECH", "cash-1")


def test_execution_waits_for_its_day() -> None:
    house = bank()
    house.take(order(transfer(1), execution=NEXT), now=NOW)
    assert house.notice(DAY, now=NOW) is None
    assert [line.booked for line in read(valid(house.notice(NEXT, now=NOW) or b"")).lines] == [NEXT]


MANNERED = {
    "reject": {"r": "AC04"}, "send_back": {"b": (2, "AC06")}, "silent": frozenset("s"), "mute": frozenset("m"),
    "gap": frozenset("g"),
}  # fmt: skip
payments = st.lists(st.tuples(st.sampled_from("rbsmgokOK"), st.integers(1, 10**6)), max_size=6)


@given(st.lists(payments, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_file_of_the_bank_is_valid_and_its_balance_is_ours(days: list[list[tuple[str, int]]]) -> None:
    house, number, paid, back = bank(opening=2_000_000, **MANNERED), 0, {}, {}
    for place in range(len(days) + 3):
        day = f"2022-06-{place + 1:02d}"
        asked = []
        for account, units in days[place] if place < len(days) else []:
            number += 1
            asked.append(transfer(number, units, account))
        if asked:
            answer = house.take(order(*asked, message=f"cash-{day}", execution=day), now=NOW)
            assert answer is None or read(valid(answer)).message
        for file in (house.notice(day, now=NOW), house.returns(day, now=NOW), house.statement(day, now=NOW)):
            for line in read(valid(file)).lines if file is not None else ():
                assert line.amount is not None
                (paid if line.direction == "debit" else back)[line.transfer] = line.amount
        statement = read(house.statement(day, now=NOW)).statements[0]
        assert statement.gap is not None and statement.gap.units <= 0
    known = 2_000_000 - sum(amount.units for amount in paid.values()) + sum(amount.units for amount in back.values())
    assert house.balance == Amount("CNY/2", known)


# ---- files that are damaged or hostile ----------------------------------------------------------------------------


def statement_file(**change: str) -> bytes:
    parts = {
        "version": "001.08", "message": "M1", "amount": '<Amt Ccy="CNY">12.50</Amt>',
        "status": "<Sts><Cd>BOOK</Cd></Sts>",
        "direction": "DBIT", "day": "<BookgDt><Dt>2022-06-01</Dt></BookgDt>", "reference": "<NtryRef>7</NtryRef>",
        "details": f"<NtryDtls><TxDtls><Refs><EndToEndId>tr_{id_of(1)}</EndToEndId></Refs></TxDtls></NtryDtls>",
        "more": "", "head": "",
    } | change  # fmt: skip
    return (
        (
            '<?xml version="1.0" encoding="UTF-8"?>{head}'
            '<d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.053.{version}">'
            "<d:BkToCstmrStmt><d:GrpHdr><d:MsgId>{message}</d:MsgId></d:GrpHdr>"
            + bare(
                "<Stmt><Id>S1</Id><Acct><Id><Othr><Id>3100</Id></Othr></Id></Acct>{more}<Ntry>{reference}{amount}"
                "<CdtDbtInd>{direction}</CdtDbtInd>{status}{day}{details}</Ntry></Stmt></BkToCstmrStmt></Document>"
            )
        )
        .format(**{name: bare(value) if name != "head" else value for name, value in parts.items()})
        .encode()
    )


def bare(xml: str) -> str:
    return xml.replace("</", "\0").replace("<", "<d:").replace("\0", "</d:")


def test_versions_and_prefixes_do_not_matter() -> None:
    for version, status in (("001.02", "<Sts>BOOK</Sts>"), ("001.08", "<Sts><Cd>BOOK</Cd></Sts>"), ("001.13", None)):
        file = read(statement_file(version=version, **({"status": status} if status else {})))
        (line,) = file.lines
        assert (file.version, line.verdict, line.transfer, line.key) == (version, "booked", id_of(1), "M1/7")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<Dt>2022-06-01</Dt>", "2022-06-01"),
        ("<DtTm>2022-06-01T15:59:59Z</DtTm>", "2022-06-01"),
        ("<DtTm>2022-06-01T16:00:00Z</DtTm>", "2022-06-02"),
        ("<DtTm>2022-06-01T23:00:00</DtTm>", "2022-06-01"),
    ],
)
def test_the_booking_day_is_the_citys(written: str, day: str) -> None:
    assert read(statement_file(day=f"<BookgDt>{written}</BookgDt>")).lines[0].booked == day


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"amount": '<Amt Ccy="CNY">12.505</Amt>'}, "not an amount"),
        ({"amount": '<Amt Ccy="CNY">-12.50</Amt>'}, "not an amount"),
        ({"amount": '<Amt Ccy="CNY">1e3</Amt>'}, "not an amount"),
        ({"amount": '<Amt Ccy="TRY">12</Amt>'}, "not an amount"),
        ({"amount": '<Amt Ccy="ECNY">12.50</Amt>'}, "not an amount"),
        ({"amount": "<Amt>12.50</Amt>"}, "not an amount"),
        ({"amount": '<Amt Ccy="CNY">99999999999999999999</Amt>'}, "not an amount"),
        ({"amount": '<Amt Ccy="CNY">999999999999999999</Amt>'}, "not an amount"),
        ({"amount": ""}, "not an amount"),
        ({"direction": "SIDEWAYS"}, "neither credit nor debit"),
        ({"status": ""}, "no status"),
        ({"day": ""}, "without a day"),
        ({"day": "<BookgDt><Dt>2022-02-30</Dt></BookgDt>"}, "without a day"),
        ({"day": "<BookgDt><DtTm>9999-12-31T23:59:59-12:00</DtTm></BookgDt>"}, "without a day"),
        ({"message": ""}, "no message id"),
        ({"message": "m" * 36}, "no message id"),
        ({"reference": f"<NtryRef>{'r' * 200}</NtryRef>"}, "longer than any"),
        ({"more": "<ElctrncSeqNb>x</ElctrncSeqNb>"}, "not a number"),
        ({"details": "<NtryDtls><TxDtls/><TxDtls/></NtryDtls>"}, "no amount"),
        ({"details": '<NtryDtls><TxDtls><Amt Ccy="CNY">12.49</Amt></TxDtls></NtryDtls>'}, "do not add up"),
    ],
)
def test_one_bad_line_refuses_the_whole_file(change: dict[str, str], fault: str) -> None:
    assert any(fault in line for line in faults(statement_file(**change)))


def test_every_fault_is_listed_and_the_list_has_an_end() -> None:
    entry = bare('<Ntry><Amt Ccy="CNY">1.001</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>')
    file = statement_file().replace(b"</d:Stmt>", entry.encode() * 250 + b"</d:Stmt>")
    with pytest.raises(Refusal) as caught:
        read(file)
    facts = caught.value.facts
    assert len(facts["lines"]) == tree.FAULTS_MAX and facts["faults"] == 500  # type: ignore[arg-type]


def test_an_entry_twice_in_one_file_is_a_fault() -> None:
    file = statement_file()
    start, end = file.index(b"<d:Ntry>"), file.index(b"</d:Stmt>")
    assert any("twice" in line for line in faults(file[:end] + file[start:end] + file[end:]))


def test_zeros_behind_the_last_decimal_and_batches_are_read() -> None:
    parts = "".join(
        f'<TxDtls><Refs><EndToEndId>TR-{id_of(place).upper()}</EndToEndId></Refs><Amt Ccy="CNY">{amount}</Amt></TxDtls>'
        for place, amount in ((1, "12.00"), (2, "0.5"))
    )
    file = read(statement_file(amount='<Amt Ccy="CNY">12.50000</Amt>', details=f"<NtryDtls>{parts}</NtryDtls>"))
    assert [(line.key, line.transfer, str(line.amount)) for line in file.lines] == [
        ("M1/7.1", id_of(1), "12.00 CNY"), ("M1/7.2", id_of(2), "0.50 CNY"),
    ]  # fmt: skip


def test_a_bank_that_takes_charges_in_between_may_not_add_up() -> None:
    details = '<NtryDtls><TxDtls><Amt Ccy="CNY">12.40</Amt><Chrgs/></TxDtls></NtryDtls>'
    assert str(read(statement_file(details=details)).lines[0].amount) == "12.40 CNY"


def test_entries_not_booked_yet_move_nothing() -> None:
    file = read(statement_file(status="<Sts><Cd>PDNG</Cd></Sts>", day=""))
    assert (file.lines[0].verdict, file.statements[0].moved.units, file.statements[0].gap) == ("waiting", 0, None)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (statement_file(head=LAUGHS, message="&j;"), "document type"),
        (
            statement_file(head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', message="&e;"),
            "document type",
        ),
        (statement_file(head='<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'), "document type"),
        (statement_file(message="&nbsp;"), "well-formed"),
        (b"", "well-formed"),
        (b"\xff\xfe\x00", "well-formed"),
        (b"<a><b></a>", "well-formed"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "well-formed"),
        (b"<Document/>", "not an ISO 20022"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.052.001.08"><A/></Document>', "not one of"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>', "not an ISO 20022"),
        (b"<a>" * 40, "deeper"),
        (b"<a>" + b"<b/>" * (tree.ELEMENTS_MAX + 1) + b"</a>", "more elements"),
    ],
)
def test_hostile_files_are_refused_unread(file: bytes, fault: str) -> None:
    assert any(fault in line for line in faults(file))


def test_a_file_too_large_is_not_parsed() -> None:
    assert "at most" in faults(b"<" * (tree.FILE_BYTES_MAX + 1))[0]


@given(st.integers(0, 2_000), st.binary(min_size=0, max_size=3))
@settings(max_examples=300, deadline=None)
def test_damage_anywhere_is_read_or_refused(place: int, junk: bytes) -> None:
    house = bank()
    for file in (statement_file(), house.take(order(transfer(1)), now=NOW), house.notice(DAY, now=NOW)):
        assert file is not None
        cut = place % len(file)
        for damaged in (file[:cut] + junk + file[cut + len(junk) :], file[:cut], file[:cut] + file[cut + 1 :]):
            try:
                assert isinstance(read(damaged), BankFile)
            except Refusal as found:
                assert found.code == "bill.file_refused"


def test_the_end_to_end_id_fills_its_field_exactly() -> None:
    assert len(end_to_end(id_of(1))) == 35
