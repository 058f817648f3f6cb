"""Sentences for people: five languages, whole sentences, money and dates as the reader writes them.

The inside speaks in codes and facts; only here do they become words. A text is chosen by the facts that are present:
in the catalogue a line holds several wordings, richest first, and the first whose facts are all known is shown, so a
refusal without details still reads as a whole text and no reader ever sees an empty placeholder. Catalogues are read
from their `.po` sources where no newer `.mo` stands beside them, so nobody needs gettext's tools to run or to test.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from string import Formatter
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from babel.units import format_unit

from saxaul.kernel import assets, times
from saxaul.kernel.amounts import Amount
from saxaul.kernel.refusal import REASONS, Fact, Refusal

LANGUAGES: Final = ("en", "zh", "hi", "ru", "fr")

YUAN: Final = frozenset({"CNY", "ECNY", "VOUCHER", "DEBT", "LINE"})  # kinds that count fen

COUNTED: Final = {
    "STEP": ("{count} step", "{count} steps"),
    "TREE": ("{count} tree", "{count} trees"),
    "POINT": ("{count} point", "{count} points"),
    "TICKET": ("{count} ticket", "{count} tickets"),
    "COUPON": ("{count} coupon", "{count} coupons"),
    "BENEFIT": ("{count} benefit", "{count} benefits"),
    "LESSON": ("{count} lesson", "{count} lessons"),
    "CHICKEN": ("{count} chicken", "{count} chickens"),
    "TRY": ("{count} try", "{count} tries"),
    "REVIVAL": ("{count} revival card", "{count} revival cards"),
    "POLICY": ("{count} policy", "{count} policies"),
    "GREEN": ("{count} g of energy", "{count} g of energy"),
}

_AMOUNT = re.compile(r"(-?[0-9]{1,19})(?:\.([0-9]{1,9}))? ([A-Z][A-Za-z0-9._-]{1,63})")
_DOUBLED = re.compile(r"(?<!\.)\.\.(?= |$)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Text:
    """What a reader is told: a title, whole sentences (first what is now true of the money), one step that works."""

    title: str
    sentences: tuple[str, ...]
    next_step: str
    language: str = "en"

    @property
    def plain(self) -> str:
        """All of it but the title in one paragraph, for a terminal, an SMS or a screen reader."""
        return ("" if self.language == "zh" else " ").join((*self.sentences, self.next_step))


class _Catalogue(gettext.GNUTranslations):
    """A catalogue that can also say that it has no text: gettext by itself answers the key instead."""

    def keyed(self, context: str, key: str) -> str | None:
        """The text of a key, or None."""
        texts: Mapping[object, str] = self.__dict__["_catalog"]
        return texts.get(f"{context}\x04{key}") or None


@cache
def _catalogue(language: str) -> _Catalogue:
    """The compiled catalogue if it is the newer, else the source read at once."""
    with as_file(files("saxaul").joinpath("locale")) as root:
        folder = Path(root) / language / "LC_MESSAGES"
        source, compiled = folder / "saxaul.po", folder / "saxaul.mo"
        if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
            with compiled.open("rb") as handle:
                return _Catalogue(handle)
        with source.open("rb") as handle:
            messages = read_po(handle, locale=_locale(language), domain="saxaul")
    written = io.BytesIO()
    write_mo(written, messages)
    written.seek(0)
    return _Catalogue(written)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def known(language: str) -> str:
    """The one of LANGUAGES meant by a tag such as `zh-hans` or `fr_CA`; English where it is none of them."""
    bare = language.lower().replace("_", "-").partition("-")[0]
    return bare if bare in LANGUAGES else "en"


def say(language: str, message: str, **facts: object) -> str:
    """The English `message` in the reader's language, its placeholders filled and formatted."""
    language = known(language)
    return _filled(language, _catalogue(language).gettext(message), facts)


def plural(language: str, one: str, many: str, count: int, **facts: object) -> str:
    """`one` or `many` as the language counts; `{count}` is the number, written as the reader writes it."""
    language = known(language)
    return _filled(language, _catalogue(language).ngettext(one, many, count), {**facts, "count": count})


def number(language: str, value: int | Decimal) -> str:
    """A number with the reader's separators."""
    return str(format_decimal(value, locale=_locale(known(language))))


def money(language: str, amount: Amount, *, named: bool = False) -> str:
    """An amount for people: yuan as ¥12.50, counts with their noun.

    `named` tells e-CNY and vouchers from bank money, where a page shows several pockets.
    """
    language = known(language)
    family = assets.kind(amount.asset)
    exact = Decimal(amount.units).scaleb(-assets.scale(amount.asset))
    if family in YUAN:
        shown = _yuan(language, exact)
        if named and family == "ECNY":
            return say(language, "{amount} in e-CNY", amount=shown)
        if named and family == "VOUCHER":
            return say(language, "{amount} in a voucher", amount=shown)
        return shown
    if family == "CO2E":
        return say(language, "{amount} of CO₂", amount=_weight(language, amount.units))
    if family == "LAND":
        return _measured(language, Decimal(amount.units).scaleb(-2), "area-square-meter")
    if family in COUNTED:
        return plural(language, *COUNTED[family], amount.units)
    return f"{number(language, exact)} {assets.name(amount.asset)}"


def _yuan(language: str, value: Decimal) -> str:
    """Babel writes CN¥ outside China; in a city wallet there is one ¥."""
    locale = _locale(language)
    shown = str(format_currency(value, "CNY", locale=locale))
    return shown.replace(get_currency_symbol("CNY", locale), "¥")


def _weight(language: str, milligrams: int) -> str:
    """Milligrams in the largest unit that keeps a whole part."""
    for power, unit in ((9, "metric-ton"), (6, "kilogram"), (3, "gram")):
        if abs(milligrams) >= 10**power:
            return _measured(language, Decimal(milligrams).scaleb(-power), f"mass-{unit}")
    return _measured(language, Decimal(milligrams), "mass-milligram")


def _measured(language: str, value: Decimal, unit: str) -> str:
    return str(format_unit(value, unit, length="short", locale=_locale(language)))


def date(language: str, us: int, zone: str = times.ZONE, *, clock: bool = True) -> str:
    """The instant as the city's calendar shows it, with the time of day unless `clock` is off."""
    locale = _locale(known(language))
    moment = times.moment(us, zone)
    shown = str(format_date(moment, "long", locale=locale))
    if not clock:
        return shown
    pattern = str(locale.datetime_formats["medium"])
    time = "HH:mm:ss" if moment.second else "HH:mm"
    return pattern.replace("{1}", shown).replace("{0}", str(format_time(moment, time, locale=locale))).replace("'", "")


def _shown(language: str, value: object, zone: str = times.ZONE) -> str:
    """A fact for people, told by its shape: amount, instant, day, month, list, number, else the text itself."""
    if isinstance(value, Amount):
        return money(language, value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return number(language, value)
    if isinstance(value, (list, tuple)):
        return str(format_list([_shown(language, part, zone) for part in value], locale=_locale(language)))
    text = str(value)
    amount = _amount(text)
    if amount is not None:
        return money(language, amount)
    if _INSTANT.fullmatch(text):
        us = times.read(text)
        return text if us is None else date(language, us, zone)
    try:
        if _DAY.fullmatch(text):
            return str(format_date(Day.fromisoformat(text), "long", locale=_locale(language)))
        if _MONTH.fullmatch(text):
            return str(format_skeleton("yMMMM", Day.fromisoformat(text + "-01"), locale=_locale(language)))
    except ValueError:
        pass  # written like a date and none in the calendar: the text itself is still the most honest
    return text


def _amount(value: Fact) -> Amount | None:
    """The amount in a fact such as `2.00 ECNY`; unlike `amounts.parse` it may be below zero and never refuses."""
    found = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    asset = assets.named(found[3]) if found else None
    if found is None or asset is None or len(found[2] or "") != assets.scale(asset):
        return None
    return Amount(asset, int(found[1] + (found[2] or "")))


def _filled(language: str, wording: str, facts: Mapping[str, object], zone: str = times.ZONE) -> str:
    """The wording with its facts; a fact that ends in a full stop ("2022 г.") does not double the sentence's own."""
    shown = {name: _shown(language, value, zone) for name, value in facts.items()}
    return _DOUBLED.sub(".", wording.format_map(shown))


def _staged(language: str, value: object) -> object:
    """The name of a stage in the reader's language; a programme's own stage without a text is shown as it is."""
    if isinstance(value, str):
        return _catalogue(language).keyed("stage", value) or value
    return value


@cache
def placeholders(wording: str) -> frozenset[str]:
    """The facts that a wording needs."""
    return frozenset(name for _, name, _, _ in Formatter().parse(wording) if name)


def wordings(language: str, kind: str, code: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a text (title, whys, next step), each as its wordings, richest first.

    English stands in where a language lacks the text; a code without any is a bug.
    """
    text = _catalogue(known(language)).keyed(kind, code) or _catalogue("en").keyed(kind, code)
    assert text is not None, f"{kind} {code} has no text in saxaul/locale"
    return tuple(tuple(part.strip() for part in line.split(" | ")) for line in text.splitlines())


def _chosen(language: str, line: tuple[str, ...], facts: Mapping[str, object], zone: str) -> str | None:
    for wording in line:
        if placeholders(wording) <= facts.keys():
            return _filled(language, wording, facts, zone)
    return None


def _completed(language: str, facts: Mapping[str, Fact]) -> dict[str, object]:
    """The facts with what follows from them: what is missing, a stage's name; and no word about a hold of nothing."""
    full: dict[str, object] = dict(facts)
    need, free, held = (_amount(facts.get(name, "")) for name in ("need", "free", "held"))
    if "short" not in full and need and free and need.asset == free.asset and free < need:
        full["short"] = need - free
    if held is not None and not held.units:
        del full["held"]
    if "stage" in full:
        full["stage"] = _staged(language, full["stage"])
    return full


def refused(language: str, refusal: Refusal, elder: bool = False, *, own: bool = True, zone: str = times.ZONE) -> Text:
    """The refusal for a reader: what is now true, why, and the next step.

    `elder` keeps the first sentence and the next step, which pages show large with one button. With `own` off the
    reader is another party (a till, a payee): every fact is left out, since facts go only to whom they are about.
    """
    language = known(language)
    now = wordings(language, "now", refusal.entry.now)[0][0]
    if not own:
        other = _catalogue(language).keyed("now", refusal.entry.now + ".other")
        now = other or now
    facts = _completed(language, refusal.facts) if own else {}
    return _text(language, wordings(language, "refusal", refusal.code), facts, now=now, elder=elder, zone=zone)


def explained(
    language: str, code: str, facts: Mapping[str, Fact], *, elder: bool = False, zone: str = times.ZONE
) -> Text:
    """A note of a receipt or a finding of a guard for the person it is about."""
    language = known(language)
    lines = wordings(language, REASONS[code].kind, code)
    return _text(language, lines, _completed(language, facts), now=None, elder=elder, zone=zone)


def _text(
    language: str,
    lines: tuple[tuple[str, ...], ...],
    facts: Mapping[str, object],
    *,
    now: str | None,
    elder: bool,
    zone: str,
) -> Text:
    title, *whys, step = (_chosen(language, line, facts, zone) for line in lines)
    assert title and step, "the last wording of a title and of a next step needs no facts"
    sentences = [part for part in (now, *whys) if part]
    return Text(title, tuple(sentences[:1] if elder else sentences), step, language)
