"""Office hours as people write them: read, checked, and the days that come of them.

The stored form of a calendar's rules is read by `bot.desk.calendar.read_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

import holidays

from bot.desk.calendar import Interval, OfficeCalendar, read_rules

# A section's clock runs in working time alone, so there has to be enough of it ahead:
# bot.desk.calendar looks for it over 60 days.
LONGEST_SECTION_CLOCK = timedelta(hours=40)
DAYS_LOOKED_AHEAD = 60
DAYS_CHECKED = 400
LONGEST_NAME = 80
MOST_PERIODS = 12

_SPAN = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")


@dataclass(frozen=True)
class Problem:
    """What is wrong: `place` names the field, `kind` the fault, `detail` what it is about.

    Kinds: unreadable, backwards, overlap, no_name, no_dates, backwards_dates, period_overlap,
    closed_too_long.
    """

    place: str
    kind: str
    detail: str = ""


class WrongRules(Exception):
    """These can't be the office's hours; `problems` says why, each with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{p.place}: {p.kind} {p.detail}".strip() for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class PreviewDay:
    """One day of a calendar: its hours and why (a holiday's name, a period's or `weekly`)."""

    date: date
    rule: str
    intervals: tuple[Interval, ...]


@dataclass(frozen=True)
class Proposal:
    """A day off that the package `holidays` knows; some dates are estimates."""

    date: date
    name: str
    is_collective_leave: bool
    is_estimate: bool


def read_hours(text: str, place: str) -> list[list[str]]:
    """Hours such as "07.30–12.00, 13.00–17.00" as they are stored; raises WrongRules."""
    hours = []
    for piece in filter(None, (p.strip() for p in re.split(r"[,;\n]", text))):
        span = _SPAN.fullmatch(piece)
        if span is None:
            raise WrongRules([Problem(place, "unreadable", piece)])
        try:
            start, end = time(int(span[1]), int(span[2])), time(int(span[3]), int(span[4]))
        except ValueError:
            raise WrongRules([Problem(place, "unreadable", piece)]) from None
        if start >= end:
            raise WrongRules([Problem(place, "backwards", piece)])
        hours.append([start.isoformat("minutes"), end.isoformat("minutes")])
    hours.sort()
    for earlier, later in pairwise(hours):
        if later[0] < earlier[1]:
            raise WrongRules([Problem(place, "overlap", f"{later[0]}–{earlier[1]}")])
    return hours


def check(rules: Mapping[str, Any]) -> OfficeCalendar:
    """The calendar of these rules; raises WrongRules if no office can be run by them."""
    try:
        calendar = read_rules(rules, version=0)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise WrongRules([Problem("rules", "unreadable")]) from None
    problems = [
        *_wrong_weeks(calendar),
        *(fault for n, _ in enumerate(calendar.periods) for fault in _wrong_period(calendar, n)),
    ]
    if problems:
        raise WrongRules(problems)
    return calendar


def check_ahead(calendar: OfficeCalendar, today: date) -> None:
    """Raise WrongRules if from some day on a section's clock could not run out in 60 days."""
    days = preview(calendar, today, DAYS_CHECKED)
    worked = [sum((_length(i) for i in day.intervals), timedelta()) for day in days]
    for first in range(DAYS_CHECKED - DAYS_LOOKED_AHEAD + 1):
        ahead = worked[first : first + DAYS_LOOKED_AHEAD - 1]  # the first day may be half over
        if sum(ahead, timedelta()) < LONGEST_SECTION_CLOCK:
            raise WrongRules([Problem("rules", "closed_too_long", days[first].date.isoformat())])


def preview(calendar: OfficeCalendar, first: date, count: int) -> list[PreviewDay]:
    """`count` days of the calendar from `first` on."""
    days = (first + timedelta(days=offset) for offset in range(count))
    return [PreviewDay(day, calendar.day_rule(day), calendar.intervals(day)) for day in days]


def proposals(year: int) -> list[Proposal]:
    """The year's national holidays and collective leave, for a person to confirm."""
    public = _known(year, holidays.PUBLIC)
    leave = _known(year, holidays.GOVERNMENT)
    return [
        Proposal(
            day,
            _plain_name(name),
            is_collective_leave=day not in public,
            is_estimate="perkiraan" in name,
        )
        for day, name in sorted({**leave, **public}.items())
    ]


def _known(year: int, category: str) -> dict[date, str]:
    return dict(
        holidays.country_holidays("ID", years=year, categories=(category,), language="id").items()
    )


def _plain_name(name: str) -> str:
    return re.sub(r"\s*\(perkiraan\)", "", name)


def _wrong_weeks(calendar: OfficeCalendar) -> list[Problem]:
    """Intervals in order and apart, whatever the form let through."""
    weeks = [("weekly", calendar.weekly), ("break", calendar.breaks)]
    weeks += [(f"period-{n}", period.weekly) for n, period in enumerate(calendar.periods)]
    faults = []
    for place, week in weeks:
        for weekday, intervals in week.items():
            ends = [time.min]
            for interval in intervals:
                if not ends[-1] <= interval.start < interval.end or weekday not in range(7):
                    faults.append(Problem(f"{place}-{weekday}", "overlap"))
                ends.append(interval.end)
    return faults


def _wrong_period(calendar: OfficeCalendar, number: int) -> list[Problem]:
    period, place = calendar.periods[number], f"period-{number}"
    if not period.name.strip() or len(period.name) > LONGEST_NAME:
        return [Problem(f"{place}-name", "no_name")]
    if period.first > period.last:
        return [Problem(f"{place}-last", "backwards_dates")]
    for other in calendar.periods[:number]:
        if other.first <= period.last and period.first <= other.last:
            return [Problem(f"{place}-first", "period_overlap", other.name)]
    return []


def _length(interval: Interval) -> timedelta:
    start, end = (timedelta(hours=t.hour, minutes=t.minute) for t in (interval.start, interval.end))
    return end - start
