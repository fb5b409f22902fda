"""Days in office time: the period of a report, and the moments that a board compares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST = 366  # days of a report
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """Moments in UTC from `start` on, `end` not included."""

    start: datetime
    end: datetime

    def shifted(self, by: timedelta) -> Span:
        """The same length of time, earlier or later."""
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True)
class Period:
    """Whole days in office time, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def span(self) -> Span:
        """From the first midnight to the last."""
        return Span(
            _midnight(self.first, self.zone), _midnight(self.last + timedelta(days=1), self.zone)
        )

    @property
    def days(self) -> list[date]:
        """Each day of it."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=n) for n in range(count)]

    def before(self) -> Period:
        """As many days right before it."""
        length = timedelta(days=len(self.days))
        return Period(self.first - length, self.last - length, self.zone)


def today_so_far(now: datetime, zone: ZoneInfo) -> Span:
    """From midnight in office time until now."""
    return Span(_midnight(now.astimezone(zone).date(), zone), now)


def same_weekday_before(span: Span) -> Span:
    """The same hours of the same weekday one week earlier."""
    return span.shifted(-WEEK)


def named_period(name: str, today: date, zone: ZoneInfo) -> Period | None:
    """A period by its name, such as `this_month`, as of `today`; None if no such name is known."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    end_of_last_month = month - timedelta(days=1)
    spans = {
        "today": (today, today),
        "this_week": (monday, today),
        "last_week": (monday - WEEK, monday - timedelta(days=1)),
        "this_month": (month, today),
        "last_month": (end_of_last_month.replace(day=1), end_of_last_month),
        "this_year": (today.replace(month=1, day=1), today),
    }
    return Period(*spans[name], zone) if name in spans else None


PERIODS = ("today", "this_week", "last_week", "this_month", "last_month", "this_year")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
