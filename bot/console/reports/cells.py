"""A block's cells as a page shows them, and as files hold them: no spreadsheet runs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.console import labels, measures
from bot.console.language import Words
from bot.console.reports.blocks import Column, Kind
from bot.console.times import date_short, exact, local, zone_name

LONGEST = 32_000  # characters; a spreadsheet's cell holds 32,767
# What a spreadsheet takes for the beginning of a formula, also after blanks and in full width.
_FORMULA = re.compile(r"^\s*[=+\-@|%＝＋－＠]|^[\t\r\n]")
# What neither XML nor a printed page can hold.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Plain = str | int | float | date | None


def plain(value: object, kind: Kind) -> Plain:
    """The value without its zone (moments are in office time), lengths in minutes."""
    if value is None:
        return None
    if kind is Kind.LENGTH and isinstance(value, timedelta):
        return round(value.total_seconds() / 60, 1)
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return round(value, 4)
    return _UNPRINTABLE.sub("", str(value))[:LONGEST]


def shown(value: object, kind: Kind, words: Words) -> str:
    """The value as a page writes it; a dash where there is none."""
    write = _SHOWN.get(kind)
    if value is None:
        return measures.NOTHING
    return write(value, words) if write else str(value)


_SHOWN: Mapping[Kind, Callable[[Any, Words], str]] = {
    Kind.NUMBER: labels.number,
    Kind.DECIMAL: measures.decimal,
    Kind.SHARE: measures.percent,
    Kind.LENGTH: measures.length,
    Kind.MOMENT: exact,
    Kind.DAY: date_short,
}


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return _FORMULA.match(text) is not None


def harmless(text: str) -> str:
    """The text such that a spreadsheet that opens the CSV shows it and runs nothing."""
    return f"'{text}" if begins_formula(text) else text


def heading(column: Column, words: Words, now: datetime) -> str:
    """The column's title in a file; of lengths with their unit, of moments with their zone."""
    if column.kind is Kind.LENGTH:
        return words.gettext("{title} (menit)").format(title=column.title)
    return f"{column.title} ({zone_name(now)})" if column.kind is Kind.MOMENT else column.title
