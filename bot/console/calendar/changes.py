"""What differs between two versions of the calendar's rules, in words and day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.console.calendar.forms import WEEK, written
from bot.console.language import N_, Words
from bot.console.times import date_name, date_short
from bot.desk.calendar import OfficeCalendar
from bot.desk.calendar_rules import PreviewDay, preview

DAYS_SHOWN = 30
DAYS_COMPARED = 400

CLOSED = N_("tutup")


@dataclass(frozen=True)
class ShownDay:
    """A day of the preview; `before` is set where it had other hours until now."""

    date: date
    weekday: int
    kind: str  # `work`, `period` or `off`
    hours: str
    why: str
    before: str | None


@dataclass(frozen=True)
class Change:
    """One thing that differs: what it is, how it was and how it is."""

    what: str
    before: str
    after: str


def mark_in(words: Words) -> str:
    """What stands between hours and minutes."""
    return "." if words.code == "id" else ":"


def weekday_name(weekday: int, words: Words) -> str:
    """Senin, or Monday."""
    return date_name(date(2024, 1, 1 + weekday), words).partition(",")[0]


def shown_days(
    calendar: OfficeCalendar, first: date, words: Words, old: OfficeCalendar | None = None
) -> list[ShownDay]:
    """Thirty days from `first` on, beside those of `old` where they differ."""
    days = preview(calendar, first, DAYS_SHOWN)
    olds = preview(old, first, DAYS_SHOWN) if old else days
    return [_shown(day, was, words) for day, was in zip(days, olds, strict=True)]


def first_changed_day(calendar: OfficeCalendar, old: OfficeCalendar, today: date) -> date | None:
    """The first day from today on, within 400, that has other hours than before."""
    days = (today + timedelta(days=offset) for offset in range(DAYS_COMPARED))
    return next((d for d in days if calendar.intervals(d) != old.intervals(d)), None)


def changes(before: Mapping[str, Any], after: Mapping[str, Any], words: Words) -> list[Change]:
    """Everything that differs between two versions' rules."""
    found = []
    for key, name in (("weekly", N_("Jam kerja {day}")), ("breaks", N_("Istirahat {day}"))):
        found += _week_changes(before[key], after[key], words.gettext(name), words)
    if before["breaks_count_as_working"] != after["breaks_count_as_working"]:
        yes, no = words.gettext("ya"), words.gettext("tidak")
        was, now = (yes if r["breaks_count_as_working"] else no for r in (before, after))
        found.append(Change(words.gettext("Istirahat dihitung jam kerja"), was, now))
    return [*found, *_period_changes(before, after, words), *_holiday_changes(before, after, words)]


def _shown(day: PreviewDay, was: PreviewDay, words: Words) -> ShownDay:
    kind = "work" if day.rule == "weekly" else "period"
    return ShownDay(
        date=day.date,
        weekday=day.date.weekday(),
        kind=kind if day.intervals else "off",
        hours=_hours(day, words),
        why="" if day.rule == "weekly" else day.rule,
        before=_hours(was, words) if was.intervals != day.intervals else None,
    )


def _hours(day: PreviewDay, words: Words) -> str:
    stored = [[i.start.isoformat("minutes"), i.end.isoformat("minutes")] for i in day.intervals]
    return written(stored, mark_in(words)) or words.gettext(CLOSED)


def _week_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], name: str, words: Words
) -> list[Change]:
    found = []
    for weekday in WEEK:
        was, now = (week.get(str(weekday), []) for week in (before, after))
        if was != now:
            what = name.format(day=weekday_name(weekday, words))
            found.append(Change(what, _said(was, words), _said(now, words)))
    return found


def _period_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], words: Words
) -> list[Change]:
    was, now = ({p["name"] + p["first"]: p for p in r["periods"]} for r in (before, after))
    return [
        Change(
            words.gettext("Masa khusus"),
            _period(was.get(key), words),
            _period(now.get(key), words),
        )
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key)
    ]


def _holiday_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], words: Words
) -> list[Change]:
    was, now = before["holidays"], after["holidays"]
    return [
        Change(date_name(date.fromisoformat(day), words), was.get(day, "–"), now.get(day, "–"))
        for day in sorted(was.keys() | now.keys())
        if was.get(day) != now.get(day)
    ]


def _period(period: Mapping[str, Any] | None, words: Words) -> str:
    if period is None:
        return "–"
    first, last = (date_short(period[end], words) for end in ("first", "last"))
    week = [_said(period["weekly"].get(str(weekday), []), words) for weekday in WEEK]
    days = [
        f"{weekday_name(weekday, words)} {hours}"
        for weekday, hours in enumerate(week)
        if hours != words.gettext(CLOSED)
    ]
    return f"{period['name']}, {first} – {last}: {'; '.join(days)}"


def _said(intervals: list[list[str]], words: Words) -> str:
    return written(intervals, mark_in(words)) or words.gettext(CLOSED)
