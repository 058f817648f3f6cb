"""What the vault may tell, and to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from saxaul.kernel.refusal import Refusal
from saxaul.ledger.facts import Proof
from saxaul.people import consents, pins, proofs, vault
from saxaul.people.private import Private, Vaulted, mark

PEPPER, KEY, OTHER = b"p" * 32, b"k" * 32, b"o" * 32


@pytest.mark.parametrize(
    "written", ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８"]
)
def test_a_telephone_has_one_mark_however_it_is_written(written: str) -> None:
    assert vault.phone(written) == "+8613812345678"
    assert vault.phone_mark(PEPPER, written) == vault.phone_mark(PEPPER, "13812345678")


def test_marks_need_the_pepper_and_tell_kinds_apart() -> None:
    assert vault.phone_mark(PEPPER, "13812345678") != vault.phone_mark(b"q" * 32, "13812345678")
    assert vault.mark(PEPPER, "name", "x") != vault.mark(PEPPER, "document", "x")
    assert vault.is_abroad(vault.phone("+33 6 12 34 56 78")) and not vault.is_abroad(vault.phone("13812345678"))


@pytest.mark.parametrize(
    ("one", "same"),
    [("阿凡提·买买提", "阿凡提•买买提"), ("阿凡提·买买提", "阿凡提・买买提"), ("阿凡提·买买提", "阿凡提･买买提"),
     ("张三", " 张　三 "), ("ＬＩ Ｗｅｉ", "LI Wei"), ("ﬁn", "fin")],
)  # fmt: skip
def test_names_are_compared_without_space_width_and_kind_of_dot(one: str, same: str) -> None:
    assert vault.name_mark(PEPPER, one) == vault.name_mark(PEPPER, same)


@pytest.mark.parametrize(
    ("one", "other"), [("张三", "張三"), ("张三", "zhangsan"), ("Li", "li"), ("阿·买", "阿买"), ("己", "已")]
)
def test_nothing_else_is_forgiven(one: str, other: str) -> None:
    assert vault.name_mark(PEPPER, one) != vault.name_mark(PEPPER, other)


@pytest.mark.parametrize(
    "text", ["resident_id:11010519491231002X", "resident_id: 11010519491231002x", "passport:E12345678"]
)
def test_documents_that_fit_their_kind(text: str) -> None:
    assert vault.document(text).isascii()


@pytest.mark.parametrize(
    ("field", "call", "text"),
    [("phone", vault.phone, "hello"), ("phone", vault.phone, "123"), ("name", vault.shown_name, " \u3000"),
     ("name", vault.shown_name, "a\x00b"), ("document", vault.document, "resident_id:110105194912310021"),
     ("document", vault.document, "library:123456"), ("pin", pins.checked, "12345"), ("pin", pins.checked, "123456"),
     ("pin", pins.checked, "111111")],
)  # fmt: skip
def test_what_is_wrong_is_named_and_never_repeated(field: str, call, text: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call(text)
    (said,) = refused.value.facts["fields"]
    assert refused.value.code == "request.field_invalid" and said.startswith(f"{field}:") and text not in said


@given(some.text(min_size=1, max_size=200), some.text(min_size=1, max_size=200))
def test_a_seal_opens_with_its_own_key_person_and_field_only(text: str, other: str) -> None:
    sealed = vault.seal(KEY, text, person="a", field="name")
    assert vault.open_(KEY, sealed, person="a", field="name") == text
    assert vault.open_(OTHER, sealed, person="a", field="name") is None
    assert vault.open_(KEY, sealed, person="b", field="name") is None
    assert vault.open_(KEY, sealed, person="a", field="phone") is None
    assert (vault.seal(KEY, other, person="a", field="name") == sealed) == (other == text)


def test_a_persons_key_is_worth_nothing_without_the_master() -> None:
    sealed = vault.seal_key(KEY, OTHER, person="a")
    assert vault.open_key(KEY, sealed, person="a") == OTHER
    assert vault.open_key(OTHER, sealed, person="a") is None
    assert vault.open_key(KEY, sealed, person="b") is None


def test_a_pin_is_hashed_alike_on_a_retry_and_otherwise_for_another_person() -> None:
    hash = pins.hashed(PEPPER, "zhang", "739154")
    assert hash == pins.hashed(PEPPER, "zhang", "739154") != pins.hashed(PEPPER, "li", "739154")
    assert hash.startswith("$argon2id$") and "739154" not in hash
    assert pins.right(PEPPER, "zhang", "739154", hash)
    assert not pins.right(PEPPER, "zhang", "739155", hash)
    assert not pins.right(b"q" * 32, "zhang", "739154", hash), "without the pepper the hash is worth nothing"
    assert not pins.right(PEPPER, "zhang", "739154", "no hash")


def test_a_try_sent_again_is_the_same_try() -> None:
    one, other = "0180000000007000800000000000000a", "0180000000007000800000000000000b"
    assert pins.try_id(one, "m") == pins.try_id(one, "m")
    assert len({pins.try_id(one, "m"), pins.try_id(one, "n"), pins.try_id(other, "m")}) == 3


def test_a_proof_is_bound_to_all_it_says_and_ends() -> None:
    proof = Proof("pin", "zhang", "merchant:m:due", "ECNY/2", 200, 1_000)
    text = proofs.sign(KEY, proof)
    assert proofs.verify(KEY, text, now=999) == proof
    assert proofs.verify(KEY, text, now=1_000) is None
    assert proofs.verify(OTHER, text, now=999) is None
    body, _, signature = text.partition(".")
    other = proofs.sign(KEY, Proof("pin", "zhang", "merchant:m:due", "ECNY/2", 201, 1_000)).partition(".")[0]
    for forged in (f"{other}.{signature}", body, f"{body}.", "", ".", "é.é", f"{body}.{signature[:-4]}", "x" * 5000):
        assert proofs.verify(KEY, forged, now=999) is None


def test_an_unsealed_text_never_passes_for_a_mark() -> None:
    assert mark(Vaulted("0" * 32)) == "0" * 32
    with pytest.raises(AssertionError):
        mark(Private("13812345678"))


def test_a_consent_is_exported_with_both_its_events() -> None:
    class Row:
        key, entry, person, purpose = "z:green", 7, "z", "green"
        stage, text_version, given, since = "withdrawn", "2022-05", 0, 1_000_000

    receipt = consents.exported(Row, controller="Saxaul", text="Rides count for green energy.")
    assert [event["event_type"] for event in receipt["events"]] == ["consent given", "consent withdrawn"]
    assert receipt["processing"][0]["privacy_notice"] == "2022-05" and receipt["state"] == "withdrawn"
