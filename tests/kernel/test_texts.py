"""Every text exists in five languages, keeps its facts, and obeys the rules for texts that a program can check."""

import re
import unicodedata

import pytest

from saxaul.kernel import texts
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import CATALOGUE, REASONS, Refusal
from saxaul.kernel.texts import LANGUAGES, placeholders, refused, wordings

KEYED = [key.split("\x04") for key in texts._catalogue("en")._catalog if isinstance(key, str) and "\x04" in key]
KINDS = [("refusal", code) for code in CATALOGUE] + [(entry.kind, entry.code) for entry in REASONS.values()]
SCRIPT = {"en": "LATIN", "fr": "LATIN", "zh": "CJK", "hi": "DEVANAGARI", "ru": "CYRILLIC"}
LATIN_WORDS = {"PIN", "API", "https", "CO", "e", "CNY", "s"}  # stand in every script


def raw(language, kind, code):
    return texts._catalogue(language).keyed(kind, code)


def parts(language, kind, code):
    return [wording for line in wordings(language, kind, code) for wording in line]


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_every_text_is_whole_in_five_languages_with_the_same_facts(kind, code):
    shape = [[placeholders(wording) for wording in line] for line in wordings("en", kind, code)]
    assert len(shape) >= 3, "a title, a reason, a next step"
    for language in LANGUAGES:
        assert raw(language, kind, code), f"{language} has no text"
        assert [[placeholders(wording) for wording in line] for line in wordings(language, kind, code)] == shape


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_a_text_without_facts_still_says_what_why_and_what_next(kind, code):
    title, *whys, step = wordings("en", kind, code)
    assert not placeholders(title[-1]) and not placeholders(step[-1])
    assert any(not placeholders(line[-1]) for line in whys), "one reason is true whatever is known"
    for line in (title, *whys, step):
        assert all(placeholders(wording) for wording in line[:-1]), "the richest wording comes first"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_texts_are_calm_and_end_like_sentences(kind, code, language):
    title, *rest = wordings(language, kind, code)
    for wording in parts(language, kind, code):
        assert not re.search("[!！]", wording)
        assert len(wording) <= 200
    assert not title[0].endswith((".", "。", "।"))
    for line in rest:
        for wording in line:
            assert wording.endswith((".", "。", "।")), wording


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "code"), KEYED)
def test_a_text_is_written_in_its_own_script(kind, code, language):
    for wording in parts(language, kind, code):
        words = re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", "", wording))
        for letter in "".join(word for word in words if word not in LATIN_WORDS):
            assert unicodedata.name(letter).startswith(SCRIPT[language]), f"{letter} in {wording}"


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_nobody_is_blamed_or_sent_round_in_circles(kind, code):
    english = " ".join(parts("en", kind, code)).lower()
    assert not re.search(r"\binvalid|\berror\b|\bfailed\b|\billegal\b|\boops\b|\bplease try again\b", english)
    if kind == "refusal" and CATALOGUE[code].again == "not":
        assert not re.search(r"\b(try|ask) again\b", english)
    if kind == "refusal" and CATALOGUE[code].sort in ("limited", "unavailable"):
        assert re.search(r"\b(again|wait)\b", english)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CATALOGUE)
def test_the_first_words_say_what_is_now_true_and_no_placeholder_is_left(code, language):
    for elder in (False, True):
        text = refused(language, Refusal(code), elder)
        assert text.sentences[0] == wordings(language, "now", CATALOGUE[code].now)[0][0]
        assert "{" not in text.title + text.plain
        assert len(text.sentences) == 1 if elder else len(text.sentences) >= 2


def test_no_text_is_kept_for_a_code_that_is_gone():
    for language in LANGUAGES:
        kept = {key.split("\x04")[1] for key in texts._catalogue(language)._catalog
                if isinstance(key, str) and key.startswith(("refusal\x04", "note\x04", "finding\x04"))}  # fmt: skip
        assert kept == {code for _, code in KINDS}


def test_a_text_is_as_rich_as_its_facts():
    full = refused("en", Refusal("wallet.funds_short", need="2.00 ECNY", free="1.35 ECNY", held="5.00 ECNY"))
    assert full.plain == (
        "You have not paid. This needs ¥2.00; your wallet has ¥1.35 free. "
        "Another ¥5.00 is held for something that is not finished. Add ¥0.65, then do it again."
    )
    none_held = refused("en", Refusal("wallet.funds_short", need="2.00 ECNY", free="0.00 ECNY", held="0.00 ECNY"))
    assert none_held.sentences == ("You have not paid.", "This needs ¥2.00; your wallet has ¥0.00 free.")
    assert none_held.next_step == "Add ¥2.00, then do it again."
    bare = refused("zh-hans", Refusal("wallet.funds_short"))
    assert bare.plain == "您没有付款。钱包的可用余额不够。请给钱包充值，然后再操作一次。"


def test_another_party_learns_the_code_and_none_of_the_facts():
    text = refused("en", Refusal("wallet.funds_short", need="2.00 ECNY", free="1.35 ECNY"), own=False)
    assert text.sentences[0] == "The payment was not made."
    assert not re.search(r"\d", text.plain)


def test_money_is_written_as_the_reader_writes_it():
    amount = Amount("ECNY/2", 123456789)
    assert [texts.money(language, amount) for language in ("en", "zh", "hi")] == [
        "¥1,234,567.89", "¥1,234,567.89", "¥12,34,567.89",
    ]  # fmt: skip
    assert texts.money("fr", amount).endswith(",89\xa0¥")
    assert texts.money("en", amount, named=True) == "¥1,234,567.89 in e-CNY"
    assert [texts.money("ru", Amount("STEP/0", count)) for count in (1, 3, 5)] == ["1 шаг", "3 шага", "5 шагов"]
    assert texts.money("en", Amount("CO2E/0", 2_830_000)) == "2.83 kg of CO₂"
    assert texts.money("zh", Amount("GREEN/0", 52)) == "52 克能量"


def test_an_instant_is_shown_in_the_city_s_own_day():
    ended = Refusal("award.claim_expired", end="2022-06-01T16:00:00Z")
    assert "until June 2, 2022, 00:00." in refused("en", ended).plain
    assert "2022年6月2日" in refused("zh", ended).plain
    month = refused("ru", Refusal("social.month_skipped", month="2022-05")).plain
    assert re.search(r"май 2022\sг\. Оплатите", month), "a full stop is not doubled"


def test_a_stage_is_named_in_the_reader_s_language():
    wrong = Refusal("request.stage_wrong", stage="held", ways=["pay.capture", "pay.release"])
    assert "资金已预留" in refused("zh", wrong).plain
    assert "money held" in refused("en", wrong).plain
    assert "“odd”" in refused("en", Refusal("request.stage_wrong", stage="odd")).plain


def test_a_message_without_a_translation_is_still_a_sentence():
    assert texts.say("hi", "Not in any catalogue: {count}.", count=3) == "Not in any catalogue: 3."
    assert texts.plural("fr", "{count} step", "{count} steps", 0) == "0 pas"


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-hans", "zh"), ("fr_CA", "fr"), ("RU", "ru"), ("de", "en"), ("", "en")]
)
def test_a_language_tag_finds_its_catalogue(tag, language):
    assert texts.known(tag) == language
