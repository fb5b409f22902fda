"""Times as people say them: "3 menit lagi", and the exact one in office time."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from bot.console.language import N_, Words
from bot.settings import settings

MINUTE, HOUR, DAY = 60, 3600, 86_400

# The page's script says times with the same words, see `spoken` in static/console.js.
SPOKEN = {
    "seconds": N_("{n} detik"),
    "minutes": N_("{n} menit"),
    "hours": N_("{n} jam"),
    "hours_minutes": N_("{n} jam {m} menit"),
    "days": N_("{n} hari"),
    "ahead": N_("{span} lagi"),
    "ago": N_("{span} lalu"),
    "late": N_("terlambat {span}"),
    "now": N_("baru saja"),
}


def local(moment: datetime) -> datetime:
    """The moment in office time."""
    return moment.astimezone(settings().office_zone)


def zone_name(moment: datetime) -> str:
    """What office time is called, such as WITA."""
    return local(moment).tzname() or settings().tz_office


def clock_time(moment: datetime, words: Words) -> str:
    """Hours and minutes in office time: 14.05, or 14:05 in English."""
    return local(moment).strftime("%H.%M" if words.code == "id" else "%H:%M")


def day_name(moment: datetime, words: Words) -> str:
    """The day in office time: Senin, 23 November 2026."""
    return _written(local(moment).date(), "EEEE, d MMMM y", words.code)


def date_name(day: date, words: Words) -> str:
    """A date, of no time zone: Rabu, 10 Maret 2027."""
    return _written(day, "EEEE, d MMMM y", words.code)


def date_short(day: date | str, words: Words) -> str:
    """10 Mar 2027, also of a date as a form has it; what is no date stays as it was written."""
    try:
        read = date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        return str(day)
    return _written(read, "d MMM y", words.code)


def month_name(day: date, words: Words) -> str:
    """The short name of the date's month: Mar."""
    return _written(day, "MMM", words.code)


def exact(moment: datetime, words: Words) -> str:
    """Everything at once: Sen 23 Nov 2026, 14.05 WITA."""
    date = _written(local(moment).date(), "EEE d MMM y", words.code)
    return f"{date}, {clock_time(moment, words)} {zone_name(moment)}"


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, language: str) -> str:
    """The date by Babel's pattern. Pages have the same few days again and again."""
    return str(format_date(day, pattern, locale=language))


def day_heading(moment: datetime, now: datetime, words: Words) -> str:
    """What a day of the transcript is called: today, yesterday or its date."""
    days = (local(now).date() - local(moment).date()).days
    if days == 0:
        return words.gettext("Hari ini")
    return words.gettext("Kemarin") if days == 1 else day_name(moment, words)


def span(seconds: float, words: Words) -> str:
    """A length of time in at most two units."""
    total = int(abs(seconds))
    minutes = total // MINUTE
    if total < MINUTE:
        return _say("seconds", words, n=total)
    if total < HOUR:
        return _say("minutes", words, n=minutes)
    if total < DAY:
        hours, rest = divmod(minutes, 60)
        return _say("hours_minutes" if rest else "hours", words, n=hours, m=rest)
    return _say("days", words, n=total // DAY)


def distance(moment: datetime, now: datetime, words: Words) -> str:
    """How far the moment is from now, either way."""
    seconds = (moment - now).total_seconds()
    if -MINUTE < seconds <= 0:
        return _say("now", words)
    return _say("ahead" if seconds > 0 else "ago", words, span=span(seconds, words))


def time_left(due_at: datetime, now: datetime, words: Words) -> str:
    """How long until a deadline, or by how much it is late."""
    seconds = (due_at - now).total_seconds()
    return _say("ahead" if seconds > 0 else "late", words, span=span(seconds, words))


def _say(key: str, words: Words, **values: object) -> str:
    return words.gettext(SPOKEN[key]).format(**values)
