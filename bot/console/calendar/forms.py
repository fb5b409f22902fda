"""The editor's fields: from stored rules, out of a form, and back into rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.desk.calendar import OfficeCalendar
from bot.desk.calendar_rules import (
    LONGEST_NAME,
    MOST_PERIODS,
    Problem,
    WrongRules,
    check,
    check_ahead,
    proposals,
    read_hours,
)

WEEK = range(7)
OWN_DAYS = 3  # empty rows for days off that no package knows


@dataclass(frozen=True)
class PeriodFields:
    """A dated period, such as Ramadan, as the form has it."""

    name: str
    first: str
    last: str
    days: list[str]
    is_gone: bool = False

    @property
    def is_blank(self) -> bool:
        return not (self.name or self.first or self.last)


@dataclass(frozen=True)
class HoursFields:
    """Weekly hours, breaks and periods as the form has them."""

    weekly: list[str]
    breaks: list[str]
    breaks_count: bool
    periods: list[PeriodFields]


@dataclass(frozen=True)
class HolidayRow:
    """A day off that holds, or that is proposed."""

    date: date
    name: str
    is_chosen: bool
    kind: str  # `public`, `leave` or `own`
    is_estimate: bool


def hours_of(rules: Mapping[str, Any], mark: str) -> HoursFields:
    """The fields of stored rules, hours written with `mark` between hours and minutes."""
    return HoursFields(
        weekly=_week(rules["weekly"], mark),
        breaks=_week(rules["breaks"], mark),
        breaks_count=rules["breaks_count_as_working"],
        periods=[
            PeriodFields(p["name"], p["first"], p["last"], _week(p["weekly"], mark))
            for p in rules["periods"]
        ],
    )


def with_blank_period(fields: HoursFields) -> HoursFields:
    """One more period to fill in, with the hours of the last one."""
    days = fields.periods[-1].days if fields.periods else fields.weekly
    blank = [] if any(p.is_blank for p in fields.periods) else [PeriodFields("", "", "", days)]
    return HoursFields(fields.weekly, fields.breaks, fields.breaks_count, [*fields.periods, *blank])


def hours_in(form: Mapping[str, str]) -> HoursFields:
    """The fields as somebody filled them in."""
    numbers = [n for n in range(MOST_PERIODS + 1) if f"period-{n}-name" in form]
    return HoursFields(
        weekly=_texts(form, "weekly"),
        breaks=_texts(form, "break"),
        breaks_count=form.get("breaks_count") == "yes",
        periods=[
            PeriodFields(
                name=" ".join(form.get(f"period-{n}-name", "").split()),
                first=form.get(f"period-{n}-first", ""),
                last=form.get(f"period-{n}-last", ""),
                days=_texts(form, f"period-{n}"),
                is_gone=f"period-{n}-gone" in form,
            )
            for n in numbers
        ],
    )


def rules_with_hours(
    rules: Mapping[str, Any], fields: HoursFields, today: date
) -> tuple[dict[str, Any], OfficeCalendar]:
    """`rules` with these hours, and their calendar; raises WrongRules with every fault found."""
    problems: list[Problem] = []
    kept = [n for n, p in enumerate(fields.periods) if not (p.is_gone or p.is_blank)]
    changed = deepcopy(dict(rules)) | {
        "weekly": _read_week(fields.weekly, "weekly", problems),
        "breaks": _read_week(fields.breaks, "break", problems),
        "breaks_count_as_working": fields.breaks_count,
        "periods": [_read_period(fields.periods[n], f"period-{n}", problems) for n in kept],
    }
    if problems:
        raise WrongRules(problems)
    try:
        calendar = check(changed)
    except WrongRules as wrong:
        raise WrongRules([_as_in_form(p, kept) for p in wrong.problems]) from None
    check_ahead(calendar, today)
    changed["periods"].sort(key=lambda period: period["first"])
    return changed, calendar


def holiday_rows(rules: Mapping[str, Any], year: int) -> list[HolidayRow]:
    """The year's days off: those that hold and those that the package proposes, by date."""
    known = {proposal.date: proposal for proposal in proposals(year)}
    stored = {date.fromisoformat(day): name for day, name in rules["holidays"].items()}
    days = sorted({day for day in stored if day.year == year} | set(known))
    rows = []
    for day in days:
        proposal = known.get(day)
        kind = "own" if proposal is None else "leave" if proposal.is_collective_leave else "public"
        name = stored.get(day) or (proposal.name if proposal else "")
        estimate = proposal is not None and proposal.is_estimate
        rows.append(HolidayRow(day, name, day in stored, kind, estimate))
    return rows


def rules_with_holidays(
    rules: Mapping[str, Any], form: Mapping[str, str], year: int, today: date
) -> tuple[dict[str, Any], OfficeCalendar]:
    """`rules` with the year's days off as ticked; raises WrongRules."""
    holidays = {day: name for day, name in rules["holidays"].items() if day[:4] != str(year)}
    for row in holiday_rows(rules, year):
        place = row.date.isoformat()
        if f"on-{place}" in form:
            holidays[place] = _name(form.get(f"name-{place}", ""), f"name-{place}")
    for n in range(OWN_DAYS):
        written, name = form.get(f"new-{n}-date", ""), form.get(f"new-{n}-name", "")
        if written or name.strip():
            day = _date(written, f"new-{n}-date")
            if day.year != year:
                raise WrongRules([Problem(f"new-{n}-date", "other_year", str(year))])
            holidays[day.isoformat()] = _name(name, f"new-{n}-name")
    confirmed = sorted({*rules.get("confirmed_years", []), year})
    changed = deepcopy(dict(rules)) | {
        "holidays": dict(sorted(holidays.items())),
        "confirmed_years": confirmed,
    }
    calendar = check(changed)
    check_ahead(calendar, today)
    return changed, calendar


def written(intervals: list[list[str]], mark: str) -> str:
    """Stored hours as people write them: 07.30–12.00, 13.00–17.00."""
    return ", ".join(f"{start}–{end}".replace(":", mark) for start, end in intervals)


def _week(stored: Mapping[str, list[list[str]]], mark: str) -> list[str]:
    return [written(stored.get(str(weekday), []), mark) for weekday in WEEK]


def _texts(form: Mapping[str, str], place: str) -> list[str]:
    return [form.get(f"{place}-{weekday}", "") for weekday in WEEK]


def _read_week(texts: list[str], place: str, problems: list[Problem]) -> dict[str, Any]:
    week = {}
    for weekday, text in enumerate(texts):
        try:
            hours = read_hours(text, f"{place}-{weekday}")
        except WrongRules as wrong:
            problems += wrong.problems
            continue
        if hours:
            week[str(weekday)] = hours
    return week


def _read_period(fields: PeriodFields, place: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        dates = {end: _date(getattr(fields, end), f"{place}-{end}") for end in ("first", "last")}
    except WrongRules as wrong:
        problems += wrong.problems
        return {}
    return {
        "name": fields.name,
        **{end: day.isoformat() for end, day in dates.items()},
        "weekly": _read_week(fields.days, place, problems),
    }


def _date(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongRules([Problem(place, "no_dates", text)]) from None


def _name(text: str, place: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise WrongRules([Problem(place, "no_name")])
    return name


def _as_in_form(problem: Problem, kept: list[int]) -> Problem:
    """The problem with its period's number in the form, where some were left out."""
    found = re.fullmatch(r"period-(\d+)-(\w+)", problem.place)
    if found is None:
        return problem
    return Problem(f"period-{kept[int(found[1])]}-{found[2]}", problem.kind, problem.detail)
