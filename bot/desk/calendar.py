"""The office calendar: which moments are working hours. Frozen versions, stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import OfficeCalendarVersion


@dataclass(frozen=True)
class Interval:
    """Part of one day in office time; `end` is exclusive."""

    start: time
    end: time


Week = Mapping[int, tuple[Interval, ...]]  # 0 is Monday


@dataclass(frozen=True)
class Period:
    """Days, both included, with hours of their own (Ramadan)."""

    name: str
    first: date
    last: date
    weekly: Week


@dataclass(frozen=True)
class OfficeCalendar:
    version: int
    zone: ZoneInfo
    weekly: Week
    periods: tuple[Period, ...]
    holidays: Mapping[date, str]
    breaks: Week
    breaks_count_as_working: bool

    def day_rule(self, day: date) -> str:
        """Why the day has the hours it has: a holiday's name, a period's name or `weekly`."""
        if day in self.holidays:
            return self.holidays[day]
        period = self._period(day)
        return period.name if period else "weekly"

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Working intervals of the day in office time, in order; empty on a day off."""
        if day in self.holidays:
            return ()
        period = self._period(day)
        hours = (period.weekly if period else self.weekly).get(day.weekday(), ())
        if self.breaks_count_as_working:
            return hours
        pieces = hours
        for pause in self.breaks.get(day.weekday(), ()):
            pieces = tuple(part for piece in pieces for part in _without(piece, pause))
        return pieces

    def is_working(self, moment: datetime) -> bool:
        """Whether `moment` (aware) lies in working hours."""
        local = moment.astimezone(self.zone)
        clock_time = local.time().replace(tzinfo=None)
        return any(i.start <= clock_time < i.end for i in self.intervals(local.date()))

    def working_spans(self, start: datetime) -> list[tuple[datetime, datetime]]:
        """Working time from `start` on as UTC spans, over the next 60 days."""
        first = start.astimezone(self.zone).date()
        spans = []
        for offset in range(60):
            day = first + timedelta(days=offset)
            for interval in self.intervals(day):
                begin = datetime.combine(day, interval.start, self.zone).astimezone(UTC)
                end = datetime.combine(day, interval.end, self.zone).astimezone(UTC)
                if end > start:
                    spans.append((max(begin, start), end))
        return spans

    def _period(self, day: date) -> Period | None:
        return next((p for p in self.periods if p.first <= day <= p.last), None)


def _without(piece: Interval, pause: Interval) -> tuple[Interval, ...]:
    """`piece` with `pause` cut out of it."""
    before = Interval(piece.start, min(piece.end, pause.start))
    after = Interval(max(piece.start, pause.end), piece.end)
    return tuple(part for part in (before, after) if part.start < part.end)


def read_rules(rules: Mapping[str, Any], version: int) -> OfficeCalendar:
    """The calendar that stored rules describe."""
    return OfficeCalendar(
        version=version,
        zone=ZoneInfo(rules["zone"]),
        weekly=_week(rules["weekly"]),
        periods=tuple(
            Period(
                p["name"],
                date.fromisoformat(p["first"]),
                date.fromisoformat(p["last"]),
                _week(p["weekly"]),
            )
            for p in rules["periods"]
        ),
        holidays={date.fromisoformat(day): name for day, name in rules["holidays"].items()},
        breaks=_week(rules["breaks"]),
        breaks_count_as_working=rules["breaks_count_as_working"],
    )


def _week(stored: Mapping[str, list[list[str]]]) -> Week:
    return {
        int(weekday): tuple(
            Interval(time.fromisoformat(start), time.fromisoformat(end)) for start, end in hours
        )
        for weekday, hours in stored.items()
    }


def default_rules(zone: str, years: tuple[int, ...]) -> dict[str, Any]:
    """The office's hours as `service.md` gives them, holidays from the package `holidays`.

    Ramadan 2026 began on 19 February by decree; later years are entered by an administrator.
    """
    ordinary = {str(weekday): [["07:30", "17:00"]] for weekday in range(5)}
    ramadan = {str(weekday): [["08:00", "15:00"]] for weekday in range(4)}
    ramadan["4"] = [["08:00", "15:30"]]
    known = holidays.country_holidays(
        "ID", years=years, categories=(holidays.PUBLIC, holidays.GOVERNMENT), language="id"
    )
    return {
        "zone": zone,
        "weekly": ordinary,
        "periods": [
            {"name": "Ramadan", "first": "2026-02-19", "last": "2026-03-20", "weekly": ramadan}
        ],
        "holidays": {day.isoformat(): name for day, name in sorted(known.items())},
        "breaks": {},
        "breaks_count_as_working": True,
    }


def current_calendar(session: Session) -> OfficeCalendar:
    """The newest version; deadlines computed from it remember its number."""
    version = session.scalars(
        select(OfficeCalendarVersion).order_by(OfficeCalendarVersion.id.desc()).limit(1)
    ).one()
    return read_rules(version.rules, version.id)
