"""How times and deadlines are said to an applicant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_date
from babel.lists import format_list

from bot.settings import settings


def clock_time(moment: datetime, language: str, now: datetime) -> str:
    """`moment` in office time with its zone, and the day when it is not today."""
    local = moment.astimezone(settings().office_zone)
    today = now.astimezone(settings().office_zone).date()
    time = local.strftime("%H.%M" if language == "id" else "%H:%M")
    spoken = f"{time} {local.tzname()}"
    if local.date() == today:
        return spoken
    if local.date() == today + timedelta(days=1):
        return f"{spoken} besok" if language == "id" else f"{spoken} tomorrow"
    return f"{spoken}, {format_date(local, 'EEEE d MMMM', locale=language)}"


def by_deadline(due_at: datetime, language: str, now: datetime) -> str:
    """Such as "paling lambat pukul 10.42 WITA" or "by 10:42 WITA"."""
    spoken = clock_time(due_at, language, now)
    return f"paling lambat pukul {spoken}" if language == "id" else f"by {spoken}"


def joined(names: Sequence[str], language: str) -> str:
    """Such as "Seksi A dan Seksi B" or "Seksi A and Seksi B"."""
    return format_list(names, locale=language)
