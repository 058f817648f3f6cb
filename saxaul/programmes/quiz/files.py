"""Questions from files: Moodle's GIFT, CSV and JSON, read line by line with every fault named.

Pure functions. What they give becomes `quiz.write` acts with derived ids, so a file that was interrupted is handed in
again and nothing doubles. A file in one language makes questions in one language; a new version adds the others.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from saxaul.engine.request import Request, request
from saxaul.kernel import ids
from saxaul.kernel.maxima import MAXIMA
from saxaul.kernel.refusal import Refusal
from saxaul.programmes.quiz.bank import WRITTEN_MAX, Question, Write, faults
from saxaul.programmes.quiz.common import LANGUAGES, OPTIONS_MAX, OPTIONS_MIN, Words

COLUMNS = ("code", "question", "right", "wrong1", "wrong2", "wrong3", "wrong4", "wrong5", "why", "topic", "source",
           "valid_until", "language")  # fmt: skip
_GIFT = re.compile(r"(?P<title>::(?:\\.|[^\\])*?::)?(?P<text>(?:\\.|[^{}\\])*)\{(?P<body>(?:\\.|[^{}\\])*)\}\s*", re.S)
_PART = re.compile(r"(?<!\\)([=~])((?:\\.|[^=~\\])*)", re.S)
_NOTE = re.compile(r"(?<!\\)#")
_TAG = re.compile(r"^\[[a-z]+\]")


def read(data: bytes, kind: str, *, language: str = "en", source: str = "", valid_until: str = "") -> list[Question]:
    """The questions of a file; refuses `request.field_invalid` with a sentence for every line that is none.

    `source` and `valid_until` are those of the file, for questions that do not name their own.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal("request.field_invalid", fields=["file: not text in UTF-8"]) from None
    wrong: list[str] = []
    readers = {"gift": read_gift, "csv": read_csv, "json": read_json}
    found = [
        msgspec.structs.replace(one, source=one.source or source, valid_until=one.valid_until or valid_until)
        for one in readers[kind](text, language, wrong)
    ]
    if not found and not wrong:
        wrong.append("file: no question in it")
    if len(found) > MAXIMA.file_lines:
        wrong.append(f"file: more than {MAXIMA.file_lines} questions")
    codes: set[str] = set()
    for one in found:
        wrong += faults(one) + ([f"{one.code}: stands there twice"] if one.code in codes else [])
        codes.add(one.code)
    if wrong:
        raise Refusal("request.field_invalid", fields=wrong[: MAXIMA.faults_listed])
    return found


def coded(text: str) -> str:
    """A code made of a question's own words, the same whenever the file is read again."""
    return f"q-{hashlib.sha256(text.strip().encode()).hexdigest()[:12]}"


def _slug(title: str, text: str) -> str:
    bare = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40]
    return bare if bare else coded(text)


def _question(place: str, language: str, wrong: list[str], *, title: str, text: str, right: list[str],
              others: list[str], why: str, **more: str) -> Question | None:  # fmt: skip
    """One question of a file, or None with a sentence that says why it is none. Options are put in an order that
    does not tell which is right."""
    if len(right) != 1:
        wrong.append(f"{place}: one right answer, not {len(right)}")
        return None
    options = sorted([*right, *others], key=lambda one: hashlib.sha256(f"{text}|{one}".encode()).digest())
    if not OPTIONS_MIN <= len(options) <= OPTIONS_MAX:
        wrong.append(f"{place}: {OPTIONS_MIN} to {OPTIONS_MAX} options, not {len(options)}")
        return None
    fields: dict[str, Any] = {
        "code": _slug(title, text), "answer": options.index(right[0]),
        "texts": {language: {"question": text, "options": options, "why": why}}, **more,
    }  # fmt: skip
    try:
        return msgspec.convert(fields, Question)
    except msgspec.ValidationError as error:
        wrong.append(f"{place}: {error}")
        return None


# -- GIFT ----------------------------------------------------------------------------------------------------------


def read_gift(text: str, language: str, wrong: list[str]) -> Iterator[Question]:
    """Questions with one right answer (`=`) and wrong ones (`~`); other kinds of GIFT are named as faults."""
    for line, block in _blocks(text):
        place = f"line {line}"
        found = _GIFT.fullmatch(block)
        if found is None:
            wrong.append(f"{place}: no question in the form text {{=right ~wrong ~wrong}}")
            continue
        body = found["body"].strip()
        general, _, why = body.partition("####")
        parts = [(mark, *_noted(words)) for mark, words in _PART.findall(general)]
        if not parts or body.startswith("#") or any("->" in words for _, words, _ in parts):
            wrong.append(f"{place}: a choice of one right answer (=) and wrong ones (~) is read, nothing else")
            continue
        right = [words for mark, words, _ in parts if mark == "="]
        others = [words for mark, words, _ in parts if mark == "~"]
        note = why or next((note for mark, _, note in parts if mark == "="), "")
        title = _plain((found["title"] or "").strip(":"))
        question = _question(
            place, language, wrong, title=title, text=_plain(_TAG.sub("", found["text"].strip())), right=right,
            others=others, why=_plain(note),
        )  # fmt: skip
        if question is not None:
            yield question


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of what stands between empty lines, without comments and categories."""
    block: list[str] = []
    start = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        bare = line.strip()
        if bare.startswith(("//", "$CATEGORY:")):
            continue
        if bare:
            start = start or number
            block.append(line)
        elif block:
            yield start, "\n".join(block)
            block, start = [], 0


def _noted(words: str) -> tuple[str, str]:
    """(option, note) of one answer; a weight such as `%0%` is passed over."""
    words = re.sub(r"^\s*%-?[0-9.]+%", "", words)
    option, _, note = _NOTE.sub("\0", words, count=1).partition("\0")
    return _plain(option), note


def _plain(text: str) -> str:
    return re.sub(r"\\n", "\n", re.sub(r"\\([~=#{}:\\])", r"\1", text)).strip()


# -- CSV -----------------------------------------------------------------------------------------------------------


def read_csv(text: str, language: str, wrong: list[str]) -> Iterator[Question]:
    """One question a line, under a heading of COLUMNS; `question`, `right` and `wrong1` are needed."""
    try:
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        wrong.append(f"file: {error}")
        return
    head = rows[0] if rows else []
    if not {"question", "right", "wrong1"} <= set(head) <= set(COLUMNS):
        wrong.append(f"line 1: the columns are {', '.join(COLUMNS)}")
        return
    for number, cells in enumerate(rows[1:], 2):
        if not any(cells):
            continue
        if len(cells) != len(head):
            wrong.append(f"line {number}: {len(cells)} cells under {len(head)} columns")
            continue
        row = dict(zip(head, (cell.strip() for cell in cells), strict=True))
        others = [row[name] for name in COLUMNS[3:8] if row.get(name)]
        question = _question(
            f"line {number}", row.get("language") or language, wrong, title=row.get("code", ""), text=row["question"],
            right=[row["right"]] if row["right"] else [], others=others, why=row.get("why", ""),
            **{name: row[name] for name in ("topic", "source", "valid_until") if row.get(name)},
        )  # fmt: skip
        if question is not None:
            yield question


# -- JSON ----------------------------------------------------------------------------------------------------------


def read_json(text: str, language: str, wrong: list[str]) -> Iterator[Question]:
    """Our own form, which `packs/quiz` has too: a list of questions, all languages side by side."""
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        wrong.append(f"line {error.lineno}: {error.msg}")
        return
    rows = body.get("questions", []) if isinstance(body, dict) else body
    if not isinstance(rows, list):
        wrong.append("file: a list of questions, or an object whose `questions` is one")
        return
    for number, row in enumerate(rows, 1):
        try:
            yield msgspec.convert(row, Question)
        except msgspec.ValidationError as error:
            wrong.append(f"question {number}: {error}")


def requests(questions: list[Question], *, bank: str, credential: str) -> Iterator[Request]:
    """The acts that write the questions, the same for the same questions."""
    for start in range(0, len(questions), WRITTEN_MAX):
        ask = Write(bank, questions[start : start + WRITTEN_MAX])
        mark = hashlib.sha256(msgspec.json.encode(ask)).hexdigest()
        yield request("quiz.write", ask, id=ids.derived(0, f"quiz.write:{credential}:{mark}"), credential=credential)


def in_languages(words: dict[str, Words]) -> bool:
    """Whether a question can be read in all our languages."""
    return set(words) == set(LANGUAGES)
