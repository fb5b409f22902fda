"""The promise: a table written by hand from the work instruction, and properties of any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.calendar import Interval, OfficeCalendar, default_rules, read_rules
from bot.desk.sla import promise, section_deadline, warn_at

WITA = ZoneInfo("Asia/Makassar")
OFFICE = read_rules(default_rules("Asia/Makassar", (2026, 2027)), version=7)
LUNCH = Interval(time(12), time(13))
WITH_LUNCH = replace(
    OFFICE, breaks=dict.fromkeys(range(5), (LUNCH,)), breaks_count_as_working=False
)


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


# Written from ../shared/design/service.md before the code was run: 10 minutes when it was sent
# in working hours, 1 hour when not. Mon-Fri 07:30-17:00; Ramadan Mon-Thu 08:00-15:00, Fri
# 08:00-15:30; the end of the day is outside; breaks count as working hours.
PROMISES = [
    ("Monday morning", "2026-11-23 10:00", "2026-11-23 10:10"),
    ("a second before the office opens", "2026-11-23 07:29:59", "2026-11-23 08:29:59"),
    ("the moment it opens", "2026-11-23 07:30", "2026-11-23 07:40"),
    ("a second before it closes", "2026-11-23 16:59:59", "2026-11-23 17:09:59"),
    ("the moment it closes", "2026-11-23 17:00", "2026-11-23 18:00"),
    ("lunch", "2026-11-23 12:15", "2026-11-23 12:25"),
    ("Friday noon", "2026-11-27 12:00", "2026-11-27 12:10"),
    ("Friday before closing", "2026-11-27 16:59", "2026-11-27 17:09"),
    ("Friday evening", "2026-11-27 17:00", "2026-11-27 18:00"),
    ("Saturday", "2026-11-28 10:00", "2026-11-28 11:00"),
    ("Sunday before midnight", "2026-11-29 23:30", "2026-11-30 00:30"),
    ("a second before midnight", "2026-11-23 23:59:59", "2026-11-24 00:59:59"),
    ("midnight", "2026-11-24 00:00", "2026-11-24 01:00"),
    ("outside, due in working hours", "2026-11-24 07:00", "2026-11-24 08:00"),
    ("Wednesday before Ramadan", "2026-02-18 16:30", "2026-02-18 16:40"),
    ("first day of Ramadan, before it opens", "2026-02-19 07:59:59", "2026-02-19 08:59:59"),
    ("first day of Ramadan, it opens", "2026-02-19 08:00", "2026-02-19 08:10"),
    ("Ramadan Thursday before closing", "2026-02-19 14:59:59", "2026-02-19 15:09:59"),
    ("Ramadan Thursday at closing", "2026-02-19 15:00", "2026-02-19 16:00"),
    ("Ramadan Friday when Thursday were closed", "2026-02-20 15:00", "2026-02-20 15:10"),
    ("Ramadan Friday before closing", "2026-02-20 15:29:59", "2026-02-20 15:39:59"),
    ("Ramadan Friday at closing", "2026-02-20 15:30", "2026-02-20 16:30"),
    ("Ramadan Saturday", "2026-02-21 10:00", "2026-02-21 11:00"),
    ("Ramadan, an hour of ordinary days", "2026-03-02 07:45", "2026-03-02 08:45"),
    ("first working day after Lebaran", "2026-03-25 16:30", "2026-03-25 16:40"),
    ("national holiday", "2026-08-17 10:00", "2026-08-17 11:00"),
    ("collective leave", "2026-12-24 10:00", "2026-12-24 11:00"),
    ("holiday within Ramadan", "2026-03-19 10:00", "2026-03-19 11:00"),
    ("day before a holiday, evening", "2026-12-23 23:30", "2026-12-24 00:30"),
    ("New Year's Eve", "2026-12-31 23:30", "2027-01-01 00:30"),
    ("first working day of the year", "2027-01-04 07:30", "2027-01-04 07:40"),
]


@pytest.mark.parametrize(
    ("sent", "due"), [row[1:] for row in PROMISES], ids=[r[0] for r in PROMISES]
)
def test_the_promise_is_due_as_the_instruction_says(sent: str, due: str) -> None:
    deadline = promise(wita(sent), OFFICE)
    assert deadline.due_at == wita(due)
    assert deadline.due_at.tzinfo is UTC


SECTIONS = [
    ("within a morning", "2026-11-23 10:00", 30, "2026-11-23 10:30"),
    ("to the very end of the day", "2026-11-23 16:30", 30, "2026-11-23 17:00"),
    ("over the night", "2026-11-23 16:45", 30, "2026-11-24 07:45"),
    ("asked in the evening", "2026-11-23 20:00", 30, "2026-11-24 08:00"),
    ("asked at closing", "2026-11-23 17:00", 30, "2026-11-24 08:00"),
    ("over a weekend", "2026-11-27 16:45", 30, "2026-11-30 07:45"),
    ("asked on Saturday", "2026-11-28 10:00", 30, "2026-11-30 08:00"),
    ("over Christmas and a weekend", "2026-12-23 16:50", 30, "2026-12-28 07:50"),
    ("over a Ramadan night", "2026-02-19 14:50", 30, "2026-02-20 08:20"),
    ("into Ramadan", "2026-02-18 16:50", 30, "2026-02-19 08:20"),
    ("more than a day", "2026-11-23 16:00", 60 + 570 + 15, "2026-11-25 07:45"),
]


@pytest.mark.parametrize(
    ("asked", "minutes", "due"), [row[1:] for row in SECTIONS], ids=[r[0] for r in SECTIONS]
)
def test_a_sections_clock_counts_working_time_only(asked: str, minutes: int, due: str) -> None:
    assert section_deadline(wita(asked), minutes, OFFICE).due_at == wita(due)


def test_breaks_stop_a_sections_clock_and_change_the_promise_if_the_office_says_so() -> None:
    assert section_deadline(wita("2026-11-23 11:45"), 30, WITH_LUNCH).due_at == wita(
        "2026-11-23 13:15"
    )
    assert promise(wita("2026-11-23 12:00"), WITH_LUNCH).due_at == wita("2026-11-23 13:00")
    assert promise(wita("2026-11-23 13:00"), WITH_LUNCH).due_at == wita("2026-11-23 13:10")


def test_an_office_that_never_opens_is_said_to_be_so() -> None:
    with pytest.raises(ValueError, match="no working hours"):
        section_deadline(wita("2026-11-23 10:00"), 30, replace(OFFICE, weekly={}))


def test_a_deadline_explains_itself_step_by_step() -> None:
    steps = promise(wita("2026-02-20 15:29"), OFFICE).steps
    assert [step["step"] for step in steps] == ["sent", "day", "rule", "due"]
    sent, day, rule, due = steps
    assert (sent["calendar"], sent["local"]) == (7, "2026-02-20T15:29:00+08:00")
    assert (day["hours"], day["intervals"]) == ("Ramadan", [["08:00", "15:30"]])
    assert (rule["rule"], rule["minutes"]) == ("working", 10)
    assert due["at"] == "2026-02-20T07:39:00+00:00"


def test_a_holiday_is_named_in_the_explanation() -> None:
    day = promise(wita("2026-08-17 10:00"), OFFICE).steps[1]
    assert (day["hours"], day["intervals"]) == ("Hari Kemerdekaan Republik Indonesia", [])


def test_a_local_override_opens_a_holiday_and_closes_a_weekday() -> None:
    holidays = {d: n for d, n in OFFICE.holidays.items() if d != date(2026, 8, 17)}
    office = replace(OFFICE, holidays=holidays | {date(2026, 11, 23): "Pindah gedung"})
    assert promise(wita("2026-08-17 10:00"), office).due_at == wita("2026-08-17 10:10")
    assert promise(wita("2026-11-23 10:00"), office).due_at == wita("2026-11-23 11:00")


# --- properties ---

FIRST, LAST = datetime(2026, 1, 2), datetime(2027, 9, 1)  # noqa: DTZ001 (hypothesis adds it)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
calendars = st.sampled_from([OFFICE, WITH_LUNCH])
lengths = st.integers(1, 900)


@given(moments, calendars)
def test_the_promise_is_always_ten_minutes_or_an_hour_by_the_moment_it_was_sent(
    sent: datetime, office: OfficeCalendar
) -> None:
    length = promise(sent, office).due_at - sent
    assert length == timedelta(minutes=10 if office.is_working(sent) else 60)


@given(moments, calendars)
def test_the_time_zone_in_which_a_moment_is_given_does_not_matter(
    sent: datetime, office: OfficeCalendar
) -> None:
    elsewhere = sent.astimezone(ZoneInfo("America/New_York"))
    assert promise(elsewhere, office).due_at == promise(sent, office).due_at
    assert (
        section_deadline(elsewhere, 30, office).due_at == section_deadline(sent, 30, office).due_at
    )


@given(moments, lengths, lengths, calendars)
@settings(max_examples=60)
def test_a_sections_clock_is_additive(
    asked: datetime, first: int, second: int, office: OfficeCalendar
) -> None:
    halfway = section_deadline(asked, first, office).due_at
    assert (
        section_deadline(halfway, second, office).due_at
        == section_deadline(asked, first + second, office).due_at
    )


@given(moments, lengths, calendars)
@settings(max_examples=60)
def test_a_sections_clock_is_never_due_in_closed_hours(
    asked: datetime, minutes: int, office: OfficeCalendar
) -> None:
    due = section_deadline(asked, minutes, office).due_at
    assert due >= asked + timedelta(minutes=minutes)
    assert office.is_working(due - timedelta(microseconds=1))


@given(st.datetimes(FIRST, LAST), st.integers(1, 120), calendars)
@settings(max_examples=25)
def test_a_sections_clock_runs_exactly_its_minutes_counted_one_by_one(
    local: datetime, minutes: int, office: OfficeCalendar
) -> None:
    asked = local.replace(second=0, microsecond=0, tzinfo=WITA).astimezone(UTC)
    due = section_deadline(asked, minutes, office).due_at
    worked, moment = 0, asked
    while moment < due:
        worked += office.is_working(moment)
        moment += timedelta(minutes=1)
    assert worked == minutes


@given(moments, st.integers(1, 10_000))
def test_a_warning_comes_before_the_deadline(started: datetime, minutes: int) -> None:
    due = started + timedelta(minutes=minutes)
    assert started < warn_at(started, due) < due
