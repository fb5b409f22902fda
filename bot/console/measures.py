"""Figures as people read them: shares, lengths of time, and which way they went."""

from __future__ import annotations

from datetime import timedelta

from jinja2.filters import do_filesizeformat

from bot.console.language import Words
from bot.console.times import HOUR, MINUTE, SPOKEN, span

NOTHING = "–"
_MINUTES = SPOKEN["minutes"]


def percent(share: float | None, words: Words) -> str:
    """A part of one, such as 96,4%; a dash when there is none."""
    if share is None:
        return NOTHING
    whole = round(share * 100, 1)
    return f"{_decimal(whole, words)}%"


def length(value: timedelta | None, words: Words) -> str:
    """A length of time, minutes with one decimal below an hour; a dash when there is none."""
    if value is None:
        return NOTHING
    seconds = value.total_seconds()
    if not MINUTE <= seconds < HOUR:
        return span(seconds, words)
    return words.gettext(_MINUTES).format(n=_decimal(round(seconds / MINUTE, 1), words))


def decimal(value: float | None, words: Words) -> str:
    """A number with one decimal; a dash when there is none."""
    return NOTHING if value is None else _decimal(round(value, 1), words)


def size(length: int, words: Words) -> str:
    """How large a file is: 146,5 KiB, or 146.5 KiB in English."""
    shown = do_filesizeformat(length, binary=True)
    return shown.replace(".", ",") if words.code == "id" else shown


def direction(value: float | timedelta | None, before: float | timedelta | None) -> str:
    """`up`, `down` or `same`; empty when there is nothing to compare."""
    if value is None or before is None:
        return ""
    if value == before:
        return "same"
    return "up" if value > before else "down"  # type: ignore[operator]


def _decimal(value: float, words: Words) -> str:
    written = f"{value:.0f}" if value == int(value) else f"{value:.1f}"
    return written.replace(".", ",") if words.code == "id" else written
