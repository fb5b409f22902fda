"""Days in office time, whatever the day in UTC is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.figures.period import Period, named_period, same_weekday_before, today_so_far

WITA = ZoneInfo("Asia/Makassar")


def test_a_day_is_from_midnight_to_midnight_in_office_time():
    span = Period(date(2026, 11, 23), date(2026, 11, 23), WITA).span
    assert span.start == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert span.end == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_late_in_the_utc_evening_the_office_is_in_its_next_day():
    night = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 00.30 WITA on the 24th
    today = today_so_far(night, WITA)
    assert (today.start, today.end) == (datetime(2026, 11, 23, 16, tzinfo=UTC), night)


def test_the_same_weekday_before_ends_at_the_same_time_of_day():
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    before = same_weekday_before(today_so_far(now, WITA))
    assert before.end == now - timedelta(days=7)
    assert before.end - before.start == timedelta(hours=10)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", date(2026, 11, 25), date(2026, 11, 25)),
        ("this_week", date(2026, 11, 23), date(2026, 11, 25)),
        ("last_week", date(2026, 11, 16), date(2026, 11, 22)),
        ("this_month", date(2026, 11, 1), date(2026, 11, 25)),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this_year", date(2026, 1, 1), date(2026, 11, 25)),
    ],
)
def test_periods_by_name_as_of_a_wednesday(name, first, last):
    period = named_period(name, date(2026, 11, 25), WITA)
    assert (period.first, period.last) == (first, last)


def test_a_name_that_is_not_known_is_no_period():
    assert named_period("decade", date(2026, 11, 25), WITA) is None


def test_the_period_before_has_as_many_days_and_ends_where_this_begins():
    period = Period(date(2026, 11, 10), date(2026, 11, 16), WITA)
    before = period.before()
    assert (before.first, before.last) == (date(2026, 11, 3), date(2026, 11, 9))
    assert before.span.end == period.span.start
