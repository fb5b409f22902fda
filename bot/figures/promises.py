"""How well the promise was kept: 10 minutes in working hours and 1 hour outside them.

A run of the clock counts for the moment it began. It is kept if it stopped in time, late if it
stopped too late or is overdue; one that still runs in time is neither yet.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Interval, WithinGroup, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from bot.desk import sla
from bot.figures.period import Period, Span
from bot.models import Clock, ClockKind

# The office's days are all of 24 hours: Indonesia does not change its clocks.
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """How many runs of a clock were kept and how many were late."""

    kept: int = 0
    late: int = 0

    @property
    def all(self) -> int:
        return self.kept + self.late

    @property
    def share(self) -> float | None:
        """The part that was kept, 0 to 1; None when there was nothing to keep."""
        return self.kept / self.all if self.all else None

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.kept + other.kept, self.late + other.late)


@dataclass(frozen=True)
class Promises:
    """The promise over a span of time; the lengths are those until the first response."""

    working: Kept
    outside: Kept
    median: timedelta | None
    percentile_90: timedelta | None

    @property
    def both(self) -> Kept:
        return self.working + self.outside


@dataclass(frozen=True)
class Day:
    """One day's runs of the promise."""

    day: date
    working: Kept
    outside: Kept

    @property
    def both(self) -> Kept:
        return self.working + self.outside


def promises(session: Session, span: Span, now: datetime) -> Promises:
    """The promise for what applicants sent within `span`, as known at `now`."""
    counted = session.execute(select(*kept_columns(now)).where(began_in(span))).one()
    lengths = _first_lengths(session, span)
    return Promises(
        Kept(counted[0], counted[1]),
        Kept(counted[2], counted[3]),
        percentile(lengths, 0.5),
        percentile(lengths, 0.9),
    )


def promises_by_day(session: Session, period: Period, now: datetime) -> list[Day]:
    """Each day of the period, also those on which nobody wrote."""
    day = func.date_bin(_DAY, Clock.started_at, period.span.start)
    counted = session.execute(
        select(day, *kept_columns(now)).where(began_in(period.span)).group_by(day)
    )
    days = ((row[0].astimezone(period.zone).date(), row) for row in counted)
    found = {day: Day(day, Kept(row[1], row[2]), Kept(row[3], row[4])) for day, row in days}
    return [found.get(each, Day(each, Kept(), Kept())) for each in period.days]


def began_in(span: Span) -> ColumnElement[bool]:
    """Runs of the promise that began within `span`."""
    return and_(
        Clock.kind == ClockKind.PROMISE,
        Clock.started_at >= span.start,
        Clock.started_at < span.end,
    )


def is_kept() -> ColumnElement[bool]:
    """The clock was stopped in time."""
    return Clock.stopped_at <= Clock.due_at


def is_late(now: datetime) -> ColumnElement[bool]:
    """The clock was stopped too late, or runs and is overdue."""
    return func.coalesce(Clock.stopped_at, now) > Clock.due_at


def length() -> ColumnElement[timedelta]:
    """How long a stopped clock ran."""
    return type_coerce(Clock.stopped_at - Clock.started_at, Interval)


def kept_columns(now: datetime) -> Sequence[ColumnElement[Any]]:
    """Four counts: kept and late in working hours, kept and late outside them.

    Which of the two promises a clock is of shows in its length, fixed when it began.
    """
    in_hours = Clock.due_at - Clock.started_at < sla.OUTSIDE
    return [
        func.count().filter(where, fate)
        for where in (in_hours, ~in_hours)
        for fate in (is_kept(), is_late(now))
    ]


def percentile(lengths: Sequence[tuple[timedelta, int]], share: float) -> timedelta | None:
    """The length below which this share of them lies, between two if need be; None of none.

    `lengths` are in order, each with how many there are of it.
    """
    count = sum(number for _, number in lengths)
    if not count:
        return None
    up_to = list(accumulate(number for _, number in lengths))
    below, part = divmod(share * (count - 1), 1)
    lower, upper = (lengths[bisect(up_to, place)][0] for place in (below, ceil(below + part)))
    return lower + (upper - lower) * part


def percentiles(of: ColumnElement[Any]) -> WithinGroup[Any]:
    """Median and 90th percentile as an array; NULL where there is nothing to measure."""
    return func.percentile_cont([0.5, 0.9]).within_group(of)


def _first_lengths(session: Session, span: Span) -> list[tuple[timedelta, int]]:
    """How long it took to the first response, to the second, and how often; shortest first."""
    took = func.date_trunc("second", length())
    counted = session.execute(
        select(type_coerce(took, Interval), func.count())
        .where(began_in(span), Clock.is_first, Clock.stopped_at.is_not(None))
        .group_by(took)
    )
    return sorted((row[0], row[1]) for row in counted)
