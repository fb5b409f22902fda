"""A clock as a picture: working hours as bands, the moments of the clock as lines.

Positions are thousandths of the picture's width, so that the page needs no style of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.desk.calendar import OfficeCalendar
from bot.desk.sla import warn_at
from bot.models import Clock

WIDTH = 1000
MARGIN = 0.08  # of the time shown, before and after


@dataclass(frozen=True)
class Band:
    """Working hours from `x` on, `width` wide."""

    x: int
    width: int


@dataclass(frozen=True)
class Mark:
    """A moment: `sent`, `warned`, `due`, `stopped` or `now`."""

    kind: str
    at: datetime
    x: int


@dataclass(frozen=True)
class Drawing:
    bands: list[Band]
    marks: list[Mark]


def drawing_of(clock: Clock, calendar: OfficeCalendar, now: datetime) -> Drawing:
    """The clock against the hours of the calendar version that it was started under."""
    moments = _moments(clock, now)
    last = max(moments.values())
    margin = (last - clock.started_at) * MARGIN
    start, end = clock.started_at - margin, last + margin

    def x(at: datetime) -> int:
        return round(WIDTH * ((at - start) / (end - start)))

    return Drawing(
        bands=[Band(x(a), x(b) - x(a)) for a, b in _worked(calendar, start, end)],
        marks=[Mark(kind, at, x(at)) for kind, at in sorted(moments.items(), key=lambda m: m[1])],
    )


def _moments(clock: Clock, now: datetime) -> dict[str, datetime]:
    moments = {
        "sent": clock.started_at,
        "warned": warn_at(clock.started_at, clock.due_at),
        "due": clock.due_at,
    }
    if clock.stopped_at is not None:
        return moments | {"stopped": clock.stopped_at}
    return moments | {"now": max(now, clock.started_at)}


def _worked(
    calendar: OfficeCalendar, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    spans = []
    day = start.astimezone(calendar.zone).date()
    while day <= end.astimezone(calendar.zone).date():
        for interval in calendar.intervals(day):
            begin, finish = (
                datetime.combine(day, t, calendar.zone).astimezone(UTC)
                for t in (interval.start, interval.end)
            )
            if begin < end and finish > start:
                spans.append((max(begin, start), min(finish, end)))
        day += timedelta(days=1)
    return spans
