"""Numbers, money and dates as people of each language write them.

Babel knows the patterns; only two things are ours: yuan carry the sign people see in shops (¥, not CN¥), and an amount
is cut at its decimal mark, so that a page can set the fraction smaller without gluing text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from saxaul.kernel import assets, times
from saxaul.kernel.amounts import Amount

MONEY = ("CNY", "ECNY", "VOUCHER", "DEBT", "LINE")  # kinds of value that are written with the sign of the yuan


@dataclass(frozen=True, slots=True)
class Shown:
    """An amount cut for typesetting: `before` and `after` hold sign and unit where the language puts them."""

    before: str
    whole: str
    fraction: str
    after: str

    @property
    def text(self) -> str:
        """The same in one piece, for labels and plain text."""
        return f"{self.before}{self.whole}{self.fraction}{self.after}"


def locale() -> Locale:
    """The reader's language for Babel."""
    return Locale.parse((get_language() or "en").replace("-", "_").replace("hans", "Hans"))


def number(value: int) -> str:
    """A count with the reader's grouping: 12,34,567 in Hindi."""
    return format_decimal(value, locale=locale())


def decimal(amount: Amount) -> Decimal:
    """The amount as an exact decimal, for Babel only."""
    return Decimal(amount.units).scaleb(-assets.scale(amount.asset))


def typed(amount: Amount) -> str:
    """The amount as its reader would type it into a field: `86,40` in Russian."""
    return str(decimal(amount)).replace(".", get_decimal_symbol(locale()))


def shown(amount: Amount, *, incoming: bool | None = None) -> Shown:
    """The amount in the reader's language; a known direction is written as a sign before it."""
    here = locale()
    sign = "" if incoming is None else ("+" if incoming else "−")
    if assets.kind(amount.asset) not in MONEY:
        return Shown(sign, format_decimal(decimal(amount), locale=here), "", _unit(amount.asset))
    text = format_currency(decimal(amount), "CNY", locale=here).replace("CN¥", "¥").replace("CNY", "¥")
    mark = get_decimal_symbol(here)
    head, _mark, tail = text.rpartition(mark)
    digits = "".join(c for c in tail if c.isdigit())
    start = next(i for i, c in enumerate(head) if c.isdigit())
    return Shown(sign + head[:start], head[start:], mark + digits, tail[len(digits) :])


def _unit(asset: str) -> str:
    """What follows a count that is not money."""
    units = {
        "GREEN": pgettext("unit", "g"), "CO2E": pgettext("unit", "mg"), "STEP": pgettext("unit", "steps"),
        "POINT": pgettext("unit", "points"),
    }  # fmt: skip
    unit = units.get(assets.kind(asset), "")
    return f"\u00a0{unit}" if unit else ""


def pocket(asset: str, title: str = "") -> str:
    """The name of a pocket as it stands on the wallet page."""
    if title:
        return title
    names = {
        "ECNY": _("Digital yuan (e-CNY)"), "CNY": _("Bank money"), "VOUCHER": _("Voucher"), "POINT": _("Points"),
    }  # fmt: skip
    return names.get(assets.kind(asset), assets.name(asset)).replace("e-CNY", "e\u2011CNY")  # never broken in two


def day(value: int | str) -> str:
    """A day of the city: from microseconds or from `2022-06-01`."""
    when = date.fromisoformat(value) if isinstance(value, str) else times.moment(value).date()
    return format_date(when, "medium", locale=locale())


def clock(value: int) -> str:
    """Hours and minutes in the city."""
    return format_time(times.moment(value), "short", locale=locale())


def moment(value: int) -> str:
    """Day, hour and minute in the city; seconds are for machines."""
    pattern = get_datetime_format("medium", locale=locale())
    return str(pattern).replace("'", "").replace("{0}", clock(value)).replace("{1}", day(value))


def month(value: str) -> str:
    """`2022-06` as the reader says it: June 2022."""
    return format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=locale())


def near(value: int, now: int) -> str:
    """Today's things by their hour, older ones by their day: what a list has room for."""
    when, today = times.moment(value), times.moment(now)
    if when.date() == today.date():
        return clock(value)
    if when.year == today.year:
        return format_skeleton("MMMd", when, locale=locale())
    return format_date(when.date(), "medium", locale=locale())


def short_day(value: str) -> str:
    """A day as a chart has room for it: `2022-06-01` is 1 June, in figures and the reader's order."""
    return format_skeleton("Md", date.fromisoformat(value), locale=locale())
