"""Merchant and payer codes: the public samples, every round trip, and that no changed character gets through."""

from __future__ import annotations

import random
import string

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.pay import emvco
from saxaul.programmes.pay.emvco import MerchantCode, Part, check_seal, decode, encode, payer_code, payer_code_key, seal

# EMVCo's own sample (Beijing bus): tag 54 stands after 64, so the order is free but for 00 first and 63 last.
SAMPLE = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME"
    "91320016A0112233449988770708123456786304A13A"
)
# Ours, printed on bus doors: must stay readable for as long as stickers live.
DOOR = (
    "00020101021126310011saxaul.demo0112bus-binhai-152044131530315654042.005802CN5910BINHAI BUS6007TIANJIN"
    "62170304R5010705V012364200002ZH0104滨海公交0202天津6304CD6D"
)
CARD = (
    "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0I"
    "cnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw=="
)
SHOP = MerchantCode(
    name="NOODLE HOUSE", city="TIANJIN", network="saxaul.demo", merchant="0192f0c1a2b37d4e8f00112233445566",
    shop="S7", terminal="T1", category="5812", language="ZH", name_local="面馆", city_local="天津",
)  # fmt: skip

TAIL = "5802CN5901A6001B"


def with_crc(body: str) -> str:
    return f"{body}6304{emvco._crc(body + '6304')}"


def refusal(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decode(text)
    return caught.value


def test_the_crc_is_the_published_one() -> None:
    assert emvco._crc("123456789") == "29B1"


def test_the_sample_of_emvco_is_read() -> None:
    assert (len(SAMPLE), len(SAMPLE.encode())) == (248, 260)
    code = decode(SAMPLE)
    assert (code.name, code.city, code.name_local, code.city_local) == ("BEST TRANSPORT", "BEIJING", "最佳运输", "北京")
    assert (code.amount, code.once, code.category) == (Amount("CNY/2", 2372), True, "4111")
    assert (code.shop, code.terminal, code.network) == ("1234", "A6008667", "")
    assert dict(code.others) == {
        "29": "0012D156000000000510A93FO3230Q",
        "31": "0012D15600000001030812345678",
        "55": "01",
        "62.06": "***",
        "62.09": "ME",
        "91": "0016A011223344998877070812345678",
    }
    assert decode(encode(code)) == code


def test_our_door_code_stays_as_it_is() -> None:
    door = MerchantCode(
        name="BINHAI BUS", city="TIANJIN", network="saxaul.demo", merchant="bus-binhai-1", category="4131",
        amount=Amount("CNY/2", 200), shop="R501", terminal="V0123", language="ZH", name_local="滨海公交",
        city_local="天津",
    )  # fmt: skip
    assert encode(door) == DOOR
    assert decode(DOOR) == door
    assert (door.route, door.vehicle) == ("R501", "V0123")


def test_a_dynamic_code_carries_order_bill_and_amount() -> None:
    code = MerchantCode(
        name="NOODLE HOUSE", city="TIANJIN", network="saxaul.demo", merchant=SHOP.merchant, once=True,
        order="0192f0c1a2b37d4e8f00112233445577", bill="2022-000123", reference="R9", amount=Amount("CNY/2", 1),
    )  # fmt: skip
    text = encode(code)
    assert text.startswith("000201010212") and "54040.01" in text
    assert decode(text) == code


@pytest.mark.parametrize("sample", [SAMPLE, DOOR])
def test_a_thousand_changed_characters_are_refused(sample: str) -> None:
    chance = random.Random(20220601)
    letters = string.digits + string.ascii_letters + " .*-天北"
    for _ in range(1_000):
        place = chance.randrange(len(sample))
        other = chance.choice([letter for letter in letters if letter != sample[place]])
        changed = sample[:place] + other + sample[place + 1 :]
        assert refusal(changed).code in ("qr.checksum_wrong", "qr.code_unknown")


def test_every_single_change_within_ascii_is_found() -> None:
    for place, letter in enumerate(DOOR):
        other = "7" if letter != "7" else "8"
        if letter.isascii():
            code = refusal(DOOR[:place] + other + DOOR[place + 1 :]).code
            assert code == ("qr.code_unknown" if len(DOOR) - 8 <= place < len(DOOR) - 4 else "qr.checksum_wrong")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("000202010211", "not version 01"),
        ("010211000201", "not version 01"),
        ("00020101021152045812530315658", "digits"),
        ("0002010102115204", "cut off"),
        ("00020101029952045812", "neither 11 nor 12"),
        ("0002010102115204581253031565802CN5901A6001B5901C", "two values"),
        ("0002010102115204581253031565802CN5901A6001B", "no merchant account"),
        ("000201010211260400005204581253031565802CN5901A", "tag 60 is missing"),
        ("00020101021126150011saxaul.demo5204581253031565802CN5901A6001B", "names no merchant"),
        ("0002010102110201452045812530315654011x5802CN5901A6001B", "digits"),
        ("0002010102115900", "empty"),
        ("0002010102116304000052045812", "63 is not the last"),
    ],
)
def test_what_does_not_read_exactly_is_no_code(body: str, fault: str) -> None:
    found = refusal(with_crc(body))
    assert found.code == "qr.code_unknown"
    assert fault in str(found.facts["fault"])


@pytest.mark.parametrize("text", ["", "6304", "hello world!", "https://example.org/pay", "\ud800" * 20, "9" * 600])
def test_other_texts_are_no_codes(text: str) -> None:
    assert refusal(text).code == "qr.code_unknown"
    assert refusal("000201" + text[:490] + "6304ABCD").code in ("qr.code_unknown", "qr.checksum_wrong")


@pytest.mark.parametrize(
    ("text", "units"),
    [("1", 100), ("0.01", 1), ("98.7", 9870), ("23.72", 2372), ("9999999999.99", 999_999_999_999)],
)
def test_amounts_are_read_exactly(text: str, units: int) -> None:
    code = decode(with_crc(f"0002010102110201452045812530315654{len(text):02d}{text}{TAIL}"))
    assert code.amount == Amount("CNY/2", units)


@pytest.mark.parametrize(
    "text", ["0", "0.00", "1.234", "1.230", "-1", "+1", "1,5", "1e3", ".5", "5.", "１", "1 ", "NaN", "99999999999999"]
)
def test_amounts_that_are_none_are_refused(text: str) -> None:
    found = refusal(with_crc(f"0002010102110201452045812530315654{len(text):02d}{text}{TAIL}"))
    assert (found.code, found.facts["fault"]) == ("qr.code_unknown", "tag 54 is not an amount")


def test_an_amount_in_a_currency_we_do_not_book_is_kept_and_not_understood() -> None:
    code = decode(with_crc(f"00020101021102014520458125303840540512.50{TAIL}"))
    assert (code.amount, code.currency, dict(code.others)["54"]) == (None, "840", "12.50")
    assert decode(encode(code)) == code


def test_the_same_tag_twice_with_the_same_value_is_harmless() -> None:
    assert decode(with_crc(f"0002010102110201452045812520458125303156{TAIL}")).category == "5812"


def test_what_cannot_be_written_is_refused_with_every_fault() -> None:
    with pytest.raises(Refusal) as caught:
        encode(MerchantCode(name="面馆", city="", network="other.demo", merchant="m", amount=Amount("ECNY/2", 0)))
    fields = caught.value.facts["fields"]
    assert caught.value.code == "request.field_invalid"
    assert [field.partition(":")[0] for field in fields] == ["name", "city", "merchant", "amount"]
    with pytest.raises(Refusal):
        encode(MerchantCode(name="A", city="B", others=tuple((f"{tag}", "x" * 99) for tag in range(65, 72))))
    with pytest.raises(Refusal):
        encode(MerchantCode(name="A", city="B", bill="1" * 25, shop="1" * 25, reference="1" * 25, terminal="1" * 25))


plain = st.text(alphabet=string.ascii_letters + string.digits + " .-*", min_size=1, max_size=12)
maybe = st.just("") | plain
local = st.just("") | st.text(alphabet="滨海公交天津面馆最佳运输🚌éя", min_size=1, max_size=12)
foreign = st.dictionaries(
    st.sampled_from(["02", "27", "31", "55", "61", "79", "81", "62.06", "64.05"]), plain, max_size=4
)


@st.composite
def codes(draw: st.DrawFn) -> MerchantCode:
    ours = draw(st.booleans())
    name_local = draw(local)
    others = draw(foreign)
    if not ours:
        others["28"] = "0004some"
    return MerchantCode(
        name=draw(plain), city=draw(plain), network="saxaul.demo" if ours else "", merchant=draw(plain) if ours else "",
        order=draw(maybe) if ours else "", once=draw(st.booleans()), bill=draw(maybe), shop=draw(maybe),
        reference=draw(maybe), terminal=draw(maybe), name_local=name_local, language="ZH" if name_local else "",
        city_local=draw(local) if name_local else "", others=tuple(sorted(others.items())),
        amount=draw(st.none() | st.integers(1, 10**12 - 1).map(lambda units: Amount("CNY/2", units))),
    )  # fmt: skip


@given(codes(), st.binary(min_size=1, max_size=40))
@settings(max_examples=300, deadline=None)
def test_every_code_comes_back_as_it_was(code: MerchantCode, key: bytes) -> None:
    assert decode(encode(code)) == code
    if code.network:
        sealed = decode(encode(seal(code, key)))
        check_seal(sealed, [key])
        assert sealed == seal(code, key)


@given(st.text(max_size=120))
@settings(max_examples=300, deadline=None)
def test_no_text_does_anything_but_decode_or_refuse(text: str) -> None:
    for candidate in (text, f"000201{text}6304ABCD"):
        try:
            decode(candidate)
        except Refusal as found:
            assert found.code in ("qr.checksum_wrong", "qr.code_unknown")
    try:
        decode(with_crc(f"000201{text}"))
    except Refusal as found:
        assert found.code == "qr.code_unknown"
    except UnicodeEncodeError:
        pass  # the test's own CRC


# ---- seals --------------------------------------------------------------------------------------------------------


def test_a_seal_holds_merchant_and_place() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    old = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    for secret, public in ((key, key.public_key()), (b"institution's key", b"institution's key")):
        code = decode(encode(seal(SHOP, secret)))
        assert len(code.seal) == (22 if isinstance(secret, bytes) else 86)
        check_seal(code, [old, public])
        for forged in (
            {"merchant": "0192f0c1a2b37d4e8f00112233445567"}, {"shop": "S8"}, {"terminal": "T2"},
            {"name": "NOODLE H0USE"},
            {"network": "saxaul.demo2"}, {"amount": Amount("CNY/2", 1)}, {"shop": "S7T", "terminal": "1"},
            {"order": "x"}, {"name_local": "面店"}, {"seal": ""}, {"seal": code.seal[:-2]}, {"seal": "A" * 86},
            {"seal": "A" * 85}, {"seal": "签" * 86},
        ):  # fmt: skip
            with pytest.raises(Refusal) as caught:
                check_seal(emvco.replace(code, **forged), [old, public])
            assert caught.value.code == "qr.signature_wrong"


def test_a_thousand_forged_stickers_are_refused() -> None:
    key, chance = b"k" * 32, random.Random(7)
    true = seal(SHOP, key)
    for _ in range(1_000):
        merchant = f"{chance.getrandbits(128):032x}"
        made = chance.choice(
            [
                emvco.replace(true, merchant=merchant),
                seal(emvco.replace(true, merchant=merchant, seal=""), chance.randbytes(32)),
                emvco.replace(true, merchant=merchant, seal=""),
                emvco.replace(true, seal=emvco._seal_text(chance.randbytes(16)), merchant=merchant),
            ]
        )
        with pytest.raises(Refusal) as caught:
            check_seal(decode(encode(made)), [key])
        assert caught.value.code == "qr.signature_wrong"


def test_a_stranger_may_add_a_template_below_our_seal() -> None:
    joint = emvco.replace(seal(SHOP, b"k"), others=(("26", "0008other.cn"), ("80", "0008other.cn0103abc")))
    check_seal(decode(encode(joint)), [b"k"])


def test_a_sealed_code_still_fits() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    longest = MerchantCode(
        name="N" * 25, city="C" * 15, network="saxaul." + "c" * 16, merchant="m" * 32, order="o" * 32, shop="s" * 25,
        terminal="t" * 25, language="ZH", name_local="面" * 25, city_local="天" * 15,
    )  # fmt: skip
    text = encode(seal(longest, key))
    assert len(text) <= emvco.TEXT_MAX
    check_seal(decode(text), [key.public_key()])


# ---- payers -------------------------------------------------------------------------------------------------------


def test_payer_codes_have_18_digits_and_are_found_by_a_hash() -> None:
    codes = [payer_code(b"secret", wallet="wa_1", number=number) for number in range(2_000)]
    assert len(set(codes)) == 2_000
    assert all(len(code) == 18 and code.isdigit() and code.startswith("19") for code in codes)
    assert codes[0] == payer_code(b"secret", wallet="wa_1", number=0)
    assert codes[0] not in (
        payer_code(b"secret", wallet="wa_2", number=0),
        payer_code(b"other", wallet="wa_1", number=0),
    )
    key = payer_code_key(codes[0])
    assert len(key) == 32 and codes[0][2:] not in key
    assert payer_code_key(f" {codes[0][:6]} {codes[0][6:12]}-{codes[0][12:]} ") == key
    assert payer_code_key(codes[1]) != key


@pytest.mark.parametrize(
    "text", ["", "19" + "1" * 15, "19" + "1" * 17, "18" + "1" * 16, "19" + "１" * 16, "19" + "a" * 16]
)
def test_other_digits_are_no_payer_code(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        payer_code_key(text)
    assert caught.value.code == "qr.code_unknown"


def test_the_card_sample_of_emvco_is_read_and_written() -> None:
    parts = emvco.decode_card(CARD)
    product = [(part.tag, [(inner.tag, inner.value) for inner in part.parts]) for part in parts[1:3]]
    assert parts[0] == Part("85", b"CPV01")
    assert product == [
        ("61", [("4F", bytes.fromhex("a0000000555555")), ("50", b"Product1")]),
        ("61", [("4F", bytes.fromhex("a0000000666666")), ("50", b"Product2")]),
    ]
    common = {part.tag: part for part in parts[3].parts}
    assert parts[3].tag == "62"
    assert common["5A"].value.hex() == "1234567890123458"
    assert common["5F20"].value == b"CARDHOLDER/EMV"
    assert common["5F2D"].value == b"ruesdeen"
    assert {part.tag: part.value.hex() for part in common["64"].parts} == {
        "9F10": "06010a03000000", "9F26": "584fd385fa234bcc", "9F36": "0001", "9F37": "6d58ef13",
    }  # fmt: skip
    assert emvco.encode_card(parts) == CARD


def test_card_codes_have_a_longest_and_a_deepest() -> None:
    for size in (0x7F, 0x80, 0xFF, 0x100, 0x1F0):
        whole = (Part("85", b"CPV01"), Part("50", b"x" * size))
        assert emvco.decode_card(emvco.encode_card(whole)) == whole
    nest = Part("50", b"x")
    for _ in range(emvco.DEPTH_MAX):
        nest = Part("61", b"", (nest,))
    assert emvco.decode_card(emvco.encode_card((Part("85", b"CPV01"), nest)))[1] == nest
    for bad in (Part("61", b"", (nest,)), Part("50", b"x" * 0x200)):
        with pytest.raises(Refusal) as caught:
            emvco.decode_card(emvco.encode_card((Part("85", b"CPV01"), bad)))
        assert caught.value.code == "qr.code_unknown"


values = st.binary(max_size=200)
leaves = st.builds(Part, st.sampled_from(["4F", "50", "5A", "5F20", "9F26", "9F8101"]), values)
nested = st.builds(lambda parts: Part("61", b"", tuple(parts)), st.lists(leaves, max_size=2))


@given(st.lists(leaves | nested, max_size=2))
@settings(max_examples=200, deadline=None)
def test_card_codes_come_back_as_they_were(parts: list[Part]) -> None:
    whole = (Part("85", b"CPV01"), *parts)
    text = emvco.encode_card(whole)
    if len(text) * 3 // 4 <= emvco.CARD_BYTES_MAX:
        assert emvco.decode_card(text) == whole


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_bytes_decode_or_are_refused(tail: bytes) -> None:
    for data in (tail, b"\x85\x05CPV01" + tail, b"\x85\x05CPV01" + b"\x61\x30" * 20 + tail):
        try:
            emvco.decode_card(emvco.base64.b64encode(data).decode())
        except Refusal as found:
            assert found.code == "qr.code_unknown"
    with pytest.raises(Refusal):
        emvco.decode_card("not base64!")
