"""What templates say to show money, time, codes, charts and icons; all words are translated elsewhere."""

from __future__ import annotations

from typing import Any

import segno
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from saxaul.kernel.amounts import Amount
from saxaul.surfaces.web import charts, formats
from saxaul.surfaces.web.icons import ICONS, KINDS

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One of our icons; decoration only, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        size, ICONS[KINDS.get(name, name)],
    )  # fmt: skip


@register.simple_tag
def amount(value: Amount, style: str = "", incoming: bool | None = None) -> SafeString:
    """An amount: `style` is empty or `display`; a known direction gets its sign, and money coming in its colour."""
    cut = formats.shown(value, incoming=incoming)
    tone = f"{style} in" if incoming else style
    return format_html(
        '<span class="amount {}"><span class="unit">{}</span>{}<span class="fraction">{}</span>'
        '<span class="unit">{}</span></span>',
        tone, cut.before, cut.whole, cut.fraction, cut.after,
    )  # fmt: skip


@register.filter
def plain(value: Amount) -> str:
    """The amount in one piece, for sentences and labels."""
    return formats.shown(value).text


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """The code as a picture inside the page; always dark on white, since many readers fail on the reverse."""
    made = segno.make(text, error="m", micro=False)
    drawing = made.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None, dark="#0c140f")
    return format_html('<div class="plate" role="img" aria-label="{}">{}</div>', label, mark_safe(drawing))


@register.inclusion_tag("web/parts/chart.html")
def chart(title: str, rows: Any, first: str, second: str) -> dict[str, Any]:
    """Bars and, folded below them, the table with the same numbers; `rows` are (label, value, text)."""
    rows = list(rows)
    return {"title": title, "bars": charts.bars(rows), "rows": rows, "first": first, "second": second}


@register.filter
def pocket(part: Any) -> str:
    """The pocket's name in the reader's language."""
    return formats.pocket(part.asset, getattr(part, "title", ""))


@register.filter
def day(value: Any) -> str:
    """A day of the city."""
    return formats.day(value)


@register.filter
def moment(value: int) -> str:
    """Day and time in the city."""
    return formats.moment(value)


@register.filter
def clock(value: int) -> str:
    """Hours and minutes in the city."""
    return formats.clock(value)


@register.filter
def month(value: str) -> str:
    """Month and year."""
    return formats.month(value)


@register.filter
def number(value: int) -> str:
    """A count with the reader's grouping."""
    return formats.number(value)


@register.simple_tag(takes_context=True)
def near(context: dict[str, Any], value: int) -> str:
    """The hour if it was today, else the day."""
    return formats.near(value, context["page"].now)


@register.filter
def initial(name: str) -> str:
    """The first letter of a name, for the disc beside it."""
    return next((letter.upper() for letter in name if letter.isalnum()), "·")


@register.filter
def digits(code: str) -> SafeString:
    """A long code in groups of three, so that a person can read it aloud and a till can type it."""
    groups = ((code[start : start + 3],) for start in range(0, len(code), 3))
    return format_html_join("", "<span>{}</span>", groups)


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind of payment or bill."""
    return KINDS.get(kind, "shop")


@register.filter
def short(value: str) -> str:
    """A hash as people compare it: its first sixteen and last eight digits."""
    return f"{value[:16]}…{value[-8:]}" if len(value) > 25 else value
