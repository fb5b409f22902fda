"""The roster of the coming days as the page shows it: shifts, and hours with nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from bot.console.times import local
from bot.desk import duty
from bot.models import DutyShift
from bot.settings import settings

DAYS = 7
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Stretch:
    """Part of a day, in minutes of it, for the strip that is drawn."""

    start: int
    length: int


@dataclass(frozen=True)
class Gap:
    """Time of a day when nobody is on duty."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Day:
    starts_at: datetime
    shifts: list[DutyShift]  # that begin on it, or ran when the first day began
    gaps: list[Gap]
    covered: list[Stretch]
    uncovered: list[Stretch]


def coming_days(session: Session, now: datetime) -> list[Day]:
    """Today and the days after it, in office time."""
    first = _midnight(now)
    midnights = [_midnight(first + timedelta(days=n, hours=2)) for n in range(DAYS + 1)]
    shifts = duty.shifts_between(session, midnights[0], midnights[-1])
    return [_day(shifts, start, end, now, start == first) for start, end in pairwise(midnights)]


def _day(
    shifts: Sequence[DutyShift], start: datetime, end: datetime, now: datetime, is_first: bool
) -> Day:
    of_day = [one for one in shifts if one.ends_at > start and one.starts_at < end]
    ahead = max(start, now)
    gaps = [Gap(*gap) for gap in duty.gaps(of_day, ahead, end)] if ahead < end else []
    return Day(
        start,
        [one for one in of_day if one.starts_at >= start or is_first],
        gaps,
        [_stretch(one.starts_at, one.ends_at, start, end) for one in of_day],
        [_stretch(gap.starts_at, gap.ends_at, start, end) for gap in gaps],
    )


def _stretch(first: datetime, last: datetime, start: datetime, end: datetime) -> Stretch:
    begin = int((max(first, start) - start).total_seconds() // 60)
    return Stretch(begin, int((min(last, end) - start).total_seconds() // 60) - begin)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(local(moment).date(), time(), settings().office_zone)
