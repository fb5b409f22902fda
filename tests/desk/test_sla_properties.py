"""What holds for the promise and a section's clock at any moment, on any calendar."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import transaction
from bot.desk import clocks
from bot.desk.calendar import (
    Interval,
    OfficeCalendar,
    Period,
    Week,
    current_calendar,
    default_rules,
)
from bot.desk.sla import OUTSIDE, WORKING, promise, section_deadline
from bot.models import Clock, OfficeCalendarVersion, Ticket, TicketEvent
from tests.conftest import MONDAY_MORNING, TestClock
from tests.desk.conftest import OpenTicket

WITA = ZoneInfo("Asia/Makassar")
FIRST, LAST = datetime(2026, 1, 2), datetime(2027, 9, 1)  # noqa: DTZ001 (hypothesis adds it)
moments = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
minutes = st.integers(1, 900)
HOURS = ("06:00", "10:30", "16:00", "22:00")  # when the office opens, by one version or another
numbers = itertools.count()  # each example has an applicant of its own


@st.composite
def days(draw: st.DrawFn) -> tuple[Interval, ...]:
    """The hours of one day: none, one interval or several, apart from one another."""
    cuts = draw(st.lists(st.integers(0, 24 * 12 - 1), unique=True, max_size=6).map(sorted))
    times = [time(n // 12, n % 12 * 5) for n in cuts]
    return tuple(Interval(a, b) for a, b in zip(times[::2], times[1::2], strict=False))


@st.composite
def offices(draw: st.DrawFn) -> OfficeCalendar:
    """Any office that opens at least on Wednesdays, with a period, holidays and breaks."""
    weekly: Week = {day: draw(days()) for day in range(7)}
    open_day = (Interval(time(8), time(16)),)
    first = draw(st.dates(date(2026, 1, 1), date(2027, 6, 1)))
    lasts = timedelta(days=draw(st.integers(0, 30)))
    closed = draw(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 1)), max_size=8))
    return OfficeCalendar(
        version=1,
        zone=WITA,
        weekly={**weekly, 2: weekly[2] or open_day},
        periods=(Period("Ramadan", first, first + lasts, {d: draw(days()) for d in range(7)}),),
        holidays=dict.fromkeys(closed, "libur"),
        breaks={draw(st.integers(0, 6)): draw(days())},
        breaks_count_as_working=draw(st.booleans()),
    )


@given(moments, offices())
def test_the_promise_is_never_negative_nor_longer_than_an_hour(
    sent: datetime, office: OfficeCalendar
) -> None:
    length = promise(sent, office).due_at - sent
    assert length in (WORKING, OUTSIDE)
    assert length == (WORKING if office.is_working(sent) else OUTSIDE)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=3)), offices())
def test_of_two_messages_under_the_same_rule_the_later_is_due_later(
    sent: datetime, after: timedelta, office: OfficeCalendar
) -> None:
    later = sent + after
    assume(office.is_working(sent) == office.is_working(later))
    assert promise(later, office).due_at - promise(sent, office).due_at == after


@given(moments, st.timedeltas(timedelta(0), timedelta(days=3)), offices())
def test_an_earlier_message_is_due_at_most_fifty_minutes_after_a_later_one(
    sent: datetime, after: timedelta, office: OfficeCalendar
) -> None:
    """At opening the rule itself is not monotone: 07:29 has an hour, 07:30 ten minutes."""
    earlier, later = promise(sent, office).due_at, promise(sent + after, office).due_at
    assert earlier - later <= OUTSIDE - WORKING


@given(moments, minutes, st.timedeltas(timedelta(0), timedelta(days=10)), offices())
@settings(max_examples=60)
def test_a_section_asked_later_is_never_due_earlier(
    asked: datetime, length: int, after: timedelta, office: OfficeCalendar
) -> None:
    try:
        first = section_deadline(asked, length, office).due_at
        second = section_deadline(asked + after, length, office).due_at
    except ValueError:
        assume(False)
    assert first <= second


@given(moments, minutes, minutes, offices())
@settings(max_examples=60)
def test_a_section_with_more_time_is_never_due_earlier(
    asked: datetime, length: int, more: int, office: OfficeCalendar
) -> None:
    try:
        longer = section_deadline(asked, length + more, office).due_at
    except ValueError:
        assume(False)
    shorter = section_deadline(asked, length, office).due_at
    assert asked < shorter <= longer - timedelta(minutes=more)


@given(moments, st.lists(st.integers(1, 300), min_size=2, max_size=5), offices())
@settings(max_examples=60)
def test_a_sections_time_may_be_split_anyhow(
    asked: datetime, parts: Sequence[int], office: OfficeCalendar
) -> None:
    try:
        whole = section_deadline(asked, sum(parts), office).due_at
    except ValueError:
        assume(False)
    reached = asked
    for part in parts:
        reached = section_deadline(reached, part, office).due_at
    assert reached == whole


@given(moments, minutes, offices(), st.integers(1, 23 * 60 - 1))
@settings(max_examples=60)
def test_an_interval_cut_in_two_is_the_same_office(
    asked: datetime, length: int, office: OfficeCalendar, at: int
) -> None:
    cut = time(at // 60, at % 60)
    split = replace(office, weekly={d: _cut(hours, cut) for d, hours in office.weekly.items()})
    assert promise(asked, split).due_at == promise(asked, office).due_at
    try:
        whole = section_deadline(asked, length, office).due_at
    except ValueError:
        assume(False)
    assert section_deadline(asked, length, split).due_at == whole


def _cut(hours: Sequence[Interval], at: time) -> tuple[Interval, ...]:
    pieces: list[Interval] = []
    for interval in hours:
        inside = interval.start < at < interval.end
        pieces += (
            [Interval(interval.start, at), Interval(at, interval.end)] if inside else [interval]
        )
    return tuple(pieces)


@given(moments, minutes, offices(), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
@settings(max_examples=60)
def test_a_version_that_changes_another_day_changes_no_deadline(
    asked: datetime, length: int, office: OfficeCalendar, closed: date
) -> None:
    changed = replace(office, version=2, holidays={**office.holidays, closed: "pindah gedung"})
    if asked.astimezone(WITA).date() != closed:
        assert promise(asked, changed).due_at == promise(asked, office).due_at
    try:
        due = section_deadline(asked, length, office).due_at
    except ValueError:
        assume(False)
    if not asked.astimezone(WITA).date() <= closed <= due.astimezone(WITA).date():
        assert section_deadline(asked, length, changed).due_at == due


def test_a_new_version_moves_no_deadline_that_was_given(
    open_ticket: OpenTicket, test_clock: TestClock
) -> None:
    first = open_ticket()
    with transaction() as session:
        before = session.scalars(select(Clock).where(Clock.ticket_id == first)).one()
        rules = default_rules("Asia/Makassar", (2026,)) | {"weekly": {"6": [["09:00", "10:00"]]}}
        session.add(OfficeCalendarVersion(rules=rules, note="Minggu saja"))
    second = open_ticket("whatsapp:+628114000077")
    with transaction() as session:
        kept = session.scalars(select(Clock).where(Clock.ticket_id == first)).one()
        new = session.scalars(select(Clock).where(Clock.ticket_id == second)).one()
        newest = current_calendar(session).version
    assert (kept.due_at, kept.explanation) == (before.due_at, before.explanation)
    assert kept.calendar_version_id == before.calendar_version_id != newest
    assert kept.due_at - kept.started_at == WORKING
    assert (new.calendar_version_id, new.due_at - new.started_at) == (newest, OUTSIDE)


@given(steps=st.lists(st.one_of(st.integers(-900, 900), st.sampled_from(HOURS)), max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_deadline_stays_that_of_the_version_it_was_given_under_however_time_jumps(
    open_ticket: OpenTicket, test_clock: TestClock, steps: list[int | str]
) -> None:
    """A number moves the machine's clock by so many minutes; hours make a new version."""
    test_clock.now = MONDAY_MORNING
    with transaction() as session:
        given_under = current_calendar(session)
    expected: dict[int, tuple[int, datetime]] = {}
    for step in steps:
        if isinstance(step, int):
            test_clock.forward(minutes=step)
        else:
            given_under = _new_version(step)
        ticket_id = open_ticket(f"whatsapp:+62813{next(numbers):08d}")
        expected[ticket_id] = (given_under.version, promise(test_clock.now, given_under).due_at)
        with transaction() as session:
            clocks.mark_due_clocks(session, test_clock.now)
    with transaction() as session:
        found = session.scalars(select(Clock).where(Clock.ticket_id.in_(expected))).all()
        assert {
            clock.ticket_id: (clock.calendar_version_id, clock.due_at) for clock in found
        } == expected


def _new_version(opens: str) -> OfficeCalendar:
    """A calendar whose every day opens then and closes before midnight."""
    week = {str(day): [[opens, "23:59"]] for day in range(7)}
    with transaction() as session:
        rules = default_rules("Asia/Makassar", (2026,)) | {"weekly": week}
        session.add(OfficeCalendarVersion(rules=rules, note=f"buka {opens}"))
        session.flush()
        return current_calendar(session)


@given(jumps=st.lists(st.integers(-90, 90), min_size=1, max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_the_machines_clock_jumps_a_breach_is_recorded_once_and_as_of_the_deadline(
    open_ticket: OpenTicket, test_clock: TestClock, jumps: list[int]
) -> None:
    test_clock.now = MONDAY_MORNING
    ticket_id = open_ticket(f"whatsapp:+62812{next(numbers):08d}")
    with transaction() as session:
        due = session.scalars(select(Clock.due_at).where(Clock.ticket_id == ticket_id)).one()
    seen = []
    for jump in jumps:
        seen.append(test_clock.forward(minutes=jump))
        with transaction() as session:
            clocks.mark_due_clocks(session, test_clock.now)
    with transaction() as session:
        clock = session.scalars(select(Clock).where(Clock.ticket_id == ticket_id)).one()
        breaches = session.scalars(
            select(TicketEvent.id).where(
                TicketEvent.ticket_id == ticket_id, TicketEvent.kind == "clock_breached"
            )
        ).all()
        late = max(seen) > due
        assert (clock.breached_at, len(breaches)) == (due if late else None, int(late))
        assert clock.due_at == due
        clocks.stop_promise(session, ticket_id, test_clock.now)
        assert session.get_one(Ticket, ticket_id).clocks[0].breached_at == clock.breached_at
